"""Votes on paper: what is printed, who took a ballot, how ballots are keyed twice before they enter the box.

A poll that says it has paper is closed to screens at its hour and waits: its ballots on paper are keyed by two people
who do not see each other's entry, differences are decided from the paper, and all of them enter the box at once, with
nothing that tells them from the others. What was keyed is then destroyed (docs/security.md).
"""

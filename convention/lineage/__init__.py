"""Proposals merged and split: where each paragraph came from, where it went, and the way back.

A merge makes a new proposal; the former ones stay readable and point to it. Every paragraph of theirs has a `Fate`:
kept as it is, changed, or left out with a reason. Nothing is moved that a person signed: she is asked. As long as
nothing happened to the new text, all of it can be undone, and the trace of that stays too.
"""

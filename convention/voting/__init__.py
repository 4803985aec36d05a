"""Polls: what is asked, by which rule, who may answer, what was answered.

A service for any subject, known only as (kind, id): it does not know what a paragraph is. Secret by construction: a
roll says who has voted, a box says what, and nothing joins them (docs/security.md). No count exists before the end.
The slices above call `actions.prepare`, read `queries.outcomes`, and react to `events.PollClosed`.
"""

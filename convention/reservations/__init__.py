"""What is said beside a text and stays beside it: reservations and minority positions, cross-review, expert notes.

Nothing here changes a proposal. Reservations are in their authors' own words, counted, and signed by those who wish.
"""

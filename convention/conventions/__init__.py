"""Which convention this is: its question, its city, its address and its texts.

The lowest slice: every row elsewhere belongs to a convention, and every address answers for exactly one, the one
whose host it is. Mandate, rules and legal pages are texts with versions; a version is never rewritten.
"""

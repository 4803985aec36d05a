"""The record: one line per event, hash-chained, for ever.

Each line holds the fingerprint of the one before: changing, adding or removing a line breaks the chain from there on.
Lines hold identifiers and numbers, never personal words; casting a ballot writes none.
"""

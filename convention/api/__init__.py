"""The public JSON API: what every page shows to everyone, as data, read-only.

Its schemas are its own, never rows: a column may change, a promise to outsiders may not. Feeds are here too.
"""

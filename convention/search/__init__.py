"""Finding a text by its words, whatever their accents, their plural and their order.

A service for any subject, known as (kind, id). French is stemmed here, in Python, so that SQLite (FTS5) and PostgreSQL
(tsvector) find the same texts. Slices put their texts in and take them out through `actions`.
"""

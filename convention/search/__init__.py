"""Finding a text by its words, whatever their accents, their plural and their order.

A service for any subject, known as (kind, id). French is stemmed here, in Python, and stems are rows under an ordinary
index: SQLite and PostgreSQL find the same texts, with no extension. Slices put their texts in and take them out
through `actions`, in the transaction that writes them.
"""

"""Member care: what people need in order to come, confided to two roles, in a vault of its own.

Access, diet, childcare, transport, how to be called or written to. What a sheet says is encrypted under the server's
key, read for a purpose that its owner can see, and erased on a date. Nothing of it reaches the journal, the search, the
exports or any other page.
"""

"""Tools that never heard of conventions: database, web, forms, clock, errors, mail, markdown, files."""

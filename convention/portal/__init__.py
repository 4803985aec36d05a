"""The pages that look at everything: home, themes, the convention's own texts, help, comfort of reading.

They read all slices and write nothing, except the small cookie of a reader's comfort.
"""

"""The report: texts typed for it, frozen editions, and the files drawn from them.

`compose` reads the convention once and makes the tree of `snapshot`; freezing writes that tree, its number and its
fingerprint, and nothing rewrites them. Pages and files are drawn from the frozen tree alone, whatever proposals become.
"""

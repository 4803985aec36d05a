"""The demo convention: Montpellier's public facts; people, proposals and votes are fictional, and pages say so.

It is loaded through the same actions as real life, with the clock moved: what the demo shows, the program can do.
"""

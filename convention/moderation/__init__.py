"""Moderation: whoever sees a text that breaks a rule flags it; a person decides, with reasons; someone else hears appeals.

A subject is known as (kind, id) alone; the slices above say what it is (`Facts`) and draw what is hidden (`Mask`).
Nothing is deleted: what is hidden leaves its place, its rule and its date; authors and guarantors read the original.
"""

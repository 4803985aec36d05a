"""Moderation: anyone flags a text that breaks a rule; a person decides, with reasons; another one hears the appeal.

A subject is known as (kind, id) alone; the slices above say what it is (`Facts`) and draw what is hidden (`Mask`).
Nothing is deleted: what is hidden leaves its place, its rule and its date; authors and guarantors read the original.
"""

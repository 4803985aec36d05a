"""The guarantors' journal: what they observe, what they warn of, and the organisers' answer beside it.

Guarantors alone write and publish here; nobody edits, hides or removes what they publish, themselves included: a
correction is another entry, linked to the first. Moderation has no hold on it, because it is what guarantors watch.
"""

"""What the authority answers: each recommendation, point by point, when it was promised, and what became of it.

An answer exists for each recommendation of the edition in force. Officials split it into items (« points ») without
touching the citizens' text; each item goes from draft to legal check, to the elected person's sign-off, to publication.
What is published is a copy that stays; members judge it in secret thirty days later.
"""

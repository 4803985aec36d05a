"""Arguments for and against a proposal, their sources, one level of replies, and who endorses them.

They stand in a fair order: none is first because it came first. What moderation hides, or its author takes back, keeps
its place and its replies.
"""

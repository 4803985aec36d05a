"""Changes asked for in a proposal's text: submitted, then accepted, merged, rejected or withdrawn.

An amendment aims at one version of one paragraph, or asks for a new paragraph; its words are never changed. Those who
write the proposal decide, with a reason, or the assembly does by a vote. Accepting writes the next version.
"""

"""What the convention puts forward: cards, their paragraphs, and the versions of each paragraph.

A proposal exists from the moment it is submitted; before that it is a draft (`drafts`), seen by its writer alone.
What is voted is a version of a paragraph: `subject(version)` is how the polls know it. A paragraph that a poll did not
keep is to be rewritten; a paragraph that a poll kept no longer changes.
"""

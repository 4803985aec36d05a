"""The programme: themes, phases that open named activities, sittings with agenda, documents and minutes.

Others ask it what is open: `rules.why_not_open(queries.phases(db, convention), Activity.PROPOSE, at)` answers a
sentence or None. Facilitators write it in the browser; everyone reads it, and may follow it in a calendar.
"""

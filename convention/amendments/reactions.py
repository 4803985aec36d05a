from typing import Any

from convention.amendments import actions
from convention.amendments.models import KIND
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.moderation.events import AppealAnswered, ModerationDecided
from convention.proposals import queries as proposals
from convention.proposals import rules as proposal_rules
from convention.proposals.events import ParagraphDecided, ProposalWithdrawn
from convention.proposals.models import KIND as PARAGRAPH
from convention.voting import queries as voting
from convention.voting.events import PollClosed


def follow(db: Session, happened: Any) -> None:
    """A poll decided amendments: apply it. A text does not change any more: what was asked of it is without object."""
    if isinstance(happened, PollClosed):
        subjects = [subject for subject in voting.subjects_of(db, happened.poll_id) if subject.kind == KIND]
        outcomes = voting.outcomes(db, subjects).values()
        decided = [one for one in outcomes if one.poll_id == happened.poll_id and proposal_rules.decides(one)]
        actions.decide_by_vote(db, happened.convention_id, decided)
    elif isinstance(happened, ParagraphDecided) and happened.kept:
        found = proposals.of_versions(db, happened.convention_id, [happened.version_id])
        for proposal, paragraph, _version in found.values():
            actions.drop(db, proposal.id, _("Le paragraphe a été gardé par un vote."), paragraph.id)
    elif isinstance(happened, ModerationDecided | AppealAnswered):
        if happened.subject_kind == KIND:
            actions.cover_again(db, happened.convention_id, [happened.subject_id])
        elif happened.subject_kind == PARAGRAPH:
            actions.cover_paragraph_again(db, happened.convention_id, happened.subject_id)
    elif isinstance(happened, ProposalWithdrawn):
        actions.drop(db, happened.proposal_id, _("La proposition a été retirée."))

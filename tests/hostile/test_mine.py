"""« Mes données »: whatever names a person is told to her, or it is said why not. Made from the models."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from convention import app
from convention.kit import clock
from convention.kit.db import Session, undo
from convention.people.models import Person
from tests.hostile.conftest import Place, a_row_of

# Under which title she reads it.
TOLD = {
    "role.person_id": "Vos rôles",
    "letter_code.person_id": "Vos lettres",
    "sign_in.person_id": "Vos appareils",
    "data_access.person_id": "Ce que l’équipe a lu de vous",
    "care_sheet.person_id": "Votre fiche d’accueil",
    "draft.person_id": "Vos brouillons",
    "proposal_author.person_id": "Vos propositions",
    "author_invitation.person_id": "Vos invitations et demandes pour écrire à plusieurs",
    "paragraph_hand.person_id": "Les paragraphes que vous écrivez",
    "plain_text.written_by_id": "Vos textes simples",
    "amendment.author_id": "Vos amendements",
    "argument.author_id": "Vos arguments",
    "argument_endorsement.person_id": "Les arguments que vous trouvez justes",
    "recasting.by_id": "Vos réunions et partages de propositions",
    "reservation.author_id": "Vos réserves",
    "reservation_signature.person_id": "Vos réserves",
    "review.author_id": "Vos relectures",
    "elector.person_id": "Vos votes",
    "named_vote.person_id": "Vos votes par appel nominal",
    "moderation_flag.reporter_id": "Vos signalements",
    "moderation_concerned.person_id": "Les décisions de modération qui vous concernent",
    "moderation_appeal.appealed_by": "Vos recours",
    "moderation_appeal.answered_by": "Vos réponses à des recours",
    "moderation_decision.decided_by": "Les décisions de modération que vous avez prises",
    "remark.author_id": "Vos textes dans le journal des garants",
    "remark_answer.by_id": "Vos réponses aux garants",
    "paper_entry.person_id": "Vos saisies de bulletins papier",
    "answer_comment.author_id": "Vos commentaires sur les réponses",
    "answer_contest.author_id": "Vos contestations",
    "answer_step.by": "Ce que vous avez fait aux réponses de la collectivité",
    "webhook.added_by": "Les sites que vous faites prévenir",
}
PUBLIC_ACT = "an act of the team, said on the page where it was done and in the journal by a number"
UNTOLD = {
    "mail_link.person_id": "a fingerprint, kept for a day",
    "second_factor.person_id": "its state is on her account; its secret is shown once",
    "recovery_code.person_id": "how many are left is on her account; each is shown once",
    "moderation_suspension.person_id": "told with its decision, which always names her as concerned",
    "data_access.by_id": "what she read of others is told to them, and to the guarantors",
    "role_request.person_id": "falls after seven days; the role is told once it is hers",
    "role_request.asked_by": "falls after seven days; the journal keeps the act",
    "opening_request.person_id": "falls after seven days; she receives a mail when the door is opened",
    "opening_request.asked_by": "falls after seven days; the journal keeps the act",
    "paragraph_version.author_id": "read in the history of the proposals that are told",
    "card_version.author_id": "read in the history of the proposals that are told",
    "plain_text.approved_by_id": PUBLIC_ACT,
    "amendment.typed_by_id": PUBLIC_ACT,
    "amendment.decided_by": PUBLIC_ACT,
    "recasting.undone_by_id": PUBLIC_ACT,
    "review.answered_by": PUBLIC_ACT,
    "report_text.by": PUBLIC_ACT,
    "edition.closing_asked_by": "goes once it is answered; the journal keeps the act",
    "hand_count.person_id": "gone when the poll is counted, and with her",
    "poll.president_id": "named in the rule and on the page of the poll",
    "saying.imported_by": PUBLIC_ACT,
    "answer_contest.replied_by": PUBLIC_ACT,
    "answer_import.by": "gone when the import is done",
    "answer_item.changed_by": PUBLIC_ACT,
    "answer_news.by": PUBLIC_ACT,
    "answer_review.by": PUBLIC_ACT,
    "answer_reminder.person_id": "that a mail was sent, so that it is sent once",
    "department_attachment.person_id": "said on her own desk",
}


def named() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "person.id"
    }


def titles(place: Place, db: Session, person: Person) -> set[str]:
    every = [one for about in app.ABOUT for one in about(db, place.convention, person, place.settings.secret)]
    return {title for title, rows in every if rows}


def name_her(place: Place, db: Session, table: sa.Table, column: str, person: Person) -> None:
    """A row of this table names her, as if it always had: the newest, as it is today."""
    here: dict[str, Any] = {"convention_id": place.convention.id} if "convention_id" in table.columns else {}
    values: dict[str, Any] = {column: person.id}
    if table.name == "argument":
        values["there"] = ""  # what came from another site is nobody's here
    if "expires_at" in table.columns:
        values["expires_at"] = clock.now() + dt.timedelta(days=1)
    key = list(table.primary_key.columns)
    newest = [one.desc() for one in key]
    row = db.execute(sa.select(*key).filter_by(**here).order_by(*newest).limit(1)).first()
    if row is None:
        db.execute(sa.insert(table).values({**a_row_of(table, here, db.connection()), **values}))
        return
    where = sa.and_(*(one == value for one, value in zip(key, row, strict=True)))
    db.execute(sa.update(table).where(where).values(values))


def test_every_column_that_names_a_person_is_told_or_said_why_not() -> None:
    assert named() == TOLD.keys() | UNTOLD.keys()
    assert not TOLD.keys() & UNTOLD.keys()


@pytest.mark.parametrize("where", sorted(TOLD))
def test_she_reads_what_names_her(whole: Place, where: str) -> None:
    table, _dot, column = where.partition(".")
    with whole.database.writing() as db:
        zoe = Person(name="Zoé", created_at=clock.now())
        db.add(zoe)
        db.flush()
        assert TOLD[where] not in titles(whole, db, zoe)
        name_her(whole, db, SQLModel.metadata.tables[table], column, zoe)
        assert TOLD[where] in titles(whole, db, zoe)
        undo(db)

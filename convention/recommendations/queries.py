import json
from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import col, select

from convention.amendments.models import Amendment
from convention.amendments.models import State as AmendmentState
from convention.conventions.models import Convention
from convention.kit.db import Session, attribute
from convention.kit.i18n import ngettext
from convention.kit.text import series
from convention.moderation.models import Facts
from convention.people import queries as people
from convention.people.models import Role, RoleKind
from convention.programme.models import AgendaItem, Document, Sitting
from convention.recommendations import rules
from convention.recommendations.models import EditionRow, Piece, ReportText
from convention.voting.models import Poll, Result

# Words that are looked for in an edition: fewer letters would be found anywhere.
LEAST_FOUND = 20

# -- editions ------------------------------------------------------------------------------------------------------

# A list of editions shows numbers and dates: the report itself, which may be long, stays in the database.
_WITHOUT_CONTENT = defer(attribute(EditionRow.content), raiseload=True)


def editions(db: Session, convention: Convention, *, all: bool = False) -> Sequence[EditionRow]:
    """The editions that were published, newest first, those withdrawn since included; with `all`, the others too."""
    query = select(EditionRow).where(EditionRow.convention_id == convention.id)
    if not all:
        query = query.where(col(EditionRow.published_at).is_not(None))
    return db.exec(query.order_by(col(EditionRow.number).desc()).options(_WITHOUT_CONTENT)).all()


def edition(
    db: Session, convention: Convention, number: int, *, all: bool = False, closed: bool = False
) -> EditionRow | None:
    """An edition with its content. One that was never published, only with `all`; one closed, only with `closed`."""
    query = select(EditionRow).where(EditionRow.convention_id == convention.id, EditionRow.number == number)
    if not all:
        query = query.where(col(EditionRow.published_at).is_not(None))
    if not closed:
        query = query.where(col(EditionRow.closed_at).is_(None))
    return db.exec(query).first()


def edition_line(db: Session, convention: Convention, number: int) -> EditionRow | None:
    """An edition that was published, without its content: what may be said of it, even closed to the public."""
    return db.exec(
        select(EditionRow)
        .where(
            EditionRow.convention_id == convention.id,
            EditionRow.number == number,
            col(EditionRow.published_at).is_not(None),
        )
        .options(_WITHOUT_CONTENT)
    ).first()


def closed_numbers(db: Session, convention_id: UUID) -> frozenset[int]:
    """The numbers of the editions that are closed to the public."""
    rows = select(EditionRow.number).where(
        EditionRow.convention_id == convention_id, col(EditionRow.closed_at).is_not(None)
    )
    return frozenset(db.exec(rows))


def closed_everywhere(db: Session) -> Sequence[str]:
    """The fingerprints of the closed editions of all conventions: their files are not kept."""
    return db.exec(select(EditionRow.sha256).where(col(EditionRow.closed_at).is_not(None))).all()


def latest(db: Session, convention: Convention) -> EditionRow | None:
    """The edition in force: published, not withdrawn, the last; without its content."""
    return db.exec(
        select(EditionRow)
        .where(
            EditionRow.convention_id == convention.id,
            col(EditionRow.published_at).is_not(None),
            col(EditionRow.withdrawn_at).is_(None),
        )
        .order_by(col(EditionRow.number).desc())
        .limit(1)
        .options(_WITHOUT_CONTENT)
    ).first()


def published_everywhere(db: Session) -> Sequence[tuple[UUID, str]]:
    """(id, fingerprint) of the editions in force, in all conventions."""
    rows = db.exec(
        select(col(EditionRow.id), col(EditionRow.sha256)).where(
            col(EditionRow.published_at).is_not(None), col(EditionRow.withdrawn_at).is_(None)
        )
    )
    return [(id, sha256) for id, sha256 in rows]


def content(db: Session, edition_id: UUID) -> str:
    """The canonical JSON of an edition."""
    return db.exec(select(col(EditionRow.content)).where(EditionRow.id == edition_id)).one()


def cautions(db: Session, convention: Convention, facts: Facts) -> list[str]:
    """What whoever hides these words must know: an edition that is published does not change."""
    # As canonical JSON holds them, between its quotes. A few letters are in any report.
    words = [json.dumps(text, ensure_ascii=False)[1:-1] for _label, text in facts.texts if len(text) >= LEAST_FOUND]
    published = db.exec(
        select(EditionRow.number, EditionRow.content)
        .where(
            EditionRow.convention_id == convention.id,
            col(EditionRow.published_at).is_not(None),
            col(EditionRow.closed_at).is_(None),
        )
        .order_by(col(EditionRow.number))
    )
    numbers = [number for number, content in published if any(one in content for one in words)]
    said = ngettext(
        "Ces mots se lisent aussi dans l’édition n° {n} du rapport. Publiée, elle ne change plus : masqués "
        "ici, ils y restent. Figez-en une autre après votre décision. Si personne ne doit plus les lire, demandez "
        "depuis sa page qu’elle soit fermée au public.",
        "Ces mots se lisent aussi dans les éditions n° {n} du rapport. Publiées, elles ne changent plus : "
        "masqués ici, ils y restent. Figez-en une autre après votre décision. Si personne ne doit plus les lire, "
        "demandez depuis leurs pages qu’elles soient fermées au public.",
        len(numbers),
    )
    return [said.format(n=series(str(one) for one in numbers))] if numbers else []


def next_number(db: Session, convention: Convention) -> int:
    """The number that the next edition will have, if nobody freezes one before."""
    last = db.exec(select(sa.func.max(EditionRow.number)).where(EditionRow.convention_id == convention.id)).one()
    return (last or 0) + 1


def hold(db: Session, convention: Convention) -> None:
    """Those who freeze, publish, withdraw or write for this convention's report wait for each other from here on."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()


def locked(db: Session, edition: EditionRow) -> EditionRow:
    """The edition as it is now, held until the transaction ends."""
    return db.exec(
        select(EditionRow)
        .where(EditionRow.id == edition.id)
        .with_for_update()
        .options(_WITHOUT_CONTENT)
        .execution_options(populate_existing=True)
    ).one()


# -- texts ---------------------------------------------------------------------------------------------------------


def texts(db: Session, convention: Convention) -> Mapping[Piece, ReportText]:
    """The version in force of each text that has been written."""
    rows = db.exec(
        select(ReportText).where(ReportText.convention_id == convention.id).order_by(col(ReportText.version))
    )
    return {text.piece: text for text in rows}


def versions(db: Session, convention: Convention, piece: Piece) -> Sequence[ReportText]:
    """All the versions of a text, newest first."""
    return db.exec(
        select(ReportText)
        .where(ReportText.convention_id == convention.id, ReportText.piece == piece)
        .order_by(col(ReportText.version).desc())
    ).all()


# -- what an edition gathers, in one query each --------------------------------------------------------------------


def agendas(db: Session, convention: Convention) -> Sequence[AgendaItem]:
    """The points of all agendas, in order."""
    return db.exec(
        select(AgendaItem)
        .join(Sitting, col(Sitting.id) == col(AgendaItem.sitting_id))
        .where(Sitting.convention_id == convention.id)
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    ).all()


def documents(db: Session, convention: Convention) -> Sequence[Document]:
    """The documents of all sittings, in the order they were added."""
    return db.exec(
        select(Document)
        .where(Document.convention_id == convention.id, col(Document.sitting_id).is_not(None))
        .order_by(col(Document.added_at), col(Document.id))
    ).all()


def sealed(db: Session, convention: Convention) -> Sequence[tuple[Poll, Result]]:
    """All the polls with a sealed result, and this result, in the order in which they closed."""
    rows = db.exec(
        select(Poll, Result)
        .join(Result, col(Result.poll_id) == col(Poll.id))
        .where(
            Poll.convention_id == convention.id,
            col(Poll.sealed_at).is_not(None),
            col(Poll.cancelled_at).is_(None),
        )
        .order_by(col(Poll.closes_at), col(Poll.number))
    )
    return [(poll, result) for poll, result in rows]


def accepted(db: Session, convention: Convention) -> Mapping[UUID, Sequence[Amendment]]:
    """{version's id: the amendments that it took in}, by number."""
    found: dict[UUID, list[Amendment]] = {}
    rows = db.exec(
        select(Amendment)
        .where(
            Amendment.convention_id == convention.id,
            col(Amendment.state).in_((AmendmentState.ACCEPTED, AmendmentState.MERGED)),
            col(Amendment.version_id).is_not(None),
        )
        .order_by(col(Amendment.number))
    )
    for one in rows:
        if one.version_id is not None:
            found.setdefault(one.version_id, []).append(one)
    return found


def closing_stands(db: Session, convention: Convention, edition: EditionRow) -> bool:
    """Whether its closing is asked by somebody who still may: a request falls with the role of whoever made it."""
    asker = edition.closing_asked_by
    return asker is not None and bool(rules.ASKERS & people.roles(db, convention.id, asker))


def roles(db: Session, convention: Convention) -> Mapping[UUID, frozenset[RoleKind]]:
    """What each person does, or did, in this convention."""
    found: dict[UUID, set[RoleKind]] = {}
    rows = db.exec(select(col(Role.person_id), col(Role.kind)).where(Role.convention_id == convention.id))
    for person_id, kind in rows:
        found.setdefault(person_id, set()).add(kind)
    return {person_id: frozenset(kinds) for person_id, kinds in found.items()}

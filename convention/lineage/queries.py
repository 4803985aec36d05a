import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from convention.amendments.models import Amendment
from convention.conventions.models import Convention
from convention.drafts import queries as drafts
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.lineage.models import Became, Fate, Kind, Recasting, Result, Source
from convention.lineage.rules import said
from convention.moderation import queries as moderation
from convention.moderation.models import Facts, Mask
from convention.people.models import Person
from convention.proposals import queries as proposals
from convention.proposals.models import Author, Paragraph, ParagraphVersion, Proposal
from convention.reservations.models import Reservation, Signature

PER_PAGE = 20


@dataclasses.dataclass(frozen=True)
class Recast:
    """A merge or a split, with what it took and what it made, by number."""

    recasting: Recasting
    sources: Sequence[Proposal]
    results: Sequence[Proposal]
    mask: Mask | None = None  # moderation hides its reasons

    @property
    def reason(self) -> str:
        """Why it was done, but the words that moderation hides."""
        return self.mask.cover(self.recasting.reason) if self.mask else self.recasting.reason

    @property
    def undone_reason(self) -> str:
        return self.mask.cover(self.recasting.undone_reason) if self.mask else self.recasting.undone_reason

    @property
    def said(self) -> str:
        kind = self.recasting.kind
        return said(kind, (one.number for one in self.sources), (one.number for one in self.results))


@dataclasses.dataclass(frozen=True)
class Place:
    """A paragraph in the words it had: « 14.2, version 3 »."""

    proposal: Proposal
    paragraph: Paragraph
    version: ParagraphVersion
    mask: Mask | None

    @property
    def label(self) -> str:
        return f"{self.proposal.number}.{self.paragraph.number}"

    @property
    def text(self) -> str:
        """Its words, but those that moderation hides."""
        return self.mask.cover(self.version.text) if self.mask else self.version.text


@dataclasses.dataclass(frozen=True)
class Strand:
    """Where the words of one paragraph went in a merge or a split."""

    fate: Fate
    recasting: Recasting
    source: Place
    into: Place | None
    mask: Mask | None  # moderation hides the reasons of this merge or split

    @property
    def reason(self) -> str:
        """Why its words changed or were left out, but those that moderation hides."""
        return self.mask.cover(self.fate.reason) if self.mask else self.fate.reason

    @property
    def became(self) -> Became:
        return self.fate.became


def of_number(db: Session, convention: Convention, number: int) -> Recast | None:
    found = db.exec(
        select(Recasting).where(Recasting.convention_id == convention.id, Recasting.number == number)
    ).first()
    return _whole(db, [found])[0] if found else None


def next_number(db: Session, convention: Convention) -> int:
    """The number of the next; to be asked once the convention is held, by the number of the next proposal."""
    last = db.exec(select(sa.func.max(Recasting.number)).where(Recasting.convention_id == convention.id)).one()
    return (last or 0) + 1


def again(db: Session, recasting: Recasting) -> Recasting:
    """As it is now, once its proposals are held."""
    return db.exec(
        select(Recasting).where(Recasting.id == recasting.id).execution_options(populate_existing=True)
    ).one()  # fmt: skip


def listed(db: Session, convention: Convention, page: int = 1) -> tuple[Sequence[Recast], int]:
    """One page of them, newest first, and how many there are."""
    mine = Recasting.convention_id == convention.id
    total = db.exec(select(sa.func.count()).select_from(Recasting).where(mine)).one()
    found = db.exec(
        select(Recasting)
        .where(mine)
        .order_by(col(Recasting.number).desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return _whole(db, found.all()), total


def of_proposal(db: Session, proposal: Proposal) -> Sequence[Recast]:
    """Those in which it was taken, or made, the oldest first; undone ones too."""
    mine = sa.union(
        sa.select(col(Source.recasting_id)).where(col(Source.proposal_id) == proposal.id),
        sa.select(col(Result.recasting_id)).where(col(Result.proposal_id) == proposal.id),
    ).subquery()
    found = db.exec(
        select(Recasting).where(col(Recasting.id).in_(sa.select(mine.c.recasting_id))).order_by(col(Recasting.number))
    )
    return _whole(db, found.all())


def made_of(db: Session, several: Iterable[Proposal]) -> Mapping[UUID, Sequence[Recast]]:
    """{proposal's id: what it was made by}, those undone left out: for the report."""
    ids = [one.id for one in several]
    rows = db.exec(
        select(col(Result.proposal_id), Recasting)
        .join(Recasting, col(Recasting.id) == col(Result.recasting_id))
        .where(col(Result.proposal_id).in_(ids), col(Recasting.undone_at).is_(None))
        .order_by(col(Recasting.number))
    ).all()
    whole = {one.recasting.id: one for one in _whole(db, [recasting for _id, recasting in rows])}
    found: dict[UUID, list[Recast]] = defaultdict(list)
    for id, recasting in rows:
        found[id].append(whole[recasting.id])
    return found


def _whole(db: Session, recastings: Sequence[Recasting]) -> list[Recast]:
    ids = [one.id for one in recastings]
    taken = _proposals(db, Source, ids)
    made = _proposals(db, Result, ids)
    masks = moderation.masks(db, recastings[0].convention_id, [one.subject for one in recastings]) if recastings else {}
    return [Recast(one, taken[one.id], made[one.id], masks.get(one.subject)) for one in recastings]


def _proposals(db: Session, table: type[Source] | type[Result], ids: Sequence[UUID]) -> Mapping[UUID, list[Proposal]]:
    found: dict[UUID, list[Proposal]] = defaultdict(list)
    if not ids:
        return found
    rows = db.exec(
        select(col(table.recasting_id), Proposal)
        .join(Proposal, col(Proposal.id) == col(table.proposal_id))
        .where(col(table.recasting_id).in_(ids))
        .order_by(col(Proposal.number))
    ).all()
    shown = {one.id: one for one in proposals.covered(db, [proposal for _id, proposal in rows])}
    for id, proposal in rows:
        found[id].append(shown[proposal.id])
    return found


def sources(db: Session, recasting: Recasting) -> Sequence[Source]:
    """What it took, and where each was before."""
    return db.exec(select(Source).where(Source.recasting_id == recasting.id)).all()


# -- where words went ------------------------------------------------------------------------------------------------


def strands(db: Session, recast: Recast) -> Sequence[Strand]:
    """Where each paragraph of the former proposals went, in their order."""
    return _strands(db, recast.recasting.convention_id, Fate.recasting_id == recast.recasting.id)


def strands_of(db: Session, proposal: Proposal) -> Sequence[Strand]:
    """Those that leave this proposal, or come to it."""
    mine = (
        sa.select(col(ParagraphVersion.id))
        .join(Paragraph, col(Paragraph.id) == col(ParagraphVersion.paragraph_id))
        .where(col(Paragraph.proposal_id) == proposal.id)
    )
    touching = sa.or_(col(Fate.version_id).in_(mine), col(Fate.into_id).in_(mine))
    return _strands(db, proposal.convention_id, touching)


def _strands(db: Session, convention_id: UUID, where: Any) -> list[Strand]:
    version, paragraph, proposal = ParagraphVersion, Paragraph, Proposal
    into, its_paragraph, its_proposal = aliased(ParagraphVersion), aliased(Paragraph), aliased(Proposal)
    rows = db.execute(
        sa.select(Fate, Recasting, proposal, paragraph, version, its_proposal, its_paragraph, into)
        .join(Recasting, col(Recasting.id) == col(Fate.recasting_id))
        .join(version, col(version.id) == col(Fate.version_id))
        .join(paragraph, col(paragraph.id) == col(version.paragraph_id))
        .join(proposal, col(proposal.id) == col(paragraph.proposal_id))
        .outerjoin(into, col(into.id) == col(Fate.into_id))
        .outerjoin(its_paragraph, col(its_paragraph.id) == col(into.paragraph_id))
        .outerjoin(its_proposal, col(its_proposal.id) == col(its_paragraph.proposal_id))
        .where(col(Recasting.convention_id) == convention_id, where)
        .order_by(col(Recasting.number), col(proposal.number), col(paragraph.number), col(Fate.id))
    ).all()
    subjects = [row[4].subject for row in rows] + [row[7].subject for row in rows if row[7] is not None]
    masks = moderation.masks(db, convention_id, [*subjects, *(row[1].subject for row in rows)])

    def place(a_proposal: Any, a_paragraph: Any, a_version: Any) -> Place:
        return Place(a_proposal, a_paragraph, a_version, masks.get(a_version.subject))

    return [
        Strand(
            fate=row[0],
            recasting=row[1],
            source=place(*row[2:5]),
            into=place(*row[5:8]) if row[7] is not None else None,
            mask=masks.get(row[1].subject),
        )
        for row in rows
    ]


def amendments_of(db: Session, version: ParagraphVersion) -> Sequence[Amendment]:
    """Those that were asked of these words, and the one that wrote them, by number."""
    return db.exec(
        select(Amendment)
        .where(sa.or_(col(Amendment.base_version_id) == version.id, col(Amendment.version_id) == version.id))
        .order_by(col(Amendment.number))
    ).all()


# -- what is not finished --------------------------------------------------------------------------------------------


def merge_subject(several: Iterable[Proposal]) -> str:
    """The name of the draft of a merge: « reunion-9-14 »."""
    return "-".join(["reunion", *(str(number) for number in sorted(one.number for one in several))])


def split_subject(proposal: Proposal) -> str:
    return f"partage-{proposal.number}"


def begun(db: Session, convention: Convention, person: Person) -> Sequence[tuple[Kind, list[int]]]:
    """The merges and splits that she has begun: which, and of which proposals."""
    return [found for one in drafts.all_of(db, person, convention) if (found := begun_by(one.subject))]


def begun_by(subject: str) -> tuple[Kind, list[int]] | None:
    """The merge or the split of which this is the draft."""
    name, *numbers = subject.split("-")
    kind = {"reunion": Kind.MERGE, "partage": Kind.SPLIT}.get(name)
    if kind is None or not numbers or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in numbers):
        return None
    return kind, [int(one) for one in numbers]


# -- who is told, what is asked --------------------------------------------------------------------------------------


def authors_of(db: Session, several: Iterable[Proposal]) -> Mapping[UUID, Sequence[Person]]:
    """{proposal's id: those who write it}."""
    found: dict[UUID, list[Person]] = defaultdict(list)
    ids = [one.id for one in several]
    rows = db.exec(
        select(col(Author.proposal_id), Person)
        .join(Person, col(Person.id) == col(Author.person_id))
        .where(col(Author.proposal_id).in_(ids))
        .order_by(col(Author.since), col(Person.name), col(Person.id))
    )
    for id, person in rows:
        found[id].append(person)
    return found


def amended(db: Session, several: Iterable[Proposal]) -> Mapping[UUID, int]:
    """{proposal's id: how many amendments it received}, whatever became of them."""
    rows = db.exec(
        select(col(Amendment.proposal_id), sa.func.count())
        .where(col(Amendment.proposal_id).in_([one.id for one in several]))
        .group_by(col(Amendment.proposal_id))
    )
    return dict(rows.all())


def signatories(db: Session, several: Iterable[Proposal]) -> Sequence[Person]:
    """Those who sign a reservation on one of these, each once."""
    rows = db.exec(
        select(Person)
        .join(Signature, col(Signature.person_id) == col(Person.id))
        .join(Reservation, col(Reservation.id) == col(Signature.reservation_id))
        .where(
            col(Reservation.proposal_id).in_([one.id for one in several]), col(Reservation.withdrawn_at).is_(None)
        )
        .distinct()
        .order_by(col(Person.id))
    )  # fmt: skip
    return rows.all()


def told(db: Session, convention: Convention, person: Person, since: dt.datetime) -> Sequence[tuple[Recast, bool]]:
    """What others did since then with words that she wrote (True), or on which she signs a reservation; newest first.

    Those who sign are asked about what is made, not told of what is undone: their signature has not moved.
    """
    wrote = (
        sa.exists()
        .where(col(Source.recasting_id) == col(Recasting.id))
        .where(col(Author.proposal_id) == col(Source.proposal_id), col(Author.person_id) == person.id)
    )
    signs = (
        sa.exists()
        .where(col(Source.recasting_id) == col(Recasting.id))
        .where(col(Reservation.proposal_id) == col(Source.proposal_id), col(Reservation.withdrawn_at).is_(None))
        .where(col(Signature.reservation_id) == col(Reservation.id), col(Signature.person_id) == person.id)
    )
    done = sa.and_(
        col(Recasting.done_at) >= since, col(Recasting.by_id) != person.id, col(Recasting.undone_at).is_(None)
    )
    undone = sa.and_(col(Recasting.undone_at) >= since, col(Recasting.undone_by_id) != person.id)
    rows = db.execute(
        sa.select(Recasting, wrote)
        .where(col(Recasting.convention_id) == convention.id)
        .where(sa.or_(sa.and_(wrote, sa.or_(done, undone)), sa.and_(signs, done)))
        .order_by(col(Recasting.number).desc())
    ).all()
    whole = _whole(db, [row[0] for row in rows])
    return [(recast, bool(row[1])) for recast, row in zip(whole, rows, strict=True)]


@dataclasses.dataclass(frozen=True)
class Signed:
    """A reservation that a person signs on a former proposal, and whether she signs it on the new one."""

    reservation: Reservation
    proposal: Proposal
    named: bool
    carried: bool


def signed_by(db: Session, recast: Recast, person: Person | None) -> Sequence[Signed]:
    """What this person signs on the former proposals."""
    if person is None:
        return []
    former = {one.id: one for one in recast.sources}
    rows = db.exec(
        select(Reservation, Signature)
        .join(Signature, col(Signature.reservation_id) == col(Reservation.id))
        .where(
            Signature.person_id == person.id,
            col(Reservation.proposal_id).in_(list(former)),
            col(Reservation.withdrawn_at).is_(None),
        )
        .order_by(col(Reservation.number))
    ).all()
    new = db.exec(
        select(col(Reservation.carried_from_id))
        .join(Signature, col(Signature.reservation_id) == col(Reservation.id))
        .where(
            Signature.person_id == person.id,
            col(Reservation.proposal_id).in_([one.id for one in recast.results]),
            col(Reservation.carried_from_id).is_not(None),
        )
    ).all()
    return [Signed(one, former[one.proposal_id], signature.named, one.id in new) for one, signature in rows]


def facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of the reasons of a merge or a split."""
    found = db.exec(select(Recasting).where(Recasting.convention_id == convention.id, Recasting.id == id)).first()
    if found is None:
        return None
    (recast,) = _whole(db, [found])
    fates = db.exec(select(Fate).where(Fate.recasting_id == id, Fate.reason != "").order_by(col(Fate.id)))
    texts = [(_("Pourquoi"), found.reason), (_("Pourquoi revenir en arrière"), found.undone_reason)]
    texts += [(_("D’un paragraphe"), one.reason) for one in fates]
    return Facts(
        subject=found.subject,
        title=_("Raisons : {said}").format(said=recast.said),
        texts=tuple((label, words) for label, words in texts if words),
        address=found.address,
        author_ids=tuple(dict.fromkeys(filter(None, (found.by_id, found.undone_by_id)))),
        current=(found.subject,),
    )


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has merged or split, for herself."""
    mine = db.exec(
        select(Recasting)
        .where(Recasting.convention_id == convention.id, Recasting.by_id == person.id)
        .order_by(col(Recasting.number))
    )
    undone = db.exec(
        select(Recasting)
        .where(Recasting.convention_id == convention.id, Recasting.undone_by_id == person.id)
        .order_by(col(Recasting.number))
    )
    rows = [
        {_("Numéro"): one.number, _("Fait"): one.kind.label, _("Le"): one.done_at, _("Raison"): one.reason}
        for one in mine
    ]
    rows += [
        {_("Numéro"): one.number, _("Fait"): _("Annulation"), _("Le"): one.undone_at, _("Raison"): one.undone_reason}
        for one in undone
    ]
    return [(_("Vos réunions et partages de propositions"), rows)]

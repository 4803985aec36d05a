import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.discussion.models import Argument, Debate, Endorsement, Saying, Side
from convention.discussion.rules import in_turn, is_a_page
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.moderation import queries as moderation
from convention.moderation.models import Facts, Mask, Subject
from convention.people.models import Person
from convention.proposals.models import Proposal

PER_PAGE = 20

# How a list is sorted: the fair turn, the newest, those most endorsed.
SORTS = ("", "recents", "appuyes")


@dataclasses.dataclass(frozen=True)
class Voice:
    """An argument or a reply as it is read: what hides it, how many endorse it, what answers it."""

    argument: Argument
    mask: Mask | None = None
    endorsements: int = 0
    endorsed: bool = False  # by who reads
    replies: Sequence["Voice"] = ()

    @property
    def text(self) -> str:
        return self.mask.cover(self.argument.text) if self.mask else self.argument.text

    @property
    def said_by(self) -> str:
        """Who signed it elsewhere."""
        return self.mask.cover(self.argument.said_by) if self.mask else self.argument.said_by

    @property
    def link(self) -> str:
        """Its source, where one may follow it; read again here, whatever was kept."""
        link = self.argument.link
        return link if self.is_shown and self.mask is None and is_a_page(link) else ""

    @property
    def is_shown(self) -> bool:
        """Whether some of its words are read: neither taken back nor hidden entirely."""
        return self.argument.withdrawn_at is None and not (self.mask and self.mask.whole)


def of_number(db: Session, convention: Convention, number: int) -> Argument | None:
    return db.exec(select(Argument).where(Argument.convention_id == convention.id, Argument.number == number)).first()


def locked(db: Session, argument: Argument) -> Argument:
    """As it is now, held until the transaction ends."""
    return db.exec(
        select(Argument).where(Argument.id == argument.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def hold_numbers(db: Session, convention: Convention) -> None:
    """Those who write wait for each other, until the transaction ends."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()


def next_number(
    db: Session, convention: Convention, table: type[Argument] | type[Saying] | type[Debate] = Argument
) -> int:
    """The number of the next argument, saying or debate: none is missing."""
    hold_numbers(db, convention)
    last = db.exec(select(sa.func.max(table.number)).where(table.convention_id == convention.id)).one()
    return (last or 0) + 1


def said_elsewhere(db: Session, convention: Convention) -> Mapping[tuple[str, str], Argument | Saying]:
    """{(identifier there, words): what it is here} of all that was imported: what tells that it is here already."""
    arguments = db.exec(select(Argument).where(Argument.convention_id == convention.id, Argument.there != ""))
    sayings = db.exec(select(Saying).where(Saying.convention_id == convention.id))
    return {(one.there, one.text): one for one in (*arguments, *sayings)}


def debates_known(db: Session, convention: Convention) -> Mapping[tuple[str, str], Debate]:
    """{(what it is, its number there): debate}."""
    rows = db.exec(select(Debate).where(Debate.convention_id == convention.id))
    return {(one.kind.casefold(), one.there): one for one in rows}


def counts(db: Session, proposal: Proposal) -> Mapping[Side, int]:
    """How many arguments each way, replies and those taken back left out."""
    rows = db.exec(
        select(col(Argument.side), sa.func.count())
        .where(
            Argument.proposal_id == proposal.id,
            col(Argument.replies_to_id).is_(None),
            col(Argument.withdrawn_at).is_(None),
        )
        .group_by(col(Argument.side))
    )
    return dict(rows.all())


@dataclasses.dataclass(frozen=True)
class _Key:
    id: UUID


def listed(
    db: Session, proposal: Proposal, side: Side | None, sort: str, page: int, *, at: dt.datetime, reader: Person | None
) -> tuple[Sequence[Voice], int]:
    """One page of the arguments on a proposal, with their replies, and how many there are."""
    mine: list[Any] = [Argument.proposal_id == proposal.id, col(Argument.replies_to_id).is_(None)]
    if side is not None:
        mine.append(Argument.side == side)
    if sort == "appuyes":
        query = (
            sa.select(col(Argument.id))
            .outerjoin(Endorsement, col(Endorsement.argument_id) == col(Argument.id))
            .where(*mine)
            .group_by(col(Argument.id), col(Argument.number))
            .order_by(sa.func.count(col(Endorsement.person_id)).desc(), col(Argument.number))
        )
    else:
        query = sa.select(col(Argument.id)).where(*mine).order_by(col(Argument.number).desc())
    ids = list(db.execute(query).scalars())
    if sort not in SORTS or not sort:
        ids = [one.id for one in in_turn([_Key(id) for id in ids], at, reader.id if reader else None)]
    here = ids[(page - 1) * PER_PAGE : page * PER_PAGE]
    return voices(db, here, proposal.convention_id, reader), len(ids)


def whose_turn(
    db: Session, proposal: Proposal, *, at: dt.datetime, reader: Person | None, most: int | None = PER_PAGE
) -> Mapping[Side, tuple[Sequence[Voice], int]]:
    """{side: the arguments whose turn it is, the first `most` of them or all, and how many there are}."""
    sides: dict[Side, list[UUID]] = {side: [] for side in Side}
    for id, side in db.exec(
        select(col(Argument.id), col(Argument.side))
        .where(Argument.proposal_id == proposal.id, col(Argument.replies_to_id).is_(None))
        .order_by(col(Argument.number).desc())
    ):
        sides[side].append(id)
    turns = {
        side: [one.id for one in in_turn([_Key(id) for id in ids], at, reader.id if reader else None)][:most]
        for side, ids in sides.items()
    }
    said = voices(db, [id for ids in turns.values() for id in ids], proposal.convention_id, reader)
    return {side: ([one for one in said if one.argument.side == side], len(ids)) for side, ids in sides.items()}


def voices(db: Session, ids: Sequence[UUID], convention_id: UUID, reader: Person | None) -> Sequence[Voice]:
    """These arguments, in this order, each with its replies, the oldest first: four queries."""
    if not ids:
        return []
    rows = db.exec(
        select(Argument)
        .where(sa.or_(col(Argument.id).in_(ids), col(Argument.replies_to_id).in_(ids)))
        .order_by(col(Argument.number))
    ).all()
    masks = moderation.masks(db, convention_id, [one.subject for one in rows])
    count = dict(
        db.exec(
            select(col(Endorsement.argument_id), sa.func.count())
            .where(col(Endorsement.argument_id).in_(ids))
            .group_by(col(Endorsement.argument_id))
        ).all()
    )
    mine = frozenset(_endorsed(db, ids, reader))
    replies: dict[UUID, list[Voice]] = defaultdict(list)
    for one in rows:
        if one.replies_to_id is not None:
            replies[one.replies_to_id].append(Voice(one, masks.get(one.subject)))
    found = {
        one.id: Voice(one, masks.get(one.subject), count.get(one.id, 0), one.id in mine, replies[one.id])
        for one in rows
    }  # fmt: skip
    return [found[id] for id in ids]


def _endorsed(db: Session, ids: Sequence[UUID], reader: Person | None) -> Iterable[UUID]:
    if reader is None:
        return ()
    return db.exec(
        select(Endorsement.argument_id).where(
            Endorsement.person_id == reader.id, col(Endorsement.argument_id).in_(ids)
        )
    ).all()  # fmt: skip


def endorsement(db: Session, argument: Argument, person: Person) -> Endorsement | None:
    return db.get(Endorsement, (argument.id, person.id))


def endorsements(db: Session, argument: Argument) -> int:
    return db.exec(
        select(sa.func.count()).select_from(Endorsement).where(Endorsement.argument_id == argument.id)
    ).one()  # fmt: skip


def mask_of(db: Session, one: Argument | Saying) -> Mask | None:
    return moderation.masks(db, one.convention_id, [one.subject]).get(one.subject)


def proposal_of(db: Session, argument: Argument) -> Proposal:
    return db.exec(select(Proposal).where(Proposal.id == argument.proposal_id)).one()


def of_ids(db: Session, convention_id: UUID, ids: Iterable[UUID]) -> Sequence[Argument]:
    return db.exec(
        select(Argument).where(Argument.convention_id == convention_id, col(Argument.id).in_(set(ids)))
    ).all()  # fmt: skip


def everything(
    db: Session, convention: Convention
) -> Iterator[tuple[Argument, int, int | None, Mask | None]]:  # fmt: skip
    """All the arguments and replies, by number, read little by little, for the archive.

    Each with its proposal's number, that of what it answers, and what hides it.
    """
    answered = aliased(Argument)
    query = (
        select(Argument, col(Proposal.number), col(answered.number))
        .join(Proposal, col(Proposal.id) == col(Argument.proposal_id))
        .outerjoin(answered, col(answered.id) == col(Argument.replies_to_id))
        .where(Argument.convention_id == convention.id)
        .order_by(col(Argument.number))
    )
    for (one, number, replied), mask in moderation.each_masked(db, convention.id, query):
        yield one, number, replied, mask


def facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of an argument, or of a reply."""
    one = next(iter(of_ids(db, convention.id, [id])), None)
    if one is None:
        return None
    title = _("Argument n° {n}") if one.replies_to_id is None else _("Réponse n° {n} à un argument")
    texts = ((_("Texte"), one.text), (_("Source"), one.link), (_("Signé, ailleurs"), one.said_by))
    return Facts(
        subject=Subject(*one.subject),
        title=title.format(n=one.number),
        texts=tuple((label, words) for label, words in texts if words),
        address=one.address,
        author_ids=() if one.is_from_elsewhere else (one.author_id,),
        current=(Subject(*one.subject),),
    )


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has argued, and what she endorses, for herself."""
    mine = db.exec(
        select(Argument)
        .where(Argument.convention_id == convention.id, Argument.author_id == person.id, Argument.there == "")
        .order_by(col(Argument.number))
    )
    written = [
        {
            _("Argument"): one.number,
            _("Écrit"): one.written_at,
            _("Côté"): one.side.label if one.replies_to_id is None else _("réponse"),
            _("Texte"): one.text,
            _("Source"): one.link,
            _("Retiré"): one.withdrawn_at or "",
        }
        for one in mine
    ]
    found = db.exec(
        select(Argument)
        .join(Endorsement, col(Endorsement.argument_id) == col(Argument.id))
        .where(Argument.convention_id == convention.id, Endorsement.person_id == person.id)
        .order_by(col(Argument.number))
    )
    endorsed = [{_("Argument"): one.number, _("Adresse"): one.address} for one in found]
    return [(_("Vos arguments"), written), (_("Les arguments que vous trouvez justes"), endorsed)]


# -- from elsewhere ------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Remark:
    """A saying as it is read: what hides it, what answers it."""

    saying: Saying
    mask: Mask | None = None
    replies: Sequence["Remark"] = ()

    @property
    def is_shown(self) -> bool:
        return not (self.mask and self.mask.whole)

    @property
    def text(self) -> str:
        return self.mask.cover(self.saying.text) if self.mask else self.saying.text

    @property
    def said_by(self) -> str:
        return self.mask.cover(self.saying.said_by) if self.mask else self.saying.said_by


def sayings_of_ids(db: Session, convention_id: UUID, ids: Iterable[UUID]) -> Sequence[Saying]:
    return db.exec(
        select(Saying).where(Saying.convention_id == convention_id, col(Saying.id).in_(set(ids)))
    ).all()  # fmt: skip


def saying_of_number(db: Session, convention: Convention, number: int) -> Saying | None:
    return db.exec(select(Saying).where(Saying.convention_id == convention.id, Saying.number == number)).first()


def debate_of_number(db: Session, convention: Convention, number: int) -> Debate | None:
    return db.exec(select(Debate).where(Debate.convention_id == convention.id, Debate.number == number)).first()


def debate_of_id(db: Session, convention: Convention, id: UUID) -> Debate | None:
    return db.exec(select(Debate).where(Debate.convention_id == convention.id, Debate.id == id)).first()


def debates(db: Session, convention: Convention) -> Sequence[tuple[Debate, int]]:
    """All the debates of elsewhere, by number, and how much was said in each."""
    return db.exec(
        select(Debate, sa.func.count(col(Saying.id)))
        .outerjoin(Saying, col(Saying.debate_id) == col(Debate.id))
        .where(Debate.convention_id == convention.id)
        .group_by(col(Debate.id))
        .order_by(col(Debate.number))
    ).all()


def sayings_on(
    db: Session, about: Proposal | Debate, page: int = 1, per_page: int = PER_PAGE
) -> tuple[Sequence[Remark], int, int]:
    """One page of what was said elsewhere of this, the oldest first; how many threads there are, how much in all."""
    mine = Saying.proposal_id == about.id if isinstance(about, Proposal) else Saying.debate_id == about.id
    total, threads = db.exec(
        select(sa.func.count(), sa.func.count().filter(col(Saying.replies_to_id).is_(None)))
        .select_from(Saying)
        .where(mine)
    ).one()
    if not threads:
        return [], 0, total
    firsts = db.exec(
        select(Saying)
        .where(mine, col(Saying.replies_to_id).is_(None))
        .order_by(col(Saying.said_on), col(Saying.number))
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    return remarks(db, about.convention_id, firsts), threads, total


def everything_on(db: Session, proposal: Proposal) -> Sequence[Remark]:
    """All that was said elsewhere of a proposal, the oldest first."""
    firsts = db.exec(
        select(Saying)
        .where(Saying.proposal_id == proposal.id, col(Saying.replies_to_id).is_(None))
        .order_by(col(Saying.said_on), col(Saying.number))
    ).all()
    return remarks(db, proposal.convention_id, firsts) if firsts else []


def remarks(db: Session, convention_id: UUID, firsts: Sequence[Saying]) -> Sequence[Remark]:
    """These, in this order, each with what answers it, the oldest first: two queries."""
    answers = db.exec(
        select(Saying)
        .where(col(Saying.replies_to_id).in_([one.id for one in firsts]))
        .order_by(col(Saying.number))
    ).all()  # fmt: skip
    masks = moderation.masks(db, convention_id, [one.subject for one in (*firsts, *answers)])
    replies: dict[UUID | None, list[Remark]] = defaultdict(list)
    for one in answers:
        replies[one.replies_to_id].append(Remark(one, masks.get(one.subject)))
    return [Remark(one, masks.get(one.subject), replies[one.id]) for one in firsts]


def all_sayings(
    db: Session, convention: Convention
) -> Iterator[tuple[Saying, int | None, Debate | None, int | None, Mask | None]]:
    """All that was said elsewhere, by number, read little by little, for the archive.

    Each with its proposal's number or its debate, the number of what it answers, and what hides it.
    """
    answered = aliased(Saying)
    query = (
        select(Saying, col(Proposal.number), Debate, col(answered.number))
        .outerjoin(Proposal, col(Proposal.id) == col(Saying.proposal_id))
        .outerjoin(Debate, col(Debate.id) == col(Saying.debate_id))
        .outerjoin(answered, col(answered.id) == col(Saying.replies_to_id))
        .where(Saying.convention_id == convention.id)
        .order_by(col(Saying.number))
    )
    for (one, number, debate, replied), mask in moderation.each_masked(db, convention.id, query):
        yield one, number, debate, replied, mask


def saying_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of a saying. Nobody here wrote it."""
    one = next(iter(sayings_of_ids(db, convention.id, [id])), None)
    if one is None:
        return None
    texts = ((_("Texte"), one.text), (_("Signé, ailleurs"), one.said_by))
    return Facts(
        subject=Subject(*one.subject),
        title=_("Remarque n° {n}, venue d’ailleurs").format(n=one.number),
        texts=tuple((label, words) for label, words in texts if words),
        address=one.address,
        author_ids=(),
        current=(Subject(*one.subject),),
    )

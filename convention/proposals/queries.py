import dataclasses
import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Among, Session, once
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.moderation import queries as moderation
from convention.moderation.models import Facts, Mask
from convention.people.models import Person
from convention.programme import queries as programme
from convention.programme.models import Theme
from convention.proposals.models import (
    FOUND_AS,
    GONE,
    KIND,
    REPLACED,
    Asked,
    Author,
    CardVersion,
    Hand,
    Invitation,
    Paragraph,
    ParagraphState,
    ParagraphVersion,
    PlainText,
    Proposal,
    Section,
    State,
)
from convention.proposals.rules import Hold, Masks, Passage
from convention.search import queries as search
from convention.voting import queries as voting
from convention.voting.models import Outcome, Poll, Subject

PER_PAGE = 20

# -- proposals -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Filters:
    """What is asked of the list: nothing, and it gives everything, by number."""

    theme: str = ""
    states: frozenset[State] = frozenset()
    question: str = ""
    sort: str = ""

    SORTS = ("", "recentes", "modifiees", "titre")


def of_number(db: Session, convention: Convention, number: int) -> Proposal | None:
    """As everyone may read it (`covered`)."""
    found = db.exec(
        select(Proposal).where(Proposal.convention_id == convention.id, Proposal.number == number)
    ).all()  # fmt: skip
    return next(iter(covered(db, found)), None)


def of_id(db: Session, convention: Convention, id: UUID) -> Proposal | None:
    """As everyone may read it."""
    found = db.exec(select(Proposal).where(Proposal.convention_id == convention.id, Proposal.id == id)).all()
    return next(iter(covered(db, found)), None)


def of_ids(db: Session, convention: Convention, ids: Iterable[UUID]) -> Sequence[Proposal]:
    """These, as everyone may read them."""
    wanted = set(ids)
    found = db.exec(select(Proposal).where(Proposal.convention_id == convention.id, col(Proposal.id).in_(wanted))).all()
    return covered(db, found)


def of_numbers(db: Session, convention: Convention, numbers: Sequence[int]) -> list[Proposal]:
    """Those of these numbers, by number, as everyone may read them."""
    found = db.exec(
        select(Proposal)
        .where(Proposal.convention_id == convention.id, col(Proposal.number).in_([n for n in numbers if n < 2**31]))
        .order_by(col(Proposal.number))
    ).all()
    return list(covered(db, found))


def original(db: Session, proposal: Proposal) -> Proposal:
    """The proposal with the words that moderation hides: for its authors, who write it again."""
    return db.exec(select(Proposal).where(Proposal.id == proposal.id)).one()


def locked(db: Session, ids: Iterable[UUID]) -> Sequence[Proposal]:
    """These proposals as they are now, held until the transaction ends: writing and voting wait for each other."""
    return db.exec(
        select(Proposal)
        .where(col(Proposal.id).in_(set(ids)))
        .order_by(col(Proposal.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def next_number(db: Session, convention: Convention) -> int:
    """The number of the next proposal; those who submit wait for each other, so that none is missing."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()
    last = db.exec(select(sa.func.max(Proposal.number)).where(Proposal.convention_id == convention.id)).one()
    return (last or 0) + 1


def listed(db: Session, convention: Convention, filters: Filters, page: int = 1) -> tuple[Sequence[Proposal], int]:
    """One page of the proposals asked for, and how many there are."""
    mine = _asked(convention, filters)
    order: dict[str, tuple[Any, ...]] = {
        "recentes": (col(Proposal.number).desc(),),
        "modifiees": (col(Proposal.changed_at).desc(), col(Proposal.number)),
        "titre": (sa.func.lower(col(Proposal.title)), col(Proposal.number)),
    }
    by = order.get(filters.sort, (col(Proposal.number),))
    # Which ones first, in an index; only those are read. Words are looked for once: each row says how many have them.
    first = sa.select(col(Proposal.id)).where(*mine).order_by(*by).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    if filters.question:
        first = first.add_columns(sa.func.count().over().label("total"))
    which = first.subquery()
    read = sa.select(Proposal, *which.c[1:]).join(which, which.c.id == col(Proposal.id)).order_by(*by)
    rows = db.execute(read).all()
    found = [row[0] for row in rows]
    if not filters.question:
        total = _how_many(db, convention, filters)
    elif rows or page == 1:
        total = rows[0].total if rows else 0
    else:
        total = db.exec(select(sa.func.count()).select_from(Proposal).where(*mine)).one()
    return covered(db, found), total


def _how_many(db: Session, convention: Convention, filters: Filters) -> int:
    """How many proposals are of this theme and in these states, whatever their words."""
    themes = {theme.id for theme in programme.themes(db, convention) if filters.theme in ("", theme.slug)}
    states = filters.states or frozenset(State).difference(REPLACED)
    return sum(n for (theme, state), n in _counts(db, convention).items() if theme in themes and state in states)


def of_theme(db: Session, convention: Convention, theme: Theme) -> Sequence[Proposal]:
    """All the proposals of a theme, by number; those withdrawn or replaced are left out."""
    found = db.exec(
        select(Proposal)
        .where(Proposal.convention_id == convention.id, Proposal.theme_id == theme.id, col(Proposal.state).not_in(GONE))
        .order_by(col(Proposal.number))
    )
    return covered(db, found.all())


def everything(db: Session, convention: Convention, *, replaced: bool = False) -> Sequence[Proposal]:
    """All the proposals, by number; those withdrawn are left out, and those merged or split unless `replaced`."""
    gone = [State.WITHDRAWN] if replaced else GONE
    found = db.exec(
        select(Proposal)
        .where(Proposal.convention_id == convention.id, col(Proposal.state).not_in(gone))
        .order_by(col(Proposal.number))
    )
    return covered(db, found.all())


def latest(db: Session, convention: Convention, limit: int) -> Sequence[Proposal]:
    """The last proposals submitted, newest first."""
    found = db.exec(
        select(Proposal)
        .where(Proposal.convention_id == convention.id, col(Proposal.state).not_in(GONE))
        .order_by(col(Proposal.number).desc())
        .limit(limit)
    )
    return covered(db, found.all())


def counts_by_theme(db: Session, convention: Convention) -> Mapping[UUID, int]:
    """{theme's id: how many proposals}, those withdrawn left out; no key for a theme without any."""
    counts: Counter[UUID] = Counter()
    for (theme, state), n in _counts(db, convention).items():
        if state not in GONE:
            counts[theme] += n
    return counts


def counts_by_state(db: Session, convention: Convention) -> Mapping[State, int]:
    """How many proposals are where; no key where there is none."""
    counts: Counter[State] = Counter()
    for (_theme, state), n in _counts(db, convention).items():
        counts[state] += n
    return counts


# Read in an index alone.
_COUNTS = (
    sa.select(col(Proposal.theme_id), col(Proposal.state), sa.func.count())
    .where(col(Proposal.convention_id) == sa.bindparam("convention"))
    .group_by(col(Proposal.theme_id), col(Proposal.state))
)


def _counts(db: Session, convention: Convention) -> Mapping[tuple[UUID, State], int]:
    """{(theme's id, state): how many proposals}: asked once for a page."""
    here = {"convention": convention.id}
    rows = once(db, ("proposals", convention.id), lambda: db.execute(_COUNTS, here).all())
    return {(theme, state): n for theme, state, n in rows}


def mine(db: Session, convention: Convention, person: Person) -> Sequence[Proposal]:
    """Those this person writes, by number."""
    found = db.exec(
        select(Proposal)
        .join(Author, col(Author.proposal_id) == col(Proposal.id))
        .where(Proposal.convention_id == convention.id, Author.person_id == person.id)
        .order_by(col(Proposal.number))
    )
    return covered(db, found.all())


def _asked(convention: Convention, filters: Filters) -> list[Any]:
    where: list[Any] = [Proposal.convention_id == convention.id]
    if filters.theme:
        themes = select(Theme.id).where(Theme.convention_id == convention.id, Theme.slug == filters.theme)
        where.append(col(Proposal.theme_id).in_(themes))
    if filters.states:
        where.append(col(Proposal.state).in_(filters.states))
    else:
        # Their words are in the list already, where they went: nothing is counted twice.
        where.append(col(Proposal.state).not_in(REPLACED))
    if filters.question:
        where.append(Among(col(Proposal.id), search.matching(convention, filters.question, FOUND_AS)))
    return where


# -- authors -------------------------------------------------------------------------------------------------------


def authors(db: Session, proposal: Proposal) -> Sequence[Person]:
    """Those who write it, in the order they came."""
    return db.exec(
        select(Person)
        .join(Author, col(Author.person_id) == col(Person.id))
        .where(Author.proposal_id == proposal.id)
        .order_by(col(Author.since), col(Person.name), col(Person.id))
    ).all()


def is_author(db: Session, proposal: Proposal, person: Person | None) -> bool:
    return person is not None and db.get(Author, (proposal.id, person.id)) is not None


def author(db: Session, proposal: Proposal, person_id: UUID) -> Author | None:
    return db.get(Author, (proposal.id, person_id))


def invitation(db: Session, proposal: Proposal, person_id: UUID) -> Invitation | None:
    return db.exec(
        select(Invitation).where(Invitation.proposal_id == proposal.id, Invitation.person_id == person_id)
    ).first()


def invitations(db: Session, proposal: Proposal) -> Sequence[tuple[Invitation, Person]]:
    """Who is invited to write this proposal, and who asks to, in the order they came."""
    rows = db.exec(
        select(Invitation, Person)
        .join(Person, col(Person.id) == col(Invitation.person_id))
        .where(Invitation.proposal_id == proposal.id)
        .order_by(col(Invitation.made_at), col(Person.name))
    )
    return [(one, person) for one, person in rows]


def waiting_for(db: Session, convention: Convention, person: Person) -> Sequence[tuple[Proposal, Asked]]:
    """The proposals where she has to answer: she is invited, or somebody asks to write with her."""
    # Two questions, each by an index: one with « or » reads every proposal.
    hers = select(Author.proposal_id).where(Author.person_id == person.id)
    invited: tuple[Any, ...] = (Invitation.kind == Asked.INVITED, Invitation.person_id == person.id)
    asked: tuple[Any, ...] = (Invitation.kind == Asked.TO_JOIN, col(Invitation.proposal_id).in_(hers))
    pair = sa.select(col(Invitation.proposal_id), col(Invitation.kind))
    pairs = db.execute(sa.union(pair.where(*invited), pair.where(*asked))).all()
    if not pairs:
        return []
    here = (Proposal.convention_id == convention.id, col(Proposal.state).not_in(GONE))
    found = db.exec(select(Proposal).where(col(Proposal.id).in_({id for id, _kind in pairs}), *here)).all()
    shown = {one.id: one for one in covered(db, found)}
    waiting = ((shown[id], kind) for id, kind in pairs if id in shown)
    return sorted(waiting, key=lambda one: (one[0].number, one[1]))


def to_rewrite(db: Session, convention: Convention, person: Person) -> Sequence[int]:
    """The numbers of her proposals of which the assembly has sent paragraphs back."""
    return db.exec(
        select(Proposal.number)
        .join(Author, col(Author.proposal_id) == col(Proposal.id))
        .where(
            Author.person_id == person.id,
            Proposal.convention_id == convention.id,
            Proposal.state == State.TO_REWRITE,
        )
        .order_by(col(Proposal.number))
    ).all()


def holds(db: Session, proposal: Proposal) -> Mapping[UUID, Hold]:
    """{paragraph's id: whose hand it is in}, those that have lapsed included."""
    rows = db.exec(
        select(Hand, Person.name)
        .join(Paragraph, col(Paragraph.id) == col(Hand.paragraph_id))
        .join(Person, col(Person.id) == col(Hand.person_id))
        .where(Paragraph.proposal_id == proposal.id)
    )
    return {hand.paragraph_id: Hold(hand.person_id, name, hand.since, hand.typed_at) for hand, name in rows}


def hand(db: Session, paragraph: Paragraph) -> Hand | None:
    return db.get(Hand, paragraph.id, populate_existing=True)


def hands_of(db: Session, convention_id: UUID, person_id: UUID) -> Sequence[Hand | Invitation]:
    """What waits for this person: the paragraphs she holds, the invitations made to her or by her."""
    mine = select(Proposal.id).where(Proposal.convention_id == convention_id)
    held = db.exec(
        select(Hand)
        .join(Paragraph, col(Paragraph.id) == col(Hand.paragraph_id))
        .where(Hand.person_id == person_id, col(Paragraph.proposal_id).in_(mine))
    ).all()
    asked = db.exec(
        select(Invitation).where(Invitation.person_id == person_id, col(Invitation.proposal_id).in_(mine))
    ).all()  # fmt: skip
    return [*held, *asked]


def plain_text(db: Session, proposal: Proposal) -> PlainText | None:
    """What was written of it in plain words, approved or not."""
    return db.exec(select(PlainText).where(PlainText.proposal_id == proposal.id)).first()


def plain_mask(db: Session, proposal: Proposal, text: PlainText) -> Mask | None:
    """What hides it: a decision about it, or the one that hides the official text."""
    masks = moderation.masks(db, proposal.convention_id, [text.subject, proposal.subject])
    return masks.get(text.subject) or masks.get(proposal.subject)


def approved_plain_text(db: Session, proposal: Proposal) -> PlainText | None:
    """The plain words that everyone may read: approved by somebody else, and not hidden."""
    text = plain_text(db, proposal)
    if text is None or text.approved_at is None or plain_mask(db, proposal, text) is not None:
        return None
    return text


# -- paragraphs and their versions ---------------------------------------------------------------------------------


def passages(db: Session, proposal: Proposal, *, removed: bool = False, original: bool = False) -> Sequence[Passage]:
    """Its paragraphs with all their versions, measure first; with those taken out if `removed`.

    What moderation hides is covered, unless `original` is asked for: by who writes them again.
    """
    return passages_of(db, [proposal], removed=removed, original=original)[proposal.id]


def passages_of(
    db: Session, proposals: Iterable[Proposal], *, removed: bool = False, original: bool = False
) -> Mapping[UUID, Sequence[Passage]]:
    """{proposal's id: its paragraphs}, for all of them at once."""
    convention_ids = {proposal.id: proposal.convention_id for proposal in proposals}
    wanted = list(convention_ids)
    if not wanted:
        return {}
    query = (
        select(Paragraph, ParagraphVersion)
        .join(ParagraphVersion, col(ParagraphVersion.paragraph_id) == col(Paragraph.id))
        .where(col(Paragraph.proposal_id).in_(wanted))
        .order_by(col(Paragraph.position), col(Paragraph.number), col(ParagraphVersion.number))
    )
    if not removed:
        query = query.where(col(Paragraph.removed_at).is_(None))
    versions: dict[UUID, list[ParagraphVersion]] = defaultdict(list)
    paragraphs: dict[UUID, Paragraph] = {}
    for paragraph, version in db.exec(query):
        paragraphs[paragraph.id] = paragraph
        versions[paragraph.id].append(version)
    subjects = (version.subject for several in versions.values() for version in several)
    masks = {} if original else moderation.masks(db, convention_ids[wanted[0]], subjects)
    found: dict[UUID, list[Passage]] = {id: [] for id in wanted}
    for section in Section:
        for paragraph in paragraphs.values():
            if paragraph.section == section:
                found[paragraph.proposal_id].append(_passage(paragraph, versions[paragraph.id], masks))
    return found


def _passage(paragraph: Paragraph, versions: Sequence[ParagraphVersion], masks: Masks) -> Passage:
    hidden: dict[tuple[str, UUID], Mask] = {
        version.subject: masks[version.subject] for version in versions if version.subject in masks
    }
    if not hidden:
        return Passage(paragraph, versions)
    # Copies: what is covered for readers must never be written.
    shown = [
        ParagraphVersion(**{**version.model_dump(), "text": hidden[version.subject].cover(version.text)})
        if version.subject in hidden
        else version
        for version in versions
    ]
    return Passage(paragraph, shown, hidden)


def last_paragraph_number(db: Session, proposal: Proposal) -> int:
    """The highest number given, those of paragraphs taken out included: a number is never given twice."""
    return db.exec(select(sa.func.max(Paragraph.number)).where(Paragraph.proposal_id == proposal.id)).one() or 0


def from_elsewhere(db: Session, convention: Convention) -> Mapping[str, UUID]:
    """{number there: id here} of the proposals that were imported."""
    rows = db.exec(
        select(col(Proposal.there), col(Proposal.id)).where(
            Proposal.convention_id == convention.id, Proposal.there != ""
        )
    )
    return dict(rows.all())


def first_words(db: Session, convention: Convention) -> Mapping[tuple[str, str], UUID]:
    """{(title, or number elsewhere; first words of the measure): proposal's id}: what says that one is here already."""
    rows = db.exec(
        select(col(Proposal.title), col(Proposal.there), col(ParagraphVersion.text), col(Proposal.id))
        .join(Paragraph, col(Paragraph.proposal_id) == col(Proposal.id))
        .join(ParagraphVersion, col(ParagraphVersion.paragraph_id) == col(Paragraph.id))
        .where(Proposal.convention_id == convention.id, Paragraph.number == 1, ParagraphVersion.number == 1)
    ).all()
    there = {(there, text): id for _title, there, text, id in rows if there}
    return there | {(title, text): id for title, _there, text, id in rows}


def near(db: Session, convention: Convention, title: str, texts: Iterable[str]) -> Sequence[Proposal]:
    """The proposals that say nearly the same, the nearest first, as everyone may read them."""
    found = [entry.subject_id for entry, _much in search.near(db, convention, FOUND_AS, title, " ".join(texts))]
    rows = db.exec(select(Proposal).where(Proposal.convention_id == convention.id, col(Proposal.id).in_(found))).all()
    return sorted(covered(db, rows), key=lambda one: found.index(one.id))


def last_position(db: Session, proposal: Proposal) -> int:
    """Where a new paragraph comes: after those that were moved."""
    return db.exec(select(sa.func.max(Paragraph.position)).where(Paragraph.proposal_id == proposal.id)).one() or 0


def of_versions(
    db: Session, convention_id: UUID, ids: Iterable[UUID]
) -> Mapping[UUID, tuple[Proposal, Paragraph, ParagraphVersion]]:
    """What these versions belong to, in this convention."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.exec(
        select(Proposal, Paragraph, ParagraphVersion)
        .join(Paragraph, col(Paragraph.proposal_id) == col(Proposal.id))
        .join(ParagraphVersion, col(ParagraphVersion.paragraph_id) == col(Paragraph.id))
        .where(Proposal.convention_id == convention_id, col(ParagraphVersion.id).in_(wanted))
        .order_by(col(Proposal.number), col(Paragraph.number))
    )
    return {version.id: (proposal, paragraph, version) for proposal, paragraph, version in rows}


def card_versions(db: Session, proposal: Proposal) -> Sequence[CardVersion]:
    """What the card has said, the oldest first; what moderation hides is covered."""
    cards = _cards(db, proposal)
    masks = moderation.masks(db, proposal.convention_id, [card.subject for card in cards])
    return [_covered_card(card, mask) if (mask := masks.get(card.subject)) else card for card in cards]


def _cards(db: Session, proposal: Proposal) -> Sequence[CardVersion]:
    return db.exec(
        select(CardVersion).where(CardVersion.proposal_id == proposal.id).order_by(col(CardVersion.number))
    ).all()


def _covered_card(version: CardVersion, mask: Mask) -> CardVersion:
    card = {name: mask.cover(words) if name in WORDS else words for name, words in version.card.items()}
    return CardVersion(**{**version.model_dump(), "card": card})


# -- what moderation hides -----------------------------------------------------------------------------------------

# The words of a card that people write; the rest is chosen from lists.
WORDS = (
    "title", "constat", "objective", "concerned", "effects", "indicator", "competence_note", "deadline", "excerpt",
    "withdrawn_reason", "written_for",
)  # fmt: skip


def covered(db: Session, proposals: Sequence[Proposal]) -> Sequence[Proposal]:
    """These proposals as everyone may read them, in one query: those that moderation hides are copies, covered.

    A copy is never written: to write, ask for `locked`.
    """
    if not proposals:
        return proposals
    masks = moderation.masks(db, proposals[0].convention_id, [one.subject for one in proposals])
    return [_covered(one, mask) if (mask := masks.get(one.subject)) else one for one in proposals]


def _covered(proposal: Proposal, mask: Mask) -> Proposal:
    words = {name: mask.cover(getattr(proposal, name)) for name in WORDS}
    return Proposal(**{**proposal.model_dump(), **words, "title": mask.cover_title(proposal.title)})


def mask_of(db: Session, proposal: Proposal) -> Mask | None:
    """What hides the card of this proposal, entirely or in part."""
    return moderation.masks(db, proposal.convention_id, [proposal.subject]).get(proposal.subject)


def proposal_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of a proposal: all its words, hidden ones included."""
    proposal = db.exec(select(Proposal).where(Proposal.convention_id == convention.id, Proposal.id == id)).first()
    if proposal is None:
        return None
    passages_ = passages(db, proposal, removed=True, original=True)
    standing = [passage for passage in passages_ if passage.paragraph.removed_at is None]
    cards = _cards(db, proposal)
    texts = [(str(label), getattr(proposal, name)) for name, label in _TEXTS.items()]
    texts += [(_("Paragraphe {n}").format(n=f"{proposal.number}.{one.paragraph.number}"), one.text) for one in standing]
    current = [proposal.subject, *(card.subject for card in cards[-1:]), *(one.subject for one in standing)]
    words: dict[tuple[str, UUID], str] = {card.subject: "\n".join(map(str, card.card.values())) for card in cards}
    words |= {version.subject: version.text for one in passages_ for version in one.versions}
    return Facts(
        subject=proposal.subject,
        title=_("Proposition n° {n}").format(n=proposal.number),
        texts=tuple((label, words) for label, words in texts if words),
        address=proposal.address,
        author_ids=tuple(author.id for author in authors(db, proposal)),
        current=tuple(current),
        former=tuple(one for one in words if one not in current),
        words=words,
        titled=True,
        rewritable=True,
        poll=_poll_of(db, current),
    )


def paragraph_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of a paragraph, whichever of its versions is named."""
    found = of_versions(db, convention.id, [id]).get(id)
    if found is None:
        return None
    proposal, paragraph, _version = found
    passage = next(
        one for one in passages(db, proposal, removed=True, original=True) if one.paragraph.id == paragraph.id
    )
    number = f"{proposal.number}.{paragraph.number}"
    return Facts(
        subject=passage.versions[0].subject,
        title=_("Proposition n° {n}, paragraphe {paragraph}").format(n=proposal.number, paragraph=number),
        texts=((_("Paragraphe {n}").format(n=number), passage.text),),
        address=f"{proposal.address}#{passage.anchor}" if paragraph.removed_at is None else proposal.address,
        author_ids=tuple(author.id for author in authors(db, proposal)),
        current=(passage.subject,),
        former=tuple(version.subject for version in passage.versions[:-1]),
        words={version.subject: version.text for version in passage.versions},
        rewritable=True,
        poll=_poll_of(db, [passage.subject]),
    )


def plain_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of a text in plain words: those nobody has approved are read by nobody."""
    row = db.exec(
        select(PlainText, Proposal)
        .join(Proposal, col(Proposal.id) == col(PlainText.proposal_id))
        .where(Proposal.convention_id == convention.id, PlainText.id == id, col(PlainText.approved_at).is_not(None))
    ).first()
    if row is None:
        return None
    text, proposal = row
    return Facts(
        subject=text.subject,
        title=_("Texte simple de la proposition n° {n}").format(n=proposal.number),
        texts=((_("Le texte simple"), text.text),),
        address=f"{proposal.address}/texte-simple",
        author_ids=(text.written_by_id,),
        current=(text.subject,),
        rewritable=True,
    )


_TEXTS = {
    "title": lazy("Titre"),
    "constat": lazy("Constat"),
    "objective": lazy("Objectif"),
    "concerned": lazy("Qui est concerné"),
    "effects": lazy("Effets attendus"),
    "indicator": lazy("Indicateur"),
    "competence_note": lazy("Précision sur la compétence"),
    "deadline": lazy("Délai souhaité"),
    "withdrawn_reason": lazy("Raison du retrait"),
}


def _poll_of(db: Session, subjects: Iterable[Subject]) -> int:
    """The number of the first poll that one of these is in; 0 for none."""
    return min((poll.number for poll in voting.open_on(db, subjects).values()), default=0)


# -- what a list shows of each -------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Outline:
    """A paragraph as a list counts it: its words are not read."""

    subject: Subject
    state: ParagraphState
    versions: int


@dataclasses.dataclass(frozen=True)
class Line:
    """A proposal as a list shows it: its theme, its paragraphs, what was voted, what is being voted."""

    proposal: Proposal
    theme: Theme
    paragraphs: Sequence[Outline]
    outcomes: Mapping[Subject, Outcome]
    polls: Mapping[Subject, Poll]

    @property
    def kept(self) -> int:
        return sum(one.state == ParagraphState.KEPT for one in self.paragraphs)

    @functools.cached_property
    def voted(self) -> Sequence[Outcome]:
        return [self.outcomes[one.subject] for one in self.paragraphs if one.subject in self.outcomes]

    @functools.cached_property
    def outcome(self) -> Outcome | None:
        """The vote that a list shows: of the paragraph that was given the lowest grade."""
        graded = [one for one in self.voted if one.grade is not None]
        return min(graded, key=lambda one: one.grade or 0) if graded else None

    @functools.cached_property
    def poll(self) -> Poll | None:
        return next((self.polls[one.subject] for one in self.paragraphs if one.subject in self.polls), None)

    @property
    def versions(self) -> int:
        """How many versions its most rewritten paragraph has."""
        return max((one.versions for one in self.paragraphs), default=0)


def lines(db: Session, convention: Convention, proposals: Sequence[Proposal]) -> Sequence[Line]:
    """What a list shows of these proposals: four queries, however many they are. Drawn by proposals/lines.html."""
    themes = {theme.id: theme for theme in programme.themes(db, convention)}
    paragraphs = _outlines(db, proposals)
    subjects = [one.subject for several in paragraphs.values() for one in several]
    outcomes, polls = voting.outcomes(db, subjects), voting.open_on(db, subjects)
    return [Line(one, themes[one.theme_id], paragraphs[one.id], outcomes, polls) for one in proposals]


_OUTLINES = (
    sa.select(
        col(Paragraph.proposal_id), col(Paragraph.id), col(Paragraph.section), col(Paragraph.state),
        col(ParagraphVersion.id), col(ParagraphVersion.number),
    )
    .join(ParagraphVersion, col(ParagraphVersion.paragraph_id) == col(Paragraph.id))
    .where(
        col(Paragraph.proposal_id).in_(sa.bindparam("proposals", expanding=True)), col(Paragraph.removed_at).is_(None)
    )
    .order_by(col(Paragraph.position), col(Paragraph.number), col(ParagraphVersion.number))
)  # fmt: skip


def _outlines(db: Session, proposals: Sequence[Proposal]) -> Mapping[UUID, Sequence[Outline]]:
    """{proposal's id: its paragraphs as a list counts them}, those of the measure first."""
    found: dict[UUID, list[Outline]] = {one.id: [] for one in proposals}
    if not found:
        return found
    rows = db.execute(_OUTLINES, {"proposals": list(found)})
    # The last version of each stays.
    sections: dict[Section, dict[UUID, tuple[UUID, Outline]]] = {section: {} for section in Section}
    for proposal_id, id, section, state, version_id, number in rows:
        sections[section][id] = (proposal_id, Outline(Subject(KIND, version_id), state, number))
    for several in sections.values():
        for proposal_id, outline in several.values():
            found[proposal_id].append(outline)
    return found


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has written here, for herself."""
    mine = db.exec(
        select(Proposal, Author)
        .join(Author, col(Author.proposal_id) == col(Proposal.id))
        .where(Proposal.convention_id == convention.id, Author.person_id == person.id)
        .order_by(col(Proposal.number))
    )
    rows = [
        {
            _("Proposition"): proposal.number,
            _("Titre"): proposal.title,
            _("État"): proposal.state.label,
            _("Autrice ou auteur depuis"): author.since,
            _("Adresse"): proposal.address,
        }
        for proposal, author in mine
    ]
    asked = db.exec(
        select(Proposal, Invitation)
        .join(Invitation, col(Invitation.proposal_id) == col(Proposal.id))
        .where(Proposal.convention_id == convention.id, Invitation.person_id == person.id)
        .order_by(col(Proposal.number))
    )
    waiting = [
        {
            _("Proposition"): proposal.number,
            _("Vous êtes invité·e"): invitation.kind == Asked.INVITED,
            _("Depuis"): invitation.made_at,
        }
        for proposal, invitation in asked
    ]
    hands = db.exec(
        select(Proposal, Paragraph, Hand)
        .join(Paragraph, col(Paragraph.proposal_id) == col(Proposal.id))
        .join(Hand, col(Hand.paragraph_id) == col(Paragraph.id))
        .where(Proposal.convention_id == convention.id, Hand.person_id == person.id)
    )
    held = [
        {_("Paragraphe"): f"{proposal.number}.{paragraph.number}", _("Pris"): hand.since}
        for proposal, paragraph, hand in hands
    ]
    plain = [
        {_("Proposition"): proposal.number, _("Écrit"): text.written_at, _("Texte"): text.text}
        for proposal, text in db.exec(
            select(Proposal, PlainText)
            .join(PlainText, col(PlainText.proposal_id) == col(Proposal.id))
            .where(Proposal.convention_id == convention.id, PlainText.written_by_id == person.id)
        )
    ]
    return [
        (_("Vos propositions"), rows),
        (_("Vos invitations et demandes pour écrire à plusieurs"), waiting),
        (_("Les paragraphes que vous écrivez"), held),
        (_("Vos textes simples"), plain),
    ]

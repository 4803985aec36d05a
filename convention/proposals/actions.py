import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import SOURCE, speaking
from convention.kit.i18n import gettext as _
from convention.moderation import actions as moderation
from convention.moderation import queries as suspensions
from convention.people.models import Person
from convention.programme import queries as programme
from convention.programme.models import Theme
from convention.proposals import queries, rules
from convention.proposals.events import (
    AuthorAdded,
    AuthorInvited,
    AuthorLeft,
    JoiningAsked,
    JoiningDeclined,
    ParagraphDecided,
    ParagraphGivenBack,
    ParagraphMoved,
    ParagraphTaken,
    PlainTextApproved,
    PlainTextWritten,
    ProposalChanged,
    ProposalSubmitted,
    ProposalWithdrawn,
)
from convention.proposals.forms import CardForm, PiecesForm
from convention.proposals.imports import Line
from convention.proposals.models import (
    FOUND_AS,
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
from convention.proposals.rules import Part, Passage, Piece, Standing
from convention.search import actions as search
from convention.voting import actions as voting
from convention.voting import queries as polls
from convention.voting.models import Outcome, Poll, Question

CARD = (
    "title", "constat", "objective", "concerned", "effects", "indicator", "competence", "competence_note", "deadline",
)  # fmt: skip
AT_ONCE = 500  # proposals written in the same statements


def submit(
    db: Session, convention: Convention, author: Person, form: CardForm, theme: Theme, *, written_for: str = "",
    facilitator: bool = False,
) -> Proposal:  # fmt: skip
    """Put a proposal forward. It receives its number now; its text can be read by all.

    `written_for`: a facilitator writes for a table, or for a person without account. She is not its author.
    """
    at = clock.now()
    suspension = suspensions.suspension(db, convention, author, at)
    refuse(rules.why_not_submit(programme.phases(db, convention), at, suspension))
    if written_for:
        refuse(rules.why_not_write_for(facilitator))
    refuse(next(iter(rules.why_not_these(form.pieces, ()).values()), None))
    (proposal,) = _publish(db, convention, author, [(form, theme, "")], at, written_for)
    return proposal


def _publish(
    db: Session,
    convention: Convention,
    by: Person,
    several: Sequence[tuple[CardForm, Theme, str]],
    at: dt.datetime,
    written_for: str,
) -> Sequence[Proposal]:
    """These cards, each with its theme and its number elsewhere: written, found, told, in as few questions as one."""
    first = queries.next_number(db, convention)
    proposals = [
        Proposal(
            convention_id=convention.id,
            number=number,
            theme_id=theme.id,
            submitted_at=at,
            changed_at=at,
            written_for=written_for,
            there=there,
            **{name: getattr(form, name) for name in CARD},
        )
        for number, (form, theme, there) in enumerate(several, first)
    ]
    db.add_all(proposals)
    db.flush()
    if not written_for:
        db.add_all([Author(proposal_id=one.id, person_id=by.id, since=at) for one in proposals])
    cards = zip(proposals, several, strict=True)
    db.add_all([_card_version(one, theme, 1, by, at) for one, (_form, theme, _there) in cards])
    _write(
        db,
        [
            pair
            for one, (form, _theme, _there) in zip(proposals, several, strict=True)
            for pair in _paragraphs(
                one, [piece for piece in form.pieces if piece.text], 0, 0, by, at, on_behalf=bool(written_for)
            )
        ],
    )
    _index(db, *proposals)
    for one in proposals:
        db.emit(ProposalSubmitted(convention.id, one.id, one.number, by.id))
    return proposals


def import_all(db: Session, convention: Convention, lines: Iterable[Line], by: Person) -> int:
    """Put forward what was written elsewhere, whatever the calendar opens; those that are here already are left out."""
    here = queries.first_words(db, convention)
    new = [line for line in lines if not line.is_among(here)]
    for line in new:
        refuse(next(iter(rules.why_not_these(line.form.pieces, ()).values()), None))
    for start in range(0, len(new), AT_ONCE):
        some = [(line.form, line.theme, line.there) for line in new[start : start + AT_ONCE]]
        _publish(db, convention, by, some, clock.now(), rules.ELSEWHERE)
    return len(new)


def change(
    db: Session,
    proposal: Proposal,
    by: Person,
    form: PiecesForm,
    theme: Theme | None,
    standing: Standing,
) -> None:
    """Change the words of a proposal: a paragraph whose words change has one more version.

    With a `PiecesForm`, the card stays as it is. A paragraph that a poll sent back is put forward again.
    """
    (proposal,) = queries.locked(db, [proposal.id])
    passages = queries.passages(db, proposal, original=True)
    going_on = polls.open_on(db, [passage.subject for passage in passages])
    changed = [
        (passage, piece)
        for passage in passages
        if (piece := typed(form, passage)) is not None and piece.text != passage.text
    ]
    new = [piece for piece in form.pieces if piece.number is None and piece.text]
    if new or isinstance(form, CardForm):
        refuse(rules.why_not_change_card(proposal, passages, standing, going_on))
    for passage, _piece in changed:
        refuse(rules.why_not_change_paragraph(proposal, passage, standing, going_on))
    refuse(next(iter(rules.why_not_these(form.pieces, passages).values()), None))

    at = clock.now()
    written = [_rewrite(db, proposal, passage, piece.text, form.reason, by, standing, at) for passage, piece in changed]
    for passage, _piece in changed:
        _free(db, proposal, passage, by)
    written += _add(db, proposal, new, by, at, reason=form.reason, on_behalf=standing.on_behalf)
    card_changed = False
    if isinstance(form, CardForm):
        assert theme is not None, "a card has a theme"
        card_changed = _change_card(db, proposal, form, theme, by, at)
    if not (changed or new or card_changed):
        return
    proposal.revision += 1
    proposal.changed_at = at
    _settle(db, proposal)
    _index(db, proposal)
    db.emit(
        ProposalChanged(proposal.convention_id, proposal.id, proposal.revision, tuple(filter(None, written)), by.id)
    )


def rewrite(
    db: Session, proposal: Proposal, passage: Passage, text: str, reason: str, by: Person, standing: Standing
) -> None:
    """The next version of one paragraph; it leaves the hand that held it."""
    piece = Piece("text", passage.paragraph.section, passage.paragraph.number, text)
    form = PiecesForm(pieces=(piece,), reason=reason)
    change(db, proposal, by, form, None, standing)
    if standing.holds_it(passage.paragraph):
        _free(db, proposal, passage, by)


def withdraw(db: Session, proposal: Proposal, by: Person, reason: str, standing: Standing) -> None:
    """Take a proposal back. Its page and its number stay, and say so."""
    (proposal,) = queries.locked(db, [proposal.id])
    passages = queries.passages(db, proposal)
    going_on = polls.open_on(db, [passage.subject for passage in passages])
    refuse(rules.why_not_withdraw(proposal, passages, standing, going_on))
    proposal.state, proposal.withdrawn_at, proposal.withdrawn_reason = State.WITHDRAWN, clock.now(), reason
    proposal.changed_at = proposal.withdrawn_at
    db.add(proposal)
    search.remove(db, proposal.convention_id, FOUND_AS, proposal.id)
    db.emit(ProposalWithdrawn(proposal.convention_id, proposal.id, by.id))


# -- those who write -----------------------------------------------------------------------------------------------


def invite(db: Session, proposal: Proposal, person: Person, by: Person, standing: Standing) -> bool:
    """Ask a member to write this proposal too: she becomes an author when she accepts. Whether she is to be told.

    If she had asked to join, she is an author at once: both sides have said yes.
    """
    (proposal,) = queries.locked(db, [proposal.id])
    refuse(rules.why_not_invite(proposal, standing))
    if queries.is_author(db, proposal, person):
        return False
    waiting = queries.invitation(db, proposal, person.id)
    if waiting is None:
        db.add(Invitation(proposal_id=proposal.id, person_id=person.id, kind=Asked.INVITED, made_at=clock.now()))
        db.emit(AuthorInvited(proposal.convention_id, proposal.id, person.id, by.id))
        return True
    if waiting.kind == Asked.TO_JOIN:
        _join(db, proposal, waiting, by)
    return False


def ask_to_join(db: Session, proposal: Proposal, person: Person, standing: Standing, *, member: bool) -> bool:
    """Ask the authors to write with them. Whether they are to be told; invited already, she is an author at once."""
    (proposal,) = queries.locked(db, [proposal.id])
    refuse(rules.why_not_join(proposal, standing, member=member))
    waiting = queries.invitation(db, proposal, person.id)
    if waiting is None:
        db.add(Invitation(proposal_id=proposal.id, person_id=person.id, kind=Asked.TO_JOIN, made_at=clock.now()))
        db.emit(JoiningAsked(proposal.convention_id, proposal.id, person.id))
        return True
    if waiting.kind == Asked.INVITED:
        _join(db, proposal, waiting, person)
    return False


def answer(db: Session, proposal: Proposal, person_id: UUID, by: Person, standing: Standing, *, yes: bool) -> None:
    """Accept or decline: her own invitation, or, by the authors, somebody's request. Either may be taken back."""
    (proposal,) = queries.locked(db, [proposal.id])
    waiting = queries.invitation(db, proposal, person_id)
    if waiting is None:
        return  # answered already, perhaps by another author: the page says how it stands
    hers = waiting.person_id == by.id
    if not hers or (yes and waiting.kind == Asked.TO_JOIN):
        refuse(rules.why_not_invite(proposal, standing))
    if yes and not hers and waiting.kind == Asked.INVITED:
        raise Refused(_("C’est à la personne invitée d’accepter."))
    if yes:
        refuse(rules.why_not_alive(proposal) or standing.why_not_write)
        _join(db, proposal, waiting, by)
    else:
        db.delete(waiting)
        db.emit(JoiningDeclined(proposal.convention_id, proposal.id, person_id, by.id))


def leave(db: Session, proposal: Proposal, person: Person, standing: Standing) -> None:
    """She stops being an author; what she wrote stays, and the history says when."""
    (proposal,) = queries.locked(db, [proposal.id])
    author = queries.author(db, proposal, person.id)
    refuse(rules.why_not_leave(proposal, standing, authors=len(queries.authors(db, proposal))))
    if author is not None:
        db.delete(author)
        db.emit(AuthorLeft(proposal.convention_id, proposal.id, person.id))


def _join(db: Session, proposal: Proposal, waiting: Invitation, by: Person) -> None:
    db.delete(waiting)
    if queries.author(db, proposal, waiting.person_id) is None:
        db.add(Author(proposal_id=proposal.id, person_id=waiting.person_id, since=clock.now()))
    db.emit(AuthorAdded(proposal.convention_id, proposal.id, waiting.person_id, by.id))


def forget(db: Session, convention_id: UUID, person_id: UUID) -> None:
    """A person leaves the convention: nothing waits for her any more."""
    for one in queries.hands_of(db, convention_id, person_id):
        db.delete(one)


# -- one hand at a time --------------------------------------------------------------------------------------------


def take(db: Session, proposal: Proposal, passage: Passage, by: Person, standing: Standing) -> None:
    """Write this paragraph: the others see who does, and wait until it is given back or nobody types any more."""
    queries.locked(db, [proposal.id])
    standing = dataclasses.replace(standing, holds=queries.holds(db, proposal))
    polls_ = polls.open_on(db, [passage.subject])
    refuse(rules.why_not_change_paragraph(proposal, passage, standing, polls_))
    at = clock.now()
    if standing.holds_it(passage.paragraph):
        _type(db, passage, by, at)
        return
    hand = queries.hand(db, passage.paragraph) or Hand(
        paragraph_id=passage.paragraph.id, person_id=by.id, since=at, typed_at=at
    )
    hand.person_id, hand.since, hand.typed_at = by.id, at, at
    db.add(hand)
    db.emit(ParagraphTaken(proposal.convention_id, proposal.id, passage.paragraph.id, by.id))


def keep(db: Session, passage: Passage, by: Person) -> None:
    """She types: the paragraph stays in her hand. If it left it meanwhile, her words go on in her draft alone."""
    _type(db, passage, by, clock.now())


def _type(db: Session, passage: Passage, by: Person, at: dt.datetime) -> None:
    hand = queries.hand(db, passage.paragraph)
    if hand is not None and hand.person_id == by.id:
        hand.typed_at = at
        db.add(hand)


def give_back(db: Session, proposal: Proposal, passage: Passage, by: Person, standing: Standing) -> None:
    """The paragraph is free: by who held it, or by a facilitator. Her draft stays hers."""
    refuse(rules.why_not_give_back(passage, standing))
    _free(db, proposal, passage, by)


def _free(db: Session, proposal: Proposal, passage: Passage, by: Person) -> None:
    hand = queries.hand(db, passage.paragraph)
    if hand is not None:
        db.delete(hand)
        db.emit(ParagraphGivenBack(proposal.convention_id, proposal.id, passage.paragraph.id, by.id))


def move(db: Session, proposal: Proposal, passage: Passage, step: int, by: Person, standing: Standing) -> None:
    """One place up or down in its section. Its number, its versions and its address stay."""
    (proposal,) = queries.locked(db, [proposal.id])
    passages = queries.passages(db, proposal, original=True)
    going_on = polls.open_on(db, [one.subject for one in passages])
    passage = next(one for one in passages if one.paragraph.id == passage.paragraph.id)
    refuse(rules.why_not_move(proposal, passages, standing, going_on, passage, step))
    beside = [one.paragraph for one in passages if one.paragraph.section == passage.paragraph.section]
    place = beside.index(passage.paragraph)
    beside[place], beside[place + step] = beside[place + step], beside[place]
    for position, paragraph in enumerate(beside, 1):
        paragraph.position = position
        db.add(paragraph)
    db.flush()
    _index(db, proposal)
    db.emit(ParagraphMoved(proposal.convention_id, proposal.id, passage.paragraph.id, step, by.id))


# -- plain words ---------------------------------------------------------------------------------------------------


def write_plain(db: Session, proposal: Proposal, text: str, by: Person, standing: Standing) -> None:
    """The same in plain words. It waits for somebody else's approval; nobody else reads it before."""
    refuse(rules.why_not_write_plain(proposal, standing))
    queries.locked(db, [proposal.id])
    plain = queries.plain_text(db, proposal) or PlainText(
        proposal_id=proposal.id, written_by_id=by.id, written_at=clock.now()
    )
    plain.text, plain.written_by_id, plain.written_at, plain.revision = text, by.id, clock.now(), proposal.revision
    plain.approved_by_id, plain.approved_at = None, None
    db.add(plain)
    db.emit(PlainTextWritten(proposal.convention_id, proposal.id, plain.revision, by.id))


def approve_plain(db: Session, proposal: Proposal, by: Person, standing: Standing, *, written_at: str) -> None:
    """Let everybody read the plain words, those that were read: `written_at` says which."""
    queries.locked(db, [proposal.id])
    plain = queries.plain_text(db, proposal)
    if plain is None or plain.written_at.isoformat() != written_at:
        raise Refused(_("Le texte simple vient de changer : relisez-le, puis approuvez-le."))
    refuse(rules.why_not_approve_plain(proposal, plain, standing))
    plain.approved_by_id, plain.approved_at = by.id, clock.now()
    db.add(plain)
    moderation.follow(db, proposal.convention_id, plain.subject, plain.subject)
    db.emit(PlainTextApproved(proposal.convention_id, proposal.id, plain.revision, by.id))


# -- decisions -----------------------------------------------------------------------------------------------------


def put_to_vote(db: Session, convention: Convention, by: Person, title: str, version_ids: Sequence[UUID]) -> Poll:
    """Prepare a poll on these paragraphs, in the words they have now."""
    found = queries.of_versions(db, convention.id, version_ids)
    held = {one.id: one for one in queries.locked(db, {proposal.id for proposal, _p, _v in found.values()})}
    passages = queries.passages_of(db, held.values())
    going_on = polls.open_on(db, [passage.subject for several in passages.values() for passage in several])
    questions = []
    for id in dict.fromkeys(version_ids):
        proposal = held[found[id][0].id] if id in found else None
        passage = next((one for one in passages[proposal.id] if one.version.id == id), None) if proposal else None
        if proposal is None or passage is None:
            raise Refused(_("Un paragraphe choisi vient de changer : relisez la liste, puis choisissez à nouveau."))
        if reason := rules.why_not_poll(proposal, passage, going_on):
            raise Refused(f"{label(proposal, passage.paragraph)} : {reason}")
        questions.append(_question(proposal, passage))
    return voting.prepare(db, convention, by, title, questions)


def rewrite_by_amendment(
    db: Session, proposal: Proposal, passage: Passage | None, section: Section, text: str, *, reason: str,
    author: Person, by: Person, on_behalf: bool = False,
) -> UUID | None:  # fmt: skip
    """Write what an amendment asked and those entitled accepted: the next version of a paragraph, or a new paragraph
    of this section (no `passage`). No `text`: the paragraph is taken out. The proposal is held by the caller.
    """
    at = clock.now()
    if passage is None:
        (written,) = _add(db, proposal, [Piece("", section, None, text)], author, at, reason=reason)
    else:
        standing = Standing(author=not on_behalf, facilitator=on_behalf, phases=(), at=at)
        written = _rewrite(db, proposal, passage, text, reason, author, standing, at)
    proposal.revision += 1
    proposal.changed_at = at
    _settle(db, proposal)
    _index(db, proposal)
    versions = (written,) if written else ()
    db.emit(ProposalChanged(proposal.convention_id, proposal.id, proposal.revision, versions, by.id))
    return written


# -- made of others (convention/lineage) ---------------------------------------------------------------------------


def compose(
    db: Session, convention: Convention, by: Person, theme: Theme, card: Mapping[str, Any], parts: Sequence[Part],
    authors: Iterable[UUID], written_for: str = "",
) -> tuple[Proposal, list[UUID]]:  # fmt: skip
    """Put forward a proposal made of others, under their authors' names: it, and its versions in the order of `parts`.

    Measure first, then safeguards: `parts` are given so. Rules have been asked by the caller.
    """
    at = clock.now()
    proposal = Proposal(
        convention_id=convention.id,
        number=queries.next_number(db, convention),
        theme_id=theme.id,
        submitted_at=at,
        changed_at=at,
        written_for=written_for,
        **{name: card[name] for name in CARD},
    )
    db.add(proposal)
    db.flush()
    db.add_all(Author(proposal_id=proposal.id, person_id=id, since=at) for id in dict.fromkeys(authors))
    _write_card(db, proposal, theme, by, at)
    versions = []
    for number, part in enumerate(parts, 1):
        paragraph = Paragraph(proposal_id=proposal.id, section=part.section, number=number)
        db.add(paragraph)
        db.flush()
        version = ParagraphVersion(
            paragraph_id=paragraph.id, number=1, text=part.text, written_at=at, author_id=part.author_id,
            on_behalf=part.on_behalf, reason=part.reason,
        )  # fmt: skip
        db.add(version)
        versions.append(version.id)
    db.flush()
    _index(db, proposal)
    return proposal, versions


def replace(db: Session, proposal: Proposal, state: State, became: Sequence[int]) -> None:
    """Its words are read elsewhere now, in the proposals of these numbers: nothing of it is lost."""
    proposal.state, proposal.became = state, list(became)
    _index(db, proposal)


def bring_back(db: Session, proposal: Proposal, state: State) -> None:
    """As it was before `replace`."""
    proposal.state, proposal.became = state, []
    _index(db, proposal)


def dissolve(db: Session, proposal: Proposal, by: Person, reason: str) -> None:
    """What was made of others is unmade: its page and its number stay, and say so."""
    proposal.state, proposal.withdrawn_at, proposal.withdrawn_reason = State.WITHDRAWN, clock.now(), reason
    proposal.changed_at = proposal.withdrawn_at
    _index(db, proposal)
    db.emit(ProposalWithdrawn(proposal.convention_id, proposal.id, by.id))


def decide(db: Session, convention_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """Apply what polls have decided: a paragraph is kept, or sent back to be rewritten."""
    found = queries.of_versions(db, convention_id, [outcome.subject.id for outcome in outcomes])
    decided = [(*found[one.subject.id], one.kept) for one in outcomes if one.subject.id in found]
    for proposal, paragraph, version, kept in decided:
        paragraph.state = ParagraphState.KEPT if kept else ParagraphState.TO_REWRITE
        db.add(paragraph)
        db.emit(ParagraphDecided(convention_id, proposal.id, version.id, kept))
    db.flush()
    for proposal in queries.locked(db, {proposal.id for proposal, *_rest in decided}):
        _settle(db, proposal)


def label(proposal: Proposal, paragraph: Paragraph) -> str:
    """« 9.2 »."""
    return f"{proposal.number}.{paragraph.number}"


def _question(proposal: Proposal, passage: Passage) -> Question:
    number = label(proposal, passage.paragraph)
    return Question(
        passage.subject,
        _("Paragraphe {number}, {title}").format(number=number, title=proposal.title),
        passage.text,
        f"{proposal.address}#p-{passage.paragraph.number}",
    )


def typed(form: PiecesForm, passage: Passage) -> Piece | None:
    """What was sent for this paragraph."""
    return next((piece for piece in form.pieces if piece.number == passage.paragraph.number), None)


def _add(
    db: Session, proposal: Proposal, pieces: Sequence[Piece], by: Person, at: dt.datetime, reason: str = "",
    on_behalf: bool = False,
) -> list[UUID | None]:  # fmt: skip
    """New paragraphs, numbered after those that are there: a number once given stays."""
    last = queries.last_paragraph_number(db, proposal)
    position = queries.last_position(db, proposal)
    pairs = _paragraphs(proposal, pieces, last, position, by, at, reason, on_behalf)
    _write(db, pairs)
    for _paragraph, version in pairs:
        moderation.follow(db, proposal.convention_id, proposal.subject, version.subject)
    return [version.id for _paragraph, version in pairs]


def _paragraphs(
    proposal: Proposal, pieces: Sequence[Piece], last: int, position: int, by: Person, at: dt.datetime,
    reason: str = "", on_behalf: bool = False,
) -> Sequence[tuple[Paragraph, ParagraphVersion]]:  # fmt: skip
    """These pieces, measure first, numbered from the `last` number given."""
    pairs = []
    for number, piece in enumerate((one for section in Section for one in pieces if one.section == section), last + 1):
        paragraph = Paragraph(proposal_id=proposal.id, section=piece.section, number=number, position=position)
        version = ParagraphVersion(
            paragraph_id=paragraph.id, number=1, text=piece.text, written_at=at, author_id=by.id, reason=reason,
            on_behalf=on_behalf,
        )  # fmt: skip
        pairs.append((paragraph, version))
    return pairs


def _write(db: Session, pairs: Sequence[tuple[Paragraph, ParagraphVersion]]) -> None:
    """The paragraphs, then their versions, which name them."""
    db.add_all([paragraph for paragraph, _version in pairs])
    db.flush()
    db.add_all([version for _paragraph, version in pairs])
    db.flush()


def _rewrite(
    db: Session,
    proposal: Proposal,
    passage: Passage,
    text: str,
    reason: str,
    by: Person,
    standing: Standing,
    at: dt.datetime,
) -> UUID | None:
    paragraph = passage.paragraph
    if not text:
        paragraph.removed_at = at
        db.add(paragraph)
        return None
    version = ParagraphVersion(
        paragraph_id=paragraph.id,
        number=passage.version.number + 1,
        text=text,
        written_at=at,
        author_id=by.id,
        on_behalf=standing.on_behalf or not standing.author,
        follows=passage.version.id,
        reason=reason,
    )
    paragraph.state = ParagraphState.PROPOSED
    db.add(paragraph)
    db.add(version)
    db.flush()
    moderation.follow(db, proposal.convention_id, passage.subject, version.subject)
    return version.id


def _change_card(db: Session, proposal: Proposal, form: CardForm, theme: Theme, by: Person, at: dt.datetime) -> bool:
    before = {name: getattr(proposal, name) for name in (*CARD, "theme_id")}
    after = {**{name: getattr(form, name) for name in CARD}, "theme_id": theme.id}
    if before == after:
        return False
    for name, value in after.items():
        setattr(proposal, name, value)
    _write_card(db, proposal, theme, by, at)
    return True


def _card_version(proposal: Proposal, theme: Theme, number: int, by: Person, at: dt.datetime) -> CardVersion:
    card: Mapping[str, str] = {name: str(getattr(proposal, name)) for name in CARD}
    return CardVersion(
        proposal_id=proposal.id, number=number, card={**card, "theme": theme.name}, written_at=at, author_id=by.id
    )  # fmt: skip


def _write_card(db: Session, proposal: Proposal, theme: Theme, by: Person, at: dt.datetime) -> None:
    former = queries.card_versions(db, proposal)
    version = _card_version(proposal, theme, len(former) + 1, by, at)
    db.add(version)
    db.flush()
    for one in former[-1:]:
        moderation.follow(db, proposal.convention_id, one.subject, version.subject)
    # And the page, whose card this is, says that what it hides was written again.
    moderation.follow(db, proposal.convention_id, proposal.subject, proposal.subject)


def _settle(db: Session, proposal: Proposal) -> None:
    """Where the proposal is now, from its paragraphs."""
    db.flush()
    passages = queries.passages(db, proposal)
    if not proposal.state.is_over:
        proposal.state = rules.state_of(passages)
    db.add(proposal)
    db.flush()


def cover_again(db: Session, convention_id: UUID, ids: Iterable[UUID]) -> None:
    """Moderation hid or showed words of these proposals: lists and the search follow."""
    _index(db, *[one for one in queries.locked(db, ids) if one.convention_id == convention_id])


def _index(db: Session, *proposals: Proposal) -> None:
    """Let them be found by their words, shown in lists by their first ones: never by those that moderation hides."""
    if not proposals:
        return
    convention_id = proposals[0].convention_id
    found: list[search.Text] = []
    with speaking(SOURCE):
        covered = queries.covered(db, proposals)
        passages = queries.passages_of(db, proposals)
        masks = suspensions.masks(db, convention_id, [one.subject for one in proposals])
        texts = {one.id: [passage.text for passage in passages[one.id]] for one in proposals}
    for proposal, shown in zip(proposals, covered, strict=True):
        mask, said = masks.get(proposal.subject), texts[proposal.id]
        body = "\n".join((*said, shown.constat, shown.objective, shown.concerned, shown.effects, shown.indicator))
        if proposal.state.is_over or (mask is not None and mask.whole):
            search.remove(db, convention_id, FOUND_AS, proposal.id)
        else:
            found.append(search.Text(proposal.id, shown.title, body, proposal.address))
        first = " ".join(said[0].split()) if said else ""
        proposal.excerpt = first if len(first) <= 200 else first[:200].rsplit(" ", 1)[0] + " …"
        db.add(proposal)
    search.put_all(db, convention_id, FOUND_AS, found)
    db.flush()

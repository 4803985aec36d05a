"""A proposal as a file: its text, its votes, its versions, and what accompanies it, as its page shows them."""

from collections.abc import Iterator, Mapping
from typing import Any

from convention.discussion import queries as discussion
from convention.discussion.models import FromElsewhere
from convention.discussion.queries import Remark, Voice
from convention.kit.documents import Document, Piece, Style
from convention.kit.i18n import gettext as _
from convention.kit.i18n import language, ngettext
from convention.kit.text import date, moment, series
from convention.moderation.models import Mask
from convention.people import queries as people
from convention.people.visits import Visit
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals import rules
from convention.proposals.models import Proposal, Section, State
from convention.proposals.reading import byline, facts
from convention.proposals.rules import Passage
from convention.reservations import queries as reservations
from convention.voting import queries as voting

Outcomes = Mapping[Any, Any]


def of(visit: Visit, proposal: Proposal) -> Document:
    """All of it, with as many queries whatever its length."""
    pieces = [
        *_head(visit, proposal),
        *_text(visit, proposal),
        *_discussed(visit, proposal),
        *_beside(visit, proposal),
        *_plain(visit, proposal),
    ]
    address = visit.address("proposals.show", number=proposal.number)
    pieces.append(Piece(Style.SMALL, address, _("Adresse :"), address))
    pieces.append(Piece(Style.SMALL, _("Copie faite le {moment}. La page fait foi.").format(moment=moment(visit.at))))
    return Document(proposal.title, visit.convention.title, language(), visit.at, pieces)


def _head(visit: Visit, proposal: Proposal) -> Iterator[Piece]:
    theme = programme.theme_of_id(visit.db, visit.convention, proposal.theme_id)
    mask = proposals.mask_of(visit.db, proposal)
    yield Piece(Style.HOUSE, visit.convention.title)
    submitted = _("Proposition n° {n}, déposée le {day}").format(n=proposal.number, day=date(proposal.submitted_at))
    yield Piece(Style.HOUSE, " · ".join([submitted, *([theme.name] if theme else [])]))
    yield Piece(Style.TITLE, proposal.title)
    written = [byline(visit, proposal, proposals.authors(visit.db, proposal))]
    if proposal.revision > 1:
        written.append(_("modifiée le {day}").format(day=date(proposal.changed_at)))
    yield Piece(Style.HOUSE, " · ".join(written), proposal.state.label + ".")
    if mask is not None:
        yield _hidden(mask)
    if proposal.state == State.WITHDRAWN and proposal.withdrawn_at is not None:
        yield Piece(
            Style.HOUSE, proposal.withdrawn_reason, _("Retirée le {day}.").format(day=date(proposal.withdrawn_at))
        )
    elif proposal.became:
        numbers = series(str(n) for n in proposal.became)
        words = ngettext("Ses mots sont dans la proposition {n}.", "Ses mots sont dans les propositions {n}.",
                         len(proposal.became))  # fmt: skip
        yield Piece(Style.HOUSE, words.format(n=numbers))
    if mask is None or not mask.whole:
        yield Piece(Style.HEADING, _("Constat"))
        yield Piece(Style.WORDS, proposal.constat)
        yield Piece(Style.HEADING, _("Objectif"))
        yield Piece(Style.WORDS, proposal.objective)


def _text(visit: Visit, proposal: Proposal) -> Iterator[Piece]:
    passages = proposals.passages(visit.db, proposal)
    outcomes = voting.outcomes(visit.db, [one.subject for one in passages])
    whom = rules.written_for(proposal, named=visit.person is not None)
    for section in Section:
        standing = [one for one in passages if one.paragraph.section == section]
        if standing:
            yield Piece(Style.HEADING, section.label)
        for passage in standing:
            yield from _clause(proposal, passage, outcomes, whom)
    mask = proposals.mask_of(visit.db, proposal)
    if mask is None or not mask.whole:
        yield Piece(Style.HEADING, _("Pour vérifier"))
        for name, label, words in facts(proposal):
            yield Piece(Style.HOUSE, f"{label} ({words})" if label and words else label or words, name)
    rewritten = [
        (passage, version) for passage in passages for version in passage.versions if len(passage.versions) > 1
    ]
    if rewritten:
        yield Piece(Style.HEADING, _("Versions"))
    for passage, version in rewritten:
        number = f"{proposal.number}.{passage.paragraph.number}"
        lead = _("{number}, version {n}, le {moment}").format(
            number=number, n=version.number, moment=moment(version.written_at)
        )
        yield Piece(Style.SMALL, version.reason, lead)


def _clause(proposal: Proposal, passage: Passage, outcomes: Outcomes, whom: str) -> Iterator[Piece]:
    yield Piece(Style.CLAUSE, passage.text, f"{proposal.number}.{passage.paragraph.number}")
    if passage.mask is not None:
        yield _hidden(passage.mask)
    said = [passage.paragraph.state.label] if not proposal.state.is_over else []
    said.append(_("version {n} du {day}").format(n=passage.version.number, day=date(passage.version.written_at)))
    if passage.version.on_behalf:
        said.append(_("écrite par l’animation, pour %(who)s") % {"who": whom} if whom else _("écrite par l’animation"))
    outcome = outcomes.get(passage.subject)
    if outcome is not None:
        cast = ngettext("{n} voix", "{n} voix", outcome.cast).format(n=outcome.cast)
        grade = f"{outcome.grade_label}, " if outcome.grade is not None else ""
        vote = _("vote n° {n} : {grade}{cast}. {sentence}")
        said.append(vote.format(n=outcome.number, grade=grade, cast=cast, sentence=outcome.sentence))
    yield Piece(Style.SMALL, " · ".join(said))


def _hidden(mask: Mask) -> Piece:
    return Piece(Style.SMALL, f"{mask.rule}. {mask.decision}. {mask.appeal}", _("Masqué par la modération."))


def _discussed(visit: Visit, proposal: Proposal) -> Iterator[Piece]:
    """All the arguments, in their turn, with what answers them; then what was said elsewhere, the oldest first."""
    sides = discussion.whose_turn(visit.db, proposal, at=visit.at, reader=visit.person, most=None)
    voices = [voice for several, _total in sides.values() for voice in several]
    if voices:
        yield Piece(Style.HEADING, _("Arguments"))
        yield Piece(Style.SMALL, _("À tour de rôle : l’ordre change chaque jour."))
    written = [one.argument.author_id for voice in voices for one in (voice, *voice.replies)]
    names = people.names(visit.db, written) if visit.person else {}
    for side, (several, total) in sides.items():
        if several:
            counted = ngettext("{n} argument", "{n} arguments", total).format(n=total)
            yield Piece(Style.SUBHEADING, f"{side.label}, {counted}")
        for voice in several:
            said = _("Argument n° {n}").format(n=voice.argument.number)
            yield from _voice(voice, Style.WORDS, said, names)
            endorsed = ngettext("{n} membre le trouve juste", "{n} membres le trouvent juste", voice.endorsements)
            yield Piece(Style.SMALL, endorsed.format(n=voice.endorsements))
            for reply in voice.replies:
                yield from _voice(reply, Style.REPLY, _("Réponse n° {n}").format(n=reply.argument.number), names)
    remarks = discussion.everything_on(visit.db, proposal)
    if remarks:
        yield Piece(Style.HEADING if not voices else Style.SUBHEADING, _("Remarques venues d’ailleurs"))
        yield Piece(Style.SMALL, _("Écrites sur une autre plateforme, puis importées telles quelles."))
    for remark in remarks:
        way = f" ({remark.saying.side.label})" if remark.saying.side else ""
        said = _("Remarque n° {n}").format(n=remark.saying.number) + way
        yield from _remark(remark, Style.WORDS, said)
        for answer in remark.replies:
            yield from _remark(answer, Style.REPLY, _("Réponse n° {n}").format(n=answer.saying.number))


def _voice(voice: Voice, style: Style, said: str, names: Mapping[Any, str]) -> Iterator[Piece]:
    one = voice.argument
    if one.is_from_elsewhere:
        lead = [said, _origin(one, voice), _("d’une autre plateforme")]
    else:
        lead = [said, date(one.written_at), names.get(one.author_id, "")]
    if one.withdrawn_at is not None and not (voice.mask and voice.mask.whole):
        gone = _("Retirée par la personne qui l’a écrite, le {day}.") if one.replies_to_id else (
            _("Retiré par la personne qui l’a écrit, le {day}.")
        )  # fmt: skip
        yield Piece(style, gone.format(day=date(one.withdrawn_at)), _lead(lead))
        return
    yield Piece(style, voice.text, _lead(lead))
    if voice.mask is not None:
        yield _hidden(voice.mask)
    if voice.link:
        yield Piece(Style.SMALL, voice.link, _("Source :"), voice.link)


def _remark(remark: Remark, style: Style, said: str) -> Iterator[Piece]:
    yield Piece(style, remark.text, _lead([said, _origin(remark.saying, remark)]))
    if remark.mask is not None:
        yield _hidden(remark.mask)


def _origin(one: FromElsewhere, voice: Voice | Remark) -> str:
    """When and by whom it was written elsewhere, in answer to whom: as the page says it."""
    said = [date(one.said_on) if one.said_on else _("date inconnue")]
    if voice.is_shown:
        said.append(voice.said_by or _("sans nom"))
        said += [_("en réponse à {who}").format(who=one.said_to)] if one.said_to else []
    return ", ".join(said)


def _lead(said: list[str]) -> str:
    return ", ".join(part for part in said if part) + "."


def _beside(visit: Visit, proposal: Proposal) -> Iterator[Piece]:
    """Reservations in their authors' words, then the experts' notes, signed and dated: never mixed with the text."""
    voices = reservations.of_proposal(visit.db, proposal)
    if voices:
        yield Piece(Style.HEADING, _("Réserves"))
    for voice in voices:
        yield Piece(Style.RESERVATION, voice.text)
        signed = ngettext("{n} signataire", "{n} signataires", voice.signatories).format(n=voice.signatories)
        names = f" ({series(voice.named)})" if voice.named else ""
        about = _about(proposal, voice.paragraph, voice.version)
        yield Piece(Style.SMALL, f"{signed}{names}. {about}", f"{voice.kind.label}.")
        if voice.mask is not None:
            yield _hidden(voice.mask)
    notes = reservations.expert_notes_of(visit.db, [proposal])[proposal.id]
    if notes:
        yield Piece(Style.HEADING, _("Notes d’experts"))
    for note in notes:
        yield Piece(Style.NOTE, note.text, _("Note d’expert·e."))
        about = _about(proposal, note.paragraph, note.version)
        yield Piece(Style.SMALL, f"{note.author}, {note.review.standing}, {date(note.review.written_at)}. {about}")
        if note.mask is not None:
            yield _hidden(note.mask)


def _about(proposal: Proposal, paragraph: int | None, version: int | None) -> str:
    if paragraph is None:
        return _("Sur l’ensemble.")
    number = f"{proposal.number}.{paragraph}"
    return _("Sur le paragraphe {number}, version {version}.").format(number=number, version=version)


def _plain(visit: Visit, proposal: Proposal) -> Iterator[Piece]:
    """The plain words, once somebody else has approved them."""
    text = proposals.approved_plain_text(visit.db, proposal)
    if text is None:
        return
    yield Piece(Style.HEADING, _("Le même texte, en mots simples"))
    yield Piece(Style.WORDS, text.text)
    warning = "" if text.revision == proposal.revision else _("Le texte officiel a changé depuis.")
    yield Piece(Style.SMALL, f"{_('Seul le texte officiel est voté.')} {warning}".strip())

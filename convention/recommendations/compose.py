"""From the convention as it is now to the tree of an edition: read once, in a constant number of queries.

What is not known is left out: no number is guessed. What was voted is taken from sealed results alone.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from uuid import UUID

from markdown_it import MarkdownIt

from convention.algorithms import differences, words
from convention.algorithms.decision import Method, Secrecy
from convention.algorithms.decision import Outcome as Verdict
from convention.conventions import queries as conventions
from convention.conventions.models import Convention, TextKind
from convention.guarantors import queries as guarantors
from convention.guarantors.models import Kind as RemarkKind
from convention.kit import clock
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext, speaking
from convention.kit.text import alphabetical, hour, moment, number, series
from convention.lineage import queries as lineage
from convention.people.models import RoleKind
from convention.programme import queries as programme
from convention.programme.models import AgendaItem, Document, Sitting, Theme
from convention.proposals import queries as proposals
from convention.proposals import rules as writing
from convention.proposals.models import Competence, ParagraphState, ParagraphVersion, Proposal
from convention.proposals.rules import Passage
from convention.recommendations import lists, queries, snapshot
from convention.recommendations.models import Piece
from convention.reservations import queries as beside
from convention.reservations.models import Kind, ReviewKind
from convention.reservations.queries import Remark, Voice
from convention.voting import choices, counts
from convention.voting import queries as voting
from convention.voting.models import Mode, Outcome, Poll, Subject

LANGUAGE = "fr"
CHOICES = {"pour": "yes", "contre": "no", "abstention": "abstain", "blanc": "blank"}
SIDE = 5  # one voice in five among the two worst grades is a strong disagreement

_OUTCOMES: Mapping[Verdict, snapshot.Outcome] = {
    Verdict.KEPT: "kept",
    Verdict.REWRITE: "rewrite",
    Verdict.ADOPTED: "adopted",
    Verdict.REJECTED: "rejected",
    Verdict.NO_QUORUM: "no-quorum",
}


# (moment, what, detail, address): a step of where a text comes from, before it is put in order.
_Step = tuple[dt.datetime, str, str, str]


def compose(db: Session, convention: Convention, *, number: int, at: dt.datetime, site: str) -> snapshot.Edition:
    """The edition that would be frozen now. `site` is the public address of the convention, without a slash."""
    with speaking(LANGUAGE):
        return _Composer(db, convention, number, at, site).edition()


@dataclasses.dataclass
class _Composer:
    db: Session
    convention: Convention
    number: int
    at: dt.datetime
    site: str

    def edition(self) -> snapshot.Edition:
        db, convention = self.db, self.convention
        written = {piece: text.body for piece, text in queries.texts(db, convention).items()}
        themes = programme.themes(db, convention)
        self.slugs = {theme.id: theme.slug for theme in themes}
        self.roles = queries.roles(db, convention)
        cards = proposals.everything(db, convention)
        # Those taken out are read too: what was voted on them stays voted.
        passages = proposals.passages_of(db, cards, removed=True)
        self.names = {
            version.subject: _("Paragraphe {number}, version {version}").format(
                number=_number(card, passage), version=version.number
            )
            for card in cards
            for passage in passages[card.id]
            for version in passage.versions
        }
        votes = self._votes()
        self.votes: Mapping[Subject, Sequence[snapshot.Vote]] = votes
        self.standing = standing = {
            card.id: [passage for passage in passages[card.id] if passage.paragraph.removed_at is None]
            for card in cards
        }
        # What is said beside the texts, in the words of those who said it.
        self.recasts = lineage.made_of(db, cards)
        self.voices, self.remarks = beside.of_proposals(db, cards), beside.reviews_of(db, cards)
        self.notes = {
            id: [one for one in several if one.review.kind is ReviewKind.EXPERT_NOTE]
            for id, several in self.remarks.items()
        }
        self.amendments = queries.accepted(db, convention)
        self.sittings = self._sittings()
        kept = {id: [one for one in several if _is_kept(one)] for id, several in standing.items()}
        left = {id: [one for one in several if not _is_kept(one)] for id, several in standing.items()}
        return snapshot.Edition(
            number=self.number,
            title=written.get(Piece.TITLE) or convention.title,
            subtitle=written.get(Piece.SUBTITLE, ""),
            frozen_at=self.at,
            language=LANGUAGE,
            fictional=_("Texte fictif, écrit pour une démonstration.") if convention.fictional else None,
            convention=self._convention(),
            summary=written.get(Piece.SUMMARY, ""),
            letter=written.get(Piece.LETTER, ""),
            preamble=written.get(Piece.PREAMBLE, ""),
            method=written.get(Piece.METHOD, ""),
            voting_rules=tuple(dict.fromkeys(vote.rule for vote in self.all_votes)),
            working_rules=self._text(TextKind.RULES),
            draw=self._text(TextKind.DRAW),
            composition=tuple(self._composition(written.get(Piece.COMPOSITION, ""))),
            experts=self._experts(cards, written.get(Piece.EXPERTS, "")),
            sittings=self.sittings,
            themes=tuple(_theme(theme) for theme in themes),
            recommendations=tuple(self._card(card, kept[card.id]) for card in cards if kept[card.id]),
            unsettled=tuple(self._card(card, left[card.id]) for card in cards if left[card.id]),
            minority_positions=tuple(
                _position(card, voice, _("Proposition {number}, l’ensemble").format(number=card.number))
                for card in cards
                for voice in self.voices[card.id]
                if voice.kind == Kind.MINORITY
            ),
            votes=self.all_votes,
            choices=self.choices,
            questions=(*self._asked(cards), *_typed_questions(written.get(Piece.QUESTIONS, ""))),
            glossary=_glossary(written.get(Piece.GLOSSARY, "")),
            guarantors_report=written.get(Piece.GUARANTORS, ""),
            guarantors_journal=tuple(self._journal()),
            changes=written.get(Piece.CHANGES, ""),
            address=f"{self.site}/rapport/{self.number}",
        )

    # -- the convention ----------------------------------------------------------------------------------------

    def _convention(self) -> snapshot.Convention:
        convention = self.convention
        return snapshot.Convention(
            title=convention.title,
            question=convention.question,
            city=convention.city,
            commissioner=convention.commissioner,
            mandate=self._text(TextKind.MANDATE),
            commitment=plain(convention.commitment),
            answer_due=convention.answer_due,
            seats=convention.seats,
            address=self.site,
        )

    def _text(self, kind: TextKind) -> str:
        found = conventions.text(self.db, self.convention, kind)
        return plain(found.body) if found else ""

    def _composition(self, typed: str) -> Iterable[snapshot.Share]:
        for criterion, category, members, population, source in lists.rows(Piece.COMPOSITION, typed):
            if not members.isdecimal():
                continue  # the form refuses it: nothing counts what is not a number
            share = population.rstrip("% \u00a0\u202f")
            yield snapshot.Share(
                criterion=criterion,
                category=category,
                members=int(members),
                population_percent=_("{share} %").format(share=share.replace(".", ",")) if share else "",
                source=source,
            )

    def _experts(self, cards: Sequence[Proposal], typed: str) -> tuple[snapshot.Expert, ...]:
        """Those on the list, in its order, then those who wrote a note: who they are, and on which proposals."""
        heard: dict[tuple[str, str], list[int]] = defaultdict(list)
        for card in cards:
            for one in self.notes[card.id]:
                heard[one.author, one.review.standing].append(card.number)
        notes = {
            who: ngettext(
                "note sur la proposition {which}", "note sur les propositions {which}", len(set(numbers))
            ).format(which=series(map(str, dict.fromkeys(numbers))))
            for who, numbers in heard.items()
        }
        found = []
        for name, quality, where, interests in lists.rows(Piece.EXPERTS, typed):
            hers = [said for (author, _standing), said in sorted(notes.items()) if author == name]
            found.append(
                snapshot.Expert(
                    name=name, quality=quality, interests=interests, heard=" ; ".join(filter(None, (where, *hers)))
                )
            )
        listed = {one.name for one in found}
        others = [
            snapshot.Expert(name=name, quality=quality, heard=said)
            for (name, quality), said in sorted(notes.items())
            if name not in listed
        ]
        return (*found, *others)

    def _asked(self, cards: Sequence[Proposal]) -> Iterable[snapshot.QuestionAnswer]:
        """What other tables asked of those who write a proposal, and what these answered."""
        for card in cards:
            for one in self.remarks[card.id]:
                if one.review.kind is ReviewKind.QUESTION:
                    yield snapshot.QuestionAnswer(
                        question=one.text,
                        asked_by=one.review.standing,
                        about=_asked_about(card, one),
                        answer=one.answer,
                        answered_by=_("celles et ceux qui écrivent la proposition") if one.answer else "",
                        address=f"{self.site}{card.address}/relecture",
                    )

    def _sittings(self) -> tuple[snapshot.Sitting, ...]:
        agendas: dict[UUID, list[AgendaItem]] = defaultdict(list)
        for item in queries.agendas(self.db, self.convention):
            agendas[item.sitting_id].append(item)
        documents: dict[UUID | None, list[Document]] = defaultdict(list)
        for document in queries.documents(self.db, self.convention):
            documents[document.sitting_id].append(document)
        return tuple(
            self._sitting(sitting, agendas[sitting.id], documents[sitting.id])
            for sitting in programme.sittings(self.db, self.convention)
            if sitting.starts_at <= self.at
        )

    def _sitting(
        self, sitting: Sitting, agenda: Sequence[AgendaItem], documents: Sequence[Document]
    ) -> snapshot.Sitting:
        return snapshot.Sitting(
            number=sitting.number,
            title=sitting.title,
            held_on=sitting.held_on,
            hours=_("{start} à {end}").format(start=hour(sitting.starts_at), end=hour(sitting.ends_at)),
            place=sitting.place,
            minutes=sum(item.minutes for item in agenda) or _minutes(sitting),
            agenda=tuple(item.title for item in agenda),
            documents=tuple(
                snapshot.Document(
                    title=one.title, author=one.author, address=one.link or f"{self.site}/documents/{one.id}"
                )
                for one in documents
            ),
            address=f"{self.site}/seances/{sitting.number}",
        )

    def _journal(self) -> Iterable[snapshot.JournalEntry]:
        """What guarantors had published, in order. Their names stay on its own pages, where they may be taken off."""
        for entry in reversed(guarantors.entries(self.db, self.convention)):
            yield snapshot.JournalEntry(
                number=entry.number,
                kind="alert" if entry.remark.kind == RemarkKind.ALERT else "observation",
                kind_label=entry.remark.kind.label,
                title=entry.remark.title,
                text=entry.remark.text,
                published_at=entry.published_at,
                corrects=entry.corrects,
                corrected_by=entry.corrected_by,
                replies=tuple(
                    snapshot.JournalReply(text=reply.text, answered_at=reply.answered_at) for reply in entry.replies
                ),
                address=f"{self.site}/journal-des-garants/{entry.number}",
            )

    # -- recommendations ---------------------------------------------------------------------------------------

    def _card(self, card: Proposal, passages: Sequence[Passage]) -> snapshot.Recommendation:
        address = f"{self.site}/rapport/{self.number}/{card.number}"
        others = self.standing[card.id]
        whole = self.votes.get(Subject("proposal", card.id), ())
        return snapshot.Recommendation(
            id=str(card.id),
            number=card.number,
            title=card.title,
            theme=self.slugs[card.theme_id],
            finding=card.constat,
            objective=card.objective,
            paragraphs=tuple(self._paragraph(card, passage, address) for passage in passages),
            concerned=card.concerned,
            effects=snapshot.Effects(general=card.effects),
            indicator=card.indicator,
            competence=_competence(card),
            deadline=card.deadline,
            expert_notes=tuple(
                _note(card, one) for one in self.notes[card.id] if _concerns(one.paragraph, passages, others)
            ),
            vote=whole[-1] if whole else None,
            reservations=tuple(
                _position(card, voice, _("L’ensemble"))
                for voice in self.voices[card.id]
                if voice.kind == Kind.RESERVATION and _concerns(voice.paragraph, passages, others)
            ),
            origin=tuple(self._origin(card, passages)),
            address=address,
        )

    def _paragraph(self, card: Proposal, passage: Passage, address: str) -> snapshot.Paragraph:
        decided = self.votes.get(passage.version.subject, ())
        return snapshot.Paragraph(
            number=_number(card, passage),
            section="measure" if passage.paragraph.section == "measure" else "safeguard",
            text=passage.text,
            version=passage.version.number,
            versions=tuple(
                self._version(before, version, f"{address}#p-{passage.paragraph.number}")
                for before, version in zip((None, *passage.versions), passage.versions, strict=False)
            ),
            vote=decided[-1] if decided else None,
        )

    def _version(self, before: ParagraphVersion | None, version: ParagraphVersion, address: str) -> snapshot.Version:
        changes = None
        if before is not None:
            changes = version.reason or differences.summary(differences.segments(before.text, version.text))
        return snapshot.Version(
            number=version.number,
            text=version.text,
            by=self._role(version),
            written_at=version.written_at,
            changes=changes,
            votes=tuple(self.votes.get(version.subject, ())),
            address=address,
        )

    def _role(self, version: ParagraphVersion) -> str:
        """Who wrote, by role: names stay where their owners chose to show them."""
        if version.on_behalf:
            return _("animation, pour les personnes qui ont écrit la proposition")
        held = self.roles.get(version.author_id, frozenset())
        return next((kind.label for kind in RoleKind if kind in held), RoleKind.MEMBER.label)

    def _origin(self, card: Proposal, passages: Sequence[Passage]) -> Iterable[snapshot.Step]:
        """Where it comes from, oldest first: submission, merges, readings, versions, votes; then who stands apart."""
        others = self.standing[card.id]
        address = f"{self.site}/rapport/{self.number}/{card.number}"
        steps = [
            (card.submitted_at, _("Proposition n° {number} déposée").format(number=card.number),
             writing.written_on_behalf(card, named=False), self.site + card.address),
            *((one.recasting.done_at, one.said, one.reason, self.site + one.recasting.address)
              for one in self.recasts.get(card.id, ())),
            *((one.review.written_at, *self._read(card, one), f"{self.site}{card.address}/relecture")
              for one in self.remarks[card.id] if _concerns(one.paragraph, passages, others)),
            *(step for passage in passages for step in self._rewritings(card, passage, address)),
            *self._polls(card, passages),
        ]  # fmt: skip
        for at, what, detail, where in sorted(steps, key=lambda step: step[0]):
            yield snapshot.Step(when=moment(at), what=what, detail=detail, address=where)
        signed = [one.signatories for one in self.voices[card.id] if _concerns(one.paragraph, passages, others)]
        if signed:
            yield snapshot.Step(
                when="",
                what=ngettext("{n} réserve", "{n} réserves", len(signed)).format(n=number(len(signed))),
                detail=ngettext("{n} signataire", "{n} signataires", sum(signed)).format(n=number(sum(signed))),
                address=f"{self.site}{card.address}/reserves",
            )

    def _read(self, card: Proposal, one: Remark) -> tuple[str, str]:
        """What somebody from another table, or an expert, left beside the text: of whom, and on what."""
        who = one.author if one.review.kind is ReviewKind.EXPERT_NOTE else ""
        said = ", ".join(filter(None, (who, one.review.standing)))
        return "\u00a0: ".join(filter(None, (str(one.review.kind.label), said))), _asked_about(card, one)

    def _rewritings(self, card: Proposal, passage: Passage, address: str) -> Iterable[_Step]:
        """Each version after the first, and the amendment that it took in."""
        for version in passage.versions[1:]:
            taken = [_("amendement n° {n} accepté").format(n=one.number) for one in self.amendments.get(version.id, ())]
            yield (
                version.written_at,
                _("Paragraphe {number}, version {version}").format(
                    number=_number(card, passage), version=version.number
                ),
                ", ".join((self._role(version), *taken)),
                f"{address}#p-{passage.paragraph.number}",
            )

    def _polls(self, card: Proposal, passages: Sequence[Passage]) -> Iterable[_Step]:
        """Each poll once, with what it decided of each paragraph, by which rule, and in which sitting."""
        polls: dict[int, list[tuple[str, snapshot.Vote]]] = defaultdict(list)
        for passage in passages:
            for version in passage.versions:
                for vote in self.votes.get(version.subject, ()):
                    polls[vote.poll].append((_number(card, passage), vote))
        for vote in self.votes.get(Subject("proposal", card.id), ()):
            polls[vote.poll].append((_("l’ensemble"), vote))
        for poll, several in polls.items():
            first = several[0][1]
            method = _("jugement majoritaire") if first.method == "majority-judgment" else _("pour, contre, abstention")
            manner = first.manner[:1].lower() + first.manner[1:]
            how = ", ".join(filter(None, (method, manner, self._during(first.closed_at))))
            results = " ; ".join(f"{one} : {_result(vote)}" for one, vote in several)
            yield first.closed_at, _("Scrutin n° {poll}").format(poll=poll), f"{results} ({how})", first.address

    def _during(self, at: dt.datetime) -> str:
        """« séance 2 », when it was then."""
        day = clock.local(at).date()
        held = next((one for one in self.sittings if one.held_on == day), None)
        return _("séance {n}").format(n=held.number) if held else ""

    # -- votes -------------------------------------------------------------------------------------------------

    def _votes(self) -> Mapping[Subject, Sequence[snapshot.Vote]]:
        """All that was solemnly decided, by subject, in the order of closing. An indicative vote is not published."""
        found: dict[Subject, list[snapshot.Vote]] = defaultdict(list)
        sealed = {poll.id: (poll, result) for poll, result in queries.sealed(self.db, self.convention)}
        decided = [one for poll, result in sealed.values() for one in counts.outcomes(poll, result)]
        for outcome in voting.covered(self.db, self.convention.id, decided):
            if not outcome.rule.indicative:
                poll, result = sealed[outcome.poll_id]
                found[outcome.subject].append(self._vote(poll, outcome, result.sha256))
        self.choices = tuple(
            self._choice(poll, choice, result.sha256)
            for poll, result in sealed.values()
            if (choice := choices.read(poll, voting.content(result))) is not None and not choice.rule.indicative
        )
        every = [vote for several in found.values() for vote in several]
        self.all_votes = tuple(sorted(every, key=lambda vote: (vote.closed_at, vote.poll)))
        return found

    def _choice(self, poll: Poll, choice: choices.Choice, sha256: str) -> snapshot.Choice:
        assert poll.closes_at is not None, "what is sealed has closed"
        counted = choice.counted
        return snapshot.Choice(
            poll=poll.number,
            question=poll.title,
            method=choice.rule.method.value,
            method_label=choice.rule.method.label,
            rule=" ".join(words.rule_sentences(choice.rule)),
            options=tuple(
                snapshot.Option(
                    place=row["place"],
                    title=row["title"],
                    voices=str(row["count"]),
                    outcome="chosen" if row["chosen"] else "tied" if row["tied"] else "left",
                    outcome_label=_("Retenue") if row["chosen"] else _("À égalité") if row["tied"] else "",
                )
                for row in choice.rows
            ),
            cast=counted["cast"],
            blank=counted["blank"],
            entitled=choice.entitled,
            outcome_label=choice.verdict.label,
            sentence=counted["sentence"],
            closed_at=poll.closes_at,
            address=f"{self.site}/scrutins/{poll.number}",
            fingerprint=sha256,
        )

    def _vote(self, poll: Poll, outcome: Outcome, sha256: str) -> snapshot.Vote:
        assert outcome.method in counts.METHODS, f"the report cannot show a vote by {outcome.method}"
        graded = outcome.method is Method.MAJORITY_JUDGMENT
        decision = outcome.decision
        # What decides nothing keeps nothing; the words say why.
        verdict = _OUTCOMES.get(outcome.verdict, "rewrite" if graded else "rejected")
        voices = decision.voices if graded and decision.voices is not None else decision.expressed
        counted = poll.present is not None or outcome.mode == Mode.TOTALS
        return snapshot.Vote(
            poll=outcome.number,
            subject=self.names.get(outcome.subject, outcome.title),
            question=outcome.title,
            method="majority-judgment" if graded else "yes-no",
            indicative=False,
            manner=_manner(outcome),
            rule=" ".join(outcome.rule_sentences),
            base=_base(outcome),
            counts=tuple(
                snapshot.Count(key=CHOICES.get(str(row.value), str(row.value)), label=row.label, voices=row.count)
                for row in outcome.rows
            ),
            no_opinion=outcome.no_opinion if graded else 0,
            expressed=voices,
            present=outcome.present if counted else None,
            entitled=outcome.entitled,
            quorum=_quorum(outcome),
            grade=outcome.grade,
            grade_label=outcome.grade_label or None,
            outcome=verdict,
            outcome_label=outcome.verdict.label,
            sentence=outcome.sentence,
            warning=_warning(outcome) if graded else None,
            closed_at=outcome.closed_at,
            address=f"{self.site}/scrutins/{outcome.number}",
            fingerprint=sha256,
        )


def _is_kept(passage: Passage) -> bool:
    return passage.paragraph.state == ParagraphState.KEPT


def _concerns(paragraph: int | None, here: Sequence[Passage], others: Sequence[Passage]) -> bool:
    """Whether what is said of this paragraph goes with these: a card may be printed in two parts, kept and not kept.

    What is said of a paragraph that was taken out goes with both, as what is said of the whole: it is never lost.
    """
    elsewhere = {passage.paragraph.number for passage in others} - {passage.paragraph.number for passage in here}
    return paragraph not in elsewhere


def _number(card: Proposal, passage: Passage) -> str:
    return f"{card.number}.{passage.paragraph.number}"


def _position(card: Proposal, voice: Voice, whole: str) -> snapshot.Reservation:
    return snapshot.Reservation(
        text=voice.text,
        about=_about(card, voice.paragraph, voice.version, whole),
        signatories=voice.signatories,
        named=voice.named,
    )


def _note(card: Proposal, one: Remark) -> snapshot.ExpertNote:
    return snapshot.ExpertNote(
        author=one.author,
        quality=one.review.standing,
        written_on=clock.local(one.review.written_at).date(),
        about=_about(card, one.paragraph, one.version, _("L’ensemble")),
        text=one.text,
    )


def _about(card: Proposal, paragraph: int | None, version: int | None, whole: str) -> str:
    if paragraph is None:
        return whole
    return _("Paragraphe {number}, version {version}").format(number=f"{card.number}.{paragraph}", version=version)


def _asked_about(card: Proposal, one: Remark) -> str:
    whole = _("Proposition {number}, l’ensemble").format(number=card.number)
    return _about(card, one.paragraph, one.version, whole)


def _minutes(sitting: Sitting) -> int:
    """From its first hour to its last, when no agenda says how long its points are."""
    return int((sitting.ends_at - sitting.starts_at).total_seconds()) // 60


def _typed_questions(typed: str) -> Iterable[snapshot.QuestionAnswer]:
    for question, asked_by, answer, answered_by in lists.rows(Piece.QUESTIONS, typed):
        yield snapshot.QuestionAnswer(question=question, asked_by=asked_by, answer=answer, answered_by=answered_by)


def _glossary(typed: str) -> tuple[snapshot.Term, ...]:
    """In the order of the alphabet, however they were typed."""
    terms = [snapshot.Term(term=term, definition=said) for term, said in lists.rows(Piece.GLOSSARY, typed)]
    return tuple(sorted(terms, key=lambda one: alphabetical(one.term)))


def _theme(theme: Theme) -> snapshot.Theme:
    return snapshot.Theme(
        slug=theme.slug, name=theme.name, icon=theme.icon, colour=theme.colour.value, introduction=theme.summary
    )


def _competence(card: Proposal) -> str:
    known = card.competence.label if card.competence != Competence.UNKNOWN else ""
    return (
        _("{competence} : {note}").format(competence=known, note=card.competence_note)
        if (known and card.competence_note)
        else known or card.competence_note
    )


def _result(vote: snapshot.Vote) -> str:
    return f"{vote.grade_label}, {vote.outcome_label.lower()}" if vote.grade_label else vote.outcome_label.lower()


def _manner(outcome: Outcome) -> str:
    if outcome.mode == Mode.BALLOTS:
        return _("Bulletins secrets") if outcome.rule.secrecy is Secrecy.SECRET else outcome.rule.secrecy.label
    if outcome.mode == Mode.NAMED:
        return _("Appel nominal")
    return _("Comptage à main levée") if outcome.rule.secrecy is Secrecy.HANDS else _("Comptage dans la salle")


def _base(outcome: Outcome) -> str:
    if outcome.method is Method.MAJORITY_JUDGMENT:
        *_grades, (_value, label, meaning) = counts.options(outcome.rule)
        return _("« {label} » : {meaning}").format(label=label, meaning=meaning[:1].lower() + meaning[1:])
    whole = outcome.rule.base.label
    if outcome.decision.base_size is None:
        return _("Majorité calculée sur les {whole}.").format(whole=whole)
    return _("Majorité calculée sur les {whole} : {n}.").format(whole=whole, n=number(outcome.decision.base_size))


def _quorum(outcome: Outcome) -> str | None:
    needed = outcome.decision.quorum_needed
    if needed is None:
        return None
    sentence = (
        ngettext("Quorum de {n} bulletin, atteint.", "Quorum de {n} bulletins, atteint.", needed)
        if outcome.decision.quorum_reached
        else ngettext("Quorum de {n} bulletin, non atteint.", "Quorum de {n} bulletins, non atteint.", needed)
    )
    return sentence.format(n=number(needed))


def _warning(outcome: Outcome) -> str | None:
    low = sum(row.count for row in outcome.rows if isinstance(row.value, int) and row.value <= 2)
    total = sum(row.count for row in outcome.rows)
    return _("Désaccord fort : 20 % ou plus en 1 ou 2.") if total and SIDE * low >= total else None


# -- texts typed with marks, without their marks ---------------------------------------------------------------------

_read = MarkdownIt("commonmark", {"html": False}).enable("table")
_Mark = Literal["", "– "]


def plain(markdown: str) -> str:
    """The words of a text, its marks put away: a blank line between two blocks, a dash before each item.

    >>> plain("## Mandat\\n\\nDire **oui**.\\n\\n- un\\n- deux")
    'Mandat\\n\\nDire oui.\\n\\n– un\\n\\n– deux'
    """
    blocks: list[str] = []
    mark: _Mark = ""
    for token in _read.parse(markdown):
        if token.type == "list_item_open":
            mark = "– "
        elif token.type in ("inline", "code_block", "fence"):
            words = _words(token.children) if token.children else token.content
            if words.strip():
                blocks.append(mark + words.strip())
            mark = ""
    return "\n\n".join(blocks)


def _words(children: Iterable[object]) -> str:
    said = []
    for child in children:
        kind, content = getattr(child, "type", ""), getattr(child, "content", "")
        said.append("\n" if kind in ("softbreak", "hardbreak") else str(content))
    return "".join(said).replace("\n", " ")

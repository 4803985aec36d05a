import dataclasses
import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from convention.amendments import actions as amendments
from convention.amendments.forms import AmendmentForm
from convention.amendments.models import Amendment, Kind
from convention.conventions import actions as conventions
from convention.conventions.models import Convention, TextKind
from convention.demo import answers, facts, trust, votes
from convention.discussion import actions as discussion
from convention.discussion.forms import ArgumentForm, ReplyForm
from convention.guarantors import actions as guarantors
from convention.guarantors.forms import AnswerForm as RemarkAnswerForm
from convention.guarantors.forms import RemarkForm
from convention.guarantors.models import Kind as RemarkKind
from convention.kit import clock
from convention.kit.db import Database, Session
from convention.kit.forms import Filled, Form
from convention.lineage import actions as lineage
from convention.lineage.rules import Choice
from convention.people import actions as people
from convention.people import codes
from convention.people.forms import PersonForm
from convention.people.models import Person, RoleKind
from convention.programme import actions as programme
from convention.programme import queries as programme_queries
from convention.programme.forms import AgendaForm, MinutesForm, PhaseForm, SittingForm, ThemeForm
from convention.programme.models import Theme
from convention.proposals import actions as proposals
from convention.proposals import queries as proposal_queries
from convention.proposals import rules as proposal_rules
from convention.proposals.forms import CardForm, PiecesForm
from convention.proposals.models import Proposal
from convention.recommendations import actions as recommendations
from convention.recommendations.models import Piece
from convention.reservations import actions as reservations
from convention.reservations.forms import AnswerForm, ReservationForm, ReviewForm
from convention.voting import actions as voting
from convention.voting import envelopes
from convention.voting.actions import Totals
from convention.voting.counts import NO_OPINION
from convention.voting.forms import PlanForm
from convention.voting.models import Mode, Poll

F = TypeVar("F", bound=Form)

VALUES = ("5", "4", "3", "2", "1", NO_OPINION)
ABSENT = 2  # of forty, on the day of the votes
OPEN_THEME = "Relation usager"


def load(database: Database, secret: str, site: str) -> Mapping[str, str]:
    """Fill an empty database with the demo. Returns {role: code} for one person of each role."""
    with database.writing() as db:
        try:
            return Demo(db, site).build(secret)
        finally:
            clock.shift(dt.timedelta(0))


class Demo:
    """The story of the convention, told in order, each part at its own time."""

    def __init__(self, db: Session, site: str) -> None:
        self.db = db
        self.site = site
        self.today = clock.local(clock.now()).date()
        self.chance = random.Random(2023)  # noqa: S311 - the demo is the same for all
        self.people: dict[str, Person] = {}
        self.proposals: dict[int, Proposal] = {}
        self.edition = 0

    def build(self, secret: str) -> Mapping[str, str]:
        with self.on(days=-190):
            self.open()
        self.write_programme()
        with self.on(days=-180):
            self.invite()
        self.go_first()
        with self.on(days=-35):
            given = self.write_codes(secret)
        with self.on(days=-25):
            self.propose([card for card in facts.proposals()["propositions"] if card["theme"] != facts.STAGE])
        with self.on(days=-15):
            self.review()
            self.discuss()
            self.amend()
        with self.on(days=-9):
            self.vote(name for name in self.themes if name not in (facts.STAGE, OPEN_THEME))
        with self.on(days=-8):
            self.rewrite()
        with self.on(days=-7):
            self.vote_again()
        with self.on(days=-6):
            self.reserve()
        with self.on(days=-6, hour=15):
            trust.flag(self.db, self.convention, self.people, self.proposals[4])
        with self.on(days=-5):
            self.watch()
        with self.on(days=-5):
            self.merge()
        with self.on(days=-2):
            self.publish(facts.REPORT)
        with self.on(days=-1):
            answers.begin(self.db, self.convention, self.people)
            trust.confide(self.db, self.convention, self.people, secret)
        with self.on(days=-1, hour=18):
            trust.wait(self.db, self.convention, self.proposals[7])
        self.open_poll()
        votes.hold(self.db, self.convention, self.people, facts.MEMBERS, self.claire, self.people["Lise"])
        self.write_together()
        return given

    def go_first(self) -> None:
        """One theme is voted, published and answered before the others: what became of it is there to be seen."""
        where = self.db, self.convention, self.people
        with self.on(days=-140):
            self.propose([card for card in facts.proposals()["propositions"] if card["theme"] == facts.STAGE])
        with self.on(days=-130):
            self.vote([facts.STAGE])
        with self.on(days=-125):
            self.publish(facts.STAGE_REPORT)
        with self.on(days=-100):
            answers.stage(*where)
        with self.on(days=-80):
            answers.tell(*where)
        with self.on(days=-65):
            answers.judge(*where, facts.STAGE_TOLD)
            answers.judge(*where, facts.STAGE_SILENT)
        with self.on(days=-60):
            answers.contest(*where, self.site)
        with self.on(days=-50):
            answers.reply(*where, self.site)
        with self.on(days=-45):
            answers.stage_again(*where)
        with self.on(days=-10):
            answers.judge(*where, facts.STAGE_RATED_NOW)

    @contextmanager
    def on(self, *, days: int, hour: int = 10) -> Iterator[None]:
        """At this hour of a day counted from today."""
        then = clock.utc(self.today + dt.timedelta(days=days), dt.time(hour))
        clock.shift(dt.timedelta(0))
        clock.shift(then - clock.now())
        try:
            yield
        finally:
            clock.shift(dt.timedelta(0))

    def day(self, offset: int) -> str:
        return (self.today + dt.timedelta(days=offset)).isoformat()

    @property
    def claire(self) -> Person:
        return self.people["Claire"]

    # -- the frame -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.convention = conventions.start(
            self.db,
            Convention(
                title="Intelligence artificielle et territoire",
                question="Quelle intelligence artificielle au service des habitants et du territoire ?",
                city="Montpellier Méditerranée Métropole",
                commissioner="Montpellier Méditerranée Métropole",
                commitment="La Métropole répondra à chaque recommandation, par écrit et avec sa raison.",
                answer_due=self.today + dt.timedelta(days=120),
                seats=40,
                summary="40 habitantes et habitants de 18 à 76 ans, autant de femmes que d’hommes.",
                help_phone="04 00 00 00 00",
                help_hours="du lundi au samedi, 9 h à 19 h",
                contact="convention@exemple.invalid",
                fictional=True,
                created_at=clock.now(),
            ),
        )
        for kind, body in facts.texts().items():
            conventions.write(self.db, self.convention, TextKind(kind), body)

    def write_programme(self) -> None:
        for name, colour, icon, summary in facts.THEMES:
            form = _form(ThemeForm, name=name, colour=colour, icon=icon, summary=summary)
            programme.add_theme(self.db, self.convention, form, by=None)
        self.themes: dict[str, Theme] = {
            theme.name: theme for theme in programme_queries.themes(self.db, self.convention)
        }
        phases: Sequence[tuple[str, int, int, tuple[str, ...]]] = (
            ("Mandat", -190, -180, ()),
            ("Tirage au sort", -180, -160, ()),
            ("Avis d’étape : la santé", -160, -125, ("proposer", "modifier", "amender", "discuter", "voter")),
            ("S’informer", -125, -30, ()),
            ("Écrire et voter", -30, 14, ("proposer", "modifier", "amender", "discuter", "voter")),
            ("Réponses de la Métropole", 14, 120, ("repondre",)),
            ("Suivi public", 120, 485, ()),
        )
        for name, first, last, activities in phases:
            phase = _form(
                PhaseForm,
                name=name,
                opens_on=self.day(first),
                opens="00:00",
                closes_on=self.day(last),
                closes="00:00",
                activities=activities,
            )
            programme.add_phase(self.db, self.convention, phase, by=None)
        self.write_sittings()

    def write_sittings(self) -> None:
        agenda = {
            "Première rencontre : comprendre": (
                ("Accueil et présentation du mandat", 45),
                ("Ce que l’intelligence artificielle sait faire, et ne sait pas", 75),
                ("Tables : nos usages, nos craintes", 90),
            ),
            "Deuxième rencontre : délibérer": (
                ("Retours d’expérience : cantines, assistant aux agents", 60),
                ("Éthique : qui décide, qui répond ?", 60),
                ("Ateliers par thème : la liste des sujets de l’avis", 120),
            ),
            "Troisième rencontre : écrire et voter": (
                ("Relire les règles et la méthode de vote", 20),
                ("Écriture par groupes de deux à six, en sprints de vingt minutes", 120),
                ("Vote de chaque paragraphe", 60),
                ("Paragraphes à réécrire, second vote", 60),
            ),
        }
        # Saturdays: members work in the week.
        offsets = tuple(
            offset + (5 - (self.today + dt.timedelta(days=offset)).weekday()) % 7 for offset in (-47, -33, 4)
        )
        for offset, (title, points) in zip(offsets, agenda.items(), strict=True):
            form = _form(
                SittingForm,
                title=title,
                held_on=self.day(offset),
                starts="09:30",
                ends="17:00",
                place="Hôtel de Métropole, salle du conseil",
                access="Boucle magnétique, accès de plain-pied, garde d’enfants sur place.",
                public="true",
                themes=[str(theme.id) for theme in self.themes.values()],
            )
            sitting = programme.add_sitting(self.db, self.convention, form, by=None)
            for point, minutes in points:
                programme.add_item(self.db, sitting, _form(AgendaForm, title=point, minutes=str(minutes)), by=None)
            if offset < 0:
                body = (
                    "## Ce qui s’est dit\n\nLes membres ont travaillé en cinq tables. Chaque table a restitué trois "
                    "points devant toutes les autres.\n\n## Ce qui reste à faire\n\nLes questions posées aux services "
                    "reviennent avec leurs réponses à la séance suivante."
                )
                with self.on(days=offset + 2):
                    programme.publish_minutes(self.db, sitting, _form(MinutesForm, body=body), by=None)

    # -- the people ------------------------------------------------------------------------------------------------

    def invite(self) -> None:
        for name in facts.MEMBERS:
            self.add(name, RoleKind.MEMBER)
        for name, role in facts.STAFF:
            plain = name.lower().translate(str.maketrans("éèî", "eei"))
            self.add(name, RoleKind(role), email=f"{plain}@exemple.invalid")

    def add(self, name: str, role: RoleKind, email: str = "") -> None:
        form = PersonForm(name=name, email=email, roles=(role,))
        self.people[name] = people.add(self.db, self.convention, form)

    def write_codes(self, secret: str) -> dict[str, str]:
        chosen = {
            "Nadia": RoleKind.MEMBER,
            "Omar": RoleKind.MEMBER,
            **{name: RoleKind(role) for name, role in facts.STAFF},
        }
        return {
            f"{name} ({role.label})": codes.shown(
                people.new_code(self.db, self.convention, self.people[name], secret)
            )
            for name, role in chosen.items()
        }  # fmt: skip

    # -- the work --------------------------------------------------------------------------------------------------

    def propose(self, cards: Sequence[Mapping[str, Any]]) -> None:
        for place, card in enumerate(cards, start=len(self.proposals)):
            pieces = {f"mesure-n{n}": text for n, text in enumerate(_sentences(card["mesure"], "."), 1)}
            pieces |= {f"garde-fou-n{n}": text for n, text in enumerate(_sentences(card["garde_fous"], ";"), 1)}
            theme = self.themes[card["theme"]]
            form = _form(
                CardForm,
                title=card["titre"].replace("'", "’"),
                theme=theme.slug,
                constat=card["constat"].replace("'", "’"),
                objective=facts.OBJECTIVES[card["theme"]],
                indicator=card["indicateur"].replace("'", "’"),
                competence=facts.competence(card["competence"]),
                competence_note=facts.competence_note(card["competence"]),
                **pieces,
            )
            author = self.people[facts.MEMBERS[place % len(facts.MEMBERS)]]
            self.proposals[card["numero"]] = proposals.submit(self.db, self.convention, author, form, theme)

    def vote(self, themes: Iterable[str]) -> None:
        """A poll for each theme, by secret ballots."""
        for name in themes:
            self.hold(f"Vote des paragraphes : {name}", self.of_theme(name))

    def of_theme(self, name: str) -> list[tuple[Proposal, proposal_rules.Passage]]:
        mine = [proposal for proposal in self.proposals.values() if proposal.theme_id == self.themes[name].id]
        passages = proposal_queries.passages_of(self.db, mine)
        return [(proposal, passage) for proposal in mine for passage in passages[proposal.id]]

    def hold(self, title: str, texts: Sequence[tuple[Proposal, proposal_rules.Passage]]) -> None:
        poll = self.prepare(title, [passage.version.id for _proposal, passage in texts], hours=2)
        voting.open_poll(self.db, poll)
        columns = [
            self.shuffled(facts.spread(proposal.number, passage.paragraph.number)) for proposal, passage in texts
        ]
        voters = self.chance.sample(facts.MEMBERS, len(facts.MEMBERS) - ABSENT)
        for name, marks in zip(voters, zip(*columns, strict=True), strict=True):
            voting.cast(self.db, poll, self.people[name], envelopes.new_key(), marks)
        voting.close(self.db, poll)

    def prepare(self, title: str, versions: Sequence[UUID], *, hours: float, mode: Mode = Mode.BALLOTS) -> Poll:
        poll = proposals.put_to_vote(self.db, self.convention, self.claire, title, versions)
        rule = _form(PlanForm, title=title, mode=mode.value, method="majority-judgment", present="38").rule
        closes_at = clock.now() + dt.timedelta(hours=hours) if mode == Mode.BALLOTS else None
        voting.plan(self.db, poll, rule, mode=mode, closes_at=closes_at, present=38, title=title, by=self.claire)
        return poll

    def shuffled(self, spread: tuple[int, ...]) -> list[str]:
        answers = [value for value, count in zip(VALUES, spread, strict=True) for _ in range(count)]
        self.chance.shuffle(answers)
        return answers

    def review(self) -> None:
        """Another table asks, an expert notes; those who write answer."""
        for number, name, kind, standing, text, answer in facts.REVIEWS:
            proposal = self.proposals[number]
            passage = proposal_queries.passages(self.db, proposal)[0]
            form = _form(
                ReviewForm, kind=kind, about=str(passage.paragraph.number), text=text, standing=standing
            )  # fmt: skip
            roles = {RoleKind.EXPERT if kind == "expert_note" else RoleKind.MEMBER}
            one = reservations.review(
                self.db, self.convention, self.people[name], roles, proposal, passage, form
            )  # fmt: skip
            if answer:
                author = proposal_queries.authors(self.db, proposal)[0]
                reservations.answer(self.db, self.convention, proposal, one, author, _form(AnswerForm, text=answer))

    def discuss(self) -> None:
        """Arguments on three proposals, each way, with a few replies; who finds them right changes with each."""
        written = []
        for number, name, side, text, link, endorsed in facts.ARGUMENTS:
            form = _form(ArgumentForm, side=side, text=text, link=link)
            one = discussion.argue(self.db, self.convention, self.people[name], self.proposals[number], form)
            written.append(one)
            others = [member for member in facts.MEMBERS if member != name]
            for place in range(endorsed):
                person = self.people[others[(7 * len(written) + place) % len(others)]]
                discussion.endorse(self.db, self.convention, person, one)
        for rank, name, text in facts.REPLIES:
            answer = _form(ReplyForm, text=text)
            discussion.reply(self.db, self.convention, self.people[name], written[rank - 1], answer)

    def merge(self) -> None:
        """Two late proposals said the same thing: the facilitators merge them, every paragraph with its reason."""
        several = []
        for theme_name, name, title, constat, measure, safeguard in facts.LATE:
            pieces = {f"mesure-n{n}": text for n, text in enumerate(measure, 1)}
            theme = self.themes[theme_name]
            form = _form(
                CardForm, title=title, theme=theme.slug, constat=constat, objective=facts.OBJECTIVES[theme_name],
                **pieces, **({"garde-fou-n1": safeguard} if safeguard else {}),
            )  # fmt: skip
            several.append(proposals.submit(self.db, self.convention, self.people[name], form, theme))
        first, second = several
        kept = {one.id: proposal_queries.passages(self.db, one) for one in several}
        choices = [
            Choice(f"{one.number}-{passage.paragraph.number}", place, passage.text, "")
            for place, (one, passage) in enumerate(
                ((one, passage) for one in several for passage in kept[one.id]), 1
            )
        ]  # fmt: skip
        again = f"{second.number}-2"
        choices = [
            Choice(one.key, None, "", "Déjà dit par le deuxième paragraphe de l’autre.") if one.key == again else one
            for one in choices
        ]
        card = {name: getattr(first, name) for name in proposals.CARD}
        standing = proposal_rules.Standing(
            author=False, facilitator=True, phases=programme_queries.phases(self.db, self.convention), at=clock.now()
        )
        revisions = {one.number: one.revision for one in several}
        lineage.merge(
            self.db, self.convention, self.claire, several, standing, self.themes[facts.LATE[0][0]], card, choices,
            "Elles demandent la même chose : une personne, près de chez soi.", revisions,
        )  # fmt: skip

    def write_together(self) -> None:
        """A proposal that several write: one accepted, one is invited, one asks; and another, in plain words."""
        shared = self.proposals[facts.SHARED]
        author = proposal_queries.authors(self.db, shared)[0]
        nadia, omar, karim = (self.people[name] for name in ("Nadia", "Omar", "Karim"))
        for person in (nadia, omar):
            proposals.invite(self.db, shared, person, author, self.standing())
        proposals.answer(self.db, shared, nadia.id, nadia, self.standing(), yes=True)
        beside = dataclasses.replace(self.standing(), author=False)
        proposals.ask_to_join(self.db, shared, karim, beside, member=True)
        proposal = self.proposals[facts.IN_PLAIN_WORDS[0]]
        writer = proposal_queries.authors(self.db, proposal)[0]
        proposals.write_plain(self.db, proposal, facts.IN_PLAIN_WORDS[1], writer, self.standing())
        plain = proposal_queries.plain_text(self.db, proposal)
        assert plain is not None, "it was just written"
        written_at = plain.written_at.isoformat()
        proposals.approve_plain(self.db, proposal, self.claire, self.standing(), written_at=written_at)

    def amend(self) -> None:
        """The amendments of the file that came before the vote: one accepted, one merged, one that waits."""
        for asked in facts.proposals()["amendements"]:
            number = asked["proposition"]
            if number in facts.SENT_BACK:
                continue
            amendment = self.submit_amendment(asked)
            proposal, decision = self.proposals[number], facts.DECISIONS.get(number)
            if decision is None:
                continue
            author, standing = proposal_queries.authors(self.db, proposal)[0], self.standing()
            text, reason = decision
            if text:
                amendments.merge(self.db, amendment, author, text, reason, standing)
            else:
                amendments.accept(self.db, amendment, author, reason, standing)

    def submit_amendment(self, asked: Mapping[str, str]) -> Amendment:
        """By a member who does not write the proposal."""
        proposal = self.proposals[int(asked["proposition"])]
        passage = proposal_queries.passages(self.db, proposal)[0]
        before, after, reason = (asked.get(name, "").replace("'", "’") for name in ("avant", "apres", "motif"))
        kind = {"ajout": Kind.ADD, "suppression": Kind.DELETE}.get(asked["nature"], Kind.REPLACE)
        text = {Kind.ADD: after, Kind.DELETE: before}.get(kind, passage.text.replace(before, after))
        form = _form(
            AmendmentForm, kind=kind, text=text, rationale=reason, version=str(passage.version.number)
        )  # fmt: skip
        author = self.people[facts.MEMBERS[(proposal.number + 6) % len(facts.MEMBERS)]]
        return amendments.submit(self.db, self.convention, author, proposal, passage, form, self.standing())

    def standing(self) -> proposal_rules.Standing:
        """That of those who write."""
        phases = programme_queries.phases(self.db, self.convention)
        return proposal_rules.Standing(author=True, facilitator=False, phases=phases, at=clock.now())

    def rewrite(self) -> None:
        """What was sent back is written again by its author, who accepts an amendment where there is one."""
        self.rewritten: list[UUID] = []
        asked = {one["proposition"]: one for one in facts.proposals()["amendements"]}
        for number in facts.SENT_BACK:
            proposal = self.proposals[number]
            author = proposal_queries.authors(self.db, proposal)[0]
            if number in asked:
                amendments.accept(self.db, self.submit_amendment(asked[number]), author, "", self.standing())
            else:
                passage = proposal_queries.passages(self.db, proposal)[0]
                form = _form(
                    PiecesForm,
                    reason="Dire plus précisément qui fait quoi.",
                    revision=str(proposal.revision),
                    **{f"mesure-{passage.paragraph.number}": facts.AGAIN[number]},
                )
                proposals.change(self.db, proposal, author, form, None, self.standing())
            self.rewritten.append(proposal_queries.passages(self.db, proposal)[0].version.id)

    def vote_again(self) -> None:
        """The second vote is by raised fingers, counted in the room."""
        poll = self.prepare("Second vote des paragraphes réécrits", self.rewritten, hours=0, mode=Mode.TOTALS)
        voting.open_poll(self.db, poll)
        counts = dict(zip(VALUES, facts.SPREADS["kept"], strict=True))
        totals = [Totals(counts, present=38) for _ in self.rewritten]
        voting.enter_totals(self.db, poll, totals, by=self.claire)

    def reserve(self) -> None:
        """The reservations of the file, in their words, signed by as many members as it says."""
        for one in facts.proposals()["reserves"]:
            proposal = self.proposals[one["proposition"]]
            passage = proposal_queries.passages(self.db, proposal)[0]
            first, *others = (
                self.people[facts.MEMBERS[(3 * proposal.number + place) % len(facts.MEMBERS)]]
                for place in range(one["signataires"])
            )
            form = _form(
                ReservationForm,
                kind="reservation",
                about=f"{passage.paragraph.number}-{passage.version.number}",
                text=one["texte"].replace("'", "’"),
                naming="nombre",
            )
            written = reservations.write(self.db, self.convention, first, proposal, passage.version, form)
            for place, person in enumerate(others):
                # One of the four who sign on files shows her name.
                named = len(others) == 3 and place == 0
                reservations.sign(self.db, self.convention, proposal, written, person, named=named)

    def watch(self) -> None:
        """What the guarantor publishes; the organisers answer, but for the last alert."""
        solange, roles = self.people["Solange"], frozenset({RoleKind.FACILITATOR})
        for days_ago, kind, title, text, reply in facts.REMARKS:
            with self.on(days=-days_ago):
                form = RemarkForm(kind=RemarkKind(kind), title=title, text=text)
                remark = guarantors.begin(self.db, self.convention, solange, form)
                guarantors.publish(self.db, self.convention, remark, solange, site=self.site)
            if reply:
                with self.on(days=1 - days_ago):
                    given = RemarkAnswerForm(text=reply)
                    guarantors.answer(
                        self.db, self.convention, remark, self.claire, given, roles=roles, site=self.site
                    )  # fmt: skip

    def publish(self, texts: Mapping[str, str]) -> None:
        """The next edition, with these texts."""
        for piece, body in texts.items():
            author, role = (self.people["Solange"], "guarantor") if piece == "garants" else (self.claire, "facilitator")
            recommendations.write(
                self.db, self.convention, Piece(piece), body, by=author, roles={RoleKind(role)}
            )  # fmt: skip
        self.edition += 1
        edition = recommendations.freeze(
            self.db, self.convention, by=self.claire, site=self.site, previewed=self.edition
        )  # fmt: skip
        recommendations.publish(self.db, edition, by=self.claire)

    def open_poll(self) -> None:
        texts = self.of_theme(OPEN_THEME)
        title = f"Vote des paragraphes : {OPEN_THEME}"
        poll = self.prepare(title, [passage.version.id for _proposal, passage in texts], hours=72)
        voting.open_poll(self.db, poll)


def _form(kind: type[F], /, **sent: Any) -> F:
    """What a person would have typed, read as the page reads it."""
    form = kind.read(sent)
    assert not isinstance(form, Filled), f"{kind.__name__}: {form.errors}"
    return form


def _sentences(text: str, sign: str) -> list[str]:
    """A paragraph for each sentence, or each safeguard."""
    parts = [part.strip(" .;") for part in text.replace("'", "’").split(f"{sign} ")]
    return [part[0].upper() + part[1:] + "." for part in parts if part]

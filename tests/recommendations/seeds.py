"""A convention that has written and voted, to make a report of."""

import datetime as dt
from collections.abc import Mapping, Sequence

from convention.algorithms.decision import Method, NoOpinion, Rule, Secrecy
from convention.conventions import actions as conventions
from convention.conventions.models import TextKind
from convention.kit import clock
from convention.people.models import Person
from convention.programme import actions as programme
from convention.programme import queries as programme_queries
from convention.programme.forms import PhaseForm, SittingForm, ThemeForm
from convention.programme.models import Activity, Colour, Theme
from convention.proposals import actions as proposals
from convention.proposals import queries
from convention.proposals.forms import CardForm
from convention.proposals.models import Proposal
from convention.voting import actions as voting
from convention.voting.models import Mode, Poll
from tests.world import World

JUDGMENT = Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=NoOpinion.EXCLUDED, secrecy=Secrecy.HANDS)

KEPT = (13, 18, 5, 2, 0)
NOT_KEPT = (6, 8, 14, 8, 2)


def begin(world: World, members: int = 40) -> Theme:
    """A theme, a phase where everything is open, a sitting, a mandate, and the members."""
    today = clock.local(clock.now()).date()
    facilitator = world.facilitator()
    with world.writing() as db:
        theme = programme.add_theme(
            db, world.convention, ThemeForm(name="Écologie", colour=Colour.ECO, icon="sprout"), by=facilitator
        )
        programme.add_phase(
            db,
            world.convention,
            PhaseForm(
                name="Écrire et voter",
                opens_on=today - dt.timedelta(days=2),
                opens="00:00",
                closes_on=today + dt.timedelta(days=200),
                closes="00:00",
                activities=tuple(Activity),
            ),
            by=facilitator,
        )
        programme.add_sitting(
            db,
            world.convention,
            SittingForm(
                title="Écrire et voter",
                held_on=today - dt.timedelta(days=1),
                starts="09:00",
                ends="17:00",
                place="Hôtel de Métropole",
            ),
            by=facilitator,
        )
        conventions.write(db, world.convention, TextKind.MANDATE, "## La demande\n\nDire **oui** ou non.")
    for number in range(1, members + 1):
        world.member(f"Membre {number}")
    return theme


def submit(world: World, title: str, *measures: str, safeguards: Sequence[str] = (), **card: str) -> Proposal:
    """A proposal with these paragraphs."""
    author = world.member("Membre 1")
    with world.writing() as db:
        theme = programme_queries.themes(db, world.convention)[0]
        form = CardForm.read(
            {
                "title": title,
                "theme": theme.slug,
                "constat": "Personne ne connaît la consommation des outils.",
                "objective": "Que chaque achat soit décidé en la connaissant.",
                **card,
                **{f"mesure-n{rank}": text for rank, text in enumerate(measures, start=1)},
                **{f"garde-fou-n{rank}": text for rank, text in enumerate(safeguards, start=1)},
            }
        )
        assert isinstance(form, CardForm), form.errors
        return proposals.submit(db, world.convention, author, form, theme)


def decide(world: World, voices: Mapping[tuple[int, int], Sequence[int]]) -> Poll:
    """One poll in the room: {(proposal, paragraph): voices from « Très bien » to « À rejeter »}."""
    facilitator = world.facilitator()
    with world.writing() as db:
        cards = queries.everything(db, world.convention)
        passages = {
            (card.number, one.paragraph.number): one
            for card in cards
            for one in queries.passages_of(db, cards)[card.id]
        }
        ids = [passages[key].version.id for key in voices]
        poll = proposals.put_to_vote(db, world.convention, facilitator, "Vote des paragraphes", ids)
        voting.plan(db, poll, JUDGMENT, mode=Mode.TOTALS, by=facilitator)
    with world.writing() as db:
        poll = db.merge(poll)
        voting.open_poll(db, poll)
        totals = [
            voting.Totals({**{str(5 - rank): n for rank, n in enumerate(one)}, "sans-avis": 1}, present=sum(one) + 1)
            for one in voices.values()
        ]
        voting.enter_totals(db, poll, totals, by=facilitator)
    return poll


def a_convention_that_voted(world: World) -> None:
    """Two proposals: one kept but for a paragraph, one sent back; two polls, the second after a rewriting."""
    begin(world)
    submit(
        world,
        "Mesurer le coût écologique avant d’acheter une IA",
        "Exiger une fiche d’impact dans chaque marché.",
        "Noter fortement cette fiche.",
        safeguards=["La fiche est publiée."],
        indicator="Part des marchés avec fiche publiée",
        competence="metropole",
        deadline="Un an",
    )
    submit(world, "Filmer les carrefours", "Compter les vélos sans garder d’image.")
    decide(world, {(1, 1): KEPT, (1, 2): NOT_KEPT, (2, 1): NOT_KEPT})
    rewrite(world, 1, 2, "Noter cette fiche pour 10 % au moins.")
    decide(world, {(1, 2): KEPT})


def rewrite(world: World, card: int, paragraph: int, text: str, author: Person | None = None) -> None:
    """A new version of this paragraph."""
    from convention.proposals.forms import PiecesForm
    from convention.proposals.rules import Standing

    with world.writing() as db:
        proposal = queries.of_number(db, world.convention, card)
        assert proposal is not None
        passage = next(one for one in queries.passages(db, proposal) if one.paragraph.number == paragraph)
        name = "mesure" if passage.paragraph.section == "measure" else "garde-fou"
        form = PiecesForm.read({f"{name}-{paragraph}": text, "reason": "Une part chiffrée."})
        assert isinstance(form, PiecesForm), form.errors
        standing = Standing(True, False, programme_queries.phases(db, world.convention), clock.now())
        proposals.change(db, proposal, author or world.member("Membre 1"), form, None, standing)


def freeze(world: World, *, publish: bool = True) -> int:
    """Through the desk, as the facilitators do; answers the number of the edition."""
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport").press("Figer l’édition")
    assert page.status == 200, page.text[:400]
    number = int(page.address.split("?")[0].rsplit("/", 1)[-1])
    if publish:
        claire.open("/animation/rapport").press(f"Publier l’édition n° {number}")
    return number

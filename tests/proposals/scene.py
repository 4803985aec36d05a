"""What the stories of proposals begin with: two themes, a calendar, a card to fill in."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from convention.algorithms.decision import Method, NoOpinion, Rule, Secrecy
from convention.kit import clock
from convention.programme.models import Activity, Colour, Phase, Theme
from convention.proposals import actions, queries
from convention.proposals.forms import CardForm
from convention.proposals.models import Paragraph, ParagraphVersion, Proposal
from convention.voting import actions as voting
from convention.voting import queries as polls
from convention.voting.actions import Totals
from convention.voting.models import Mode, Poll
from tests.world import Browser, Page, World

JUDGMENT = Rule(method=Method.MAJORITY_JUDGMENT, no_opinion=NoOpinion.EXCLUDED, secrecy=Secrecy.HANDS)
# Two members vote.
WELL = {"5": 1, "4": 1, "3": 0, "2": 0, "1": 0, "sans-avis": 0}
BADLY = {"5": 0, "4": 0, "3": 1, "2": 1, "1": 0, "sans-avis": 0}

CARD: dict[str, str] = {
    "title": "Mesurer le coût écologique avant d’acheter une IA",
    "theme": "transition-ecologique",
    "constat": "Personne ne connaît la consommation des outils proposés.",
    "objective": "Que chaque achat soit décidé en connaissant son coût écologique.",
    "mesure-n1": "Exiger une fiche d’impact dans chaque marché comportant de l’IA.",
    "mesure-n2": "Noter cette fiche pour 20 % au moins de la note totale.",
    "garde-fou-n1": "La fiche est publiée. Une solution sans IA est toujours étudiée.",
    "indicator": "Part des marchés avec fiche publiée",
    "competence": "metropole",
    "deadline": "Un an après l’avis",
}


def set_up(world: World, *activities: Activity) -> None:
    """Two themes, and a phase that is open now, for these activities (all of writing if none is named)."""
    with world.writing() as db:
        for position, (slug, name, colour, icon) in enumerate(
            (
                ("transition-ecologique", "Transition écologique", Colour.ECO, "sprout"),
                ("sante", "Santé", Colour.SANTE, "heart-pulse"),
            )
        ):
            db.add(
                Theme(
                    convention_id=world.convention.id,
                    slug=slug,
                    name=name,
                    colour=colour,
                    icon=icon,
                    position=position,
                )
            )
    set_phase(world, *(activities or (Activity.PROPOSE, Activity.EDIT)))


def set_phase(world: World, *activities: Activity, opens: float = -1, closes: float = 1) -> None:
    """Replace the calendar by one phase, from and to so many days from now."""
    now = clock.now()
    with world.writing() as db:
        for phase in db.exec(select(Phase).where(Phase.convention_id == world.convention.id)).all():
            db.delete(phase)
        db.add(
            Phase(
                convention_id=world.convention.id,
                name="Écrire",
                opens_at=now + dt.timedelta(days=opens),
                closes_at=now + dt.timedelta(days=closes),
                activities=[activity.value for activity in activities],
                changed_at=now,
            )
        )


def submit(browser: Browser, **over: str) -> Page:
    """Fill the card on the page and send it."""
    page = browser.open("/propositions/nouvelle")
    page = page.press("Déposer la proposition", **{**CARD, **over})
    return page.press("Déposer la proposition") if page.all("#proches") else page


def proposal(world: World, author: Any, **over: str) -> Proposal:
    """A proposal, submitted without the page."""
    form = CardForm.read({**CARD, **over})
    assert isinstance(form, CardForm), form.errors
    with world.writing() as db:
        theme = db.exec(select(Theme).where(Theme.slug == form.theme, Theme.convention_id == world.convention.id)).one()
        return actions.submit(db, world.convention, author, form, theme)


def versions(world: World, number: int) -> list[tuple[int, int, str]]:
    """[(paragraph, version, text)] of a proposal, in order."""
    with world.reading() as db:
        found = queries.of_number(db, world.convention, number)
        assert found is not None
        rows = db.exec(
            select(Paragraph, ParagraphVersion)
            .where(Paragraph.id == ParagraphVersion.paragraph_id, Paragraph.proposal_id == found.id)
            .order_by(Paragraph.number, ParagraphVersion.number)  # type: ignore[arg-type]
        )
        return [(paragraph.number, version.number, version.text) for paragraph, version in rows]


def prepare(world: World, number: int, *paragraphs: int) -> Poll:
    """A poll on the paragraphs of a proposal, in the words they have now."""
    with world.writing() as db:
        found = queries.of_number(db, world.convention, number)
        assert found is not None
        chosen = [
            passage.version.id
            for passage in queries.passages(db, found)
            if not paragraphs or passage.paragraph.number in paragraphs
        ]
        by = world.people["Claire"]
        poll = actions.put_to_vote(db, world.convention, by, "Premier vote", chosen)
        voting.plan(db, poll, JUDGMENT, mode=Mode.TOTALS, by=by)
        voting.open_poll(db, poll)
        return poll


def count(world: World, poll: Poll, answers: Sequence[dict[str, int]]) -> None:
    """The voices counted in the room, question by question; the poll is closed by it."""
    with world.writing() as db:
        found = polls.of_number(db, world.convention, poll.number)
        assert found is not None
        voting.enter_totals(db, found, [Totals(one, sum(one.values())) for one in answers], by=world.people["Claire"])


def write_together(world: World, author: Any, other: Any, number: int = 1) -> None:
    """The author invites another member, who accepts."""
    address = f"/propositions/{number}/auteurs"
    page = world.browser(author).open(address).press("Inviter cette personne", personne=str(other.id))
    assert page.has("L’invitation est envoyée")
    page = world.browser(other).open(address).press("Accepter l’invitation")
    assert page.has("vous êtes une personne de plus")

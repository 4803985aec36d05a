"""A convention whose report is published, and a city that answers it."""

import datetime as dt

from convention.conventions import actions as conventions
from convention.kit import clock
from convention.people.models import Person, RoleKind
from convention.responses import actions, queries
from convention.responses.forms import AnswerForm, AttachmentForm, PointForm
from convention.responses.models import Act, Answer, Decision, Department, Item, Reason
from tests.recommendations import seeds
from tests.world import Page, World

DESK = "/collectivite/reponses"
KEPT = (3, 3, 1, 0, 0)  # and one without opinion: eight members
TITLES = ("Mesurer le coût écologique", "Filmer sans reconnaître", "Un comité d’éthique avec des citoyens")
REFUSAL = (
    "La suspension automatique d’un marché en cours n’est pas possible : le code de la commande publique impose une "
    "mise en demeure préalable. Une clause de réexamen sera prévue : si l’écart dépasse le seuil, l’outil est revu "
    "sous deux mois, et le comité d’éthique est prévenu."
)
PLAIN = "Chaque marché portera une fiche d’impact, publiée avec l’avis d’attribution."


def a_report(world: World, titles: tuple[str, ...] = (), due_in: int | None = 60) -> None:
    """Recommendations 1, 2, 3…, each of two paragraphs, in a published edition; the answer is due in so many days."""
    if due_in is not None:
        promise(world, due_in)
    seeds.begin(world, members=8)
    titles = titles or TITLES
    for title in titles:
        seeds.submit(world, title, "Créer un comité composé de citoyens tirés au sort.", "Sans élus.")
    voices = {(card, one): KEPT for card in range(1, len(titles) + 1) for one in (1, 2)}
    seeds.decide(world, voices)
    seeds.freeze(world)


def promise(world: World, days: int) -> None:
    """The answer is promised for that many days from today."""
    due = clock.local(clock.now()).date() + dt.timedelta(days=days)
    with world.writing() as db:
        conventions.change(db, db.merge(world.convention), {"answer_due": due}, by=None)
    world.convention.answer_due = due


def department(world: World, name: str) -> Department:
    by = world.official()
    with world.writing() as db:
        known = {one.name: one for one in queries.departments(db, world.convention)}
        return known.get(name) or actions.add_department(db, world.convention, name, by=by)


def official(world: World, name: str, of: Department | None = None, email: str = "") -> Person:
    person = world.person(name, RoleKind.OFFICIAL, email=email)
    if of is not None:
        by = world.official()
        with world.writing() as db:
            form = AttachmentForm(person=person.id, department=of.id)
            actions.attach(db, world.convention, form, by=by)
    return person


def assigned(world: World, number: int, of: Department, item: int = 1) -> None:
    """This point has a department and an elected person."""
    by = world.official()
    with world.writing() as db:
        _answer, point = of_number(world, db, number, item)
        form = PointForm(title=point.title, paragraphs=point.paragraphs, department=of.id, referent="Mme Roux")
        actions.assign(db, point, form, by=by)


def of_number(world: World, db, number: int, item: int = 1) -> tuple[Answer, Item]:
    answer = queries.answer(db, world.convention, number)
    assert answer is not None, f"recommendation {number} awaits no answer"
    return answer, next(one for one in queries.items_of(db, answer) if one.number == item)


def publish(world: World, number: int, item: int = 1, **over) -> None:
    """All the road at once, from draft to publication."""
    hélène, karim = world.official(), world.official("Karim")
    general = department(world, "Direction générale")
    with world.reading() as db:
        is_assigned = of_number(world, db, number, item)[1].department_id is not None
    if not is_assigned:
        assigned(world, number, general, item)
    given = {"decision": Decision.ACCEPTED, "text": PLAIN, **over}
    if given["decision"] == Decision.REFUSED:
        given = {"text": REFUSAL, "reason": Reason.POLITICAL, **given}
        given["text"] = REFUSAL if given["text"] == PLAIN else given["text"]
    with world.writing() as db:
        answer, point = of_number(world, db, number, item)
        actions.write(db, point, AnswerForm(**given), by=hélène, act=Act.WRITTEN)
        actions.ask_check(db, point, by=hélène)
        actions.check(db, point, by=karim)
        actions.sign(db, point, by=hélène)
        actions.publish(db, answer, point, due=world.convention.answer_due, by=hélène)


def sheet(world: World, number: int, item: int = 1, person: Person | None = None) -> Page:
    """The page of a point, as this official sees it."""
    return world.browser(person or world.official()).open(f"{DESK}/{number}/{item}")

from uuid import uuid4

from convention.proposals.queries import FOUND_AS
from convention.search.actions import Text, put, put_all
from convention.search.queries import near
from tests.proposals.scene import CARD, proposal, set_up
from tests.world import World

OTHER = {
    "title": "Ouvrir la piscine le soir",
    "constat": "Elle ferme à 18 h.",
    "objective": "Que ceux qui travaillent puissent nager.",
    "mesure-n1": "Ouvrir la piscine jusqu’à 22 h deux soirs par semaine.",
    "mesure-n2": "",
    "garde-fou-n1": "",
}


def test_near_proposals_are_shown_before_one_more_is_submitted(world: World) -> None:
    # Given a proposal on swimming in the evening, and one on something else
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")
    proposal(world, nadia)
    proposal(world, nadia, **OTHER)
    # When Omar submits nearly the same
    page = world.browser(omar).open("/propositions/nouvelle")
    mine = {**CARD, **OTHER, "title": "Piscines ouvertes le soir", "mesure-n1": "Ouvrir les piscines le soir, à 22 h."}
    page = page.press("Déposer la proposition", **mine)
    # Then he is shown hers, nothing is submitted and nothing lost
    assert page.has("1 proposition proche")
    assert page.all("a[href='/propositions/2']")
    assert not page.all("#proches a[href='/propositions/1']")
    assert page.one("[name=mesure-n1]").text.strip() == mine["mesure-n1"]
    world.browser().open("/propositions/3", status=404)
    # And his own can be submitted all the same
    assert page.press("Déposer la proposition").has("Votre proposition est déposée")


def test_what_resembles_nothing_is_submitted_at_once(world: World) -> None:
    set_up(world)
    proposal(world, world.member("Nadia"))
    page = world.browser(world.member("Omar")).open("/propositions/nouvelle")
    assert page.press("Déposer la proposition", **{**CARD, **OTHER}).has("Votre proposition est déposée")


def test_comparing_takes_a_constant_number_of_queries(world: World) -> None:
    set_up(world)
    nadia, omar = world.member("Nadia"), world.member("Omar")

    def compare() -> None:
        page = world.browser(omar).open("/propositions/nouvelle")
        assert page.press("Déposer la proposition", **CARD).has("proche")

    for _ in range(3):
        proposal(world, nadia)
    few = world.queries(compare)
    for _ in range(12):
        proposal(world, nadia)
    assert world.queries(compare) == few


def test_what_is_said_of_proposals_makes_none_of_them_less_near(world: World) -> None:
    # Given two proposals that share a few words
    set_up(world)
    nadia = world.member("Nadia")
    proposal(world, nadia, **OTHER)
    proposal(world, nadia)

    def how_near() -> list[float]:
        with world.reading() as db:
            found = near(db, world.convention, FOUND_AS, "Ouvrir les piscines", "Que la piscine ouvre le soir.")
            return [much for _entry, much in found]

    alone = how_near()
    assert alone
    # When these words are said again and again in arguments
    with world.writing() as db:
        for _ in range(30):
            put(db, world.convention.id, "argument", uuid4(), "Pour", "La piscine ouverte le soir !", "/arguments/1")
    # Then the proposals are as near as they were
    assert how_near() == alone


LONG = (
    "Beaucoup d’habitants ont froid chez eux, même dans des immeubles récents, et le chauffage leur coûte un mois de "
    "salaire chaque hiver. Les murs laissent passer le vent, les fenêtres ferment mal, les combles sont vides, et "
    "personne ne vient voir. Il faut isoler les logements, contrôler les travaux, aider les familles à choisir une "
    "entreprise, publier chaque année la liste des immeubles rénovés, former des artisans, et dire aux locataires ce "
    "qu’ils peuvent demander au propriétaire, à la mairie et à leur assurance quand rien n’avance."
)


def test_two_lines_are_near_a_long_text_that_says_them(world: World) -> None:
    # Given a page about homes, and others that speak of other things in the words that all speak with
    others = [
        (f"Ouvrir {place} plus souvent", "Chaque famille, chaque année, peut y aller dès que la mairie le dit.")
        for place in ("la piscine", "le parc", "le gymnase", "la bibliothèque", "le musée", "le théâtre")
    ]
    with world.writing() as db:
        for title, text in [("Isoler correctement les logements", LONG), *others]:
            put(db, world.convention.id, FOUND_AS, uuid4(), title, text, "/")

    def found(title: str, text: str) -> list[str]:
        with world.reading() as db:
            return [entry.title for entry, _much in near(db, world.convention, FOUND_AS, title, text)]

    # Then who says it in two lines is shown it
    assert found("Isoler les appartements loués", "Obliger chaque propriétaire à isoler les logements qu’il loue.") == [
        "Isoler correctement les logements"
    ]
    # And who shares a word or two with it is not
    assert found("Un vent de fête", "Chaque hiver, une fête des familles à la mairie.") == []


def test_the_oldest_of_many_is_near_too(world: World) -> None:
    # Given more texts than those in which words are counted, and the first of them about homes
    others = [
        Text(uuid4(), f"Ouvrir le lieu {n} plus souvent", "Chaque famille peut y aller quand la mairie le dit.", "/")
        for n in range(520)
    ]
    with world.writing() as db:
        put(db, world.convention.id, FOUND_AS, uuid4(), "Isoler correctement les logements", LONG, "/")
        put_all(db, world.convention.id, FOUND_AS, others)
    # Then who says the same is shown it, and who says what all say is shown three of those
    with world.reading() as db:
        same = near(db, world.convention, FOUND_AS, "Isoler les logements", "Isoler les logements que l’on loue.")
        all_say = near(db, world.convention, FOUND_AS, "Ouvrir le lieu plus souvent", "Chaque famille peut y aller.")
    assert [entry.title for entry, _much in same] == ["Isoler correctement les logements"]
    assert len(all_say) == 3 and all(entry.title.startswith("Ouvrir le lieu") for entry, _much in all_say)

from uuid import UUID, uuid4

import pytest

from convention.search import actions, excerpts, queries, words
from tests.world import World


def put(world: World, title: str, body: str = "", kind: str = "proposal", id: UUID | None = None) -> UUID:
    id = id or uuid4()
    with world.writing() as db:
        actions.put(db, world.convention.id, kind, id, title, body, f"/{kind}s/{title[:3].lower()}")
    return id


def titles(world: World, question: str, **more: object) -> list[str]:
    with world.reading() as db:
        return [entry.title for entry in queries.found(db, world.convention, question, **more)[0]]


@pytest.mark.parametrize(
    "question",
    [
        "véhicule", "véhicules", "vehicules", "VÉHICULE", "véhicule partagé", "partagés véhicules", "les véhicules",
        "l’égalité", "egalite", "égalités", "œuvre", "oeuvres", "d'œuvre", "navette", "agglo",
    ],
)  # fmt: skip
def test_a_text_is_found_by_its_words_whatever_their_dress(world: World, question: str) -> None:
    put(world, "Des véhicules partagés", "L’égalité d’accès, la main-d’œuvre, des navettes dans l’agglomération.")
    put(world, "Moins de gaspillage à la cantine", "Prévoir le nombre de repas.")
    assert titles(world, question) == ["Des véhicules partagés"]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("vélo", "vélos"),
        ("vélos", "vélo"),
        ("un élu", "élus"),
        ("les élus", "elu"),
        ("médias", "média"),
        ("bureaux", "bureau"),
    ],
)
def test_plurals_that_the_stemmer_leaves_are_found_too(world: World, said: str, asked: str) -> None:
    put(world, said)
    put(world, "Réparer l’aviation")
    assert titles(world, asked) == [said]
    assert titles(world, "repas") == []
    assert titles(world, "avis") == []


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("les services publics", "publiques"),
        ("une aide publique", "public"),
        ("l’école laïque", "laïc"),
        ("un habitant actif", "actives"),
        ("une mobilité active", "actif"),
    ],
)
def test_the_other_gender_of_a_short_adjective_is_found(world: World, said: str, asked: str) -> None:
    put(world, said)
    put(world, "Piquer des fleurs, vivre, sauver la banque")
    assert titles(world, asked) == [said]
    # What is close to them is not: a peak, somebody alive, « but », a bench
    for other in ("pic", "vif", "sauf", "banc"):
        assert titles(world, other) == []


def test_the_other_gender_is_marked_in_what_is_found() -> None:
    (asked,) = words.asked("publiques")
    assert asked.is_said_by("publics")
    assert not asked.is_said_by("publier")


def test_all_the_words_are_wanted_and_titles_come_first(world: World) -> None:
    put(world, "Transports", "Un vélo pour chaque élève, un abri sûr.")
    put(world, "Le vélo à l’école", "Un abri.")
    assert titles(world, "vélo abri") == ["Le vélo à l’école", "Transports"]
    assert titles(world, "vélo trottinette") == []
    assert titles(world, "") == []
    assert titles(world, "«» ?!") == []


def test_a_text_put_again_is_found_by_its_new_words_only(world: World) -> None:
    id = put(world, "Péage urbain")
    put(world, "Stationnement", id=id)
    assert titles(world, "péage") == []
    assert titles(world, "stationnement") == ["Stationnement"]
    with world.writing() as db:
        actions.remove(db, world.convention.id, "proposal", id)
    assert titles(world, "stationnement") == []


def test_the_page_marks_what_was_asked(world: World) -> None:
    put(world, "Des véhicules partagés", "Le soir, un véhicule attend à la gare. <script>alert(1)</script>")
    page = world.browser().open("/recherche", params={"q": "vehicule"})
    assert [one.text for one in page.all("mark")] == ["véhicules", "véhicule"]
    assert page.has("1 résultat")
    assert not page.all("main script")


def test_nothing_found_says_what_to_try(world: World) -> None:
    put(world, "Des véhicules partagés", "Un véhicule attend.")
    page = world.browser().open("/recherche", params={"q": "véicule"})
    assert page.has("Aucun texte ne contient « véicule »")
    assert page.follow("véhicule").has("1 résultat")
    # No text has both words: the one that was misspelt is offered alone.
    put(world, "Des services publics")
    assert world.browser().open("/recherche", params={"q": "véicule publics"}).follow("véhicule").has("1 résultat")
    # A text is misspelt as well: so the word is said somewhere, and is mended all the same; the other stays as typed.
    put(world, "Un véicule mal garé")
    page = world.browser().open("/recherche", params={"q": "véicule partagés"})
    assert page.follow("véhicule partagés").has("1 résultat")
    assert world.browser().open("/recherche").has("Que cherchez-vous ?")
    assert world.browser().open("/recherche", params={"q": "<b>"}).has("Aucun texte ne contient « <b> »")


def test_a_misspelt_word_is_mended_from_a_text_that_has_only_its_plural(world: World) -> None:
    put(world, "Priorité aux vélos", "Les vélos passent avant les voitures.")
    page = world.browser().open("/recherche", params={"q": "véllo"})
    assert page.has("Aucun texte ne contient « véllo »")
    assert page.follow("vélos").has("1 résultat")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("isolaton", "isolation"),
        ("isolemant", "isolement"),
        ("priorté", "priorité"),
        ("responsabilté", "responsabilité"),
    ],
)
def test_a_slip_in_an_ending_is_mended(world: World, typed: str, meant: str) -> None:
    # Two words have the same stem; the one that was meant is offered.
    put(
        world,
        "Isoler les logements, l’ECOLE",
        "Une école. Contre l’isolement, et l’isolation d’abord : une priorité, une responsabilité.",
    )
    page = world.browser().open("/recherche", params={"q": typed})
    assert page.has(f"Aucun texte ne contient « {typed} »")
    assert page.follow(meant).has("1 résultat")


def test_results_come_by_twenty_and_by_kind(world: World) -> None:
    for n in range(23):
        put(world, f"Arbre {n:02}")
    put(world, "Planter un arbre", kind="sitting")
    page = world.browser().open("/recherche", params={"q": "arbres"})
    assert page.has("24 résultats")
    assert len(page.all(".item")) == 20
    assert len(page.follow("Page suivante").all(".item")) == 4
    assert len(page.follow("Séances (1)").all(".item")) == 1
    part = page.browser.part("/recherche", q="arbres", page="2")
    assert len(part.all(".item")) == 4
    assert part.one("#resultats") is not None
    assert world.browser().open("/recherche", params={"q": "arbres", "page": "9"}).has("n’existe pas")


def test_searching_asks_as_many_questions_for_few_as_for_many(world: World) -> None:
    put(world, "Arbre")
    browser = world.browser()
    few = world.queries(lambda: browser.open("/recherche?q=arbre"))
    for n in range(30):
        put(world, f"Arbre {n:02}")
    assert world.queries(lambda: browser.open("/recherche?q=arbre")) == few


def test_another_convention_is_not_searched(world: World) -> None:
    with world.writing() as db:
        from convention.conventions import actions as conventions
        from tests.world import a_convention

        other = conventions.start(db, a_convention(host="autre.example"))
        actions.put(db, other.id, "proposal", uuid4(), "Véhicules d’ailleurs", "", "/x")
    assert titles(world, "véhicule") == []


def test_an_excerpt_shows_the_words_around() -> None:
    text = "Début. " * 60 + "Ici se trouve le péage attendu par tous. " + "Fin. " * 90
    bits = excerpts.excerpt(text, "peage")
    assert bits[0].text == "… "
    assert [bit.text for bit in bits if bit.marked] == ["péage"]
    assert bits[-1].text == " …"
    assert sum(len(bit.text) for bit in bits) < 280
    assert "".join(bit.text for bit in excerpts.marked("Œuvre d’été", "ete")) == "Œuvre d’été"


def test_words_are_cut_and_folded() -> None:
    assert words.fold("ŒUVRE d’Été") == "oeuvre d’ete"
    assert [one.beginning for one in words.asked("les véhicules de la ville")] == ["vehicules", "ville"]
    assert [one.stems for one in words.asked("de la")] == [("de",), ("la",)]

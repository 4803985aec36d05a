"""A member asks for a change; its words stay, its author may take it back."""

from convention.amendments.models import Kind, State
from convention.programme.models import Activity
from tests.amendments.scene import REASON, SECOND, TEN, amendment, page_of, set_up, submit
from tests.proposals import scene


def test_a_member_asks_for_a_change(world):
    set_up(world)
    page = submit(world)
    assert page.status == 200
    assert page.title == "Amendement n° 1"
    assert page.has("Votre amendement est déposé")
    assert page.has(REASON)
    assert [one.text_content() for one in page.all("#demande del")] == ["supprimé 20"]
    assert [one.text_content() for one in page.all("#demande ins")] == ["ajouté 10"]
    # Then it is on the page of its proposal, and in the list of all
    assert world.browser().open("/propositions/1").has("Amendement n° 1")
    assert world.browser().open("/propositions/1/amendements").has("1 amendement déposé")
    assert world.browser().open("/amendements").has("Remplacer :")
    # And the text has not moved
    assert scene.versions(world, 1)[1] == (2, 1, SECOND)


def test_each_kind_says_what_it_changes(world):
    set_up(world)
    added = submit(world, kind="add", text="Cette part est publiée.")
    assert [one.text_content() for one in added.all("#demande ins")] == ["ajouté Cette part est publiée."]
    words = submit(world, kind="delete", text="au moins")
    assert [one.text_content() for one in words.all("#demande del")] == ["supprimé au moins"]
    whole = submit(world, kind="remove")
    assert len(whole.all("#demande del")) == 1
    assert SECOND in whole.one("#demande del").text_content()
    new = submit(world, paragraph="nouveau", text="Former les acheteurs.", section="safeguard")
    assert new.has("un paragraphe de plus")
    assert new.has("Garde-fous")
    assert amendment(world, 4).kind == Kind.NEW


def test_what_is_missing_is_said_and_nothing_is_lost(world):
    set_up(world)
    for over, sentence in (
        ({"rationale": ""}, "Dites en une ou deux phrases pourquoi"),
        ({"text": SECOND}, "C’est le texte d’aujourd’hui"),
        ({"text": ""}, "Écrivez le texte que vous demandez"),
        ({"kind": "delete", "text": "des mots absents"}, "Ces mots ne sont pas dans le paragraphe"),
        ({"text": "x" * 1201}, "Raccourcissez de 1 caractère"),
        ({"kind": "add", "text": "x" * 1190}, "trop long de"),
        # The box begins with the whole paragraph
        ({"kind": "add", "text": SECOND}, "La case contient encore tout le paragraphe"),
        ({"kind": "add", "text": f"{SECOND} Cette part est publiée."}, "La case contient encore tout le paragraphe"),
        ({"kind": "delete", "text": SECOND}, "La case contient encore tout le paragraphe"),
    ):
        page = submit(world, **over)
        assert page.status == 422, sentence
        assert page.has(sentence), sentence
        assert page.one("textarea[name=text]").text_content().strip() == over.get("text", TEN)
    assert submit(world, kind="delete", text="est", paragraph=3).has("Ces mots sont plusieurs fois")
    assert world.browser().open("/amendements").has("Aucun amendement ici")


def test_amendments_have_their_own_dates(world):
    set_up(world)
    scene.set_phase(world, Activity.EDIT)
    page = world.browser(world.people["Omar"]).open("/propositions/1/amendements/deposer/2")
    assert page.has("Le dépôt des amendements n’est pas encore inscrit au calendrier.")
    refused = world.browser(world.people["Omar"]).post(
        "/propositions/1/amendements/deposer/2",
        {"kind": "replace", "text": TEN, "rationale": REASON, "version": "1"},
    )
    assert refused.status == 403
    assert refused.has("Le dépôt des amendements n’est pas encore inscrit")


def test_a_draft_is_found_again_and_ends_with_the_amendment(world):
    set_up(world)
    browser = world.browser(world.people["Omar"])
    page = browser.open("/propositions/1/amendements/deposer/2")
    kept = page.press("Enregistrer le brouillon", text=TEN, rationale="Pas fini")
    assert kept.address.startswith("/propositions/1/amendements/deposer/2")
    assert kept.one("textarea[name=rationale]").text_content().strip() == "Pas fini"
    # Nobody else sees it
    other = world.browser(world.people["Nadia"]).open("/propositions/1/amendements/deposer/2")
    assert not other.has("Pas fini")
    kept.press("Déposer l’amendement", rationale=REASON)
    again = browser.open("/propositions/1/amendements/deposer/2")
    assert again.one("textarea[name=text]").text_content().strip() == SECOND


def test_its_author_may_take_it_back_and_nobody_else(world):
    set_up(world)
    submit(world)
    assert not page_of(world, "Nadia").all("form[action$=retirer]")
    refused = world.browser(world.people["Nadia"]).post("/amendements/1/retirer")
    assert refused.status == 403
    page = page_of(world, "Omar").press("Retirer mon amendement")
    assert page.has("Sa page reste lisible")
    assert amendment(world).state == State.WITHDRAWN
    # Twice is once
    assert world.browser(world.people["Omar"]).post("/amendements/1/retirer").status == 403


def test_a_form_sent_twice_is_one_amendment(world):
    set_up(world)
    browser = world.browser(world.people["Omar"])
    page = browser.open("/propositions/1/amendements/deposer/2")
    values = {"kind": "replace", "text": TEN, "rationale": REASON, "version": "1"}
    values["cle"] = page.one("form[data-guard] input[name=cle]").get("value")
    first, second = (browser.post("/propositions/1/amendements/deposer/2", values) for _ in range(2))
    assert first.address == second.address
    assert browser.open("/propositions/1/amendements").has("1 amendement déposé")


HOSTILE = "<script>alert(1)</script>'\"{{7*7}}\u202e"


def test_hostile_words_are_only_words(world):
    set_up(world)
    submit(world, text=HOSTILE, rationale=HOSTILE)
    submit(world, paragraph="nouveau", text=HOSTILE, rationale=HOSTILE)
    page_of(world, "Lina").press("Rejeter l’amendement", reason=HOSTILE)
    for address in (
        "/amendements/1",
        "/amendements/2",
        "/amendements",
        "/propositions/1/amendements",
        "/propositions/1",
    ):
        response = world.browser().open(address).response
        assert "<script>alert" not in response.text, address
        assert "{{7*7}}" in response.text, address
        assert "\u202e" not in response.text, address


def test_visitors_read_no_names_of_members(world):
    set_up(world)
    submit(world)
    for address in ("/amendements/1", "/propositions/1/amendements", "/propositions/1"):
        assert not world.browser().open(address).has("Omar"), address
    assert page_of(world, "Lina").has("par Omar")


def test_a_long_list_asks_no_more_of_the_database(world):
    set_up(world)
    submit(world)
    browser = world.browser(world.people["Lina"])
    addresses = ("/propositions/1", "/propositions/1/amendements", "/amendements", "/amendements/1")
    before = [world.queries(lambda a=address: browser.open(a)) for address in addresses]
    for n in range(8):
        submit(world, text=f"Noter cette fiche pour {n} % au plus.")
    after = [world.queries(lambda a=address: browser.open(a)) for address in addresses]
    assert after == before

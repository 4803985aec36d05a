from lxml import etree

from tests.recommendations import seeds


def test_a_withdrawn_edition_says_why_and_stays(world):
    # Given a published edition with a mistake
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    before = world.browser().open("/rapport/1.json").response.content

    # When Claire withdraws it without a reason, she is asked for one
    claire = world.browser(world.facilitator())
    page = claire.open("/animation/rapport").press("Retirer cette édition", reason="Oups")
    assert page.status == 422
    assert page.has("Écrivez au moins 15 caractères.")
    assert page.one("textarea[name=reason]").text.strip() == "Oups"
    assert page.one(".sumup a").get("href") == "#" + page.one("textarea[name=reason]").get("id"), "said above too"

    # And with one, it is withdrawn
    page = page.press("Retirer cette édition", reason="Le paragraphe 1.2 était recopié avec une faute.")
    assert page.has("L’édition est retirée.")

    # Then everybody reads why, at the same address, and the files are still there
    page = world.browser().open("/rapport/1")
    assert page.has("Le paragraphe 1.2 était recopié avec une faute.")
    assert world.browser().open("/rapport/1.json").response.content == before
    # and who follows the editions from elsewhere reads it too
    feed = etree.fromstring(world.browser().client.get("/flux/rapport.xml").content)
    told, published = feed.findall("{*}entry")
    assert told.findtext("{*}title") == "Rapport, édition n° 1 retirée"
    assert told.findtext("{*}summary") == "Le paragraphe 1.2 était recopié avec une faute."
    assert told.findtext("{*}id") != published.findtext("{*}id")
    said = world.browser().client.get("/api/v1/editions/1").json()
    assert said["withdrawn_because"] == "Le paragraphe 1.2 était recopié avec une faute."
    # and « Le rapport » says that none is in force
    page = world.browser().open("/rapport")
    assert page.title == "Le rapport n’est pas encore paru"
    assert page.has("Retirée")


def test_the_edition_in_force_takes_over(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    seeds.freeze(world)
    claire = world.browser(world.facilitator())
    answer = claire.open("/animation/rapport").form("Retirer cette édition")
    assert answer.get("action") == "/animation/rapport/editions/2/retrait"
    claire.open("/animation/rapport").press("Retirer cette édition", reason="Une erreur dans la lettre des membres.")
    assert world.browser().open("/rapport").address == "/rapport/1"
    assert world.browser().open("/rapport/2").has("Lire l’édition en vigueur")
    # and who compares the two is told too
    page = world.browser().open("/rapport/2/differences/1")
    assert page.has("L’édition n° 2 est retirée depuis le")
    assert page.has("Une erreur dans la lettre des membres.")
    assert not page.has("L’édition n° 1 est retirée")


def test_an_edition_is_withdrawn_or_published_once(world):
    seeds.a_convention_that_voted(world)
    seeds.freeze(world)
    claire = world.browser(world.facilitator())
    assert claire.post("/animation/rapport/editions/1/publication").status == 403
    reason = {"reason": "Une erreur dans la lettre des membres."}
    assert claire.post("/animation/rapport/editions/1/retrait", reason).status == 200
    assert claire.post("/animation/rapport/editions/1/retrait", reason).status == 403
    assert claire.post("/animation/rapport/editions/1/publication").status == 403

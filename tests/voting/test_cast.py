"""Voting: once, whatever the network does; changing one's mind; being refused."""

from convention.people import actions as people
from convention.people.models import RoleKind
from convention.voting import queries
from convention.voting.models import Poll
from tests.voting.polls import MOTION, a_poll, close, field, question, vote
from tests.world import World, plain


def content(world: World, poll: Poll) -> list[dict[str, int]]:
    with world.reading() as db:
        found = queries.result(db, poll)
        assert found is not None, "the poll is not sealed"
        return [one["counts"] for one in queries.content(found)["questions"]]


def turnout(world: World, poll: Poll) -> int:
    with world.reading() as db:
        return queries.turnout(db, poll)


def box(world: World, poll: Poll) -> bytes:
    with world.reading() as db:
        return b"".join(one.ballots for one in queries.boxes(db, poll))


def test_a_member_votes_and_keeps_a_receipt(world: World) -> None:
    # Given Omar and Lina, and a poll open on a paragraph
    omar, _lina = world.member("Omar"), world.member("Lina")
    poll = a_poll(world)

    # When Omar votes
    page = world.browser(omar).open(f"/scrutins/{poll.number}")
    assert [plain(one.text_content()) for one in page.all("legend")] == ["Paragraphe 9.2 Que pensez-vous de ce texte ?"]
    assert page.has("Noter cette fiche pour 10 % au moins.")
    assert not page.all("input[checked]")
    page = page.press("Déposer mon bulletin", q1="4")

    # Then his receipt says that he voted, never what
    assert page.title == "Votre bulletin est déposé"
    assert not page.has("Bien")
    assert page.response.headers["cache-control"] == "no-store"
    assert page.address == f"/scrutins/{poll.number}/bulletin"
    receipt = page.all("dd.code")[0].text_content()

    # And after closing the result counts it and lists his receipt
    page = close(world, poll)
    assert page.has("La voix du milieu (la 1re sur 1) dit « Bien » (4) : gardé.")
    assert page.has(receipt)
    assert content(world, poll) == [{"1": 0, "2": 0, "3": 0, "4": 1, "5": 0, "sans-avis": 0}]


def test_the_same_ballot_sent_twenty_times_counts_once(world: World) -> None:
    omar = world.member("Omar")
    poll = a_poll(world)
    page = world.browser(omar).open(f"/scrutins/{poll.number}")
    answers = [page.press("Déposer mon bulletin", q1="5") for _each in range(20)]
    assert {answer.title for answer in answers} == {"Votre bulletin est déposé"}
    assert len({answer.text for answer in answers}) == 1, "the same receipt, the same key"
    close(world, poll)
    assert content(world, poll)[0]["5"] == 1


def test_nobody_votes_twice(world: World) -> None:
    # Given Omar, who has voted, and whose phone lost the answer
    omar = world.member("Omar")
    poll = a_poll(world)
    first = world.browser(omar).open(f"/scrutins/{poll.number}")
    vote(world, "Omar", poll, "4")

    # When he opens the page again, or sends another form
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    assert page.has("Votre bulletin est déjà dans l’urne")
    page = first.press("Déposer mon bulletin", q1="1")

    # Then he is told so, and how to change it; one ballot is in the box, the first
    assert page.status == 200
    assert page.has("Votre bulletin est déjà dans l’urne")
    assert page.has("Changer mon vote avec ma clé")
    close(world, poll)
    assert content(world, poll)[0] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0, "sans-avis": 0}


def test_a_vote_is_changed_with_its_key_and_without_a_name(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    receipt = vote(world, "Omar", poll, "2")
    number, key = (one.text_content() for one in receipt.all("dd.code"))

    # From the receipt's own page
    page = receipt.press("Changer mon vote")
    assert field(page, "cle_bulletin") == key
    assert not page.all("input[checked]"), "the key replaces a ballot, it does not show it"
    page = page.press("Remplacer mon bulletin", q1="5")
    assert page.has(number), "the receipt stays the same"

    # Or typed by hand, from a device where nobody is signed in
    page = world.browser().open(f"/scrutins/{poll.number}/changer")
    page = page.press("Remplacer mon bulletin", cle_bulletin=key.lower().replace(" ", "-"), q1="1")
    assert page.has(number)
    assert turnout(world, poll) == 1
    close(world, poll)
    assert content(world, poll)[0]["1"] == 1


def test_a_ballot_of_several_texts_is_read_again_before_it_is_replaced(world: World) -> None:
    # Given Omar, who voted on two texts and has his key
    world.member("Omar")
    poll = a_poll(world, questions=[question("Paragraphe 9.1"), question("Paragraphe 9.2")])
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    receipt = page.press("Relire mon bulletin", q1="2", q2="2").press("Déposer mon bulletin")
    before = box(world, poll)
    number, key = (one.text_content() for one in receipt.all("dd.code"))

    # When he changes, a last look says what he chose, that nothing is replaced yet, and does not show the key
    page = receipt.press("Changer mon vote").press("Relire mon bulletin", q1="5", q2="4")
    assert page.title == "Relisez votre bulletin"
    assert page.has("votre ancien bulletin compte") and page.has("Très bien") and page.has("Bien")
    assert box(world, poll) == before
    # He may correct, with his key and his answers kept
    page = page.press("Corriger")
    assert field(page, "cle_bulletin") == key
    assert [one.get("value") for one in page.all("input[checked]")] == ["5", "4"]
    page = page.press("Relire mon bulletin", q2="1").press("Remplacer mon bulletin")
    assert page.title == "Votre bulletin est déposé" and page.has(number)
    # A key that opens nothing is told after the last look, and nothing is lost
    page = world.browser().open(f"/scrutins/{poll.number}/changer")
    page = page.press("Relire mon bulletin", cle_bulletin="0000 0000 0000 0000", q1="3", q2="3")
    page = page.press("Remplacer mon bulletin")
    assert page.status == 422 and page.has("Cette clé n’ouvre aucun bulletin")
    assert [one.get("value") for one in page.all("input[checked]")] == ["3", "3"]
    close(world, poll)
    assert [[answer for answer, n in one.items() if n] for one in content(world, poll)] == [["5"], ["1"]]


def test_grades_are_french_words_in_an_english_page(world: World) -> None:
    # Given a reader in English, and a member who votes in English
    world.member("Omar")
    poll = a_poll(world)
    omar, reader = world.browser(world.member("Omar")), world.browser()
    for browser in (omar, reader):
        browser.client.headers["accept-language"] = "en"
    # Then a voice hears each grade in French, on the ballot, in its rule and in the result
    ballot = omar.open(f"/scrutins/{poll.number}")
    best = ["Très bien", "Bien", "Passable", "Insuffisant", "À rejeter"]
    assert [one.text_content() for one in ballot.all("label.opt b span[lang=fr]")] == best
    assert {one.text_content() for one in ballot.all(".rules span[lang=fr]")} == set(best)
    vote(world, "Omar", poll, "4")
    close(world, poll)
    result = reader.open(f"/scrutins/{poll.number}")
    assert [one.text_content() for one in result.all(".verdict span[lang=fr]")] == ["Bien", "Bien"]
    assert result.has("says “Bien” (4): kept")
    assert {one.text_content() for one in result.all(".grade span[lang=fr]")} == set(best)
    assert [one.text_content() for one in result.all("dd span[lang=fr]")] == ["Insuffisant", "À rejeter"]
    # And in a French page, nothing is said of a language that is the page's own
    assert not world.browser().open(f"/scrutins/{poll.number}").all("main span[lang]")


def test_a_wrong_key_opens_nothing_and_loses_nothing(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    vote(world, "Omar", poll, "2")
    page = world.browser().open(f"/scrutins/{poll.number}/changer")
    page = page.press("Remplacer mon bulletin", cle_bulletin="0000 0000 0000 0000", q1="5")
    assert page.status == 422
    assert page.has("Cette clé n’ouvre aucun bulletin")
    assert page.one("input[checked]").get("value") == "5"
    page = page.press("Remplacer mon bulletin", cle_bulletin="courte")
    assert page.has("Écrivez les seize signes de la clé")


def test_too_late_is_said_and_what_was_chosen_is_given_back(world: World) -> None:
    # Given Omar, who has voted, and Lina, who has the ballot before her eyes
    world.member("Omar")
    lina = world.member("Lina")
    poll = a_poll(world)
    receipt = vote(world, "Omar", poll, "5")
    ballot = world.browser(lina).open(f"/scrutins/{poll.number}")
    change = receipt.press("Changer mon vote")

    # When they send after the hour, though nobody has counted yet
    with world.later(minutes=31):
        page = ballot.press("Déposer mon bulletin", q1="3")
        assert page.status == 403
        assert page.has("Le vote est fermé depuis le")
        assert page.has("Ce bulletin n’a pas été reçu")
        assert page.has("Paragraphe 9.2 : Passable")
        page = change.press("Remplacer mon bulletin", q1="1")
        assert page.status == 403
        assert page.has("Paragraphe 9.2 : À rejeter")
        assert world.browser(lina).open(f"/scrutins/{poll.number}").has("Le dépouillement est en cours")
        desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
        assert desk.press("Dépouiller maintenant").has("Résultat définitif")
    assert content(world, poll)[0] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1, "sans-avis": 0}


def test_only_those_on_the_list_of_the_opening_vote(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    # Nadia becomes a member after the opening
    page = world.browser(world.member("Nadia")).open(f"/scrutins/{poll.number}")
    assert page.has("Vous n’êtes pas sur la liste de ce vote")
    # Nor does a forged form help her, nor Claire, who facilitates, nor a visitor
    form = {"q1": "5", "bulletin": "0" * 16, "sceau": "", "depot": "oui"}
    assert world.browser(world.member("Nadia")).post(f"/scrutins/{poll.number}/bulletin", form).status == 403
    assert world.browser(world.facilitator()).post(f"/scrutins/{poll.number}/bulletin", form).status == 403
    assert world.browser().post(f"/scrutins/{poll.number}/bulletin", form).status == 401
    assert turnout(world, poll) == 0


def test_one_who_is_no_longer_a_member_keeps_her_ballot_in_the_box(world: World) -> None:
    omar, adama = world.member("Omar"), world.administrator()
    poll = a_poll(world)
    vote(world, "Omar", poll, "5")
    with world.writing() as db:
        people.set_roles(db, world.convention, db.merge(omar), [RoleKind.EXPERT], by=adama)
    close(world, poll)
    assert content(world, poll)[0]["5"] == 1


def test_the_form_of_another_replaces_nothing(world: World) -> None:
    # Given a shared tablet: Omar's form stays on the screen, Lina comes in
    omar, lina = world.member("Omar"), world.member("Lina")
    poll = a_poll(world)
    his = world.browser(omar).open(f"/scrutins/{poll.number}")
    values = {"bulletin": field(his, "bulletin"), "sceau": field(his, "sceau"), "q1": "5", "depot": "oui"}
    his.press("Déposer mon bulletin", q1="5")
    page = world.browser(lina).post(f"/scrutins/{poll.number}/bulletin", {**values, "q1": "1"})
    # Then she receives a form of her own, with her answer kept
    assert page.status == 422
    assert page.has("Ce bulletin n’a pas été ouvert pour vous")
    page = page.press("Déposer mon bulletin")
    assert page.title == "Votre bulletin est déposé"
    close(world, poll)
    assert content(world, poll)[0] == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1, "sans-avis": 0}


def test_an_answer_left_out_is_asked_for(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, questions=[question("Un", "Premier texte."), question("Deux", "Second texte.")])
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    page = page.press("Relire mon bulletin", q1="4")
    assert page.status == 422
    assert page.has("Choisissez une réponse")
    assert page.one("input[checked]").get("value") == "4"


def test_several_questions_are_read_again_before_they_are_cast(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, questions=[question("Un", "Premier texte."), question("Deux", "Second texte.")])
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    page = page.press("Relire mon bulletin", q1="4", q2="sans-avis")
    assert page.title == "Relisez votre bulletin"
    assert page.has("Sans avis")
    assert turnout(world, poll) == 0
    page = page.press("Corriger")
    assert [one.get("value") for one in page.all("input[checked]")] == ["4", "sans-avis"]
    page = page.press("Relire mon bulletin", q2="2").press("Déposer mon bulletin")
    assert page.title == "Votre bulletin est déposé"
    close(world, poll)
    first, second = content(world, poll)
    assert first["4"] == 1
    assert second["2"] == 1


def test_an_answer_that_is_not_offered_is_refused(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, MOTION)
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    for answer in ("5", "blank", "\u00e9", "yes", ""):
        assert page.press("Déposer mon bulletin", q1=answer).status == 422
    assert turnout(world, poll) == 0

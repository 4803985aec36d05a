"""A choice between several options: every method, from the facilitator's form to the recount."""

import hashlib
import json

import pytest
from sqlmodel import select

from convention import checker, verify
from convention.algorithms.decision import Method
from convention.api.routes import BASE
from convention.journal.models import JournalLine
from convention.voting import choices, jobs, queries
from convention.voting.models import Poll
from tests.voting.polls import MOTION, a_poll, question
from tests.voting.test_kit import broken, contents, kit_of
from tests.world import Page, World, filled, plain

PARK, POOL, MARKET = "Un parc", "Une piscine", "Un marché"
ANSWERS = {
    # method: what each of five people says of the park, the pool and the market
    "approval": ["110", "100", "011", "001", "001"],
    "multi-vote": ["110", "100", "011", "001", "001"],
    "equal-shares": ["110", "100", "011", "001", "001"],
    "score": [("10", "5", ""), ("8", "", "2"), ("0", "5", "9"), ("1", "3", "10"), ("", "", "7")],
    "schulze": [("1", "2", ""), ("1", "2", "3"), ("3", "1", "2"), ("2", "1", "1"), ("", "2", "1")],
    "irv": [("1", "2", "3"), ("1", "2", "3"), ("3", "1", "2"), ("3", "2", "1"), ("", "", "1")],
}


def prepare(world: World, method: str, **more: str) -> Poll:
    """Claire types the question and its options, and opens the vote."""
    lines = f"{PARK}\n{POOL}\n{MARKET}"
    if method == "equal-shares":
        lines, more = f"{PARK} : 400\n{POOL} : 700\n{MARKET} : 600 €", {"budget": "1000", **more}
    page = world.browser(world.facilitator()).open("/animation/scrutins/nouveau")
    page = page.press("Préparer ce vote", title="Que construire ?", lines=lines, method=method, **more)
    assert page.status == 200, page.text
    assert page.has("Le vote est préparé"), page.text
    page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    with world.reading() as db:
        poll = queries.of_number(db, world.convention, 1)
        assert poll is not None and poll.opened_at is not None
    return poll


def fields(answer: str | tuple[str, ...], method: str) -> dict[str, str]:
    marks = method in ("approval", "multi-vote", "equal-shares")
    return {f"q{n}": one for n, one in enumerate(answer, start=1) if not marks or one == "1"}


def cast(world: World, name: str, poll: Poll, values: dict[str, str]) -> Page:
    page = world.browser(world.member(name)).open(f"/scrutins/{poll.number}")
    page = page.press("Relire mon bulletin", **values)
    return page if page.status != 200 else page.press("Déposer mon bulletin")


def end(world: World, poll: Poll) -> Page:
    world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}").follow("Fermer le vote").press(
        "Oui, fermer le vote"
    )
    jobs.close_due(world.database)
    return world.browser().open(f"/scrutins/{poll.number}")


@pytest.mark.parametrize("method", list(ANSWERS))
def test_the_result_is_explained_in_the_language_of_its_reader(world: World, method: str) -> None:
    people = ("Inès", "Omar", "Nadia", "Karim", "Léa")
    for name in people:
        world.member(name)
    poll = prepare(world, method)
    for name, answer in zip(people, ANSWERS[method], strict=True):
        cast(world, name, poll, fields(answer, method))
    french = end(world, poll)
    reader = world.browser()
    reader.client.headers["accept-language"] = "en"
    english = reader.open(f"/scrutins/{poll.number}")
    for page, language in ((french, "fr"), (english, "en")):
        assert [one.get("lang") for one in page.all(".verdict .lead, #pas ol")] == [language, language]
    for french_step, step in zip(french.all("#pas li, .lead"), english.all("#pas li, .lead"), strict=True):
        assert plain(step.text_content()) != plain(french_step.text_content())


@pytest.mark.parametrize("method", ANSWERS)
def test_each_method_from_the_form_to_the_recount(world: World, method: str) -> None:
    # Given five members and an open choice
    names = [f"Membre {n}" for n in range(5)]
    for name in names:
        world.member(name)
    poll = prepare(world, method)

    # When they vote, and Claire closes
    for name, answer in zip(names, ANSWERS[method], strict=True):
        assert cast(world, name, poll, fields(answer, method)).title == "Votre bulletin est déposé"
    page = end(world, poll)

    # Then the page tells the whole order, each step, and the rule
    assert page.title == "Que construire ?"
    assert {PARK, POOL, MARKET} == {one.text_content() for one in page.all("#options tbody th")}
    assert page.all("#pas li"), "the steps are told"
    assert page.has("5 bulletins, 5 inscrits")
    assert bool(page.all("#tours")) == (method == "irv")
    assert bool(page.all("#duels")) == (method == "schulze")
    winners = {"approval": [MARKET], "multi-vote": [MARKET], "score": [MARKET], "equal-shares": [MARKET, PARK]}
    with world.reading() as db:
        sealed = queries.of_number(db, world.convention, 1)
        assert sealed is not None
        choice = queries.choices_of(db, [sealed])[sealed.id]
        assert checker.look(db, world.settings.folder).troubles == []
    assert list(choice.counted["winners"]) == winners.get(method, list(choice.counted["winners"]))
    # Two options share the last place of the priorities: the tie is told, nobody breaks it
    assert list(choice.counted["tied"]) == ([PARK, POOL] if method == "multi-vote" else [])
    # And the kit holds, ballots, steps and all; a single changed ballot is seen
    kit = kit_of(world, poll)
    assert broken(kit) == []
    files = contents(kit)
    text = files["bulletins-1.csv"].decode()
    first, *rest = text.splitlines(keepends=True)
    without = verify.archive({**files, "bulletins-1.csv": "".join([first, *rest[1:]]).encode()})
    assert any("1 bulletin a été retiré" in one for one in broken(without))
    # And the other pages that show votes open
    for address in ("/scrutins", "/animation/scrutins", "/animation/scrutins/1"):
        assert world.browser(world.facilitator()).open(address).has("Que construire ?"), address
    assert world.browser().open("/").has("Que construire ?"), "the last votes"
    assert len(page.all("#options svg.share")) >= 1 or method == "schulze"
    assert world.browser().open(f"/scrutins/{poll.number}/bulletins.csv").response.text == text
    assert world.browser().client.get(f"{BASE}/polls/1").status_code == 200


def test_what_another_version_says_otherwise_still_counts_the_same(world: World) -> None:
    # Given a poll sealed by a version that said its steps in other words
    world.member("Omar")
    poll = prepare(world, "schulze")
    cast(world, "Omar", poll, fields(("1", "2", ""), "schulze"))
    end(world, poll)
    files = contents(kit_of(world, poll))
    result = json.loads(files["resultat.json"])
    result["choice"]["count"]["steps"][0] = "Un duel, dit autrement."
    older = verify.archive({**files, "resultat.json": verify.canonical(result)})
    # Then its ballots still give its result, and whoever verifies is told which words to trust
    findings = verify.verify(older)[1]
    assert not any("des bulletins ont été changés" in one.sentence for one in findings)
    told = "Les phrases du résultat ne sont pas celles de cette version"
    assert [one.holds for one in findings if told in plain(one.sentence)] == [True]
    # Another number is seen
    result["choice"]["count"]["counts"][PARK] = 7
    assert any("des bulletins ont été changés" in one for one in broken(
        verify.archive({**files, "resultat.json": verify.canonical(result)})
    ))  # fmt: skip


def test_the_ballot_is_whole_or_said_to_be_blank(world: World) -> None:
    world.member("Omar")
    poll = prepare(world, "multi-vote")
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    page = page.press("Relire mon bulletin")
    assert page.status == 422
    assert page.has("Votre bulletin est vide")
    page = page.press("Relire mon bulletin", q1="1", q2="1", q3="1")
    assert page.has("Vous avez 2 voix au plus : retirez 1 option.")
    assert len(page.all("input[type=checkbox][checked]")) == 3, "what was ticked is kept"
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    page = page.press("Relire mon bulletin", blanc="oui")
    assert page.has("Votre bulletin est blanc.")
    assert page.press("Déposer mon bulletin").title == "Votre bulletin est déposé"
    assert end(world, poll).has("Aucune voix exprimée")


def test_an_answer_that_is_not_offered_is_refused(world: World) -> None:
    world.member("Omar")
    poll = prepare(world, "score")
    for answer in ("11", "-1", "é", "1.5"):
        page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
        assert page.press("Relire mon bulletin", q1=answer).status == 422
    with world.reading() as db:
        assert queries.turnout(db, poll) == 0


def press(page: Page, name: str, field: str) -> Page:
    """The button that moves this option, which has a drawing for words."""
    form = page.form("Relire mon bulletin")
    return page.browser.post(form.get("action"), {**filled(form), name: field})


def test_ranks_move_with_buttons_and_without_a_script(world: World) -> None:
    world.member("Omar")
    poll = prepare(world, "schulze")
    page = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    order = page.one("input[name=ordre]").get("value")

    def ranks(page: Page) -> dict[str, str]:
        return {name: str(one) for name, one in filled(page.form("Relire")).items() if name[0] == "q"}

    page = press(press(page, "monter", "q2"), "monter", "q3")
    assert ranks(page) == {"q1": "", "q2": "1", "q3": "2"}
    page = press(page, "monter", "q3")
    assert (ranks(page)["q2"], ranks(page)["q3"], ranks(page)["q1"]) == ("2", "1", "")
    assert page.one("input[name=ordre]").get("value") == order, "the options do not jump"
    assert page.one("button[autofocus]").get("value") == "q3", "who moves it with a keyboard stays there"
    page = press(page, "descendre", "q3")
    assert (ranks(page)["q2"], ranks(page)["q3"]) == ("1", "2")
    page = page.press("Relire mon bulletin")
    assert [one.text_content() for one in page.all("ul.lines li p:first-child")] == [POOL, MARKET]
    with world.reading() as db:
        assert queries.turnout(db, poll) == 0, "moving is not voting"


def test_the_order_of_the_options_is_drawn_for_each_form(world: World) -> None:
    world.member("Omar")
    poll = prepare(world, "approval")
    browser = world.browser(world.member("Omar"))
    orders = {browser.open(f"/scrutins/{poll.number}").one("input[name=ordre]").get("value") for _each in range(40)}
    assert len(orders) > 2
    assert browser.open(f"/scrutins/{poll.number}").has("L’ordre des options sur cette page est tiré au sort")


def test_who_votes_is_told_that_her_ballot_will_be_published_whole(world: World) -> None:
    world.member("Omar")
    # The rule said « only totals », and told afterwards that whole ballots are published and may be recognised
    poll = prepare(world, "schulze")
    told = plain(world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}").text)
    assert "Les bulletins sont publiés sans les noms, chacun en entier" in told
    assert "Seuls les totaux" not in told
    # Judged texts are counted from totals, and no more is published of them
    judged = a_poll(world)
    told = plain(world.browser(world.member("Omar")).open(f"/scrutins/{judged.number}").text)
    assert "Seuls les totaux sont publiés" in told
    assert "chacun en entier" not in told


def test_a_choice_is_changed_with_its_key(world: World) -> None:
    world.member("Omar")
    poll = prepare(world, "irv")
    receipt = cast(world, "Omar", poll, {"q1": "1"})
    page = receipt.press("Changer mon vote")
    assert not page.all("option[selected][value='1']"), "the key replaces a ballot, it does not show it"
    page = page.press("Relire mon bulletin", q1="", q2="1")
    assert page.has("votre ancien bulletin compte") and page.has("Sans rang, après les autres")
    page = page.press("Remplacer mon bulletin")
    assert page.title == "Votre bulletin est déposé"
    page = end(world, poll)
    assert page.has("Retenue : « Une piscine »")


def test_the_box_of_a_choice_names_nobody_and_keeps_no_order(world: World) -> None:
    names = [f"Membre {n}" for n in range(5)]
    for name in names:
        world.member(name)
    poll = prepare(world, "approval")
    for name, answer in zip(names, ANSWERS["approval"], strict=True):
        cast(world, name, poll, fields(answer, "approval"))
    end(world, poll)
    with world.reading() as db:
        (box,) = queries.boxes(db, poll)
        whole = [box.ballots[start : start + 3] for start in range(0, len(box.ballots), 3)]
        assert whole == sorted(whole)
        assert len(whole) == 5
        assert not any(world.people[name].id.bytes in box.ballots for name in names)


def test_whoever_shares_a_budget_reads_how_much_it_is(world: World) -> None:
    omar = world.member("Omar")
    poll = prepare(world, "equal-shares")
    hint = world.browser(omar).open(f"/scrutins/{poll.number}").one(".ballot > .hint")
    assert "Le budget est de 1 000 €." in plain(hint.text_content())


def test_a_budget_asks_for_costs_and_a_budget(world: World) -> None:
    page = world.browser(world.facilitator()).open("/animation/scrutins/nouveau")
    given = {"title": "Que construire ?", "method": "equal-shares"}
    page = page.press("Préparer ce vote", lines=f"{PARK}\n{POOL} : 7", **given)
    assert page.status == 422
    assert page.has("Écrivez chaque option avec son coût en euros")
    assert page.has("Écrivez le budget à partager")
    assert page.one("#f-lines").text.strip() == f"{PARK}\n{POOL} : 7"
    page = page.press("Préparer ce vote", lines=f"{PARK} : 90\n{POOL} : 70", budget="10", **given)
    assert page.has("Aucune option ne tient dans ce budget")


def test_options_are_told_apart(world: World) -> None:
    page = world.browser(world.facilitator()).open("/animation/scrutins/nouveau")
    assert "des projets\u202f; leurs soutiens" in page.response.text, "no « ; » begins a line"
    for lines, said in (
        ("Seule", "Écrivez entre 2 et 60 options"),
        ("Parc\nparc", "Deux options portent le même nom"),
        ("Nombre\nAutre", "mot réservé"),
    ):
        page = page.press("Préparer ce vote", title="Laquelle ?", lines=lines, method="approval")
        assert page.status == 422
        assert page.has(said)
    page = page.press("Préparer ce vote", lines="A\nB", seats="2")
    assert page.has("Retenez moins d’options")


def test_an_indicative_vote_says_so_everywhere(world: World) -> None:
    world.member("Omar")
    poll = prepare(world, "approval", indicative="oui")
    assert world.browser().open("/scrutins/1").has("Vote indicatif")
    assert world.browser(world.member("Omar")).open("/scrutins/1").has("Vote indicatif")
    assert world.browser(world.facilitator()).open("/animation/scrutins/1").has("Vote indicatif")
    page = end(world, poll)
    assert page.has("Vote indicatif")
    assert page.has("ne décide rien")
    assert world.browser().open("/scrutins").has("Vote indicatif")


def test_moving_a_rank_never_leaves_a_hole() -> None:
    answers = {"q1": "1", "q2": "1", "q3": "3", "q4": ""}
    for field in answers:
        for up in (True, False):
            moved = choices.moved(answers, field, up)
            ranks = sorted({int(one) for one in moved.values() if one})
            assert ranks == list(range(1, len(ranks) + 1)), (field, up, moved)
    assert choices.is_choice(None) is False
    assert Method.YES_NO not in choices.METHODS


# -- ties, and budgets among texts ---------------------------------------------------------------------------------


def unspaced(page: Page) -> str:
    """A fingerprint is written in groups of signs."""
    return "".join(page.text.split())


@pytest.mark.parametrize("method", ["approval", "irv"])
def test_a_public_draw_is_told_before_and_can_be_done_again(world: World, method: str) -> None:
    # Given two members who will disagree, and a rule that draws
    for name in ("Omar", "Lina"):
        world.member(name)
    poll = prepare(world, method, tie="draw")
    with world.reading() as db:
        opened = db.get_one(Poll, poll.id)
        seed, mark = opened.draw_seed, opened.draw_sha256
        facts = db.exec(select(JournalLine.facts).where(JournalLine.kind == "voting.PollOpened")).one()
    # Then the fingerprint of the seed is on the page and in the journal, the seed nowhere
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert mark in unspaced(page)
    assert page.has("tirage au sort public")
    assert json.loads(facts)["draw_sha256"] == mark
    for address in ("", "/regle.json"):
        assert seed not in world.browser().open(f"/scrutins/{poll.number}{address}").response.text
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    assert seed not in desk.response.text

    # When they tie
    first, second = ({"q1": "1"}, {"q2": "1"})
    cast(world, "Omar", poll, first)
    cast(world, "Lina", poll, second)
    page = end(world, poll)

    # Then the seed is published, its order decides, and anyone draws again
    assert seed in unspaced(page)
    order = sorted((PARK, POOL), key=lambda title: hashlib.sha256(f"{seed}\n{title}".encode()).digest())
    with world.reading() as db:
        sealed = queries.of_number(db, world.convention, 1)
        assert sealed is not None
        choice = queries.choices_of(db, [sealed])[sealed.id]
        assert checker.look(db, world.settings.folder).troubles == []
    assert list(choice.counted["winners"]) == [order[0]]
    # In the table too, what was drawn stands before what it was drawn against
    assert page.all("#options tbody th")[0].text_content() == order[0]
    kit = kit_of(world, poll)
    assert broken(kit) == []
    # Another seed does not pass, even with its own fingerprint beside the old result
    files = contents(kit)
    result = json.loads(files["resultat.json"])
    result["choice"]["draw"]["seed"] = "0" * 32
    found = broken(verify.archive({**files, "resultat.json": verify.canonical(result)}))
    assert any("la graine du tirage au sort n’est pas celle" in one for one in found)


def test_nothing_is_drawn_where_the_rule_does_not_say_so(world: World) -> None:
    for name in ("Omar", "Lina"):
        world.member(name)
    poll = prepare(world, "approval", tie="run-off")
    cast(world, "Omar", poll, {"q1": "1"})
    cast(world, "Lina", poll, {"q2": "1"})
    page = end(world, poll)
    assert page.has("On vote une seconde fois")
    with world.reading() as db:
        assert db.get_one(Poll, poll.id).draw_seed == ""
    assert broken(kit_of(world, poll)) == []


def test_a_motion_is_not_drawn(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world, MOTION, opened=False)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    assert [one.get("value") for one in page.all("#f-tie option")] == ["announced", "run-off", "president"]
    answer = world.browser(world.facilitator()).post(
        f"/animation/scrutins/{poll.number}",
        {"title": "T", "mode": "ballots", "method": "yes-no", "tie": "draw"},
    )
    assert answer.status == 422
    page = page.press("Enregistrer et relire la règle", method="yes-no", tie="run-off")
    assert page.has("En cas d’égalité, on vote une seconde fois.")


def test_a_budget_is_shared_among_texts_that_were_already_written(world: World) -> None:
    # Given three texts on one ballot
    names = ("Omar", "Lina", "Rosa")
    for name in names:
        world.member(name)
    texts = [question(f"Texte {n}", f"Faire la chose {n}.") for n in (1, 2, 3)]
    poll = a_poll(world, questions=texts, opened=False)
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    # When Claire forgets a cost, it is said at its field and nothing is lost
    given = {"method": "equal-shares", "budget": "900", "cost-q1": "300", "cost-q2": "600"}
    page = desk.press("Enregistrer et relire la règle", **given)
    assert page.status == 422
    assert page.has("Écrivez le coût en euros")
    assert page.one("input[name=cost-q2]").get("value") == "600"
    page = page.press("Enregistrer et relire la règle", **given, **{"cost-q3": "10 000 €"})
    assert page.has("Le budget est de 900 €.")
    page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    # Then people tick, and the money is shared
    for name in names:
        cast(world, name, poll, {"q1": "1", "q2": "1"})
    page = end(world, poll)
    assert page.has("10 000 €")
    with world.reading() as db:
        sealed = db.get_one(Poll, poll.id)
        assert set(queries.choices_of(db, [sealed])[sealed.id].counted["winners"]) == {"Texte 1", "Texte 2"}
    assert broken(kit_of(world, poll)) == []


def test_a_ballot_is_heard_as_it_is_seen(world: World) -> None:
    # Given Omar, who votes with a screen reader and a keyboard
    world.member("Omar")
    prepare(world, "schulze")
    page = world.browser(world.member("Omar")).open("/scrutins/1")
    # Then the legend of the answers is the question
    assert plain(page.one("fieldset legend").text_content()) == (
        "Que construire ? Dans quel ordre préférez-vous ces options ?"
    )
    # When he ranks by buttons alone, the one he comes back to says where the option now stands
    assert plain(page.one("button[name=monter][value=q2]").text_content()) == f"Monter : {POOL}, Sans rang"
    page = press(page, "monter", "q2")
    assert plain(page.one("[autofocus]").text_content()) == f"Monter : {POOL}, Rang 1"
    page = press(press(page, "monter", "q1"), "monter", "q1")
    assert plain(page.one("[autofocus]").text_content()) == f"Monter : {PARK}, Rang 1"
    # And the last look says the question, his order, and what he left out
    page = page.press("Relire mon bulletin")
    assert page.has("Que construire ?")
    assert [one.text_content() for one in page.all("main li p")] == [PARK, "Rang 1", POOL, "Rang 2"]
    assert page.has(f"Sans rang, après les autres : {MARKET}.")


def test_options_come_in_another_order_for_each_voter(world: World) -> None:
    names = [f"Membre {n}" for n in range(12)]
    for name in names:
        world.member(name)
    prepare(world, "approval")
    seen = {
        tuple(box.get("name") for box in world.browser(world.member(name)).open("/scrutins/1").all("fieldset input"))
        for name in names
    }
    assert len(seen) > 1, "twelve times the same of six orders: once in 360 million"


def test_a_quorum_is_told_beside_the_result(world: World) -> None:
    # Given three members and a choice that asks for two thirds of them
    for name in ("Omar", "Nadia", "Karim"):
        world.member(name)
    poll = prepare(world, "approval", quorum="2/3")
    # When Omar and Nadia vote
    for name in ("Omar", "Nadia"):
        cast(world, name, poll, {"q1": "1"})
    # Then the result says that they were enough
    assert "Atteint : 2 voix, il en fallait 2." in text_of(end(world, poll), "#regle")


def test_too_few_voices_are_told_beside_the_result(world: World) -> None:
    for name in ("Omar", "Nadia", "Karim"):
        world.member(name)
    poll = prepare(world, "score", quorum="2/3")
    cast(world, "Omar", poll, {"q1": "7"})
    assert "Non atteint : 1 voix, il en fallait 2." in text_of(end(world, poll), "#regle")


def text_of(page: Page, part: str) -> str:
    return plain(" ".join(str(one.text_content()) for one in page.all(part)))


def test_a_draw_is_not_denied_by_the_rule_that_says_it(world: World) -> None:
    # Given priorities whose last place may be drawn: one sentence says so, none says the contrary
    page = world.browser(world.facilitator()).open("/animation/scrutins/nouveau")
    values = {"title": "Que construire ?", "lines": f"{PARK}\n{POOL}\n{MARKET}", "method": "multi-vote"}
    page = page.press("Préparer ce vote", tie="draw", **values)
    assert page.has("Une égalité est départagée par un tirage au sort public.")
    assert not page.has("aucune n’est prise au hasard")
    # And where nothing is drawn, it is said as before
    page = world.browser(world.facilitator()).open("/animation/scrutins/nouveau").press("Préparer ce vote", **values)
    assert page.has("aucune n’est prise au hasard")


def test_rounds_say_what_becomes_of_equal_ranks_and_equal_last(world: World) -> None:
    # Given a count by rounds: equal ranks share a ballot, and two last with equal voices stop the count
    for name in ("Omar", "Nadia"):
        world.member(name)
    poll = prepare(world, "irv")
    page = world.browser().open(f"/scrutins/{poll.number}")
    # Then the rule says both before anyone has voted
    assert page.has("S’il en met plusieurs à égalité au plus haut, il se partage également entre elles.")
    assert page.has("sinon le compte s’arrête et les options encore en lice sont annoncées à égalité.")
    # And that is what happens
    cast(world, "Omar", poll, {"q1": "1"})
    cast(world, "Nadia", poll, {"q2": "1"})
    assert text_of(end(world, poll), "#options").count("À égalité") == 2


BY_HAND = {
    "approval": "additionnez chaque colonne : 1 dit que l’option est choisie",
    "multi-vote": "additionnez chaque colonne : 1 dit que l’option est choisie",
    "equal-shares": "additionnez chaque colonne : 1 dit que l’option est choisie",
    "score": "additionnez chaque colonne : une case vide est sans note",
    "schulze": "Chaque nombre est un rang, 1 pour l’option préférée",
    "irv": "Chaque nombre est un rang, 1 pour l’option préférée",
}


@pytest.mark.parametrize("method", BY_HAND)
def test_the_kit_of_a_choice_says_how_to_count_it_by_hand(world: World, method: str) -> None:
    # Given two members who cast without a script, so that no token is given to anyone
    for name in ("Omar", "Nadia"):
        world.member(name)
    poll = prepare(world, method)
    for name in ("Omar", "Nadia"):
        cast(world, name, poll, {"q1": "1"})
    end(world, poll)
    # When someone opens the kit
    read_me = plain(contents(kit_of(world, poll))["LISEZMOI.txt"].decode())
    # Then it tells of the one file that there is, of what its columns are, and of names rather than tokens
    assert "1. Ouvrez bulletins-1.csv dans un tableur" in read_me
    assert BY_HAND[method] in read_me
    assert "une colonne par option" in read_me
    assert "bulletins-2.csv" not in read_me
    assert "combien de personnes ont émargé à l’écran" in read_me
    assert "jetons ont été remis" not in read_me
    # A ballot on paper has no receipt
    assert "recus.txt : les numéros de tous les reçus, un par bulletin déposé à l’écran" in read_me


@pytest.mark.parametrize(("completion", "said"), [("add1", True), ("none", False)])
def test_a_part_that_begins_at_a_whole_euro_is_said_to(world: World, completion: str, said: bool) -> None:
    # Given 1000 € for three people: 333 € each to begin with, where shares then rise by one euro
    world.member("Omar")
    poll = prepare(world, "equal-shares", completion=completion)
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert page.has("Au départ, cette part est arrondie à l’euro en dessous.") == said


def test_what_projects_cost_is_written_as_the_reader_writes_it(world: World) -> None:
    for name in ("Omar", "Nadia"):
        world.member(name)
    poll = prepare(world, "equal-shares")
    cast(world, "Omar", poll, {"q1": "1"})
    assert "400 €" in text_of(end(world, poll), "#options")
    reader = world.browser()
    reader.client.headers["accept-language"] = "en"
    english = text_of(reader.open(f"/scrutins/{poll.number}"), "#options")
    assert "€400" in english
    assert "400 €" not in english

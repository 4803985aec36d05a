"""Votes on paper: marked once, keyed twice, decided from the paper, put in the box where nothing tells them apart."""

import dataclasses

import pytest
import sqlalchemy as sa

from convention import verify
from convention.algorithms.decision import Base, Method, NoOpinion, Rule
from convention.paper import actions, queries
from convention.paper.models import PaperEntry
from convention.voting import actions as voting
from convention.voting import envelopes, jobs
from convention.voting import queries as polls
from convention.voting.models import Poll
from tests.voting.polls import MOTION, a_poll, question, vote
from tests.world import Page, World

NAMES = ("Amina", "Bruno", "Chloé", "Driss", "Elsa", "Farid", "Gaëlle", "Hugo", "Inès", "Jamal", "Karim", "Lina")


def expected(world: World, poll: Poll) -> Page:
    """Claire says that this poll has paper."""
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
    return desk.press("Ce vote a aussi des bulletins papier")


def mark(world: World, poll: Poll, *names: str) -> Page:
    page = None
    for name in names:
        page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
        page = page.press(f"Vote sur papier : {name}")
    assert page is not None
    return page


def close(world: World, poll: Poll) -> Page:
    return world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/fermer", {})


def key(world: World, who: str, poll: Poll, answers: list[str], button: str, counted: int | None = None) -> Page:
    """This person keys a whole pile with one question."""
    page = world.browser(world.facilitator(who)).open(f"/animation/scrutins/{poll.number}/papier").press(button)
    for answer in answers:
        page = page.press("Bulletin suivant", q1=answer)
    return page.press("Terminer ma saisie", counted=str(counted or len(answers)))


def put_in(world: World, poll: Poll, **typed: str) -> Page:
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
    return desk.press("Mettre le papier dans l’urne et dépouiller", **typed)


def entries(world: World) -> int:
    with world.reading() as db:
        return db.execute(sa.select(sa.func.count()).select_from(PaperEntry.__table__)).scalar_one()  # type: ignore[attr-defined]


def test_five_ballots_on_paper_are_counted_with_those_of_the_screens(world: World) -> None:
    # Given twelve members, five of whom vote on paper and six on their phone
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, MOTION)
    assert expected(world, poll).has("Bulletins papier attendus")
    mark(world, poll, *NAMES[:5])
    for name in NAMES[5:11]:
        vote(world, name, poll, "pour")

    # When Claire closes, the result waits, and everybody reads why
    page = close(world, poll)
    assert page.has("Saisissez maintenant les bulletins papier : le résultat les attend.")
    assert page.has("Le résultat attend les bulletins papier")
    assert world.browser().open(f"/scrutins/{poll.number}").has("Son résultat attend les bulletins papier")

    # Claire and Lise key the pile; they read the third ballot differently
    key(world, "Claire", poll, ["contre", "contre", "pour", "contre", "blanc"], "Saisir une pile")
    page = key(world, "Lise", poll, ["contre", "contre", "contre", "contre", "blanc"], "Saisir la pile 1 à mon tour")
    assert page.has("1 bulletin a été lu différemment")
    assert page.has("Tranchez d’après le papier")

    # Marc looks at the paper: it says « contre »
    page = world.browser(world.facilitator("Marc")).open(f"/animation/scrutins/{poll.number}/papier")
    page = page.follow("Regarder le papier et trancher")
    assert page.has("Bulletin 3 de la pile")
    assert not page.all("input[checked]"), "nothing is ticked ahead"
    page = page.press("C’est ce que disent les papiers", **{"b2-q1": "contre"})
    assert page.has("5 bulletins, d’accord")

    # Then they are in the box with the others, and the page says how many of each
    page = put_in(world, poll)
    assert page.has("Les bulletins papier sont dans l’urne avec les autres")
    assert page.has("5 bulletins papier, saisis deux fois et mêlés aux autres ; 6 à l’écran")
    with world.reading() as db:
        found = polls.result(db, poll)
        assert found is not None
        content = polls.content(found)
        assert content["questions"][0]["counts"] == {"pour": 6, "contre": 4, "abstention": 0, "blanc": 1}
        assert content["paper"] == {"ballots": 5, "marked": 5, "explanation": ""}
    # What was keyed is destroyed, and the marks with it
    assert entries(world) == 0
    with world.reading() as db:
        assert polls.marked_on_paper(db, poll) == 0
        assert polls.turnout(db, poll) == 11


def test_a_member_is_never_counted_twice(world: World) -> None:
    # Given Amina, marked on paper, and Bruno, who voted on his phone
    amina, _bruno = world.member("Amina"), world.member("Bruno")
    poll = a_poll(world)
    expected(world, poll)
    before = world.browser(amina).open(f"/scrutins/{poll.number}")
    mark(world, poll, "Amina")
    vote(world, "Bruno", poll, "4")

    # Then Amina does not also vote on a screen, even with a ballot opened before
    assert world.browser(amina).open(f"/scrutins/{poll.number}").has("la liste de ceux qui votent sur papier")
    assert before.press("Déposer mon bulletin", q1="1").has("la liste de ceux qui votent sur papier")
    # Nor does Bruno receive a ballot on paper
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
    page = desk.press("Vote sur papier : Bruno")
    assert page.status == 403
    assert page.has("Bruno a déjà voté à l’écran : ne lui donnez pas de bulletin.")
    # Marked by mistake, she is unmarked, and votes on her screen
    desk.browser.open(f"/animation/scrutins/{poll.number}/papier").press("Retirer la marque : Amina")
    assert before.press("Déposer mon bulletin", q1="1").has("Votre bulletin est déposé")
    with world.reading() as db:
        assert polls.turnout(db, poll) == 2


def test_unmarking_never_erases_a_vote_on_a_screen(world: World) -> None:
    bruno = world.member("Bruno")
    poll = a_poll(world)
    expected(world, poll)
    vote(world, "Bruno", poll, "4")
    browser = world.browser(world.facilitator())
    browser.post(f"/animation/scrutins/{poll.number}/papier/liste/{bruno.id}", {"retirer": "oui"})
    with world.reading() as db:
        assert polls.turnout(db, poll) == 1


def test_nobody_is_marked_once_the_vote_is_closed(world: World) -> None:
    # Given Amina, marked while the vote was open, and Bruno, who did not vote
    world.member("Amina")
    bruno = world.member("Bruno")
    poll = a_poll(world)
    expected(world, poll)
    mark(world, poll, "Amina")
    close(world, poll)

    # Then Bruno's name does not go on the roll any more: he would vote after the end, or somebody in his name
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
    assert desk.has("Le vote est fermé : on ne marque plus personne.")
    assert "Vote sur papier : Bruno" not in desk.text
    # Those who key are warned that they may guess whose the only paper is; nobody is told to give out more
    assert desk.has("Peu de bulletins papier") and not desk.has("Proposez le papier")
    page = desk.browser.post(f"/animation/scrutins/{poll.number}/papier/liste/{bruno.id}", {})
    assert page.status == 403 and page.has("on ne marque plus personne")
    with world.reading() as db:
        assert polls.marked_on_paper(db, poll) == 1
    # A mark that was a mistake is still taken back
    desk.press("Retirer la marque : Amina")
    with world.reading() as db:
        assert polls.marked_on_paper(db, poll) == 0


def test_a_gap_is_resolved_or_explained(world: World) -> None:
    # Given two people marked and one ballot in the paper box
    for name in ("Amina", "Bruno", "Chloé"):
        world.member(name)
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, "Amina", "Bruno")
    close(world, poll)
    key(world, "Claire", poll, ["pour"], "Saisir une pile")
    key(world, "Lise", poll, ["pour"], "Saisir la pile 1 à mon tour")

    # When Claire wants to put it in the box without a word, she is told
    page = put_in(world, poll, gap="")
    assert page.status == 422
    assert page.has("1 bulletins papier saisis, 2 personnes marquées") or page.has("1 bulletin papier saisi")
    assert entries(world) == 2, "nothing is destroyed by a refusal"

    # Then she says why, and it is written with the result
    page = put_in(world, poll, gap="Bruno est parti avec son bulletin dans la poche.")
    assert page.has("Bruno est parti avec son bulletin dans la poche.")
    with world.reading() as db:
        found = polls.result(db, poll)
        assert found is not None
        assert polls.content(found)["questions"][0]["counts"]["pour"] == 1
    # And the kit still verifies, with fewer ballots than names
    kit = world.browser().client.get(f"/scrutins/{poll.number}.zip")
    _title, findings = verify.verify(kit.content)
    assert all(one.holds if hasattr(one, "holds") else one[0] for one in findings), findings


def test_paper_is_not_keyed_before_closing(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world)
    expected(world, poll)
    page = world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/papier/piles", {})
    assert page.status == 403
    assert page.has("On ouvre l’urne papier quand le vote est fermé, pas avant.")


def test_the_worker_waits_for_paper(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, minutes=30)
    expected(world, poll)
    with world.later(minutes=31):
        assert jobs.close_due(world.database) == 0
        # Closed, it says what is still true: nothing before all is counted, and no count of what nobody has keyed
        for page in (
            world.browser().open(f"/scrutins/{poll.number}"),
            world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}"),
        ):
            assert page.has("n’existe avant que tout soit compté") and not page.has("n’existe avant la fermeture")
        desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
        assert not desk.has("Bulletins prêts pour l’urne")
        page = put_in(world, poll)
        assert page.status == 200, page.text
    assert not world.browser().open(f"/scrutins/{poll.number}").has("notez-la avant le vote")
    with world.reading() as db:
        assert polls.of_id(db, poll.id).sealed_at is not None, "no paper came: it is sealed without"


def test_a_rule_of_those_present_waits_for_paper_and_for_their_number(world: World) -> None:
    # Given three members, one vote on a screen and none on paper, in a vote that the clock has opened and closed
    for name in ("Amina", "Bilal", "Chloé"):
        world.member(name)
    poll = a_poll(world, Rule(method=Method.YES_NO, base=Base.PRESENT), minutes=30)
    expected(world, poll)
    vote(world, "Amina", poll, "pour")
    with world.later(minutes=31):
        # When the paper is in, the number of those present is still to be said
        page = put_in(world, poll)
        assert page.has("le résultat attend ce nombre")
        assert jobs.close_due(world.database) == 0
        # Then it is counted as soon as it is
        assert page.press("Enregistrer ce nombre", present="2").has("1 pour sur 2 présents")


def test_one_person_does_not_key_both(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, "Amina")
    close(world, poll)
    key(world, "Claire", poll, ["pour"], "Saisir une pile")
    page = world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/papier/piles", {"pile": "1"})
    assert page.status == 403
    assert page.has("la seconde saisie doit être faite par une autre personne")
    page = put_in_refused(world, poll)
    assert page.has("La pile 1 n’a été saisie que par une personne")


def put_in_refused(world: World, poll: Poll) -> Page:
    return world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/papier/urne", {})


def differing(world: World) -> Poll:
    """A pile of one ballot that Claire and Lise read differently."""
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, "Amina")
    close(world, poll)
    key(world, "Claire", poll, ["pour"], "Saisir une pile")
    key(world, "Lise", poll, ["contre"], "Saisir la pile 1 à mon tour")
    return poll


def test_the_third_look_is_another_s(world: World) -> None:
    # Given a team of three, two of whom read a ballot differently
    world.facilitator("Marc")
    poll = differing(world)
    # Then neither of the two decides, from the desk nor from an address kept open
    desk = world.browser(world.facilitator("Lise")).open(f"/animation/scrutins/{poll.number}/papier")
    assert desk.has("c’est à une autre personne de l’animation de regarder le papier")
    assert not desk.all("a[href$=trancher]")
    deciding = f"/animation/scrutins/{poll.number}/papier/piles/1/trancher"
    assert desk.browser.post(deciding, {"b0-q1": "contre", "together": "oui"}).status == 403
    # And the third does, alone
    page = world.browser(world.facilitator("Marc")).open(deciding)
    assert not page.all("input[name=together]")
    assert page.press("C’est ce que disent les papiers", **{"b0-q1": "pour"}).has("1 bulletin, d’accord")


def test_two_who_are_alone_look_together_and_say_so(world: World) -> None:
    # Given a team of two
    poll = differing(world)
    page = world.browser(world.facilitator("Lise")).open(f"/animation/scrutins/{poll.number}/papier")
    page = page.follow("Regarder le papier et trancher")
    # Then Lise alone does not decide
    refused = page.press("C’est ce que disent les papiers", **{"b0-q1": "pour"})
    assert refused.status == 422
    assert refused.has("regardez chaque papier avec l’autre personne, et cochez que vous l’avez fait")
    assert refused.has("Claire et moi avons regardé chaque papier ensemble")
    # Both together do
    page = refused.press("C’est ce que disent les papiers", **{"b0-q1": "pour"}, together="oui")
    assert page.has("1 bulletin, d’accord")


def test_keying_is_blind(world: World) -> None:
    # Given Claire's entry of a pile
    world.member("Amina")
    poll = a_poll(world, questions=[question("Le titre du texte", "Un.")])
    expected(world, poll)
    mark(world, poll, "Amina")
    close(world, poll)
    key(world, "Claire", poll, ["5"], "Saisir une pile")
    # Then Lise sees nothing of it: neither on the desk nor while keying
    lise = world.browser(world.facilitator("Lise"))
    desk = lise.open(f"/animation/scrutins/{poll.number}/papier")
    assert not desk.has("Très bien")
    page = desk.press("Saisir la pile 1 à mon tour")
    assert not page.all("input[checked]")
    assert page.has("0 bulletin saisi")
    # Nor does she open a page that compares before both have finished
    assert lise.client.get(f"/animation/scrutins/{poll.number}/papier/piles/1/trancher").status_code == 403


def test_sheets_counted_by_hand_must_agree(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    close(world, poll)
    page = key(world, "Claire", poll, ["pour", "contre"], "Saisir une pile", counted=3)
    assert page.status == 422
    assert page.has("Vous avez saisi 2 bulletins et compté 3 feuilles")


def test_two_tabs_key_a_ballot_once(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    close(world, poll)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier").press("Saisir une pile")
    page.press("Bulletin suivant", q1="pour")
    assert page.press("Bulletin suivant", q1="pour").has("1 bulletin saisi"), "the same form, sent from another tab"
    refused = page.press("Bulletin suivant", q1="contre")
    assert refused.status == 403
    assert refused.has("Le bulletin 1 est déjà saisi autrement")
    page = page.browser.open(page.address)
    page = page.follow("Corriger le bulletin 1").press("Corriger ce bulletin", q1="contre")
    with world.reading() as db:
        (pile,) = queries.piles(db, poll)
        assert pile.entries[1][0].keyed == [("contre",)]
    assert page.press("Retirer le dernier").has("0 bulletin saisi")


def test_a_cancelled_poll_destroys_what_was_keyed(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, "Amina")
    close(world, poll)
    key(world, "Claire", poll, ["pour"], "Saisir une pile")
    claire = world.facilitator()
    with world.writing() as db:
        voting.cancel(db, polls.of_id(db, poll.id), "La salle a été évacuée.", by=claire)
    assert entries(world) == 0
    with world.reading() as db:
        assert polls.marked_on_paper(db, poll) == 0


def test_paper_is_given_up_only_when_nobody_has_it(world: World) -> None:
    world.member("Amina")
    poll = a_poll(world)
    expected(world, poll)
    mark(world, poll, "Amina")
    browser = world.browser(world.facilitator())
    page = browser.post(f"/animation/scrutins/{poll.number}/papier/renoncer", {})
    assert page.status == 403
    browser.open(f"/animation/scrutins/{poll.number}/papier").press("Retirer la marque : Amina")
    page = browser.open(f"/animation/scrutins/{poll.number}/papier").press("Ce vote n’aura pas de bulletin papier")
    assert page.has("Sans bulletin papier")


@pytest.mark.parametrize("method", [Method.APPROVAL, Method.SCHULZE, Method.SCORE])
def test_a_choice_between_options_is_keyed_whole(world: World, method: Method) -> None:
    world.member("Amina")
    rule = Rule(method=method, no_opinion=NoOpinion.EXCLUDED)
    options = [question("Fontaine", ""), question("Banc", ""), question("Arbre", "")]
    poll = a_poll(world, rule, questions=options)
    expected(world, poll)
    mark(world, poll, "Amina")
    close(world, poll)
    for who, button in (("Claire", "Saisir une pile"), ("Lise", "Saisir la pile 1 à mon tour")):
        page = world.browser(world.facilitator(who)).open(f"/animation/scrutins/{poll.number}/papier").press(button)
        assert page.press("Bulletin suivant").status == 422, "empty: it has to be said blank"
        page = page.press("Bulletin suivant", q2="1")
        page.press("Terminer ma saisie", counted="1")
    page = put_in(world, poll)
    assert page.has("Une partie des bulletins était sur papier")
    assert page.has("Banc")


def test_nothing_in_the_box_tells_paper_from_a_screen(world: World) -> None:
    # Given two members, one on paper, whose ballot was just put in an open box
    amina, bruno = world.member("Amina"), world.member("Bruno")
    rule = Rule(method=Method.EQUAL_SHARES, no_opinion=NoOpinion.EXCLUDED, budget=100)
    costing = [dataclasses.replace(question(title, ""), cost=50) for title in ("Fontaine", "Banc")]
    poll = a_poll(world, rule, questions=costing)
    expected(world, poll)
    mark(world, poll, "Amina")
    with world.writing() as db:
        voting.cast(db, polls.of_id(db, poll.id), bruno, envelopes.new_key(), ["1", ""])
    close(world, poll)
    claire, lise = world.facilitator("Claire"), world.facilitator("Lise")
    with world.writing() as db:
        found = polls.of_id(db, poll.id)
        for number, who in ((None, claire), (1, lise)):
            entry = actions.start(db, found, number, who)
            db.flush()
            actions.key(db, found, entry.pile, who, 0, ("1", ""))
            actions.finish(db, found, entry.pile, who, 1)
            db.flush()
        actions.put_in(db, found, "", by=claire)
    # When the worker has not counted yet, both ballots have the same length, and no name is in the box
    with world.reading() as db:
        (box,) = polls.boxes(db, poll)
        assert len(box.ballots) == 2 * (envelopes.TAG + 2)
        assert amina.id.bytes not in box.ballots
        (roll,) = polls.rolls(db, poll)
        assert roll.on_paper == b""
    assert entries(world) == 0


def test_guarantors_look_on_and_members_do_not(world: World) -> None:
    amina = world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    address = f"/animation/scrutins/{poll.number}/papier"
    solange = world.browser(world.guarantor())
    assert solange.open(address).has("L’animation marque la liste.")
    world.browser(amina).open(address, status=403)

    # When the paper is being keyed, Solange reads how far it is, and neither keys nor sees what is read
    mark(world, poll, "Amina")
    close(world, poll)
    key(world, "Claire", poll, ["contre"], "Saisir une pile")
    page = solange.open(address)
    assert page.has("Première saisie : terminée")
    assert not page.all("form[method=post]")
    assert solange.post(f"{address}/piles", {}).status == 403
    solange.open(f"{address}/piles/1", status=403)
    solange.open(f"{address}/piles/1/trancher", status=403)


def test_names_and_keyed_ballots_never_stand_together(world: World) -> None:
    """With one ballot on paper, its voter's name beside it would be her vote."""
    # Given three members, of whom Amina alone votes on paper
    for name in ("Amina", "Bilal", "Chloé"):
        world.member(name)
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, "Amina")
    vote(world, "Bilal", poll, "pour")
    close(world, poll)
    with world.reading() as db:
        assert polls.marked_on_paper(db, poll) == 1
        assert any(roll.on_paper for roll in polls.rolls(db, poll))

    # When Claire begins to key
    world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier").press("Saisir une pile")

    # Then it is known that one person voted so, and no longer who
    with world.reading() as db:
        poll = polls.of_id(db, poll.id)
        assert polls.marked_on_paper(db, poll) == 1
        assert all(roll.on_paper == b"" for roll in polls.rolls(db, poll))
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}/papier")
    assert not desk.has("Retirer la marque")
    amina = world.member("Amina")
    late = world.browser(world.facilitator()).post(f"/animation/scrutins/{poll.number}/papier/liste/{amina.id}", {})
    assert late.status == 403

    # And the numbers still agree to the end
    key(world, "Claire", poll, ["contre"], "Saisir une autre pile")
    key(world, "Lise", poll, ["contre"], "Saisir la pile 1 à mon tour")
    put_in(world, poll)
    with world.reading() as db:
        sealed = polls.of_id(db, poll.id)
        assert (sealed.paper_ballots, sealed.paper_marked) == (1, 1)


def test_the_desk_asks_a_constant_number_of_questions(world: World) -> None:
    poll = None
    counts = []
    for names in (NAMES[:3], NAMES):
        for name in names:
            world.member(name)
        poll = a_poll(world, MOTION, questions=[question(f"Texte {len(counts)}")])
        expected(world, poll)
        mark(world, poll, *names[:2])
        close(world, poll)
        key(world, "Claire", poll, ["pour"], "Saisir une pile")
        browser = world.browser(world.facilitator())
        address = f"/animation/scrutins/{poll.number}/papier"
        browser.open(address)
        counts.append(world.queries(lambda browser=browser, address=address: browser.open(address)))
    assert counts[0] == counts[1]


def test_the_names_on_paper_are_in_the_order_of_the_alphabet(world: World) -> None:
    # Given names with accents, which a database puts after all others
    for name in ("Zoé", "Alain", "Aïcha", "Élodie"):
        world.member(name)
    poll = a_poll(world, MOTION)
    page = expected(world, poll)
    said = [str(one.text_content()) for one in page.all("button") if "Vote sur papier" in str(one.text_content())]
    # Then Claire finds each where she looks for it
    assert [one.rpartition(": ")[2].strip() for one in said] == ["Aïcha", "Alain", "Élodie", "Zoé"]


def test_who_is_on_the_paper_list_is_not_said_to_have_voted(world: World) -> None:
    # Given Amina, who has been marked and does not hold her ballot yet
    world.member("Amina")
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, "Amina")
    page = world.browser(world.member("Amina")).open(f"/scrutins/{poll.number}")
    assert page.has("Vous êtes sur la liste de ceux qui votent sur papier.")
    assert page.has("Vote sur papier")
    assert not page.has("Vous avez voté")

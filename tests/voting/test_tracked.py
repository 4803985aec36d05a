"""Where the rule gives tracking codes, whoever voted finds her ballot, whole, and nobody else does."""

import hashlib
import json

import pytest

from convention import checker, verify
from convention.algorithms.decision import Method, Rule, RuleError, Secrecy
from convention.voting import kits, queries
from convention.voting.models import Poll
from tests.paper.test_paper import close as close_with_paper
from tests.paper.test_paper import expected, key, mark, put_in
from tests.voting.polls import JUDGMENT, TRACKED, a_poll, close, question
from tests.voting.test_kit import broken, contents, kit_of
from tests.world import Page, World, plain

TWO = (question("Paragraphe 9.2"), question("Paragraphe 9.3"))
NAMES = ("Omar", "Lina", "Nadia")


def cast(world: World, name: str, poll: Poll, **answers: str) -> Page:
    """This member reads her ballot again, and casts it."""
    page = world.browser(world.member(name)).open(f"/scrutins/{poll.number}")
    if len(answers) > 1:
        page = page.press("Relire mon bulletin", **answers)
        answers = {}
    page = page.press("Déposer mon bulletin", **answers)
    assert page.title == "Votre bulletin est déposé"
    return page


def code_on(receipt: Page) -> str:
    (code,) = (
        plain(word.getnext().text_content())
        for word in receipt.all("dt")
        if plain(word.text_content()).startswith("Votre code de suivi")
    )
    return code


def published(world: World, poll: Poll) -> dict[str, list[str]]:
    """What the public page says under each code."""
    page = world.browser().open(f"/scrutins/{poll.number}").follow("Retrouver mon bulletin, par son code de suivi")
    return {
        plain(line.find("th").text_content()): [plain(cell.text_content()) for cell in line.findall("td")]
        for line in page.all("#bulletins tbody tr")
    }


def test_each_finds_her_ballot_by_her_code_once_it_is_closed(world: World) -> None:
    # Given a poll on two texts, planned by Claire with tracking codes
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, questions=TWO, opened=False)
    claire = world.browser(world.facilitator())
    page = claire.open(f"/animation/scrutins/{poll.number}").press("Enregistrer et relire la règle", tracked="oui")
    assert page.has("avec un code de suivi que seule la personne qui a voté connaît")
    claire.open(f"/animation/scrutins/{poll.number}").follow("Ouvrir le vote").press("Oui, ouvrir le vote")
    # When three vote, who were told before what is published
    ballot = world.browser(world.member("Omar")).open(f"/scrutins/{poll.number}")
    assert ballot.has("Montrer son code, c’est montrer son vote")
    receipts = {
        name: cast(world, name, poll, q1=first, q2=second)
        for name, first, second in zip(NAMES, "544", "1" + "3" + "5", strict=True)
    }
    codes = {name: code_on(receipt) for name, receipt in receipts.items()}
    # Then nothing is to be found while the vote is open
    for address in ("bulletins", "suivi.csv"):
        assert world.browser().client.get(f"/scrutins/{poll.number}/{address}").status_code == 404
    # When Nadia changes her mind, her code stays hers
    changed = receipts["Nadia"].press("Changer mon vote").press("Relire mon bulletin", q1="1", q2="2")
    assert code_on(changed.press("Remplacer mon bulletin")) == codes["Nadia"]
    close(world, poll)
    # Then each finds hers, whole, and the page names nobody
    assert published(world, poll) == {
        codes["Omar"]: ["Très bien", "À rejeter"],
        codes["Lina"]: ["Bien", "Passable"],
        codes["Nadia"]: ["À rejeter", "Insuffisant"],
    }
    page = world.browser().open(f"/scrutins/{poll.number}/bulletins")
    assert not any(page.has(name) for name in NAMES)
    # And the file that anyone downloads says the same, in the order of the codes
    head, *lines = world.browser().client.get(f"/scrutins/{poll.number}/suivi.csv").text.splitlines()
    assert head == "code,1,2"
    assert lines == sorted(lines)
    assert f"{codes['Omar']},Très bien,À rejeter" in lines
    # And the data agree with each other
    with world.reading() as db:
        assert not checker.look(db, world.settings.folder).troubles


def test_the_kit_holds_the_ballots_under_their_codes_and_none_changes_unseen(world: World) -> None:
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, TRACKED)
    for name, answer in zip(NAMES, "542", strict=True):
        cast(world, name, poll, q1=answer)
    close(world, poll)
    kit = kit_of(world, poll)
    assert not broken(kit)
    _title, findings = verify.verify(kit)
    assert any(
        "les 3 bulletins publiés sous leur code de suivi sont ceux qui ont été comptés" in one.sentence
        for one in findings
    )
    assert "suivi.csv" in contents(kit)["LISEZMOI.txt"].decode()
    # When a forger who signs with a key of his own swaps two ballots, or drops the list
    for swap in (("Bien", "Insuffisant"), ("Très bien", "Passable")):
        files = contents(kit)
        files["suivi.csv"] = files["suivi.csv"].decode().replace(*swap).encode()
        result = json.loads(files["resultat.json"])
        result["tracked_sha256"] = hashlib.sha256(files["suivi.csv"]).hexdigest()
        files["resultat.json"] = verify.canonical(result)
        assert "les bulletins suivis ne sont pas ceux qui ont été comptés." in broken(forged(files))
    files = contents(kit)
    files["suivi.csv"] += b"ZZZZ ZZZZ ZZZZ,Bien\r\n"
    assert "la liste des bulletins suivis n’est pas celle du résultat." in broken(forged(files))
    files = contents(kit)
    del files["suivi.csv"]
    assert any("suivi.csv" in sentence for sentence in broken(forged(files)))


def forged(files: dict[str, bytes]) -> bytes:
    listed = json.loads(files.pop("manifeste.json"))
    del files["signature.txt"]
    about = {name: value for name, value in listed.items() if name not in ("format", "files", "chain")}
    about["result_sha256"] = hashlib.sha256(files["resultat.json"]).hexdigest()
    about["public_key"] = kits.public_key("a forger")
    files["manifeste.json"] = verify.manifest(about, files)
    files["signature.txt"] = f"{kits._private('a forger').sign(files['manifeste.json']).hex()}\n".encode()
    return verify.archive(files)


@pytest.mark.parametrize(
    ("method", "says"),
    [
        (Method.SCHULZE, ["Rang 1", "–"]),
        (Method.SCORE, ["Note : 2 sur 10", "–"]),
        (Method.APPROVAL, ["Choisie", "–"]),
    ],
)
def test_a_choice_is_found_whole_too(world: World, method: Method, says: list[str]) -> None:
    for name in NAMES:
        world.member(name)
    options = [question(one, "") for one in ("Un parc", "Une halle")]
    poll = a_poll(world, Rule(method=method, tracked=True), questions=options)
    mark = "1" if method is Method.APPROVAL else "2"
    codes = {name: code_on(cast(world, name, poll, q1=mark, q2="")) for name in NAMES}
    close(world, poll)
    assert published(world, poll) == dict.fromkeys(codes.values(), says)
    assert not broken(kit_of(world, poll))


def test_a_ballot_on_paper_is_in_the_list_and_nobody_has_its_code(world: World) -> None:
    # Given two who vote on a screen, and one on paper: without hers, the list would say what she voted
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, TRACKED)
    expected(world, poll)
    codes = [code_on(cast(world, name, poll, q1="4")) for name in ("Omar", "Lina")]
    mark(world, poll, "Nadia")
    close_with_paper(world, poll)
    key(world, "Claire", poll, ["2"], "Saisir une pile")
    key(world, "Lise", poll, ["2"], "Saisir la pile 1 à mon tour")
    put_in(world, poll)
    found = published(world, poll)
    assert sorted(found.values()) == [["Bien"], ["Bien"], ["Insuffisant"]]
    assert found.keys() > set(codes)


def test_no_rule_says_so_by_itself(world: World) -> None:
    # Given a poll like all the others
    world.member("Omar")
    poll = a_poll(world)
    assert "tracked" not in poll.rule, "rules of before keep their fingerprint"
    receipt = cast(world, "Omar", poll, q1="5")
    assert not receipt.has("code de suivi")
    close(world, poll)
    assert "suivi.csv" not in contents(kit_of(world, poll))
    with world.reading() as db:
        assert all(not box.tracked for box in queries.boxes(db, poll))
    for address in ("bulletins", "suivi.csv"):
        assert world.browser().client.get(f"/scrutins/{poll.number}/{address}").status_code == 404


def test_only_secret_ballots_have_a_code(world: World) -> None:
    with pytest.raises(RuleError, match="n’existe que dans un vote secret"):
        Rule(method=Method.YES_NO, secrecy=Secrecy.HANDS, tracked=True)
    poll = a_poll(world, opened=False)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = page.press("Enregistrer et relire la règle", mode="totals", tracked="oui")
    assert page.status == 422
    assert page.has("Un code de suivi ne sert qu’à des bulletins secrets.")
    assert Rule.from_json(TRACKED.to_json()) == TRACKED
    assert Rule.from_json(JUDGMENT.to_json()) == JUDGMENT

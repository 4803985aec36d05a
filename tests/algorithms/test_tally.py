import json
from fractions import Fraction
from pathlib import Path

import pytest

from convention.algorithms.decision import GRADES, Method, Rule
from convention.tally import run
from tests.world import plain

RANKED = {
    "options": ["parc", "place", "rue"],
    "ballots": [
        {"count": 3, "choice": [["parc"], ["place"]]},
        {"count": 2, "choice": [["place"], ["parc", "rue"]]},
    ],
}


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def result(*arguments):
    text, code = run(*arguments)
    assert code == 0, text
    return json.loads(text)


@pytest.mark.parametrize("method", ["schulze", "irv"])
def test_the_result_is_json_with_its_steps(file, method):
    report = result(file("b.json", RANKED), method)
    assert report["winners"] == ["parc"]
    assert report["ranking"][0] == ["parc"]
    assert report["outcome"] == "chosen"
    assert report["steps"]
    assert report["sentence"] == "Retenue\u00a0: «\u00a0parc\u00a0»."


@pytest.mark.parametrize(
    ("method", "ranking", "steps"),
    [
        ("irv", ["Bob Kiss", "Kurt Wright", "Andy Montroll"], ["Tour 5 : Bob Kiss 4 314, Kurt Wright 4 064."]),
        (
            "schulze",
            ["Andy Montroll", "Bob Kiss", "Kurt Wright"],
            [
                "« Andy Montroll » bat « Bob Kiss », par 4 067 bulletins contre 3 477.",
                "« Andy Montroll » bat « Kurt Wright », par 4 597 bulletins contre 3 668.",
                "« Andy Montroll » bat toutes les autres en duel.",
            ],
        ),
    ],
)
def test_a_published_election_is_counted_from_its_file(method, ranking, steps):
    # Mayor of Burlington (Vermont), 2009, 8,980 ballots as PrefLib publishes them (00005-00000002; Mattei and Walsh,
    # ADT 2013), ties included. The pairwise figures are those that made this election famous.
    report = result(Path(__file__).parent / "burlington_2009.toi", method)
    assert (report["cast"], [names for (names,) in report["ranking"][:3]]) == (8980, ranking)
    said = plain(" ".join(report["steps"]))
    assert [step for step in steps if step not in said] == []


def test_yes_no_speaks_the_words_of_the_file(file):
    votes = {"options": ["oui", "non"], "ballots": [{"count": 2, "choice": "oui"}, {"count": 2, "choice": "non"}]}
    report = result(file("b.json", votes))
    assert (report["winners"], report["outcome"]) == (["oui", "non"], "rejected")
    assert report["counts"] == {"oui": 2, "non": 2, "abstention": 0, "blank": 0}


def test_the_rule_decides_the_majority(file):
    votes = file("b.json", {"options": ["pour", "contre"], "ballots": [{"count": 26, "choice": "pour"},
                                                                       {"count": 14, "choice": "contre"}]})  # fmt: skip
    rule = file("rule.json", Rule(majority=Fraction(2, 3)).to_json())
    assert result(votes)["outcome"] == "adopted"
    assert result(votes, "yes-no", rule)["outcome"] == "rejected"
    assert result(votes, None, rule)["winners"] == ["contre"]


def test_majority_judgment_gives_grades(file):
    ballots = [
        {"count": 3, "choice": {"parc": "Bien", "rue": "Passable"}},
        {"count": 2, "choice": {"parc": "Passable"}},
    ]
    grades = {"options": ["parc", "rue"], "grades": list(GRADES), "ballots": ballots}
    report = result(file("b.json", grades))
    assert report["grades"] == {"parc": "Bien", "rue": "Passable"}
    assert report["counts"]["rue"] == dict.fromkeys(GRADES, 0) | {"Passable": 3, "no_opinion": 2}


def test_equal_shares_need_costs(file):
    votes = {"options": ["parc", "rue"], "ballots": [{"count": 3, "choice": ["parc"]}]}
    assert run(file("b.json", votes), "equal-shares")[1] == 2
    report = result(file("c.json", votes | {"costs": {"parc": 90, "rue": 40}, "budget": 100}))
    assert (report["method"], report["winners"]) == ("equal-shares", ["parc"])


def test_what_is_wrong_is_said_and_the_code_is_two(file):
    bad = file("b.json", '{"options": ["a"], "ballots": [\n{"choice": ["z"]},\n{"choice": ["y"]}]}')
    text, code = run(bad)
    assert code == 2
    assert [line.split(":")[0].split()[-1] for line in text.replace("\u00a0", "").splitlines()] == ["2", "3"]
    votes = file("c.json", RANKED)
    for arguments, words in [
        ((file("x.txt", "a"),), "format"),
        (("missing.json",), "ne peut pas être lu"),
        ((votes, "borda"), "borda"),
        ((votes, "approval"), "ligne 1"),
        ((votes, "irv", file("rule.json", Rule(method=Method.SCHULZE).to_json())), "La règle dit"),
        ((votes, None, file("half.json", "{}")), "manque une clé"),
    ]:
        text, code = run(*arguments)
        assert code == 2
        assert words in text

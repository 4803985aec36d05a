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
        ("irv", ["Bob Kiss", "Kurt Wright", "Andy Montroll"], ["Tour 5 : « Bob Kiss » 4 314, « Kurt Wright » 4 064."]),
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


def refused(*arguments):
    """The sentences said, of a file that is not counted; with the words of our machine in none of them."""
    text, code = run(*arguments)
    assert code == 2, text
    assert "Exceeds" not in text
    assert "codec" not in text
    return plain(text)


def test_a_score_left_out_is_the_lowest_of_the_scale_not_of_the_scores_given(file):
    # Two persons give the park 1 and say nothing of the rest: it has all the points, and nothing ties with it
    votes = {"options": ["parc", "place", "rue"], "ballots": [{"count": 2, "choice": {"parc": 1}}]}
    report = result(file("b.json", votes), "score")
    assert (report["winners"], report["counts"]) == (["parc"], {"parc": 2, "place": 0, "rue": 0})
    # And a low score that is given does not help those who were given none
    votes["ballots"] = [{"count": 3, "choice": {"parc": 5, "place": 3}}, {"count": 2, "choice": {"place": 4}}]
    assert result(file("b.json", votes), "score")["counts"] == {"parc": 15, "place": 17, "rue": 0}
    csv = file("b.csv", "parc,place,nombre\n5,3,3\n,4,2\n")
    assert result(csv, "score")["winners"] == ["place"]


@pytest.mark.parametrize("method", ["score", "majority-judgment"])
def test_an_option_named_twice_in_two_writings_is_refused(file, method):
    # Same word to the eye: with a space after it, or its accent written apart. One of the two grades would be lost.
    for twice in ('{"café": 3, "café ": 4}', '{"caf\\u00e9": 3, "cafe\\u0301": 4}'):
        text = '{"options": ["café", "rue"], "ballots": [\n{"choice": {"rue": 1}},\n{"choice": %s}]}'
        assert "ligne 3 : « café » est citée deux fois." in refused(file("b.json", text.replace("%s", twice)), method)
    costs = (
        '{"options": ["a", "b"], "budget": 10,\n"costs": {"a": 1, "a ": 40, "b": 3}, "ballots": [{"choice": ["a"]}]}'
    )
    assert "ligne 2 : « costs »" in refused(file("c.json", costs), "equal-shares")


def test_a_grade_that_is_a_number_is_its_name_never_its_place(file):
    votes = {"options": ["a", "b"], "grades": [0, 1, 2], "ballots": [{"choice": {"a": 2, "b": 1}}]}
    assert result(file("b.json", votes))["grades"] == {"a": "2", "b": "1"}
    votes["ballots"] = [{"choice": {"a": 3}}]
    assert "« 3 » n’est pas une mention" in refused(file("b.json", votes))


@pytest.mark.parametrize(
    "grades", ['[null, "Bien"]', "[true, false]", '[["a"], "b"]', "[1.5, 2]", '["a", "a "]', '["", "b"]']
)
def test_grades_are_words_or_whole_numbers(file, grades):
    votes = '{"options": ["a", "b"],\n"grades": %s, "ballots": [{"choice": {}}]}'.replace("%s", grades)
    assert "ligne 2 : « grades »" in refused(file("b.json", votes), "majority-judgment")


def test_what_is_no_name_is_no_option(file):
    for option in ("NaN", '"\\ud800"'):
        votes = '{\n"options": ["a", %s], "ballots": [{"choice": ["a"]}]}'.replace("%s", option)
        assert "ligne 2 : « options »" in refused(file("b.json", votes))


@pytest.mark.parametrize("digits", [30, 400, 5000])
def test_numbers_no_one_counts_with_are_refused_in_words(file, digits):
    # They ended in a trace of the program, or in its words about itself
    many = "1" + "0" * digits
    for method, votes in [
        ("approval", '{"options": ["a"], "ballots": [\n{"count": %s, "choice": ["a"]}]}'.replace("%s", many)),
        ("score", '{"options": ["a"], "ballots": [\n{"choice": {"a": %s}}]}'.replace("%s", many)),
        ("score", '{"options": ["a"],\n"scale": [%s, %s1], "ballots": [{"choice": {}}]}'.replace("%s", many)),
        ("majority-judgment", '{"options": ["a"], "ballots": [\n{"choice": {"a": %s}}]}'.replace("%s", many)),
        (
            "equal-shares",
            '{"options": ["a"], "budget": 9,\n"costs": {"a": %s}, "ballots": [{"choice": ["a"]}]}'.replace("%s", many),
        ),
        (
            "equal-shares",
            '{"options": ["a"], "costs": {"a": 9},\n"budget": %s, "ballots": [{"choice": ["a"]}]}'.replace("%s", many),
        ),
        (
            "yes-no",
            '{"options": ["pour", "contre"],\n"entitled": %s, "ballots": [{"choice": "pour"}]}'.replace("%s", many),
        ),
    ]:
        assert "ligne 2 : " in refused(file("b.json", votes), method)
    rule = json.loads(Rule(method=Method.SCORE).to_json())
    for key, value in [("seats", many), ("keep_at", many), ("score_to", many), ("majority", f'"1/{many}"')]:
        text = json.dumps(rule | {key: 0}).replace(f'"{key}": 0', f'"{key}": {value}')
        assert f"« {key} »" in refused(file("b.json", RANKED), None, file("rule.json", text))
    preflib = "# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n%s: 1,2\n".replace("%s", many)
    assert "ligne " in refused(file("b.toi", preflib))


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"method":' + "[" * 100_000])
def test_a_rule_too_deep_is_refused(file, deep):
    assert "trop profond" in refused(file("b.json", RANKED), None, file("rule.json", deep))


def test_a_rule_whose_grades_no_one_can_write_is_refused(file):
    text = json.dumps(json.loads(Rule().to_json()) | {"grades": ["\ud800", "b"]})
    assert "« grades »" in refused(file("b.json", RANKED), None, file("rule.json", text))


def test_a_budget_other_than_the_rules_is_refused(file):
    # The rule said 5 and the file 10: one of them was passed over in silence
    votes = {"options": ["a"], "ballots": [{"choice": ["a"]}], "costs": {"a": 5}, "budget": 10}
    rule = file("rule.json", Rule(method=Method.EQUAL_SHARES, budget=5).to_json())
    assert "le budget du fichier n’est pas celui de la règle" in refused(file("b.json", votes), None, rule)
    del votes["budget"]
    assert result(file("b.json", votes), None, rule)["winners"] == ["a"]


def test_nobody_votes_who_is_not_there(file):
    votes = {"options": ["pour", "contre"], "ballots": [{"count": 3, "choice": "pour"}]}
    assert "personnes présentes" in refused(file("b.json", votes | {"present": 2}))
    assert "personnes inscrites" in refused(file("b.json", votes | {"present": 9, "entitled": 8}))
    assert result(file("b.json", votes | {"present": 3, "entitled": 3}))["outcome"] == "adopted"


PB = (
    "META\nkey;value\nbudget;10\nvote_type;{votes}\n"
    "PROJECTS\nproject_id;cost\nA;5\nVOTES\nvoter_id;vote;points\n1;A;{n}\n"
)


def test_the_parts_of_a_budget_come_in_their_order(file):
    # How a vote is read is said in META: coming after the votes, it ended in a trace of the program
    meta, rest = PB.format(votes="cumulative", n=3).split("PROJECTS")
    said = refused(file("late.pb", "PROJECTS" + rest + meta), "score")
    assert "ligne 1 : les parties sont META, PROJECTS, VOTES, une fois chacune." in said
    said = refused(file("twice.pb", meta + "PROJECTS" + rest + meta), "score")
    assert "ligne 11 : les parties sont META, PROJECTS, VOTES, une fois chacune." in said


def test_points_may_be_taken_away_and_those_not_given_are_none(file):
    assert result(file("b.pb", PB.format(votes="scoring", n=-2)), "score")["counts"] == {"A": -2}
    # And on the scale of the rule: one from 1 counted each point as two
    rule = file("rule.json", Rule(method=Method.SCORE, score_from=1).to_json())
    assert result(file("b.pb", PB.format(votes="scoring", n=3)), None, rule)["counts"] == {"A": 3}
    assert "ligne 10 : « -2 »" in refused(file("b.pb", PB.format(votes="scoring", n=-2)), None, rule)
    defaults = PB.format(votes="scoring", n=1).replace("PROJECTS", "default_score;2\nPROJECTS")
    assert "ligne 5 : un projet laissé sans points en a zéro ici" in refused(file("c.pb", defaults), "score")


def test_a_line_not_written_in_utf_8_is_named(tmp_path):
    (tmp_path / "b.csv").write_bytes("parc,rue\n1,0\né,1\n".encode("latin-1"))
    assert "b.csv, ligne 3 : le fichier n’est pas écrit en UTF-8." in refused(tmp_path / "b.csv", "approval")


def test_a_refusal_is_as_long_as_a_sentence(file):
    # It said again the ten million signs that it refused
    for name, text in [
        ("b.csv", f"a,b\n{'x' * 100_000},1\n"),
        ("b.toi", "# ALTERNATIVE NAME 1: a\n1: " + "{" * 100_000),
    ]:
        said = refused(file(name, text))
        assert ", ligne 2 : " in said
        assert len(said) < 1000
        assert said.endswith((" ».", "n’est pas une mention de l’échelle."))


def test_a_refusal_obeys_no_name(file):
    # A name could clear the screen, and write a line of its own
    votes = {"options": ["a"], "ballots": [{"choice": ["\x1b[2Jz\nTient : tout"]}]}
    said = refused(file("b.json", votes))
    assert "\x1b" not in said
    assert "\n" not in said


def test_a_line_full_of_spaces_takes_no_time(file):
    # Ten million of them took for ever: each was looked at as often as there are others
    text = "# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n2: 1" + " " * 5_000_000 + ", { 2 } \n"
    assert result(file("b.toi", text), "irv")["winners"] == ["a"]


def test_a_name_may_hold_signs_that_end_no_line_of_a_file(file):
    text = "# ALTERNATIVE NAME 1: a\x85\u2028bis\r\n# ALTERNATIVE NAME 2: b\r\n2: 1,2\r\n"
    assert result(file("b.soi", text), "irv")["winners"] == ["a\x85\u2028bis"]

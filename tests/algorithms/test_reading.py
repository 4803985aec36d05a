import json
from fractions import Fraction

import pytest
from hypothesis import given

from convention.algorithms.ballots import unpack
from convention.algorithms.count import count
from convention.algorithms.decision import Method, Rule
from convention.algorithms.reading import SUFFIXES, Malformed, read
from tests.algorithms.boxes import OPTIONS, cast, rankings
from tests.world import plain

PABULIB = """META
key;value
description;Budget des quartiers
budget;1000.50
num_projects;2
num_votes;3
vote_type;approval
PROJECTS
project_id;cost;votes;name
1;400;2;Arbres
2;500;2;"Bancs; et tables"
VOTES
voter_id;age;vote
7;34;1,2
8;;2
9;51;1
"""

PREFLIB = """# FILE NAME: made-up.toi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 9
# ALTERNATIVE NAME 1: Arbres
# ALTERNATIVE NAME 2: Bancs
# ALTERNATIVE NAME 3: Crèche
4: 1,{2,3}
3: 2
2: {3},1,2
"""


def lines(text, suffix=".json", **options):
    with pytest.raises(Malformed) as refused:
        read(text, suffix, **options)
    assert all(sentence for _line, sentence in refused.value.lines)
    return [line for line, _sentence in refused.value.lines]


def written(options, *ballots, **more):
    return json.dumps({"options": options, "ballots": [{"count": n, "choice": c} for n, c in ballots], **more})


def test_every_bad_line_is_named():
    text = """{"options": ["a", "b"], "ballots": [
{"count": 2, "choice": ["a"]},
{"count": 0, "choice": ["a"]},
{"count": 1, "choice": ["c"]},
{"count": true, "choice": []},
{"choice": ["a", "a"]},
{"count": 1},
["a"],
{"count": 1, "choice": ["b"]}
]}"""
    assert lines(text) == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"options": ["a"]}', '{"options": ["a"], "ballots": []}', '{"options": ["a"], "ballots": [,]}',
     '{"options": ["a"], "ballots": [{"choice": ["a"]},]}', '{"options": ["a", "a"], "ballots": [{"choice": ["a"]}]}',
     '{"options": [1], "ballots": [{"choice": []}]}', '{"options": ["a"], "ballots": {}}', "[" * 100_000,
     '{"options": ["a"], "ballots": [{"choice": ["a"]}], "colour": 1}', '{"options": ["a"], "options": ["b"]}',
     '{"options": ["a"], "ballots": [{"choice": ["a"]}]} x',
     '{"options": ["a"], "ballots": [{"choice": {"a": 1, "a": 2}}]}'],
)  # fmt: skip
def test_broken_json_is_refused(text):
    assert lines(text)


def test_each_kind_of_choice_is_known():
    assert read(written(["oui", "non"], (3, "oui"), (1, None)), ".json").kind == "choices"
    assert read(written(["a", "b"], (3, ["a"]), (1, [])), ".json").kind == "marks"
    assert read(written(["a", "b"], (3, {"a": 7})), ".json").scale == (0, 10)  # that of the usual rule
    graded = read(written(["a", "b"], (3, {"a": "Bof", "b": None}), grades=["Bof", "Bien"]), ".json")
    assert (graded.kind, graded.grades) == ("grades", ("Bof", "Bien"))
    assert read(written(["a", "b"], (3, [["a"], ["b"]])), ".json").kind == "rankings"


@given(cast(rankings()))
def test_rankings_are_read_as_they_were_written(votes):
    if not any(choice for _number, choice in votes):
        return
    election = read(written(OPTIONS, *votes), ".json", Method.SCHULZE)
    for line, (_number, choice) in zip(election.box.columns.T, votes, strict=True):
        assert [set(rank) for rank in unpack(Method.SCHULZE, OPTIONS, line.tobytes())] == [set(rank) for rank in choice]
    assert election.box.cast == sum(number for number, _choice in votes)


def test_pabulib_budgets_and_costs_are_exact():
    election = read(PABULIB, ".pb")
    assert str(election.budget) == "2001/2"
    assert election.costs == {"1": 400, "2": 500}
    assert election.box.cast == 3


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("num_votes;3", "num_votes;4", 6), ("8;;2", "8;;5", 15), ("8;;2", "8;2", 15), ("1;400", "1;-4", 10),
     ("vote_type;approval", "vote_type;ordinal", 7), ("budget;1000.50", "budget;beaucoup", 4),
     ("9;51;1", "9;51;1,1", 16)],
)  # fmt: skip
def test_pabulib_says_which_line_is_wrong(old, new, line):
    assert line in lines(PABULIB.replace(old, new), ".pb")


def test_pabulib_saved_by_a_spreadsheet_is_read_as_before():
    # Every line has as many cells, and the description holds what the format separates with
    wide = PABULIB.replace("des quartiers", "des quartiers; 2026")
    wide = "\r\n".join(line + ";;" for line in wide.splitlines())
    election = read("\ufeff" + wide.replace("8;;2;;", "8;;;;"), ".pb")
    assert election.costs == read(PABULIB, ".pb").costs
    assert (election.budget, election.box.cast, election.box.blank(0)) == (Fraction("1000.5"), 3, 1)


SCORING = PABULIB.replace("vote_type;approval", "vote_type;scoring").replace("age;vote", "points;vote")
SCORING = SCORING.replace("7;34;1,2", '7;"3,1";1,2').replace("8;;2", "8;5;2").replace("9;51;1", "9;1;1")


def test_pabulib_points_and_orders_are_counted_by_a_method_that_is_named():
    scored = read(SCORING, ".pb", Method.SCORE)
    assert (scored.kind, scored.scale) == ("scores", (0, 10))
    assert count(Rule(method=Method.SCORE), scored.box).counts == {"1": 4, "2": 6}
    ordinal = PABULIB.replace("vote_type;approval", "vote_type;ordinal")
    assert read(ordinal, ".pb", Method.SCHULZE).kind == "rankings"
    assert lines(SCORING, ".pb") == lines(ordinal, ".pb") == [7], "no method is named"
    assert read(PABULIB.replace("approval", "choose-1").replace("1,2", "1"), ".pb").kind == "marks"
    assert lines(PABULIB.replace("approval", "choose-1"), ".pb") == [14]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("8;5;2", "8;5,1;2", 15), ("8;5;2", "8;;2", 15), ("8;5;2", "8;x;2", 15), ("8;5;2", '8;"1,1";"2,2"', 15),
     ("points;vote", "age;vote", 13), ("8;5;2", "8;400;2", 1), ("scoring", "wishes", 7)],
)  # fmt: skip
def test_pabulib_points_say_which_line_is_wrong(old, new, line):
    assert line in lines(SCORING.replace(old, new), ".pb", method=Method.SCORE)


def test_no_scale_is_wider_than_a_byte():
    # An enormous score took all the memory there is; a great one was refused in words of the machine
    for score in (256, 10**12):
        given = {"options": ["a"], "ballots": [{"choice": {"a": 0}}, {"choice": {"a": score}}]}
        with pytest.raises(Malformed, match="de 250 au plus"):
            read(json.dumps(given), ".json")
    grades = [f"mention {n}" for n in range(300)]
    with pytest.raises(Malformed, match="trop de mentions"):
        read(json.dumps({"options": ["a"], "grades": grades, "ballots": [{"choice": {"a": grades[-1]}}]}), ".json")


FORMER = """3
1,Arbres
2,Bancs
3,Crèche
9,9,3
4,1,{2,3}
3,2
2,{1, 3}
"""


def test_preflib_files_of_before_2022_say_the_same():
    former, now = read(FORMER, ".toi"), read(PREFLIB, ".toi")
    assert former.options == now.options
    assert former.box.counts.tolist() == [4, 3, 2]
    assert (former.box.columns[:, 0] == now.box.columns[:, 0]).all()
    assert lines(FORMER.replace("9,9,3", "8,8,3"), ".toi") == [5]
    assert lines(FORMER.replace("3,2\n", "3,4\n"), ".toi") == [7]
    assert lines(FORMER.replace("2,Bancs", "Bancs"), ".toi")[0] == 3
    assert read(PREFLIB.replace("1,{2,3}", "1, { 2, 3 }"), ".toi").box.cast == 9


def test_preflib_ties_and_short_rankings():
    election = read(PREFLIB, ".toi")
    assert election.options == ("Arbres", "Bancs", "Crèche")
    assert election.box.counts.tolist() == [4, 3, 2]
    assert lines(PREFLIB, ".soi") == [7]
    assert lines(PREFLIB, ".soc") == [7, 8]
    assert lines(PREFLIB.replace("3: 2", "3: 9"), ".toi") == [8]
    assert lines(PREFLIB.replace("3: 2", "3 2"), ".toi") == [8]
    assert lines(PREFLIB.replace("{2,3}", "{2,3"), ".toi") == [7]
    assert lines(PREFLIB.replace("VOTERS: 9", "VOTERS: 8"), ".toi") == [3]


def test_csv_reads_each_method():
    assert read("arbres;bancs;nombre\n1;0;3\n1;1;2\n", ".csv").box.cast == 5
    assert read("choix,count\npour,3\nNon,2\n", ".csv").answers == {"yes": "pour", "no": "Non"}
    assert read("\ufeffarbres,bancs\n2,1\n,1\n", ".csv", Method.IRV).kind == "rankings"
    graded = read("arbres\tbancs\nBien\tPassable\n4\t\n", ".csv")
    assert graded.box.columns.tolist() == [[3, 3], [2, 255]]
    assert read("arbres,bancs\n7,9\n", ".csv", Method.SCORE).scale == (0, 10)
    assert read("arbres,bancs\n-7,90\n", ".csv", Method.SCORE).scale == (-7, 90)


def test_csv_guesses_nothing():
    assert lines("arbres,bancs\n2,1\n", ".csv") == [1]
    assert lines("arbres,bancs\n1,0\n1\n1,1,1\n", ".csv") == [3, 4]
    assert lines("choix\nbleu\nrouge\n", ".csv") == [2, 3]
    assert lines("arbres,bancs,nombre\n1,0,beaucoup\n", ".csv") == [2]
    assert lines("", ".csv") == [1]


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".docx"])
@pytest.mark.parametrize("text", ["", "\x00", "a", "a;b\n1", "# x\n1: 2", "META\nkey;value", '"', "{}"])
def test_nonsense_never_passes_for_ballots(text, suffix):
    assert lines(text, suffix)


def test_ballots_on_one_line_are_told_apart():
    text = '{"options": ["a"], "ballots": [{"choice": ["a"]}, {"choice": ["z"]}, {"count": 0, "choice": ["a"]}, 7]}'
    with pytest.raises(Malformed) as refused:
        read(text, ".json", Method.APPROVAL)
    assert [plain(sentence)[:12] for _line, sentence in refused.value.lines] == [
        "bulletin 4 :", "bulletin 2 :", "bulletin 3 :",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "suffix", "says"),
    [
        ("[]", ".json", "le fichier doit être un objet"),
        ('{"options": ["a"], "options": ["b"], "ballots": []}', ".json", "« options » est écrit deux fois."),
        ('{"options": ["a"], "ballots": [{"choice": {"a": NaN}}]}', ".json", "« NaN » n’est pas une note entière."),
        ('{"options": ["a"], "ballots": [{"choice": {"a": true}}]}', ".json", "« true » n’est pas une note entière."),
        ("a,b\n1\n", ".csv", "il y a 1 case, il en faut 2."),
    ],
)
def test_what_is_wrong_is_said_as_the_file_writes_it(text, suffix, says):
    with pytest.raises(Malformed) as refused:
        read(text, suffix, Method.SCORE)
    assert says in plain(refused.value.lines[0][1])


@pytest.mark.parametrize(
    "head",
    ['"Parc, nord, sud";Place', '"Parc; nord; sud; est",Place', '"Parc\nnord",Place', '"Le ""grand"", parc";Place'],
)
def test_an_option_of_a_csv_may_hold_what_separates_the_others(head):
    election = read(head + "\n1,0\n0,1\n".replace(",", head[-6]), ".csv")
    assert len(election.options) == 2
    assert election.options[1] == "Place"
    assert election.box.cast == 2


def test_pabulib_and_preflib_say_nothing_twice():
    assert lines(PABULIB.replace("budget;1000.50", "budget;1000.50\nbudget;400"), ".pb") == [5]
    assert lines(PREFLIB.replace("NAME 3: Crèche", "NAME 3: Crèche\n# ALTERNATIVE NAME 3: Dojo"), ".toi") == [7]


def test_pabulib_columns_are_known_by_their_names():
    other = (
        PABULIB.replace("project_id;cost;", "cost;project_id;").replace("1;400;", "400;1;").replace("2;500;", "500;2;")
    )
    assert read(other, ".pb").costs == read(PABULIB, ".pb").costs
    assert lines(PABULIB.replace("project_id;", "code;"), ".pb") == [9]

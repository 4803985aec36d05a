import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convention.algorithms.decision import (
    Base,
    Completion,
    Method,
    NoOpinion,
    Outcome,
    QuorumBase,
    Rule,
    RuleError,
    Secrecy,
    Tie,
    choose,
    decide,
    needed,
)
from convention.algorithms.words import decision_sentence, rule_sentences

JUDGED = Rule(method=Method.MAJORITY_JUDGMENT)
PLAIN = str.maketrans("\u00a0\u202f", "  ")


def said(rule, decision):
    return decision_sentence(rule, decision).translate(PLAIN)


def motion(rule, yes, no, abstention=0, blank=0, present=None, entitled=100):
    cast = yes + no + abstention + blank
    counts = {"yes": yes, "no": no, "abstention": abstention}
    present = cast if present is None else present
    return decide(rule, counts, cast=cast, blank=blank, present=present, entitled=entitled)


def text(rule, *grades, no_opinion=0, blank=0, entitled=100):
    cast = sum(grades) + no_opinion + blank
    counts = {str(value): number for value, number in enumerate(grades, start=1)}
    return decide(rule, counts, cast=cast, blank=blank, present=cast, entitled=entitled)


shares = st.builds(Fraction, st.integers(1, 9), st.just(10))
rules = st.builds(
    Rule,
    method=st.sampled_from(Method),
    majority=shares,
    strict=st.booleans(),
    base=st.sampled_from(Base),
    quorum=st.none() | shares,
    quorum_base=st.sampled_from(QuorumBase),
    no_opinion=st.sampled_from([NoOpinion.EXCLUDED, NoOpinion.REJECTS]),
    grades=st.lists(st.text("abcé\u0301ü", min_size=1), min_size=4, max_size=7, unique=True)
    .map(lambda grades: tuple(f"{place} {grade}" for place, grade in enumerate(grades))),
    keep_at=st.integers(1, 4),
    budget=st.none() | st.integers(1, 10**9),
    completion=st.sampled_from(Completion),
    secrecy=st.sampled_from(Secrecy),
    tie=st.sampled_from([Tie.ANNOUNCED, Tie.RUN_OFF]),
    indicative=st.booleans(),
)  # fmt: skip


@given(rules)
def test_a_rule_survives_its_writing(rule):
    again = Rule.from_json(rule.to_json())
    assert again == rule
    assert again.fingerprint() == rule.fingerprint()
    assert json.loads(rule.to_json())["majority"] == f"{rule.majority.numerator}/{rule.majority.denominator}"


@given(rules)
def test_every_rule_can_be_said(rule):
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in rule_sentences(rule))


@pytest.mark.parametrize("base", Base)
@pytest.mark.parametrize("secrecy", [Secrecy.HANDS, Secrecy.OPEN])
def test_hands_and_names_leave_no_ballot(base, secrecy):
    # Whoever read this rule aloud told a room that raised hands that blank ballots count
    rule = Rule(base=base, secrecy=secrecy, majority=Fraction(3, 5), strict=False, quorum=Fraction(1, 2))
    said = " ".join(rule_sentences(rule))
    assert "blanc" not in said
    assert "bulletin" not in said
    assert "blanc" in " ".join(rule_sentences(replace(rule, secrecy=Secrecy.SECRET)))


def test_the_usual_rule_keeps_its_fingerprint():
    # A change here breaks the fingerprints printed on past notices: it needs a reason.
    assert Rule().fingerprint() == "e79acfb963c40da39d6805b0b275386e743161612bf2423d3f99b67652a57ec5"


def test_accents_typed_apart_make_the_same_rule():
    assert Rule(grades=("Rejete\u0301", "Bien", "Très bien", "Parfait")).fingerprint() == (
        Rule(grades=("Rejeté", "Bien", "Très bien", "Parfait")).fingerprint()
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": 1}, "clé inconnue"),
        ({"majority": None}, "majority"),
        ({"majority": 0.5}, "majority"),
        ({"majority": "1/0"}, "majority"),
        ({"method": "borda"}, "method"),
        ({"strict": 1}, "strict"),
        ({"seats": True}, "seats"),
        ({"seats": 0}, "au moins une option"),
        ({"grades": ["a"]}, "mentions"),
        ({"grades": ["a", 2]}, "grades"),
        ({"keep_at": 6}, "échelle"),
        ({"majority": "1/1"}, "atteindre"),
        ({"quorum": "3/2"}, "quorum"),
        ({"tie": "president"}, "secret"),
        ({"tie": "draw"}, "tire pas"),
        ({"no_opinion": "static"}, "sans avis"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(change, words):
    written = json.loads(Rule().to_json()) | change
    with pytest.raises(RuleError, match=words):
        Rule.from_json(json.dumps(written))


def test_a_key_missing_or_said_twice_is_refused():
    written = json.loads(Rule().to_json())
    del written["tie"]
    with pytest.raises(RuleError, match="manque.*tie"):
        Rule.from_json(json.dumps(written))
    del written["base"]
    with pytest.raises(RuleError, match=r"(?s)inconnue.*couleur.*\n.*manque.*base.*\n.*manque.*tie"):
        Rule.from_json(json.dumps(written | {"couleur": "rouge"}))  # all that is wrong, at once
    with pytest.raises(RuleError, match=r"(?s)manque.*tie.*\n.*majority.*\n.*strict"):
        Rule.from_json(json.dumps(written | {"base": "cast", "majority": "half", "strict": "yes"}))
    with pytest.raises(RuleError, match="deux fois"):
        Rule.from_json(Rule().to_json().replace("{", '{"tie":"draw",', 1))
    for nonsense in ("[]", "{", "null"):
        with pytest.raises(RuleError):
            Rule.from_json(nonsense)


def test_twenty_of_thirty_nine_are_needed():
    decision = motion(Rule(), 27, 12)
    assert decision.outcome is Outcome.ADOPTED
    assert decision.needed == 20
    assert said(Rule(), decision) == "Adopté : 27 pour sur 39 exprimés ; il en fallait 20."
    assert motion(Rule(), 20, 19).outcome is Outcome.ADOPTED
    assert motion(Rule(), 19, 20).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("base", "whole", "enough"),
    [
        (Base.EXPRESSED, 30, 16),
        (Base.EXPRESSED_AND_ABSTENTIONS, 36, 19),
        (Base.CAST, 40, 21),
        (Base.PRESENT, 45, 23),
        (Base.ENTITLED, 60, 31),
    ],
)
def test_the_base_changes_what_is_needed(base, whole, enough):
    decision = motion(Rule(base=base), 18, 12, abstention=6, blank=4, present=45, entitled=60)
    assert (decision.base_size, decision.needed) == (whole, enough)
    assert decision.outcome is (Outcome.ADOPTED if enough <= 18 else Outcome.REJECTED)


def test_two_thirds_are_counted_without_rounding():
    two_thirds = Rule(majority=Fraction(2, 3), strict=False)
    assert needed(Fraction(2, 3), False, 39) == 26
    assert needed(Fraction(2, 3), True, 39) == 27
    assert motion(two_thirds, 26, 13).outcome is Outcome.ADOPTED
    assert motion(replace(two_thirds, strict=True), 26, 13).outcome is Outcome.REJECTED


@given(st.integers(0, 10**12), shares, st.booleans())
def test_what_is_needed_is_the_smallest_that_suffices(whole, share, strict):
    enough = needed(share, strict, whole)
    reached = (lambda n: n > share * whole) if strict else (lambda n: n >= share * whole)
    assert reached(enough)
    assert enough == 1 or not reached(enough - 1)


def test_as_many_for_as_against_is_not_adopted():
    decision = motion(Rule(), 20, 20)
    assert decision.outcome is Outcome.REJECTED
    assert decision.tied == ("yes", "no")
    assert "à égalité" in said(Rule(), decision)
    president = Rule(secrecy=Secrecy.OPEN, tie=Tie.PRESIDENT)
    assert motion(president, 20, 20).outcome is Outcome.TIE
    assert "présidence" in said(president, motion(president, 20, 20))


@pytest.mark.parametrize(("vote", "outcome"), [("yes", Outcome.ADOPTED), ("no", Outcome.REJECTED)])
def test_the_president_settles_a_tie_and_nothing_else(vote, outcome):
    rule = Rule(secrecy=Secrecy.HANDS, tie=Tie.PRESIDENT)

    def settled(rule, yes, no, **more):
        counts = {"yes": yes, "no": no, "abstention": 0}
        return decide(rule, counts, cast=yes + no, blank=0, present=99, entitled=99, casting=vote, **more)

    decision = settled(rule, 20, 20)
    assert (decision.outcome, decision.winners, decision.tied, decision.casting) == (outcome, (vote,), (), vote)
    assert "sa voix l’emporte" in said(rule, decision)
    # One voice more, another rule, or no quorum: her vote weighs what any other does
    assert settled(rule, 21, 20).casting is None
    assert settled(replace(rule, tie=Tie.ANNOUNCED), 20, 20).casting is None
    assert settled(replace(rule, quorum=Fraction(1, 2)), 20, 20).outcome is Outcome.NO_QUORUM


def test_nobody_expressed_adopts_nothing():
    assert motion(Rule(strict=False), 0, 0, blank=3).outcome is Outcome.REJECTED


def test_the_quorum_counts_blank_ballots():
    rule = Rule(quorum=Fraction(1, 2))
    assert motion(rule, 10, 5, blank=5, entitled=40).outcome is Outcome.ADOPTED
    missed = motion(rule, 10, 5, blank=5, entitled=41)
    assert (missed.outcome, missed.quorum_needed) == (Outcome.NO_QUORUM, 21)
    assert said(rule, missed) == "Quorum non atteint : 20 bulletins, il en fallait 21."
    present = replace(rule, quorum_base=QuorumBase.PRESENT)
    assert motion(present, 10, 5, present=30).outcome is Outcome.ADOPTED


def test_the_middle_voice_keeps_or_sends_back():
    # The two examples of the room: 0/2/5/18/13 is kept, 6/8/14/8/2 goes back.
    kept = text(JUDGED, 0, 2, 5, 18, 13)
    assert (kept.outcome, kept.grade, kept.position) == (Outcome.KEPT, 4, 20)
    assert said(JUDGED, kept) == "La voix du milieu (la 20e sur 38) dit « Bien » (4) : gardé."
    back = text(JUDGED, 6, 8, 14, 8, 2)
    assert (back.outcome, back.grade_label) == (Outcome.REWRITE, "Passable")
    assert said(JUDGED, back).endswith(": à réécrire.")


def test_of_two_middles_the_lower_decides():
    assert text(JUDGED, 0, 0, 19, 19, 0).outcome is Outcome.REWRITE
    assert text(JUDGED, 0, 0, 19, 20, 0).outcome is Outcome.KEPT


def test_the_rule_for_no_opinion_changes_the_result():
    out = replace(JUDGED, no_opinion=NoOpinion.EXCLUDED)
    assert text(out, 0, 0, 8, 12, 0, no_opinion=6).outcome is Outcome.KEPT
    assert text(JUDGED, 0, 0, 8, 12, 0, no_opinion=6).outcome is Outcome.REWRITE
    static = replace(JUDGED, no_opinion=NoOpinion.STATIC, no_opinion_grade=5)
    assert text(static, 0, 0, 8, 2, 0, no_opinion=20).grade == 5
    median = replace(JUDGED, no_opinion=NoOpinion.MEDIAN)
    assert text(median, 0, 0, 8, 12, 0, no_opinion=60).grade == 4


def test_no_voice_decides_nothing():
    out = replace(JUDGED, no_opinion=NoOpinion.EXCLUDED)
    assert text(out, 0, 0, 0, 0, 0, no_opinion=6).outcome is Outcome.NO_VOICE
    assert "rien n’est décidé" in said(out, text(out, 0, 0, 0, 0, 0, no_opinion=6))


def test_numbers_that_contradict_each_other_are_refused():
    for broken in (
        lambda: decide(Rule(), {"yes": 3, "no": 1}, cast=5, blank=0, present=5, entitled=9),
        lambda: decide(Rule(), {"yes": 3, "maybe": 1}, cast=4, blank=0, present=5, entitled=9),
        lambda: decide(Rule(), {"yes": -3, "no": 8}, cast=5, blank=0, present=5, entitled=9),
        lambda: motion(Rule(), 10, 5, entitled=14),
        lambda: decide(JUDGED, {"1": 3}, cast=2, blank=0, present=5, entitled=9),
        lambda: decide(JUDGED, {"6": 3}, cast=3, blank=0, present=5, entitled=9),
        lambda: decide(Rule(method=Method.IRV), {"a": 3}, cast=3, blank=0, present=5, entitled=9),
    ):
        with pytest.raises(RuleError):
            broken()


TURNOUT = {"cast": 30, "blank": 0, "present": 30, "entitled": 40}


def test_a_tie_across_the_cut_is_announced():
    rule = Rule(method=Method.APPROVAL, seats=2)
    decision = decide(rule, {"a": 20, "b": 10, "c": 10, "d": 1}, **TURNOUT)
    assert (decision.outcome, decision.winners, decision.tied) == (Outcome.TIE, ("a",), ("b", "c"))
    assert said(rule, decision) == "Retenue : « a » (20 voix). Égalité entre « b » (10 voix), « c » (10 voix)."
    assert decide(replace(rule, seats=3), {"a": 20, "b": 10, "c": 10, "d": 1}, **TURNOUT).winners == ("a", "b", "c")


def test_a_public_draw_is_the_same_for_everyone():
    rule = Rule(method=Method.APPROVAL, tie=Tie.DRAW)
    one = choose(rule, (("a", "b", "c"),), {}, seed="2027-03-01", **TURNOUT)
    other = choose(rule, (("c", "a", "b"),), {}, seed="2027-03-01", **TURNOUT)
    assert one.winners == other.winners
    assert one.outcome is Outcome.CHOSEN
    assert len({choose(rule, (("a", "b", "c"),), {}, seed=str(n), **TURNOUT).winners for n in range(30)}) == 3


def test_labels_are_french():
    for kind in (Method, Base, QuorumBase, Secrecy, Tie, Completion, Outcome, NoOpinion):
        assert all(each.label and each.label != each.value for each in kind)

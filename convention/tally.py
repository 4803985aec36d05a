"""`convention tally`: count a file of ballots, as the platform does, on anyone's own machine."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from convention.algorithms import majority_judgment
from convention.algorithms.count import Count, count, method_of
from convention.algorithms.decision import Method, Rule, RuleError
from convention.algorithms.election import METHODS, Election, Malformed
from convention.algorithms.reading import read
from convention.kit.i18n import gettext as _
from convention.kit.text import printable

DONE, REFUSED = 0, 2
LONGEST = 400  # signs of a refusal: the words of a file may be millions


def run(path: str | Path, method: str | None = None, rule_path: str | Path | None = None) -> tuple[str, int]:
    """The result as JSON and exit code 0; or the sentences that say what is wrong in the files and exit code 2."""
    path = Path(path)
    try:
        rule = None if rule_path is None else Rule.from_json(_text(rule_path))
        named = None if method is None else method_of(method)
        if rule is not None and named is not None and rule.method is not named:
            raise RuleError(
                _("La règle dit « {rule} », la commande « {method} ».").format(rule=rule.method, method=named)
            )
        wanted = rule.method if rule is not None else named
        election = read(
            _text(path),
            path.suffix,
            wanted,
            rule.grades if rule is not None and rule.method is Method.MAJORITY_JUDGMENT else (),
            (rule.score_from, rule.score_to) if rule is not None and rule.method is Method.SCORE else None,
        )
        if rule is not None and None not in (rule.budget, election.budget) and rule.budget != election.budget:
            raise RuleError(_("{path} : le budget du fichier n’est pas celui de la règle.").format(path=path))
        rule = rule or _rule_for(election, wanted)
        return _report(rule, election), DONE
    except Malformed as error:
        sentence = _("{path}, ligne {line} : {sentence}")
        said = (sentence.format(path=path, line=line, sentence=_shown(said)) for line, said in error.lines)
        return "\n".join(said), REFUSED
    except ValueError as error:
        return _shown(str(error)), REFUSED


def _shown(sentence: str) -> str:
    """With what it quotes of the file, as a reader can take it: the two ends, and nothing that a terminal obeys."""
    whole = len(sentence) <= LONGEST
    return printable(sentence if whole else f"{sentence[: LONGEST // 2]} … {sentence[-LONGEST // 2 :]}")


def _text(path: str | Path) -> str:
    try:
        return (written := Path(path).read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = _("{path}, ligne {line} : le fichier n’est pas écrit en UTF-8.")
        raise ValueError(said.format(path=path, line=written.count(b"\n", 0, error.start) + 1)) from error
    except OSError as error:
        raise ValueError(_("{path} ne peut pas être lu.").format(path=path)) from error


def _rule_for(election: Election, method: Method | None) -> Rule:
    """The method's usual rule, on the file's own scale, for who brings none."""
    if method is None:
        paid = election.kind == "marks" and election.costs and election.budget is not None
        method = Method.EQUAL_SHARES if paid else METHODS[election.kind][0]
    if method not in METHODS[election.kind]:
        raise RuleError(
            _("Ces bulletins se dépouillent par {names}, non par « {method} ».").format(
                names=", ".join(METHODS[election.kind]), method=method
            )
        )
    options: dict[str, Any] = {"method": method}
    if election.kind == "grades":
        options |= {"grades": election.grades, "keep_at": min(4, len(election.grades))}
    if election.kind == "scores" and election.scale is not None:
        options |= {"score_from": election.scale[0], "score_to": election.scale[1]}
    return Rule(**options)


def _report(rule: Rule, election: Election) -> str:
    if rule.method not in METHODS[election.kind]:
        raise RuleError(_("Ces bulletins ne se dépouillent pas par « {method} ».").format(method=rule.method))
    counted = count(
        rule,
        election.box,
        present=election.present,
        entitled=election.entitled,
        costs=election.costs,
        budget=election.budget,
    )
    return json.dumps(_written(rule, counted, election.answers), ensure_ascii=False, indent=2)


def _written(rule: Rule, counted: Count, answers: Mapping[str, str]) -> dict[str, Any]:
    def own(option: str) -> str:
        """The file's own word for an answer."""
        return answers.get(option, option)

    decided = counted.decision
    report: dict[str, Any] = {
        "method": rule.method,
        "rule": rule.fingerprint(),
        "winners": [own(option) for option in counted.winners],
        "ranking": [[own(option) for option in equals] for equals in counted.ranking],
        "tied": [own(option) for option in decided.tied],
        "counts": {own(option): _number(number) for option, number in counted.counts.items()},
        "cast": decided.cast,
        "blank": decided.blank,
        "expressed": decided.expressed,
        "outcome": decided.outcome,
        "sentence": counted.sentence,
        "steps": list(counted.steps),
    }
    if rule.method is Method.MAJORITY_JUDGMENT:
        assert isinstance(counted.result, majority_judgment.Result), "a majority judgment gives standings"
        report["counts"] = {
            option: dict(zip(rule.grades, standing.given, strict=True)) | {"no_opinion": standing.no_opinion}
            for option, standing in counted.result.standings.items()
        }
        report["grades"] = counted.grades
    return report


def _number(number: int | Fraction) -> int | str:
    """Whole numbers as they are; others as exact fractions, "25/3"."""
    return int(number) if Fraction(number).denominator == 1 else str(number)

"""The real measures of the Convention citoyenne pour le climat, from proposals to the files of an edition.

    python -m bench.climate DATA [--out FOLDER]

DATA holds `ccc/propositions.json` (146 measures; MieuxVoter's public vote of 2020 gives the counts of 143) and
`oracles/jugement_majoritaire_ccc.json` (those 143 with the grade expected under each of two declared rules for « pas
d'avis »). The measures become proposals, their counts are entered as counted totals, once under each rule; each grade
must be the oracle's, and the edition comes out in all its files. Exit code 1 if a grade differs. Nothing of the data is
kept here.
"""

import argparse
import datetime as dt
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from convention import app
from convention.algorithms.decision import Method, NoOpinion, Rule, Secrecy
from convention.conventions import actions as conventions
from convention.conventions.models import Convention
from convention.kit import clock, migrations
from convention.kit.db import Database
from convention.people import actions as people
from convention.people.forms import PersonForm
from convention.people.models import RoleKind
from convention.programme import actions as programme
from convention.programme import queries as programme_queries
from convention.programme.forms import PhaseForm, ThemeForm
from convention.proposals import actions as proposals
from convention.proposals import queries as proposal_queries
from convention.proposals.forms import CardForm
from convention.recommendations import actions as recommendations
from convention.recommendations.files import FORMATS
from convention.recommendations.snapshot import Edition
from convention.settings import resource
from convention.voting import actions as voting
from convention.voting import queries as polls
from convention.voting.counts import NO_OPINION
from convention.voting.models import Mode

RULES = {
    NoOpinion.REJECTS: "mention_sans_avis_comme_rejet",
    NoOpinion.EXCLUDED: "mention_hors_sans_avis",
}
KEYS = {"1": "a_rejeter", "2": "mauvais", "3": "passable", "4": "bien", "5": "excellent", NO_OPINION: "pas_d_avis"}
GRADES = ("À rejeter", "Mauvais", "Passable", "Bien", "Excellent")
COLOURS = (("sante", "heart-pulse"), ("mob", "tram-front"), ("eco", "sprout"), ("just", "scale"), ("rel", "users"))
MOST = 60  # texts in one poll


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, help="where to write the edition's files")
    arguments = parser.parse_args()
    measures = json.loads((arguments.data / "ccc" / "propositions.json").read_text("utf-8"))
    oracle = json.loads((arguments.data / "oracles" / "jugement_majoritaire_ccc.json").read_text("utf-8"))["mesures"]
    wrong = 0
    for no_opinion, expected in RULES.items():
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/climate.sqlite3", app.REACTIONS)
            migrations.upgrade(database, resource("migrations"))
            edition, grades = hold(database, measures, no_opinion)
            database.dispose()
        asked = {one["mesure"].strip(): one[expected] for one in oracle}
        agree = sum(grades.get(text) == grade for text, grade in asked.items())
        wrong += len(asked) - agree
        print(f"« pas d’avis » {no_opinion}: {agree} of {len(asked)} grades agree, {len(edition.recommendations)} kept")
        write(edition, arguments.out / str(no_opinion) if arguments.out else None)
    return 1 if wrong else 0


def hold(database: Database, measures: list[dict], no_opinion: NoOpinion) -> tuple[Edition, dict[str, int]]:
    """Propose, vote, freeze. Returns the edition and {measure: grade}."""
    with database.writing() as db:
        convention = conventions.start(
            db,
            Convention(
                title="Convention citoyenne pour le climat",
                question="Comment réduire les émissions d’au moins 40 % d’ici 2030, avec justice sociale ?",
                city="France",
                seats=150,
                created_at=clock.now(),
            ),
        )
        claire = people.add(db, convention, PersonForm(name="Claire", roles=(RoleKind.FACILITATOR,)))
        nadia = people.add(db, convention, PersonForm(name="Nadia", roles=(RoleKind.MEMBER,)))
        today = clock.local(clock.now()).date()
        phase = PhaseForm.read(
            {
                "name": "Écrire et voter",
                "opens_on": (today - dt.timedelta(days=1)).isoformat(),
                "opens": "00:00",
                "closes_on": (today + dt.timedelta(days=2)).isoformat(),
                "closes": "00:00",
                "activities": ("proposer", "modifier", "voter"),
            }
        )
        programme.add_phase(db, convention, phase, by=claire)
        for place, name in enumerate(sorted({measure["theme"] for measure in measures})):
            colour, icon = COLOURS[place % len(COLOURS)]
            form = ThemeForm.read({"name": name, "summary": "", "colour": colour, "icon": icon})
            programme.add_theme(db, convention, form, by=claire)
        themes = {theme.name: theme for theme in programme_queries.themes(db, convention)}

        votes: dict[str, list] = defaultdict(list)
        for measure in measures:
            form = CardForm.read(
                {
                    "title": shortened(measure["text"]),
                    "theme": themes[measure["theme"]].slug,
                    "constat": f"Objectif de la convention : {measure['objective']}.",
                    "objective": measure["objective"] or measure["theme"],
                    "mesure-n1": measure["text"],
                }
            )
            assert isinstance(form, CardForm), form.errors
            made = proposals.submit(db, convention, nadia, form, themes[measure["theme"]])
            if measure["votes"]:
                version = proposal_queries.passages(db, made)[0].version
                votes[measure["theme"]].append((version, measure))
        grades: dict[str, int] = {}
        rule = Rule(
            method=Method.MAJORITY_JUDGMENT, grades=GRADES, keep_at=4, no_opinion=no_opinion, secrecy=Secrecy.HANDS
        )
        for theme, several in votes.items():
            for start in range(0, len(several), MOST):
                grades |= poll(db, convention, claire, theme, rule, several[start : start + MOST])
        row = recommendations.freeze(db, convention, by=claire, site="https://exemple.invalid", previewed=1)
        return Edition.model_validate_json(row.content), grades


def poll(db, convention, claire, theme: str, rule: Rule, several: list) -> dict[str, int]:
    """One poll by counted totals: {measure: grade}."""
    opened = proposals.put_to_vote(db, convention, claire, theme, [version.id for version, _measure in several])
    totals = []
    for _version, measure in several:
        counts = {value: measure["votes"][name] for value, name in KEYS.items()}
        totals.append(voting.Totals(counts, present=sum(counts.values())))
    entitled = max(total.present for total in totals)
    voting.plan(db, opened, rule, mode=Mode.TOTALS, title=theme, entitled=entitled, by=claire)
    voting.open_poll(db, opened)
    voting.enter_totals(db, opened, totals, by=claire)
    outcomes = polls.outcomes(db, [version.subject for version, _measure in several])
    return {measure["text"].strip(): outcomes[version.subject].grade for version, measure in several}


def shortened(text: str, most: int = 88) -> str:
    """The measure's first words, for a title."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rsplit(' ', 1)[0]}…"


def write(edition: Edition, out: Path | None) -> None:
    """Every file of the edition, with its weight and how long it took."""
    for format in FORMATS.values():
        began = time.perf_counter()
        content = format.write(edition, resource("static"))
        print(f"  {format.suffix:14}{len(content):>12,} octets{time.perf_counter() - began:8.1f} s")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / format.name(edition)).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())

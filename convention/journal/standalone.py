#!/usr/bin/env python3
"""Vérifie un dossier du journal d’une convention, sans réseau et sans autre programme que Python (3.9 ou plus).

    python3 -I verify.py
    python3 -I verify.py --note EMPREINTE      une empreinte de fin que vous aviez notée, ou reçue
    python3 -I verify.py --avant DOSSIER       un dossier téléchargé plus tôt

Rend 0 si tout tient, 1 si un point ne tient pas, 2 si le dossier ne peut pas être lu. Ce fichier se lit en cinq
minutes : lisez-le avant de le croire.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

JOURNAL, END, LABELS, SUMS = "journal.jsonl", "fin.json", "libelles.json", "SHA256SUMS"
COLUMNS = {"number", "at", "kind", "facts", "previous", "fingerprint"}
Lines = list[dict[str, Any]]
Finding = tuple[bool, str]  # whether it holds, in words


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def mark_of(line: dict[str, Any]) -> str:
    """The fingerprint of a line: of the one before, its number, its moment, its kind and its facts, one a line."""
    words = [line["previous"], str(line["number"]), line["at"], line["kind"], line["facts"]]
    return sha256("\n".join(words).encode())


def read(folder: Path) -> Lines:
    lines = []
    for number, one in enumerate((folder / JOURNAL).read_text("utf-8").splitlines(), start=1):
        try:
            line = json.loads(one)
        except ValueError:
            raise ValueError(f"la ligne {number} du journal a changé : elle ne se lit plus") from None
        if set(line) != COLUMNS:
            raise ValueError(f"la ligne {number} du journal a changé : elle n’a plus ses colonnes")
        lines.append(line)
    return lines


def pieces(lines: Lines) -> dict[str, tuple[str, int]]:
    """Each file that the journal holds the fingerprint of: {name: (fingerprint, number of the line)}."""
    found: dict[str, tuple[str, int]] = {}
    for line in lines:
        kind, facts = line["kind"], json.loads(line["facts"])
        if kind == "conventions.TextWritten":
            name, mark = f"textes/{facts['text_kind']}-v{facts['version']}.md", facts["sha256"]
        elif kind == "programme.MinutesPublished":
            name, mark = f"comptes-rendus/{facts['sitting_id']}-v{facts['version']}.md", facts["sha256"]
        elif kind == "voting.PollOpened":
            name, mark = f"scrutins/{facts['poll_id']}-regle.json", facts["rule_sha256"]
        elif kind == "voting.PollClosed":
            name, mark = f"scrutins/{facts['poll_id']}-resultat.json", facts["result_sha256"]
        elif kind == "recommendations.EditionPublished":
            name, mark = f"editions/{facts['number']}.json", facts["sha256"]
        elif kind in ("recommendations.EditionWithdrawn", "recommendations.EditionClosed"):
            found.pop(f"editions/{facts['number']}.json", None)
            continue
        else:
            continue
        found[name] = mark, line["number"]
    return found


def chained(lines: Lines) -> Iterator[Finding]:
    """Each line follows the one before."""
    previous = ""
    for number, line in enumerate(lines, 1):
        if line["number"] != number:
            yield False, f"Journal : la ligne {number} manque, ou n’est pas à sa place."
            return
        if line["previous"] != previous:
            yield False, f"Journal : la ligne {number} ne suit pas la ligne d’avant."
            return
        if line["fingerprint"] != mark_of(line):
            yield False, f"Journal : la ligne {number} a changé."
            return
        previous = line["fingerprint"]
    yield True, f"Journal : {len(lines)} lignes, chacune suit la précédente."


def ended(folder: Path, lines: Lines) -> Iterator[Finding]:
    """It stops where it is said to stop."""
    end = json.loads((folder / END).read_text("utf-8"))
    last = (lines[-1]["number"], lines[-1]["fingerprint"]) if lines else (0, "")
    said = f"ligne {end['number']}, empreinte {end['fingerprint']}"
    yield (end["number"], end["fingerprint"]) == last, f"Fin du journal : {said}"


def filed(folder: Path, lines: Lines) -> Iterator[Finding]:
    """What was published has the fingerprint that was written down then."""
    labels = json.loads((folder / LABELS).read_text("utf-8"))
    for name, (mark, number) in sorted(pieces(lines).items()):
        said = f"{labels.get(name, name)}, ligne {number} du journal ({name})"
        if not (folder / name).is_file():
            yield False, f"Manque : {said}"
        else:
            yield sha256((folder / name).read_bytes()) == mark, said


def drawn(folder: Path, lines: Lines) -> Iterator[Finding]:
    """The seed of a draw between equals, published with the result, is the one that was sealed at the opening."""
    for line in lines:
        facts = json.loads(line["facts"])
        result = folder / f"scrutins/{facts.get('poll_id')}-resultat.json"
        if line["kind"] == "voting.PollOpened" and facts.get("draw_sha256") and result.is_file():
            draw = (json.loads(result.read_text("utf-8")).get("choice") or {}).get("draw")
            if draw:
                same = sha256(draw["seed"].encode()) == facts["draw_sha256"]
                yield same, f"Départage : la graine publiée est celle que scelle la ligne {line['number']}"


def summed(folder: Path) -> Iterator[Finding]:
    """No file was changed, added or taken away since it was downloaded."""
    listed = {}
    for one in (folder / SUMS).read_text("utf-8").splitlines():
        mark, name = one.split("  ", 1)
        listed[name] = mark
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    changed = [name for name in listed if name in there and sha256((folder / name).read_bytes()) != listed[name]]
    for words, names in (
        ("Fichiers changés", changed),
        ("Fichiers retirés", set(listed) - there),
        ("Fichiers qui ne sont pas du dossier", there - set(listed)),
    ):
        if names:
            yield False, f"{words} : {', '.join(sorted(names))}"
    if not changed and set(listed) == there:
        yield True, f"{len(there)} fichiers ont les empreintes de {SUMS}."


def noted(mark: str, lines: Lines) -> Finding:
    """A fingerprint that somebody kept elsewhere."""
    mark = "".join(mark.split()).lower()
    for line in lines:
        if line["fingerprint"] == mark:
            return True, f"L’empreinte notée est celle de la ligne {line['number']} : rien n’a changé jusque-là."
    return False, "L’empreinte notée n’est celle d’aucune ligne : le journal n’est plus celui d’alors."


def continued(earlier: Lines, lines: Lines) -> Finding:
    if lines[: len(earlier)] == earlier:
        return True, f"Le journal d’avant, {len(earlier)} lignes, est le début de celui-ci."
    return False, f"Le journal d’avant, {len(earlier)} lignes, n’est pas le début de celui-ci."


def check(folder: Path, note: str, before: str) -> list[Finding]:
    lines = read(folder)
    found = [*chained(lines), *ended(folder, lines), *filed(folder, lines), *drawn(folder, lines), *summed(folder)]
    if note:
        found.append(noted(note, lines))
    if before:
        found.append(continued(read(Path(before)), lines))
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description="Vérifie ce dossier, sans réseau.")
    asked.add_argument("--note", default="", help="empreinte de fin notée plus tôt")
    asked.add_argument("--avant", default="", help="dossier téléchargé plus tôt")
    options = asked.parse_args()
    try:
        found = check(Path(__file__).resolve().parent, options.note, options.avant)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"Ce dossier ne peut pas être lu : {error}")
        return 2
    for holds, sentence in found:
        print(f"{'Tient' if holds else 'NE TIENT PAS'} : {sentence}")
    broken = sum(not holds for holds, _sentence in found)
    if broken:
        print(f"\n{broken} point(s) sur {len(found)} : ne tient pas.")
        return 1
    print(f"\nTout tient : {len(found)} points.")
    if not options.note and not options.avant:
        print(
            "Comparez l’empreinte de fin à celles que vous avez notées : un journal réécrit en entier se tient aussi."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

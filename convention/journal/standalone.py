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
from typing import Any, NoReturn

JOURNAL, END, LABELS, SUMS = "journal.jsonl", "fin.json", "libelles.json", "SHA256SUMS"
COLUMNS = {"number", "at", "kind", "facts", "previous", "fingerprint"}
Lines = list[dict[str, Any]]
Finding = tuple[bool, str]  # whether it holds, in words


class Unread(Exception):
    """What keeps from reading this folder, in words: nothing is known of the journal yet."""


def text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise Unread(f"{path.name} manque") from None
    except OSError:
        raise Unread(f"{path.name} ne s’ouvre pas") from None
    except UnicodeError:
        raise Unread(f"{path.name} a changé : ce n’est plus du texte") from None


def read_as_object(written: Any, why: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except (ValueError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unread(why)
    return found


def data(path: Path) -> dict[str, Any]:
    return read_as_object(text_of(path), f"{path.name} a changé : il ne se lit plus")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def mark_of(line: dict[str, Any]) -> str:
    """The fingerprint of a line: of the one before, its number, its moment, its kind and its facts, one a line."""
    words = [line["previous"], str(line["number"]), line["at"], line["kind"], line["facts"]]
    return sha256("\n".join(words).encode())


def read(folder: Path) -> Lines:
    lines = []
    for number, one in enumerate(text_of(folder / JOURNAL).splitlines(), start=1):
        line = read_as_object(one, f"la ligne {number} du journal a changé : elle ne se lit plus")
        if set(line) != COLUMNS:
            raise Unread(f"la ligne {number} du journal a changé : elle n’a plus ses colonnes")
        read_as_object(line["facts"], f"la ligne {number} du journal a changé : elle ne se lit plus")
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
    end = data(folder / END)
    if not {"number", "fingerprint"} <= set(end):
        raise Unread(f"{END} a changé : il ne dit plus où finit le journal")
    last = (lines[-1]["number"], lines[-1]["fingerprint"]) if lines else (0, "")
    said = f"ligne {end['number']}, empreinte {end['fingerprint']}"
    yield (end["number"], end["fingerprint"]) == last, f"Fin du journal : {said}"


def filed(folder: Path, lines: Lines) -> Iterator[Finding]:
    """What was published has the fingerprint that was written down then."""
    labels = data(folder / LABELS)
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
            draw = (data(result).get("choice") or {}).get("draw")
            if draw:
                same = sha256(draw["seed"].encode()) == facts["draw_sha256"]
                yield same, f"Départage : la graine publiée est celle que scelle la ligne {line['number']}"


def summed(folder: Path) -> Iterator[Finding]:
    """No file was changed, added or taken away since it was downloaded."""
    listed = {}
    for one in text_of(folder / SUMS).splitlines():
        mark, between, name = one.partition("  ")
        if not between:
            raise Unread(f"{SUMS} a changé : il ne se lit plus")
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


class Mistyped(Exception):
    """What was asked cannot be understood: nothing is said of the journal."""


def noted(mark: str, lines: Lines) -> Finding:
    """A fingerprint that somebody kept elsewhere."""
    mark = "".join(mark.split()).lower()
    if len(mark) != 64 or set(mark) - set("0123456789abcdef"):
        raise Mistyped("Cette empreinte n’est pas entière : elle a 64 signes, de 0 à 9 et de a à f. Recopiez-la.")
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
    asked = [noted(note, lines)] if note else []
    found = [*chained(lines), *ended(folder, lines), *filed(folder, lines), *drawn(folder, lines), *summed(folder)]
    if before:
        if not Path(before).is_dir():
            raise Mistyped(f"Il n’y a pas de dossier « {before} ».")
        asked.append(continued(read(Path(before)), lines))
    return found + asked


class Asked(argparse.ArgumentParser):
    """Its own words are English."""

    def error(self, message: str) -> NoReturn:
        raise Mistyped("Ce qui se fait :\n\n" + "\n".join((__doc__ or "").splitlines()[2:5]))

    def format_help(self) -> str:
        return (__doc__ or "").strip() + "\n"


def shown(sentence: str) -> str:
    """As it is read on a screen: the name of a file commands nothing."""
    return "".join(sign if sign.isprintable() else "�" for sign in sentence)


def main() -> int:
    asked = Asked(allow_abbrev=False)
    asked.add_argument("--note", default="")
    asked.add_argument("--avant", default="")
    try:
        options = asked.parse_args()
        found = check(Path(__file__).resolve().parent, options.note, options.avant)
    except Mistyped as error:
        print(error)
        return 2
    except Unread as error:
        print(f"Ce dossier ne peut pas être lu : {shown(str(error))}. Téléchargez-le de nouveau.")
        return 2
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        print("Ce dossier ne peut pas être lu : un de ses fichiers a changé. Téléchargez-le de nouveau.")
        return 2
    for holds, sentence in found:
        print(f"{'Tient' if holds else 'NE TIENT PAS'} : {shown(sentence)}")
    broken = sum(not holds for holds, _sentence in found)
    if broken:
        said = "point ne tient pas" if broken == 1 else "points ne tiennent pas"
        print(f"\n{broken} {said}, sur {len(found)}.")
        return 1
    print(f"\nTout tient : {len(found)} points.")
    if not options.note and not options.avant:
        print(
            "Comparez l’empreinte de fin à celles que vous avez notées : un journal réécrit en entier se tient aussi."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

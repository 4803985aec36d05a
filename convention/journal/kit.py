"""The verification kit of the record: the journal, and what it holds the fingerprint of, with the means to check both.

`standalone.py` goes along as `verify.py`: it needs Python and nothing else. docs/guarantor.md says how to use it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convention.conventions.models import Convention
from convention.journal import chain, queries
from convention.kit import containers
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.text import date

ALWAYS = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # of its files: the journal's lines have their own dates
PROGRAM = Path(__file__).with_name("standalone.py")


def write(db: Session, convention: Convention, at: dt.datetime) -> bytes:
    """The kit, as an archive that is the same each time for the same journal."""
    files: dict[str, bytes] = {}
    labels: dict[str, str] = {}
    for name, content, label in queries.pieces(db, convention):
        files[name] = content.encode()
        labels[name] = label
    files["journal.jsonl"] = "".join(_lines(db, convention)).encode()
    head = queries.head(db, convention.id)
    number, end = (head.number, head.fingerprint) if head else (0, "")
    files["fin.json"] = _json(
        {"convention": convention.title, "on": at.date().isoformat(), "number": number, "fingerprint": end}
    )
    files["libelles.json"] = _json(labels)
    files["verify.py"] = PROGRAM.read_bytes()
    files["LISEZ-MOI.md"] = _readme(convention, at, end).encode()
    marks = "".join(f"{hashlib.sha256(held).hexdigest()}  {name}\n" for name, held in sorted(files.items()))
    files["SHA256SUMS"] = marks.encode()
    return containers.packed(sorted(files.items()), ALWAYS)


def _lines(db: Session, convention: Convention) -> Iterator[str]:
    for line in queries.lines(db, convention.id):
        told = {
            "number": line.number,
            "at": chain.moment(line.at),
            "kind": line.kind,
            "facts": line.facts,
            "previous": line.previous,
            "fingerprint": line.fingerprint,
        }
        yield json.dumps(told, ensure_ascii=False) + "\n"


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _readme(convention: Convention, at: dt.datetime, end: str) -> str:
    return _(
        "# Vérifier le journal\n\n{title}. Dossier du {day}.\n\n"
        "Empreinte de fin : `{end}`. Notez-la ailleurs que sur ce site.\n\n"
        "## Vérifier\n\nDans ce dossier, avec Python 3.9 ou plus, sans réseau :\n\n"
        "    python3 -I verify.py\n"
        "    python3 -I verify.py --note EMPREINTE\n"
        "    python3 -I verify.py --avant DOSSIER\n\n"
        "La deuxième commande dit si une empreinte que vous aviez notée est bien dans ce journal ; la troisième, si le "
        "journal d’un dossier plus ancien est le début de celui-ci. `verify.py` se lit avant de se croire.\n\n"
        "## Ce qu’il y a\n\n"
        "- `journal.jsonl` : une ligne par fait. Son empreinte est le SHA-256 de l’empreinte d’avant, du numéro, du "
        "moment, du nom du fait et de ses détails, séparés par des fins de ligne.\n"
        "- `textes/`, `comptes-rendus/` : chaque version publiée, telle que le journal en garde l’empreinte.\n"
        "- `scrutins/` : la règle figée à l’ouverture, et le résultat scellé. Les bulletins n’y sont pas : chaque vote "
        "a son dossier de recomptage, sur sa page.\n"
        "- `editions/` : le contenu figé de chaque édition publiée du rapport.\n"
        "- `fin.json`, `libelles.json`, `SHA256SUMS` : où finit le journal, de quoi parle chaque fichier, leurs "
        "empreintes.\n\n"
        "## Ce que cela prouve\n\nQue rien n’a été changé, ajouté ni retiré avant une empreinte que vous avez notée. "
        "Un journal réécrit en entier se tient lui aussi : seule une empreinte gardée ailleurs le montre. Cela ne dit "
        "pas que ce qui a été écrit était vrai.\n"
    ).format(title=convention.title, day=date(at), end=end)

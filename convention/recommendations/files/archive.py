"""Everything at once: each file of the edition, what it is, and how to check it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from convention.kit import containers
from convention.kit.i18n import gettext as _
from convention.recommendations.files import machine, records, text
from convention.recommendations.snapshot import Edition, fingerprint


class Writer(Protocol):
    """What the archive asks of a format."""

    @property
    def label(self) -> object: ...

    def name(self, edition: Edition) -> str: ...

    def write(self, edition: Edition, assets: Path) -> bytes: ...


def everything(edition: Edition, assets: Path, formats: Mapping[str, Writer]) -> bytes:
    files = [(each.name(edition), str(each.label), each.write(edition, assets)) for each in formats.values()]
    files.append(("dictionnaire.csv", _("Ce que dit chaque colonne du CSV"), records.dictionary_file()))
    described = json.dumps(machine.schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    files.append(("schema.json", _("Schéma du fichier JSON"), described.encode()))
    inventory = "\n".join(_inventory(edition, files)) + "\n"
    kept = [("INVENTAIRE.txt", inventory.encode()), *((name, content) for name, _label, content in files)]
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in kept)
    return containers.packed([("SHA256SUMS", sums.encode()), *kept], edition.frozen_at)


def _inventory(edition: Edition, files: list[tuple[str, str, bytes]]) -> Iterable[str]:
    clean = text.rewritten(edition, text.clean)
    yield clean.title
    yield text.edition_name(clean)
    if clean.fictional:
        yield clean.fictional
    yield ""
    for name, label, content in files:
        yield _("{name} : {label}, {size} octets").format(name=name, label=label, size=text.number(len(content)))
    yield ""
    yield _("Licence : {licence}.").format(licence=clean.licence)
    yield _("Adresse : {address}").format(address=clean.address)
    yield _("Empreinte SHA-256 de l’édition, qui est aussi celle du fichier JSON : {digest}").format(
        digest=fingerprint(edition)
    )
    yield _("Pour vérifier les fichiers : sha256sum -c SHA256SUMS")

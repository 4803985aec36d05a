"""The files of an edition, all drawn from one frozen tree: their sentences and figures cannot disagree.

FORMATS["pdf"].write(edition, settings.resource("static"))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from convention.kit.i18n import Lazy, lazy, speaking
from convention.recommendations.files import machine, records
from convention.recommendations.snapshot import Edition

schema = machine.schema
dictionary = records.dictionary


@dataclass(frozen=True)
class Format:
    """One file of an edition: `/rapport/{n}.{suffix}`."""

    order: int
    suffix: str
    label: Lazy
    media_type: str
    writer: str  # « module.function »

    def write(self, edition: Edition, assets: Path) -> bytes:
        """The file, in the edition's language; the same edition always gives the same bytes.

        `assets` is the `static/` folder, where the fonts and icons of the PDF are.
        """
        # Loaded when it draws, not before: the server knows the formats, and draws none of them itself.
        module, _dot, name = self.writer.partition(".")
        draw = getattr(import_module(f"{__name__}.{module}"), name)
        with speaking(edition.language):
            drawn: bytes = draw(edition, assets)
        return drawn

    def name(self, edition: Edition) -> str:
        """« avis-citoyen-edition-2.pdf », for the reader's disk."""
        return f"avis-citoyen-edition-{edition.number}.{self.suffix}"


_ALL = (
    Format(1, "pdf", lazy("L’avis complet"), "application/pdf", "pdf.report"),
    Format(2, "synthese.pdf", lazy("La synthèse en deux pages"), "application/pdf", "pdf.synthesis"),
    Format(3, "gros.pdf", lazy("L’avis en gros caractères"), "application/pdf", "pdf.large_print"),
    Format(
        4,
        "docx",
        lazy("L’avis à retravailler (Word)"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "word.document",
    ),
    Format(
        5,
        "odt",
        lazy("L’avis à retravailler (OpenDocument)"),
        "application/vnd.oasis.opendocument.text",
        "opendocument.document",
    ),
    Format(
        6,
        "txt",
        lazy("Le bloc à coller dans une délibération"),
        "text/plain; charset=utf-8",
        "deliberation.plain_block",
    ),
    Format(
        7,
        "xlsx",
        lazy("Le tableur : recommandations, votes, dictionnaire"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "workbook.spreadsheet",
    ),
    Format(8, "csv", lazy("Les recommandations, une par ligne"), "text/csv; charset=utf-8", "records.comma_separated"),
    Format(9, "json", lazy("L’édition entière, pour les machines"), "application/json", "machine.tree"),
    Format(10, "zip", lazy("Tous les fichiers, avec leur empreinte"), "application/zip", "everything.whole"),
)

FORMATS: Mapping[str, Format] = MappingProxyType({each.suffix: each for each in _ALL})

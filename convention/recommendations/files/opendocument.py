"""The ODT: the same book in the free format of the administrations, with real styles, headings and tables.

odfdo brings the container; the text is written as OpenDocument XML, in one pass.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import odfdo

from convention.kit import containers
from convention.recommendations.files import drawings
from convention.recommendations.files.book import (
    CHART_CM,
    GUTTER_CM,
    SHORT,
    Block,
    Book,
    Cell,
    Part,
    Result,
    Row,
    Table,
    before_words,
    columns_for_words,
    crowded,
    stays_whole,
    walk,
)
from convention.recommendations.files.chapters import compose
from convention.recommendations.snapshot import Edition

SERIF, SANS = "Georgia", "Arial"
INK = "#1E2033"
MIME = "mimetype"
PICTURE_ROW_CM = 0.62
STROKES_CM = 0.16  # of a row of strokes in a table
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}

# Style, its name for people, parent, font, size, space above and below, and the rest.
STYLES = (
    ("Parole", "Parole", "Standard", SERIF, 11.5, 0, 8, ""),
    ("Maison", "Maison", "Standard", SANS, 9.5, 0, 6, ""),
    ("Clause", "Paragraphe numéroté", "Parole", SERIF, 11.5, 0, 6, 'fo:margin-left="1.3cm" fo:text-indent="-1.3cm"'),
    ("Reserve", "Réserve", "Parole", SERIF, 11.5, 0, 2, 'fo:border-left="1.5pt solid #DFA0A6" fo:padding-left="0.3cm"'),
    (
        "Note",
        "Note d’expert",
        "Maison",
        SANS,
        9.5,
        0,
        4,
        'fo:border-left="1.5pt solid #504B5E" fo:padding-left="0.3cm"',
    ),
    ("Mention", "Mention légale", "Maison", SANS, 8.5, 0, 4, ""),
    ("Etape", "Étape", "Maison", SANS, 9.5, 0, 2, ""),
    ("Cellule", "Cellule", "Maison", SANS, 9, 0, 0, ""),
    ("Chiffre", "Chiffre", "Cellule", SANS, 9, 0, 0, 'fo:text-align="end"'),
    ("Bord", "Chiffre au bord", "Chiffre", SANS, 9, 0, 0, f'fo:text-align="end" fo:margin-right="{GUTTER_CM}cm"'),
    ("Cellule_serre", "Cellule serrée", "Cellule", SANS, 8, 0, 0, ""),
    ("Chiffre_serre", "Chiffre serré", "Chiffre", SANS, 8, 0, 0, 'fo:text-align="end"'),
    (
        "Bord_serre",
        "Chiffre serré au bord",
        "Bord",
        SANS,
        8,
        0,
        0,
        f'fo:text-align="end" fo:margin-right="{GUTTER_CM}cm"',
    ),
    ("Resultat", "Résultat", "Parole", SERIF, 13, 0, 4, 'fo:keep-with-next="always"'),
    ("Title", "Title", "Standard", SERIF, 28, 12, 8, ""),
    ("Subtitle", "Subtitle", "Standard", SERIF, 14, 0, 14, ""),
    ("Legende", "Légende de tableau", "Maison", SANS, 8.5, 6, 3, 'fo:keep-with-next="always"'),
    ("Sommaire", "Titre du sommaire", "Standard", SERIF, 22, 0, 10, 'fo:break-before="page"'),
    ("Sommaire_1", "Sommaire 1", "Maison", SANS, 10.5, 3, 2, ""),
    ("Sommaire_2", "Sommaire 2", "Maison", SANS, 9.5, 1, 1, ""),
    ("Sommaire_3", "Sommaire 3", "Parole", SERIF, 10, 0, 0, 'fo:margin-left="0.6cm"'),
)
# From a title of the contents to its page.
TO_THE_PAGE = (
    '<style:tab-stops><style:tab-stop style:position="17cm" style:type="right" style:leader-style="dotted" '
    'style:leader-text="."/></style:tab-stops>'
)
# Those that a short row of paragraphs holds, which stays on one page.
RUNNING = ("Parole", "Maison", "Clause", "Reserve", "Note", "Mention", "Etape")
_PARAGRAPH = re.compile(f'<text:p text:style-name="({"|".join(RUNNING)})">')
HEADINGS = (
    (1, SERIF, 22, 18),
    (2, SERIF, 17, 16),
    (3, SERIF, 15, 14),
    (4, SANS, 10.5, 10),
    (5, SANS, 10.5, 10),
)


def document(edition: Edition, assets: Path) -> bytes:
    book = compose(edition)
    file = odfdo.Document("text")
    for style in _styles(book.language):
        file.insert_style(style)
    _page(file, book)
    text = _Text(book)
    pictures: dict[str, bytes] = {}
    assert file.container is not None, "a new document has a container"
    whole = "".join(text.all(pictures))
    # One parse for the whole text: an element at a time takes five times longer.
    file.content.body = odfdo.Element.from_tag(f"<office:text>{whole}</office:text>")
    for name, drawn in pictures.items():
        file.container.set_part(name, drawn)
        file.manifest.add_full_path(name, MEDIA[name.rpartition(".")[2]])
    _about(file, book, edition.frozen_at)
    saved = io.BytesIO()
    file.save(saved)
    return containers.repacked(saved.getvalue(), edition.frozen_at, stored=(MIME,))


class _Text:
    """The text as OpenDocument XML."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.pictures: dict[str, bytes] = {}
        self.strokes: dict[bytes, str] = {}
        self.tables = self.drawn = self.shown = 0

    def all(self, pictures: dict[str, bytes]) -> Iterable[str]:
        self.pictures = pictures
        yield '<text:sequence-decls><text:sequence-decl text:display-outline-level="0" text:name="Table"/>'
        yield "</text:sequence-decls>"
        yield from self._cover()
        yield self._contents()
        for part in self.book.parts:
            yield from self.part(part)

    def _cover(self) -> Iterable[str]:
        book = self.book
        yield p("Maison", strong(book.author))
        yield p("Maison", words(book.place))
        yield p("Maison", strong(f"{book.kicker}, {book.date}"))
        yield p("Title", words(book.title))
        if book.subtitle:
            yield p("Subtitle", words(book.subtitle))
        if book.warning:
            yield labelled(book.labels["warning"], (book.warning,), "Maison")
        yield p("Maison", words(" · ".join([book.seats_in_words, *(f"{n} {label}" for n, label in book.figures)])))
        for fact in book.imprint:
            yield labelled(fact.label, fact.paragraphs, "Mention")

    def _contents(self) -> str:
        """An index that the suite can bring up to date; until then, the titles, each a link, with the page it finds."""
        title = self.book.labels["contents"]
        listed = [part for part in walk(self.book.parts) if part.level <= 3]
        templates = "".join(
            f'<text:table-of-content-entry-template text:outline-level="{level}" text:style-name="Sommaire_{level}">'
            "<text:index-entry-link-start/><text:index-entry-chapter/><text:index-entry-text/>"
            '<text:index-entry-tab-stop style:type="right" style:leader-char="."/><text:index-entry-page-number/>'
            "<text:index-entry-link-end/></text:table-of-content-entry-template>"
            for level in (1, 2, 3)
        )
        entries = "".join(
            p(
                f"Sommaire_{part.level}",
                '<text:a xlink:type="simple" text:style-name="Renvoi" text:visited-style-name="Renvoi" '
                f'xlink:href="#{part.anchor}">{words(_numbered(part))}<text:tab/>'
                f'<text:bookmark-ref text:reference-format="page" text:ref-name="{part.anchor}"/></text:a>',
            )
            for part in listed
        )
        return (
            f'<text:table-of-content text:name="{escape(title)}" text:protected="false"><text:table-of-content-source '
            f'text:outline-level="3" text:use-index-marks="false"><text:index-title-template '
            f'text:style-name="Sommaire">{words(title)}</text:index-title-template>{templates}'
            f'</text:table-of-content-source><text:index-body><text:index-title text:name="{escape(title)}_titre">'
            f"{p('Sommaire', words(title))}</text:index-title>{entries}</text:index-body></text:table-of-content>"
        )

    def part(self, part: Part) -> Iterable[str]:
        if part.kind == "card" and part.opens_page and part.theme:
            yield p("Theme", strong(part.theme))
        style = "Page" if part.opens_page and not part.theme else "Heading_20"
        yield heading(_numbered(part), part.level, part.anchor, style)
        for block in part.blocks:
            yield from self.block(block)
        for row in part.rows:
            yield from self.row(row, part.level + 1)
        if part.kind == "card" and part.address:
            yield p("Mention", link(part.address, part.address))
        for child in part.parts:
            yield from self.part(child)

    def row(self, row: Row, level: int) -> Iterable[str]:
        yield heading(row.heading, level, style="Repere")
        if row.note:
            yield p("Mention", words(row.note))
        said = "".join(piece for block in row.blocks for piece in self.block(block))
        if stays_whole(row):
            for one in [*_PARAGRAPH.finditer(said)][-2::-1]:
                said = said[: one.end() - 2] + '_suite">' + said[one.end() :]
        yield said

    def block(self, block: Block) -> Iterable[str]:
        kind = type(block).__name__.lower()
        made: Iterable[str] = getattr(self, f"_{kind}")(block)
        return made

    def _prose(self, block: Any) -> Iterable[str]:
        return [p("Parole" if block.voice == "citizens" else "Maison", words(each)) for each in block.paragraphs]

    def _clauses(self, block: Any) -> Iterable[str]:
        for clause in block.items:
            first, *rest = clause.paragraphs or ("",)
            yield p("Clause", f"{strong(clause.number)}<text:tab/>{words(first)}")
            for each in rest:
                yield p("Clause", f"<text:tab/>{words(each)}")

    def _facts(self, block: Any) -> Iterable[str]:
        for fact in block.items:
            yield labelled(fact.label, fact.paragraphs, "Parole" if fact.voice == "citizens" else "Maison")

    def _quote(self, block: Any) -> Iterable[str]:
        for each in block.paragraphs:
            yield p("Reserve", words(each))
        yield p("Mention", words(block.note))

    def _note(self, block: Any) -> Iterable[str]:
        yield p("Note", strong(block.title))
        for each in (block.about, *block.paragraphs):
            yield p("Note", words(each))

    def _bullets(self, block: Any) -> Iterable[str]:
        items = "".join(f"<text:list-item>{p('Maison', words(each))}</text:list-item>" for each in block.items)
        yield f'<text:list text:style-name="Tirets">{items}</text:list>'

    def _steps(self, block: Any) -> Iterable[str]:
        items = []
        for step in block.items:
            when = strong(step.when) + " " if step.when else ""
            detail = "<text:line-break/>" + words(step.detail) if step.detail else ""
            what = link(step.address, step.what) if step.address else words(step.what)
            items.append(f"<text:list-item>{p('Etape', when + what + detail)}</text:list-item>")
        yield f'<text:list text:style-name="Tirets">{"".join(items)}</text:list>'

    def _result(self, result: Result) -> Iterable[str]:
        yield p("Resultat", words(f"{result.grade}. {result.label}" if result.grade else result.label))
        if result.sentence:
            yield p("Maison", words(result.sentence))
        yield self._staircase(result)
        for line in result.lines:
            if line:
                yield p("Mention", words(line))
        if result.warning:
            yield p("Maison", strong(result.warning))
        if result.address:
            yield p("Mention", link(result.address, result.address))

    def _table(self, table: Table) -> Iterable[str]:
        widths, figures = columns_for_words(table, 17.0)
        yield self.table(table.captioned, [column.label for column in table.columns], table.rows, widths, figures)

    def _staircase(self, result: Result) -> str:
        """The rows of a vote, their strokes drawn once beside them all."""
        bars = result.chart.bars
        below = ""
        for rank, bar in enumerate(bars):
            count = f"{bar.count} ({bar.share})" if bar.share else bar.count
            drawn = "<table:covered-table-cell/>"
            if rank == 0:
                drawn = (
                    f'<table:table-cell table:style-name="Dessin" table:number-rows-spanned="{len(bars)}" '
                    f'office:value-type="string">{self._picture(result)}</table:table-cell>'
                )
            label = strong(f"{bar.digit} {bar.label}".strip())
            below += (
                f'<table:table-row table:style-name="Voix">{cell(label, style="Rang")}'
                f"{drawn}{cell(words(count), 'Chiffre', 'Rang')}</table:table-row>"
            )
        top = "".join(
            cell(strong(label), "Chiffre" if rank == 2 else "Cellule") for rank, label in enumerate(result.columns)
        )
        columns = "".join(f'<table:table-column table:style-name="{name}"/>' for name in ("Mots", "Traits", "Mots"))
        return self._framed(result.caption, columns, top, below)

    def _picture(self, result: Result) -> str:
        self.drawn += 1
        name = f"Pictures/voix-{self.drawn}"
        self.pictures[f"{name}.svg"] = drawings.vector(result.chart, result.chart.finding)
        self.pictures[f"{name}.png"] = drawings.picture(result.chart)
        tall = PICTURE_ROW_CM * max(len(result.chart.bars), 1)
        return p(
            "Cellule",
            f'<draw:frame draw:name="Voix {self.drawn}" text:anchor-type="as-char" svg:width="10.9cm" '
            f'svg:height="{tall:.2f}cm">{_images(name)}<svg:title>{words(result.caption, flat=True)}</svg:title>'
            f"<svg:desc>{words(result.chart.finding, flat=True)}</svg:desc></draw:frame>",
        )

    def table(
        self,
        caption: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        widths: Sequence[float],
        figures: set[int],
    ) -> str:
        columns = "".join(f'<table:table-column table:style-name="{_column_style(width)}"/>' for width in widths)
        small = "_serre" if crowded(widths) else ""
        looks = [
            ("Bord" if before_words(rank, figures, widths) else "Chiffre" if rank in figures else "Cellule") + small
            for rank in range(len(widths))
        ]
        top = "".join(cell(strong(label), look) for label, look in zip(head, looks, strict=True))
        below = "".join(
            "<table:table-row>"
            + "".join(cell(self._inside(each), look) for each, look in zip(row, looks, strict=True))
            + "</table:table-row>"
            for row in rows
        )
        return self._framed(caption, columns, top, below, "Tableau_court" if len(rows) <= SHORT else "Tableau")

    def _inside(self, each: Cell) -> str:
        """What a cell says, or the strokes that it shows; the same strokes are kept once."""
        if each.chart is None:
            return link(each.address, each.text) if each.address else words(each.text)
        png = drawings.small(each.chart)
        if png not in self.strokes:
            self.strokes[png] = f"Pictures/traits-{len(self.strokes) + 1}"
            self.pictures[f"{self.strokes[png]}.svg"] = drawings.vector(each.chart, each.chart.finding, full=False)
            self.pictures[f"{self.strokes[png]}.png"] = png
        self.shown += 1
        return (
            f'<draw:frame draw:name="Traits {self.shown}" text:anchor-type="as-char" svg:width="{CHART_CM}cm" '
            f'svg:height="{STROKES_CM * max(len(each.chart.bars), 1):.2f}cm">{_images(self.strokes[png])}'
            f"<svg:desc>{words(each.chart.finding, flat=True)}</svg:desc></draw:frame>"
        )

    def _framed(self, caption: str, columns: str, top: str, below: str, style: str = "Tableau_court") -> str:
        """A table under its caption, numbered by the suite, its header repeated on each page."""
        self.tables += 1
        number = (
            f'<text:sequence text:ref-name="refTable{self.tables}" text:name="Table" text:formula="ooow:Table+1" '
            f'style:num-format="1">{self.tables}</text:sequence>'
        )
        return (
            p("Legende", f"{words(self.book.labels['table'])}\u00a0{number}. {words(caption)}")
            + f'<table:table table:name="Tableau{self.tables}" table:style-name="{style}">{columns}'
            f"<table:table-header-rows><table:table-row>{top}</table:table-row></table:table-header-rows>{below}"
            f"</table:table>{p('Cellule', '')}"
        )


def _images(name: str) -> str:
    """The first that the reader understands is shown."""
    return "".join(
        f'<draw:image xlink:href="{name}.{kind}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" '
        f'draw:mime-type="{MEDIA[kind]}"/>'
        for kind in MEDIA
    )


def words(said: str, flat: bool = False) -> str:
    """Words as they are: escaped, their line ends, tabs and runs of spaces as the format writes them."""
    said = escape(said)
    if flat:
        return " ".join(said.split())
    said = said.replace("\t", "<text:tab/>").replace("\n", "<text:line-break/>")
    return said.replace("  ", ' <text:s text:c="1"/>')


def strong(said: str) -> str:
    return f'<text:span text:style-name="Fort">{words(said)}</text:span>'


def p(style: str, inside: str) -> str:
    return f'<text:p text:style-name="{style}">{inside}</text:p>'


def labelled(label: str, paragraphs: Sequence[str], style: str) -> str:
    # The label is the house's, whoever speaks after it.
    told = f'<text:span text:style-name="Libelle">{words(label)}</text:span>' if style == "Parole" else strong(label)
    return p(style, f"{told}\u2002{'<text:line-break/>'.join(words(each) for each in paragraphs)}")


def link(address: str, said: str) -> str:
    if not address.startswith(("https://", "http://")):
        return words(said)
    return f'<text:a xlink:type="simple" xlink:href={quoteattr(address)}>{words(said)}</text:a>'


def heading(said: str, level: int, anchor: str = "", style: str = "Heading_20") -> str:
    mark = f'<text:bookmark text:name="{anchor}"/>' if anchor else ""
    return f'<text:h text:style-name="{style}_{level}" text:outline-level="{level}">{mark}{words(said)}</text:h>'


def cell(inside: str, look: str = "Cellule", style: str = "Case") -> str:
    content = p(look, inside)
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{content}</table:table-cell>'


def _column_style(width: float) -> str:
    return f"Colonne_{min(max(round(width * 10), 1), 170)}"


def _numbered(part: Part) -> str:
    return f"{part.number}. {part.title}" if part.number else part.title


def _font(name: str, size: float, bold: bool = False) -> str:
    weight = ' fo:font-weight="bold"' if bold else ' fo:font-weight="normal"'
    return (
        f'<style:text-properties fo:font-family="{name}" fo:font-size="{size}pt" fo:color="{INK}" '
        f'fo:font-style="normal"{weight}/>'
    )


def _styles(language: str) -> Iterable[str]:
    for name, shown, parent, font, size, above, below, more in STYLES:
        yield (
            f'<style:style style:name="{name}" style:display-name="{shown}" style:family="paragraph" '
            f'style:parent-style-name="{parent}"><style:paragraph-properties fo:margin-top="{above}pt" '
            f'fo:margin-bottom="{below}pt" {more}>{TO_THE_PAGE if name.startswith("Sommaire_") else ""}'
            f"</style:paragraph-properties>{_font(font, size)}</style:style>"
        )
    yield (
        '<style:style style:name="Theme" style:display-name="Thème" style:family="paragraph" '
        'style:parent-style-name="Maison"><style:paragraph-properties fo:break-before="page" '
        f'fo:keep-with-next="always"/>{_font(SANS, 9.5)}</style:style>'
    )
    for level, font, size, above in HEADINGS:
        yield (
            f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" '
            f'style:family="paragraph" style:parent-style-name="Standard" style:next-style-name="Parole" '
            f'style:default-outline-level="{level}" style:list-style-name=""><style:paragraph-properties '
            f'fo:margin-top="{above}pt" '
            f'fo:margin-bottom="6pt" fo:keep-with-next="always"/>{_font(font, size, bold=font == SANS)}'
            "</style:style>"
        )
        yield (
            f'<style:style style:name="Page_{level}" style:display-name="Heading {level}, nouvelle page" '
            f'style:family="paragraph" style:parent-style-name="Heading_20_{level}" '
            f'style:default-outline-level="{level}" style:list-style-name=""><style:paragraph-properties '
            'fo:break-before="page"/></style:style>'
        )
        # What stands in the margin of the PDF: headings too, for who moves from one to the next, but small.
        yield (
            f'<style:style style:name="Repere_{level}" style:display-name="Repère {level}" style:family="paragraph" '
            f'style:parent-style-name="Heading_20_{level}" style:next-style-name="Parole" '
            f'style:default-outline-level="{level}" style:list-style-name=""><style:paragraph-properties '
            f'fo:margin-top="7pt" fo:margin-bottom="2pt"/>{_font(SANS, 10.5, bold=True)}</style:style>'
        )
    yield (
        '<style:style style:name="Renvoi" style:display-name="Renvoi" style:family="text"><style:text-properties '
        f'fo:color="{INK}" style:text-underline-style="none"/></style:style>'
    )
    yield (
        '<style:style style:name="Libelle" style:display-name="Libellé" style:family="text">'
        f"{_font(SANS, 9.5, bold=True)}</style:style>"
    )
    for name, shown, *_rest in STYLES:
        if name in RUNNING:
            yield (
                f'<style:style style:name="{name}_suite" style:display-name="{shown}, avec la suite" '
                f'style:family="paragraph" style:parent-style-name="{name}"><style:paragraph-properties '
                'fo:keep-with-next="always"/></style:style>'
            )
    yield (
        '<style:style style:name="Fort" style:display-name="Fort" style:family="text"><style:text-properties '
        'fo:font-weight="bold"/></style:style>'
    )


def _page(file: Any, book: Book) -> None:
    """The language of the words, the paper, and what stands at the head and foot of each page."""
    tongue, country = {"en": ("en", "GB")}.get(book.language, (book.language, "FR"))
    styles = file.styles.root
    for properties in styles.get_elements("//style:default-style/style:text-properties"):
        properties.set_attribute("fo:language", tongue)
        properties.set_attribute("fo:country", country)
    for style in (
        '<style:style style:name="Tableau" style:family="table"><style:table-properties style:width="17cm" '
        'table:align="left"/></style:style>',
        '<style:style style:name="Tableau_court" style:family="table"><style:table-properties style:width="17cm" '
        'table:align="left" style:may-break-between-rows="false"/></style:style>',
        *(
            f'<style:style style:name="{_column_style(tenth / 10)}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{tenth / 10}cm"/></style:style>'
            for tenth in range(1, 171)
        ),
        '<style:style style:name="Mots" style:family="table-column"><style:table-column-properties '
        'style:column-width="3cm"/></style:style>',
        '<style:style style:name="Traits" style:family="table-column"><style:table-column-properties '
        'style:column-width="11cm"/></style:style>',
        '<style:style style:name="Voix" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{PICTURE_ROW_CM}cm" fo:keep-together="always"/></style:style>',
        '<style:style style:name="Rang" style:family="table-cell"><style:table-cell-properties fo:padding="0cm" '
        'style:vertical-align="middle" fo:border-bottom="0.5pt solid #8B8494"/></style:style>',
        '<style:style style:name="Dessin" style:family="table-cell"><style:table-cell-properties fo:padding="0cm"/>'
        "</style:style>",
        '<style:style style:name="Case" style:family="table-cell"><style:table-cell-properties fo:padding-top="0.06cm" '
        'fo:padding-bottom="0.06cm" fo:padding-left="0.05cm" fo:padding-right="0.1cm" '
        'fo:border-bottom="0.5pt solid #8B8494"/></style:style>',
    ):
        file.insert_style(style, automatic=True)
    dash = odfdo.Element.from_tag(
        '<text:list-style style:name="Tirets"><text:list-level-style-bullet text:level="1" text:bullet-char="–">'
        '<style:list-level-properties text:space-before="0cm" text:min-label-width="0.5cm"/>'
        "</text:list-level-style-bullet></text:list-style>"
    )
    file.insert_style(dash, automatic=True)
    # Titles carry their own numbers, frozen with the text: the suite must not count them again.
    for numbering in styles.get_elements("//text:outline-level-style"):
        numbering.set_attribute("style:num-format", "")
        for name in ("style:num-prefix", "style:num-suffix", "text:display-levels"):
            if numbering.get_attribute(name) is not None:
                numbering.del_attribute(name)
    layout = styles.get_element("//style:page-layout/style:page-layout-properties")
    for name, value in {
        "fo:page-width": "21cm",
        "fo:page-height": "29.7cm",
        "fo:margin-left": "2cm",
        "fo:margin-right": "2cm",
        "fo:margin-top": "1.1cm",
        "fo:margin-bottom": "1.1cm",
    }.items():
        layout.set_attribute(name, value)
    # Apart from the text: nobody takes the running title for its first line.
    for part, side in (("header", "bottom"), ("footer", "top")):
        apart = f'<style:header-footer-properties fo:min-height="1cm" fo:margin-{side}="0.5cm"/>'
        for old in layout.parent.get_elements(f"style:{part}-style"):
            old.delete()
        layout.parent.append(odfdo.Element.from_tag(f"<style:{part}-style>{apart}</style:{part}-style>"))
    foot = " · ".join(filter(None, [f"SHA-256 {book.digest[:16]}…", book.short_warning, book.labels["page"] + " "]))
    page = '<text:page-number text:select-page="current">1</text:page-number>'
    master = styles.get_element("//style:master-page")
    for old in master.children:
        old.delete()
    for part in (
        f"<style:header>{p('Mention', words(book.head))}</style:header>",
        f"<style:footer>{p('Mention', words(foot) + page)}</style:footer>",
    ):
        master.append(odfdo.Element.from_tag(part))


def _about(file: Any, book: Book, frozen_at: dt.datetime) -> None:
    at = frozen_at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    about = file.meta
    about.title, about.subject = book.title, book.subject
    about.description = f"{book.licence}. SHA-256 {book.digest}"
    about.language = {"en": "en-GB"}.get(book.language, f"{book.language}-FR")
    about.creation_date, about.date = at, at
    about.initial_creator, about.creator = book.author, book.author
    about.keyword = ", ".join(book.keywords)
    about.generator = "Convention"
    about.editing_cycles = 1
    about.editing_duration = dt.timedelta(0)

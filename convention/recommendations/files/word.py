"""The DOCX, to be reworked in services and council: real styles, headings, tables and a table of contents.

python-docx brings the container and its styles; rows are written straight in WordprocessingML, because adding cells
one by one takes minutes on the votes of a long convention.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as Piece
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.shape import CT_Inline
from docx.shared import Cm, Pt, RGBColor

from convention.kit import containers
from convention.kit.documents import LOCALES
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
from convention.recommendations.files.votes import Chart
from convention.recommendations.snapshot import Edition

INK = RGBColor(0x1E, 0x20, 0x33)
SERIF, SANS = "Georgia", "Arial"  # what every office suite has or replaces without moving the lines much
LINK = "Hyperlink"
LOOKS, STYLE, VALUE, KEEP, PAGE_BREAK = map(qn, ("w:pPr", "w:pStyle", "w:val", "w:keepNext", "w:pageBreakBefore"))
RUN_STYLE = qn("w:rStyle")
RUN_LOOKS, BOLD, WORDS, LINE_END, TAB, SPACE = map(qn, ("w:rPr", "w:b", "w:t", "w:br", "w:tab", "xml:space"))
_BREAKS = re.compile("([\n\t])")
WEB = ("https://", "http://")
ROW_CM = 0.62  # of a row of strokes
PICTURE_CM = 10.9
STROKES_CM = 0.16  # of a row of strokes in a table
SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
SVG_NAMES = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"

# Name, built on, font, size, space after; « CC » keeps our styles together in the list of the suite.
STYLES = (
    ("Parole", "Normal", SERIF, 11.5, 8),
    ("Maison", "Normal", SANS, 9.5, 6),
    ("Paragraphe numéroté", "Parole", SERIF, 11.5, 6),
    ("Réserve", "Parole", SERIF, 11.5, 2),
    ("Note d’expert", "Maison", SANS, 9.5, 4),
    ("Mention légale", "Maison", SANS, 8.5, 4),
    ("Cellule", "Maison", SANS, 9, 0),
    ("Cellule serrée", "Cellule", SANS, 8, 0),
    ("Résultat", "Parole", SERIF, 13, 4),
)
# Those of Word itself: it goes on with them when it brings the contents up to date.
CONTENTS = (("toc 1", SANS, 10.5, 2), ("toc 2", SANS, 9.5, 1), ("toc 3", SERIF, 10, 0))
LABEL = "Libellé"


def document(edition: Edition, assets: Path) -> bytes:
    book = compose(edition)
    writer = _Writer(book)
    writer.cover()
    writer.contents()
    for part in book.parts:
        writer.part(part)
    at = edition.frozen_at.astimezone(dt.UTC)
    return containers.repacked(writer.saved(at), edition.frozen_at)


class _Writer:
    """The document being written, from top to bottom."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.document = docx.Document()
        # What is written comes before the page's own properties: a place in the body costs all that stands before it.
        self.end = self.document.element.body.sectPr
        self.bookmarks = 0
        self.addresses: dict[str, str] = {}
        self.vectors: dict[bytes, str] = {}
        self.strokes: dict[bytes, str] = {}
        self.drawn = self.captions = 0
        self._styles()
        self.styles = {style.name: style.style_id for style in self.document.styles}
        self._page()

    # -- the parts of the book

    def cover(self) -> None:
        book = self.book
        self.text(book.author, "Maison", bold=True)
        self.text(book.place, "Maison")
        self.text(f"{book.kicker}, {book.date}", "Maison", bold=True)
        self.text(book.title, "Title")
        if book.subtitle:
            self.text(book.subtitle, "Subtitle")
        if book.warning:
            self.labelled(book.labels["warning"], (book.warning,), "Maison")
        self.text(" · ".join([book.seats_in_words, *(f"{n} {label}" for n, label in book.figures)]), "Maison")
        for fact in book.imprint:
            self.labelled(fact.label, fact.paragraphs, "Mention légale")

    def contents(self) -> None:
        """A table that Word knows for one, with its button to bring it up to date; until then, the titles, each a link.

        Pages are Word's to count, and it counts when it is asked: told to by the file, it begins by a warning about
        other files. A number that we guessed would be believed. The sentence that says so is in the field, and goes
        with the first update.
        """
        begins = self.end.getprevious()
        self.text(self.book.labels["contents"], "TOC Heading", page_break=True)
        first = paragraph = self.paragraph("Mention légale")
        for run in (*_field_start('TOC \\o "1-3" \\h \\z'), _run(self.book.labels["update"])):
            first.append(run)
        for part in walk(self.book.parts):
            if part.level > 3:
                continue
            paragraph = self.paragraph(f"toc {part.level}")
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), _bookmark(part.anchor))
            link.append(_run(_numbered(part)))
            paragraph.append(link)
        # In the last line, and not in one more: contents that fill their page were followed by a page of nothing.
        paragraph.append(_field_mark("end"))
        whole = parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
            "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent/></w:sdt>"
        )
        held = list(begins.itersiblings())[:-1]
        self.end.addprevious(whole)
        whole.find(qn("w:sdtContent")).extend(held)

    def part(self, part: Part) -> None:
        if part.kind == "card" and part.opens_page and part.theme:
            self.text(part.theme, "Maison", bold=True, page_break=True, keep=True)
        self.heading(_numbered(part), part.level, part.anchor, page_break=part.opens_page and not part.theme)
        for block in part.blocks:
            self.block(block)
        for row in part.rows:
            self.row(row, part.level + 1)
        if part.kind == "card" and part.address:
            self.linked(part.address, part.address, "Mention légale")
        for child in part.parts:
            self.part(child)

    def row(self, row: Row, level: int) -> None:
        self.text(row.heading, f"Repère {level}", keep=True)
        if row.note:
            self.text(row.note, "Mention légale", keep=True)
        begins = self.end.getprevious()
        for block in row.blocks:
            self.block(block)
        if stays_whole(row):
            said = list(begins.itersiblings())[:-1]
            for paragraph in said[:-1]:
                properties = paragraph.find(LOOKS)
                if properties.find(KEEP) is None:
                    properties.insert(1, properties.makeelement(KEEP))

    def block(self, block: Block) -> None:
        kind = type(block).__name__.lower()
        getattr(self, f"_{kind}")(block)

    def _prose(self, block: Any) -> None:
        for words in block.paragraphs:
            self.text(words, "Parole" if block.voice == "citizens" else "Maison")

    def _clauses(self, block: Any) -> None:
        for clause in block.items:
            first, *rest = clause.paragraphs or ("",)
            paragraph = self.paragraph("Paragraphe numéroté")
            paragraph.append(_run(clause.number, bold=True))
            paragraph.append(_tab())
            paragraph.append(_run(first))
            for words in rest:
                self.text("\t" + words, "Paragraphe numéroté")

    def _facts(self, block: Any) -> None:
        for fact in block.items:
            self.labelled(fact.label, fact.paragraphs, "Parole" if fact.voice == "citizens" else "Maison")

    def _quote(self, block: Any) -> None:
        for words in block.paragraphs:
            self.text(words, "Réserve")
        self.text(block.note, "Mention légale")

    def _note(self, block: Any) -> None:
        self.text(block.title, "Note d’expert", bold=True, keep=True)
        for words in (block.about, *block.paragraphs):
            self.text(words, "Note d’expert")

    def _bullets(self, block: Any) -> None:
        for words in block.items:
            self.text(words, "List Bullet")

    def _steps(self, block: Any) -> None:
        for step in block.items:
            paragraph = self.paragraph("List Bullet")
            if step.when:
                paragraph.append(_run(step.when + " ", bold=True))
            paragraph.append(self._link(step.address, step.what) if step.address else _run(step.what))
            if step.detail:
                paragraph.append(_run("\n" + step.detail))

    def _result(self, result: Result) -> None:
        label = f"{result.grade}. {result.label}" if result.grade else result.label
        self.text(label, "Résultat", keep=True)
        if result.sentence:
            self.text(result.sentence, "Maison", keep=True)
        self._staircase(result)
        for line in result.lines:
            if line:
                self.text(line, "Mention légale")
        if result.warning:
            self.text(result.warning, "Maison", bold=True)
        if result.address:
            self.linked(result.address, result.address, "Mention légale")

    def _table(self, table: Table) -> None:
        widths, figures = columns_for_words(table, 17.0)
        self.table(table.captioned, [column.label for column in table.columns], table.rows, widths, figures)

    # -- what a document is made of

    def paragraph(self, style: str, page_break: bool = False, keep: bool = False) -> Any:
        paragraph = OxmlElement("w:p")
        properties = _put(paragraph, LOOKS)
        _put(properties, STYLE).set(VALUE, self.styles[style])
        if keep:
            _put(properties, KEEP)
        if page_break:
            _put(properties, PAGE_BREAK)
        self.end.addprevious(paragraph)
        return paragraph

    def text(self, words: str, style: str, bold: bool = False, page_break: bool = False, keep: bool = False) -> None:
        self.paragraph(style, page_break, keep).append(_run(words, bold))

    def labelled(self, label: str, paragraphs: Sequence[str], style: str) -> None:
        paragraph = self.paragraph(style)
        paragraph.append(_run(label + "\u2002", bold=True))
        if style == "Parole":
            # The label is the house's, whoever speaks after it.
            _put(paragraph[-1][0], RUN_STYLE).set(VALUE, self.styles[LABEL])
            paragraph[-1][0].remove(paragraph[-1][0].find(BOLD))
        for rank, words in enumerate(paragraphs):
            paragraph.append(_run(("\n" if rank else "") + words))

    def linked(self, address: str, words: str, style: str) -> None:
        self.paragraph(style).append(self._link(address, words))

    def _link(self, address: str, words: str) -> Any:
        if not address.startswith(WEB):
            return _run(words)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), self._relation(address))
        run = _run(words)
        run.get_or_add_rPr().style = LINK
        link.append(run)
        return link

    def heading(self, words: str, level: int, anchor: str, page_break: bool = False) -> None:
        paragraph = self.paragraph(f"Heading {level}", page_break)
        if not anchor:
            paragraph.append(_run(words))
            return
        self.bookmarks += 1
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(self.bookmarks))
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), _bookmark(anchor))
            paragraph.append(mark)
            if tag == "w:bookmarkStart":
                paragraph.append(_run(words))

    def picture(self, chart: Chart) -> Any:
        """A drawing, told in words for who does not see it: SVG, and PNG for what cannot read it."""
        png, told, rows = drawings.picture(chart), chart.finding, len(chart.bars)
        # The library's own call looks for a free number in all that is written, at each drawing.
        self.drawn += 1
        relation, image = self.document.part.get_or_add_image(io.BytesIO(png))
        size = image.scaled_dimensions(Cm(PICTURE_CM), Cm(ROW_CM * max(rows, 1)))
        inline = CT_Inline.new_pic_inline(self.drawn, relation, image.filename, *size)
        inline.docPr.set("descr", told)
        inline.docPr.set("name", f"Voix {self.drawn}")
        next(inline.iter(qn("a:blip"))).append(parse_xml(self._vector(chart).replace(">", f" {nsdecls('a', 'r')}>", 1)))
        run, drawing = OxmlElement("w:r"), OxmlElement("w:drawing")
        drawing.append(inline)
        run.append(drawing)
        return run

    def _vector(self, chart: Chart, full: bool = True) -> str:
        """What a picture holds for the drawing's own lines, each drawing kept once.

        The extension is that of Word 2016: whoever does not know it shows the PNG that the picture names.
        """
        svg = drawings.vector(chart, chart.finding, full)
        if svg not in self.vectors:
            self.vectors[svg] = f"voix{len(self.vectors) + 1}"
            part = Piece(PackURI(f"/word/media/{self.vectors[svg]}.svg"), "image/svg+xml", svg,
                         self.document.part.package)  # fmt: skip
            self.document.part.rels.add_relationship(RELATIONSHIP_TYPE.IMAGE, part, self.vectors[svg])
        return (
            f'<a:extLst><a:ext uri="{SVG_EXTENSION}"><asvg:svgBlip xmlns:asvg="{SVG_NAMES}" '
            f'r:embed="{self.vectors[svg]}"/></a:ext></a:extLst>'
        )

    def _strokes(self, chart: Chart) -> str:
        """The strokes of a row of a table, as a run; the same ones are kept once."""
        png = drawings.small(chart)
        if png not in self.strokes:
            part = Piece(PackURI(f"/word/media/traits{len(self.strokes) + 1}.png"), "image/png", png,
                         self.document.part.package)  # fmt: skip
            self.strokes[png] = f"trait{len(self.strokes) + 1}"
            self.document.part.rels.add_relationship(RELATIONSHIP_TYPE.IMAGE, part, self.strokes[png])
        self.drawn += 1
        name, wide, tall = f"Traits {self.drawn}", Cm(CHART_CM), Cm(STROKES_CM * max(len(chart.bars), 1))
        size = f'cx="{wide}" cy="{tall}"'
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{self.drawn}" name="{name}" descr={quoteattr(chart.finding)}/>'
            "<wp:cNvGraphicFramePr/><a:graphic>"
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="0" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:embed="{self.strokes[png]}">{self._vector(chart, full=False)}</a:blip>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>"
            f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )

    def _staircase(self, result: Result) -> None:
        """The rows of a vote, their strokes drawn once beside them all."""
        bars = result.chart.bars
        rows = [
            [f"{bar.digit} {bar.label}".strip(), "", f"{bar.count} ({bar.share})" if bar.share else bar.count]
            for bar in bars
        ]
        table = self.table(result.caption, result.columns, rows, (3.0, PICTURE_CM + 0.1, 3.0), {2})
        for rank, row in enumerate(table.findall(qn("w:tr"))[1:]):
            height = OxmlElement("w:trHeight")
            height.set(qn("w:val"), str(round(ROW_CM * 567)))
            height.set(qn("w:hRule"), "exact")
            row.find(qn("w:trPr")).append(height)
            for cell in row.findall(qn("w:tc")):
                middle = OxmlElement("w:vAlign")
                middle.set(qn("w:val"), "center")
                cell.find(qn("w:tcPr")).append(middle)
            drawn = row.findall(qn("w:tc"))[1]
            merged = OxmlElement("w:vMerge")
            if rank == 0:
                merged.set(qn("w:val"), "restart")
                paragraph = drawn.find(qn("w:p"))
                paragraph.append(self.picture(result.chart))
            drawn.find(qn("w:tcPr")).insert(1, merged)

    def table(
        self,
        caption: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Any]],
        widths: Sequence[float],
        figures: set[int],
    ) -> Any:
        self.caption(caption)
        twips = [str(round(width * 567)) for width in widths]
        lines = [self._line([Cell(words) for words in head], twips, figures, head=True)]
        for rank, row in enumerate(rows, start=1):
            said = [each if isinstance(each, Cell) else Cell(each) for each in row]
            lines.append(self._line(said, twips, figures, keep=rank < len(rows) <= SHORT))
        # One parse for the whole table: an element at a time takes ten times longer.
        table = parse_xml(
            f'<w:tbl {nsdecls("w", "r", "wp", "a", "pic")}><w:tblPr><w:tblW w:w="0" w:type="auto"/>'
            '<w:tblBorders><w:top w:val="single" w:sz="6" w:space="0" w:color="1E2033"/>'
            '<w:bottom w:val="single" w:sz="4" w:space="0" w:color="8B8494"/>'
            '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="8B8494"/></w:tblBorders>'
            '<w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="28" w:type="dxa"/>'
            '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
            '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
            'w:noVBand="1"/></w:tblPr><w:tblGrid/>' + "".join(lines) + "</w:tbl>"
        )
        described = OxmlElement("w:tblCaption")
        described.set(qn("w:val"), caption)
        table.tblPr.append(described)
        grid = table.find(qn("w:tblGrid"))
        for width in twips:
            column = OxmlElement("w:gridCol")
            column.set(qn("w:w"), width)
            grid.append(column)
        self.end.addprevious(table)
        self.paragraph("Cellule")
        return table

    def _line(
        self, cells: Iterable[Cell], widths: Sequence[str], figures: set[int], head: bool = False, keep: bool = False
    ) -> str:
        style = self.styles["Cellule serrée" if crowded(widths) else "Cellule"]
        said = []
        for rank, cell in enumerate(cells):
            words = escape(cell.text).replace("\n", "</w:t><w:br/><w:t>").replace("\t", "</w:t><w:tab/><w:t>")
            goes = bool(cell.address and cell.address.startswith(WEB))
            look = "<w:rPr><w:b/></w:rPr>" if head else f'<w:rPr><w:rStyle w:val="{LINK}"/></w:rPr>' if goes else ""
            run = f'<w:r>{look}<w:t xml:space="preserve">{words}</w:t></w:r>'
            if goes and cell.address:
                run = f'<w:hyperlink r:id="{self._relation(cell.address)}">{run}</w:hyperlink>'
            if cell.chart is not None:
                run = self._strokes(cell.chart)
            side = '<w:jc w:val="right"/>' if rank in figures else ""
            if before_words(rank, figures, widths):
                side = f'<w:ind w:right="{round(GUTTER_CM * 567)}"/>{side}'
            said.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{widths[rank]}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
                f'<w:pStyle w:val="{style}"/>{"<w:keepNext/>" if head or keep else ""}{side}</w:pPr>{run}</w:p></w:tc>'
            )
        header = "<w:tblHeader/>" if head else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(said)}</w:tr>"

    def _relation(self, address: str) -> str:
        """The name by which the document knows an outside address; python-docx would search them all each time."""
        if address not in self.addresses:
            self.addresses[address] = f"lien{len(self.addresses) + 1}"
            self.document.part.rels.add_relationship(
                RELATIONSHIP_TYPE.HYPERLINK, address, self.addresses[address], is_external=True
            )
        return self.addresses[address]

    def caption(self, words: str) -> None:
        """« Tableau 3. » counted by the suite itself, so that it stays right when tables are added."""
        self.captions += 1
        paragraph = self.paragraph("Caption", keep=True)
        paragraph.append(_run(self.book.labels["table"] + "\u00a0"))
        for piece in (*_field_start("SEQ Tableau \\* ARABIC"), _run(str(self.captions)), _field_mark("end")):
            paragraph.append(piece)
        paragraph.append(_run(". " + words))

    # -- looks and properties

    def _styles(self) -> None:
        styles = self.document.styles
        language = LOCALES.get(self.book.language, "fr-FR")
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        spoken = OxmlElement("w:lang")
        for name in ("w:val", "w:eastAsia"):
            spoken.set(qn(name), language)
        defaults.append(spoken)
        _dress(styles["Normal"], SANS, 10, 6)
        for name, base, font, size, after in STYLES:
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles[base]
            style.quick_style = True
            _dress(style, font, size, after)
        for name, size, before in (
            ("Title", 28, 12),
            ("Heading 1", 22, 18),
            ("Heading 2", 17, 16),
            ("Heading 3", 15, 14),
        ):
            _dress(styles[name], SERIF, size, 8, before)
        # What stands in the margin of the PDF: headings too, for who moves from one to the next, but small.
        for level in (2, 3, 4, 5):
            style = styles.add_style(f"Repère {level}", WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles[f"Heading {level}"]
            style.next_paragraph_style = styles["Parole"]
            _dress(style, SANS, 10.5, 2, 7)
            style.font.bold, style.font.italic = True, False
        for name, font, size, after in CONTENTS:
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            style.base_style = styles["Normal"]
            _dress(style, font, size, after)
            style.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        styles["toc 3"].paragraph_format.left_indent = Cm(0.6)
        label = styles.add_style(LABEL, WD_STYLE_TYPE.CHARACTER)
        label.font.name, label.font.size, label.font.bold = SANS, Pt(9.5), True
        link = styles.add_style(LINK, WD_STYLE_TYPE.CHARACTER, builtin=True)
        link.font.underline, link.font.color.rgb = True, RGBColor(0x16, 0x3E, 0x6C)
        _dress(styles["Subtitle"], SERIF, 14, 14)
        _dress(styles["Caption"], SANS, 8.5, 3, 6)
        _dress(styles["List Bullet"], SANS, 9.5, 4)
        _dress(styles["TOC Heading"], SERIF, 22, 10)
        outline = styles["TOC Heading"].element.get_or_add_pPr().find(qn("w:outlineLvl"))
        if outline is not None:
            outline.getparent().remove(outline)
        for border in styles["Title"].element.get_or_add_pPr().findall(qn("w:pBdr")):
            border.getparent().remove(border)
        clause = styles["Paragraphe numéroté"].paragraph_format
        clause.left_indent, clause.first_line_indent = Cm(1.3), Cm(-1.3)
        clause.tab_stops.add_tab_stop(Cm(1.3))
        for name in ("Réserve", "Note d’expert"):
            styles[name].paragraph_format.left_indent = Cm(0.5)
            _rule(styles[name], "DFA0A6" if name == "Réserve" else "504B5E")

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2.2)
        head = section.header.paragraphs[0]
        head.text = self.book.head
        head.style = self.document.styles["Mention légale"]
        foot = section.footer.paragraphs[0]
        foot.style = self.document.styles["Mention légale"]
        said = [f"SHA-256 {self.book.digest[:16]}…", self.book.short_warning, self.book.labels["page"] + " "]
        foot._p.append(_run(" · ".join(filter(None, said))))
        for piece in (*_field_start("PAGE"), _run("1"), _field_mark("end")):
            foot._p.append(piece)

    def saved(self, at: dt.datetime) -> bytes:
        about = self.document.core_properties
        book = self.book
        about.title, about.author, about.last_modified_by = book.title[:255], book.author[:255], book.author[:255]
        about.subject, about.keywords = book.subject[:255], ", ".join(book.keywords)[:255]
        about.comments = f"{book.licence}. SHA-256 {book.digest}"[:255]
        about.language = LOCALES.get(book.language, "fr-FR")
        about.identifier, about.version, about.revision = book.address[:255], book.kicker[:255], 1
        about.created = about.modified = at.replace(microsecond=0, tzinfo=None)
        whole = io.BytesIO()
        self.document.save(whole)
        return whole.getvalue()


def _numbered(part: Part) -> str:
    return f"{part.number}. {part.title}" if part.number else part.title


def _bookmark(anchor: str) -> str:
    # A bookmark has 40 characters at most, and no hyphen.
    return ("_" + anchor.replace("-", "_"))[:40]


def _run(words: str, bold: bool = False) -> Any:
    """Words as they are, their line ends and tabs as the format writes them."""
    # Straight into the tree: python-docx goes over the words a character at a time, and looks for what a new run
    # might hold already.
    run = OxmlElement("w:r")
    if bold:
        _put(_put(run, RUN_LOOKS), BOLD)
    for piece in _BREAKS.split(words):
        if piece in ("\n", "\t"):
            _put(run, LINE_END if piece == "\n" else TAB)
        elif piece:
            said = _put(run, WORDS)
            said.text = piece
            if piece != piece.strip():
                said.set(SPACE, "preserve")
    return run


def _put(parent: Any, tag: str) -> Any:
    child = parent.makeelement(tag)
    parent.append(child)
    return child


def _tab() -> Any:
    run = OxmlElement("w:r")
    run.append(OxmlElement("w:tab"))
    return run


def _field_mark(kind: str) -> Any:
    run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    return run


def _field_start(instruction: str) -> tuple[Any, Any, Any]:
    run, told = OxmlElement("w:r"), OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = instruction
    run.append(told)
    return _field_mark("begin"), run, _field_mark("separate")


def _dress(style: Any, font: str, size: float, after: float, before: float = 0) -> None:
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), font)
    style.font.bold = False if font == SERIF else style.font.bold
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(after), Pt(before)


def _rule(style: Any, colour: str) -> None:
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="12" w:space="8" w:color="{colour}"/></w:pBdr>'
    )
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")

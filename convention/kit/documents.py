"""A text of a few pages as an office file, with real styles: DOCX, ODT, and Markdown.

write("docx", Document("Mesurer avant d’acheter", "fr", at, (Piece(Style.HEADING, "Constat"), …)))

What is drawn is plain words: what they hold is never read as XML, as Markdown, or as a formula.
"""

import dataclasses
import datetime as dt
import enum
import io
import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from convention.kit.forms import clean

SERIF, SANS = "Georgia", "Arial"  # what every office suite has, or replaces without moving the lines much
INK = "1E2033"
WEB = ("https://", "http://")
LOCALES = {"fr": "fr-FR", "en": "en-GB"}


class Style(enum.Enum):
    """What a piece is, with its name in an office suite, its font and its size."""

    TITLE = ("Title", SERIF, 26.0)
    HEADING = ("Heading 1", SERIF, 17.0)
    SUBHEADING = ("Heading 2", SERIF, 13.0)
    WORDS = ("Parole", SERIF, 11.5)  # what members wrote
    CLAUSE = ("Paragraphe numéroté", SERIF, 11.5)
    RESERVATION = ("Réserve", SERIF, 11.5)
    REPLY = ("Réponse", SERIF, 10.5)  # to the words above
    NOTE = ("Note d’expert", SANS, 9.5)
    HOUSE = ("Maison", SANS, 9.5)  # what the convention says
    SMALL = ("Mention", SANS, 8.5)

    @property
    def shown(self) -> str:
        return self.value[0]

    @property
    def font(self) -> str:
        return self.value[1]

    @property
    def size(self) -> float:
        return self.value[2]

    @property
    def is_ours(self) -> bool:
        """Whether office suites do not have it of their own."""
        return self not in (Style.TITLE, *LEVELS)

    @property
    def is_beside(self) -> bool:
        """Whether it stands back from the margin: words about others."""
        return self in (Style.RESERVATION, Style.REPLY, Style.NOTE)


# The depth of each heading, which readers walk.
LEVELS = {Style.HEADING: 1, Style.SUBHEADING: 2}


@dataclasses.dataclass(frozen=True)
class Piece:
    """One or more paragraphs of one style: a blank line parts them. `lead` stands before, in bold."""

    style: Style
    words: str
    lead: str = ""
    address: str = ""  # the words are a link to it

    @property
    def paragraphs(self) -> Sequence[str]:
        """Cleaned of what a file cannot carry; titles hold on one line."""
        words = clean(self.words)
        if not self.style.is_ours:
            return [" ".join(words.split())]
        return [part for part in re.split(r"\n[ \t]*\n", words) if part.strip()] or [""]


@dataclasses.dataclass(frozen=True)
class Document:
    """The title and the author are what the suite says of the file; the pieces, all that is read."""

    title: str
    author: str
    language: str
    at: dt.datetime
    pieces: Sequence[Piece]


MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown; charset=utf-8",
}


def write(suffix: str, document: Document) -> bytes:
    """The file, in one of the formats of `MEDIA`."""
    return {"docx": _word, "odt": _opendocument, "md": _markdown}[suffix](document)


# -- Markdown ------------------------------------------------------------------------------------------------------

_SIGNS = re.compile(r"([\\`*_\[\]<>#|~&])")
# What would begin a list, or underline a title.
_STARTS = re.compile(r"(?m)^(\s*\d*)([-+=.)])(?=\s|[-=]|$)")


def _markdown(document: Document) -> bytes:
    return ("\n\n".join(_marked(piece) for piece in document.pieces) + "\n").encode()


def _marked(piece: Piece) -> str:
    first, *rest = [_escaped(part).replace("\n", "  \n") for part in piece.paragraphs]
    if piece.address.startswith(WEB):
        first = f"<{piece.address}>"
    if piece.lead:
        first = f"**{_escaped(clean(piece.lead))}** {first}"
    whole = "\n\n".join([first, *rest])
    before = {Style.TITLE: "# ", Style.HEADING: "## ", Style.SUBHEADING: "### "}.get(piece.style, "")
    if piece.style.is_beside:
        return "\n".join(f"> {line}".rstrip() for line in whole.split("\n"))
    return before + whole


def _escaped(words: str) -> str:
    """The same words, that a reader of Markdown shows as they are."""
    return _STARTS.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", words))


# -- DOCX ----------------------------------------------------------------------------------------------------------


def _word(document: Document) -> bytes:
    # Loaded when it draws, not before: most who are served ask for pages.
    docx, shared = import_module("docx"), import_module("docx.shared")
    kinds, names = import_module("docx.enum.style").WD_STYLE_TYPE, import_module("docx.oxml.ns")
    file = docx.Document()
    for style in Style:
        one = file.styles.add_style(style.shown, kinds.PARAGRAPH) if style.is_ours else file.styles[style.shown]
        if style.is_ours:
            one.base_style, one.quick_style = file.styles["Normal"], True
        one.font.name, one.font.size = style.font, shared.Pt(style.size)
        one.font.color.rgb = shared.RGBColor.from_string(INK)
        fonts = one.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(names.qn(f"w:{theme}"), None)
        for border in one.element.get_or_add_pPr().findall(names.qn("w:pBdr")):
            border.getparent().remove(border)
        one.paragraph_format.space_after = shared.Pt(6)
        if style.is_beside:
            one.paragraph_format.left_indent = shared.Cm(0.8)
    for tongue in file.styles.element.iter(names.qn("w:lang")):
        tongue.set(names.qn("w:val"), LOCALES.get(document.language, "fr-FR"))
    page = file.sections[0]
    page.page_width, page.page_height = shared.Cm(21), shared.Cm(29.7)
    page.left_margin = page.right_margin = shared.Cm(2.5)
    for piece in document.pieces:
        for rank, words in enumerate(piece.paragraphs):
            paragraph = file.add_paragraph(style=piece.style.shown)
            if rank == 0 and piece.lead:
                paragraph.add_run(clean(piece.lead)).bold = True
                paragraph.add_run("\u2002")
            _word_link(docx, names, paragraph, piece.address, words)
    about = file.core_properties
    about.title, about.author, about.comments = clean(document.title)[:255], clean(document.author)[:255], ""
    at = document.at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    about.created, about.modified, about.language = at, at, LOCALES.get(document.language, "fr-FR")
    whole = io.BytesIO()
    file.save(whole)
    return whole.getvalue()


def _word_link(docx: Any, names: Any, paragraph: Any, address: str, words: str) -> None:
    run = paragraph.add_run(words)
    if not address.startswith(WEB):
        return
    link = import_module("docx.oxml").OxmlElement("w:hyperlink")
    relation = import_module("docx.opc.constants").RELATIONSHIP_TYPE.HYPERLINK
    link.set(names.qn("r:id"), paragraph.part.relate_to(address, relation, is_external=True))
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


# -- ODT -----------------------------------------------------------------------------------------------------------


def _opendocument(document: Document) -> bytes:
    odfdo = import_module("odfdo")
    file = odfdo.Document("text")
    for style in Style:
        file.insert_style(_odf_style(style))
    file.insert_style(
        '<style:style style:name="Fort" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )
    tongue, _dash, country = LOCALES.get(document.language, "fr-FR").partition("-")
    for properties in file.styles.root.get_elements("//style:default-style/style:text-properties"):
        properties.set_attribute("fo:language", tongue)
        properties.set_attribute("fo:country", country)
    file.body.clear()
    whole = "".join(_odf(piece) for piece in document.pieces)
    for child in odfdo.Element.from_tag(f"<text:section>{whole}</text:section>").children:
        file.body.append(child)
    at = document.at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    about = file.meta
    about.title, about.language = clean(document.title), LOCALES.get(document.language, "fr-FR")
    about.creation_date, about.date, about.generator = at, at, "Convention"
    about.initial_creator = about.creator = clean(document.author)
    saved = io.BytesIO()
    file.save(saved)
    return saved.getvalue()


def _odf_name(style: Style) -> str:
    """Names are identifiers: « Heading_20_1 »; what people read is the display name."""
    return style.name.capitalize() if style.is_ours else style.shown.replace(" ", "_20_")


def _odf_style(style: Style) -> str:
    depth = LEVELS.get(style)
    level = f' style:default-outline-level="{depth}" style:list-style-name=""' if depth else ""
    indent = ' fo:margin-left="0.8cm"' if style.is_beside else ""
    keep = ' fo:keep-with-next="always" fo:margin-top="14pt"' if depth else ""
    return (
        f'<style:style style:name="{_odf_name(style)}" style:display-name="{style.shown}" style:family="paragraph" '
        f'style:parent-style-name="Standard"{level}><style:paragraph-properties fo:margin-bottom="6pt"{indent}{keep}/>'
        f'<style:text-properties fo:font-family="{style.font}" fo:font-size="{style.size}pt" fo:color="#{INK}" '
        'fo:font-weight="normal" fo:font-style="normal"/></style:style>'
    )


def _odf(piece: Piece) -> str:
    name, drawn = _odf_name(piece.style), ""
    for rank, words in enumerate(piece.paragraphs):
        inside = _odf_words(words)
        if piece.address.startswith(WEB):
            inside = f'<text:a xlink:type="simple" xlink:href={quoteattr(clean(piece.address))}>{inside}</text:a>'
        if rank == 0 and piece.lead:
            inside = f'<text:span text:style-name="Fort">{_odf_words(clean(piece.lead))}</text:span>\u2002{inside}'
        if depth := LEVELS.get(piece.style):
            drawn += f'<text:h text:style-name="{name}" text:outline-level="{depth}">{inside}</text:h>'
        else:
            drawn += f'<text:p text:style-name="{name}">{inside}</text:p>'
    return drawn


def _odf_words(words: str) -> str:
    return escape(words).replace("\n", "<text:line-break/>").replace("  ", ' <text:s text:c="1"/>')

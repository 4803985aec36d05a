"""Markdown for the texts that facilitators write: rendered with raw HTML off, then sanitised all the same."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from convention.kit import i18n
from convention.kit.text import in_french

_render = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": ["«\u00a0", "\u00a0»", "“", "”"]})
_render.enable(["table", "replacements", "smartquotes"])
_render.disable("image")

_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "h4", "hr", "code",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def html(text: str) -> Markup:
    """The text as safe HTML: no raw HTML, no image, links to https, mailto or this site only.

    The page has its own h1, so a text's headings start at h2, whether their author began with « # » or « ## ».
    """
    tokens = _render.parse(text)
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + 2, 4)}"
    lang = i18n.elsewhere()
    for token in tokens:
        if lang and token.level == 0 and token.nesting == 1:
            token.attrSet("lang", lang)
        for words in token.children or ():
            if words.type == "text":
                words.content = in_french(words.content)
    rendered = _render.renderer.render(tokens, _render.options, {})
    clean = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"*": {"lang"}, "a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "mailto"},
        link_rel="nofollow noopener",
    )
    return Markup(clean)  # noqa: S704 - sanitised on the line above

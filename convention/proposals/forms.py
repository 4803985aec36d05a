import re
from typing import Any, Self

from convention.kit.forms import Filled, Form, Sent, ask, clean
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy, ngettext
from convention.proposals.models import TITLE_LENGTH, Competence, Section
from convention.proposals.rules import Piece

PARAGRAPH_LENGTH = 1200
MOST_PARAGRAPHS = 12  # in each section

# « mesure-3 » is paragraph 3; « mesure-n2 » is the second new one.
FIELDS = {"mesure": Section.MEASURE, "garde-fou": Section.SAFEGUARD}
NAMES = {section: name for name, section in FIELDS.items()}
_FIELD = re.compile(r"(mesure|garde-fou)-(n?)([1-9]\d{0,2})")

TITLE = "Donnez un titre à votre proposition."
THEME = "Choisissez le thème."
CONSTAT = "Dites en quelques phrases ce qui ne va pas aujourd’hui."
OBJECTIVE = "Dites ce que vous voulez obtenir."
REASON = "Dites en une phrase pourquoi vous retirez cette proposition."
PARAGRAPH = "Écrivez le paragraphe."
PLAIN = "Écrivez le texte simple."
FOR = "Dites pour quelle table ou pour qui vous écrivez."
SAID = tuple(map(lazy, (TITLE, THEME, CONSTAT, OBJECTIVE, REASON, PARAGRAPH, PLAIN, FOR)))


class PiecesForm(Form):
    """The paragraphs, when nothing else of the card may change."""

    pieces: tuple[Piece, ...] = ask(default=())
    reason: str = ask(most=300)
    revision: int = ask(default=0)

    @classmethod
    def values(cls, sent: Sent) -> dict[str, Any]:
        return {**super().values(sent), "pieces": _pieces(sent)}

    @classmethod
    def typed(cls, sent: Sent) -> dict[str, Any]:
        """What was typed, as the page shows it: each paragraph in its box."""
        values = cls.values(sent)
        return {**values, **{piece.field: piece.text for piece in values["pieces"]}}

    @classmethod
    def read(cls, sent: Sent) -> "Self | Filled":
        form = super().read(sent)
        pieces = _pieces(sent)
        wrong = {piece.field: said for piece in pieces if (said := _too_long(piece))}
        for section in Section:
            several = [piece for piece in pieces if piece.section == section and piece.text]
            if len(several) > MOST_PARAGRAPHS:
                wrong[several[-1].field] = _("Une proposition a {n} paragraphes au plus dans cette partie.").format(
                    n=MOST_PARAGRAPHS
                )
        if isinstance(form, Filled):
            wrong = {**form.errors, **wrong}
        return Filled(cls.typed(sent), wrong) if wrong else form


class CardForm(PiecesForm):
    """The whole card."""

    title: str = ask(TITLE, most=TITLE_LENGTH)
    theme: str = ask(THEME, most=60)
    constat: str = ask(CONSTAT, most=1500)
    objective: str = ask(OBJECTIVE, most=800)
    concerned: str = ask(most=600)
    effects: str = ask(most=1000)
    indicator: str = ask(most=400)
    competence: Competence = ask(default=Competence.UNKNOWN)
    competence_note: str = ask(most=200)
    deadline: str = ask(most=200)


class ParagraphForm(Form):
    """One paragraph, begun on this version of it."""

    text: str = ask(PARAGRAPH, most=PARAGRAPH_LENGTH)
    reason: str = ask(most=300)
    version: int = ask(default=0)


class PlainForm(Form):
    """The proposal in plain words."""

    text: str = ask(PLAIN, most=4000)


class WithdrawalForm(Form):
    """Why a proposal is taken back."""

    reason: str = ask(REASON, most=300)


def _pieces(sent: Sent) -> tuple[Piece, ...]:
    pieces = []
    for name in dict.fromkeys(sent):
        typed = sent[name]
        if isinstance(typed, str) and (found := _FIELD.fullmatch(name)):
            number = None if found[2] else int(found[3])
            pieces.append(Piece(name, FIELDS[found[1]], number, clean(typed)))
    return tuple(sorted(pieces, key=lambda piece: (piece.section != Section.MEASURE, *_order(piece.field))))


def _order(field: str) -> tuple[bool, int]:
    found = _FIELD.fullmatch(field)
    assert found is not None, f"{field} is not a paragraph"
    return bool(found[2]), int(found[3])


def _too_long(piece: Piece) -> str | None:
    over = len(piece.text) - PARAGRAPH_LENGTH
    if over <= 0:
        return None
    return ngettext(
        "Raccourcissez de {n} caractère, ou faites deux paragraphes.",
        "Raccourcissez de {n} caractères, ou faites deux paragraphes.",
        over,
    ).format(n=over)

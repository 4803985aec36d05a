"""What is sent, read once: cleaned, checked, and given back untouched when something is wrong.

A form is a pydantic model. `read` answers either the form or a `Filled`: what was typed, with one sentence for each
field that needs attention. The same `Filled` draws an empty form, a draft and a form in error.

    class ArgumentForm(Form):
        text: str = ask("Écrivez votre argument en une phrase.", most=280)
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined
from starlette.datastructures import FormData, UploadFile

from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext

# What a page sends: several values may have one name.
Sent = FormData | Mapping[str, Any]

# Controls, unpaired surrogates, and the marks that turn a line around without being seen.
_unwelcome = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]"
)


def clean(text: str) -> str:
    """What a person meant: composed characters (NFC), plain line ends, nothing invisible, no blank at either end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _unwelcome.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def ask(
    missing: str = "", *, least: int | None = None, most: int | None = None, default: Any = ..., **more: Any
) -> Any:
    """A field and the sentence said when it is empty; without a sentence, it may stay empty."""
    if not missing and default is ...:
        default = ""
    if missing and least is None and default is ...:
        least = 1
    return Field(default, min_length=least, max_length=most, json_schema_extra={"missing": missing}, **more)


def needed(missing: str, **more: Any) -> Any:
    """A field that is no text (a day, an hour, a number), and the sentence said when it is empty."""
    return Field(json_schema_extra={"missing": missing}, **more)


def _ticked(sent: Any) -> bool:
    return sent is True or sent == "oui"


# A box of `ui.check`: ticked or not, never wrong.
Ticked = Annotated[bool, BeforeValidator(_ticked)]


class Filled:
    """A form as it is shown: what was typed, what is wrong with it."""

    def __init__(self, values: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.errors = dict(errors or {})

    def __getitem__(self, name: str) -> Any:
        value = self.values.get(name)
        return "" if value is None else value

    def all(self, name: str) -> list[str]:
        """The several values of one name."""
        value = self.values.get(name, ())
        return [value] if isinstance(value, str) else [str(one) for one in value]

    def __bool__(self) -> bool:
        """Whether something is wrong."""
        return bool(self.errors)


class Form(BaseModel):
    """What a page may send. Unknown fields are ignored; long and missing ones are said in a sentence."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    @classmethod
    def read(cls, sent: Sent) -> "Self | Filled":
        """The form, or what was typed with the sentences that say what to change."""
        values = cls.values(sent)
        given = {name: value for name, value in values.items() if value not in ("", ()) or _may_be_empty(cls, name)}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            return Filled(values, cls._sentences(error.errors()))

    @classmethod
    def values(cls, sent: Sent) -> dict[str, Any]:
        """What was typed, cleaned, before any check."""
        values: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            if _several(field.annotation):
                got: Any = sent.getlist(name) if isinstance(sent, FormData) else sent.get(name, ())
                values[name] = tuple(clean(one) if isinstance(one, str) else one for one in got)
            else:
                one = sent.get(name, "")
                values[name] = clean(one) if isinstance(one, str) else one
        return values

    @classmethod
    def _sentences(cls, problems: Iterable[ErrorDetails]) -> dict[str, str]:
        sentences: dict[str, str] = {}
        for problem in problems:
            name = str(problem["loc"][0]) if problem["loc"] else ""
            sentences.setdefault(name, cls._sentence(name, problem))
        return sentences

    @classmethod
    def _sentence(cls, name: str, problem: ErrorDetails) -> str:
        field = cls.model_fields.get(name)
        extra = field.json_schema_extra if field is not None and isinstance(field.json_schema_extra, dict) else {}
        missing = str(extra.get("missing") or "")
        context = problem.get("ctx", {})
        kind = problem["type"]
        if kind == "value_error":
            return str(context.get("error", problem["msg"]))
        if kind == "string_too_long":
            over = len(str(problem["input"])) - int(context["max_length"])
            return ngettext("Raccourcissez de {n} caractère.", "Raccourcissez de {n} caractères.", over).format(n=over)
        if kind == "string_too_short" and int(context["min_length"]) > 1:
            least = int(context["min_length"])
            return _("Écrivez au moins {n} caractères.").format(n=least)
        if kind.startswith(("int_", "decimal_", "float_")):
            return _("Écrivez un nombre entier, en chiffres.")
        if kind in ("greater_than_equal", "greater_than"):
            return _("Écrivez un nombre égal ou supérieur à {n}.").format(n=context.get("ge", context.get("gt")))
        if kind in ("less_than_equal", "less_than"):
            return _("Écrivez un nombre égal ou inférieur à {n}.").format(n=context.get("le", context.get("lt")))
        if kind.startswith("date_"):
            return _("Écrivez une date : jour, mois, année.")
        if kind.startswith("time_"):
            return _("Écrivez une heure, par exemple 14:30.")
        if kind in ("literal_error", "enum", "bool_parsing", "uuid_parsing"):
            return _(missing) if missing else _("Choisissez une des réponses proposées.")
        return _(missing) if missing else _("Complétez ce champ.")


def _several(annotation: Any) -> bool:
    return get_origin(annotation) in (tuple, list, set, frozenset)


def _may_be_empty(form: type[Form], name: str) -> bool:
    # An empty box is « nothing was typed »: the default answers, or the field's own sentence does.
    field = form.model_fields[name]
    return field.default is PydanticUndefined and field.default_factory is None and field.annotation is str


def optional(annotation: Any) -> bool:
    """Whether a field's type admits None."""
    return type(None) in get_args(annotation)


def upload(sent: FormData, name: str) -> UploadFile | None:
    """The file sent under this name, if one was chosen."""
    file = sent.get(name)
    return file if isinstance(file, UploadFile) and file.filename else None


def day(text: str) -> dt.date | None:
    """A date typed by hand or by a date box, or None."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return dt.datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None

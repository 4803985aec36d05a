"""The command line in French, to the last line of its help: the library's own words are English."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import typer
import typer.core
import typer.rich_utils

from convention.cli.common import fail
from convention.kit import room
from convention.kit.errors import Refused
from convention.kit.i18n import gettext as _

typer.rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
typer.rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"

Command = TypeVar("Command", bound=Callable[..., Any])


class OneCommand(typer.core.TyperCommand):
    """A command whose help speaks French to its last line."""

    def get_help_option(self, ctx: Any) -> Any:
        return _in_french(super().get_help_option(ctx))


class Commands(typer.core.TyperGroup):
    """The same, of several commands."""

    def get_help_option(self, ctx: Any) -> Any:
        return _in_french(super().get_help_option(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(_("La commande « {name} » n’existe pas.").format(name=args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            fail(refusal.reason)
        except (OSError, sa.exc.DBAPIError) as error:
            if not room.is_lacking(error):
                raise
            fail(_("Le disque est plein : rien n’a été enregistré. Faites de la place, puis recommencez."))


class Group(typer.Typer):
    """Commands whose help, refusals and missing words are in French."""

    def __init__(self, **options: Any) -> None:
        super().__init__(cls=Commands, no_args_is_help=True, **options)

    def command(self, name: str | None = None, **options: Any) -> Callable[[Command], Command]:
        return super().command(name, cls=OneCommand, **options)


def _in_french(option: Any) -> Any:
    if option is not None:
        option.help = "Affiche cette aide."
    return option


def _why_not_fit(asked: Any, said: str) -> str:
    """What was expected of this value; for a file, why it is not used."""
    wanted = getattr(asked, "type_descriptor", None)
    kind, choices = getattr(wanted, "annotation", None), getattr(wanted, "choices", None)
    if choices:
        return _("Choisissez entre : {words}.").format(
            words=", ".join(str(getattr(one, "value", one)) for one in choices)
        )
    if kind is int:
        return _("Écrivez un nombre entier.")
    if kind is Path and "is not readable" in said:
        return _("Ce compte n’a pas le droit de lire ce fichier.")
    return ""


def _refuse(error: Any) -> None:
    """What the command line does not understand, said as the rest is: the library's own words are English."""
    kind, asked = type(error).__name__, getattr(error, "param", None)
    if kind == "NoArgsIsHelpError":  # its help has been shown
        return
    name = asked.opts[0] if asked is not None else getattr(error, "option_name", "")
    known = {
        "NoSuchOption": _("L’option {name} n’existe pas."),
        "BadOptionUsage": _("L’option {name} attend une valeur."),
        "MissingParameter": _("Il manque « {name} »."),
        "BadParameter": _("La valeur donnée à « {name} » ne convient pas."),
    }
    sentence = known[kind].format(name=name) if kind in known else error.message
    if kind == "BadParameter" and (why := _why_not_fit(asked, error.message)):
        sentence = f"{sentence} {why}"
    if kind == "UsageError" and isinstance(error.cmd, OneCommand):
        sentence = _("Il y a des mots de trop.")
    typer.echo(sentence, err=True)
    if error.ctx is not None:
        typer.echo(_("Ce qui se fait : {command} -h").format(command=error.ctx.command_path), err=True)


typer.rich_utils.rich_format_error = _refuse  # type: ignore[assignment]  # it names its argument `self`

"""The editions of the report, when they must be closed to the public."""

from typing import Annotated

import typer

from convention.cli.common import Host, fail, ready, say, settings_or_fail, the_convention
from convention.cli.french import Group
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.people.visits import base_address
from convention.recommendations import actions as edition_actions
from convention.recommendations import queries as edition_queries
from convention.recommendations.forms import ClosingForm
from convention.recommendations.models import EditionRow

commands = Group(help="Les éditions du rapport.")


@commands.command("close")
def close_edition(
    number: Annotated[int, typer.Argument(help="Le numéro de l’édition.")],
    reason: Annotated[str, typer.Option(help="Pourquoi, en une phrase : elle est publique.")],
    host_name: Host = "",
) -> None:
    """Ferme une édition au public, quand l’administration n’est pas deux pour le faire. Le journal le dit."""
    form = ClosingForm.read({"reason": reason})
    if isinstance(form, Filled):
        fail(form.errors["reason"])
    settings = settings_or_fail()
    with ready(settings).writing() as db:
        here = the_convention(db, host_name)
        edition = _the_edition(db, here, number)
        page = f"{base_address(here, settings)}/rapport/{number}"
        edition_actions.close(db, here, edition, form.reason, page=page)
    say(_("L’édition n° {n} est fermée au public. Les garants en sont prévenus.").format(n=number))


@commands.command("reopen")
def reopen_edition(
    number: Annotated[int, typer.Argument(help="Le numéro de l’édition.")], host_name: Host = ""
) -> None:
    """Rouvre au public une édition fermée : elle reste retirée. Le journal le dit."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        edition_actions.reopen(db, _the_edition(db, here, number))
    say(_("L’édition n° {n} se lit de nouveau.").format(n=number))


def _the_edition(db: Session, here: Convention, number: int) -> EditionRow:
    edition = edition_queries.edition_line(db, here, number)
    if edition is None:
        fail(_("Aucune édition publiée ne porte le numéro {n}.").format(n=number))
    return edition

"""The conventions of this installation."""

from typing import Annotated

import typer

from convention.cli.common import Host, fail, ready, say, settings_or_fail
from convention.cli.french import Group
from convention.conventions import actions as conventions_actions
from convention.conventions import queries as conventions
from convention.conventions.models import Convention
from convention.kit import clock
from convention.kit.i18n import gettext as _

commands = Group(help="Les conventions de cette installation.")


@commands.command("new")
def new_convention(
    title: Annotated[str, typer.Option(help="Titre court.")],
    question: Annotated[str, typer.Option(help="La question posée à la convention.")],
    city: Annotated[str, typer.Option(help="Collectivité.")],
    host_name: Host = "",
) -> None:
    """Ajoute une convention. Ses thèmes, phases et séances s’écrivent ensuite dans le navigateur."""
    with ready(settings_or_fail()).writing() as db:
        if host_name and any(one.host == host_name for one in conventions.everywhere(db)):
            fail(_("Une convention répond déjà à {host}.").format(host=host_name))
        if not host_name and any(one.host is None for one in conventions.everywhere(db)):
            fail(_("Une convention sans nom de domaine existe déjà : donnez --host-name à celle-ci."))
        made = Convention(host=host_name or None, title=title, question=question, city=city, created_at=clock.now())
        conventions_actions.start(db, made)
    say(_("La convention est prête. Ajoutez une administration : convention person add --role administrator …"))

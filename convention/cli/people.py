"""People, their letters and what opens their door again."""

from typing import Annotated

import typer

from convention.cli.common import Host, fail, ready, say, settings_or_fail, the_convention
from convention.cli.french import Group
from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.people import actions as people
from convention.people import codes
from convention.people import queries as people_queries
from convention.people.forms import PersonForm
from convention.people.models import Person, RoleKind

commands = Group(help="Les personnes et leurs rôles.")


@commands.command("add")
def add_person(
    name: Annotated[str, typer.Argument(help="Nom affiché.")],
    role: Annotated[list[RoleKind], typer.Option(help="Rôle ; répétez l’option pour plusieurs.")],
    email: Annotated[str, typer.Option(help="Adresse e-mail, pour recevoir des liens.")] = "",
    host_name: Host = "",
) -> None:
    """Inscrit une personne et affiche le code de sa lettre, une seule fois."""
    settings = settings_or_fail()
    with ready(settings).writing() as db:
        here = the_convention(db, host_name)
        form = PersonForm.read({"name": name, "email": email, "roles": tuple(role)})
        if not isinstance(form, PersonForm):
            fail("\n".join(form.errors.values()))
        added = people.add(db, here, form)
        code = people.new_code(db, here, added, settings.secret)
    say(_("{name} est inscrit·e. Code : {code}").format(name=added.name, code=codes.shown(code)))


@commands.command("letter")
def new_letter(
    who: Annotated[str, typer.Argument(help="Adresse e-mail, ou nom affiché.")], host_name: Host = ""
) -> None:
    """Fait un nouveau code de lettre, affiché une seule fois ; le précédent cesse de marcher. Le journal le dit."""
    settings = settings_or_fail()
    with ready(settings).writing() as db:
        here = the_convention(db, host_name)
        one = the_person(db, here, who)
        code = people.new_code(db, here, one, settings.secret)
    say(_("Nouveau code de {name} : {code}").format(name=one.name, code=codes.shown(code)))


@commands.command("end-sessions")
def end_sessions(
    who: Annotated[str, typer.Argument(help="Adresse e-mail, ou nom affiché.")], host_name: Host = ""
) -> None:
    """Déconnecte tous les appareils d’une personne : téléphone volé, machine lue. Le journal le dit."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        one = the_person(db, here, who)
        people.close_devices(db, here, one, by=None)
    say(_("{name} : tous ses appareils sont déconnectés. Ce qui lui ouvre ne change pas.").format(name=one.name))


@commands.command("reset-second-factor")
def reset_second_factor(
    who: Annotated[str, typer.Argument(help="Adresse e-mail, ou nom affiché.")], host_name: Host = ""
) -> None:
    """Retire le second facteur d’une personne qui a perdu téléphone et codes de secours. Le journal le dit."""
    with ready(settings_or_fail()).writing() as db:
        here = the_convention(db, host_name)
        one = the_person(db, here, who)
        people.reset_second_factor(db, here, one, by=None)
    say(_("Le second facteur de {name} est retiré : un autre sera choisi en entrant.").format(name=one.name))


def the_person(db: Session, here: Convention, who: str) -> Person:
    known = [one for one, _roles in people_queries.everyone_in(db, here.id) if who in (one.email, one.name)]
    if len(known) != 1:
        fail(_("{n} personnes sont nommées ainsi : donnez son adresse e-mail.").format(n=len(known)))
    return known[0]

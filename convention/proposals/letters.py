"""What those who write together receive by mail, when they have an address; the pages say the same to all."""

from collections.abc import Iterable

from convention.conventions.models import Convention
from convention.kit import mail
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.people.models import Person
from convention.proposals.models import Proposal


def invite(db: Session, convention: Convention, proposal: Proposal, person: Person, by: Person, link: str) -> None:
    """She is invited to write this proposal."""
    if person.email:
        mail.write(
            db,
            convention,
            person.email,
            _("{name} vous invite à écrire une proposition").format(name=by.name),
            [
                _("Bonjour {name},").format(name=person.name),
                _("Proposition n° {n} : {title}").format(n=proposal.number, title=proposal.title),
                _("Si vous acceptez, vous pourrez la modifier, et votre nom sera parmi ceux qui l’ont écrite."),
            ],
            button=(_("Répondre à l’invitation"), link),
            why=_("Vous recevez ce message parce qu’une personne vous invite à écrire avec elle."),
        )


def ask(
    db: Session, convention: Convention, proposal: Proposal, writers: Iterable[Person], by: Person, link: str
) -> None:
    """Somebody asks to write with them."""
    for person in writers:
        if person.email:
            mail.write(
                db,
                convention,
                person.email,
                _("{name} demande à écrire avec vous").format(name=by.name),
                [
                    _("Bonjour {name},").format(name=person.name),
                    _("Proposition n° {n} : {title}").format(n=proposal.number, title=proposal.title),
                    _("Rien ne change tant que l’une des personnes qui l’écrivent n’a pas répondu."),
                ],
                button=(_("Répondre à la demande"), link),
                why=_("Vous recevez ce message parce que vous écrivez cette proposition."),
            )

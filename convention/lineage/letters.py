"""What those concerned receive by mail: written by the routes, which know the addresses of pages."""

from convention.conventions.models import Convention
from convention.kit import mail
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.lineage import queries
from convention.lineage.queries import Recast
from convention.people.models import Person

NO = (
    "Vous n’êtes pas d’accord ? Vous pouvez revenir en arrière sur cette page, tant que personne n’a amendé, modifié "
    "ni voté le nouveau texte. L’animation le peut aussi : appelez-la."
)
SAID = (lazy(NO),)


def tell(db: Session, convention: Convention, recast: Recast, by: Person, link: str) -> None:
    """Those who wrote learn where their words went; those who signed are asked, and nothing is moved for them."""
    title = recast.said + "."
    if recast.recasting.undone_at is not None:
        title = _("C’est annulé : vos propositions sont comme avant")
    written = {
        person.id: person for several in queries.authors_of(db, recast.sources).values() for person in several
    }  # fmt: skip
    reason = recast.undone_reason or recast.reason
    for person in written.values():
        if person.email and person.id != by.id:
            lines = [
                _("Bonjour {name},").format(name=person.name),
                _("Pourquoi : {reason}").format(reason=reason),
                _("Vous êtes toujours parmi les auteurs. La page dit où est allé chacun de vos paragraphes."),
            ]
            if recast.recasting.undone_at is None:
                lines.append(_(NO))
            mail.write(
                db, convention, person.email, title[:200], lines,
                button=(_("Voir où sont allés mes mots"), link),
                why=_("Vous recevez ce message parce que vous avez écrit une de ces propositions."),
            )  # fmt: skip
    if recast.recasting.undone_at is not None:
        return
    for person in queries.signatories(db, recast.sources):
        if person.email and person.id != by.id:
            lines = [
                _("Bonjour {name},").format(name=person.name),
                _("Vous avez signé une réserve sur une de ces propositions. Votre signature n’a pas bougé."),
                _("Si vous le souhaitez, elle peut aussi accompagner le nouveau texte : vous choisissez sur la page."),
            ]
            mail.write(
                db, convention, person.email, title[:200], lines,
                button=(_("Lire et choisir"), link),
                why=_("Vous recevez ce message parce que vous avez signé une réserve."),
            )  # fmt: skip

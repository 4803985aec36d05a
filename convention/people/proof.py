"""That it is really her: asked before what opens doors, when she entered some time ago (a session left open)."""

from convention.kit import ids, mail
from convention.kit.forms import Filled, clean
from convention.kit.i18n import gettext as _
from convention.people import actions, entrance, queries, rules
from convention.people.models import Person, RoleKind
from convention.people.visits import Visit


def is_recent(visit: Visit) -> bool:
    """Whether she has just entered: nothing more is asked of her."""
    return visit.sign_in is not None and rules.is_recent(visit.sign_in.signed_in_at, visit.at)


def why_not(visit: Visit) -> Filled | None:
    """Why it is not proved, as a form in error; None when it is. A wrong proof is counted: the answer must be kept."""
    if is_recent(visit):
        return None
    typed = clean(str(visit.form.get("proof", "")))[:200]
    if not typed:
        return Filled(
            {}, {"proof": _("Vous êtes entré·e il y a un moment : écrivez ici ce qui prouve que c’est vous.")}
        )
    account = ids.keyed(visit.settings.secret, "proof", f"{visit.convention.id}:{visit.me.id}")
    keys = {"second": account, "network": entrance.keys(visit)["network"]}
    if reason := entrance.why_not_try(visit, keys):
        return Filled({}, {"proof": reason})
    assert visit.sign_in is not None, "she is signed in"
    if actions.is_hers(
        visit.db, visit.convention, visit.me, visit.sign_in, typed, visit.settings.secret, visit.at
    ):  # fmt: skip
        actions.forget_failures(visit.db, account)
        return None
    actions.note_failure(visit.db, keys, visit.at)
    reason = _("Ce n’est pas reconnu. Vérifiez, ou sortez et entrez de nouveau.")
    if actions.is_spent(visit.db, visit.convention, visit.me, typed, visit.settings.secret):
        reason = actions.why_not_second(visit.db, visit.convention, visit.me, typed, visit.settings.secret)
    return Filled({}, {"proof": reason})


def tell(visit: Visit, person: Person, title: str, what: str, *, to: str | None = None) -> None:
    """Tell her what has just changed in her ways in, at the address she had before it changed."""
    address = to or person.email
    if not address:
        return
    mail.write(
        visit.db,
        visit.convention,
        address,
        title,
        [
            _("Bonjour {name},").format(name=person.name),
            what,
            _("Ce n’est pas vous qui l’avez demandé ? Appelez la ligne d’aide tout de suite."),
        ],
        why=_("Vous recevez ce message parce qu’une façon d’entrer sous votre nom vient de changer."),
    )


def tell_administrators(visit: Visit, person: Person, what: str) -> None:
    """The other administrators hear that something waits for them."""
    for other in queries.holding(visit.db, visit.convention.id, RoleKind.ADMINISTRATOR):
        if other.email and other.id not in (visit.me.id, person.id):
            mail.write(
                visit.db,
                visit.convention,
                other.email,
                _("Une demande attend votre confirmation"),
                [
                    _("Bonjour {name},").format(name=other.name),
                    _("{by} demande pour {person} : {what}.").format(by=visit.me.name, person=person.name, what=what),
                    _("Vérifiez de vive voix auprès de cette personne. Sans vous, rien n’est fait."),
                ],
                button=(_("Voir la demande"), visit.address("people.register") + "#confirmer"),
                why=_("Vous recevez ce message parce que vous faites partie de l’administration."),
            )

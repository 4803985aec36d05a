"""That it is really her: asked before what opens doors, when she entered some time ago (a session left open)."""

from convention.kit import ids
from convention.kit.forms import Filled, clean
from convention.kit.i18n import gettext as _
from convention.people import actions, entrance, rules
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

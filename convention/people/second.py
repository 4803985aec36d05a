"""The second factor: put in place the first time, asked each time, replaced when the phone is lost."""

from starlette.responses import Response

from convention.kit import ids, qr
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.web import kept, see
from convention.people import actions, authenticator, codes, entrance, mails, queries, rules
from convention.people.forms import SecondForm
from convention.people.models import GUARDED, Person
from convention.people.visits import Visit


def second(visit: Visit) -> Response:
    if visit.waiting is None:
        return see(visit.url("portal.home" if visit.person else "people.enter"))
    return _ask(visit, visit.waiting, Filled({"suite": entrance.inside(visit.query("suite", most=500))}))


def begin(visit: Visit) -> Response:
    """A fresh secret, to be photographed."""
    if visit.waiting is None or visit.sign_in is None:
        return see(visit.url("people.enter"))
    if not rules.is_recent(visit.sign_in.signed_in_at, visit.at):
        # A door half open for hours: somebody else may be sitting there. She knocks again.
        actions.sign_out(visit.db, visit.sign_in)
        return see(visit.url("people.enter", query={"suite": entrance.inside(str(visit.form.get("suite", "")))}))
    actions.begin_second_factor(visit.db, visit.convention, visit.waiting, visit.sign_in, visit.settings.secret)
    return see(visit.url("people.second", query={"suite": entrance.inside(str(visit.form.get("suite", "")))}))


def give(visit: Visit) -> Response:
    """A code, or one of the recovery codes. The first code answers with ten recovery codes."""
    person, device = visit.waiting, visit.sign_in
    if person is None or device is None:
        return see(visit.url("people.enter"))
    form = SecondForm.read(visit.form)
    if isinstance(form, Filled):
        return _ask(visit, person, form, 422)
    keys = _keys(visit, person)
    if reason := entrance.why_not_try(visit, keys):
        return _ask(visit, person, Filled({"suite": form.suite}, {"code": reason}), 429)
    factor = queries.second_factor(visit.db, visit.convention.id, person.id)
    first = factor is not None and factor.confirmed_at is None
    secret = visit.settings.secret
    if not actions.use_second_factor(visit.db, visit.convention, person, device, form.code, secret, visit.at):
        actions.note_failure(visit.db, keys, visit.at)
        reason = actions.why_not_second(visit.db, visit.convention, person, form.code, secret)
        return kept(_ask(visit, person, Filled({"suite": form.suite}, {"code": reason}), 422))
    actions.forget_failures(visit.db, keys["second"])
    onward = entrance.inside(form.suite) or visit.url("portal.home")
    if not first and not rules.is_from_application(form.code):
        left = sum(one.used_at is None for one in queries.recovery_codes(visit.db, visit.convention.id, person.id))
        mails.second(
            visit,
            person,
            _("Un code de secours a servi"),
            _(
                "Il a ouvert votre compte, à la place de votre téléphone. Il vous en reste {n} ; vous pouvez en faire "
                "dix nouveaux dans « Mon compte »."
            ).format(n=left),
        )
    if not first:
        return entrance.open_device(
            visit, person, onward, device=device.device, shared=device.shared, second=True
        )  # fmt: skip
    if person.email:
        mails.second(
            visit,
            person,
            _("Votre second facteur est en place"),
            _("Une application vient d’être associée à votre nom. Elle sera demandée chaque fois que vous entrez."),
        )
    visit.person = person  # she is in: the page says her name
    response = _show_codes(visit, person, onward)
    entrance.take_device(visit, person, response, device=device.device, shared=device.shared, second=True)
    return response


def recovery_codes(visit: Visit) -> Response:
    """Ten new codes, for whoever has lost the paper."""
    if queries.second_factor(visit.db, visit.convention.id, visit.me.id) is None:
        raise Refused(_("Vous entrez sans second facteur : il n’y a pas de codes de secours."))
    mails.second(
        visit,
        visit.me,
        _("Vos codes de secours ont changé"),
        _("Dix nouveaux codes viennent d’être faits. Les anciens n’ouvrent plus."),
    )
    return _show_codes(visit, visit.me, visit.url("people.account"))


def tell_reset(visit: Visit, person: Person) -> None:
    if person.email:
        mails.second(
            visit,
            person,
            _("Votre second facteur est retiré"),
            _("L’administration l’a retiré. Vous en choisirez un autre la prochaine fois que vous entrerez."),
        )


def state(visit: Visit, person: Person) -> tuple[bool, int] | None:
    """For pages: whether hers is in place and how many recovery codes are left. None when nobody asks it of her."""
    if not visit.settings.second_factor:
        return None
    factor = queries.second_factor(visit.db, visit.convention.id, person.id)
    if factor is None and not queries.roles(visit.db, visit.convention.id, person.id) & GUARDED:
        return None
    left = [one for one in queries.recovery_codes(visit.db, visit.convention.id, person.id) if one.used_at is None]
    return factor is not None and factor.confirmed_at is not None, len(left)


def _ask(visit: Visit, person: Person, form: Filled, status: int = 200) -> Response:
    factor = queries.second_factor(visit.db, visit.convention.id, person.id)
    mine = factor is not None and visit.sign_in is not None and factor.device_id == visit.sign_in.id
    drawing = key = None
    secret = visit.settings.secret
    if factor is not None and factor.confirmed_at is None and mine and not authenticator.is_dead(factor.secret, secret):
        address = authenticator.address(
            factor.secret, secret, label=person.email or person.name, issuer=f"Convention {visit.convention.city}"[:32]
        )
        drawing, key = qr.drawing(address), authenticator.key(factor.secret, secret)
    confirmed = factor is not None and factor.confirmed_at is not None
    response = visit.page(
        "people/second.html", status=status, form=form, confirmed=confirmed, drawing=drawing, key=key
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


def _show_codes(visit: Visit, person: Person, onward: str) -> Response:
    made = actions.new_recovery_codes(visit.db, visit.convention, person, visit.settings.secret)
    response = visit.page("people/recovery.html", made=[codes.shown(code) for code in made], onward=onward)
    response.headers["cache-control"] = "no-store"
    return response


def _keys(visit: Visit, person: Person) -> dict[str, str]:
    account = f"{visit.convention.id}:{person.id}"
    return {
        "second": ids.keyed(visit.settings.secret, "second", account),
        "network": entrance.keys(visit)["network"],
    }

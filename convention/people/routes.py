"""Coming in, one's own account, and the register of people."""

import datetime as dt
from urllib.parse import urlsplit

from starlette.responses import Response

from convention.kit import clock, ids
from convention.kit.errors import Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, kept, post, see
from convention.people import actions, codes, entrance, mails, mine, proof, queries, retention, rules, second
from convention.people.audiences import administrators, everyone, guarantors, signed_in
from convention.people.forms import (
    CodeForm,
    LinkForm,
    NewPasswordForm,
    PasswordForm,
    PersonForm,
    ReachForm,
    RolesForm,
)
from convention.people.models import Opening, OpeningRequest, Person, Reach, RoleKind, RoleRequest
from convention.people.visits import COOKIE, Visit, clear_cookie, found

NOTICES = {
    "bienvenue": lazy("Vous êtes entré·e."),
    "sorti": lazy("Vous êtes sorti·e. À bientôt."),
    "joindre": lazy("C’est noté : nous vous joindrons ainsi."),
    "appareil": lazy("Cet appareil est déconnecté."),
    "appareils": lazy("Vos autres appareils sont déconnectés."),
    "ses-appareils": lazy("Tous ses appareils sont déconnectés. Sa lettre, si elle en a une, ouvre toujours."),
    "mot-de-passe": lazy("Votre mot de passe est enregistré."),
    "personne": lazy("La personne est inscrite."),
    "efface": lazy("Vos données sont effacées. Merci de ce que vous avez apporté."),
    "personne-effacee": lazy("Ces données sont effacées. Ce que cette personne a déposé reste, signé « membre »."),
    "role-demande": lazy("C’est demandé. Le rôle sera donné quand une autre personne de l’administration confirmera."),
    "role-confirme": lazy(
        "Le rôle est donné. Sa lettre d’avant n’ouvre plus et ses appareils sont déconnectés : il lui faut une autre "
        "lettre, ou un lien par courriel."
    ),
    "role-refuse": lazy("La demande est retirée."),
    "role-ecarte": lazy("Le rôle est refusé : il n’est pas donné."),
    "ouverture-demandee": lazy("C’est demandé. Rien ne change tant qu’une autre personne ne l’a pas confirmé."),
    "ouverture-refusee": lazy("La demande est écartée."),
    "second-retire": lazy("Le second facteur est retiré. La personne en choisira un autre en entrant."),
    "roles": lazy("Les rôles sont à jour."),
}

# -- coming in -----------------------------------------------------------------------------------------------------


def enter(visit: Visit) -> Response:
    if visit.waiting is not None:
        suite = entrance.inside(visit.query("suite", most=500))
        return see(visit.url("people.second", query={"suite": suite}))
    if visit.person is not None and not visit.query("suite"):
        return see(visit.url("people.account"))
    return _door(visit, code=entrance.arriving(visit, entrance.inside(visit.query("suite", most=500))))


def enter_with_code(visit: Visit) -> Response:
    form = CodeForm.read(visit.form)
    if isinstance(form, Filled):
        return _door(visit, code=form, status=422)
    keys = entrance.keys(visit)
    if reason := entrance.why_not_try(visit, keys):
        return _door(visit, code=_again(form, "code", reason), status=429)
    person = actions.of_code(visit.db, visit.convention, form.code, visit.settings.secret, visit.at)
    if person is None:
        actions.note_failure(visit.db, keys, visit.at)
        reason = _("Ce code n’est pas reconnu. Vérifiez les dix caractères, ou appelez la ligne d’aide.")
        return kept(_door(visit, code=_again(form, "code", reason), status=422))
    return entrance.come_in(visit, person, form.suite, shared=form.shared)


def ask_link(visit: Visit) -> Response:
    form = LinkForm.read(visit.form)
    if isinstance(form, Filled):
        return _door(visit, link=form, status=422)
    # Asking for many links is refused like many wrong codes, and an unknown address is answered like a known one.
    keys = {**entrance.keys(visit), "account": ids.keyed(visit.settings.secret, "link", form.email)}
    if reason := entrance.why_not_try(visit, keys):
        return _door(visit, link=_again(form, "email", reason), status=429)
    actions.note_failure(visit.db, {"account": keys["account"], "network": keys["network"]}, visit.at)
    person = queries.of_email(visit.db, form.email)
    if person and queries.roles(visit.db, visit.convention.id, person.id):
        token = actions.new_link(visit.db, visit.convention, person)
        mails.link(visit, person, token, entrance.inside(form.suite))
    return see(visit.url("people.link_sent"))


def link_sent(visit: Visit) -> Response:
    return visit.page("people/link_sent.html")


def link(visit: Visit) -> Response:
    # Mail scanners open links: looking spends nothing, the button does.
    return visit.page("people/link.html", suite=entrance.inside(visit.query("suite", most=500)))


def use_link(visit: Visit) -> Response:
    person = actions.use_link(visit.db, visit.convention, visit.path("token"), visit.at)
    if person is None:
        reason = _("Ce lien a déjà servi, ou il a plus de 30 minutes. Demandez-en un autre.")
        return _door(visit, link=Filled({}, {"email": reason}), status=422)
    return entrance.come_in(visit, person, str(visit.form.get("suite", "")), shared=False, by_mail=True)


def enter_with_password(visit: Visit) -> Response:
    form = PasswordForm.read(visit.form)
    if isinstance(form, Filled):
        return _door(visit, password=_without_password(form), status=422)
    keys = {**entrance.keys(visit), "account": ids.keyed(visit.settings.secret, "account", form.email)}
    typed = Filled({"email": form.email, "suite": form.suite})
    if reason := entrance.why_not_try(visit, keys):
        return _door(visit, password=Filled(typed.values, {"password": reason}), status=429)
    person = actions.of_password(visit.db, visit.convention, form.email, form.password)
    if person is None:
        actions.note_failure(visit.db, keys, visit.at)
        reason = _("L’adresse ou le mot de passe n’est pas le bon.")
        return kept(_door(visit, password=Filled(typed.values, {"password": reason}), status=422))
    return entrance.come_in(visit, person, form.suite, shared=form.shared)


def leave(visit: Visit) -> Response:
    if visit.sign_in is not None:
        actions.sign_out(visit.db, visit.sign_in)
    # A shared tablet is handed to the next person: it goes where she comes in.
    onward = entrance.inside(str(visit.form.get("suivant", ""))[:500])
    response = see(onward or visit.url("portal.home", query={"fait": "sorti"}))
    clear_cookie(response, visit, COOKIE)
    return response


def _door(
    visit: Visit,
    *,
    code: Filled | None = None,
    link: Filled | None = None,
    password: Filled | None = None,
    status: int = 200,
) -> Response:
    suite = next((str(one["suite"]) for one in (code, link, password) if one is not None), "")
    empty = entrance.arriving(visit, suite)
    return visit.page(
        "people/enter.html", status=status, code=code or empty, link=link or empty, password=password or empty
    )


def _again(form: CodeForm | LinkForm, name: str, reason: str) -> Filled:
    return Filled(form.model_dump(), {name: reason})


def _without_password(form: Filled) -> Filled:
    return Filled({name: value for name, value in form.values.items() if name != "password"}, form.errors)


# -- my account ----------------------------------------------------------------------------------------------------


def account(visit: Visit) -> Response:
    return _account(visit)


def _account(
    visit: Visit,
    *,
    reach: Filled | None = None,
    password: Filled | None = None,
    recovery: Filled | None = None,
    status: int = 200,
) -> Response:
    me = visit.me
    return visit.page(
        "people/account.html",
        status=status,
        roles=[kind for kind in RoleKind if kind in visit.roles],
        reach=reach or Filled({"reach": me.reach or "", "email": me.email, "phone": me.phone}),
        reaches=[(reach, reach.label) for reach in Reach],
        password=password or Filled(),
        recovery=recovery or Filled(),
        known=proof.is_recent(visit),
        devices=queries.devices(visit.db, visit.convention.id, me.id, visit.at),
        factor=second.state(visit, me),
        tasks=visit.request.app.state.awaiting(visit),
    )


def choose_reach(visit: Visit) -> Response:
    form = ReachForm.read(visit.form)
    if isinstance(form, ReachForm):
        missing = {}
        if form.reach == Reach.EMAIL and not (form.email or visit.me.email):
            missing["email"] = _("Écrivez l’adresse e-mail où vous joindre.")
        if form.reach == Reach.PHONE and not form.phone:
            missing["phone"] = _("Écrivez le numéro où vous joindre.")
        if form.email and (other := queries.of_email(visit.db, form.email)) and other.id != visit.me.id:
            missing["email"] = _("Cette adresse ne peut pas être utilisée. Choisissez-en une autre.")
        if missing:
            form = Filled(form.model_dump(), missing)
    if isinstance(form, Filled):
        return _account(visit, reach=form, status=422)
    former = visit.me.email
    changes = bool(form.email) and form.email != former
    if changes and (doubt := proof.why_not(visit)):
        return kept(_account(visit, reach=Filled(form.model_dump(), doubt.errors), status=422))
    actions.choose_reach(visit.db, visit.me, form)
    if changes and former:
        mails.way_in(
            visit,
            visit.me,
            _("Votre adresse e-mail a changé"),
            _("Les messages de la convention et les liens pour entrer n’arriveront plus ici, mais à l’adresse que vous "
              "venez d’écrire dans votre compte."),
            to=former,
        )  # fmt: skip
    return see(visit.url("people.account", query={"fait": "joindre"}))


def choose_password(visit: Visit) -> Response:
    form = NewPasswordForm.read(visit.form)
    if isinstance(form, Filled):
        return _account(visit, password=Filled({}, form.errors), status=422)
    if visit.me.email is None:
        reason = _("Enregistrez d’abord une adresse e-mail, plus haut sur cette page.")
        return _account(visit, password=Filled({}, {"password": reason}), status=422)
    if doubt := proof.why_not(visit):
        return kept(_account(visit, password=doubt, status=422))
    actions.choose_password(visit.db, visit.me, form.password)
    mails.way_in(
        visit,
        visit.me,
        _("Votre mot de passe a changé"),
        _("Un nouveau mot de passe ouvre votre compte. Vos autres appareils ont été déconnectés."),
    )
    assert visit.sign_in is not None, "she is signed in"
    actions.end_everywhere(visit.db, visit.convention, visit.me, but=visit.sign_in.id)
    return see(visit.url("people.account", query={"fait": "mot-de-passe"}))


def recovery_codes(visit: Visit) -> Response:
    """Ten new codes, for whoever has lost the paper."""
    if doubt := proof.why_not(visit):
        return kept(_account(visit, recovery=doubt, status=422))
    return second.recovery_codes(visit)


def close_device(visit: Visit) -> Response:
    mine = queries.devices(visit.db, visit.convention.id, visit.me.id, visit.at)
    device = found(next((one for one in mine if one.id == visit.path("device")), None))
    actions.sign_out(visit.db, device)
    return see(visit.url("people.account", query={"fait": "appareil"}))


def close_devices(visit: Visit) -> Response:
    assert visit.sign_in is not None, "she is signed in"
    actions.end_everywhere(visit.db, visit.convention, visit.me, but=visit.sign_in.id)
    return see(visit.url("people.account", query={"fait": "appareils"}))


# -- the register --------------------------------------------------------------------------------------------------


def register(visit: Visit) -> Response:
    return _register(visit)


def _register(
    visit: Visit, form: Filled | None = None, status: int = 200, *, doubt: Filled | None = None, on: object = None
) -> Response:
    people = [
        (person, [role.kind for role in roles if role.ended_at is None])
        for person, roles in queries.everyone_in(visit.db, visit.convention.id)
        if person.erased_at is None
    ]
    names = {person.id: person.name for person, _roles in people}
    return visit.page(
        "people/register.html",
        status=status,
        people=people,
        counts=[(kind, sum(kind in roles for _person, roles in people)) for kind in RoleKind],
        form=form or Filled({"roles": (RoleKind.MEMBER,)}),
        kinds=[(kind, kind.label) for kind in RoleKind],
        requests=[
            (one, names.get(one.person_id, ""), names.get(one.asked_by, ""), _why_not_confirm(visit, one))
            for one in queries.requests(visit.db, visit.convention.id, visit.at)
        ],
        openings=[
            (one, names.get(one.person_id, ""), names.get(one.asked_by, ""), _why_not_confirm_opening(visit, one))
            for one in queries.openings(visit.db, visit.convention.id, visit.at)
        ],
        doubt=doubt or Filled(),
        doubt_on=on,
        known=proof.is_recent(visit),
        alone=sum(RoleKind.ADMINISTRATOR in roles for _person, roles in people) < 2,
    )


def _why_not_confirm(visit: Visit, request: RoleRequest) -> str | None:
    return rules.why_not_confirm(request, visit.me, visit.at, asker_still=True)


def _why_not_confirm_opening(visit: Visit, request: OpeningRequest) -> str | None:
    return rules.why_not_confirm_opening(request, visit.me, visit.at, asker_still=True)


def add(visit: Visit) -> Response:
    form = PersonForm.read(visit.form)
    if isinstance(form, Filled):
        return _register(visit, form, 422)
    try:
        person = actions.add(visit.db, visit.convention, form, by=visit.me)
    except Refused as refusal:
        return _register(visit, Filled(form.model_dump(), {"roles": refusal.reason}), 422)
    return see(visit.url("people.one", person=person.id, query={"fait": _done(visit, person, "personne")}))


def _done(visit: Visit, person: Person, notice: str) -> str:
    """What to say once roles were chosen; the other administrators hear that something waits for them."""
    waiting = queries.requests_for(visit.db, visit.convention.id, person.id, visit.at)
    if not waiting:
        return notice
    mails.role_asked(visit, person, [one.kind for one in waiting])
    return "role-demande"


def confirm_role(visit: Visit) -> Response:
    request = found(queries.request(visit.db, visit.convention.id, visit.path("request")))
    if doubt := proof.why_not(visit):
        return kept(_register(visit, status=422, doubt=doubt, on=request.id))
    kind = request.kind
    person = actions.confirm_role(visit.db, visit.convention, request, by=visit.me)
    mails.role_given(visit, person, kind)
    return see(visit.url("people.one", person=person.id, query={"fait": "role-confirme"}))


def refuse_role(visit: Visit) -> Response:
    request = found(queries.request(visit.db, visit.convention.id, visit.path("request")))
    asker, person, kind = visit.db.get(Person, request.asked_by), request.person_id, request.kind
    actions.refuse_role(visit.db, visit.convention, request, by=visit.me)
    if asker is None or asker.id == visit.me.id:
        return see(visit.url("people.register", query={"fait": "role-refuse"}))
    mails.refused(visit, asker, person, kind.label)
    return see(visit.url("people.register", query={"fait": "role-ecarte"}))


def confirm_opening(visit: Visit) -> Response:
    """The second administrator agrees: the second factor is taken away, or the letter is printed here and now."""
    request = found(queries.opening(visit.db, visit.convention.id, visit.path("request")))
    if doubt := proof.why_not(visit):
        return kept(_register(visit, status=422, doubt=doubt, on=request.id))
    person, code = actions.confirm_opening(
        visit.db, visit.convention, request, visit.settings.secret, by=visit.me
    )  # fmt: skip
    if code is None:
        second.tell_reset(visit, person)
        return see(visit.url("people.one", person=person.id, query={"fait": "second-retire"}))
    return _print(visit, [(person, codes.shown(code))])


def refuse_opening(visit: Visit) -> Response:
    request = found(queries.opening(visit.db, visit.convention.id, visit.path("request")))
    asker, person, opening = visit.db.get(Person, request.asked_by), request.person_id, request.opening
    actions.refuse_opening(visit.db, visit.convention, request, by=visit.me)
    if asker is not None and asker.id != visit.me.id:
        mails.refused(visit, asker, person, opening.label)
    return see(visit.url("people.register", query={"fait": "ouverture-refusee"}))


def ask_opening(visit: Visit) -> Response:
    """A letter to one of the team, or her second factor taken away: another administrator will confirm."""
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    opening = found(next((one for one in Opening if one == visit.form.get("ouverture")), None))
    if doubt := proof.why_not(visit):
        return kept(_one(visit, person, status=422, doubt=doubt, on=opening))
    actions.ask_opening(visit.db, visit.convention, person, opening, by=visit.me)
    mails.opening_asked(visit, person, opening.label)
    return see(visit.url("people.one", person=person.id, query={"fait": "ouverture-demandee"}))


def one(visit: Visit) -> Response:
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    return _one(visit, person)


def _one(
    visit: Visit,
    person: Person,
    *,
    status: int = 200,
    roles: Filled | None = None,
    doubt: Filled | None = None,
    on: Opening | None = None,
) -> Response:
    letters = queries.codes_of(visit.db, visit.convention.id, person.id)
    return visit.page(
        "people/one.html",
        status=status,
        person=person,
        # After a refusal too, what she holds: sending the page again must not take it away.
        form=Filled(
            {"roles": tuple(queries.roles(visit.db, visit.convention.id, person.id))}, roles.errors if roles else None
        ),
        kinds=[(kind, kind.label) for kind in RoleKind],
        letter=letters[0] if letters else None,
        devices=len(queries.devices(visit.db, visit.convention.id, person.id, visit.at)),
        factor=second.state(visit, person),
        requests=queries.requests_for(visit.db, visit.convention.id, person.id, visit.at),
        openings={one.opening for one in queries.openings_for(visit.db, visit.convention.id, person.id, visit.at)},
        letter_by_two=actions.is_letter_by_two(visit.db, visit.convention, person),
        doubt=doubt or Filled(),
        doubt_on=on,
        known=proof.is_recent(visit),
        why_not_erase=actions.why_not_erase(visit.db, person, visit.me),
        leaving=retention.LEAVING,
    )


def devices(visit: Visit) -> Response:
    """A second look before her devices are disconnected: how many, never which nor since when."""
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    count = len(queries.devices(visit.db, visit.convention.id, person.id, visit.at))
    reason = rules.why_not_close_devices(person, visit.me, count)
    return visit.page("people/devices.html", person=person, devices=count, reason=reason)


def close_her_devices(visit: Visit) -> Response:
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    actions.close_devices(visit.db, visit.convention, person, by=visit.me)
    mails.devices_closed(visit, person)
    return see(visit.url("people.one", person=person.id, query={"fait": "ses-appareils"}))


def set_roles(visit: Visit) -> Response:
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    form = RolesForm.read(visit.form)
    if isinstance(form, Filled):
        return kept(_one(visit, person, status=422, roles=form))
    ended = actions.set_roles(visit.db, visit.convention, person, form.roles, by=visit.me)
    if ended:
        mails.roles_ended(visit, person, ended)
    return see(visit.url("people.one", person=person.id, query={"fait": _done(visit, person, "roles")}))


def letter(visit: Visit) -> Response:
    """A new code, on a letter to print: shown now and never again."""
    person = found(queries.in_convention(visit.db, visit.convention.id, visit.path("person")))
    if doubt := proof.why_not(visit):
        return kept(_one(visit, person, status=422, doubt=doubt, on=Opening.LETTER))
    return _letters(visit, [person])


def letters(visit: Visit) -> Response:
    """A letter for each member who has no code yet. Those of the team have theirs made by two."""
    if doubt := proof.why_not(visit):
        return kept(_register(visit, status=422, doubt=doubt))
    by_two = queries.kept_by_two(visit.db, visit.convention.id)
    members = queries.holding(visit.db, visit.convention.id, RoleKind.MEMBER)
    without = [
        person
        for person in members
        if person.id not in by_two
        and not queries.codes_of(visit.db, visit.convention.id, person.id)
        and not queries.is_known_elsewhere(visit.db, visit.convention.id, person.id)
    ]
    return _letters(visit, without)


def _letters(visit: Visit, people: list[Person]) -> Response:
    made = [
        (person, codes.shown(actions.new_code(visit.db, visit.convention, person, visit.settings.secret, by=visit.me)))
        for person in people
    ]
    return _print(visit, made)


def _print(visit: Visit, made: list[tuple[Person, str]]) -> Response:
    by_two = queries.kept_by_two(visit.db, visit.convention.id)
    for person, _said in made:
        if person.id in by_two:
            mails.way_in(
                visit,
                person,
                _("Une lettre a été imprimée à votre nom"),
                _("L’administration a imprimé un nouveau code pour vous. Le précédent ne marche plus."),
            )
    today = clock.local(visit.at).date()
    address = visit.address("people.enter")
    expires = today + dt.timedelta(days=actions.CODE_LASTS.days)
    response = visit.page(
        "people/letters.html", letters=made, today=today, address=address, shown=urlsplit(address), expires=expires
    )
    response.headers["cache-control"] = "no-store"
    return response


routes = [
    get("/entrer", enter, audience=everyone),
    # Not keyed: the answer carries a cookie, which a second sending must receive too.
    post("/entrer", enter_with_code, audience=everyone, keyed=False),
    post("/entrer/courriel", ask_link, audience=everyone),
    get("/entrer/courriel", link_sent, audience=everyone),
    get("/entrer/lien/{token}", link, audience=everyone),
    post("/entrer/lien/{token}", use_link, audience=everyone, keyed=False),
    post("/entrer/mot-de-passe", enter_with_password, audience=everyone, keyed=False),
    get("/entrer/second", second.second, audience=everyone),
    post("/entrer/second", second.begin, audience=everyone),
    # Not keyed: the answer carries a cookie, and the recovery codes, which are shown once.
    post("/entrer/second/code", second.give, audience=everyone, keyed=False),
    post("/sortir", leave, audience=everyone, keyed=False),
    get("/moi", account, audience=signed_in),
    post("/moi/joindre", choose_reach, audience=signed_in),
    post("/moi/mot-de-passe", choose_password, audience=signed_in),
    post("/moi/codes-de-secours", recovery_codes, audience=signed_in, keyed=False),
    post("/moi/appareils/{device:uuid}/fin", close_device, audience=signed_in),
    post("/moi/appareils/fin", close_devices, audience=signed_in),
    get("/moi/donnees", mine.data, audience=signed_in),
    get("/moi/donnees.json", mine.data_json, audience=signed_in),
    get("/moi/effacer", mine.leaving, audience=signed_in),
    # Not keyed: the answer takes the cookie back.
    post("/moi/effacer", mine.erase_me, audience=signed_in, keyed=False),
    get("/vos-donnees/durees", mine.durations, audience=everyone),
    get("/garants/donnees", mine.watch, audience=guarantors | administrators),
    get("/administration/personnes", register, audience=administrators),
    post("/administration/personnes", add, audience=administrators),
    get("/administration/personnes/{person:uuid}", one, audience=administrators),
    post("/administration/personnes/{person:uuid}/roles", set_roles, audience=administrators),
    post("/administration/roles/{request:uuid}/confirmer", confirm_role, audience=administrators),
    post("/administration/roles/{request:uuid}/refuser", refuse_role, audience=administrators),
    # Not keyed: what it answers is the reading itself.
    post("/administration/personnes/{person:uuid}/coordonnees", mine.address, audience=administrators, keyed=False),
    post("/administration/personnes/{person:uuid}/effacer", mine.erase_her, audience=administrators),
    get("/administration/personnes/{person:uuid}/appareils", devices, audience=administrators),
    post("/administration/personnes/{person:uuid}/appareils", close_her_devices, audience=administrators),
    post("/administration/personnes/{person:uuid}/demander", ask_opening, audience=administrators),
    # Not keyed: what it answers may be the letter itself, which is shown once.
    post("/administration/ouvertures/{request:uuid}/confirmer", confirm_opening, audience=administrators, keyed=False),
    post("/administration/ouvertures/{request:uuid}/refuser", refuse_opening, audience=administrators),
    # Not keyed: what it answers is the letter itself, which is shown once.
    post("/administration/personnes/{person:uuid}/lettre", letter, audience=administrators, keyed=False),
    post("/administration/personnes/lettres", letters, audience=administrators, keyed=False),
]

__all__ = ["NOTICES", "routes"]

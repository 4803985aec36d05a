"""What people receive by mail about their ways in, roles and data: whoever has an address. (Letters are on paper.)"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from convention.kit import mail
from convention.kit.i18n import gettext as _
from convention.kit.text import moment, series
from convention.people import queries
from convention.people.models import GUARDED, Person, RoleKind
from convention.people.visits import Visit


def _write(
    visit: Visit,
    person: Person,
    title: str,
    lines: Sequence[str],
    why: str,
    *,
    button: tuple[str, str] | None = None,
    to: str | None = None,
    name: str | None = None,
) -> None:
    """A mail to her, or to the address and by the name that she had before they changed."""
    if address := to or person.email:
        hello = _("Bonjour {name},").format(name=name or person.name)
        mail.write(visit.db, visit.convention, address, title, [hello, *lines], button=button, why=why)


# -- ways in ---------------------------------------------------------------------------------------------------------


def link(visit: Visit, person: Person, token: str, suite: str) -> None:
    _write(
        visit,
        person,
        _("Votre lien pour entrer"),
        [
            _("Ouvrez ce lien pour entrer dans la convention. Il sert une seule fois, dans les 30 minutes."),
            _("Vous n’avez rien demandé ? Ne faites rien : personne n’est entré."),
        ],
        _("Vous recevez ce message parce que cette adresse a été écrite sur la page « Entrer »."),
        button=(_("Entrer"), visit.address("people.link", token=token, query={"suite": suite})),
    )


def device(visit: Visit, person: Person, device: str) -> None:
    _write(
        visit,
        person,
        _("Un nouvel appareil est entré avec votre nom"),
        [
            _("Appareil : {device}. Le {moment}.").format(device=device, moment=moment(visit.at)),
            _("C’est vous ? Il n’y a rien à faire."),
            _("Ce n’est pas vous ? Ouvrez votre compte, déconnectez cet appareil, et appelez la ligne d’aide."),
        ],
        _("Vous recevez ce message parce que cet appareil n’était pas encore venu. Vos votes n’y sont pas liés."),
        button=(_("Voir mes appareils"), visit.address("people.account") + "#appareils"),
    )


def way_in(visit: Visit, person: Person, title: str, what: str, *, to: str | None = None) -> None:
    """What has just changed in her ways in, at the address she had before it changed."""
    why = _("Vous recevez ce message parce qu’une façon d’entrer sous votre nom vient de changer.")
    _write(visit, person, title, [what, _not_her()], why, to=to)


def devices_closed(visit: Visit, person: Person) -> None:
    """Somebody has closed her devices for her; when she is one of the team, those who watch hear it too."""
    by = visit.me.name
    _write(
        visit,
        person,
        _("Vos appareils sont déconnectés"),
        [
            _("{by}, de l’administration, a déconnecté tous vos appareils.").format(by=by),
            _("Vous entrez de nouveau comme avant : par votre lettre, votre mot de passe ou un lien par courriel."),
            _not_her(),
        ],
        _("Vous recevez ce message parce que vos appareils viennent d’être déconnectés."),
    )
    if queries.roles(visit.db, visit.convention.id, person.id) & GUARDED:
        _to_those_who_watch(
            visit,
            person,
            _("Les appareils d’une personne de l’équipe sont déconnectés"),
            [
                _("{by} a déconnecté tous les appareils de cette personne : {person}.").format(
                    by=by, person=person.name
                ),
                _("Le journal le dit. Si c’est une erreur, rien n’est perdu : elle entre de nouveau."),
            ],
        )


def second(visit: Visit, person: Person, title: str, what: str) -> None:
    """What has just changed in her second factor."""
    why = _("Vous recevez ce message parce que vous faites partie de l’équipe de la convention.")
    _write(visit, person, title, [what, _not_her()], why)


def _not_her() -> str:
    return _("Ce n’est pas vous qui l’avez demandé ? Appelez la ligne d’aide tout de suite.")


# -- roles, and what two must agree on -------------------------------------------------------------------------------


def role_asked(visit: Visit, person: Person, kinds: Iterable[RoleKind]) -> None:
    """The other administrators hear that a role waits for one of them."""
    _to_administrators(
        visit,
        person,
        _("Un rôle attend votre confirmation"),
        [
            _("{by} demande un rôle pour {person} : {roles}.").format(
                by=visit.me.name, person=person.name, roles=series(kind.label for kind in kinds)
            ),
            _("Il n’est donné que si vous le confirmez, dans les sept jours."),
        ],
    )


def opening_asked(visit: Visit, person: Person, what: str) -> None:
    """And that something else does."""
    _to_administrators(
        visit,
        person,
        _("Une demande attend votre confirmation"),
        [
            _("{by} demande pour {person} : {what}.").format(by=visit.me.name, person=person.name, what=what),
            _("Vérifiez de vive voix auprès de cette personne. Sans vous, rien n’est fait."),
        ],
    )


def _to_administrators(visit: Visit, about: Person, title: str, lines: Sequence[str]) -> None:
    for other in queries.holding(visit.db, visit.convention.id, RoleKind.ADMINISTRATOR):
        if other.id not in (visit.me.id, about.id):
            button = (_("Voir la demande"), visit.address("people.register") + "#confirmer")
            _write(visit, other, title, lines, _administers(), button=button)


def _administers() -> str:
    return _("Vous recevez ce message parce que vous faites partie de l’administration.")


def refused(visit: Visit, asker: Person, person_id: UUID, what: str) -> None:
    """Another administrator has said no."""
    person = queries.names(visit.db, [person_id]).get(person_id, "")
    _write(
        visit,
        asker,
        _("Votre demande est refusée"),
        [
            _("Vous aviez demandé pour {person} : {what}.").format(person=person, what=what),
            _("{by} a refusé. Rien n’est changé. Parlez-vous, puis demandez de nouveau s’il le faut.").format(
                by=visit.me.name
            ),
        ],
        _administers(),
        button=(_("Voir les personnes"), visit.address("people.register")),
    )


def role_given(visit: Visit, person: Person, kind: RoleKind) -> None:
    """Two have agreed without her: she hears it, and how to come in now that her former doors are closed."""
    _write(
        visit,
        person,
        _("Un rôle vous est donné"),
        [
            _("Deux personnes de l’administration vous donnent ce rôle : {role}.").format(role=kind.label),
            _(
                "Par prudence, votre lettre d’avant n’ouvre plus et vos appareils sont déconnectés. Entrez par un "
                "lien envoyé à cette adresse, ou demandez une autre lettre."
            ),
            _("Vous ne vous y attendiez pas ? Appelez la ligne d’aide."),
        ],
        _role_changed(),
        button=(_("Entrer"), visit.address("people.enter")),
    )


def _role_changed() -> str:
    return _("Vous recevez ce message parce que votre rôle dans la convention vient de changer.")


def roles_ended(visit: Visit, person: Person, ended: Sequence[RoleKind]) -> None:
    """One alone may end a role: she hears it, and for a role that watches or decides, all those who watch do."""
    if person.id != visit.me.id:
        left = bool(queries.roles(visit.db, visit.convention.id, person.id))
        _write(
            visit,
            person,
            _("Un rôle vous est retiré"),
            [
                _("{by}, de l’administration, vous retire ce rôle : {roles}.").format(
                    by=visit.me.name, roles=series(kind.label for kind in ended)
                ),
                _("Vos autres rôles ne changent pas.")
                if left
                else _("Il ne vous reste aucun rôle : vos appareils sont déconnectés. Ce que vous avez écrit reste."),
                _("Vous ne vous y attendiez pas ? Appelez la ligne d’aide."),
            ],
            _role_changed(),
        )
    if guarded := [kind for kind in ended if kind in GUARDED]:
        _to_those_who_watch(
            visit,
            person,
            _("Un rôle est retiré"),
            [
                _("{by} a retiré à {person} : {roles}.").format(
                    by=visit.me.name, person=person.name, roles=series(kind.label for kind in guarded)
                ),
                _("Le journal le dit. Si c’est une erreur, parlez-vous : ce rôle se redonne à deux."),
            ],
        )


def _to_those_who_watch(visit: Visit, about: Person, title: str, lines: Sequence[str]) -> None:
    """The other administrators and the guarantors, each with a page that she may open."""
    told = {visit.me.id, about.id}
    why = _("Vous recevez ce message parce que vous administrez la convention ou en êtes garant·e.")
    for role, button in (
        (RoleKind.ADMINISTRATOR, (_("Voir les personnes"), visit.address("people.register"))),
        (RoleKind.GUARANTOR, (_("Voir le journal"), visit.address("journal.facts"))),
    ):
        for other in queries.holding(visit.db, visit.convention.id, role):
            if other.id not in told:
                told.add(other.id)
                _write(visit, other, title, lines, why, button=button)


# -- personal data ---------------------------------------------------------------------------------------------------


def erased(visit: Visit, person: Person, *, to: str, name: str) -> None:
    """The last mail to her: the address goes with it."""
    _write(
        visit,
        person,
        _("Vos données sont effacées"),
        [
            _("Votre nom et vos coordonnées sont effacés. Ce que vous avez déposé reste, signé « membre »."),
            _("Vous ne l’avez pas demandé ? Appelez la ligne d’aide."),
        ],
        _("C’est le dernier message : cette adresse n’est plus gardée."),
        to=to,
        name=name,
    )

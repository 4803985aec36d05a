"""Where facilitators write what the convention says of itself, its texts, its themes and its phases."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from convention.conventions import actions as conventions
from convention.conventions import queries as texts
from convention.conventions.models import Convention, TextKind
from convention.drafts import routes as drafts
from convention.kit import clock, ids
from convention.kit.contrast import why_not_accent
from convention.kit.forms import Filled
from convention.kit.i18n import lazy as _
from convention.kit.web import get, post, see
from convention.people.visits import Visit, found
from convention.programme import actions, queries, rules
from convention.programme.editing import ICON_NAMES, changed_meanwhile, differences, editors, meanwhile, up
from convention.programme.forms import FactsForm, PhaseForm, TextForm, ThemeForm
from convention.programme.models import Activity, Colour, Phase, Theme

# The words beside each box: the form shows them, its summary of errors repeats them.
FACTS = {
    "title": _("Titre de la convention"),
    "question": _("Question posée aux membres"),
    "summary": _("Présentation en quelques phrases"),
    "city": _("Ville ou territoire"),
    "commissioner": _("Qui pose la question"),
    "seats": _("Nombre de membres"),
    "commitment": _("Engagement à répondre"),
    "answer_due": _("Date promise pour la réponse"),
    "help_phone": _("Téléphone de la ligne d’aide"),
    "help_hours": _("Horaires de la ligne d’aide"),
    "contact": _("Adresse de contact"),
    "accent": _("Couleur de la ville"),
    "accent_dark": _("La même, pour fond sombre"),
    "margin": _("Couleur de la marge"),
}
THEME = {"name": _("Nom du thème"), "summary": _("En une phrase"), "colour": _("Couleur"), "icon": _("Image")}
PHASE = {
    "name": _("Nom de la phase"),
    "summary": _("Ce qui s’y passe"),
    "opens_on": _("Date d’ouverture"),
    "opens": _("Heure d’ouverture"),
    "closes_on": _("Date de clôture"),
    "closes": _("Heure de clôture"),
    "activities": _("Ce que la phase ouvre aux membres"),
}


def desk(visit: Visit) -> Response:
    """Everything that can be written, and where it stands."""
    return visit.page(
        "programme/desk/index.html",
        kinds=list(TextKind),
        written=queries.texts_written(visit.db, visit.convention),
        themes=queries.themes(visit.db, visit.convention),
        phases=queries.phases(visit.db, visit.convention),
        sittings=queries.sittings(visit.db, visit.convention),
    )


# -- what the convention says of itself ----------------------------------------------------------------------------


def edit_facts(visit: Visit) -> Response:
    return _facts(visit, Filled(_facts_now(visit.convention)))


def save_facts(visit: Visit) -> Response:
    queries.lock(visit.db, visit.convention)
    form = FactsForm.read(visit.form)
    now = _facts_now(visit.convention)
    if isinstance(form, Filled):
        return _facts(visit, form, 422)
    if errors := _wrong_colours(form):
        return _facts(visit, Filled(form.model_dump(), errors), 422)
    if reason := rules.why_not_save(form.version, now["version"]):
        return _facts(
            visit,
            changed_meanwhile(form, now["version"], reason),
            409,
            theirs=differences(now, form.model_dump(), FACTS),
        )
    conventions.change(visit.db, visit.convention, form.model_dump(exclude={"version"}), by=visit.me.id)
    return see(visit.url("programme.desk", query={"fait": "enregistre"}))


def _facts(visit: Visit, form: Filled, status: int = 200, theirs: Any = ()) -> Response:
    return visit.page("programme/desk/facts.html", status=status, form=form, labels=FACTS, theirs=theirs)


def _facts_now(convention: Convention) -> dict[str, Any]:
    values = {name: getattr(convention, name) for name in FACTS}
    return {**values, "version": ids.fingerprint(json.dumps(values, default=str, sort_keys=True))}


def _wrong_colours(form: FactsForm) -> dict[str, str]:
    colours = {"accent": form.accent, "accent_dark": form.accent_dark, "margin": form.margin}
    if not any(colours.values()):
        return {}
    reason = why_not_accent(*colours.values())
    if reason is None:
        return {}
    missing = [name for name, colour in colours.items() if not colour]
    return {(missing or ["accent"])[0]: reason}


# -- its texts -----------------------------------------------------------------------------------------------------


def edit_text(visit: Visit) -> Response:
    kind = _text_kind(visit)
    last = texts.text(visit.db, visit.convention, kind)
    return _text(visit, kind, {"body": last.body if last else "", "version": last.version if last else 0})


def preview_text(visit: Visit) -> Response:
    form = TextForm.read(visit.form)
    if isinstance(form, Filled):
        return _text(visit, _text_kind(visit), form, 422)
    return _text(visit, _text_kind(visit), Filled(form.model_dump()), preview=form.body)


def save_text(visit: Visit) -> Response:
    kind = _text_kind(visit)
    form = TextForm.read(visit.form)
    if isinstance(form, Filled):
        return _text(visit, kind, form, 422)
    queries.lock(visit.db, visit.convention)
    last = texts.text(visit.db, visit.convention, kind)
    if last and (reason := rules.why_not_save(form.version, last.version)):
        theirs = [(_("Ce qui est enregistré"), last.body)]
        return _text(visit, kind, changed_meanwhile(form, last.version, reason), 409, theirs=theirs)
    conventions.write(visit.db, visit.convention, kind, form.body, by=visit.me.id)
    return see(visit.url("programme.edit_text", kind=kind.value, query={"fait": "texte"}))


def _text(
    visit: Visit,
    kind: TextKind,
    form: Filled | Mapping[str, Any],
    status: int = 200,
    *,
    preview: str = "",
    theirs: Any = (),
) -> Response:
    """`form`: what was sent, or what is published and may be begun again."""
    begun = drafts.begun(visit, f"texte-{kind.value}")
    versions = texts.versions(visit.db, visit.convention, kind)
    asked = visit.query("version")
    return visit.page(
        "programme/desk/text.html",
        status=status,
        kind=kind,
        begun=begun,
        form=form if isinstance(form, Filled) else begun.over(form),
        preview=preview,
        theirs=theirs,
        versions=versions,
        shown=next((one for one in versions if not asked or str(one.version) == asked), None),
    )


def _text_kind(visit: Visit) -> TextKind:
    asked = visit.path("kind")
    return found(next((kind for kind in TextKind if kind.value == asked), None))


# -- themes --------------------------------------------------------------------------------------------------------


def edit_themes(visit: Visit) -> Response:
    return visit.page("programme/desk/themes.html", themes=queries.themes(visit.db, visit.convention))


def new_theme(visit: Visit) -> Response:
    return _theme_form(visit, None, Filled())


def create_theme(visit: Visit) -> Response:
    form = ThemeForm.read(visit.form)
    if isinstance(form, Filled):
        return _theme_form(visit, None, form, 422)
    actions.add_theme(visit.db, visit.convention, form, by=visit.me)
    return see(visit.url("programme.edit_themes", query={"fait": "ajoute"}))


def edit_theme(visit: Visit) -> Response:
    theme = _theme(visit)
    return _theme_form(visit, theme, Filled(theme.model_dump()))


def save_theme(visit: Visit) -> Response:
    theme = _theme(visit)
    form = ThemeForm.read(visit.form)
    if isinstance(form, Filled):
        return _theme_form(visit, theme, form, 422)
    if newer := meanwhile(visit, theme, form):
        return _theme_form(visit, theme, newer, 409)
    actions.change_theme(visit.db, theme, form, by=visit.me)
    return see(visit.url("programme.edit_themes", query={"fait": "enregistre"}))


def move_theme(visit: Visit) -> Response:
    actions.move_theme(visit.db, visit.convention, _theme(visit), up=up(visit), by=visit.me)
    return see(visit.url("programme.edit_themes", query={"fait": "ordre"}))


def remove_theme(visit: Visit) -> Response:
    actions.remove_theme(visit.db, _theme(visit), by=visit.me)
    return see(visit.url("programme.edit_themes", query={"fait": "retire"}))


def _theme(visit: Visit) -> Theme:
    return found(queries.theme_of_id(visit.db, visit.convention, visit.path("theme")))


def _theme_form(visit: Visit, theme: Theme | None, form: Filled, status: int = 200) -> Response:
    return visit.page(
        "programme/desk/theme.html",
        status=status,
        theme=theme,
        form=form,
        labels=THEME,
        colours=list(Colour),
        icons=ICON_NAMES,
        theirs=differences(theme.model_dump(), form.values, THEME) if theme and status == 409 else (),
    )


# -- phases --------------------------------------------------------------------------------------------------------


def edit_phases(visit: Visit) -> Response:
    phases = queries.phases(visit.db, visit.convention)
    closed = [(one.label, rules.why_not_open(phases, one, visit.at)) for one in Activity]
    return visit.page("programme/desk/phases.html", steps=rules.steps(phases, visit.at), closed=closed, known=Activity)


def new_phase(visit: Visit) -> Response:
    return _phase_form(visit, None, Filled({"opens": "09:00", "closes": "18:00"}))


def create_phase(visit: Visit) -> Response:
    form = PhaseForm.read(visit.form)
    if isinstance(form, Filled):
        return _phase_form(visit, None, form, 422)
    actions.add_phase(visit.db, visit.convention, form, by=visit.me)
    return see(visit.url("programme.edit_phases", query={"fait": "ajoute"}))


def edit_phase(visit: Visit) -> Response:
    phase = _phase(visit)
    return _phase_form(visit, phase, Filled(_phase_now(phase)))


def save_phase(visit: Visit) -> Response:
    phase = _phase(visit)
    form = PhaseForm.read(visit.form)
    if isinstance(form, Filled):
        return _phase_form(visit, phase, form, 422)
    if newer := meanwhile(visit, phase, form):
        return _phase_form(visit, phase, newer, 409)
    actions.change_phase(visit.db, phase, form, by=visit.me)
    return see(visit.url("programme.edit_phases", query={"fait": "enregistre"}))


def move_phase(visit: Visit) -> Response:
    actions.move_phase(visit.db, visit.convention, _phase(visit), up=up(visit), by=visit.me)
    return see(visit.url("programme.edit_phases", query={"fait": "ordre"}))


def remove_phase(visit: Visit) -> Response:
    actions.remove_phase(visit.db, _phase(visit), by=visit.me)
    return see(visit.url("programme.edit_phases", query={"fait": "retire"}))


def _phase(visit: Visit) -> Phase:
    return found(queries.phase(visit.db, visit.convention, visit.path("phase")))


def _phase_now(phase: Phase) -> dict[str, Any]:
    opens_at, closes_at = clock.local(phase.opens_at), clock.local(phase.closes_at)
    return {
        **phase.model_dump(include={"name", "summary", "activities", "version"}),
        "opens_on": opens_at.date(),
        "opens": opens_at.time(),
        "closes_on": closes_at.date(),
        "closes": closes_at.time(),
    }


def _phase_form(visit: Visit, phase: Phase | None, form: Filled, status: int = 200) -> Response:
    theirs = differences(_phase_now(phase), form.values, PHASE) if phase and status == 409 else ()
    return visit.page(
        "programme/desk/phase.html",
        status=status,
        phase=phase,
        form=form,
        labels=PHASE,
        activities=[(one.value, one.label) for one in Activity],
        theirs=theirs,
    )


_DESK = "/animation/programme"

routes = [
    get(_DESK, desk, audience=editors),
    get(f"{_DESK}/convention", edit_facts, audience=editors),
    post(f"{_DESK}/convention", save_facts, audience=editors),
    get(f"{_DESK}/textes/{{kind}}", edit_text, audience=editors),
    post(f"{_DESK}/textes/{{kind}}", save_text, audience=editors),
    # Not keyed: a preview writes nothing, and is asked for as often as one likes.
    post(f"{_DESK}/textes/{{kind}}/apercu", preview_text, audience=editors, keyed=False),
    get(f"{_DESK}/themes", edit_themes, audience=editors),
    get(f"{_DESK}/themes/ajouter", new_theme, audience=editors),
    post(f"{_DESK}/themes/ajouter", create_theme, audience=editors),
    get(f"{_DESK}/themes/{{theme:uuid}}", edit_theme, audience=editors),
    post(f"{_DESK}/themes/{{theme:uuid}}", save_theme, audience=editors),
    post(f"{_DESK}/themes/{{theme:uuid}}/ordre", move_theme, audience=editors),
    post(f"{_DESK}/themes/{{theme:uuid}}/retirer", remove_theme, audience=editors),
    get(f"{_DESK}/phases", edit_phases, audience=editors),
    get(f"{_DESK}/phases/ajouter", new_phase, audience=editors),
    post(f"{_DESK}/phases/ajouter", create_phase, audience=editors),
    get(f"{_DESK}/phases/{{phase:uuid}}", edit_phase, audience=editors),
    post(f"{_DESK}/phases/{{phase:uuid}}", save_phase, audience=editors),
    post(f"{_DESK}/phases/{{phase:uuid}}/ordre", move_phase, audience=editors),
    post(f"{_DESK}/phases/{{phase:uuid}}/retirer", remove_phase, audience=editors),
]

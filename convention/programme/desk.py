"""Where facilitators write the programme: one page for each thing, plain forms, nothing lost."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from starlette.responses import Response

from convention.conventions import actions as conventions
from convention.conventions import queries as texts
from convention.conventions.models import Convention, TextKind
from convention.kit import clock, files, forms, ids
from convention.kit.contrast import why_not_accent
from convention.kit.forms import Filled, Form
from convention.kit.i18n import Lazy
from convention.kit.i18n import lazy as _
from convention.kit.web import get, post, see
from convention.people.audiences import administrators, facilitators
from convention.people.visits import Visit, found
from convention.programme import actions, queries, rules
from convention.programme.forms import (
    ICONS,
    AgendaForm,
    DocumentForm,
    FactsForm,
    MinutesForm,
    PhaseForm,
    SittingForm,
    TextForm,
    ThemeForm,
)
from convention.programme.models import Activity, AgendaItem, Colour, DocumentKind, Phase, Sitting, Theme

F = TypeVar("F", bound=Form)

editors = facilitators | administrators

NOTICES = {
    "enregistre": _("C’est enregistré. La page publique est à jour."),
    "ajoute": _("C’est ajouté. La page publique est à jour."),
    "retire": _("C’est retiré."),
    "ordre": _("L’ordre est changé."),
    "compte-rendu": _("Le compte rendu est publié. Les versions d’avant restent lisibles."),
    "texte": _("Le texte est publié. Les versions d’avant restent lisibles."),
    "document": _("Le document est ajouté."),
}

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
SITTING = {
    "title": _("Titre de la séance"),
    "held_on": _("Date"),
    "starts": _("Début"),
    "ends": _("Fin"),
    "place": _("Lieu"),
    "access": _("Venir et accessibilité"),
    "summary": _("Présentation"),
    "public": _("La séance est ouverte au public"),
    "themes": _("Thèmes"),
}
ITEM = {
    "title": _("Titre du point"),
    "minutes": _("Durée en minutes"),
    "details": _("Précisions"),
    "closed": _("Ce point est fermé au public"),
}
DOCUMENT = {
    "title": _("Titre du document"),
    "author": _("Qui l’a écrit, et ses liens d’intérêt"),
    "kind": _("Type de document"),
    "file": _("Fichier"),
    "link": _("Ou un lien"),
}
ICON_NAMES: Mapping[str, Lazy] = {
    "heart-pulse": _("Cœur"),
    "tram-front": _("Tramway"),
    "sprout": _("Pousse"),
    "scale": _("Balance"),
    "messages-square": _("Conversation"),
    "compass": _("Boussole"),
    "users": _("Personnes"),
    "book-open": _("Livre"),
    "lightbulb": _("Ampoule"),
    "shield-check": _("Bouclier"),
    "accessibility": _("Accessibilité"),
    "languages": _("Langues"),
    "map-pin": _("Lieu"),
    "headphones": _("Écoute"),
    "settings-2": _("Réglages"),
    "vote": _("Urne"),
}
assert set(ICON_NAMES) == set(ICONS), "each icon has a name"


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
            _changed_meanwhile(form, now["version"], reason),
            409,
            theirs=_differences(now, form.model_dump(), FACTS),
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
    return _text(visit, kind, Filled({"body": last.body if last else "", "version": last.version if last else 0}))


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
        return _text(visit, kind, _changed_meanwhile(form, last.version, reason), 409, theirs=theirs)
    conventions.write(visit.db, visit.convention, kind, form.body, by=visit.me.id)
    return see(visit.url("programme.edit_text", kind=kind.value, query={"fait": "texte"}))


def _text(
    visit: Visit, kind: TextKind, form: Filled, status: int = 200, *, preview: str = "", theirs: Any = ()
) -> Response:
    versions = texts.versions(visit.db, visit.convention, kind)
    asked = visit.query("version")
    return visit.page(
        "programme/desk/text.html",
        status=status,
        kind=kind,
        form=form,
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
    if meanwhile := _meanwhile(visit, theme, form):
        return _theme_form(visit, theme, meanwhile, 409)
    actions.change_theme(visit.db, theme, form, by=visit.me)
    return see(visit.url("programme.edit_themes", query={"fait": "enregistre"}))


def move_theme(visit: Visit) -> Response:
    actions.move_theme(visit.db, visit.convention, _theme(visit), up=_up(visit), by=visit.me)
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
        theirs=_differences(theme.model_dump(), form.values, THEME) if theme and status == 409 else (),
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
    if meanwhile := _meanwhile(visit, phase, form):
        return _phase_form(visit, phase, meanwhile, 409)
    actions.change_phase(visit.db, phase, form, by=visit.me)
    return see(visit.url("programme.edit_phases", query={"fait": "enregistre"}))


def move_phase(visit: Visit) -> Response:
    actions.move_phase(visit.db, visit.convention, _phase(visit), up=_up(visit), by=visit.me)
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
    theirs = _differences(_phase_now(phase), form.values, PHASE) if phase and status == 409 else ()
    return visit.page(
        "programme/desk/phase.html",
        status=status,
        phase=phase,
        form=form,
        labels=PHASE,
        activities=[(one.value, one.label) for one in Activity],
        theirs=theirs,
    )


# -- sittings ------------------------------------------------------------------------------------------------------


def edit_sittings(visit: Visit) -> Response:
    return visit.page(
        "programme/desk/sittings.html",
        sittings=queries.sittings(visit.db, visit.convention),
        reported=queries.with_minutes(visit.db, visit.convention),
    )


def new_sitting(visit: Visit) -> Response:
    return _sitting_form(visit, None, Filled({"starts": "09:00", "ends": "17:00", "public": True}))


def create_sitting(visit: Visit) -> Response:
    form = SittingForm.read(visit.form)
    if isinstance(form, Filled):
        return _sitting_form(visit, None, form, 422)
    sitting = actions.add_sitting(visit.db, visit.convention, form, by=visit.me)
    return see(visit.url("programme.desk_sitting", number=sitting.number, query={"fait": "ajoute"}))


def desk_sitting(visit: Visit) -> Response:
    return _desk_sitting(visit, _sitting(visit), Filled())


def edit_sitting(visit: Visit) -> Response:
    sitting = _sitting(visit)
    return _sitting_form(visit, sitting, Filled(_sitting_now(visit, sitting)))


def save_sitting(visit: Visit) -> Response:
    sitting = _sitting(visit)
    form = SittingForm.read(visit.form)
    if isinstance(form, Filled):
        return _sitting_form(visit, sitting, form, 422)
    if meanwhile := _meanwhile(visit, sitting, form):
        return _sitting_form(visit, sitting, meanwhile, 409)
    actions.change_sitting(visit.db, visit.convention, sitting, form, by=visit.me)
    return _back_to(visit, sitting, "enregistre")


def remove_sitting(visit: Visit) -> Response:
    actions.remove_sitting(visit.db, _sitting(visit), by=visit.me)
    return see(visit.url("programme.edit_sittings", query={"fait": "retire"}))


def _sitting(visit: Visit) -> Sitting:
    return found(queries.sitting(visit.db, visit.convention, visit.path("number")))


def _back_to(visit: Visit, sitting: Sitting, done: str, part: str = "") -> Response:
    address = visit.url("programme.desk_sitting", number=sitting.number, query={"fait": done})
    return see(f"{address}#{part}" if part else address)


def _desk_sitting(visit: Visit, sitting: Sitting, form: Filled, status: int = 200) -> Response:
    """The sitting's own desk: its facts, its agenda and the box to add a point, its documents, its minutes."""
    items = queries.agenda(visit.db, sitting)
    documents = queries.documents_of(visit.db, sitting)
    minutes = queries.last_minutes(visit.db, sitting)
    return visit.page(
        "programme/desk/sitting.html",
        status=status,
        sitting=sitting,
        themes=queries.themes_of(visit.db, [sitting])[sitting.id],
        timetable=rules.timetable(sitting, items),
        too_long=rules.too_long(sitting, items),
        time_left=rules.time_left(sitting, items),
        form=form,
        labels=ITEM,
        documents=documents,
        kind_of_file=files.kind,
        minutes=minutes,
        why_not_remove=rules.why_not_remove(minutes, documents),
    )


def _sitting_now(visit: Visit, sitting: Sitting) -> dict[str, Any]:
    return {
        **sitting.model_dump(include={"title", "held_on", "place", "access", "summary", "public", "version"}),
        "starts": clock.local(sitting.starts_at).time(),
        "ends": clock.local(sitting.ends_at).time(),
        "themes": [theme.id for theme in queries.themes_of(visit.db, [sitting])[sitting.id]],
    }


def _sitting_form(visit: Visit, sitting: Sitting | None, form: Filled, status: int = 200) -> Response:
    themes = queries.themes(visit.db, visit.convention)
    theirs: Any = ()
    if sitting and status == 409:
        names = {theme.id: theme.name for theme in themes}
        theirs = _differences(_sitting_now(visit, sitting), form.values, SITTING, names)
    return visit.page(
        "programme/desk/sitting_form.html",
        status=status,
        sitting=sitting,
        form=form,
        labels=SITTING,
        themes=[(theme.id, theme.name, "", theme.icon) for theme in themes],
        theirs=theirs,
    )


# -- the agenda of a sitting ---------------------------------------------------------------------------------------


def add_item(visit: Visit) -> Response:
    sitting = _sitting(visit)
    form = AgendaForm.read(visit.form)
    if isinstance(form, Filled):
        return _desk_sitting(visit, sitting, form, 422)
    actions.add_item(visit.db, sitting, form, by=visit.me)
    return _back_to(visit, sitting, "ajoute", "ordre-du-jour")


def edit_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    return _item_form(visit, sitting, item, Filled(item.model_dump()))


def save_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    form = AgendaForm.read(visit.form)
    if isinstance(form, Filled):
        return _item_form(visit, sitting, item, form, 422)
    if meanwhile := _meanwhile(visit, item, form):
        return _item_form(visit, sitting, item, meanwhile, 409)
    actions.change_item(visit.db, sitting, item, form, by=visit.me)
    return _back_to(visit, sitting, "enregistre", "ordre-du-jour")


def move_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    actions.move_item(visit.db, sitting, item, up=_up(visit), by=visit.me)
    return _back_to(visit, sitting, "ordre", "ordre-du-jour")


def remove_item(visit: Visit) -> Response:
    sitting, item = _item(visit)
    actions.remove_item(visit.db, sitting, item, by=visit.me)
    return _back_to(visit, sitting, "retire", "ordre-du-jour")


def _item(visit: Visit) -> tuple[Sitting, AgendaItem]:
    sitting = _sitting(visit)
    return sitting, found(queries.agenda_item(visit.db, sitting, visit.path("item")))


def _item_form(visit: Visit, sitting: Sitting, item: AgendaItem, form: Filled, status: int = 200) -> Response:
    theirs = _differences(item.model_dump(), form.values, ITEM) if status == 409 else ()
    return visit.page(
        "programme/desk/item.html", status=status, sitting=sitting, item=item, form=form, labels=ITEM, theirs=theirs
    )


# -- documents -----------------------------------------------------------------------------------------------------


def edit_library(visit: Visit) -> Response:
    return _document_form(visit, None, Filled({"kind": DocumentKind.INFORMATION}))


def add_to_library(visit: Visit) -> Response:
    return _add_document(visit, None)


def new_document(visit: Visit) -> Response:
    return _document_form(visit, _sitting(visit), Filled({"kind": DocumentKind.INFORMATION}))


def add_document(visit: Visit) -> Response:
    return _add_document(visit, _sitting(visit))


def remove_document(visit: Visit) -> Response:
    document = found(queries.document(visit.db, visit.convention, visit.path("document")))
    sittings = {one.id: one for one in queries.sittings(visit.db, visit.convention)}
    actions.remove_document(visit.db, document, by=visit.me)
    if document.sitting_id:
        return _back_to(visit, sittings[document.sitting_id], "retire", "documents")
    return see(visit.url("programme.edit_library", query={"fait": "retire"}))


def _add_document(visit: Visit, sitting: Sitting | None) -> Response:
    form = DocumentForm.read(visit.form)
    upload = forms.upload(visit.form, "file")
    errors = dict(form.errors) if isinstance(form, Filled) else {}
    if upload and (reason := files.why_not_keep(upload.file, visit.settings.upload_bytes)):
        errors["file"] = reason
    if isinstance(form, DocumentForm) and (reason := rules.why_not_add(form.link, is_file=upload is not None)):
        errors.setdefault("file", reason)
    if errors or isinstance(form, Filled):
        return _document_form(visit, sitting, Filled(DocumentForm.values(visit.form), errors), 422)
    kept = files.keep(visit.settings.folder, upload.file) if upload else None
    actions.add_document(visit.db, visit.convention, form, sitting=sitting, kept=kept, by=visit.me)
    if sitting:
        return _back_to(visit, sitting, "document", "documents")
    return see(visit.url("programme.edit_library", query={"fait": "document"}))


def _document_form(visit: Visit, sitting: Sitting | None, form: Filled, status: int = 200) -> Response:
    documents = queries.documents(visit.db, visit.convention)
    return visit.page(
        "programme/desk/document.html",
        status=status,
        sitting=sitting,
        form=form,
        labels=DOCUMENT,
        kinds=[(kind.value, kind.label) for kind in DocumentKind],
        documents=[one for one in documents if one.sitting_id is None and sitting is None],
        kind_of_file=files.kind,
        accept=files.ACCEPT,
        most=visit.settings.upload_bytes,
    )


# -- minutes -------------------------------------------------------------------------------------------------------


def edit_minutes(visit: Visit) -> Response:
    sitting = _sitting(visit)
    last = queries.last_minutes(visit.db, sitting)
    return _minutes_form(
        visit, sitting, Filled({"body": last.body if last else "", "version": last.version if last else 0})
    )


def preview_minutes(visit: Visit) -> Response:
    form = MinutesForm.read(visit.form)
    if isinstance(form, Filled):
        return _minutes_form(visit, _sitting(visit), form, 422)
    return _minutes_form(visit, _sitting(visit), Filled(form.model_dump()), preview=form.body)


def publish_minutes(visit: Visit) -> Response:
    sitting = _sitting(visit)
    form = MinutesForm.read(visit.form)
    if isinstance(form, Filled):
        return _minutes_form(visit, sitting, form, 422)
    queries.lock(visit.db, sitting)
    last = queries.last_minutes(visit.db, sitting)
    if last and (reason := rules.why_not_save(form.version, last.version)):
        theirs = [(_("Ce qui est enregistré"), last.body)]
        return _minutes_form(visit, sitting, _changed_meanwhile(form, last.version, reason), 409, theirs=theirs)
    actions.publish_minutes(visit.db, sitting, form, by=visit.me)
    return _back_to(visit, sitting, "compte-rendu", "compte-rendu")


def _minutes_form(
    visit: Visit, sitting: Sitting, form: Filled, status: int = 200, *, preview: str = "", theirs: Any = ()
) -> Response:
    return visit.page(
        "programme/desk/minutes.html",
        status=status,
        sitting=sitting,
        form=form,
        preview=preview,
        theirs=theirs,
        versions=queries.minutes(visit.db, sitting),
    )


# -- what all these pages have in common ---------------------------------------------------------------------------


def _up(visit: Visit) -> bool:
    return visit.form.get("sens") == "haut"


def _meanwhile(visit: Visit, row: Theme | Phase | Sitting | AgendaItem, form: Any) -> Filled | None:
    """What was typed, with the sentence that says somebody else was quicker; None if nobody was."""
    queries.lock(visit.db, row)
    reason = rules.why_not_save(form.version, row.version)
    return _changed_meanwhile(form, row.version, reason) if reason else None


def _changed_meanwhile(form: Form, version: int | str, reason: str) -> Filled:
    # The next sending is made in full knowledge: it carries the version that is now shown beside.
    return Filled({**form.model_dump(), "version": version}, {"": reason})


def _differences(
    now: Mapping[str, Any], typed: Mapping[str, Any], labels: Mapping[str, Lazy], names: Mapping[Any, str] | None = None
) -> list[tuple[Lazy, str]]:
    """What is stored where it is not what was typed: `names` are those of identifiers."""
    said = [(label, _words(now[name], names), _words(typed[name], names)) for name, label in labels.items()]
    return [(label, stored) for label, stored, mine in said if stored != mine]


def _words(value: Any, names: Mapping[Any, str] | None = None) -> str:
    """A stored or typed value, as a reader would say it."""
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, (list, tuple)):
        named = {**{one.value: one.label for one in Activity}, **(names or {})}
        return ", ".join(sorted(named.get(one, "") for one in value)) or "–"
    if isinstance(value, (dt.date, dt.time)):
        return value.strftime("%d/%m/%Y" if isinstance(value, dt.date) else "%H:%M")
    if isinstance(value, Colour):
        return value.label
    if value in ICON_NAMES:
        return str(ICON_NAMES[value])
    return "–" if value in (None, "") else str(value)


_DESK = "/animation/programme"
_SITTING = f"{_DESK}/seances/{{number:int}}"
_ITEM = f"{_SITTING}/ordre-du-jour/{{item:uuid}}"

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
    get(f"{_DESK}/seances", edit_sittings, audience=editors),
    get(f"{_DESK}/seances/ajouter", new_sitting, audience=editors),
    post(f"{_DESK}/seances/ajouter", create_sitting, audience=editors),
    get(_SITTING, desk_sitting, audience=editors),
    get(f"{_SITTING}/modifier", edit_sitting, audience=editors),
    post(f"{_SITTING}/modifier", save_sitting, audience=editors),
    post(f"{_SITTING}/retirer", remove_sitting, audience=editors),
    post(f"{_SITTING}/ordre-du-jour", add_item, audience=editors),
    get(_ITEM, edit_item, audience=editors),
    post(_ITEM, save_item, audience=editors),
    post(f"{_ITEM}/ordre", move_item, audience=editors),
    post(f"{_ITEM}/retirer", remove_item, audience=editors),
    get(f"{_DESK}/documents", edit_library, audience=editors),
    post(f"{_DESK}/documents", add_to_library, audience=editors),
    post(f"{_DESK}/documents/{{document:uuid}}/retirer", remove_document, audience=editors),
    get(f"{_SITTING}/documents", new_document, audience=editors),
    post(f"{_SITTING}/documents", add_document, audience=editors),
    get(f"{_SITTING}/compte-rendu", edit_minutes, audience=editors),
    post(f"{_SITTING}/compte-rendu", publish_minutes, audience=editors),
    post(f"{_SITTING}/compte-rendu/apercu", preview_minutes, audience=editors, keyed=False),
]

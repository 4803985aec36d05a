from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from convention.algorithms import differences
from convention.drafts import queries as drafts
from convention.drafts.routes import Begun, begun
from convention.kit.errors import Refused
from convention.kit.forms import Filled, clean
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.moderation import queries as moderation
from convention.moderation import rules as moderating
from convention.people import queries as people
from convention.people.audiences import everyone, facilitators, members
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.programme.models import Theme
from convention.proposals import actions, queries, rules, together
from convention.proposals.forms import FOR, NAMES, PARAGRAPH_LENGTH, CardForm, PiecesForm, WithdrawalForm
from convention.proposals.models import (
    ADDRESS,
    FOR_LENGTH,
    REPLACED,
    TITLE_LENGTH,
    Competence,
    ParagraphState,
    Proposal,
    Section,
    State,
)
from convention.proposals.queries import PER_PAGE, Filters
from convention.proposals.reading import after_change, byline, difference, facts, proposal_here, standing_of
from convention.proposals.rules import Passage, Standing
from convention.search import queries as search
from convention.voting import queries as voting

NOTICES = {
    "proposition": lazy("Votre proposition est déposée : tout le monde peut la lire."),
    "proposition-modifiee": lazy("La nouvelle version est publiée. L’ancienne reste dans l’historique."),
    "proposition-a-relire": lazy(
        "C’est enregistré : ce que la modération masque le reste, jusqu’à ce qu’une personne l’ait relu."
    ),
    "proposition-retiree": lazy("La proposition est retirée. Sa page reste lisible."),
    "proposition-autrice": lazy("Cette personne peut maintenant modifier la proposition avec vous."),
    **together.NOTICES,
}
SORTS = {
    "": lazy("Numéro"),
    "recentes": lazy("Dernières déposées"),
    "modifiees": lazy("Dernières modifiées"),
    "titre": lazy("Titre"),
}
NEW = "proposition-nouvelle"

# What the card's fields are called, everywhere.
LABELS = {
    "title": lazy("Titre"),
    "theme": lazy("Thème"),
    "constat": lazy("Constat"),
    "objective": lazy("Objectif"),
    "concerned": lazy("Qui est concerné"),
    "effects": lazy("Effets attendus"),
    "indicator": lazy("Indicateur"),
    "competence": lazy("Compétence"),
    "competence_note": lazy("Précision sur la compétence"),
    "deadline": lazy("Délai souhaité"),
    "written_for": lazy("Pour qui"),
}

# -- reading -------------------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    filters, page = _filters(visit), visit.page_number()
    themes = programme.themes(visit.db, visit.convention)
    proposals, total = queries.listed(visit.db, visit.convention, filters, page)
    counts = queries.counts_by_state(visit.db, visit.convention)
    everything = sum(counts.values())
    member = visit.is_a(RoleKind.MEMBER)
    asked = {
        "q": filters.question,
        "theme": filters.theme,
        "statut": sorted(filters.states),
        "tri": filters.sort,
    }

    def address(number: int) -> str:
        return visit.url("proposals.index", query={**asked, "page": number if number > 1 else ""})

    return visit.page(
        "proposals/index.html",
        block="liste",
        form=Filled({**asked, "statut": tuple(asked["statut"])}),
        asked=asked,
        theme=next((theme for theme in themes if theme.slug == filters.theme), None),
        themes=[(theme.slug, theme.name) for theme in themes],
        states=[
            (state, f"{state.plural} ({counts.get(state, 0)})")
            for state in State
            if state not in REPLACED or counts.get(state)
        ],
        sorts=[(name, str(words)) for name, words in SORTS.items()],
        filtered=bool(filters.theme or filters.states or filters.question),
        lines=queries.lines(visit.db, visit.convention, proposals),
        total=total,
        everything=everything,
        debated_elsewhere=search.has(visit.db, visit.convention, "debate"),
        page=page,
        pages=-(-total // PER_PAGE),
        address=address,
        why_not_submit=_why_not_submit(visit),
        member=member,
        draft=drafts.of(visit.db, visit.me, visit.convention, NEW) if member else None,
        waiting=queries.waiting_for(visit.db, visit.convention, visit.me) if member else (),
    )


def _filters(visit: Visit) -> Filters:
    known = {state.value for state in State}
    states = frozenset(State(one) for one in visit.request.query_params.getlist("statut") if one in known)
    sort = visit.query("tri")
    return Filters(
        theme=visit.query("theme"), states=states, question=visit.query("q"), sort=sort if sort in SORTS else ""
    )


def show(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passages = queries.passages(visit.db, proposal)
    subjects = [version.subject for passage in passages for version in passage.versions]
    outcomes, polls = voting.outcomes(visit.db, subjects), voting.open_on(visit.db, subjects)
    standing = standing_of(visit, proposal)
    changed = [passage for passage in passages if len(passage.versions) > 1]
    return visit.page(
        "proposals/show.html",
        proposal=proposal,
        mask=queries.mask_of(visit.db, proposal),
        plain=queries.approved_plain_text(visit.db, proposal),
        writable={one.paragraph.id for one in passages if _writes(proposal, one, standing, polls)},
        reads_decisions=standing.author or visit.is_a(*moderating.READERS),
        theme=_theme(visit, proposal),
        byline=byline(visit, proposal, queries.authors(visit.db, proposal)),
        whom=rules.written_for(proposal, named=visit.person is not None),
        sections=[(one, [passage for passage in passages if passage.paragraph.section == one]) for one in Section],
        facts=facts(proposal),
        outcomes=outcomes,
        polls=polls,
        changes=[_change(passage) for passage in changed],
        names=_writers(visit, changed),
        standing=standing,
        rewrites=any(passage.paragraph.state == ParagraphState.TO_REWRITE for passage in passages),
        why_not_change=rules.why_not_change(proposal, passages, standing, polls),
        why_not_withdraw=rules.why_not_withdraw(proposal, passages, standing, polls),
        panels=_panels(visit, proposal),
        files=(("docx", "Word"), ("odt", "OpenDocument"), ("md", "Markdown")),
    )


def _writes(proposal: Proposal, passage: Passage, standing: Standing, polls: Mapping[Any, Any]) -> bool:
    return (standing.author or standing.facilitator) and (
        rules.why_not_change_paragraph(proposal, passage, standing, polls) is None
    )


def _panels(visit: Visit, proposal: Proposal) -> list[tuple[str, str, Markup]]:
    """What the floors above show of this proposal (`app.PANELS`): an anchor, a title, a drawn part."""
    panels = (panel(visit, proposal) for panel in visit.request.app.state.panels)
    return [
        (anchor, title, Markup(visit.draw(template, proposal=proposal, **context)))  # noqa: S704 - drawn by a template
        for anchor, title, template, context in panels
    ]


def _writers(visit: Visit, passages: Sequence[Passage]) -> Mapping[UUID, str]:
    """{author's id: name} of these versions, for those signed in: members are not named to the world."""
    ids = {version.author_id for passage in passages for version in passage.versions}
    return people.names(visit.db, list(ids)) if visit.person else {}


def _change(passage: Passage, to: int = -1) -> dict[str, Any]:
    """What the last version of a paragraph, or version `to`, changed in the one before."""
    after = passage.versions[to]
    before = passage.versions[passage.versions.index(after) - 1]
    segments = difference(before.text, after.text)
    return {
        "passage": passage,
        "before": before,
        "after": after,
        "segments": segments,
        "summary": differences.summary(segments),
    }


def versions(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passages = queries.passages(visit.db, proposal, removed=True)
    cards = queries.card_versions(visit.db, proposal)
    subjects = [version.subject for passage in passages for version in passage.versions]
    return visit.page(
        "proposals/versions.html",
        proposal=proposal,
        theme=_theme(visit, proposal),
        outcomes=voting.outcomes(visit.db, subjects),
        names=_writers(visit, passages),
        whom=rules.written_for(proposal, named=visit.person is not None),
        paragraphs=[
            (passage, [_change(passage, n) for n in range(len(passage.versions) - 1, 0, -1)]) for passage in passages
        ],
        cards=[
            (after, _card_changes(before.card, after.card)) for before, after in zip(cards, cards[1:], strict=False)
        ][::-1],
        first=cards[0] if cards else None,
    )


def _card_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, Any]]:
    def said(card: Mapping[str, str], name: str) -> str:
        value = card.get(name, "")
        return Competence(value).label if name == "competence" and value else value

    return [
        (str(label), difference(said(before, name), said(after, name)))
        for name, label in LABELS.items()
        if before.get(name, "") != after.get(name, "")
    ]


# -- writing -------------------------------------------------------------------------------------------------------


def write(visit: Visit) -> Response:
    text = begun(visit, NEW)
    blank = {"theme": visit.query("theme"), "competence": Competence.UNKNOWN}
    return _write(visit, text.over({} if text.draft else blank), text)


def _write(visit: Visit, form: Filled, text: Begun, status: int = 200, near: Sequence[Proposal] = ()) -> Response:
    return visit.page(
        "proposals/write.html",
        status=status,
        near=near,
        form=form,
        slots=_new_slots(form),
        why_not=_why_not_submit(visit),
        **_desk_of_writer(visit, text, form),
    )


def submit(visit: Visit) -> Response:
    form = CardForm.read(visit.form)
    theme = _chosen_theme(visit)
    wrong = {} if isinstance(form, Filled) else rules.why_not_these(form.pieces, ())
    written_for = _written_for(visit)
    if not written_for and not visit.is_a(RoleKind.MEMBER):
        wrong = {**wrong, "written_for": _(FOR)}
    if isinstance(form, Filled) or wrong or theme is None:
        filled = _with_errors(visit, form, wrong, theme)
        return _write(visit, filled, begun(visit, NEW), 422)
    if visit.form.get("proches") != "vues":
        near = queries.near(visit.db, visit.convention, form.title, [piece.text for piece in form.pieces])
        if near:
            return _write(visit, _with_errors(visit, form, {}, theme), begun(visit, NEW), 422, near)
    facilitator = visit.is_a(RoleKind.FACILITATOR)
    proposal = actions.submit(
        visit.db, visit.convention, visit.me, form, theme, written_for=written_for, facilitator=facilitator
    )
    return see(visit.url("proposals.show", number=proposal.number, query={"fait": "proposition"}))


def _written_for(visit: Visit) -> str:
    """For whom a facilitator writes: a table, or a person without account."""
    return " ".join(clean(str(visit.form.get("written_for", ""))).split())[:FOR_LENGTH]


def edit(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    # Who writes it again reads what moderation hides.
    passages, written = queries.passages(visit.db, proposal, original=True), queries.original(visit.db, proposal)
    values = {
        **{name: getattr(written, name) for name in actions.CARD},
        "theme": _theme(visit, proposal).slug,
        **{_field(passage): passage.text for passage in passages},
    }
    text = begun(visit, _subject(proposal))
    return _edit(visit, proposal, text.over(values), text)


def _edit(visit: Visit, proposal: Proposal, form: Filled, text: Begun, status: int = 200) -> Response:
    passages = queries.passages(visit.db, proposal)
    polls = voting.open_on(visit.db, [passage.subject for passage in passages])
    standing = standing_of(visit, proposal)
    if reason := rules.why_not_change(proposal, passages, standing, polls):
        raise Refused(reason)
    return visit.page(
        "proposals/edit.html",
        status=status,
        proposal=proposal,
        form=form,
        # A draft remembers which text it was begun on.
        revision=text.over({"revision": proposal.revision})["revision"] if status == 200 else proposal.revision,
        why_not_card=rules.why_not_change_card(proposal, passages, standing, polls),
        passages=[
            (one, passage, _field(passage), rules.why_not_change_paragraph(proposal, passage, standing, polls))
            for one in Section
            for passage in passages
            if passage.paragraph.section == one
        ],
        slots=_new_slots(form, blank=1),
        standing=standing,
        byline=byline(visit, proposal, queries.authors(visit.db, proposal)),
        **_desk_of_writer(visit, text, form),
    )


def change(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    queries.locked(visit.db, [proposal.id])  # two authors who publish at once wait for each other
    proposal = proposal_here(visit)
    passages = queries.passages(visit.db, proposal)
    polls = voting.open_on(visit.db, [passage.subject for passage in passages])
    standing = standing_of(visit, proposal)
    whole = rules.why_not_change_card(proposal, passages, standing, polls) is None
    form = CardForm.read(visit.form) if whole else PiecesForm.read(visit.form)
    theme = _chosen_theme(visit) if whole else None
    wrong = {} if isinstance(form, Filled) else rules.why_not_these(form.pieces, passages)
    if not isinstance(form, Filled):
        for passage in queries.passages(visit.db, proposal, original=True):
            piece = actions.typed(form, passage)
            if piece is not None and piece.text != passage.text:
                reason = rules.why_not_change_paragraph(proposal, passage, standing, polls)
                wrong.update({piece.field: reason} if reason else {})
    if not isinstance(form, Filled) and form.revision != proposal.revision:
        wrong[""] = _(
            "Ce texte a changé depuis que vous l’avez ouvert. Relisez-le dans un autre onglet, "
            "reprenez ce qui manque ici, puis publiez."
        )
    if isinstance(form, Filled) or wrong or (whole and theme is None):
        text = begun(visit, _subject(proposal))
        return _edit(visit, proposal, _with_errors(visit, form, wrong, theme, whole), text, 422)
    actions.change(visit.db, proposal, visit.me, form, theme, standing)
    return see(visit.url("proposals.show", number=proposal.number, query={"fait": after_change(visit, proposal)}))


def ask_withdrawal(visit: Visit) -> Response:
    return _ask_withdrawal(visit, Filled())


def _ask_withdrawal(visit: Visit, form: Filled, status: int = 200) -> Response:
    proposal = proposal_here(visit)
    passages = queries.passages(visit.db, proposal)
    polls = voting.open_on(visit.db, [passage.subject for passage in passages])
    why_not = rules.why_not_withdraw(proposal, passages, standing_of(visit, proposal), polls)
    return visit.page("proposals/withdraw.html", status=status, proposal=proposal, form=form, why_not=why_not)


def withdraw(visit: Visit) -> Response:
    form = WithdrawalForm.read(visit.form)
    if isinstance(form, Filled):
        return _ask_withdrawal(visit, form, 422)
    proposal = proposal_here(visit)
    actions.withdraw(visit.db, proposal, visit.me, form.reason, standing_of(visit, proposal))
    return see(visit.url("proposals.show", number=proposal.number, query={"fait": "proposition-retiree"}))


# -- putting to the vote -------------------------------------------------------------------------------------------


def desk(visit: Visit) -> Response:
    return _desk(visit)


def _desk(visit: Visit, form: Filled | None = None, only: Proposal | None = None, status: int = 200) -> Response:
    filters = Filters(theme=visit.query("theme"), states=frozenset({State.SUBMITTED, State.TO_REWRITE}))
    page = visit.page_number()
    if only is None:
        proposals, total = queries.listed(visit.db, visit.convention, filters, page)
    else:
        proposals, total = [only], 1
    passages = queries.passages_of(visit.db, proposals)
    lines = [
        (line, [(one, rules.why_not_poll(line.proposal, one, line.polls)) for one in passages[line.proposal.id]])
        for line in queries.lines(visit.db, visit.convention, proposals)
    ]

    def address(number: int) -> str:
        return visit.url("proposals.desk", query={"theme": filters.theme, "page": number if number > 1 else ""})

    return visit.page(
        "proposals/desk.html",
        status=status,
        only=only,
        form=form or Filled({"titre": only.title if only else ""}),
        filters=Filled({"theme": filters.theme}),
        themes=[(theme.slug, theme.name) for theme in programme.themes(visit.db, visit.convention)],
        lines=lines,
        votable=any(why_not is None for _line, several in lines for _one, why_not in several),
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=address,
        post_to=visit.url("proposals.prepare", number=only.number) if only else visit.url("proposals.prepare_several"),
    )


def choose(visit: Visit) -> Response:
    return _desk(visit, only=proposal_here(visit))


def prepare(visit: Visit) -> Response:
    return _prepare(visit, proposal_here(visit))


def prepare_several(visit: Visit) -> Response:
    return _prepare(visit, None)


def _prepare(visit: Visit, only: Proposal | None) -> Response:
    chosen = [one for one in visit.form.getlist("paragraphe") if isinstance(one, str)]
    title = " ".join(str(visit.form.get("titre", "")).split())[:200]
    wrong = {}
    if not title:
        wrong["titre"] = _("Donnez un titre à ce vote, par exemple « Propositions de santé, premier vote ».")
    if not chosen:
        wrong["paragraphe"] = _("Choisissez au moins un paragraphe.")
    if wrong:
        return _desk(visit, Filled({"titre": title, "paragraphe": tuple(chosen)}, wrong), only, 422)
    poll = actions.put_to_vote(visit.db, visit.convention, visit.me, title, _ids(chosen))
    return see(visit.url("voting.plan", number=poll.number))


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Refused(_("Un paragraphe choisi n’existe pas : relisez la liste, puis choisissez à nouveau.")) from None


# -- what several pages need ---------------------------------------------------------------------------------------


def _why_not_submit(visit: Visit) -> str | None:
    suspension = moderation.suspension(visit.db, visit.convention, visit.person, visit.at)
    return rules.why_not_submit(programme.phases(visit.db, visit.convention), visit.at, suspension)


def _theme(visit: Visit, proposal: Proposal) -> Theme:
    return found(programme.theme_of_id(visit.db, visit.convention, proposal.theme_id))


def _subject(proposal: Proposal) -> str:
    return f"proposition-{proposal.number}"


def _field(passage: Passage) -> str:
    return f"{NAMES[passage.paragraph.section]}-{passage.paragraph.number}"


def _new_slots(form: Filled, blank: int = 2) -> dict[Section, list[str]]:
    """The boxes for new paragraphs: those that were filled, and empty ones after."""
    slots = {}
    for section, name in NAMES.items():
        shown = [n for n in range(1, 100) if f"{name}-n{n}" in form.values]
        filled = max((n for n in shown if form[f"{name}-n{n}"]), default=0)
        # « Ajouter » shows one more than there was; two empty ones are enough.
        boxes = max(blank if section == Section.MEASURE else 1, min(max(shown, default=0) + 1, filled + 2))
        slots[section] = [f"{name}-n{n}" for n in range(1, boxes + 1)]
    return slots


def _chosen_theme(visit: Visit) -> Theme | None:
    return programme.theme(visit.db, visit.convention, clean(str(visit.form.get("theme", "")))[:60])


def _with_errors(
    visit: Visit, form: PiecesForm | Filled, wrong: Mapping[str, str], theme: Theme | None, whole: bool = True
) -> Filled:
    """What was typed, with every sentence about it."""
    kind = CardForm if whole else PiecesForm
    errors = {**(form.errors if isinstance(form, Filled) else {}), **wrong}
    typed = {**kind.typed(visit.form), "written_for": _written_for(visit)}
    if whole and theme is None:
        errors.setdefault("theme", _("Choisissez le thème."))
    return Filled(typed, errors)


def _desk_of_writer(visit: Visit, text: Begun, form: Filled) -> dict[str, Any]:
    """What the forms where one writes have in common."""
    return {
        "themes": [(theme.slug, theme.name) for theme in programme.themes(visit.db, visit.convention)],
        "competences": [(competence, competence.label) for competence in Competence],
        "begun": text,
        "labels": {
            **{name: str(label) for name, label in LABELS.items()},
            **{field: _slot_label(field) for field in form.errors if field.startswith(("mesure-", "garde-fou-"))},
        },
        "title_length": TITLE_LENGTH,
        "paragraph_length": PARAGRAPH_LENGTH,
    }


def _slot_label(field: str) -> str:
    return _("Mesure") if field.startswith("mesure") else _("Garde-fou")


assert ADDRESS == "/propositions/{number}", "the address that searches and polls keep is the route's"
routes = [
    get("/propositions", index, audience=everyone),
    get("/propositions/nouvelle", write, audience=members | facilitators),
    post("/propositions/nouvelle", submit, audience=members | facilitators, name="proposals.write"),
    get("/propositions/{number:int}", show, audience=everyone),
    get("/propositions/{number:int}/versions", versions, audience=everyone),
    get("/propositions/{number:int}/modifier", edit, audience=members | facilitators),
    post("/propositions/{number:int}/modifier", change, audience=members | facilitators, name="proposals.edit"),
    get(
        "/propositions/{number:int}/retirer", ask_withdrawal, audience=members | facilitators, name="proposals.withdraw"
    ),
    post("/propositions/{number:int}/retirer", withdraw, audience=members | facilitators),
    get("/propositions/{number:int}/mettre-au-vote", choose, audience=facilitators, name="proposals.prepare"),
    post("/propositions/{number:int}/mettre-au-vote", prepare, audience=facilitators),
    get("/animation/propositions", desk, audience=facilitators),
    post("/animation/propositions", prepare_several, audience=facilitators),
    *together.routes,
]

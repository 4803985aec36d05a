import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.lineage import actions, forms, letters, queries, rules
from convention.lineage.forms import OUT, CarryForm, SplitForm, UndoForm
from convention.lineage.models import MOST, REASON_LENGTH, Became, Kind
from convention.lineage.queries import PER_PAGE, Recast
from convention.lineage.rules import Original
from convention.moderation import queries as moderation
from convention.people import queries as people
from convention.people.audiences import everyone, facilitators, members
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals import rules as writing
from convention.proposals.actions import CARD
from convention.proposals.forms import PARAGRAPH_LENGTH, CardForm
from convention.proposals.models import TITLE_LENGTH, Competence, Proposal, State
from convention.proposals.reading import difference
from convention.proposals.routes import LABELS as CARD_LABELS
from convention.proposals.rules import Standing
from convention.reservations import queries as reservations
from convention.reservations.routes import namings
from convention.voting import queries as voting

NOTICES = {
    "reunion": lazy("C’est réuni. Les propositions d’avant restent lisibles et mènent à celle-ci."),
    "partage": lazy("C’est partagé. La proposition d’avant reste lisible et mène aux nouvelles."),
    "reunion-annulee": lazy("C’est annulé : les propositions d’avant sont exactement comme elles étaient."),
    "signature-reprise": lazy("Votre signature accompagne aussi le nouveau texte."),
}

# What may be merged: neither voted nor gone.
OPEN = frozenset({State.SUBMITTED, State.TO_REWRITE})

# -- choosing and merging ------------------------------------------------------------------------------------------


def choose(visit: Visit) -> Response:
    asked, several = _asked(visit)
    question = visit.query("q")
    listed, total = proposals.listed(
        visit.db,
        visit.convention,
        proposals.Filters(theme=visit.query("theme"), question=question, states=OPEN),
        visit.page_number(),
    )
    chosen = {one.number for one in several}

    def address(number: int) -> str:
        query = {"p": sorted(chosen), "theme": visit.query("theme"), "q": question}
        return visit.url("lineage.choose", query={**query, "page": number if number > 1 else ""})

    return visit.page(
        "lineage/choose.html",
        several=several,
        unknown=sorted(asked - chosen),
        begun=queries.begun(visit.db, visit.convention, visit.me),
        listed=[one for one in listed if one.number not in chosen],
        themes=[(theme.slug, theme.name) for theme in programme.themes(visit.db, visit.convention)],
        filters=Filled({"theme": visit.query("theme"), "q": question}),
        total=total,
        page=visit.page_number(),
        pages=-(-total // PER_PAGE),
        address=address,
    )


def compose(visit: Visit) -> Response:
    _numbers, several = _asked(visit)
    return _compose(visit, several, None)


def _compose(visit: Visit, several: Sequence[Proposal], form: Filled | None, status: int = 200) -> Response:
    originals = actions.originals_of(visit.db, several, _standing(visit), _author(visit))
    themes = programme.themes(visit.db, visit.convention)
    slugs = {theme.id: theme.slug for theme in themes}
    count = sum(len(one.passages) for one in originals)
    again = visit.url("lineage.compose", query={"p": sorted(one.number for one in several)})
    begun = drafts.begun(visit, queries.merge_subject(several), at=again)
    authors = queries.authors_of(visit.db, several)
    return visit.page(
        "lineage/compose.html",
        status=status,
        originals=originals,
        names={id: [person.name for person in each] for id, each in authors.items()} if visit.person else {},
        why_not=rules.why_not_merge(originals),
        to_examine=[one.proposal for one in originals if rules.is_to_be_examined(one)],
        begun=begun,
        form=form or begun.over(_blank(originals, slugs)),
        places=[*((str(n), _("Place {n}").format(n=n)) for n in range(1, count + 1)), (OUT, _("Laisser de côté"))],
        themes=[(theme.slug, theme.name) for theme in themes],
        competences=[(competence, competence.label) for competence in Competence],
        labels=_labels(originals),
        title_length=TITLE_LENGTH,
        paragraph_length=PARAGRAPH_LENGTH,
        reason_length=REASON_LENGTH,
    )


def _blank(originals: Sequence[Original], slugs: Mapping[Any, str]) -> dict[str, str]:
    """Everything is kept, in order; the rest of the card says what each said."""
    values: dict[str, str] = {}
    place = 0
    for one in originals:
        values[f"revision-{one.proposal.number}"] = str(one.proposal.revision)
        for passage in one.passages:
            place += 1
            values |= {f"place-{one.key(passage)}": str(place), f"text-{one.key(passage)}": passage.text}
    for name in CARD:
        said = list(dict.fromkeys(str(getattr(one.proposal, name)) for one in originals))
        values[name] = "\n\n".join(text for text in said if text)
    if originals:
        first = originals[0].proposal
        same = len({one.proposal.competence for one in originals}) == 1
        values |= {
            "title": first.title,
            "theme": slugs.get(first.theme_id, ""),
            "competence": first.competence.value if same else Competence.UNKNOWN.value,
            "competence_note": " ; ".join(filter(None, (one.proposal.competence_note for one in originals))),
            "deadline": " ; ".join(filter(None, (one.proposal.deadline for one in originals))),
        }
    return values


def _labels(originals: Sequence[Original]) -> dict[str, str]:
    labels = {name: str(label) for name, label in CARD_LABELS.items()} | {"reason": _("Pourquoi")}
    for one in originals:
        for passage in one.passages:
            number = f"{one.proposal.number}.{passage.paragraph.number}"
            for field in ("place", "text", "raison"):
                labels[f"{field}-{one.key(passage)}"] = _("Paragraphe {number}").format(number=number)
    return labels


def merge(visit: Visit) -> Response:
    _numbers, several = _asked(visit)
    form = CardForm.read(visit.form)
    theme = programme.theme(visit.db, visit.convention, str(visit.form.get("theme", ""))[:60])
    originals = actions.originals_of(visit.db, several, _standing(visit), _author(visit))
    choices = forms.choices(visit.form)
    chosen = rules.pieces(originals, choices)
    wrong = dict(form.errors) if isinstance(form, Filled) else {}
    wrong |= rules.why_not_these(chosen, rules.lines(chosen))
    if not str(visit.form.get("reason", "")).strip():
        wrong["reason"] = _(forms.REASON)
    if theme is None:
        wrong["theme"] = _("Choisissez le thème.")
    if moved := _moved(visit, several):
        wrong[""] = moved
    if isinstance(form, Filled) or wrong or theme is None:
        values = forms.typed(visit.form)
        values |= {f"revision-{one.number}": str(one.revision) for one in several}
        return _compose(visit, several, Filled(values, wrong), 422)
    card = {name: getattr(form, name) for name in CARD}
    recast = actions.merge(
        visit.db, visit.convention, visit.me, several, _standing(visit), theme, card, choices, form.reason,
        _revisions(visit, several),
    )  # fmt: skip
    return _told(visit, recast, "reunion")


def _revisions(visit: Visit, several: Sequence[Proposal]) -> dict[int, int]:
    """{proposal's number: the revision that was on the page}."""
    typed = {one.number: str(visit.form.get(f"revision-{one.number}", "")) for one in several}
    return {number: int(text) for number, text in typed.items() if text.isascii() and text.isdigit() and len(text) < 9}


def _moved(visit: Visit, several: Sequence[Proposal]) -> str:
    seen = _revisions(visit, several)
    changed = [str(one.number) for one in several if seen.get(one.number) != one.revision]
    if not changed:
        return ""
    return _("La proposition {n} a changé depuis que vous avez ouvert cette page : relisez, puis validez.").format(
        n=", ".join(changed)
    )  # fmt: skip


def _told(visit: Visit, recast: Recast, notice: str) -> Response:
    link = visit.address("lineage.show", number=recast.recasting.number)
    letters.tell(visit.db, visit.convention, recast, visit.me, link)
    return see(visit.url("lineage.show", number=recast.recasting.number, query={"fait": notice}))


# -- splitting -----------------------------------------------------------------------------------------------------


def ask_split(visit: Visit) -> Response:
    return _split(visit, _proposal(visit), None)


def _split(visit: Visit, proposal: Proposal, form: Filled | None, status: int = 200) -> Response:
    (original,) = actions.originals_of(visit.db, [proposal], _standing(visit), _author(visit))
    blank = {f"revision-{proposal.number}": str(proposal.revision), "titre-1": proposal.title}
    blank |= {f"place-{original.key(one)}": "1" for one in original.passages}
    begun = drafts.begun(visit, queries.split_subject(proposal))
    form = form or begun.over(blank)
    shown = max(3, *(n for n in range(1, MOST + 1) if form[f"titre-{n}"])) if form.values else 3
    return visit.page(
        "lineage/split.html",
        status=status,
        original=original,
        proposal=proposal,
        why_not=rules.why_not_split(original),
        to_examine=[proposal] if rules.is_to_be_examined(original) else [],
        begun=begun,
        form=form,
        titles=[f"titre-{n}" for n in range(1, min(MOST, shown) + 1)],
        places=[*((str(n), _("Nouvelle proposition {n}").format(n=n)) for n in range(1, min(MOST, shown) + 1)),
                (OUT, _("Laisser de côté"))],
        labels=_labels([original]) | {f"titre-{n}": _("Titre {n}").format(n=n) for n in range(1, MOST + 1)},
        title_length=TITLE_LENGTH,
        reason_length=REASON_LENGTH,
    )  # fmt: skip


def split(visit: Visit) -> Response:
    proposal = _proposal(visit)
    form = SplitForm.read(visit.form)
    titles, choices = forms.titles(visit.form), forms.choices(visit.form)
    (original,) = actions.originals_of(visit.db, [proposal], _standing(visit), _author(visit))
    wrong = dict(form.errors) if isinstance(form, Filled) else {}
    wrong |= rules.why_not_parts(rules.pieces([original], choices), max(2, len(titles))) | forms.wrong_titles(titles)
    if moved := _moved(visit, [proposal]):
        wrong[""] = moved
    if isinstance(form, Filled) or wrong:
        values = forms.typed(visit.form) | {f"revision-{proposal.number}": str(proposal.revision)}
        return _split(visit, proposal, Filled(values, wrong), 422)
    theme = found(programme.theme_of_id(visit.db, visit.convention, proposal.theme_id))
    recast = actions.split(
        visit.db, visit.convention, visit.me, proposal, _standing(visit), theme, titles, choices, form.reason,
        _revisions(visit, [proposal]),
    )  # fmt: skip
    return _told(visit, recast, "partage")


# -- reading, going back -------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    page = visit.page_number()
    recasts, total = queries.listed(visit.db, visit.convention, page)
    return visit.page(
        "lineage/index.html",
        recasts=recasts,
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=lambda n: visit.url("lineage.index", query={"page": n if n > 1 else ""}),
        may=visit.is_a(RoleKind.MEMBER, RoleKind.FACILITATOR),
    )


def show(visit: Visit) -> Response:
    return _show(visit, _recast(visit), Filled())


def _show(visit: Visit, recast: Recast, form: Filled, carrying: Filled | None = None, status: int = 200) -> Response:
    strands = queries.strands(visit.db, recast)
    authors = queries.authors_of(visit.db, recast.sources)
    mine = {one.id for one in recast.sources if visit.person and visit.person.id in {p.id for p in authors[one.id]}}
    recasting = recast.recasting
    names = people.names(visit.db, [recasting.by_id, recasting.undone_by_id or recasting.by_id]) if visit.person else {}
    return visit.page(
        "lineage/show.html",
        status=status,
        recast=recast,
        recasting=recasting,
        names=names,
        sources=[(one, one.id in mine, [each for each in strands if each.source.proposal.id == one.id])
                 for one in recast.sources],
        difference=difference,
        changed=Became.CHANGED,
        left_out=Became.LEFT_OUT,
        why_not_undo=actions.why_not_undo(visit.db, recasting, recast.results, _standing_of(visit, recast)),
        entitled=visit.is_a(RoleKind.FACILITATOR) or _standing_of(visit, recast).author,
        form=form,
        signed=queries.signed_by(visit.db, recast, visit.person),
        carrying=carrying or Filled(),
        namings=namings(),
        merged=recasting.kind == Kind.MERGE,
        reason_length=REASON_LENGTH,
    )  # fmt: skip


def undo(visit: Visit) -> Response:
    recast = _recast(visit)
    form = UndoForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, recast, form, status=422)
    actions.undo(visit.db, recast, visit.me, form.reason, _standing_of(visit, recast))
    return _told(visit, _recast(visit), "reunion-annulee")


def carry(visit: Visit) -> Response:
    recast = _recast(visit)
    form = CarryForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, recast, Filled(), form, 422)
    reservation = found(reservations.of_number(visit.db, visit.convention, form.reservation))
    result = next((one for one in recast.results if str(one.number) == str(visit.form.get("vers", ""))), None)
    actions.carry(
        visit.db, visit.convention, recast, result or recast.results[0], reservation, visit.me, named=form.named
    )
    return see(visit.url("lineage.show", number=recast.recasting.number, query={"fait": "signature-reprise"}))


# -- the words of a paragraph ----------------------------------------------------------------------------------------


def version(visit: Visit) -> Response:
    """A paragraph as it was, at an address that never changes."""
    proposal = _proposal(visit)
    paragraph, number = visit.path("paragraph"), visit.path("version")
    passages = proposals.passages(visit.db, proposal, removed=True)
    passage = found(next((one for one in passages if one.paragraph.number == paragraph), None))
    at = found(next((one for one in passage.versions if one.number == number), None))
    strands = queries.strands_of(visit.db, proposal)
    subjects = [at.subject]
    return visit.page(
        "lineage/version.html",
        proposal=proposal,
        passage=passage,
        version=at,
        mask=passage.masks.get(at.subject),
        before=next((one for one in passage.versions if one.number == number - 1), None),
        after=next((one for one in passage.versions if one.number == number + 1), None),
        origins=[one for one in strands if one.into and one.into.version.id == at.id],
        destinations=[one for one in strands if one.source.version.id == at.id],
        difference=difference,
        outcome=voting.outcomes(visit.db, subjects).get(at.subject),
        poll=voting.open_on(visit.db, subjects).get(at.subject),
        amendments=queries.amendments_of(visit.db, at),
        name=people.names(visit.db, [at.author_id]).get(at.author_id, "") if visit.person else "",
        whom=writing.written_for(proposal, named=visit.person is not None),
    )


def panel(visit: Visit, proposal: Proposal) -> tuple[str, str, str, dict[str, Any]]:
    """What the page of a proposal shows of where its words came from and went."""
    recasts = queries.of_proposal(visit.db, proposal)
    strands = queries.strands_of(visit.db, proposal) if recasts else []
    context = {
        "recasts": recasts,
        "origins": sorted(
            (one for one in strands if one.into and one.into.proposal.id == proposal.id),
            key=lambda one: (one.recasting.number, one.into.paragraph.number if one.into else 0),
        ),
        "destinations": [one for one in strands if one.source.proposal.id == proposal.id],
        "may": not proposal.state.is_over and visit.is_a(RoleKind.MEMBER, RoleKind.FACILITATOR),
    }
    return "parcours", _("Parcours"), "lineage/panel.html", context


# -- what several pages need ---------------------------------------------------------------------------------------


def _proposal(visit: Visit) -> Proposal:
    number = visit.path("number")
    return found(proposals.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _recast(visit: Visit) -> Recast:
    number = visit.path("number")
    return found(queries.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _asked(visit: Visit) -> tuple[set[int], list[Proposal]]:
    """The numbers that were asked (ticked, or typed « 14, 9 »), and the proposals they name."""
    params = visit.request.query_params
    words = " ".join([*params.getlist("p"), params.get("numeros", ""), str(visit.form.get("numeros", ""))])
    numbers = {int(one) for one in re.findall(r"\d{1,9}", words)}
    return numbers, proposals.of_numbers(visit.db, visit.convention, sorted(numbers)[: MOST + 1])


def _author(visit: Visit) -> Any:
    return visit.person if visit.is_a(RoleKind.MEMBER) else None


def _standing(visit: Visit) -> Standing:
    return Standing(
        author=False,
        facilitator=visit.is_a(RoleKind.FACILITATOR),
        phases=programme.phases(visit.db, visit.convention),
        at=visit.at,
        suspension=moderation.suspension(visit.db, visit.convention, visit.person, visit.at),
    )


def _standing_of(visit: Visit, recast: Recast) -> Standing:
    """Hers towards what was made: she writes one of the new texts."""
    given = _standing(visit)
    author = any(proposals.is_author(visit.db, one, _author(visit)) for one in recast.results)
    return Standing(author, given.facilitator, given.phases, given.at, given.suspension)


routes = [
    get("/reunions", index, audience=everyone),
    get("/reunions/{number:int}", show, audience=everyone),
    post("/reunions/{number:int}/annuler", undo, audience=members | facilitators),
    post("/reunions/{number:int}/signature", carry, audience=members),
    get("/propositions/reunir", choose, audience=members | facilitators),
    get("/propositions/reunir/composer", compose, audience=members | facilitators),
    post("/propositions/reunir/composer", merge, audience=members | facilitators, name="lineage.compose"),
    get("/propositions/{number:int}/partager", ask_split, audience=members | facilitators, name="lineage.split"),
    post("/propositions/{number:int}/partager", split, audience=members | facilitators),
    get("/propositions/{number:int}/paragraphes/{paragraph:int}/versions/{version:int}", version, audience=everyone),
]

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from convention.algorithms.differences import Segment
from convention.algorithms.merging import Clash
from convention.amendments import actions, queries, rules
from convention.amendments.forms import AcceptanceForm, AmendmentForm, MergeForm, RejectionForm
from convention.amendments.models import ADDRESS, REASON_LENGTH, TEXT_LENGTH, Amendment, Kind, State
from convention.amendments.queries import PER_PAGE
from convention.amendments.rules import Case
from convention.drafts import routes as drafts
from convention.kit.errors import NotFound, Refused
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.moderation import queries as moderation
from convention.people import queries as people
from convention.people.audiences import everyone, facilitators, members
from convention.people.models import Person, RoleKind
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals import rules as writing
from convention.proposals.models import Proposal, Section
from convention.proposals.reading import difference
from convention.proposals.rules import Passage, Standing
from convention.voting import queries as voting

NOTICES = {
    "amendement": lazy("Votre amendement est déposé : tout le monde peut le lire."),
    "amendement-accepte": lazy("L’amendement est accepté : le texte a une version de plus."),
    "amendement-reuni": lazy("Le texte qui réunit les deux est publié."),
    "amendement-rejete": lazy("L’amendement est rejeté. Votre raison est publiée."),
    "amendement-retire": lazy("Votre amendement est retiré. Sa page reste lisible."),
}
LABELS = {
    "kind": lazy("Ce que vous demandez"),
    "section": lazy("Partie"),
    "text": lazy("Votre texte"),
    "rationale": lazy("Pourquoi"),
    "reason": lazy("Raison"),
    "author": lazy("Qui l’a écrit sur papier"),
}
NEW = "nouveau"

# -- reading -------------------------------------------------------------------------------------------------------


def everywhere(visit: Visit) -> Response:
    """All the amendments of the convention, newest first."""
    page, asked = visit.page_number(), visit.query("etat")
    state = State(asked) if asked in {one.value for one in State} else None
    rows, total = queries.listed(visit.db, visit.convention, state, page)
    counts = queries.counts_by_state(visit.db, visit.convention)

    def address(number: int) -> str:
        return visit.url("amendments.everywhere", query={"etat": asked, "page": number if number > 1 else ""})

    return visit.page(
        "amendments/everywhere.html",
        rows=rows,
        state=state,
        states=[(one, counts[one]) for one in State if counts.get(one)],
        total=total,
        everything=sum(counts.values()),
        page=page,
        pages=-(-total // PER_PAGE),
        address=address,
    )


def index(visit: Visit) -> Response:
    proposal = _proposal(visit)
    cases = queries.cases(visit.db, proposal, queries.of_proposal(visit.db, proposal))
    passages = proposals.passages(visit.db, proposal)
    polls = voting.open_on(visit.db, [*(case.amendment.subject for case in cases), *(one.subject for one in passages)])
    standing = _standing(visit, proposal)
    return visit.page(
        "amendments/index.html",
        proposal=proposal,
        paragraphs=[
            (
                passage,
                [case for case in cases if case.passage and case.passage.paragraph.id == passage.paragraph.id],
                rules.why_not_submit(proposal, passages, passage, standing, polls),
            )
            for passage in _shown(passages, cases)
        ],
        new=[case for case in cases if case.passage is None],
        why_not_new=rules.why_not_submit(proposal, passages, None, standing, polls),
        groups=rules.groups([case for case in cases if not (case.masked or case.mask)]),
        difference=difference,
        names=_names(visit, cases),
        polls=polls,
        total=len(cases),
        member=visit.is_a(RoleKind.MEMBER, RoleKind.FACILITATOR),
    )


def _shown(passages: Sequence[Passage], cases: Sequence[Case]) -> list[Passage]:
    """The paragraphs in order; those taken out last, when somebody had amended them."""
    here = {passage.paragraph.id for passage in passages}
    gone = {case.passage.paragraph.id: case.passage for case in cases if case.passage}
    return [*passages, *(passage for id, passage in gone.items() if id not in here)]


def show(visit: Visit) -> Response:
    return _show(visit)


def _show(visit: Visit, forms: Mapping[str, Filled] | None = None, status: int = 200) -> Response:
    amendment, case, standing = _opened(visit)
    everything = queries.cases(visit.db, case.proposal, queries.of_proposal(visit.db, case.proposal))
    subjects = [amendment.subject, *([case.passage.subject] if case.passage else [])]
    polls, outcomes = voting.open_on(visit.db, subjects), voting.outcomes(visit.db, [amendment.subject])
    fit = case.fit
    blank = {"version": case.passage.version.number if case.passage else 0}
    text = drafts.begun(visit, f"amendement-{amendment.number}-reunir")
    merged = text.over({**blank, "text": case.asked if isinstance(fit, Clash) else fit})
    given = forms or {}
    shown = case.shown
    return visit.page(
        "amendments/show.html",
        status=status,
        amendment=shown.amendment,
        case=case,
        proposal=case.proposal,
        change=difference(shown.base.text if shown.base else "", shown.asked),
        since=difference(case.base.text, case.passage.text) if case.base and case.passage else [],
        now=difference(case.passage.text if case.passage else "", fit) if isinstance(fit, str) else [],
        why_not_fit=rules.why_not_apply(case),
        against=[
            (other, difference(other.base.text if other.base else "", other.asked))
            for other in rules.conflicts([one for one in everything if not one.mask]).get(amendment.id, ())
        ],
        written=_written(case),
        follows=next((one.amendment for one in everything if one.amendment.id == amendment.follows_id), None),
        follower=next((one.amendment for one in everything if one.amendment.follows_id == amendment.id), None),
        names=_names(visit, [case]),
        poll=polls.get(amendment.subject),
        outcome=outcomes.get(amendment.subject),
        decides=amendment.is_open and rules.may_decide(case, standing),
        whom=writing.written_for(case.proposal, named=visit.person is not None),
        on_behalf=not standing.author,
        why_not_accept=rules.why_not_accept(case, standing, polls),
        why_not_merge=rules.why_not_merge(case, standing, polls),
        why_not_reject=rules.why_not_reject(case, standing, polls),
        mine=visit.person is not None and visit.person.id == amendment.author_id,
        why_not_withdraw=rules.why_not_withdraw(visit.person, amendment, polls),
        why_not_rewrite=rules.why_not_rewrite(visit.person, case, standing, polls),
        facilitator=standing.facilitator,
        why_not_poll=rules.why_not_poll(case, polls),
        accepting=given.get("accept", Filled(blank)),
        merging=given.get("merge", merged),
        begun=text,
        rejecting=given.get("reject", Filled()),
        wrong=next((form for form in given.values() if form.errors), Filled()),
        labels={name: str(label) for name, label in LABELS.items()},
        text_length=TEXT_LENGTH,
        reason_length=REASON_LENGTH,
    )


def _written(case: Case) -> dict[str, list[Segment]] | None:
    """What became of it in the text: the difference from the paragraph before, and from what had been asked."""
    amendment = case.amendment
    if amendment.state not in (State.ACCEPTED, State.MERGED):
        return None
    before = case.base.text if case.base else ""
    if case.passage and amendment.version_id:
        version = next((one for one in case.passage.versions if one.id == amendment.version_id), None)
        earlier = [one for one in case.passage.versions if version and one.id == version.follows]
        before = earlier[0].text if earlier else before
    elif case.passage:
        before = case.passage.text
    return {
        "text": difference(before, amendment.final_text),
        "asked": difference(case.asked, amendment.final_text),
    }


def panel(visit: Visit, proposal: Proposal) -> tuple[str, str, str, dict[str, Any]]:
    """What the page of a proposal shows of its amendments."""
    amendments = queries.of_proposal(visit.db, proposal)
    cases = queries.cases(visit.db, proposal, amendments) if amendments else []
    accepted = [one for one in amendments if one.state in (State.ACCEPTED, State.MERGED)]
    waiting = [one for one in amendments if one.is_open]
    context = {"cases": cases, "accepted": len(accepted), "waiting": len(waiting), "difference": difference}
    return "amendements", _("Amendements"), "amendments/panel.html", context


# -- submitting ----------------------------------------------------------------------------------------------------


def write(visit: Visit) -> Response:
    proposal = _proposal(visit)
    passage = _aimed(visit, proposal)
    blank = {
        "kind": Kind.REPLACE if passage else Kind.NEW,
        "section": Section.MEASURE,
        "text": passage.text if passage else "",
        "version": passage.version.number if passage else 0,
    }
    return _write(visit, proposal, passage, drafts.begun(visit, _subject(proposal, passage)).over(blank))


def submit(visit: Visit) -> Response:
    proposal = _proposal(visit)
    passage = _aimed(visit, proposal)
    form = _read(visit, passage)
    if isinstance(form, Filled):
        return _write(visit, proposal, passage, form, status=422)
    author = _on_paper(visit, form.author)
    if author is None and not visit.is_a(RoleKind.MEMBER):
        wrong = {"author": _("Choisissez la personne qui a écrit cet amendement sur papier.")}
        return _write(visit, proposal, passage, Filled(AmendmentForm.values(visit.form), wrong), status=422)
    amendment = actions.submit(
        visit.db,
        visit.convention,
        author or visit.me,
        proposal,
        passage,
        form,
        _standing(visit, proposal),
        typed_by=visit.me if author else None,
    )
    return _done(visit, amendment, "amendement")


def _on_paper(visit: Visit, asked: str) -> Person | None:
    """The member who wrote it on paper, when a facilitator types it for her."""
    if not asked or not visit.is_a(RoleKind.FACILITATOR):
        return None
    several = people.holding(visit.db, visit.convention.id, RoleKind.MEMBER)
    return next((one for one in several if str(one.id) == asked), None)


def again(visit: Visit) -> Response:
    amendment, case, _standing = _opened(visit)
    fit = case.fit
    text = amendment.text if amendment.kind != Kind.REPLACE or isinstance(fit, Clash) else fit
    blank = {
        "kind": amendment.kind,
        "text": text,
        "rationale": amendment.rationale,
        "version": case.passage.version.number if case.passage else 0,
    }
    begun = drafts.begun(visit, _subject(case.proposal, case.passage, amendment))
    return _write(visit, case.proposal, case.passage, begun.over(blank), amendment)


def rewrite(visit: Visit) -> Response:
    amendment, case, standing = _opened(visit)
    form = _read(visit, case.passage)
    if isinstance(form, Filled):
        return _write(visit, case.proposal, case.passage, form, amendment, 422)
    written = actions.rewrite(visit.db, visit.convention, visit.me, amendment, form, standing)
    return _done(visit, written, "amendement")


def _read(visit: Visit, passage: Passage | None) -> AmendmentForm | Filled:
    form = AmendmentForm.read(visit.form)
    if isinstance(form, Filled):
        return form
    versions = passage.versions if passage else ()
    base = next((one.text for one in versions if one.number == form.version), passage.text if passage else None)
    if reason := rules.why_not_ask(form.kind, form.text, base):
        return Filled(AmendmentForm.values(visit.form), {"text": reason})
    return form


def _write(
    visit: Visit,
    proposal: Proposal,
    passage: Passage | None,
    form: Filled,
    follows: Amendment | None = None,
    status: int = 200,
) -> Response:
    passages = proposals.passages(visit.db, proposal)
    polls = voting.open_on(visit.db, [passage.subject] if passage else [])
    standing = _standing(visit, proposal)
    kinds = {kind: kind.hint for kind in Kind if kind != Kind.NEW}
    unfit = False
    if follows:
        case = queries.case(visit.db, proposal, follows)
        why_not = rules.why_not_rewrite(visit.me, case, standing, polls)
        unfit = isinstance(case.fit, Clash)
        if unfit:
            kinds[Kind.REPLACE] = _("Écrivez tout le paragraphe, tel qu’il deviendrait.")
    else:
        why_not = rules.why_not_submit(proposal, passages, passage, standing, polls)
    about = passage.paragraph.number if passage else NEW
    return visit.page(
        "amendments/write.html",
        status=status,
        proposal=proposal,
        passage=passage,
        base=_base(passage, form),
        follows=follows,
        form=form,
        why_not=why_not,
        kinds=[(kind.value, kind.label, hint) for kind, hint in kinds.items()],
        unfit=unfit,
        sections=[(one.value, one.label) for one in Section],
        action=visit.url("amendments.rewrite", number=follows.number)
        if follows
        else visit.url("amendments.write", number=proposal.number, about=about),
        begun=drafts.begun(visit, _subject(proposal, passage, follows)),
        labels={name: str(label) for name, label in LABELS.items()},
        text_length=TEXT_LENGTH,
        reason_length=REASON_LENGTH,
        member=visit.is_a(RoleKind.MEMBER),
        paper=[(str(one.id), one.name) for one in people.holding(visit.db, visit.convention.id, RoleKind.MEMBER)]
        if visit.is_a(RoleKind.FACILITATOR) and follows is None
        else [],
    )


def _base(passage: Passage | None, form: Filled) -> Any:
    """The words on which she writes: those of the page she opened, of her draft, or of today."""
    asked = str(form["version"])
    versions = passage.versions if passage else ()
    return next((one for one in versions if str(one.number) == asked), passage.version if passage else None)


def withdraw(visit: Visit) -> Response:
    amendment = _amendment(visit)
    actions.withdraw(visit.db, amendment, visit.me)
    return _done(visit, amendment, "amendement-retire")


# -- deciding ------------------------------------------------------------------------------------------------------


def accept(visit: Visit) -> Response:
    form = AcceptanceForm.read(visit.form)
    if isinstance(form, Filled):
        return _decide_again(visit, "accept", form)

    def act(amendment: Amendment, standing: Standing) -> None:
        actions.accept(visit.db, amendment, visit.me, form.reason, standing)

    return _decide(visit, "accept", form.version, act, "amendement-accepte")


def merge(visit: Visit) -> Response:
    form = MergeForm.read(visit.form)
    if isinstance(form, Filled):
        return _decide_again(visit, "merge", form)

    def act(amendment: Amendment, standing: Standing) -> None:
        actions.merge(visit.db, amendment, visit.me, form.text, form.reason, standing)

    return _decide(visit, "merge", form.version, act, "amendement-reuni")


def reject(visit: Visit) -> Response:
    form = RejectionForm.read(visit.form)
    if isinstance(form, Filled):
        return _decide_again(visit, "reject", form)

    def act(amendment: Amendment, standing: Standing) -> None:
        actions.reject(visit.db, amendment, visit.me, form.reason, standing)

    return _decide(visit, "reject", None, act, "amendement-rejete")


def _decide(
    visit: Visit, name: str, version: int | None, act: Callable[[Amendment, Standing], None], notice: str
) -> Response:
    amendment, case, standing = _opened(visit)
    if version is not None and case.passage and amendment.is_open and version != case.passage.version.number:
        _refuse_strangers(visit, case, standing)
        sentence = _("Le paragraphe a changé depuis que vous avez ouvert cette page. Relisez-le, puis décidez.")
        values = {**dict(visit.form.items()), "version": case.passage.version.number}
        return _show(visit, {name: Filled(values, {"": sentence})}, 422)
    act(amendment, standing)
    return _done(visit, amendment, notice)


def _decide_again(visit: Visit, name: str, form: Filled) -> Response:
    _amendment_, case, standing = _opened(visit)
    _refuse_strangers(visit, case, standing)
    return _show(visit, {name: form}, 422)


def _refuse_strangers(visit: Visit, case: Case, standing: Standing) -> None:
    polls = voting.open_on(visit.db, [case.amendment.subject])
    if reason := rules.why_not_decide(case, standing, polls):
        raise Refused(reason)


def prepare(visit: Visit) -> Response:
    poll = actions.put_to_vote(visit.db, visit.convention, visit.me, [_amendment(visit)])
    return see(visit.url("voting.plan", number=poll.number))


# -- what several pages need ---------------------------------------------------------------------------------------


def _proposal(visit: Visit) -> Proposal:
    number = visit.path("number")
    return found(proposals.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _amendment(visit: Visit) -> Amendment:
    number = visit.path("number")
    return found(queries.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _opened(visit: Visit) -> tuple[Amendment, Case, Standing]:
    amendment = _amendment(visit)
    proposal = queries.proposal_of(visit.db, amendment)
    return amendment, queries.case(visit.db, proposal, amendment), _standing(visit, proposal)


def _aimed(visit: Visit, proposal: Proposal) -> Passage | None:
    """The paragraph that the address names; None for a new one."""
    asked = visit.path("about")
    if asked == NEW:
        return None
    passages = proposals.passages(visit.db, proposal, removed=True)
    passage = next((one for one in passages if str(one.paragraph.number) == asked), None)
    if passage is None:
        raise NotFound
    return passage


def _standing(visit: Visit, proposal: Proposal) -> Standing:
    return Standing(
        author=visit.is_a(RoleKind.MEMBER) and proposals.is_author(visit.db, proposal, visit.person),
        facilitator=visit.is_a(RoleKind.FACILITATOR),
        phases=programme.phases(visit.db, visit.convention),
        at=visit.at,
        suspension=moderation.suspension(visit.db, visit.convention, visit.person, visit.at),
    )


def _names(visit: Visit, cases: Sequence[Case]) -> Mapping[Any, str]:
    """{author's id: name}, for those signed in: members are not named to the world."""
    return people.names(visit.db, [case.amendment.author_id for case in cases]) if visit.person else {}


def _subject(proposal: Proposal, passage: Passage | None, follows: Amendment | None = None) -> str:
    """The name of the draft."""
    if follows:
        return f"amendement-{follows.number}-reecrit"
    return f"amendement-proposition-{proposal.number}-{passage.paragraph.number if passage else NEW}"


def _done(visit: Visit, amendment: Amendment, notice: str) -> Response:
    return see(visit.url("amendments.show", number=amendment.number, query={"fait": notice}))


assert ADDRESS == "/amendements/{number}", "the address that polls keep is the route's"
routes = [
    get("/amendements", everywhere, audience=everyone),
    get("/propositions/{number:int}/amendements", index, audience=everyone),
    get("/propositions/{number:int}/amendements/deposer/{about}", write, audience=members | facilitators),
    post(
        "/propositions/{number:int}/amendements/deposer/{about}",
        submit,
        audience=members | facilitators,
        name="amendments.write",
    ),
    get("/amendements/{number:int}", show, audience=everyone),
    get("/amendements/{number:int}/reecrire", again, audience=members, name="amendments.rewrite"),
    post("/amendements/{number:int}/reecrire", rewrite, audience=members),
    post("/amendements/{number:int}/retirer", withdraw, audience=members),
    post("/amendements/{number:int}/accepter", accept, audience=members | facilitators),
    post("/amendements/{number:int}/reunir", merge, audience=members | facilitators),
    post("/amendements/{number:int}/rejeter", reject, audience=members | facilitators),
    post("/amendements/{number:int}/mettre-au-vote", prepare, audience=facilitators),
]

from typing import Any

from starlette.responses import Response

from convention.discussion import actions, elsewhere, queries, rules
from convention.discussion.forms import ArgumentForm, ReplyForm
from convention.discussion.models import ADDRESS, LENGTH, REPLY_LENGTH, SOURCE_LENGTH, Argument, Side
from convention.discussion.queries import PER_PAGE, SORTS
from convention.drafts import routes as drafts
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.moderation import queries as moderation
from convention.people import queries as people
from convention.people.audiences import everyone, members
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals.models import Proposal

NOTICES = {
    "argument": lazy("Votre argument est publié : tout le monde peut le lire."),
    "argument-reponse": lazy("Votre réponse est publiée sous l’argument."),
    "argument-retire": lazy("C’est retiré. Sa place et les réponses restent."),
    "argument-juste": lazy("C’est compté : vous trouvez cet argument juste."),
    "argument-plus": lazy("C’est retiré : vous n’appuyez plus cet argument."),
    **elsewhere.NOTICES,
}
LABELS = {"side": lazy("Votre argument est"), "text": lazy("Votre argument"), "link": lazy("Votre source")}
SORT_WORDS = {"": lazy("À tour de rôle"), "recents": lazy("Les plus récents"), "appuyes": lazy("Les plus appuyés")}
SIDES = {"pour": Side.FOR, "contre": Side.AGAINST}

# -- reading -------------------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    proposal = _proposal(visit)
    return _index(visit, proposal, drafts.begun(visit, _subject(proposal)).over({}))


def _index(visit: Visit, proposal: Proposal, form: Filled, status: int = 200) -> Response:
    side, sort = SIDES.get(visit.query("cote")), visit.query("tri")
    sort = sort if sort in SORTS else ""
    page = visit.page_number()
    voices, total = queries.listed(visit.db, proposal, side, sort, page, at=visit.at, reader=visit.person)
    counts = queries.counts(visit.db, proposal)
    asked = {"cote": visit.query("cote") if side else "", "tri": sort}

    def address(number: int) -> str:
        query = {**asked, "page": number if number > 1 else ""}
        return visit.url("discussion.index", number=proposal.number, query=query)

    return visit.page(
        "discussion/index.html",
        status=status,
        proposal=proposal,
        voices=voices,
        counts=[(side, counts.get(side, 0)) for side in Side],
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        address=address,
        filters=Filled(asked),
        sides=[(name, side.label) for name, side in SIDES.items()],
        sorts=[(name, str(words)) for name, words in SORT_WORDS.items()],
        **_around(visit, proposal, [one.argument for one in voices] + [r.argument for v in voices for r in v.replies]),
        **_writing(visit, form, _subject(proposal)),
    )


def show(visit: Visit) -> Response:
    argument = _argument(visit)
    return _show(visit, argument, drafts.begun(visit, _reply_subject(_first(visit, argument))).over({}))


def _show(visit: Visit, argument: Argument, form: Filled, status: int = 200) -> Response:
    """An argument with its replies, at its own address; a reply is shown under what it answers."""
    first = _first(visit, argument)
    proposal = found(proposals.of_id(visit.db, visit.convention, first.proposal_id))
    (voice,) = queries.voices(visit.db, [first.id], visit.convention.id, visit.person)
    return visit.page(
        "discussion/show.html",
        status=status,
        proposal=proposal,
        voice=voice,
        asked=argument,
        why_not_reply=rules.why_not_reply(first, voice.mask),
        **_around(visit, proposal, [first, *(one.argument for one in voice.replies)]),
        **_writing(visit, form, _reply_subject(first)),
    )


def _around(visit: Visit, proposal: Proposal, shown: list[Argument]) -> dict[str, Any]:
    """What every page with arguments needs: who wrote them (for those signed in), whether one may write now."""
    suspension = moderation.suspension(visit.db, visit.convention, visit.person, visit.at)
    phases = programme.phases(visit.db, visit.convention)
    return {
        "names": people.names(visit.db, [one.author_id for one in shown]) if visit.person else {},
        "member": visit.is_a(RoleKind.MEMBER),
        "me": visit.person.id if visit.person else None,
        "why_not": rules.why_not_argue(proposal, phases, visit.at, suspension),
    }


def _writing(visit: Visit, form: Filled, subject: str) -> dict[str, Any]:
    return {
        "form": form,
        "begun": drafts.begun(visit, subject),
        "labels": {name: str(label) for name, label in LABELS.items()},
        "ways": [(side.value, side.label) for side in Side],
        "length": LENGTH,
        "reply_length": REPLY_LENGTH,
        "source_length": SOURCE_LENGTH,
    }


# -- writing -------------------------------------------------------------------------------------------------------


def argue(visit: Visit) -> Response:
    proposal = _proposal(visit)
    form = ArgumentForm.read(visit.form)
    if isinstance(form, Filled):
        return _index(visit, proposal, form, 422)
    argument = actions.argue(visit.db, visit.convention, visit.me, proposal, form)
    return _done(visit, argument, "argument")


def reply(visit: Visit) -> Response:
    argument = _argument(visit)
    form = ReplyForm.read(visit.form)
    if isinstance(form, Filled):
        return _show(visit, argument, form, 422)
    actions.reply(visit.db, visit.convention, visit.me, argument, form)
    return _done(visit, argument, "argument-reponse")


def endorse(visit: Visit) -> Response:
    argument = _argument(visit)
    actions.endorse(visit.db, visit.convention, visit.me, argument)
    return _done(visit, argument, "argument-juste")


def leave(visit: Visit) -> Response:
    argument = _argument(visit)
    actions.leave(visit.db, visit.convention, visit.me, argument)
    return _done(visit, argument, "argument-plus")


def withdraw(visit: Visit) -> Response:
    argument = _argument(visit)
    actions.withdraw(visit.db, argument, visit.me)
    return _done(visit, argument, "argument-retire")


# -- what several pages need ---------------------------------------------------------------------------------------


def panel(visit: Visit, proposal: Proposal) -> tuple[str, str, str, dict[str, Any]]:
    """What the page of a proposal shows of its discussion: two arguments each way, in turn; what was said elsewhere."""
    turns = queries.whose_turn(visit.db, proposal, at=visit.at, reader=visit.person)
    sides = [(side, [one for one in said if one.is_shown][:2], total) for side, (said, total) in turns.items()]
    remarks, threads, _total = queries.sayings_on(visit.db, proposal, per_page=2)
    return (
        "arguments",
        _("Arguments"),
        "discussion/panel.html",
        {"sides": sides, "remarks": remarks, "threads": threads},
    )


def _proposal(visit: Visit) -> Proposal:
    number = visit.path("number")
    return found(proposals.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _argument(visit: Visit) -> Argument:
    number = visit.path("number")
    return found(queries.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _first(visit: Visit, argument: Argument) -> Argument:
    """The argument itself, or what a reply answers."""
    if argument.replies_to_id is None:
        return argument
    return queries.of_ids(visit.db, visit.convention.id, [argument.replies_to_id])[0]


def _subject(proposal: Proposal) -> str:
    """The name of the draft."""
    return f"argument-proposition-{proposal.number}"


def _reply_subject(argument: Argument) -> str:
    return f"reponse-argument-{argument.number}"


def _done(visit: Visit, argument: Argument, notice: str) -> Response:
    return see(visit.url("discussion.show", number=argument.number, query={"fait": notice}))


assert ADDRESS == "/arguments/{number}", "the address that searches keep is the route's"
routes = [
    get("/propositions/{number:int}/arguments", index, audience=everyone),
    post("/propositions/{number:int}/arguments", argue, audience=members, name="discussion.argue"),
    get("/arguments/{number:int}", show, audience=everyone),
    post("/arguments/{number:int}/repondre", reply, audience=members),
    post("/arguments/{number:int}/appuyer", endorse, audience=members),
    post("/arguments/{number:int}/ne-plus-appuyer", leave, audience=members),
    post("/arguments/{number:int}/retirer", withdraw, audience=members),
    *elsewhere.routes,
]

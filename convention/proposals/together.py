"""Doors of a text written by several: who writes a paragraph now, in which order, who the authors are, plain words."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit.errors import Refused
from convention.kit.forms import Filled, clean
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.people import queries as people
from convention.people.audiences import everyone, facilitators, members, signed_in
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.proposals import actions, letters, queries, rules
from convention.proposals.forms import NAMES, PARAGRAPH_LENGTH, ParagraphForm, PlainForm
from convention.proposals.models import Asked, Proposal, Section
from convention.proposals.reading import after_change, byline, difference, proposal_here, standing_of
from convention.proposals.rules import Passage
from convention.voting import queries as voting

NOTICES = {
    "paragraphe-pris": lazy("Vous écrivez ce paragraphe. Les autres voient que c’est vous, et attendent."),
    "paragraphe-rendu": lazy("Le paragraphe est rendu : quelqu’un d’autre peut l’écrire. Aucun mot n’est perdu."),
    "paragraphe-deplace": lazy("Le paragraphe est à sa nouvelle place. Son numéro ne change pas."),
    "auteurs-invitation": lazy("L’invitation est envoyée. La personne écrira avec vous quand elle l’aura acceptée."),
    "auteurs-demande": lazy("Votre demande est envoyée aux personnes qui écrivent cette proposition."),
    "auteurs-oui": lazy("C’est fait : vous êtes une personne de plus à écrire cette proposition."),
    "auteurs-non": lazy("C’est noté : cette personne n’écrit pas cette proposition."),
    "auteurs-parti": lazy("Vous n’écrivez plus cette proposition. Ce que vous avez écrit reste."),
    "simple-ecrit": lazy(
        "Le texte simple est enregistré. Il sera lu de tous quand une autre personne l’aura approuvé."
    ),
    "simple-approuve": lazy("Le texte simple est approuvé : tout le monde peut le lire."),
}

# -- one paragraph, one hand ---------------------------------------------------------------------------------------


def paragraph(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passage = _passage(visit, proposal)
    begun = drafts.begun(visit, _subject(proposal, passage))
    return _paragraph(visit, proposal, passage, begun.over({"text": passage.text}))


def _paragraph(visit: Visit, proposal: Proposal, passage: Passage, form: Filled, status: int = 200) -> Response:
    standing = standing_of(visit, proposal)
    polls = voting.open_on(visit.db, [passage.subject])
    # A draft remembers which version it was begun on.
    read = _number(form["version"]) or passage.version.number
    overtaken = read != passage.version.number and form["text"] != passage.text
    return visit.page(
        "proposals/one.html",
        status=status,
        proposal=proposal,
        passage=passage,
        number=actions.label(proposal, passage.paragraph),
        form=form,
        standing=standing,
        hold=standing.held_by_another(passage.paragraph),
        mine=standing.holds_it(passage.paragraph),
        why_not=rules.why_not_change_paragraph(proposal, passage, standing, polls),
        segments=difference(passage.text, str(form["text"])) if overtaken else (),
        version=passage.version.number if status == 422 else read,
        paragraph_length=PARAGRAPH_LENGTH,
        labels={"text": _("Le paragraphe")},
        begun=drafts.begun(visit, _subject(proposal, passage)),
    )


def take(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passage = _passage(visit, proposal)
    actions.take(visit.db, proposal, passage, visit.me, standing_of(visit, proposal))
    return _back(visit, proposal, passage, "paragraphe-pris")


def give_back(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passage = _passage(visit, proposal)
    actions.give_back(visit.db, proposal, passage, visit.me, standing_of(visit, proposal))
    return _back(visit, proposal, passage, "paragraphe-rendu")


def lay_down(visit: Visit) -> Response:
    """What is typed goes to her draft, and the paragraph leaves her hand. Sent twice, it is the same."""
    proposal = proposal_here(visit)
    passage = _passage(visit, proposal)
    standing = standing_of(visit, proposal)
    if clean(str(visit.form.get("text", ""))) != passage.text:
        drafts.save_as(visit, _subject(proposal, passage))
    if standing.holds_it(passage.paragraph):
        actions.give_back(visit.db, proposal, passage, visit.me, standing)
    return _back(visit, proposal, passage, "paragraphe-rendu")


def keep(visit: Visit) -> Response:
    """What is typed goes to her draft, and the paragraph stays in her hand."""
    proposal = proposal_here(visit)
    passage = _passage(visit, proposal)
    actions.keep(visit.db, passage, visit.me)
    return drafts.save_as(visit, _subject(proposal, passage))


def rewrite(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    queries.locked(visit.db, [proposal.id])
    passage = _passage(visit, proposal)
    form = ParagraphForm.read(visit.form)
    if isinstance(form, Filled):
        return _paragraph(visit, proposal, passage, form, 422)
    standing = standing_of(visit, proposal)
    polls = voting.open_on(visit.db, [passage.subject])
    wrong = {}
    if form.version != passage.version.number and form.text != passage.text:
        wrong["text"] = _(
            "Ce paragraphe a changé pendant que vous écriviez. Les deux textes sont ci-dessous : reprenez ce qui "
            "manque dans le vôtre, puis publiez."
        )
    elif reason := rules.why_not_change_paragraph(proposal, passage, standing, polls):
        wrong["text"] = reason
    if wrong:
        return _paragraph(visit, proposal, passage, Filled(form.model_dump(), wrong), 422)
    actions.rewrite(visit.db, proposal, passage, form.text, form.reason, visit.me, standing)
    return see(
        visit.url("proposals.show", number=proposal.number, query={"fait": after_change(visit, proposal)})
        + f"#{passage.anchor}"
    )


# -- their order ---------------------------------------------------------------------------------------------------


def order(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passages = queries.passages(visit.db, proposal)
    standing = standing_of(visit, proposal)
    polls = voting.open_on(visit.db, [passage.subject for passage in passages])
    if reason := rules.why_not_change_card(proposal, passages, standing, polls):
        raise Refused(reason)
    lines = [
        (
            passage,
            actions.label(proposal, passage.paragraph),
            rules.why_not_move(proposal, passages, standing, polls, passage, -1),
            rules.why_not_move(proposal, passages, standing, polls, passage, 1),
        )
        for passage in passages
    ]
    sections = [(one, [line for line in lines if line[0].paragraph.section == one]) for one in Section]
    return visit.page("proposals/order.html", proposal=proposal, sections=sections)


def move(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    passage = _passage(visit, proposal)
    step = {"monter": -1, "descendre": 1}.get(str(visit.form.get("sens", "")))
    if step is None:
        raise Refused(_("Choisissez Monter ou Descendre."))
    actions.move(visit.db, proposal, passage, step, visit.me, standing_of(visit, proposal))
    query = {"fait": "paragraphe-deplace"}
    return see(visit.url("proposals.order", number=proposal.number, query=query) + f"#{passage.anchor}")


# -- those who write -----------------------------------------------------------------------------------------------


def authors(visit: Visit) -> Response:
    return _authors(visit, proposal_here(visit))


def _authors(visit: Visit, proposal: Proposal, wrong: Mapping[str, str] | None = None) -> Response:
    standing = standing_of(visit, proposal)
    writers = queries.authors(visit.db, proposal)
    waiting = queries.invitations(visit.db, proposal)
    known = {person.id for person in writers} | {person.id for _one, person in waiting}
    others = people.holding(visit.db, visit.convention.id, RoleKind.MEMBER) if standing.author else ()
    mine = next((one for one, person in waiting if person.id == visit.me.id), None)
    seen = standing.author or standing.facilitator
    return visit.page(
        "proposals/authors.html",
        status=422 if wrong else 200,
        form=Filled({}, wrong),
        proposal=proposal,
        authors=writers,
        byline=byline(visit, proposal, writers),
        standing=standing,
        invited=[(one, person) for one, person in waiting if one.kind == Asked.INVITED and seen],
        asking=[(one, person) for one, person in waiting if one.kind == Asked.TO_JOIN and seen],
        mine=mine,
        others=[(person.id, person.name) for person in others if person.id not in known],
        why_not_invite=rules.why_not_invite(proposal, standing),
        why_not_join=rules.why_not_join(proposal, standing, member=visit.is_a(RoleKind.MEMBER)),
        why_not_leave=rules.why_not_leave(proposal, standing, authors=len(writers)),
    )


def invite(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    asked = str(visit.form.get("personne", ""))
    members_here = people.holding(visit.db, visit.convention.id, RoleKind.MEMBER)
    person = next((one for one in members_here if str(one.id) == asked), None)
    if person is None:
        if reason := rules.why_not_invite(proposal, standing_of(visit, proposal)):
            raise Refused(reason)
        return _authors(visit, proposal, {"personne": _("Choisissez dans la liste la personne qui écrira avec vous.")})
    if actions.invite(visit.db, proposal, person, visit.me, standing_of(visit, proposal)):
        letters.invite(visit.db, visit.convention, proposal, person, visit.me, _link(visit, proposal))
    return _to_authors(visit, proposal, "auteurs-invitation")


def join(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    member = visit.is_a(RoleKind.MEMBER)
    if actions.ask_to_join(visit.db, proposal, visit.me, standing_of(visit, proposal), member=member):
        writers = queries.authors(visit.db, proposal)
        letters.ask(visit.db, visit.convention, proposal, writers, visit.me, _link(visit, proposal))
        return _to_authors(visit, proposal, "auteurs-demande")
    return _to_authors(visit, proposal, "auteurs-oui")


def answer(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    yes = visit.form.get("reponse") == "oui"
    person = visit.path("person_id")
    standing = standing_of(visit, proposal)
    actions.answer(visit.db, proposal, person, visit.me, standing, yes=yes)
    said = "auteurs-non" if not yes else "auteurs-oui" if person == visit.me.id else "proposition-autrice"
    return _to_authors(visit, proposal, said)


def leave(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    actions.leave(visit.db, proposal, visit.me, standing_of(visit, proposal))
    return see(visit.url("proposals.show", number=proposal.number, query={"fait": "auteurs-parti"}))


def _link(visit: Visit, proposal: Proposal) -> str:
    return visit.address("proposals.authors", number=proposal.number)


def _to_authors(visit: Visit, proposal: Proposal, notice: str) -> Response:
    return see(visit.url("proposals.authors", number=proposal.number, query={"fait": notice}))


# -- plain words ---------------------------------------------------------------------------------------------------


def plain(visit: Visit) -> Response:
    return _plain(visit)


def _plain(visit: Visit, form: Filled | None = None, status: int = 200) -> Response:
    proposal = proposal_here(visit)
    standing = standing_of(visit, proposal)
    text = queries.plain_text(visit.db, proposal)
    mask = queries.plain_mask(visit.db, proposal, text) if text else None
    why_not_write = rules.why_not_write_plain(proposal, standing)
    begun = drafts.begun(visit, f"texte-simple-{proposal.number}")
    # Words that nobody has approved are read by those who may write them, though former ones are hidden.
    seen = text is not None and (mask is None if text.approved_at else not why_not_write)
    shown = text if seen else None
    ids = [one for one in (shown.written_by_id, shown.approved_by_id) if one] if shown else []
    return visit.page(
        "proposals/plain.html",
        status=status,
        proposal=proposal,
        text=shown,
        mask=mask if text is not None and text.approved_at else None,
        names=people.names(visit.db, ids) if visit.person and shown else {},
        begun=begun,
        form=form or begun.over({"text": shown.text if shown else ""}),
        why_not_write=why_not_write,
        why_not_approve=rules.why_not_approve_plain(proposal, shown, standing) if shown else None,
        labels={"text": _("Le texte simple")},
    )


def write_plain(visit: Visit) -> Response:
    form = PlainForm.read(visit.form)
    if isinstance(form, Filled):
        return _plain(visit, form, 422)
    proposal = proposal_here(visit)
    actions.write_plain(visit.db, proposal, form.text, visit.me, standing_of(visit, proposal))
    return see(visit.url("proposals.plain", number=proposal.number, query={"fait": "simple-ecrit"}))


def approve_plain(visit: Visit) -> Response:
    proposal = proposal_here(visit)
    read = str(visit.form.get("lu", ""))
    actions.approve_plain(visit.db, proposal, visit.me, standing_of(visit, proposal), written_at=read)
    return see(visit.url("proposals.plain", number=proposal.number, query={"fait": "simple-approuve"}))


# -- what several doors need ---------------------------------------------------------------------------------------


def _passage(visit: Visit, proposal: Proposal) -> Passage:
    """The paragraph of the address; who may write it reads what moderation hides."""
    passages = queries.passages(visit.db, proposal)
    passage = found(next((one for one in passages if one.paragraph.number == visit.path("paragraph")), None))
    standing = standing_of(visit, proposal)
    if not (standing.author or standing.facilitator):
        raise Refused(_("Seules les personnes qui ont écrit cette proposition peuvent la modifier."))
    if passage.mask is None:
        return passage
    originals = queries.passages(visit.db, proposal, original=True)
    return next(one for one in originals if one.paragraph.id == passage.paragraph.id)


def _subject(proposal: Proposal, passage: Passage) -> str:
    """The name of the draft."""
    return f"proposition-{proposal.number}-{NAMES[passage.paragraph.section]}-{passage.paragraph.number}"


def _number(said: Any) -> int:
    text = str(said)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _back(visit: Visit, proposal: Proposal, passage: Passage, notice: str) -> Response:
    parts = {"number": proposal.number, "paragraph": passage.paragraph.number}
    return see(visit.url("proposals.rewrite", **parts, query={"fait": notice}))


ONE = "/propositions/{number:int}/paragraphes/{paragraph:int}"
routes = [
    get(f"{ONE}/ecrire", paragraph, audience=members | facilitators, name="proposals.rewrite"),
    post(f"{ONE}/ecrire", rewrite, audience=members | facilitators),
    post(f"{ONE}/prendre", take, audience=members | facilitators),
    post(f"{ONE}/rendre", give_back, audience=members | facilitators),
    post(f"{ONE}/poser", lay_down, audience=members | facilitators, keyed=False),
    post(f"{ONE}/brouillon", keep, audience=members | facilitators, keyed=False),
    get("/propositions/{number:int}/ordre", order, audience=members | facilitators),
    post(f"{ONE}/deplacer", move, audience=members | facilitators),
    get("/propositions/{number:int}/auteurs", authors, audience=signed_in),
    post("/propositions/{number:int}/auteurs", invite, audience=members | facilitators),
    post("/propositions/{number:int}/auteurs/demande", join, audience=members),
    post(
        "/propositions/{number:int}/auteurs/{person_id:uuid}", answer, audience=members | facilitators,
    ),
    post("/propositions/{number:int}/auteurs/partir", leave, audience=members),
    get("/propositions/{number:int}/texte-simple", plain, audience=everyone),
    post(
        "/propositions/{number:int}/texte-simple", write_plain, audience=members | facilitators,
    ),
    post(
        "/propositions/{number:int}/texte-simple/approuver", approve_plain, audience=members | facilitators,
    ),
]  # fmt: skip

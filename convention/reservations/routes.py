from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from convention.drafts import routes as drafts
from convention.kit.errors import NotFound
from convention.kit.forms import Filled
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.kit.web import get, post, see
from convention.moderation import queries as moderation
from convention.people.audiences import Audience, everyone, members
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.programme import queries as programme
from convention.proposals import queries as proposals
from convention.proposals.models import ParagraphVersion, Proposal
from convention.proposals.rules import Passage
from convention.reservations import actions, queries, rules
from convention.reservations.forms import WHOLE, AnswerForm, Naming, ReservationForm, ReviewForm, SignatureForm
from convention.reservations.models import LENGTH, REVIEW_LENGTH, Kind, Reservation, Review, ReviewKind

NOTICES = {
    "reserve": lazy("Votre réserve est publiée. Elle accompagnera ce texte partout, y compris dans le rapport."),
    "reserve-signee": lazy("Votre signature est comptée."),
    "reserve-quittee": lazy("Votre signature est retirée."),
    "relecture": lazy("C’est publié à côté du texte. Les personnes qui l’ont écrit peuvent vous répondre."),
    "relecture-repondue": lazy("Votre réponse est publiée."),
}
LABELS = {
    "about": lazy("Sur quoi"),
    "kind": lazy("Ce que vous écrivez"),
    "text": lazy("Votre texte"),
    "naming": lazy("Votre nom"),
    "standing": lazy("Votre groupe, ou votre qualité"),
}
experts = Audience("experts", frozenset({RoleKind.EXPERT}))

# -- reservations --------------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    return _index(visit, Filled())


def _index(visit: Visit, form: Filled, wrong_number: int | None = None, status: int = 200) -> Response:
    """`wrong_number`: the reservation whose signature form is in error; none: the form is that of a new one."""
    proposal = _proposal(visit)
    begun = drafts.begun(visit, f"reserve-proposition-{proposal.number}")
    phases = programme.phases(visit.db, visit.convention)
    suspension = moderation.suspension(visit.db, visit.convention, visit.person, visit.at)
    mine = queries.signed_by(visit.db, proposal, visit.person)
    return visit.page(
        "reservations/index.html",
        status=status,
        proposal=proposal,
        voices=[
            (
                voice,
                mine.get(voice.reservation.id),
                rules.why_not_sign(
                    proposal, voice.reservation, phases, visit.at, suspension, signed=voice.reservation.id in mine
                ),
                form if voice.reservation.number == wrong_number else Filled(),
            )
            for voice in queries.of_proposal(visit.db, proposal)
        ],
        begun=begun,
        form=begun.over({"about": WHOLE}) if wrong_number or not form.values else form,
        wrong=form,
        member=visit.is_a(RoleKind.MEMBER),
        why_not=rules.why_not_speak(proposal, phases, visit.at, suspension),
        abouts=[(WHOLE, _("L’ensemble de la proposition")), *_versions(visit, proposal)],
        kinds=[(kind.value, kind.label, kind.hint) for kind in Kind],
        namings=namings(),
        labels={name: str(label) for name, label in LABELS.items()},
        length=LENGTH,
    )


def namings() -> list[tuple[str, str, str]]:
    return [
        (Naming.COUNTED.value, _("Me compter, sans me nommer"), _("Votre nom n’est montré à personne.")),
        (Naming.NAMED.value, _("Afficher mon nom"), _("Il sera lu par tout le monde, et imprimé dans le rapport.")),
    ]


def _versions(visit: Visit, proposal: Proposal) -> list[tuple[str, str]]:
    return [
        (
            f"{passage.paragraph.number}-{passage.version.number}",
            _("Paragraphe {number}, version {version}").format(
                number=f"{proposal.number}.{passage.paragraph.number}", version=passage.version.number
            ),
        )
        for passage in proposals.passages(visit.db, proposal)
    ]


def write(visit: Visit) -> Response:
    proposal = _proposal(visit)
    form = ReservationForm.read(visit.form)
    if isinstance(form, Filled):
        return _index(visit, form, status=422)
    version = _version(visit, proposal, form.about)
    if form.about != WHOLE and version is None:
        sentence = _("Choisissez un paragraphe dans la liste, ou l’ensemble.")
        return _index(visit, Filled(ReservationForm.values(visit.form), {"about": sentence}), status=422)
    actions.write(visit.db, visit.convention, visit.me, proposal, version, form)
    return _back(visit, proposal, "reserve")


def sign(visit: Visit) -> Response:
    reservation, proposal = _reservation(visit)
    form = SignatureForm.read(visit.form)
    if isinstance(form, Filled):
        return _index(visit, form, reservation.number, 422)
    actions.sign(visit.db, visit.convention, proposal, reservation, visit.me, named=form.named)
    return _back(visit, proposal, "reserve-signee")


def leave(visit: Visit) -> Response:
    reservation, proposal = _reservation(visit)
    actions.leave(visit.db, visit.convention, proposal, reservation, visit.me)
    return _back(visit, proposal, "reserve-quittee")


# -- cross-review --------------------------------------------------------------------------------------------------


def reviews(visit: Visit) -> Response:
    return _reviews(visit, Filled())


def _reviews(visit: Visit, form: Filled, answering: str = "", status: int = 200) -> Response:
    """`answering`: the review whose answer is in error; empty: the form is that of a new one."""
    proposal = _proposal(visit)
    phases = programme.phases(visit.db, visit.convention)
    suspension = moderation.suspension(visit.db, visit.convention, visit.person, visit.at)
    author = visit.is_a(RoleKind.MEMBER) and proposals.is_author(visit.db, proposal, visit.person)
    remarks = queries.reviews(visit.db, proposal)
    passages = proposals.passages(visit.db, proposal)
    mine = drafts.begun(visit, f"relecture-proposition-{proposal.number}")
    answers = drafts.begun_each(visit, (_answer_subject(one.review) for one in remarks if author))
    abouts = [
        (str(one.paragraph.number), _("Paragraphe {number}").format(number=f"{proposal.number}.{one.paragraph.number}"))
        for one in passages
    ]
    return visit.page(
        "reservations/reviews.html",
        status=status,
        proposal=proposal,
        notes=[one for one in remarks if one.review.kind == ReviewKind.EXPERT_NOTE],
        remarks=[one for one in remarks if one.review.kind != ReviewKind.EXPERT_NOTE],
        author=author,
        answer=lambda review: form if str(review.id) == answering else answers[_answer_subject(review)].over({}),
        answers=lambda review: answers[_answer_subject(review)],
        begun=mine,
        form=mine.over({"about": WHOLE}) if answering or not form.values else form,
        wrong=form,
        reviewer=visit.is_a(RoleKind.MEMBER, RoleKind.EXPERT),
        why_not=rules.why_not_review(proposal, visit.roles, phases, visit.at, suspension, author=author),
        why_not_answer_to=lambda review: rules.why_not_answer(review, visit.at, suspension, author=author),
        abouts=[(WHOLE, _("L’ensemble de la proposition")), *abouts],
        kinds=[(kind.value, kind.label, kind.hint) for kind in rules.kinds(visit.roles)],
        expert=visit.is_a(RoleKind.EXPERT),
        labels={name: str(label) for name, label in LABELS.items()},
        length=REVIEW_LENGTH,
    )


def review(visit: Visit) -> Response:
    proposal = _proposal(visit)
    form = ReviewForm.read(visit.form)
    if isinstance(form, Filled):
        return _reviews(visit, form, status=422)
    passage = _passage(proposals.passages(visit.db, proposal), form.about)
    wrong = {}
    if form.about != WHOLE and passage is None:
        wrong["about"] = _("Choisissez un paragraphe dans la liste, ou l’ensemble.")
    if reason := rules.why_not_this_kind(form.kind, visit.roles, form.standing):
        wrong["standing" if form.kind in rules.kinds(visit.roles) else "kind"] = reason
    if wrong:
        return _reviews(visit, Filled(ReviewForm.values(visit.form), wrong), status=422)
    actions.review(visit.db, visit.convention, visit.me, visit.roles, proposal, passage, form)
    return see(visit.url("reservations.reviews", number=proposal.number, query={"fait": "relecture"}))


def answer(visit: Visit) -> Response:
    proposal = _proposal(visit)
    one = found(queries.review_of_id(visit.db, visit.convention, visit.path("review_id")))
    if one.proposal_id != proposal.id:
        raise NotFound
    form = AnswerForm.read(visit.form)
    if isinstance(form, Filled):
        return _reviews(visit, form, str(one.id), 422)
    actions.answer(visit.db, visit.convention, proposal, one, visit.me, form)
    return see(visit.url("reservations.reviews", number=proposal.number, query={"fait": "relecture-repondue"}))


def _answer_subject(review: Review) -> str:
    """The name of the draft of its authors' answer."""
    return drafts.of_row("reponse-relecture", review.id)


# -- what several pages need ---------------------------------------------------------------------------------------


def panel(visit: Visit, proposal: Proposal) -> tuple[str, str, str, dict[str, Any]]:
    """What the page of a proposal shows of what is said beside it."""
    voices = queries.of_proposal(visit.db, proposal)
    remarks = queries.reviews(visit.db, proposal)
    notes = [one for one in remarks if one.review.kind == ReviewKind.EXPERT_NOTE]
    context = {"voices": voices, "notes": notes, "remarks": len(remarks) - len(notes)}
    return "reserves", _("Réserves"), "reservations/panel.html", context


def _proposal(visit: Visit) -> Proposal:
    number = visit.path("number")
    return found(proposals.of_number(visit.db, visit.convention, number) if number < 2**31 else None)


def _reservation(visit: Visit) -> tuple[Reservation, Proposal]:
    proposal, reserve = _proposal(visit), visit.path("reserve")
    reservation = found(queries.of_number(visit.db, visit.convention, reserve) if reserve < 2**31 else None)
    if reservation.proposal_id != proposal.id:
        raise NotFound
    return reservation, proposal


def _version(visit: Visit, proposal: Proposal, about: str) -> ParagraphVersion | None:
    """« 2-3 »: the third version of paragraph 2, the words that were on the page."""
    number, _dash, version = about.partition("-")
    passage = _passage(proposals.passages(visit.db, proposal), number)
    return next((one for one in passage.versions if str(one.number) == version), None) if passage else None


def _passage(passages: Sequence[Passage], number: str) -> Passage | None:
    return next((one for one in passages if str(one.paragraph.number) == number), None)


def _back(visit: Visit, proposal: Proposal, notice: str) -> Response:
    return see(visit.url("reservations.index", number=proposal.number, query={"fait": notice}))


routes = [
    get("/propositions/{number:int}/reserves", index, audience=everyone),
    post("/propositions/{number:int}/reserves", write, audience=members),
    post("/propositions/{number:int}/reserves/{reserve:int}/signer", sign, audience=members),
    post("/propositions/{number:int}/reserves/{reserve:int}/quitter", leave, audience=members),
    get("/propositions/{number:int}/relecture", reviews, audience=everyone),
    post("/propositions/{number:int}/relecture", review, audience=members | experts),
    post("/propositions/{number:int}/relecture/{review_id:uuid}/repondre", answer, audience=members),
]

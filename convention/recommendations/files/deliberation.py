"""The plain block: what a service pastes in a deliberation or a motion, its visas left blank."""

from collections.abc import Iterable
from pathlib import Path

from convention.kit.i18n import gettext as _
from convention.recommendations.files import cards, text, votes
from convention.recommendations.snapshot import Edition, Recommendation, fingerprint

BLANK = "…" * 20
VISAS = 4


def plain_block(edition: Edition, assets: Path) -> bytes:
    digest = fingerprint(edition)
    clean = text.rewritten(edition, text.clean)
    said = "\n".join(_lines(clean, digest))
    return (text.typeset(said).rstrip() + "\n").encode()


def _lines(edition: Edition, digest: str) -> Iterable[str]:
    convention = edition.convention
    yield edition.title.upper()
    yield text.edition_name(edition)
    if edition.fictional:
        yield edition.fictional
    yield ""
    for visa in range(1, VISAS + 1):
        yield _("Visa {n} : {blank}").format(n=visa, blank=BLANK)
    yield ""
    yield _("Considérant que {commissioner} a posé à la convention citoyenne la question suivante : {question}").format(
        commissioner=convention.commissioner, question=convention.question
    )
    if convention.commitment:
        yield _("Considérant l’engagement pris : {commitment}").format(commitment=convention.commitment)
    yield ""
    yield _("La convention citoyenne recommande :")
    for theme, recommendations in cards.by_theme(edition):
        yield ""
        yield theme.name.upper()
        for one in recommendations:
            yield from _recommendation(one)
    if edition.minority_positions:
        yield ""
        yield _("Positions minoritaires").upper()
        for position in edition.minority_positions:
            yield ""
            yield from text.paragraphs(position.text)
            yield f"({cards.signatories(position)})"
    yield ""
    yield _("Article 1 : {blank}").format(blank=BLANK)
    yield _("Article 2 : {blank}").format(blank=BLANK)
    yield ""
    yield _("Source : {address}. Licence : {licence}.").format(address=edition.address, licence=edition.licence)
    yield _("Empreinte SHA-256 : {digest}").format(digest=digest)


def _recommendation(one: Recommendation) -> Iterable[str]:
    yield ""
    yield _("Recommandation {n} : {title}").format(n=one.number, title=one.title)
    for paragraph in one.paragraphs:
        first, *rest = text.paragraphs(paragraph.text) or (text.missing(),)
        label = _(" (garde-fou)") if paragraph.section == "safeguard" else ""
        yield f"{paragraph.number}{label} {first}"
        yield from rest
    if one.vote:
        counts = ", ".join(f"{count.label} : {text.number(count.voices)}" for count in one.vote.counts)
        yield _("Vote : {result} ({counts}). {turnout}").format(
            result=votes.result(one.vote), counts=counts, turnout=votes.turnout(one.vote)
        )
    if one.origin:
        yield _("Origine : {steps}").format(steps=" ; ".join(cards.step_in_words(step) for step in one.origin))
    for reservation in one.reservations:
        yield _("Réserve : {text} ({signatories})").format(
            text=" ".join(reservation.text.split()), signatories=cards.signatories(reservation)
        )

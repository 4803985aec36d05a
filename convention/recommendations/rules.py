import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import date, number, series
from convention.people.models import Person, RoleKind
from convention.recommendations import lists
from convention.recommendations.models import EditionRow, Piece
from convention.recommendations.snapshot import Edition, Recommendation

SHOWN = 12  # numbers listed in a sentence; beyond, they are counted


@dataclasses.dataclass(frozen=True)
class Remark:
    """Something that an edition lacks. `blocks`: it cannot be frozen like this."""

    sentence: str
    blocks: bool = False


def coherence(edition: Edition, *, open_polls: int = 0, published: EditionRow | None = None) -> Sequence[Remark]:
    """What is missing before this edition can be frozen, what prevents it first. `published`: the one in force."""
    remarks = [
        *_prevents(edition),
        *_votes(edition, open_polls),
        *_cards(edition),
        *_texts(edition),
        *_changes(edition, published),
        *_lists(edition),
    ]
    return sorted(remarks, key=lambda remark: not remark.blocks)


def _prevents(edition: Edition) -> Iterable[Remark]:
    if not edition.recommendations:
        yield Remark(
            _("Aucun paragraphe n’est encore gardé par un vote : il n’y a rien à mettre dans le rapport."), blocks=True
        )


def _votes(edition: Edition, open_polls: int) -> Iterable[Remark]:
    if open_polls:
        yield Remark(
            ngettext(
                "Un scrutin n’est pas terminé : son résultat ne sera pas dans cette édition.",
                "{n} scrutins ne sont pas terminés : leurs résultats ne seront pas dans cette édition.",
                open_polls,
            ).format(n=number(open_polls))
        )
    kept = [paragraph for one in edition.recommendations for paragraph in one.paragraphs]
    if without := [paragraph.number for paragraph in kept if paragraph.vote is None]:
        yield Remark(_("Gardés sans résultat de vote : {which}.").format(which=_which(without)))
    if strong := [paragraph.number for paragraph in kept if paragraph.vote and paragraph.vote.warning]:
        yield Remark(
            _("Gardés malgré un désaccord fort : {which}. Demandez si des réserves veulent être écrites.").format(
                which=_which(strong)
            )
        )
    left = [paragraph for one in edition.unsettled for paragraph in one.paragraphs]
    if never := [paragraph.number for paragraph in left if not any(one.votes for one in paragraph.versions)]:
        yield Remark(
            _("Sans vote terminé : {which}. Ils iront dans « Ce que la convention n’a pas tranché ».").format(
                which=_which(never)
            )
        )
    if back := [paragraph.number for paragraph in left if any(one.votes for one in paragraph.versions)]:
        yield Remark(
            _("Votés, mais pas gardés : {which}. Ils iront dans « Ce que la convention n’a pas tranché ».").format(
                which=_which(back)
            )
        )


def _cards(edition: Edition) -> Iterable[Remark]:
    cards = edition.recommendations
    for sentence, lacking in (
        (_("Sans constat : {which}."), _lacking(cards, "finding")),
        (_("Sans objectif : {which}."), _lacking(cards, "objective")),
        (_("Sans indicateur : {which}."), _lacking(cards, "indicator")),
        (_("Sans compétence : {which}."), _lacking(cards, "competence")),
        (_("Sans délai souhaité : {which}."), _lacking(cards, "deadline")),
    ):
        if lacking:
            yield Remark(sentence.format(which=_which(lacking)))


def _texts(edition: Edition) -> Iterable[Remark]:
    convention = edition.convention
    texts = (
        (Piece.SUMMARY, edition.summary),
        (Piece.LETTER, edition.letter),
        (Piece.PREAMBLE, edition.preamble),
        (Piece.METHOD, edition.method),
        (Piece.GUARANTORS, edition.guarantors_report),
        *(((Piece.CHANGES, edition.changes),) if edition.number > 1 else ()),
    )
    if missing := [piece.label for piece, words in texts if not words.strip()]:
        yield Remark(_("Textes du rapport à écrire : {which}.").format(which=series(missing)))
    facts = (
        (_("le mandat"), convention.mandate),
        (_("l’engagement de réponse"), convention.commitment),
        (_("la date de la réponse"), convention.answer_due),
        (_("la collectivité qui a saisi la convention"), convention.commissioner),
        (_("les règles"), edition.working_rules),
        (_("le tirage au sort"), edition.draw),
        (_("les séances"), edition.sittings),
    )
    if missing := [name for name, fact in facts if not fact]:
        yield Remark(_("La convention ne dit pas encore : {which}.").format(which=series(missing)))


def _changes(edition: Edition, published: EditionRow | None) -> Iterable[Remark]:
    # Texts stay from one edition to the next: this one, left alone, would tell again what the last one changed.
    if published is not None and edition.changes.strip() and edition.changes == published.changes:
        yield Remark(
            _("« {piece} » dit encore ce que changeait l’édition n° {n} : récrivez ce texte, ou videz-le.").format(
                piece=Piece.CHANGES.label, n=published.number
            )
        )


def _lists(edition: Edition) -> Iterable[Remark]:
    """What is missing of who was there, who was heard, what was asked and what the words mean."""
    gathered = (
        (Piece.COMPOSITION, edition.composition),
        (Piece.EXPERTS, edition.experts),
        (Piece.QUESTIONS, edition.questions),
        (Piece.GLOSSARY, edition.glossary),
    )
    if missing := [piece.label for piece, rows in gathered if not rows]:
        yield Remark(_("Listes du rapport à remplir : {which}.").format(which=series(missing)))
    seats: Counter[str] = Counter()
    for share in edition.composition:
        seats[share.criterion] += share.members
    for criterion, counted in seats.items():
        if edition.convention.seats and counted != edition.convention.seats:
            yield Remark(
                _("Composition, « {criterion} » : {n} membres comptés, sur {seats}.").format(
                    criterion=criterion, n=number(counted), seats=number(edition.convention.seats)
                )
            )
    if silent := [one.name for one in edition.experts if not one.interests]:
        yield Remark(_("Personnes entendues sans liens d’intérêt déclarés : {which}.").format(which=_which(silent)))
    if unanswered := sum(not one.answer for one in edition.questions):
        yield Remark(
            ngettext(
                "Une question est restée sans réponse : l’annexe le dira.",
                "{n} questions sont restées sans réponse : l’annexe le dira.",
                unanswered,
            ).format(n=number(unanswered))
        )


def _lacking(cards: Sequence[Recommendation], field: str) -> list[str]:
    return [str(card.number) for card in cards if not getattr(card, field).strip()]


def _which(numbers: Sequence[str]) -> str:
    """« 3, 9 et 12 »; a long list is cut and counted."""
    # One left over takes no more room than saying that it is.
    if len(numbers) <= SHOWN + 1:
        return series(numbers)
    return _("{first} et {n} autres").format(first=", ".join(numbers[:SHOWN]), n=number(len(numbers) - SHOWN))


def why_not_write(piece: Piece, roles: Collection[RoleKind]) -> str | None:
    """Why these roles may not write this text. The guarantors are the only authors of theirs."""
    if piece == Piece.GUARANTORS:
        return None if RoleKind.GUARANTOR in roles else _("Seuls les garants écrivent ce texte.")
    return None if RoleKind.FACILITATOR in roles else _("Ce texte est écrit par l’animation.")


def why_not_this(piece: Piece, body: str) -> str | None:
    """Why these words cannot be this text: too long, or a list with a line that cannot be read."""
    if over := max(0, len(body) - piece.most):
        return _("Raccourcissez de {n} caractères.").format(n=over)
    return lists.why_not(piece, body) if piece in lists.COLUMNS else None


def why_not_freeze(edition: Edition, previewed: int) -> str | None:
    """Why this edition may not be frozen; `previewed` is the number that the facilitators saw."""
    if edition.number != previewed:
        return _("L’édition n° {n} vient d’être figée par quelqu’un d’autre. Relisez, puis figez à nouveau.").format(
            n=edition.number - 1
        )
    return next((remark.sentence for remark in coherence(edition) if remark.blocks), None)


def why_not_publish(edition: EditionRow) -> str | None:
    if edition.withdrawn_at is not None:
        return _("Cette édition est retirée. Figez une nouvelle édition.")
    if edition.published_at is not None:
        return _("Cette édition est déjà publiée.")
    return None


def reads_closed(roles: Collection[RoleKind]) -> bool:
    """Who reads an edition closed to the public: whoever checks that it had to be, and whoever can close one."""
    return RoleKind.GUARANTOR in roles or RoleKind.ADMINISTRATOR in roles


def why_closed(edition: EditionRow) -> str:
    """What is read in its place."""
    assert edition.closed_at is not None, "only closed editions are read as such"
    return _("L’édition n° {n} du rapport est fermée au public depuis le {day}. {reason}").format(
        n=edition.number, day=date(edition.closed_at), reason=edition.closed_because
    )


def why_not_be_closed(edition: EditionRow) -> str | None:
    """Why nobody can close it."""
    if edition.closed_at is not None:
        return _("Cette édition est déjà fermée au public.")
    if edition.published_at is None:
        return _("Cette édition n’a jamais été publique.")
    return None


# Those who may ask that an edition be closed.
ASKERS = frozenset({RoleKind.FACILITATOR, RoleKind.ADMINISTRATOR})


def why_not_ask_closing(edition: EditionRow, *, others: int, stands: bool) -> str | None:
    """Why one cannot ask to close it: `others` are the administrators who could confirm. `stands`: a request does."""
    if said := why_not_be_closed(edition):
        return said
    if stands:
        return _("Sa fermeture est déjà demandée.")
    if not others:
        return _(
            "Une édition se ferme à deux, et personne d’autre de l’administration ne peut confirmer. La personne qui "
            "exploite le site peut le faire : convention edition close."
        )
    return None


def asked(edition: EditionRow) -> str:
    """The request to close it, as whoever confirms names it; nothing when there is none."""
    return edition.closing_asked_at.isoformat() if edition.closing_asked_at else ""


def why_not_close(edition: EditionRow, by: Person, read: str, *, stands: bool) -> str | None:
    """Why she cannot confirm; `read` is the request that she read. Two who are there close, not one and a past."""
    if edition.closing_asked_at is None:
        return _("Personne ne demande de fermer cette édition.")
    if edition.closing_asked_by == by.id:
        return _("C’est vous qui l’avez demandé : une autre personne de l’administration doit le confirmer.")
    if not stands:
        return _("La personne qui l’a demandé n’est plus de l’équipe. Demandez-le vous-même : une autre confirmera.")
    if read != asked(edition):
        return _("Cette demande a été remplacée par une autre depuis. Relisez-la, puis confirmez.")
    return None


def why_not_refuse_closing(edition: EditionRow, by: Person, roles: Collection[RoleKind]) -> str | None:
    """Why she cannot put this request aside: it is for an administrator, or for whoever asked."""
    if edition.closing_asked_at is None:
        return _("Personne ne demande de fermer cette édition.")
    if edition.closing_asked_by != by.id and RoleKind.ADMINISTRATOR not in roles:
        return _("La personne qui l’a demandé, ou l’administration, peut y renoncer.")
    return None


def why_not_reopen(edition: EditionRow) -> str | None:
    return _("Cette édition n’est pas fermée au public.") if edition.closed_at is None else None


def why_not_withdraw(edition: EditionRow) -> str | None:
    if edition.withdrawn_at is not None:
        return _("Cette édition est déjà retirée.")
    return None

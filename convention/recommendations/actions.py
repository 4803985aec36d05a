import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from convention.conventions.models import Convention
from convention.kit import clock, ids, mail
from convention.kit.db import Session
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.people import queries as people
from convention.people.models import Person, RoleKind
from convention.recommendations import lists, queries, rules
from convention.recommendations.compose import compose
from convention.recommendations.events import (
    EditionClosed,
    EditionClosingAsked,
    EditionClosingRefused,
    EditionFrozen,
    EditionPublished,
    EditionReopened,
    EditionWithdrawn,
    ReportTextWritten,
)
from convention.recommendations.models import EditionRow, Piece, ReportText
from convention.recommendations.snapshot import canonical, fingerprint


def write(
    db: Session, convention: Convention, piece: Piece, body: str, *, by: Person, roles: Collection[RoleKind]
) -> ReportText | None:
    """A new version of a text of the report; the former ones stay. The same words again change nothing."""
    refuse(rules.why_not_write(piece, roles) or rules.why_not_this(piece, body))
    body = lists.tidy(piece, body) if piece in lists.COLUMNS else body
    queries.hold(db, convention)
    last = queries.texts(db, convention).get(piece)
    if body == (last.body if last else ""):
        return last
    text = ReportText(
        convention_id=convention.id,
        piece=piece,
        version=last.version + 1 if last else 1,
        body=body,
        written_at=clock.now(),
        by=by.id,
    )
    db.add(text)
    db.emit(ReportTextWritten(convention.id, piece.value, text.version, ids.fingerprint(body), by.id))
    return text


def freeze(db: Session, convention: Convention, *, by: Person, site: str, previewed: int) -> EditionRow:
    """Write the next edition down, as the convention is now. From here on nothing changes it."""
    queries.hold(db, convention)
    edition = compose(db, convention, number=queries.next_number(db, convention), at=_now(), site=site)
    refuse(rules.why_not_freeze(edition, previewed))
    row = EditionRow(
        convention_id=convention.id,
        number=edition.number,
        title=edition.title,
        changes=edition.changes,
        recommendations=len(edition.recommendations),
        votes=len(edition.votes),
        content=canonical(edition).decode(),
        sha256=fingerprint(edition),
        frozen_at=edition.frozen_at,
    )
    db.add(row)
    db.emit(EditionFrozen(convention.id, row.id, row.number, row.sha256, by.id))
    return row


def _now() -> dt.datetime:
    # The second is enough, and every file prints it the same.
    return clock.now().replace(microsecond=0)


def publish(db: Session, edition: EditionRow, *, by: Person) -> None:
    """Let everybody read it, at an address that will not change."""
    edition = queries.locked(db, edition)
    refuse(rules.why_not_publish(edition))
    edition.published_at = clock.now()
    db.add(edition)
    db.emit(EditionPublished(edition.convention_id, edition.id, edition.number, edition.sha256, by.id))


def withdraw(db: Session, edition: EditionRow, reason: str, *, by: Person) -> None:
    """Say that it is no longer in force, and why. Its page and its files stay where they are."""
    edition = queries.locked(db, edition)
    if why_not := rules.why_not_withdraw(edition):
        raise Refused(why_not)
    edition.withdrawn_at, edition.withdrawn_because = clock.now(), reason
    db.add(edition)
    db.emit(EditionWithdrawn(edition.convention_id, edition.id, edition.number, by.id))


def ask_closing(
    db: Session, convention: Convention, edition: EditionRow, reason: str, *, by: Person, page: str
) -> None:  # fmt: skip
    """Ask that nobody but those who check reads it any more; somebody else confirms."""
    edition = queries.locked(db, edition)
    others = [one for one in people.holding(db, convention.id, RoleKind.ADMINISTRATOR) if one.id != by.id]
    stands = queries.closing_stands(db, convention, edition)
    refuse(rules.why_not_ask_closing(edition, others=len(others), stands=stands))
    edition.closing_asked_at, edition.closing_asked_by, edition.closed_because = clock.now(), by.id, reason
    db.add(edition)
    db.emit(EditionClosingAsked(convention.id, edition.id, edition.number, by.id))
    _tell(
        db,
        convention,
        others,
        _("Fermer au public l’édition n° {n} : à confirmer").format(n=edition.number),
        [
            _("{name} demande de fermer cette édition du rapport au public.").format(name=by.name),
            reason,
            _("Tant qu’une autre personne de l’administration ne confirme pas, tout le monde la lit."),
        ],
        button=(_("Lire la demande"), page),
        why=_("Vous recevez ce message parce que vous êtes de l’administration."),
    )


def refuse_closing(
    db: Session, convention: Convention, edition: EditionRow, *, by: Person, roles: Collection[RoleKind], page: str
) -> None:  # fmt: skip
    """The second person disagrees, and the first hears it; or she thinks better of it. Everybody still reads it."""
    edition = queries.locked(db, edition)
    refuse(rules.why_not_refuse_closing(edition, by, roles))
    asker = db.get(Person, edition.closing_asked_by)
    if asker is not None and asker.id != by.id:
        _tell(
            db,
            convention,
            [asker],
            _("Édition n° {n} : la fermeture est refusée").format(n=edition.number),
            [
                _("Vous aviez demandé de fermer cette édition du rapport au public, pour cette raison :"),
                edition.closed_because,
                _("{by} a refusé. Tout le monde la lit. Parlez-vous, puis demandez de nouveau s’il le faut.").format(
                    by=by.name
                ),
            ],
            button=(_("Voir l’édition"), page),
            why=_("Vous recevez ce message parce que vous avez demandé cette fermeture."),
        )
    edition.closing_asked_at, edition.closing_asked_by, edition.closed_because = None, None, ""
    db.add(edition)
    db.emit(EditionClosingRefused(convention.id, edition.id, edition.number, by.id))


def confirm_closing(
    db: Session, convention: Convention, edition: EditionRow, asked: str, *, by: Person, page: str
) -> None:  # fmt: skip
    """The second person agrees: it is closed."""
    edition = queries.locked(db, edition)
    refuse(rules.why_not_close(edition, by, asked, stands=queries.closing_stands(db, convention, edition)))
    _close(db, convention, edition, edition.closed_because, by=by, page=page)


def close(db: Session, convention: Convention, edition: EditionRow, reason: str, *, page: str) -> None:
    """The operator closes it, when there are not two people to do so."""
    edition = queries.locked(db, edition)
    refuse(rules.why_not_be_closed(edition))
    _close(db, convention, edition, reason, by=None, page=page)


def _close(
    db: Session, convention: Convention, edition: EditionRow, reason: str, *, by: Person | None, page: str
) -> None:  # fmt: skip
    asked_by = edition.closing_asked_by
    edition.closed_at, edition.closed_because = clock.now(), reason
    edition.closing_asked_at, edition.closing_asked_by = None, None
    if edition.withdrawn_at is None:
        # What nobody reads is not in force.
        edition.withdrawn_at, edition.withdrawn_because = edition.closed_at, reason
    db.add(edition)
    db.emit(EditionClosed(convention.id, edition.id, edition.number, asked_by, by.id if by else None))
    _tell(
        db,
        convention,
        people.holding(db, convention.id, RoleKind.GUARANTOR),
        _("Édition n° {n} fermée au public").format(n=edition.number),
        [
            _("Cette édition du rapport ne se lit plus, sauf par les garants et l’administration."),
            reason,
            _("Vous la lisez toujours : son empreinte est la même, et le journal dit qui l’a fermée."),
        ],
        button=(_("Lire l’édition"), page),
        why=_("Vous recevez ce message parce que vous êtes garant·e de cette convention."),
    )


def _tell(
    db: Session, convention: Convention, whom: Iterable[Person], title: str, lines: list[str], **rest: Any
) -> None:  # fmt: skip
    for one in whom:
        if one.email:
            mail.write(db, convention, one.email, title, lines, **rest)


def reopen(db: Session, edition: EditionRow) -> None:
    """Closed by mistake, or a judge thought otherwise: everybody reads it again, still withdrawn."""
    edition = queries.locked(db, edition)
    refuse(rules.why_not_reopen(edition))
    edition.closed_at, edition.closed_because = None, ""
    db.add(edition)
    db.emit(EditionReopened(edition.convention_id, edition.id, edition.number, None))

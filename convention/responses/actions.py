import datetime as dt
import json
from collections.abc import Collection, Sequence
from uuid import UUID

from convention.conventions.models import Convention
from convention.kit import clock, ids, mail
from convention.kit.db import Session, added
from convention.kit.errors import Refused, refuse
from convention.kit.i18n import gettext as _
from convention.moderation import actions as moderation
from convention.moderation import queries as suspensions
from convention.people import queries as people
from convention.people.models import Person, RoleKind
from convention.recommendations import queries as recommendations
from convention.recommendations.snapshot import Edition, Recommendation
from convention.responses import queries, rules, sheets
from convention.responses.events import (
    AnswersImported,
    AnswersOpened,
    AnswerSplit,
    CommentWritten,
    ContestReplied,
    DepartmentsChanged,
    ItemContested,
    ItemMoved,
    ItemPublished,
    NewsGiven,
    ReviewHeld,
    TransmissionNoted,
)
from convention.responses.forms import (
    FIELDS,
    AnswerForm,
    AttachmentForm,
    CommentForm,
    ContestForm,
    NewsForm,
    PointForm,
    ReviewForm,
    TransmissionForm,
)
from convention.responses.models import (
    Act,
    Answer,
    Attachment,
    Comment,
    Contest,
    Department,
    Import,
    Item,
    News,
    Publication,
    Review,
    Step,
)
from convention.voting import envelopes

# -- opening and splitting -----------------------------------------------------------------------------------------


def open_answers(db: Session, convention: Convention, edition: Edition) -> int:
    """One answer with one point for each recommendation of this edition that has none yet; how many were added.

    An answer that nobody has begun takes the words of the new edition; the others keep those they answer, unless
    nobody may read these any more.
    """
    queries.hold(db, convention)
    at = clock.now()
    known = {answer.number: answer for answer in queries.answers(db, convention)}
    begun = {item.answer_id for item in queries.items(db, convention) if item.changed_by is not None}
    closed = recommendations.closed_numbers(db, convention.id)
    themes = {theme.slug: theme for theme in edition.themes}
    added = 0
    for card in edition.recommendations:
        answer = known.get(card.number) or Answer(
            convention_id=convention.id, number=card.number, edition=0, handed_over_at=at
        )
        if answer.edition == edition.number or (answer.id in begun and answer.edition not in closed):
            continue
        theme = themes.get(card.theme)
        answer.edition, answer.recommendation_id, answer.title = edition.number, card.id, card.title
        answer.theme, answer.competence = card.theme, card.competence
        answer.theme_name = theme.name if theme else ""
        answer.theme_colour = theme.colour if theme else ""
        answer.theme_icon = theme.icon if theme else ""
        db.add(answer)
        db.flush()
        if card.number in known:
            _take_the_words(db, answer, card)
        else:
            db.add(_first_item(answer, card, at))
            added += 1
    db.emit(AnswersOpened(convention.id, edition.number, added))
    return added


def _first_item(answer: Answer, card: Recommendation, at: dt.datetime) -> Item:
    return Item(
        convention_id=answer.convention_id,
        answer_id=answer.id,
        number=1,
        title=card.title[:200],
        paragraphs=[paragraph.number for paragraph in card.paragraphs],
        changed_at=at,
    )


def _take_the_words(db: Session, answer: Answer, card: Recommendation) -> None:
    for item in queries.items_of(db, answer):
        item.title, item.paragraphs = card.title[:200], [paragraph.number for paragraph in card.paragraphs]
        db.add(item)


def split(db: Session, answer: Answer, form: PointForm, *, by: Person) -> Item:
    """One more decision to take on this recommendation, whose own words do not change."""
    items = queries.locked_items_of(db, answer)
    refuse(rules.why_not_split(answer, items))
    item = Item(
        convention_id=answer.convention_id,
        answer_id=answer.id,
        number=max((one.number for one in items), default=0) + 1,
        title=form.title,
        changed_at=clock.now(),
        changed_by=by.id,
    )
    _assign(item, form)
    db.add(item)
    db.flush()
    _note(db, item, Act.SPLIT, by)
    db.emit(AnswerSplit(answer.convention_id, answer.id, len(items) + 1, by.id))
    return item


def remove(db: Session, answer: Answer, number: int, *, by: Person) -> None:
    """Undo a splitting; the points after it take the numbers before them."""
    items = queries.locked_items_of(db, answer)
    item = next((one for one in items if one.number == number), None)
    if item is None:
        raise Refused(_("Ce point n’existe plus."))
    refuse(rules.why_not_remove(item, items))
    after = [one for one in items if one.number > number]
    if any(one.answered_at for one in after):
        raise Refused(_("Un point qui suit est publié sous son numéro : celui-ci ne se retire plus."))
    for step in queries.steps(db, item):
        db.delete(step)
    db.flush()
    db.delete(item)
    db.flush()
    for one in after:
        one.number -= 1
        db.add(one)
        db.flush()
    db.emit(AnswerSplit(answer.convention_id, answer.id, len(items) - 1, by.id))


def assign(db: Session, item: Item, form: PointForm, *, by: Person) -> None:
    """Say what the point is, which paragraphs it answers, and who answers."""
    item = _held(db, item)
    refuse(rules.why_not_write(item))
    item.title = form.title
    _assign(item, form)
    # Not a version: it changes no word of the answer, and who writes it meanwhile has nobody's words to lose.
    _changed(item, by)
    db.add(item)
    _note(db, item, Act.ASSIGNED, by)
    _moved(db, item, Act.ASSIGNED, by)


def _assign(item: Item, form: PointForm) -> None:
    item.paragraphs = list(form.paragraphs)
    item.department_id, item.referent = form.department, form.referent


# -- from draft to publication -------------------------------------------------------------------------------------


def write(db: Session, item: Item, form: AnswerForm, *, by: Person, act: Act = Act.WRITTEN) -> bool:
    """Write the answer. What had been checked or agreed has to be again. The same words change nothing."""
    item = _held(db, item)
    refuse(rules.why_not_write(item))
    if not form.differences(item):
        return False
    for name in FIELDS:
        setattr(item, name, getattr(form, name))
    item.version += 1
    _changed(item, by)
    db.add(item)
    _note(db, item, act, by)
    _moved(db, item, act, by)
    return True


def ask_check(db: Session, item: Item, *, by: Person) -> None:
    """Send the sheet to the legal service."""
    item = _held(db, item)
    refuse(rules.why_not_ask_check(item, _today()))
    item.check_asked_at = clock.now()
    _go_on(db, item, Act.CHECK_ASKED, by)


def send_back(db: Session, item: Item, note: str, *, by: Person) -> None:
    """Back to its writers, with what is to be changed."""
    item = _held(db, item)
    refuse(rules.why_not_return(item))
    item.check_asked_at = item.checked_at = item.signed_at = None
    _go_on(db, item, Act.RETURNED, by, note)


def check(db: Session, item: Item, *, by: Person) -> None:
    """The legal service has nothing against it; whoever wrote it is not the legal service."""
    item = _held(db, item)
    refuse(rules.why_not_check(item, queries.steps(db, item), by.id))
    item.checked_at = clock.now()
    _go_on(db, item, Act.CHECKED, by)


def sign(db: Session, item: Item, *, by: Person) -> None:
    """The elected person agrees; `by` is the official who records it, and not the one who checked."""
    item = _held(db, item)
    refuse(rules.why_not_sign(item, queries.steps(db, item), by.id))
    item.signed_at = clock.now()
    _go_on(db, item, Act.SIGNED, by, item.referent)


def publish(db: Session, answer: Answer, item: Item, *, due: dt.date | None, by: Person) -> None:
    """Give it to everybody to read: a copy, which stays as it is."""
    items = queries.locked_items_of(db, answer)
    item = _held(db, item)
    refuse(rules.why_not_publish(item, _today()))
    at = clock.now()
    opens_at = rules.rating_opens(answer, items, due, at)
    names = {one.id: one.name for one in queries.departments_of(db, item.convention_id)}
    content = {
        "title": item.title,
        "paragraphs": item.paragraphs,
        "department": names[item.department_id] if item.department_id else "",
        "referent": item.referent,
        "decision": item.decision,
        "reason": item.reason,
        "text": item.text,
        "adds": item.adds,
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "budget": item.budget,
        "evidence": item.evidence,
        "addressee": item.addressee,
    }
    number = queries.next_publication(db, item)
    db.add(Publication(item_id=item.id, number=number, content=content, published_at=at))
    item.published_at = at
    item.answered_at = item.answered_at or at
    if answer.rating_opens_at is None:
        # Once open, or once the answer is complete, the date on which members judge it does not move any more.
        if opens_at is not None and at >= opens_at:
            answer.rating_opens_at = opens_at
        elif all(one.answered_at or one.id == item.id for one in items):
            answer.rating_opens_at = at + rules.RATED_AFTER
        db.add(answer)
    db.add(item)
    _note(db, item, Act.PUBLISHED, by)
    said = ids.fingerprint(json.dumps(content, ensure_ascii=False, sort_keys=True))
    db.emit(ItemPublished(item.convention_id, item.answer_id, item.id, number, said, by.id))


def reopen(db: Session, item: Item, *, by: Person) -> None:
    """Correct what is published: it stays readable until the next publication."""
    item = _held(db, item)
    refuse(rules.why_not_reopen(item))
    item.published_at = item.check_asked_at = item.checked_at = item.signed_at = None
    _go_on(db, item, Act.REOPENED, by)


def _held(db: Session, item: Item) -> Item:
    held = queries.locked_item(db, item.id)
    if held is None:
        raise Refused(_("Ce point a été retiré entre-temps."))
    return held


def _changed(item: Item, by: Person) -> None:
    item.changed_at, item.changed_by = clock.now(), by.id
    item.check_asked_at = item.checked_at = item.signed_at = None


def _go_on(db: Session, item: Item, act: Act, by: Person, note: str = "") -> None:
    item.version += 1
    item.changed_at, item.changed_by = clock.now(), by.id
    db.add(item)
    _note(db, item, act, by, note)
    _moved(db, item, act, by)


def _note(db: Session, item: Item, act: Act, by: Person, note: str = "") -> None:
    db.add(Step(item_id=item.id, act=act, by=by.id, at=clock.now(), note=note))


def _moved(db: Session, item: Item, act: Act, by: Person) -> None:
    db.emit(ItemMoved(item.convention_id, item.id, act.value, item.version, by.id))


def _today() -> dt.date:
    return clock.local(clock.now()).date()


# -- the spreadsheet -----------------------------------------------------------------------------------------------


def keep_import(db: Session, convention: Convention, name: str, rows: Sequence[sheets.Row], *, by: Person) -> Import:
    """Keep what was read of a file while its sender looks at what it would change."""
    kept = Import(
        convention_id=convention.id,
        by=by.id,
        name=name[:200],
        rows=[row.kept() for row in rows],
        read_at=clock.now(),
    )
    db.add(kept)
    db.flush()
    return kept


def apply_import(
    db: Session,
    convention: Convention,
    kept: Import,
    *,
    replace: Collection[str],
    department_id: UUID | None,
    by: Person,
) -> list[sheets.Change]:
    """Write all the lines, or none; those that are asked about only where `replace` says « id:version ».

    Returns the lines that were left aside: those items stay as others have made them.
    """
    items = queries.locked_items(db, convention)
    found = sheets.examine(sheets.rows_of(kept), queries.numbered(db, items), department_id, _today())
    if found.faults:
        raise Refused(_("Le tableau a des lignes à corriger : rien n’a été importé."))
    left = [one for one in found.changes if one.is_asked and f"{one.item.id}:{one.item.version}" not in replace]
    taken = [one for one in found.changes if one not in left]
    written = sum(write(db, one.item, one.form, by=by, act=Act.IMPORTED) for one in taken)
    db.delete(kept)
    db.emit(AnswersImported(convention.id, written, by.id))
    return left


# -- departments ---------------------------------------------------------------------------------------------------


def add_department(db: Session, convention: Convention, name: str, *, by: Person) -> Department:
    queries.hold(db, convention)
    refuse(rules.why_not_name(name, [one.name for one in queries.departments(db, convention)]))
    department = Department(convention_id=convention.id, name=name)
    db.add(department)
    db.emit(DepartmentsChanged(convention.id, by.id))
    return department


def rename_department(db: Session, convention: Convention, department: Department, name: str, *, by: Person) -> None:
    queries.hold(db, convention)
    refuse(rules.why_not_rename(name, queries.names_of_others(db, convention, department)))
    department.name = name
    db.add(department)
    db.emit(DepartmentsChanged(department.convention_id, by.id))


def remove_department(db: Session, department: Department, *, by: Person) -> None:
    items, people = queries.of_department(db, department)
    if items or people:
        raise Refused(_("Cette direction a encore des points ou des agents : attribuez-les d’abord ailleurs."))
    db.delete(department)
    db.emit(DepartmentsChanged(department.convention_id, by.id))


def attach(db: Session, convention: Convention, form: AttachmentForm, *, by: Person) -> None:
    """This official answers for this department; without one, she sees everything."""
    queries.hold(db, convention)
    found = queries.attachment(db, convention, form.person)
    if form.department is not None:
        officials = [one.id for one in people.holding(db, convention.id, RoleKind.OFFICIAL)]
        refuse(rules.why_not_attach(form.person, officials, queries.attachments(db, convention)))
    if form.department is None:
        if found is not None:
            db.delete(found)
    else:
        found = found or Attachment(convention_id=convention.id, person_id=form.person, department_id=form.department)
        found.department_id = form.department
        db.add(found)
    db.emit(DepartmentsChanged(convention.id, by.id))


# -- what becomes of it --------------------------------------------------------------------------------------------


def give_news(db: Session, item: Item, form: NewsForm, *, by: Person) -> None:
    """Add a dated fact, with its evidence."""
    item = _held(db, item)
    refuse(rules.why_not_follow(item) or rules.why_not_news(form.progress, form.happened_on, form.text, _today()))
    db.add(
        News(
            item_id=item.id,
            progress=form.progress,
            happened_on=form.happened_on,
            text=form.text,
            evidence=form.evidence,
            by=by.id,
            at=clock.now(),
        )
    )
    if item.news_on is None or form.happened_on >= item.news_on:
        item.progress, item.news_on = form.progress, form.happened_on
    db.add(item)
    db.emit(NewsGiven(item.convention_id, item.id, form.progress.value, by.id))


def note_transmission(db: Session, item: Item, form: TransmissionForm, *, by: Person) -> None:
    """When it was sent to whom it belongs, and what they replied."""
    item = _held(db, item)
    wrong = rules.wrong_in_transmission(form.sent_on, form.reply, form.replied_on, _today())
    refuse(rules.why_not_transmit(item) or next(iter(wrong.values()), None))
    item.sent_on, item.reply, item.replied_on = form.sent_on, form.reply, form.replied_on
    db.add(item)
    db.emit(TransmissionNoted(item.convention_id, item.id, by.id))


def hold_review(db: Session, convention: Convention, months: int, form: ReviewForm, *, by: Person) -> None:
    """The review was held: what was said there."""
    refuse(rules.why_not_review(months, convention.answer_due, form.held_on, _today()))
    queries.hold(db, convention)
    review = queries.reviews(db, convention).get(months)
    if review is None:
        review = Review(convention_id=convention.id, months=months, held_on=form.held_on, by=by.id, at=clock.now())
    review.held_on, review.text, review.by, review.at = form.held_on, form.text, by.id, clock.now()
    db.add(review)
    db.emit(ReviewHeld(convention.id, months, by.id))


# -- members judge -------------------------------------------------------------------------------------------------


def rate(db: Session, answer: Answer, person: Person, mark: int, *, due: dt.date | None) -> None:
    """Put a mark in the box and its giver on the roll, together, once. Nothing is told, no date is kept."""
    roll, box = queries.locked_rating(db, answer)
    at = clock.now()
    opens_at = rules.rating_opens(answer, queries.items_of(db, answer), due, at)
    rated = envelopes.holds(roll.rated, person.id.bytes, envelopes.PERSON)
    refuse(rules.why_not_rate(opens_at, at, rated=rated))
    assert 0 <= mark <= 10, "the form has read it"
    roll.rated = envelopes.add(roll.rated, person.id.bytes)
    box.marks = envelopes.add(box.marks, bytes([mark]))
    answer.rating_opens_at = opens_at
    db.add_all((roll, box, answer))


def comment(db: Session, convention: Convention, answer: Answer, person: Person, form: CommentForm) -> None:
    """Say what one thinks of the answer, apart from the mark; again, to say it otherwise."""
    at = clock.now()
    opens_at = rules.rating_opens(answer, queries.items_of(db, answer), convention.answer_due, at)
    suspension = suspensions.suspension(db, convention, person, at)
    refuse(rules.why_not_comment(opens_at, at, suspension))
    written = queries.comment_of(db, answer, person.id)
    if written is None:
        written = Comment(answer_id=answer.id, author_id=person.id, written_on=_today())
        if not added(db, written):  # sent twice at the same instant: the other one stands, and is written again
            written = queries.comment_of(db, answer, person.id)
    if written is None:
        raise Refused(_("Votre commentaire vient d’être retiré : écrivez-le de nouveau."))
    written.text, written.signed, written.written_on = form.text, form.signed, _today()
    db.add(written)
    moderation.follow(db, convention.id, written.subject, written.subject)
    db.emit(CommentWritten(answer.convention_id, answer.id, written.id))


def withdraw_comment(db: Session, answer: Answer, person: Person) -> None:
    if written := queries.comment_of(db, answer, person.id):
        db.delete(written)


def contest(
    db: Session, convention: Convention, answer: Answer, item: Item, person: Person, form: ContestForm, *, page: str
) -> None:
    """Tell the officials and the guarantors that this answer is not accepted, and why."""
    item = _held(db, item)
    suspension = suspensions.suspension(db, convention, person, clock.now())
    refuse(rules.why_not_contest(item, queries.contests(db, [item]), person.id, suspension, clock.now()))
    contested = Contest(item_id=item.id, author_id=person.id, text=form.text, at=clock.now())
    db.add(contested)
    db.emit(ItemContested(item.convention_id, item.id, contested.id))
    for reader in queries.readers_of_contests(db, convention, item):
        assert reader.email, "only those who have an address were asked for"
        mail.write(
            db,
            convention,
            reader.email,
            _("Réponse contestée : recommandation {n}").format(n=answer.number),
            [
                _("Un membre conteste la réponse au point {point} de la recommandation {n}, « {title} ».").format(
                    point=item.number, n=answer.number, title=answer.title
                ),
                form.text,
            ],
            button=(_("Lire la réponse et la contestation"), f"{page}#point-{item.number}"),
            why=_("Vous recevez ce message parce que vous répondez aux membres ou que vous êtes garant·e."),
        )


def reply(
    db: Session, convention: Convention, contested: Contest, item: Item, words: str, *, by: Person, page: str
) -> None:
    """The officials' reply to a member who contests; again, to correct it. She is told of the first."""
    author = queries.author(db, contested) if contested.replied_at is None else None
    contested.reply, contested.replied_at, contested.replied_by = words, clock.now(), by.id
    db.add(contested)
    db.emit(ContestReplied(item.convention_id, item.id, contested.id, by.id))
    if author and author.email:
        answer = queries.answer_of_item(db, item)
        mail.write(
            db,
            convention,
            author.email,
            _("Réponse à votre contestation : recommandation {n}").format(n=answer.number),
            [
                _("Vous contestiez la réponse au point {point} de la recommandation {n}, « {title} ».").format(
                    point=item.number, n=answer.number, title=answer.title
                ),
                words,
            ],
            button=(_("Lire la réponse et la contestation"), f"{page}#contestations"),
            why=_("Vous recevez ce message parce que vous avez contesté cette réponse."),
        )

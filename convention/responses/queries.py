from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from convention.conventions.models import Convention
from convention.kit.db import Session
from convention.kit.i18n import gettext as _
from convention.moderation.models import Facts, Subject
from convention.people.models import Person, Role, RoleKind
from convention.responses.models import (
    Answer,
    Attachment,
    Comment,
    Contest,
    Department,
    Import,
    Item,
    News,
    Publication,
    Published,
    RatingBox,
    RatingRoll,
    Reminder,
    Review,
    Step,
)

# -- answers and items ---------------------------------------------------------------------------------------------


def answers(db: Session, convention: Convention) -> Sequence[Answer]:
    """Every recommendation that is to be answered, in order."""
    return db.exec(select(Answer).where(Answer.convention_id == convention.id).order_by(col(Answer.number))).all()


def answer(db: Session, convention: Convention, number: int) -> Answer | None:
    return db.exec(select(Answer).where(Answer.convention_id == convention.id, Answer.number == number)).first()


def answer_of_item(db: Session, item: Item) -> Answer:
    return db.exec(select(Answer).where(Answer.id == item.answer_id)).one()


def items(db: Session, convention: Convention, *, department_id: UUID | None = None) -> Sequence[Item]:
    """Every item, or those of one department, in order."""
    query = select(Item).join(Answer, col(Answer.id) == col(Item.answer_id)).where(Item.convention_id == convention.id)
    if department_id is not None:
        query = query.where(Item.department_id == department_id)
    return db.exec(query.order_by(col(Answer.number), col(Item.number))).all()


def items_of(db: Session, answer: Answer) -> Sequence[Item]:
    return db.exec(select(Item).where(Item.answer_id == answer.id).order_by(col(Item.number))).all()


def locked_items_of(db: Session, answer: Answer) -> Sequence[Item]:
    """The items of an answer as they are now, held until the transaction ends."""
    db.exec(select(Answer.id).where(Answer.id == answer.id).with_for_update()).one()
    return db.exec(
        select(Item)
        .where(Item.answer_id == answer.id)
        .order_by(col(Item.number))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def locked_item(db: Session, item_id: UUID) -> Item | None:
    """An item as it is now, held until the transaction ends."""
    return db.exec(
        select(Item).where(Item.id == item_id).with_for_update().execution_options(populate_existing=True)
    ).first()


def locked_items(db: Session, convention: Convention) -> Sequence[Item]:
    """All the items as they are now, held in one order, for a spreadsheet."""
    return db.exec(
        select(Item)
        .where(Item.convention_id == convention.id)
        .order_by(col(Item.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def hold(db: Session, convention: Convention) -> None:
    """Those who open answers or change departments wait for each other from here on."""
    db.exec(select(Convention.id).where(Convention.id == convention.id).with_for_update(key_share=True)).one()


def steps(db: Session, item: Item) -> Sequence[Step]:
    """Who did what to this sheet, oldest first."""
    return db.exec(select(Step).where(Step.item_id == item.id).order_by(col(Step.at), col(Step.id))).all()


# -- what is published ---------------------------------------------------------------------------------------------


def published(db: Session, convention: Convention) -> Mapping[UUID, Published]:
    """{item: the answer that citizens read}."""
    last = (
        select(col(Publication.item_id), sa.func.max(Publication.number).label("number"))
        .join(Item, col(Item.id) == col(Publication.item_id))
        .where(Item.convention_id == convention.id)
        .group_by(col(Publication.item_id))
        .subquery()
    )
    rows = db.exec(
        select(Publication).join(
            last, sa.and_(last.c.item_id == Publication.item_id, last.c.number == Publication.number)
        )
    )
    return {row.item_id: Published.read(row) for row in rows}


# What the home page asks, built once.
_NEWER = sa.orm.aliased(Publication)
_LATEST = (
    select(Publication, Answer)
    .join(Item, col(Item.id) == col(Publication.item_id))
    .join(Answer, col(Answer.id) == col(Item.answer_id))
    .where(
        Answer.convention_id == sa.bindparam("convention"),
        ~sa.exists().where(
            col(_NEWER.item_id) == col(Publication.item_id), col(_NEWER.number) > col(Publication.number)
        ),
    )
    .order_by(col(Publication.published_at).desc(), col(Publication.item_id))
    .limit(sa.bindparam("many"))
)
_PROGRESS = select(
    sa.func.count(sa.case((sa.exists().where(col(Publication.item_id) == Item.id), 1))), sa.func.count()
).where(Item.convention_id == sa.bindparam("convention"))


def latest(db: Session, convention: Convention, many: int) -> Sequence[tuple[Answer, Published]]:
    """The points published last, each as it reads today, with the recommendation it answers."""
    rows = db.exec(_LATEST, params={"convention": convention.id, "many": many})
    return [(answer, Published.read(row)) for row, answer in rows]


def stream(db: Session, convention: Convention, many: int) -> Sequence[tuple[Answer, Item, Published]]:
    """The last publications, corrections among them, newest first: for a feed."""
    rows = db.exec(
        select(Publication, Item, Answer)
        .join(Item, col(Item.id) == col(Publication.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Answer.convention_id == convention.id)
        .order_by(col(Publication.published_at).desc(), col(Publication.item_id))
        .limit(many)
    )
    return [(answer, item, Published.read(row)) for row, item, answer in rows]


def progress(db: Session, convention: Convention) -> tuple[int, int]:
    """Items answered, and items in all."""
    row = db.exec(_PROGRESS, params={"convention": convention.id}).one()
    return row[0], row[1]


def publications(db: Session, items: Collection[Item]) -> Mapping[UUID, list[Published]]:
    """{item: all that was published of it, newest first}."""
    rows = db.exec(
        select(Publication)
        .where(col(Publication.item_id).in_([item.id for item in items]))
        .order_by(col(Publication.number).desc())
    )
    found: dict[UUID, list[Published]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(Published.read(row))
    return found


def next_publication(db: Session, item: Item) -> int:
    last = db.exec(select(sa.func.max(Publication.number)).where(Publication.item_id == item.id)).one()
    return (last or 0) + 1


def news(db: Session, items: Collection[Item]) -> Mapping[UUID, list[News]]:
    """{item: the follow-up, newest first}."""
    rows = db.exec(
        select(News)
        .where(col(News.item_id).in_([item.id for item in items]))
        .order_by(col(News.happened_on).desc(), col(News.id).desc())
    )
    found: dict[UUID, list[News]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def reviews(db: Session, convention: Convention) -> Mapping[int, Review]:
    """{months: the review that was held}."""
    rows = db.exec(select(Review).where(Review.convention_id == convention.id).order_by(col(Review.months)))
    return {review.months: review for review in rows}


# -- departments ---------------------------------------------------------------------------------------------------


def departments(db: Session, convention: Convention) -> Sequence[Department]:
    return db.exec(
        select(Department).where(Department.convention_id == convention.id).order_by(col(Department.name))
    ).all()


def names_of_others(db: Session, convention: Convention, department: Department) -> list[str]:
    return [one.name for one in departments(db, convention) if one.id != department.id]


def attachment(db: Session, convention: Convention, person_id: UUID) -> Attachment | None:
    return db.exec(
        select(Attachment).where(Attachment.convention_id == convention.id, Attachment.person_id == person_id)
    ).first()


def attachments(db: Session, convention: Convention) -> Mapping[UUID, UUID]:
    """{official: her department}."""
    rows = db.exec(select(Attachment).where(Attachment.convention_id == convention.id))
    return {row.person_id: row.department_id for row in rows}


def of_department(db: Session, department: Department) -> tuple[int, int]:
    """How many items it answers for, how many officials are attached to it."""
    of_items = select(sa.func.count()).select_from(Item).where(Item.department_id == department.id)
    of_people = select(sa.func.count()).select_from(Attachment).where(Attachment.department_id == department.id)
    return db.exec(of_items).one(), db.exec(of_people).one()


# -- what members think --------------------------------------------------------------------------------------------


def locked_rating(db: Session, answer: Answer) -> tuple[RatingRoll, RatingBox]:
    """The roll and the box of an answer, held until the transaction ends."""
    db.exec(select(Answer.id).where(Answer.id == answer.id).with_for_update()).one()
    fresh = {"populate_existing": True}
    roll = db.exec(select(RatingRoll).where(RatingRoll.answer_id == answer.id).execution_options(**fresh)).first()
    box = db.exec(select(RatingBox).where(RatingBox.answer_id == answer.id).execution_options(**fresh)).first()
    return roll or RatingRoll(answer_id=answer.id), box or RatingBox(answer_id=answer.id)


def roll(db: Session, answer: Answer) -> bytes:
    """Who has rated, as a run of bytes."""
    found = db.exec(select(col(RatingRoll.rated)).where(RatingRoll.answer_id == answer.id)).first()
    return found or b""


def marks(db: Session, convention: Convention) -> Mapping[UUID, bytes]:
    """{answer: the marks given}."""
    rows = db.exec(
        select(RatingBox)
        .join(Answer, col(Answer.id) == col(RatingBox.answer_id))
        .where(Answer.convention_id == convention.id)
    )
    return {box.answer_id: box.marks for box in rows}


def marks_of(db: Session, answer: Answer) -> bytes:
    found = db.exec(select(col(RatingBox.marks)).where(RatingBox.answer_id == answer.id)).first()
    return found or b""


def rolls(db: Session) -> Sequence[tuple[RatingRoll, Answer, Convention]]:
    """The rolls that still hold somebody, in all conventions."""
    rows = db.exec(
        select(RatingRoll, Answer, Convention)
        .join(Answer, col(Answer.id) == col(RatingRoll.answer_id))
        .join(Convention, col(Convention.id) == col(Answer.convention_id))
        .where(RatingRoll.rated != b"")
    )
    return [(roll, answer, convention) for roll, answer, convention in rows]


def comments(db: Session, answer: Answer) -> Sequence[tuple[Comment, Person]]:
    """The comments and who wrote them, in the order of their random identifiers: not that of their writing."""
    rows = db.exec(
        select(Comment, Person)
        .join(Person, col(Person.id) == col(Comment.author_id))
        .where(Comment.answer_id == answer.id)
        .order_by(col(Comment.id))
    )
    return [(comment, person) for comment, person in rows]


def comment_of(db: Session, answer: Answer, author_id: UUID) -> Comment | None:
    return db.exec(select(Comment).where(Comment.answer_id == answer.id, Comment.author_id == author_id)).first()


def contests(db: Session, items: Collection[Item]) -> Sequence[Contest]:
    """What was contested in these items, oldest first."""
    return db.exec(
        select(Contest)
        .where(col(Contest.item_id).in_([item.id for item in items]))
        .order_by(col(Contest.at), col(Contest.id))
    ).all()


def latest_contests(db: Session, convention: Convention, many: int) -> Sequence[tuple[Contest, Answer]]:
    """The contests that were made or replied to last, newest first: for a feed."""
    rows = db.exec(
        select(Contest, Answer)
        .join(Item, col(Item.id) == col(Contest.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Answer.convention_id == convention.id)
        .order_by(sa.func.coalesce(col(Contest.replied_at), col(Contest.at)).desc(), col(Contest.id))
        .limit(many)
    )
    return [(contest, answer) for contest, answer in rows]


def contest(db: Session, convention: Convention, id: UUID) -> Contest | None:
    return db.exec(
        select(Contest)
        .join(Item, col(Item.id) == col(Contest.item_id))
        .where(Contest.id == id, Item.convention_id == convention.id)
    ).first()


def author(db: Session, contested: Contest) -> Person | None:
    return db.get(Person, contested.author_id)


def unanswered_contests(db: Session, convention: Convention) -> Sequence[tuple[Contest, Item, Answer]]:
    """Contests that wait for a reply, oldest first."""
    rows = db.exec(
        select(Contest, Item, Answer)
        .join(Item, col(Item.id) == col(Contest.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Item.convention_id == convention.id, col(Contest.replied_at).is_(None))
        .order_by(col(Contest.at))
    )
    return [(contest, item, answer) for contest, item, answer in rows]


def _facts(
    subject: Subject, answer: Answer, title: str, text: str, author_id: UUID, *, rewritable: bool = False
) -> Facts:  # fmt: skip
    return Facts(
        subject=subject,
        title=title.format(n=answer.number),
        texts=((_("Texte"), text),),
        address=f"/reponses/{answer.number}",
        author_ids=(author_id,),
        current=(subject,),
        rewritable=rewritable,
    )


def comment_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of a comment on an answer."""
    row = db.exec(
        select(Comment, Answer)
        .join(Answer, col(Answer.id) == col(Comment.answer_id))
        .where(Comment.id == id, Answer.convention_id == convention.id)
    ).first()
    if row is None:
        return None
    comment, answer = row
    title = _("Commentaire de la réponse n° {n}")
    return _facts(comment.subject, answer, title, comment.text, comment.author_id, rewritable=True)


def contest_facts(db: Session, convention: Convention, id: UUID) -> Facts | None:
    """What moderation may know of an answer that is contested."""
    row = db.exec(
        select(Contest, Answer)
        .join(Item, col(Item.id) == col(Contest.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Contest.id == id, Answer.convention_id == convention.id)
    ).first()
    if row is None:
        return None
    contest, answer = row
    title = _("Contestation de la réponse n° {n}")
    return _facts(contest.subject, answer, title, contest.text, contest.author_id)


# -- passing things ------------------------------------------------------------------------------------------------


def an_import(db: Session, convention: Convention, id: UUID, by: UUID) -> Import | None:
    """A spreadsheet waiting to be looked at, by whoever sent it."""
    return db.exec(
        select(Import).where(Import.id == id, Import.convention_id == convention.id, Import.by == by)
    ).first()


def imports_before(db: Session, at: object) -> Sequence[Import]:
    return db.exec(select(Import).where(col(Import.read_at) < at)).all()


def reminded(db: Session, convention: Convention) -> set[tuple[UUID, object, int]]:
    """(person, promised date, days) of the reminders that have been written."""
    rows = db.exec(select(Reminder).where(Reminder.convention_id == convention.id))
    return {(row.person_id, row.due, row.days) for row in rows}


def reachable(db: Session, convention_id: UUID, kinds: Iterable[RoleKind]) -> Sequence[Person]:
    """Those who hold one of these roles and have an address, each once."""
    return db.exec(
        select(Person)
        .where(
            col(Person.email).is_not(None),
            sa.exists().where(
                col(Role.person_id) == col(Person.id),
                col(Role.convention_id) == convention_id,
                col(Role.kind).in_(list(kinds)),
                col(Role.ended_at).is_(None),
            ),
        )
        .order_by(col(Person.name), col(Person.id))
    ).all()


def officials(db: Session, convention_id: UUID) -> Sequence[Person]:
    return reachable(db, convention_id, (RoleKind.OFFICIAL,))


def readers_of_contests(db: Session, convention: Convention, item: Item) -> Sequence[Person]:
    """The officials who answer for this item, and the guarantors, each once."""
    attached = attachments(db, convention)
    everyone = officials(db, convention.id)
    answering = [one for one in everyone if attached.get(one.id, item.department_id) == item.department_id]
    guarantors = reachable(db, convention.id, (RoleKind.GUARANTOR,))
    return list({person.id: person for person in (*(answering or everyone), *guarantors)}.values())


def departments_of(db: Session, convention_id: UUID) -> Sequence[Department]:
    return db.exec(select(Department).where(Department.convention_id == convention_id)).all()


def department(db: Session, convention: Convention, id: UUID) -> Department | None:
    return db.exec(select(Department).where(Department.convention_id == convention.id, Department.id == id)).first()


def about(db: Session, convention: Convention, person: Person, secret: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person said of the answers, or did to them, for herself. Her marks are secret: nobody knows which."""
    comments = db.exec(
        select(Comment, Answer.number)
        .join(Answer, col(Answer.id) == col(Comment.answer_id))
        .where(Answer.convention_id == convention.id, Comment.author_id == person.id)
        .order_by(col(Answer.number))
    )
    contests_ = db.exec(
        select(Contest, Answer.number, Item.number)
        .join(Item, col(Item.id) == col(Contest.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Answer.convention_id == convention.id)
        .where(sa.or_(col(Contest.author_id) == person.id, col(Contest.replied_by) == person.id))
        .order_by(col(Contest.at))
    ).all()
    done = db.exec(
        select(Step, Answer.number, Item.number)
        .join(Item, col(Item.id) == col(Step.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Answer.convention_id == convention.id, Step.by == person.id)
        .order_by(col(Step.at), col(Step.id))
    )
    told = db.exec(
        select(News, Answer.number, Item.number)
        .join(Item, col(Item.id) == col(News.item_id))
        .join(Answer, col(Answer.id) == col(Item.answer_id))
        .where(Answer.convention_id == convention.id, News.by == person.id)
        .order_by(col(News.at))
    )
    held = db.exec(select(Review).where(Review.convention_id == convention.id, Review.by == person.id))
    where, what, when, text = _("Recommandation"), _("Acte"), _("Quand"), _("Texte")
    return [
        (
            _("Vos commentaires sur les réponses"),
            [
                {where: number, when: one.written_on, text: one.text, _("Signé"): _("oui") if one.signed else _("non")}
                for one, number in comments
            ],
        ),
        (
            _("Vos contestations"),
            [
                {where: f"{number}.{point}", when: one.at, text: one.text}
                for one, number, point in contests_
                if one.author_id == person.id
            ],
        ),
        (
            _("Ce que vous avez fait aux réponses de la collectivité"),
            [
                *({where: f"{n}.{p}", what: one.act.label, when: one.at, text: one.note} for one, n, p in done),
                *({where: f"{n}.{p}", what: one.progress.label, when: one.at, text: one.text} for one, n, p in told),
                *(
                    {where: f"{n}.{p}", what: _("Réponse à une contestation"), when: one.replied_at, text: one.reply}
                    for one, n, p in contests_
                    if one.replied_by == person.id
                ),
                *({where: "", what: _("Bilan"), when: one.at, text: one.text} for one in held),
            ],
        ),
    ]


def numbered(db: Session, items: Collection[Item]) -> Mapping[UUID, tuple[Item, int]]:
    """{item: it, and the number of its recommendation}."""
    numbers = dict(
        db.exec(
            select(col(Answer.id), col(Answer.number)).where(col(Answer.id).in_({item.answer_id for item in items}))
        ).all()
    )
    return {item.id: (item, numbers[item.answer_id]) for item in items}

"""The demo's answers: those to the first edition, judged by the members since; those to the second, just begun."""

import datetime as dt

from convention.conventions.models import Convention
from convention.demo import facts
from convention.demo.trust import People
from convention.kit import clock
from convention.kit.db import Session
from convention.responses import actions, queries
from convention.responses.forms import AnswerForm, CommentForm, ContestForm, NewsForm, PointForm
from convention.responses.models import Act, Answer, Decision, Department, Item, Progress


def give(db: Session, convention: Convention, who: People, number: int, service: str, form: AnswerForm) -> None:
    """One answer, written by Hélène, checked by Benoît, agreed and published."""
    hélène = who["Hélène"]
    answer, item = of(db, convention, number)
    point = PointForm(
        title=item.title,
        paragraphs=tuple(item.paragraphs),
        department=_department(db, convention, who, service).id,
        referent="Mme Roux",
    )
    actions.assign(db, item, point, by=hélène)
    actions.write(db, item, form, by=hélène, act=Act.WRITTEN)
    actions.ask_check(db, item, by=hélène)
    actions.check(db, item, by=who["Benoît"])
    actions.sign(db, item, by=hélène)
    actions.publish(db, answer, item, due=convention.answer_due, by=hélène)


def _department(db: Session, convention: Convention, who: People, name: str) -> Department:
    known = {one.name: one for one in queries.departments(db, convention)}
    return known.get(name) or actions.add_department(db, convention, name, by=who["Hélène"])


def of(db: Session, convention: Convention, number: int) -> tuple[Answer, Item]:
    """The answer to this recommendation and its only point."""
    answer = queries.answer(db, convention, number)
    assert answer is not None, "its edition is published"
    (item,) = queries.items_of(db, answer)
    return answer, item


def stage(db: Session, convention: Convention, who: People) -> None:
    """The first answers to the first edition."""
    for number, decision, text, budget in facts.STAGE_ANSWERS:
        given = AnswerForm(decision=Decision(decision), text=text, budget=budget)
        give(db, convention, who, number, "Santé", given)


def stage_again(db: Session, convention: Convention, who: People) -> None:
    """A later one."""
    text, adds, evidence = facts.STAGE_LATER
    given = AnswerForm(decision=Decision.UNDER_WAY, text=text, adds=adds, evidence=evidence)
    give(db, convention, who, facts.STAGE_RATED_NOW, "Santé", given)


def tell(db: Session, convention: Convention, who: People) -> None:
    """What became of one of them; of the other, nothing was said."""
    _answer, item = of(db, convention, facts.STAGE_TOLD)
    day = clock.local(clock.now()).date()
    news = NewsForm(progress=Progress.STUDIES, happened_on=day, text=facts.STAGE_NEWS[0], evidence=facts.STAGE_NEWS[1])
    actions.give_news(db, item, news, by=who["Hélène"])


def judge(db: Session, convention: Convention, who: People, number: int) -> None:
    """Members put their marks in the box, and some say why."""
    answer, _item = of(db, convention, number)
    # Nadia and Omar, whose codes are given, are left to try.
    for name, mark in zip(facts.MEMBERS[2:], facts.MARKS[number], strict=False):
        actions.rate(db, answer, who[name], mark, due=convention.answer_due)
    for name, words, signed in facts.COMMENTS.get(number, ()):
        actions.comment(db, convention, answer, who[name], CommentForm(text=words, signed=signed))


def contest(db: Session, convention: Convention, who: People, site: str) -> None:
    """Omar does not accept one of them."""
    number, words, _reply = facts.CONTESTED
    answer, item = of(db, convention, number)
    page = f"{site}/reponses/{number}"
    actions.contest(db, convention, answer, item, who["Omar"], ContestForm(text=words), page=page)


def reply(db: Session, convention: Convention, who: People, site: str) -> None:
    number, _words, words = facts.CONTESTED
    _answer, item = of(db, convention, number)
    (contested,) = queries.contests(db, [item])
    page = f"{site}/reponses/{number}"
    actions.reply(db, convention, contested, item, words, by=who["Hélène"], page=page)


def begin(db: Session, convention: Convention, who: People) -> None:
    """The first answers to the second edition; the others are awaited."""
    in_three_months = clock.local(clock.now()).date() + dt.timedelta(days=91)
    for given in facts.proposals()["reponses_collectivite"]:
        number = given["proposition"]
        if queries.answer(db, convention, number) is None or given["decision"] not in facts.ANSWERED:
            continue
        decision = Decision(facts.ANSWERED[given["decision"]])
        form = AnswerForm(
            decision=decision,
            text=given["reponse"].replace("'", "’"),
            budget=given.get("budget") or "",
            addressee=" et ".join(given.get("transmis_a", ())),
            deadline=in_three_months if decision == Decision.STUDIED else None,
        )
        give(db, convention, who, number, given["service"], form)

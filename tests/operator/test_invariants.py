"""Every table is known to the checker, and what is broken on purpose is said."""

import datetime as dt
import inspect
import itertools

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from convention import app, checker, invariants
from convention.care import actions as care
from convention.care.forms import SheetForm
from convention.care.models import CareSheet
from convention.journal import queries as journal
from convention.kit import clock
from convention.moderation.models import Appeal, Case, Decision, Hidden
from convention.people.models import Person, RecoveryCode
from tests.moderation import scene


def tables():
    assert app.SLICES
    return {
        (mapper.class_.__name__, mapper.class_.__tablename__)
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__.startswith("convention.")
    }


def test_every_table_has_an_invariant_or_a_reason_to_have_none():
    # Named in a check: being imported is not being looked at.
    body = "".join(inspect.getsource(one).split("\ndef ", 1)[1] for one in (checker, journal, invariants))
    body = body.split("EXEMPT: Mapping")[0]
    unknown = {
        table for name, table in tables() if f"({name}" not in body and f"{name}." not in body
        and f"{name}," not in body and table not in invariants.EXEMPT
    }  # fmt: skip
    assert unknown == set()
    assert set(invariants.EXEMPT) <= {table for _name, table in tables()}


def troubles(world):
    with world.reading() as db:
        return " ".join(checker.look(db, world.settings.folder).troubles)


def told(world):
    """A decision that hides, contested and confirmed; a sheet; somebody gone."""
    scene.set_up(world)
    adama = world.administrator("Adama")
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, world.facilitator(), "hidden")
    lina = world.browser(world.people["Lina"])
    page = lina.open(scene.decision(world, world.guarantor()).address)
    page.press("Contester la décision", words="Ce n’est pas une insulte, c’est une image un peu vive.")
    answer = world.browser(adama).open(page.address)
    answer.press("Envoyer la réponse", outcome="confirmed", statement=scene.WHY)
    with world.writing() as db:
        care.fill(db, world.convention, world.member("Nadia"), SheetForm(diet="Sans arachide"), world.settings.secret)


BROKEN = {
    "n’a pas sa règle": sa.update(Decision).values(rule=None),
    "n’est pas ce qu’elle dit": sa.delete(Hidden),
    "elle masque encore": sa.update(Decision).values(lifted_at=clock.now()),
    "est incomplète": sa.update(Appeal).values(answered_at=None),
    "1 signalement n’a pas de décision et n’est pas dans la file": sa.text(
        "UPDATE moderation_flag SET decision_id = NULL"
    ),
    "1 a encore une adresse": sa.update(Person).where(Person.email == "lina@exemple.fr").values(erased_at=clock.now()),
    "1 a encore un rôle": sa.update(Person).where(Person.email == "lina@exemple.fr").values(erased_at=clock.now()),
    "care_sheet": sa.update(Person).where(Person.name == "Nadia").values(erased_at=clock.now()),
    "1 devait être effacée": sa.update(CareSheet).values(kept_until=dt.date(2023, 1, 1)),
}


@pytest.mark.parametrize("sentence", BROKEN)
def test_what_is_broken_is_said(world, sentence):
    told(world)
    assert troubles(world) == ""
    with world.writing() as db:
        db.execute(BROKEN[sentence])
    assert sentence in troubles(world)


def test_what_is_written_meanwhile_disturbs_no_check(world):
    # Given somebody who writes between any two questions of the checker
    world.facilitator()
    arrived = itertools.count()

    def meanwhile(*_):
        world.member(f"Membre {next(arrived)}")

    with world.reading() as db:
        sa.event.listen(db.connection(), "after_cursor_execute", meanwhile)
        # Then the data still agree: the journal that was counted is the one that was read
        assert checker.look(db, world.settings.folder).troubles == []
    assert next(arrived) > 10


def test_who_decided_did_not_answer_the_appeal(world):
    told(world)
    with world.writing() as db:
        decided = db.exec(select(Decision)).one()
        db.execute(sa.update(Appeal).values(answered_by=decided.decided_by))
    assert "qui avait décidé a répondu" in troubles(world)


def test_recovery_codes_without_a_second_factor_are_said(world):
    nadia = world.member("Nadia")
    assert Case.__tablename__
    with world.writing() as db:
        db.add(RecoveryCode(person_id=nadia.id, convention_id=world.convention.id, code_hash="x" * 64))
    assert "1 code de secours n’ouvre derrière aucun" in troubles(world)

"""C12: what is kept about me, and how it is erased; A3: what the worker erases, proven by counts."""

import json
import traceback
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from convention import app, worker
from convention.care import queries as care_queries
from convention.conventions import actions as conventions
from convention.drafts import actions as drafts
from convention.drafts.models import Draft
from convention.guarantors import actions as guarantors
from convention.guarantors.forms import RemarkForm
from convention.journal.models import JournalLine
from convention.kit import clock
from convention.kit import db as db_kit
from convention.kit.mail import OutgoingMail
from convention.people import actions, queries, retention
from convention.people.models import (
    LetterCode,
    Person,
    RetentionRun,
    Role,
    RoleKind,
    SignIn,
)
from tests.paper.test_paper import close as close_paper
from tests.paper.test_paper import entries, expected, key, mark
from tests.voting.polls import MOTION, a_poll, close
from tests.voting.test_open_call import a_call, say
from tests.world import a_convention, plain


def nadia_of(world):
    """Nadia, with something in each slice."""
    nadia = world.person("Nadia Benali", RoleKind.MEMBER, email="nadia@exemple.fr")
    world.browser(nadia).open("/moi").press("Enregistrer", reach="phone", phone="06 11 22 33 44")
    world.browser(nadia).open("/moi/accueil").press("Enregistrer ma fiche", diet="Sans arachides")
    with world.writing() as db:
        actions.new_code(db, world.convention, nadia, world.settings.secret)
        drafts.save(db, nadia, world.convention, "proposition-nouvelle", {"title": "Des lampes qui parlent"})
    return nadia


def kept_of(world, nadia):
    with world.reading() as db:
        return db.get(Person, nadia.id)


def test_she_reads_all_that_is_kept_about_her(world):
    nadia = nadia_of(world)
    page = world.browser(nadia).open("/moi").follow("Mes données")
    for words in ("Nadia Benali", "nadia@exemple.fr", "06 11 22 33 44", "Sans arachides", "Des lampes qui parlent"):
        assert page.has(words), words

    # And the same for another program
    response = world.browser(nadia).client.get("/moi/donnees.json")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert "mes-donnees.json" in response.headers["content-disposition"]
    read = json.loads(response.text)
    assert {"Votre compte", "Votre fiche d’accueil", "Vos brouillons"} <= {one["titre"] for one in read["donnees"]}
    for title in (one["titre"] for one in read["donnees"]):
        assert page.has(title)


def test_nobody_else_s_data_are_there(world):
    nadia_of(world)
    omar = world.member("Omar")
    text = world.browser(omar).client.get("/moi/donnees.json").text
    for words in ("Nadia", "nadia@", "arachides", "lampes"):
        assert words not in text


def test_no_secret_is_shown(world):
    nadia = nadia_of(world)
    text = world.browser(nadia).client.get("/moi/donnees.json").text
    with world.reading() as db:
        secrets = [one.token_hash for one in db.exec(select(SignIn))]
        secrets += [one.code_hash for one in db.exec(select(LetterCode))]
        secrets += [sheet.sealed for _person, sheet in care_queries.sheets(db, world.convention.id)]
    assert not [one for one in secrets if one in text]


def test_the_rules_are_shown_before_the_first_use(world):
    page = world.browser().open("/entrer").follow("ce qui reste si vous partez")
    assert page.title == "Ce que nous gardons, et jusqu’à quand"
    for rule in retention.LEAVING:
        assert page.has(str(rule))
    assert world.browser().open("/vos-donnees").follow("ce qui reste si vous partez").title == page.title


def test_she_leaves_and_what_she_gave_stays(world):
    # Given Nadia, who has been told what stays
    nadia = nadia_of(world)
    browser = world.browser(nadia)
    page = browser.open("/moi/effacer")
    for rule in retention.LEAVING:
        assert page.has(str(rule))

    # When she forgets to say that she has read it, nothing happens
    page = page.press("Effacer mes données et sortir")
    assert page.status == 422
    assert kept_of(world, nadia).name == "Nadia Benali"

    # When she says so
    page = page.press("Effacer mes données et sortir", lu="oui")
    assert page.has("Vos données sont effacées")

    # Then nothing personal is left of her anywhere in the database, but the mail that tells her
    assert browser.open("/moi").address.startswith("/entrer")
    left = kept_of(world, nadia)
    assert (left.name, left.email, left.phone, left.password_hash, left.reach) == ("membre", None, "", "", None)
    with world.reading() as db:
        assert queries.roles(db, world.convention.id, nadia.id) == frozenset()
        assert db.exec(select(Draft)).all() == []
        assert care_queries.sheet(db, world.convention.id, nadia.id) is None
        assert [one.title for one in db.exec(select(OutgoingMail))] == ["Vos données sont effacées"]
    worker.once(world.database, world.settings)
    everything = dump(world)
    for words in ("Nadia", "Benali", "nadia@", "06 11 22", "arachides", "lampes"):
        assert words not in everything, words


def dump(world):
    with world.database.engine.connect() as connection:
        return "\n".join(
            repr(row) for table in SQLModel.metadata.sorted_tables for row in connection.execute(table.select())
        )


def resource_of_demo(name):
    return (Path(app.__file__).parent / "demo" / "data" / "textes" / name).read_text()


def octets_of(world):
    """All that the database keeps of these tables on the disk: live rows, dead ones, and the embedded one's log."""
    if world.dialect == "sqlite":
        database = Path(str(world.database.engine.url.database))
        return b"".join(one.read_bytes() for one in database.parent.glob(f"{database.name}*"))
    with world.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("CHECKPOINT"))
        asked = sa.text("""
            SELECT pg_read_binary_file(pg_relation_filepath(each.oid)) FROM pg_class AS named
            LEFT JOIN pg_index ON indrelid = named.oid
            JOIN pg_class AS each ON each.oid IN (named.oid, indexrelid, named.reltoastrelid)
            WHERE named.relname IN ('person', 'outgoing_mail', 'draft', 'remark') AND named.relkind = 'r'
        """)
        return b"".join(connection.execute(asked).scalars())


def test_what_the_database_still_holds_of_her_name_is_swept(world, monkeypatch):
    # Given Nadia Benali, who has left: her row says « membre », what was written before it is still on the disk
    nadia = nadia_of(world)
    swept = []
    sweep = type(world.database).sweep
    monkeypatch.setattr(
        type(world.database), "sweep", lambda self, *tables: (swept.append(tables), sweep(self, *tables))
    )  # fmt: skip
    worker.once(world.database, world.settings)
    assert swept == []
    world.browser(nadia).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")

    for words in ("Nadia Benali", "Des lampes qui parlent"):
        assert words.encode() in octets_of(world), words

    # When the worker has passed
    worker.once(world.database, world.settings)

    # Then neither the tables nor what the database keeps beside them hold her name, her address, her telephone
    assert [Person in tables for tables in swept] == [True]
    octets = octets_of(world)
    for words in ("Nadia Benali", "nadia@exemple.fr", "06 11 22 33 44", "Des lampes qui parlent"):
        assert words.encode() not in octets, words

    # and the day after nothing is left to do
    with world.later(days=1):
        worker.once(world.database, world.settings)
    assert len(swept) == 1


def test_the_sweep_does_not_stand_behind_a_backup(world, monkeypatch):
    # Given a backup that is being made, and Nadia who leaves meanwhile
    monkeypatch.setattr(db_kit, "TRIES", 1)
    nadia = nadia_of(world)
    with world.reading() as backup:
        assert len(backup.exec(select(Person)).all()) == 1
        world.browser(nadia).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")
        # When the worker passes, Then it gives up this time, and pages are not kept waiting behind it
        worker.once(world.database, world.settings)
        assert world.browser().open("/").status == 200
        assert len(backup.exec(select(Person)).all()) == 1

    # When it passes again, Then nothing is left of her
    worker.once(world.database, world.settings)
    assert b"Nadia Benali" not in octets_of(world)


def test_the_journal_says_it_with_a_number(world):
    nadia = nadia_of(world)
    world.browser(nadia).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")
    with world.reading() as db:
        line = next(one for one in db.exec(select(JournalLine)) if one.kind == "people.PersonErased")
    assert json.loads(line.facts) == {
        "convention_id": str(world.convention.id),
        "person_id": str(nadia.id),
        "by": str(nadia.id),
    }


def test_an_administrator_does_it_for_whoever_phones(world):
    nadia = nadia_of(world)
    page = world.browser(world.administrator("Adama")).open(f"/administration/personnes/{nadia.id}")
    assert page.press("Effacer ses données").status == 403
    page = page.press("Effacer ses données", lu="oui")
    assert page.has("Ces données sont effacées")
    assert kept_of(world, nadia).name == "membre"
    assert not page.has("Nadia")


def test_the_only_administrator_names_another_one_first(world):
    adama = world.administrator("Adama")
    page = world.browser(adama).open("/moi/effacer")
    assert page.has("Vous êtes seul·e à l’administration")
    assert world.browser(adama).post("/moi/effacer", {"lu": "oui"}).status == 403


def test_the_team_leaves_under_another_word(world):
    claire = world.facilitator("Claire")
    world.browser(claire).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")
    assert kept_of(world, claire).name == "une personne de l’équipe"


def test_who_is_elsewhere_too_asks_herself(world):
    nadia = nadia_of(world)
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
        actions.give_role(db, other, nadia, RoleKind.MEMBER)
    page = world.browser(world.administrator()).post(f"/administration/personnes/{nadia.id}/effacer", {"lu": "oui"})
    assert page.status == 403 and page.has("elle doit le demander elle-même")
    world.browser(nadia).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")
    with world.reading() as db:
        lines = [one for one in db.exec(select(JournalLine)) if one.kind == "people.PersonErased"]
        assert {one.convention_id for one in lines} == {world.convention.id, other.id}


# -- what is kept, and for how long -----------------------------------------------------------------------------------


def test_every_job_of_the_table_is_a_job_of_the_worker(world):
    known = {job.name for job in worker.jobs(world.settings)}
    assert {rule.job for rule in retention.TABLE if rule.job} <= known


def test_the_text_of_the_demonstration_promises_what_is_done():
    # What a convention writes of its own on « Vos données » leads to the table: the two must not say otherwise
    text = resource_of_demo("donnees.md")
    rows = {row.split("|")[1].strip(): row.split("|")[3].strip() for row in text.splitlines() if row.startswith("| ")}
    done = " ".join(str(rule.until) for rule in retention.TABLE)
    assert "un an après la fin de votre dernier rôle" in done and "la fin de la convention" not in done
    assert rows["Nom affiché, rôles"].endswith("un an après la fin de votre dernier rôle")
    assert rows["Adresse e-mail, téléphone, si vous les donnez"].endswith("un an après la fin de votre dernier rôle")
    assert rows["Liste des votants de chaque vote"].startswith("gardée")
    assert "la fin de la convention" not in text


def test_the_table_is_public(world):
    page = world.browser().open("/vos-donnees/durees")
    for rule in retention.TABLE:
        assert page.has(str(rule.what)) and page.has(str(rule.until))


def runs(world, job=retention.PEOPLE):
    with world.reading() as db:
        return [one.erased for one in db.exec(select(RetentionRun).where(RetentionRun.job == job))]


def test_the_worker_erases_and_says_how_many(world):
    # Given Nadia's phone, closed, and her letter, replaced
    nadia = world.member("Nadia")
    browser = world.browser(nadia)
    browser.open("/moi").press("Sortir")
    with world.writing() as db:
        for _twice in range(2):
            actions.new_code(db, world.convention, nadia, world.settings.secret)

    # When a month and a day have gone by
    worker.once(world.database, world.settings)
    assert runs(world) == [0]
    with world.later(days=31):
        worker.once(world.database, world.settings)
        worker.once(world.database, world.settings)

    # Then both are gone, the other letter is not, and the runs say how many
    with world.reading() as db:
        assert db.exec(select(SignIn)).all() == []
        assert len(db.exec(select(LetterCode)).all()) == 1
    assert runs(world) == [0, 2]

    # And guarantors read it, without any name
    page = world.browser(world.guarantor()).open("/garants/donnees")
    row = next(one for one in page.all("#effacements tbody tr") if "appareils" in one.text_content())
    assert plain(row.text_content()).endswith("2")
    assert not page.has("Nadia")


def test_other_jobs_say_how_many_too(world):
    world.browser(world.member("Nadia")).open("/moi").press("Enregistrer", reach="post")
    worker.once(world.database, world.settings)
    assert runs(world, "keys") == []
    with world.later(days=3):
        worker.once(world.database, world.settings)
    assert runs(world, "keys") == [1]


def test_who_has_held_no_role_for_a_year_is_erased(world):
    nadia, omar, adama = world.member("Nadia"), world.member("Omar"), world.administrator()
    with world.writing() as db:
        actions.set_roles(db, world.convention, nadia, (), by=adama)
    with world.later(days=364):
        worker.once(world.database, world.settings)
        assert kept_of(world, nadia).name == "Nadia"
    with world.later(days=366):
        worker.once(world.database, world.settings)
        worker.once(world.database, world.settings)
    assert kept_of(world, nadia).name == "membre"
    assert kept_of(world, omar).name == "Omar"
    with world.reading() as db:
        lines = [one for one in db.exec(select(JournalLine)) if one.kind == "people.PersonErased"]
        assert len(lines) == 1


def test_who_never_received_the_role_asked_for_her_is_erased(world):
    # Given two people whom Adama registered as guarantors: Bertille refuses one, and forgets the other
    adama = world.administrator()
    bertille = world.person("Bertille", RoleKind.ADMINISTRATOR)
    for name in ("Yann Demandé", "Zoé Oubliée"):
        page = world.browser(adama).open("/administration/personnes")
        page.press("Inscrire", name=name, email=f"{name[0]}@exemple.fr", roles=["guarantor"])
    world.browser(bertille).open("/administration/personnes").press("Refuser ce rôle")

    # When six days have passed, Then both are there; when eight have, neither is, whom no register shows
    for days, left in ((6, 2), (8, 0)):
        with world.later(days=days):
            worker.once(world.database, world.settings)
        with world.reading() as db:
            assert len(db.exec(select(Person).where(Person.email.in_(["y@exemple.fr", "z@exemple.fr"]))).all()) == left
    # and those who hold a role stay
    with world.reading() as db:
        assert {one.name for one in db.exec(select(Person))} == {"Adama", "Bertille", "membre"}


def test_who_was_named_in_time_stays(world):
    adama = world.administrator()
    bertille = world.person("Bertille", RoleKind.ADMINISTRATOR)
    page = world.browser(adama).open("/administration/personnes")
    page.press("Inscrire", name="Solange", email="s@exemple.fr", roles=["guarantor"])
    world.browser(bertille).open("/administration/personnes").press("Confirmer ce rôle")
    with world.later(days=30):
        worker.once(world.database, world.settings)
    with world.reading() as db:
        assert {one.name for one in db.exec(select(Person))} == {"Adama", "Bertille", "Solange"}


def test_an_address_is_read_on_the_record(world):
    # Given Adama, who must call Nadia
    nadia = nadia_of(world)
    adama = world.browser(world.administrator("Adama"))
    page = adama.open(f"/administration/personnes/{nadia.id}")
    assert not page.has("nadia@exemple.fr") and not page.has("06 11 22 33 44")

    # When she asks for her number
    page = page.press("Voir ses coordonnées")
    assert page.has("06 11 22 33 44")
    assert page.response.headers["cache-control"] == "no-store"

    # Then Nadia sees that she did, and guarantors too
    assert world.browser(nadia).open("/moi/donnees").has("coordonnées")
    page = world.browser(world.guarantor()).open("/garants/donnees")
    assert page.has("Adama") and page.has("Joindre la personne") and not page.has("06 11 22 33 44")


def test_the_watch_asks_a_constant_number_of_queries(world):
    browser = world.browser(world.guarantor())
    adama = world.administrator("Adama")
    few = world.queries(lambda: browser.open("/garants/donnees"))
    for number in range(12):
        person = world.member(f"Membre {number}")
        world.browser(adama).post(f"/administration/personnes/{person.id}/coordonnees")
    assert world.queries(lambda: browser.open("/garants/donnees")) <= few + 1


# What becomes of each column that names a person, when she leaves. A new one must be given its fate here.
ERASED = {
    "opening_request.person_id", "role_request.person_id",
    "letter_code.person_id", "mail_link.person_id", "sign_in.person_id",
    "second_factor.person_id", "recovery_code.person_id", "care_sheet.person_id", "draft.person_id",
    "paragraph_hand.person_id", "author_invitation.person_id", "paper_entry.person_id",
    "hand_count.person_id",
}  # fmt: skip
NAMELESS = {
    # Her identifier stays, which leads to « membre »: her roles, and what was read of her or by her.
    "role.person_id", "opening_request.asked_by", "role_request.asked_by", "data_access.person_id", "data_access.by_id",
    "elector.person_id", "moderation_suspension.person_id", "moderation_concerned.person_id",
    # What she gave or decided.
    "proposal_author.person_id", "plain_text.written_by_id", "plain_text.approved_by_id",
    "paragraph_version.author_id", "card_version.author_id", "amendment.author_id", "amendment.typed_by_id",
    "argument.author_id", "argument_endorsement.person_id", "saying.imported_by",
    "recasting.by_id", "recasting.undone_by_id",
    "amendment.decided_by", "reservation.author_id", "reservation_signature.person_id", "review.author_id",
    "review.answered_by", "report_text.by", "edition.closing_asked_by",
    "moderation_flag.reporter_id", "moderation_decision.decided_by",
    "moderation_appeal.appealed_by", "moderation_appeal.answered_by", "remark_answer.by_id", "webhook.added_by",
    # Her drafts go; what she published stays.
    "remark.author_id",
    # What she said in a vote whose names are published, on purpose.
    "named_vote.person_id",
    # Who presided over it: said on its page.
    "poll.president_id",
}  # fmt: skip


def test_every_column_that_names_a_person_has_a_fate():
    assert app.ABOUT
    named = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "person.id"
    }
    # The answers' own slice keeps names of the city's people, by function: they are said on its pages.
    answers = {
        one for one in named if one.startswith(("answer", "department", "rating", "recommendation", "commitment"))
    }
    assert named - answers - ERASED - NAMELESS == set()
    assert (ERASED | NAMELESS) - named == set()


def test_a_roll_call_keeps_her_voice_without_her_name(world):
    # Given Nadia and Omar, who voted with their names; Nadia sees it in her data
    nadia, omar = nadia_of(world), world.member("Omar")
    poll = a_call(world)
    for name in (nadia.name, omar.name):
        say(world, name, poll, "pour")
    close(world, poll)
    assert world.browser(nadia).open("/moi/donnees").has("Votre réponse, publiée avec votre nom")

    # When she leaves
    world.browser(nadia).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")

    # Then page and file count two voices, and name one person
    page = world.browser(omar).open(f"/scrutins/{poll.number}")
    rows = [[cell.text_content() for cell in row.xpath("./*")] for row in page.all("#appel tbody tr")]
    assert sorted(rows) == [["Omar", "Pour"], ["membre", "Pour"]]
    file = world.browser().client.get(f"/scrutins/{poll.number}/appel.csv").text
    assert sorted(file.splitlines()[1:]) == ["Omar,Pour", "membre,Pour"]


def test_who_answered_the_guarantors_leaves_the_answer(world):
    # Given Solange's alert, which Claire answered
    with world.writing() as db:
        form = RemarkForm(kind="alert", title="Une fiche", text="La fiche des coûts manque encore.")
        remark = guarantors.begin(db, world.convention, db.merge(world.guarantor()), form)
        number = guarantors.publish(db, world.convention, remark, world.guarantor(), site="")
    claire = world.facilitator("Claire")
    page = world.browser(claire).open(f"/journal-des-garants/{number}")
    page.press("Publier la réponse", text="La fiche est complétée depuis hier.")
    assert world.browser(claire).open("/moi/donnees").has("La fiche est complétée depuis hier.")

    # When she leaves
    world.browser(claire).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")

    # Then her answer stays, signed by the team
    page = world.browser().open(f"/journal-des-garants/{number}")
    assert page.has("La fiche est complétée") and page.has("une personne de l’équipe") and not page.has("Claire")


def test_a_pile_she_was_keying_goes_with_her(world):
    # Given five ballots on paper, of which Claire has keyed her reading
    names = ("Amina", "Bruno", "Chloé", "Driss", "Elsa")
    for name in names:
        world.member(name)
    poll = a_poll(world, MOTION)
    expected(world, poll)
    mark(world, poll, *names)
    close_paper(world, poll)
    key(world, "Claire", poll, ["pour"] * 5, "Saisir une pile")
    claire = world.facilitator("Claire")
    assert world.browser(claire).open("/moi/donnees").has("Vos saisies de bulletins papier")
    assert entries(world) == 1

    # When she leaves, nothing of what she keyed stays
    world.browser(claire).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")
    assert entries(world) == 0


def test_the_log_says_no_personal_word(world):
    def twice():
        with world.writing() as db:
            for _number in range(2):
                db.add(Person(name="Nadia Benali", email="nadia@exemple.fr", created_at=clock.now()))

    with pytest.raises(sa.exc.IntegrityError) as broken:
        twice()
    written = "".join(traceback.format_exception(broken.value))
    assert "Nadia Benali" not in written.replace('name="Nadia Benali"', "")
    assert "nadia@exemple.fr" not in written.replace('email="nadia@exemple.fr"', "")


def test_roles_end_with_her(world):
    nadia = nadia_of(world)
    world.browser(nadia).open("/moi/effacer").press("Effacer mes données et sortir", lu="oui")
    with world.reading() as db:
        assert all(role.ended_at for role in db.exec(select(Role).where(Role.person_id == nadia.id)))

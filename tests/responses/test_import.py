"""Answers written in a spreadsheet: out, filled in, back; nothing is half-imported."""

import csv
import io
import zipfile

import pytest
import python_calamine
import xlsxwriter
from lxml import etree

from convention.responses import queries, sheets
from convention.responses.models import Decision
from tests.responses import scene
from tests.responses.scene import DESK, PLAIN, REFUSAL


def export(world, person, suffix="csv"):
    response = world.browser(person).client.get(f"{DESK}/export.{suffix}")
    assert response.status_code == 200
    return response.content


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def as_csv(rows, encoding="utf-8-sig", delimiter=";"):
    page = io.StringIO()
    writer = csv.DictWriter(page, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode(encoding)


def as_xlsx(rows):
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True})
    sheet = book.add_worksheet("Feuille1")
    for place, name in enumerate(rows[0]):
        sheet.write_string(0, place, name)
        for line, row in enumerate(rows, start=1):
            sheet.write_string(line, place, row[name])
    book.close()
    return whole.getvalue()


def send(world, person, content, name="reponses.csv"):
    page = world.browser(person).open(f"{DESK}/import")
    return page.press("Voir ce qui changerait", files={"file": (name, content, "application/octet-stream")})


@pytest.fixture
def scened(world):
    """Six recommendations; Rachid answers for four of them."""
    scene.a_report(world, tuple(f"Recommandation {n}" for n in range(1, 7)))
    roads, law = scene.department(world, "Mobilités"), scene.department(world, "Juridique")
    for number in range(1, 5):
        scene.assigned(world, number, roads)
    scene.assigned(world, 5, law)
    rachid = scene.official(world, "Rachid", of=roads)
    return world, rachid


def test_a_department_exports_its_points_and_fills_them(scened):
    # Given Rachid's export: his points, with the members' words and nothing in the columns of the answer
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    assert [row["recommandation"] for row in rows] == ["1", "2", "3", "4"]
    assert "Sans élus." in rows[0]["texte des membres"]
    assert {row["réponse"] for row in rows} == {""}

    # When he fills two, touches the members' words in one, and sends the file back from Excel
    rows[0].update({"décision": "Retenue", "réponse": PLAIN, "échéance": "31/12/2027"})
    rows[1].update({"décision": "non retenue", "motif": "droit", "réponse": REFUSAL, "titre": "Autre chose"})
    page = send(world, rachid, as_xlsx(rows), "reponses.xlsx")

    # Then he sees what would change, and nothing is written before he says so
    assert page.has("2 points à changer")
    assert not scene.sheet(world, 1).has(PLAIN)
    done = page.press("Enregistrer ces réponses")
    assert done.has("enregistrées en brouillon")
    with world.reading() as db:
        answer, item = scene.of_number(world, db, 2)
        assert item.decision == Decision.REFUSED
        assert answer.title == "Recommandation 2"
        _answer, first = scene.of_number(world, db, 1)
        assert first.deadline is not None
        assert first.state == "brouillon"


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ";"), ("cp1252", ";"), ("utf-8-sig", ","), ("utf-8", "\t")]
)
def test_text_of_any_spreadsheet_is_read(scened, encoding, delimiter):
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    rows[0].update({"décision": "À l’étude" if encoding != "cp1252" else "A l'etude", "réponse": PLAIN})
    rows[0]["échéance"] = "31/12/2099"
    page = send(world, rachid, as_csv(rows, encoding, delimiter))
    assert page.has("1 point à changer")


def test_ten_bad_rows_are_listed_and_nothing_is_imported(scened):
    # Given a file with one good row and ten bad ones
    world, rachid = scened
    with world.reading() as db:
        strangers = {number: scene.of_number(world, db, number)[1] for number in (5, 6)}
    rows = rows_of(export(world, rachid))
    good = {"décision": "Retenue", "réponse": PLAIN}
    first = {**rows[0], **good}
    bad = [
        {**rows[1], **good, "identifiant": "n’importe quoi"},
        {**rows[1], **good, "identifiant": "00000000-0000-0000-0000-000000000001"},
        {**rows[1], **good, "identifiant": str(strangers[5].id)},
        {**rows[1], **good, "identifiant": rows[0]["identifiant"]},
        {**rows[1], **good, "décision": "Peut-être"},
        {**rows[2], "décision": "Non retenue", "motif": "droit", "réponse": "Non, ce n’est pas possible du tout."},
        {**rows[3], **good, "échéance": "bientôt"},
        {**rows[1], **good, "identifiant": str(strangers[6].id)},
        {**rows[1], "identifiant": "", "réponse": PLAIN},
        {**rows[1], **good, "identifiant": rows[2]["identifiant"], "motif": "parce que"},
    ]
    page = send(world, rachid, as_csv([first, *bad]))

    # Then each is listed with its line, its column and the reason, and there is no button to import
    assert page.status == 200
    lines = [one.text_content() for one in page.all("#refus tbody th")]
    assert lines == [str(line) for line in range(3, 13)]
    for told in (
        "Cet identifiant n’est pas celui d’un point",
        "Ce point est attribué à une autre direction.",
        "Ce point est déjà à la ligne 2.",
        "« Peut-être » n’est pas dans la liste",
        "Expliquez ce refus en 200 caractères au moins",
        "Écrivez une date : jour, mois, année.",
    ):
        assert page.has(told), told
    assert not page.has("Enregistrer ces réponses")

    # And asking for it all the same imports nothing, not even the good row
    answer = world.browser(rachid).post(page.address.split("?")[0])
    assert answer.status == 422
    with world.reading() as db:
        assert {item.version for item in queries.items(db, world.convention) if item.text} == set()


def test_what_changed_meanwhile_is_shown_and_kept(scened):
    # Given an export, after which Hélène writes on one of its points
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    scene.sheet(world, 1).press(
        "Enregistrer le brouillon", decision="retenue", text="Écrit par Hélène entre-temps, ici."
    )
    for row in rows[:2]:
        row.update({"décision": "Retenue", "réponse": PLAIN})

    # When Rachid sends his file back
    page = send(world, rachid, as_csv(rows))

    # Then he sees what she wrote, and unless he says so it stays
    assert page.has("Modifiés entre-temps")
    assert page.has("Écrit par Hélène entre-temps, ici.")
    assert page.has("par Hélène")
    page = page.press("Enregistrer ces réponses")
    assert scene.sheet(world, 1).has("Écrit par Hélène entre-temps, ici.")
    assert scene.sheet(world, 2).has(PLAIN)
    # And is told which of his lines were left aside
    aside = page.one(".note.info")
    assert "restent comme d’autres les ont écrits" in aside.text_content()
    assert [one.text_content().split()[0] for one in aside.cssselect("a")] == ["1.1"]

    # And when he says so, his words replace hers; but not those she writes while he looks
    page = send(world, rachid, as_csv(rows))
    chosen = page.one("input[name='remplacer']").get("value")
    scene.sheet(world, 1).press("Enregistrer le brouillon", text="Hélène écrit encore, juste avant lui.")
    page.press("Enregistrer ces réponses", remplacer=chosen)
    assert scene.sheet(world, 1).has("Hélène écrit encore, juste avant lui.")
    page = send(world, rachid, as_csv(rows))
    page.press("Enregistrer ces réponses", remplacer=page.one("input[name='remplacer']").get("value"))
    page = scene.sheet(world, 1)
    assert page.has(PLAIN)
    assert "Rachid" in road(page)

    # And when she corrects them by hand, the sheet says that she wrote last
    assert "Hélène" in road(page.press("Enregistrer le brouillon", text="Hélène corrige ce que Rachid a importé."))


def test_a_damaged_version_is_said_to_be_one(scened):
    # Given a table in which the column « version » suffered: emptied, rounded up, replaced by words
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    for row, damaged in zip(rows, ("", "900 abc", "douze", None), strict=True):
        row.update({"décision": "Retenue", "réponse": f"{row['recommandation']}. {PLAIN}"})
        row["version"] = row["version"] if damaged is None else damaged

    # When Rachid sends it back, while nobody else has written
    page = send(world, rachid, as_csv(rows))

    # Then nobody is said to have written meanwhile: the cell is named, and the points stay unless he ticks them
    assert page.has("la cellule « version » n’est plus celle de l’export")
    assert not page.has("Modifiés entre-temps") and not page.has("une autre personne")
    assert len(page.all("#a-verifier li")) == 3
    chosen = page.all("input[name='remplacer']")[1].get("value")
    page = page.press("Enregistrer ces réponses", remplacer=chosen)
    assert not page.has("restent comme d’autres les ont écrits")
    aside = page.one(".note.info")
    assert "n’ont pas changé" in aside.text_content()
    assert [one.text_content().split()[0] for one in aside.cssselect("a")] == ["1.1", "3.1"]
    assert [scene.sheet(world, number).has(PLAIN) for number in (1, 2, 3, 4)] == [False, True, False, True]


@pytest.mark.parametrize("given", [{}, {"décision": "Peut-être"}])
def test_a_damaged_version_hides_no_fault_and_makes_none(scened, given):
    # A line that says nothing is left alone whatever its version; one that is wrong is refused, and blames nobody
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    rows[0].update({"version": "?", **given})
    page = send(world, rachid, as_csv(rows))
    assert bool(page.all("#refus")) is bool(given)
    assert not page.all("#gardes")


def road(page):
    return page.one(".flow [aria-current='step']").text_content()


def test_a_column_that_is_copied_down_is_noticed(scened):
    # Given two points answered by Hélène, and the same words pasted by Rachid on his four
    world, rachid = scened
    for number in (5, 6):
        scene.sheet(world, number).press("Enregistrer le brouillon", decision="retenue", text=PLAIN)
    rows = rows_of(export(world, rachid))
    for row in rows:
        row.update({"décision": "Retenue", "réponse": PLAIN})

    # Then he is told before anything is written, with his lines, and may go on
    page = send(world, rachid, as_csv(rows))
    assert page.has("La même réponse sur 6 points")
    assert page.has("lignes : 2, 3, 4, 5.")
    assert page.has("Enregistrer ces réponses")
    rows[0]["réponse"] = "Une réponse propre à ce point, qui dit quand et comment."
    assert not send(world, rachid, as_csv(rows)).has("La même réponse sur")

    # And a table that cannot be imported offers nothing to tick
    scene.sheet(world, 1).press(
        "Enregistrer le brouillon", decision="retenue", text="Écrit entre-temps par Hélène, ici."
    )
    rows[1]["décision"] = "Peut-être"
    page = send(world, rachid, as_csv(rows))
    assert page.has("Modifiés entre-temps")
    assert not page.all("input[name='remplacer']")


def test_the_same_file_again_changes_nothing(scened):
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    rows[0].update({"décision": "Retenue", "réponse": PLAIN})
    send(world, rachid, as_csv(rows)).press("Enregistrer ces réponses")
    assert send(world, rachid, as_csv(rows)).has("Ce tableau ne change rien")


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_draft_left_incomplete_does_not_stop_the_others(scened, write):
    # Given two drafts that lack something: a refusal in a few words, a study whose day nobody can write yet
    world, rachid = scened
    scene.sheet(world, 1).press("Enregistrer le brouillon", decision="non-retenue", text="Trop tôt pour le dire.")
    scene.sheet(world, 3).press("Enregistrer le brouillon", decision="a-l-etude", text=PLAIN, deadline="2099-12-31")
    rows = rows_of(export(world, rachid))

    # When Rachid fills another line and sends everything back
    rows[1].update({"décision": "Retenue", "réponse": PLAIN})
    page = send(world, rachid, write(rows))

    # Then they are neither errors nor changes
    assert page.has("1 point à changer")
    assert not page.all("#refus")
    page.press("Enregistrer ces réponses")
    assert scene.sheet(world, 2).has(PLAIN)
    assert scene.sheet(world, 1).has("Trop tôt pour le dire.")

    # But the one he touches must be complete
    rows[0]["réponse"] = "Toujours trop tôt pour le dire."
    assert send(world, rachid, write(rows)).has("200 caractères au moins")


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_what_others_wrote_meanwhile_never_stops_the_rest(scened, write):
    # Given drafts on four points, and the table that Rachid exported then
    world, rachid = scened
    for number, day in ((1, "2099-12-31"), (2, "2099-12-31"), (3, ""), (4, "")):
        decision = "a-l-etude" if day else "retenue"
        scene.sheet(world, number).press(
            "Enregistrer le brouillon", decision=decision, text=f"Brouillon {number}. {PLAIN}", deadline=day
        )
    rows = rows_of(export(world, rachid))

    # When others work meanwhile: one draft becomes a refusal without its reason, one is rewritten, two are published
    scene.sheet(world, 1).press("Enregistrer le brouillon", decision="non-retenue", text="Nous en reparlerons.")
    scene.sheet(world, 2).press("Enregistrer le brouillon", decision="non-retenue", text="Trop court aussi.")
    scene.publish(world, 3)
    scene.publish(world, 4)

    # And he sends back his table, where he touched neither the first nor the third
    rows[1]["budget"] = "12 000 €"
    rows[1]["décision"] = ""
    rows[1]["réponse"] = ""
    rows[3]["réponse"] = f"Autre chose. {PLAIN}"
    page = send(world, rachid, write(rows))

    # Then nothing is an error: what others did is shown and kept, each with who did it
    assert page.status == 200
    assert page.has("Ce tableau ne change rien")
    assert not page.all("#refus")
    kept = [" ".join(one.text_content().split()) for one in page.all("#gardes li")]
    assert [one.partition(" ")[0] for one in kept] == ["1.1", "2.1", "3.1", "4.1"]
    assert all("Modifié le" in one and "par Hélène" in one for one in kept)
    assert ["n’est pas pris" in one for one in kept] == [False, True, False, True]
    assert "Choisissez le motif" in kept[1] and "Cette réponse est publiée." in kept[3]

    # And a line that he fills beside them is taken
    rows[1].update({"décision": "À l’étude", "réponse": f"Repris. {PLAIN}", "échéance": "01/02/2099"})
    page = send(world, rachid, write(rows))
    assert page.has("1 point à changer") and len(page.all("#gardes li")) == 3
    chosen = page.one("input[name='remplacer']").get("value")
    page.press("Enregistrer ces réponses", remplacer=chosen)
    assert scene.sheet(world, 2).has(f"Repris. {PLAIN}")
    assert scene.sheet(world, 1).has("Nous en reparlerons.")


def test_a_cell_that_cannot_be_read_is_an_error_all_the_same(scened):
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    scene.sheet(world, 1).press("Enregistrer le brouillon", decision="retenue", text=PLAIN)
    rows[0].update({"décision": "Retenue", "réponse": PLAIN, "échéance": "bientôt"})
    page = send(world, rachid, as_csv(rows))
    assert [one.text_content() for one in page.all("#refus tbody th")] == ["2"]


def test_published_answers_do_not_leave_nor_come_back(scened):
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    rows[0].update({"décision": "Retenue", "réponse": "Tout autre chose que ce qui est publié."})
    scene.publish(world, 1)
    page = send(world, rachid, as_csv(rows))
    assert page.has("Cette réponse est publiée.")
    assert not page.has("Enregistrer ces réponses")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Choisissez le tableau"),
        (b"\x89PNG\r\n\x1a\nrien", "Envoyez le tableau lui-m"),
        (b"a;b\n1;2\n", "Il manque 12 colonnes"),
        (b"PK\x03\x04nothing of an archive", "pas d’un type accepté"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_reason(scened, content, told):
    world, rachid = scened
    page = send(world, rachid, content)
    assert page.status == 422
    assert told in page.text or "vide" in page.text
    # The file is not kept: nothing says that what was filled in is still there
    assert page.has("Rien n’a été importé.") and not page.has("est toujours là")


def test_somebody_elses_file_is_nobodys(scened):
    world, rachid = scened
    rows = rows_of(export(world, rachid))
    rows[0].update({"décision": "Retenue", "réponse": PLAIN})
    address = send(world, rachid, as_csv(rows)).address
    world.browser(world.official()).open(address, status=404)


def test_words_are_never_formulas(scened):
    # Given a draft that a spreadsheet would compute
    world, rachid = scened
    words = '=HYPERLINK("http://exemple.fr";"cliquez") et encore quelques mots pour faire une phrase.'
    scene.sheet(world, 1).press("Enregistrer le brouillon", decision="retenue", text=words)

    # Then it leaves as text, and comes back as it was
    rows = rows_of(export(world, rachid))
    assert rows[0]["réponse"] == "'" + words
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(export(world, rachid, "xlsx")))
    table = book.get_sheet_by_name("Réponses").to_python()
    assert table[1][list(sheets.HEAD).index("réponse")] == words
    assert send(world, rachid, export(world, rachid)).has("Ce tableau ne change rien")
    assert send(world, rachid, export(world, rachid, "xlsx")).has("Ce tableau ne change rien")


def test_the_table_is_printed_whole_with_its_head(scened):
    world, rachid = scened
    with zipfile.ZipFile(io.BytesIO(export(world, rachid, "xlsx"))) as archive:
        sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        book = etree.fromstring(archive.read("xl/workbook.xml"))
    paper = sheet.find("{*}pageSetup")
    assert sheet.find("{*}sheetPr/{*}pageSetUpPr").get("fitToPage") == "1"
    assert (paper.get("orientation"), paper.get("fitToWidth", "1"), paper.get("fitToHeight")) == ("landscape", "1", "0")
    titles = [one.text for one in book.iter("{*}definedName") if "Titles" in one.get("name")]
    assert titles == ["Réponses!$1:$1"]

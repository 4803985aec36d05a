"""The whole story of a council: twenty-four recommendations, three departments, until a member does not accept."""

from sqlmodel import select

from convention.kit.mail import OutgoingMail
from convention.people.models import RoleKind
from convention.responses import actions
from convention.responses.forms import PointForm
from tests.responses import scene
from tests.responses.scene import DESK
from tests.responses.test_import import as_csv, export, rows_of, send

DEPARTMENTS = ("Mobilités", "Juridique", "Écologie")
WHY_NOT = (
    "La Métropole ne retient pas cette demande : le règlement voté en juin la rend impossible avant deux ans, et le "
    "marché en cours ne peut être repris. Le service proposera, avec le comité des membres, une solution qui tienne "
    "dans ce cadre, et la présentera au conseil de mars."
)
# What nine careless lines say; the tenth is another department's.
BAD = (
    {"décision": "peut-être"},
    {"motif": "parce que"},
    {"échéance": "bientôt"},
    {"réponse": "x" * 6_001},
    {"décision": "Retenue", "échéance": "31/02/2027"},
    {"identifiant": "n’importe quoi"},
    {"décision": "Non retenue", "motif": "droit", "réponse": "Non, ce n’est pas possible du tout."},
    {"identifiant": "00000000-0000-0000-0000-000000000001"},
    {"décision": "Déjà engagée", "preuve": ""},
)


def answer_of(number, kind):
    """What a department writes of its recommendation."""
    said = f"Recommandation {number} : le service {kind} la met en œuvre, avec un point d’étape à chaque conseil."
    match number % 4:
        case 0:
            return {"décision": "Non retenue", "motif": "droit", "réponse": f"Recommandation {number}. {WHY_NOT}"}
        case 1:
            return {"décision": "Retenue", "réponse": said, "échéance": "31/12/2030"}
        case 2:
            return {"décision": "Hors compétence, transmise", "réponse": said, "transmis_à": "Le préfet de région"}
        case _:
            return {
                "décision": "Déjà engagée", "réponse": said, "preuve": f"Délibération 2026-{number}",
                "apport": "La convention ajoute un bilan public chaque année.",
            }  # fmt: skip


def is_awaited(world, number, item):
    """Whether everybody still waits for this point, checked and signed as it is."""
    said = world.browser().client.get(f"/api/v1/answers/{number}").json()["points"]
    return next(one for one in said if one["number"] == item)["decision"] is None


def test_a_council_answers_its_convention(world):
    # Given twenty-four recommendations, promised an answer within two months, and three departments of eight
    scene.a_report(world, tuple(f"Recommandation {n}" for n in range(1, 25)))
    hélène, karim = world.official(), world.official("Karim")
    solange = world.person("Solange", RoleKind.GUARANTOR, email="solange@exemple.fr")
    writers = {}
    for place, name in enumerate(DEPARTMENTS):
        of = scene.department(world, name)
        writers[name] = scene.official(world, f"Agent {name}", of=of, email=f"agent{place}@exemple.fr")
        for number in range(8 * place + 1, 8 * place + 9):
            scene.assigned(world, number, of)
    # And the first is split in two, the members' words staying as they are
    before = world.browser().open("/rapport/1/1").one("main").text_content()
    with world.writing() as db:
        answer, point = scene.of_number(world, db, 1)
        form = PointForm(title="Le calendrier", department=point.department_id, referent="Mme Roux")
        actions.split(db, answer, form, by=hélène)
    assert world.browser().open("/rapport/1/1").one("main").text_content() == before

    # When a department sends back its table with ten bad rows
    first = writers["Mobilités"]
    rows = rows_of(export(world, first))
    assert len(rows) == 9
    good = [{**row, **answer_of(int(row["recommandation"]), "Mobilités")} for row in rows]
    with world.reading() as db:
        theirs = scene.of_number(world, db, 23)[1].id
    bad = [{**good[n % 8], **wrong} for n, wrong in enumerate(BAD)] + [{**good[0], "identifiant": str(theirs)}]
    page = send(world, first, as_csv([*bad, good[8]]))

    # Then all ten are listed and nothing is written, not even the good one
    lines = [one.text_content() for one in page.all("#refus tbody th")]
    assert sorted(set(lines), key=int) == [str(line) for line in range(2, 12)]
    assert not page.has("Enregistrer ces réponses")
    with world.reading() as db:
        assert all(scene.of_number(world, db, number)[1].text == "" for number in range(1, 25))

    # When each department sends back a good one
    for name, person in writers.items():
        rows = rows_of(export(world, person))
        filled = [{**row, **answer_of(int(row["recommandation"]), name)} for row in rows]
        assert send(world, person, as_csv(filled)).press("Enregistrer ces réponses").has("enregistrées en brouillon")

    # Then every point goes by two people other than its writer before it is public
    sheets = [(number, 1) for number in range(1, 25)] + [(1, 2)]
    hers, his = world.browser(hélène), world.browser(karim)
    for number, item in sheets:
        page = his.open(f"{DESK}/{number}/{item}").press("Demander le visa")
        assert page.has("Le visa juridique est demandé"), page.text[:900]
        assert his.open(f"{DESK}/{number}/{item}").press("Donner le visa juridique").status == 200
        assert his.post(f"{DESK}/{number}/{item}/accord").status == 403
        page = hers.open(f"{DESK}/{number}/{item}").press("Enregistrer l’accord de Mme Roux")
        assert is_awaited(world, number, item)
        page.press("Publier cette réponse")
    public = world.browser().open("/reponses")
    assert public.has("points à décider25points répondus25")
    assert len(world.browser().client.get("/reponses.json").json()["points"]) == 25

    # When the members judge the answer to the fourth, a month later
    with world.later(days=31):
        for n in range(1, 7):
            page = world.browser(world.people[f"Membre {n}"]).open("/reponses/4")
            page = page.press("Mettre ma note dans l’urne", mark=str(n))
            assert page.has("Votre note est dans l’urne")
        contested = page.press(
            "Envoyer ma contestation", text="Le règlement de juin prévoit justement ce cas, article 4."
        )
        assert contested.has("les agents et les garants la reçoivent")
        assert not world.browser().open("/reponses/4").has("sur 10 en moyenne")

    # Then the official of that department and the guarantors receive the contest, and no other department
    with world.reading() as db:
        told = {one.to for one in db.exec(select(OutgoingMail)) if "contestée" in one.title}
    assert {"agent0@exemple.fr", solange.email} == told
    with world.later(days=31):
        first_official, guarantor = world.browser(first), world.browser(solange)
        page = first_official.open("/").follow("Répondre à une contestation : recommandation 4, point 1")
        assert page.address.endswith("/4/1")
        assert guarantor.open("/").follow("Suivre une contestation : recommandation 4, point 1").has("Réponse attendue")
        for other in list(writers.values())[1:]:
            assert not world.browser(other).open("/").has("Répondre à une contestation")
        page.press("Publier cette réponse au membre", reply="L’article 4 est appliqué depuis le 1er septembre.")
        for reader in (first_official, guarantor):
            assert not reader.open("/").has("une contestation : recommandation 4")
    # And when the rating is over, six marks are read by all, and whose they are by nobody
    with world.later(days=62):
        page = world.browser().open("/reponses/4")
        assert page.has("6 membres ont noté")
        assert page.has("Le règlement de juin prévoit justement ce cas")
    assert world.browser().client.get("/api/v1/answers?limit=100").json()["total"] == 24

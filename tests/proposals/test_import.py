from sqlmodel import select

from convention.proposals.models import Proposal
from tests.proposals.scene import set_phase, set_up, versions
from tests.world import Page, World

OURS = """titre,theme,constat,objectif,mesure-1,mesure-2,garde-fou-1
Planter la cour,Santé,Il fait chaud.,De l’ombre.,Planter dix arbres.,Arroser le soir.,Aucun arbre abattu.
Ouvrir la piscine,sante,Elle ferme tôt.,Nager le soir.,Ouvrir à 20 h.,,
"""
DECIDIM = """id,categorie,titre,texte,votes,commentaires,cree_le
457,Santé,Des communes nouvelles,"Rassembler les petites communes.
Mutualiser leurs moyens.",2,0,2019-01-24 22:29:15 +0100
"""


def send(world: World, content: str, do: str = "Importer", theme: str = "") -> Page:
    """The file is read and shown; then, if nothing is to be corrected and she wants it, imported."""
    page = world.browser(world.people.get("Claire") or world.facilitator()).open("/animation/propositions/importer")
    file = {"fichier": ("propositions.csv", content.encode(), "text/csv")}
    page = page.press("Lire les fichiers", files=file, theme=theme)
    return page.press("Importer") if do == "Importer" and page.status == 200 else page


def here(world: World) -> list[str]:
    with world.reading() as db:
        return [one.title for one in db.exec(select(Proposal).order_by(Proposal.number))]  # type: ignore[arg-type]


def test_our_file_is_verified_then_imported(world: World) -> None:
    set_up(world)
    assert send(world, OURS, "Lire").has("2 propositions lues, rien à corriger")
    assert here(world) == []
    assert send(world, OURS).has("Les propositions sont importées")
    assert here(world) == ["Planter la cour", "Ouvrir la piscine"]
    assert [text for _p, _v, text in versions(world, 1)] == [
        "Planter dix arbres.", "Arroser le soir.", "Aucun arbre abattu.",
    ]  # fmt: skip


def test_a_file_sent_again_doubles_nothing(world: World) -> None:
    set_up(world)
    send(world, OURS)
    send(world, OURS + "Un banc,sante,Rien pour s’asseoir.,S’asseoir.,Poser un banc.,,\n")
    assert here(world) == ["Planter la cour", "Ouvrir la piscine", "Un banc"]


def test_an_export_of_decidim_says_where_its_texts_come_from(world: World) -> None:
    set_up(world)
    set_phase(world)  # nothing is open to members: it is prepared before
    send(world, DECIDIM)
    page = world.browser(world.people["Claire"]).open("/propositions/1")
    assert page.has("Des communes nouvelles")
    assert page.has("Contribution n° 457, déposée sur une autre plateforme le 24 janvier 2019")
    assert page.has("Mutualiser leurs moyens.")
    # Said to everyone: it names no person
    for reader in (page, world.browser().open("/propositions/1")):
        assert reader.has("Écrite par l’animation, pour des personnes d’une autre plateforme")


def test_every_error_is_said_by_line_and_nothing_is_imported(world: World) -> None:
    set_up(world)
    wrong = (
        OURS + f"{'Très ' * 30},Inconnu,,,,,\nPlanter la cour,Santé,Il fait chaud.,De l’ombre.,Planter dix arbres.,,\n"
    )
    page = send(world, wrong)
    assert page.status == 422
    assert page.has("Ligne 4 : Le thème « Inconnu » n’existe pas ici")
    assert page.has("Ligne 4 : Dites en quelques phrases ce qui ne va pas aujourd’hui.")
    assert page.has("Ligne 5 : C’est la même proposition qu’à la ligne 2.")
    assert page.has("Rien n’est importé")
    assert here(world) == []


def test_a_theme_may_be_given_to_the_lines_that_have_none(world: World) -> None:
    set_up(world)
    content = DECIDIM.replace("Santé", "")
    assert send(world, content).status == 422
    assert send(world, content, theme="sante").has("Les propositions sont importées")


def test_what_is_no_table_is_refused_kindly(world: World) -> None:
    set_up(world)
    assert send(world, "\x00").status == 422
    assert send(world, "titre,texte\n").has("Le fichier est vide")
    page = world.browser(world.people["Claire"]).open("/animation/propositions/importer")
    answer = page.press("Lire les fichiers", files={"fichier": ("x.csv", "é".encode("latin-1"), "text/csv")})
    assert answer.has("encodage UTF-8")


def test_the_same_mistake_is_said_once_with_its_lines(world: World) -> None:
    set_up(world)
    wrong = OURS + "".join(f"Un banc {n},Inconnu,Rien pour s’asseoir.,S’asseoir.,Poser un banc {n}.,,\n" for n in "abc")
    page = send(world, wrong)
    assert page.has("Lignes 4, 5, 6 : Le thème « Inconnu » n’existe pas ici")
    assert page.text.count("Inconnu") == 1


def test_a_title_written_again_does_not_double_its_proposal(world: World) -> None:
    set_up(world)
    send(world, DECIDIM)
    with world.writing() as db:
        one = db.exec(select(Proposal)).one()
        one.title = "Rassembler les communes"
        db.add(one)
    send(world, DECIDIM)
    assert here(world) == ["Rassembler les communes"]


def test_what_the_page_carries_is_read_again_before_it_is_written(world: World) -> None:
    set_up(world)
    send(world, OURS, "Lire")
    claire = world.browser(world.people.get("Claire") or world.facilitator())
    for packed in ("", "zz", "eJwDAAAAAAE=", "W1tb" * 1000):
        answer = claire.client.post("/animation/propositions/importer", data={"lu": packed, "faire": "importer"})
        assert answer.status_code == 422
    assert here(world) == []


def test_a_long_text_keeps_its_own_paragraphs(world: World) -> None:
    set_up(world)
    first, second = "Rassembler les communes qui le veulent bien, par bassin de vie.", "Mutualiser leurs moyens. " * 4
    content = DECIDIM.replace(
        "Rassembler les petites communes.\nMutualiser leurs moyens.", f"Bonjour,\n\n{first}\n \n{second}\n\nMerci !"
    )
    send(world, content)
    # A greeting goes with what it announces, thanks with what they follow
    texts = [text for _p, _v, text in versions(world, 1)]
    assert texts == [f"Bonjour,\n\n{first}", f"{second.strip()}\n\nMerci !"]

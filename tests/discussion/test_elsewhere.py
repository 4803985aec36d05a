"""What was written on another platform: read before it is imported, kept whole, found, flagged."""

import csv
import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import select

from convention import archive
from convention.discussion.models import Argument, Saying
from convention.people.models import RoleKind
from tests.discussion import scene
from tests.moderation.scene import decide, flag
from tests.proposals.test_import import DECIDIM
from tests.world import Page, World, plain

HEADER = "id,cree_le,texte,auteur,alignement,profondeur,cible_id,cible_type\n"
ON = "Decidim::Proposals::Proposal"
UNDER = "Decidim::Comments::Comment"
COMMENTS = (
    HEADER
    + f"""1,2019-01-24 20:46:55 +0100,Les mairies sont trop petites.,Contributeur 0119,1,0,457,{ON}
2,2019-01-25 20:46:55 +0100,Combien de baleines ?,Contributeur 0120,0,0,457,{ON}
3,2019-01-26 20:46:55 +0100,"Douze, je crois.",Contributeur 0121,0,1,2,{UNDER}
4,2019-01-27 20:46:55 +0100,"gid://decidim-app/Decidim::User/759 Treize, relisez.",Contributeur 0122,0,2,3,{UNDER}
"""
)
DEBATES = HEADER + "5,2019-01-28 20:46:55 +0100,Un vote pour rien.,Contributeur 0123,-1,0,30,Decidim::Debates::Debate\n"
QUESTIONS = "id,question,theme\n30,Faut-il reconnaître le vote blanc ?,Démocratie\n"


def read(world: World, proposals: str = "", comments: tuple[str, ...] = (), questions: str = "") -> Page:
    files = [("commentaires", (f"c{n}.csv", one.encode(), "text/csv")) for n, one in enumerate(comments)]
    files += [("fichier", ("p.csv", proposals.encode(), "text/csv"))] if proposals else []
    files += [("debats", ("d.csv", questions.encode(), "text/csv"))] if questions else []
    page = world.browser(world.people["Claire"]).open("/animation/propositions/importer")
    return page.press("Lire les fichiers", files=files)


def everything(world: World) -> Page:
    scene.set_up(world)
    return read(world, DECIDIM, (COMMENTS, DEBATES), QUESTIONS)


def kept(world: World) -> tuple[list[str], list[str]]:
    with world.reading() as db:
        return (
            [one.text for one in db.exec(select(Argument).order_by(Argument.number))],  # type: ignore[arg-type]
            [one.text for one in db.exec(select(Saying).order_by(Saying.number))],  # type: ignore[arg-type]
        )


def beside(page: Page) -> dict[str, str]:
    """{what is commented: how many comments of each kind the page says}."""
    said = [(one.text, one.find("span")) for one in page.all("main li")]
    return {plain(title): plain(words.text_content()) for title, words in said if words is not None}


def test_what_was_read_is_shown_before_it_is_imported(world: World) -> None:
    page = everything(world)
    assert page.has("1 proposition lue, rien à corriger")
    assert page.has("5 commentaires lus, rien à corriger")
    assert beside(page)["Des communes nouvelles"] == "1 argument pour, 3 remarques"
    assert beside(page)["Faut-il reconnaître le vote blanc ?"] == "1 remarque"
    assert kept(world) == ([], [])
    page.press("Importer")
    assert kept(world)[0] == ["Les mairies sont trop petites."]
    assert sorted(kept(world)[1]) == [
        "Combien de baleines ?", "Douze, je crois.", "Un vote pour rien.", "[une personne] Treize, relisez.",
    ]  # fmt: skip


def test_two_files_may_number_their_comments_alike(world: World) -> None:
    scene.set_up(world)
    other = HEADER + (
        f"1,2019-01-28,Un vote pour rien.,A,0,0,30,Decidim::Debates::Debate\n2,2019-01-29,Pour qui ?,B,0,1,1,{UNDER}\n"
    )
    read(world, DECIDIM, (COMMENTS, other)).press("Importer")
    assert len(kept(world)[0]) == 1
    page = world.browser().open("/ailleurs/1")
    assert page.has("Un vote pour rien.")
    assert page.has("Pour qui ?")


def test_imported_twice_it_is_there_once(world: World) -> None:
    everything(world).press("Importer")
    before = kept(world)
    page = read(world, DECIDIM, (COMMENTS, DEBATES), QUESTIONS)
    assert page.has("1 est déjà ici : elle ne sera pas doublée.")
    assert page.has("5 sont déjà ici : ils ne seront pas doublés.")
    assert not page.has("Ils deviendront")
    page.press("Importer")
    assert kept(world) == before


def test_a_remark_says_where_it_comes_from_under_its_proposal(world: World) -> None:
    everything(world).press("Importer")
    page = world.browser().open("/propositions/2")
    assert page.has("Remarques venues d’ailleurs")
    assert page.has("D’une autre plateforme 25 janvier 2019, Contributeur 0120")
    assert page.has("27 janvier 2019, Contributeur 0122, en réponse à Contributeur 0121")
    assert not page.has("26 janvier 2019, Contributeur 0121, en réponse")
    assert page.follow("Dit ailleurs").has("Faut-il reconnaître le vote blanc ?")
    assert world.browser().open("/propositions/2/remarques").has("[une personne] Treize, relisez.")
    assert world.browser().open("/ailleurs/1").has("Contre Remarque n°")


def test_debates_of_elsewhere_are_reached_from_the_proposals(world: World) -> None:
    scene.set_up(world)
    assert not world.browser().open("/propositions").all("main a[href$='/ailleurs']")
    read(world, comments=(DEBATES,), questions=QUESTIONS).press("Importer")
    for reader in (None, world.people["Omar"]):
        page = world.browser(reader).open("/propositions").follow("Dit ailleurs")
        assert page.has("Faut-il reconnaître le vote blanc ?")


def test_what_answers_is_read_at_its_own_address_under_what_it_answers(world: World) -> None:
    everything(world).press("Importer")
    page = world.browser().open("/ailleurs/remarques/3")
    assert page.status == 200
    assert page.has("Combien de baleines ?")
    assert world.browser().open("/ailleurs/remarques/99", status=404).status == 404


def test_a_long_debate_is_archived_as_it_is_read(world: World, tmp_path: Path) -> None:
    # Given an argument, and thousands of remarks of elsewhere
    everything(world).press("Importer")
    scene.argue(world)
    with world.writing() as db:
        one = db.exec(select(Saying)).first()
        assert one is not None
        like = {key: value for key, value in one.model_dump().items() if key not in ("id", "replies_to_id")}
        said = "Chez nous, le bus passe peu.\u2028Dites-le aux arrêts. " * 8
        several = [{**like, "number": n, "there": str(n), "text": f"=Parole {n}. {said}"} for n in range(1_000, 3_000)]
        db.execute(sa.insert(Saying), several)

    # When all that is public is archived
    tracemalloc.start()
    with world.reading() as db:
        archive.write(world.app, db, world.convention, tmp_path / "archive.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    # Then it is written as it comes, whole, for machines and for a spreadsheet, and each says what it answers
    assert peak < 6_000_000
    remarks = lists(tmp_path / "archive.zip", "ailleurs")
    assert [one["number"] for one in remarks] == [*range(1, len(remarks) - 1_999), *range(1_000, 3_000)]
    assert remarks[-1]["text"] == f"=Parole 2999. {said}"
    answers = {one["text"]: one["replies_to"] for one in remarks if one["replies_to"]}
    numbers = {one["text"]: one["number"] for one in remarks}
    assert answers["Douze, je crois."] == numbers["Combien de baleines ?"]
    arguments = lists(tmp_path / "archive.zip", "arguments")
    assert scene.WORDS in [one["text"] for one in arguments]
    assert [one["number"] for one in lists(tmp_path / "archive.zip", "propositions")] == [1, 2]


def lists(path: Path, name: str) -> list[dict[str, Any]]:
    """A list of an archive, the same in both its files."""
    with zipfile.ZipFile(path) as read:
        whole, sheet = read.read(f"{name}.json").decode(), read.read(f"{name}.csv").decode("utf-8-sig")
    tree: list[dict[str, Any]] = json.loads(whole)
    assert whole == json.dumps(tree, ensure_ascii=False, indent=1)
    rows = list(csv.DictReader(io.StringIO(sheet, newline=""), delimiter=";"))
    assert [list(row) for row in rows] == [list(one) for one in tree]
    assert [row["number"] for row in rows] == [str(one["number"]) for one in tree]
    assert all(not row[key].startswith("=") for row in rows for key in row)
    return tree


def test_files_that_do_not_seem_to_match_are_told(world: World) -> None:
    scene.set_up(world)
    assert read(world, DECIDIM, (COMMENTS,)).has("1 proposition recevrait plus de commentaires que son fichier")
    announced = DECIDIM.replace(",2,0,2019", ",2,4,2019")
    assert not read(world, announced, (COMMENTS,)).has("plus de commentaires")


def test_comments_of_proposals_that_are_not_here_are_told_and_kept(world: World) -> None:
    scene.set_up(world)
    page = read(world, comments=(COMMENTS,))
    assert page.has("Sur des propositions absentes")
    assert beside(page)["Proposition n° 457, qui n’est pas ici"] == "4 remarques"
    page.press("Importer")
    # Neither for nor against anything of ours, but the author's side is not lost
    assert world.browser().open("/ailleurs/1").has("Pour Remarque n° 1")
    assert kept(world)[0] == []


def test_every_mistake_is_said_and_nothing_is_imported(world: World) -> None:
    scene.set_up(world)
    wrong = COMMENTS + f"6,hier,,A,0,0,457,{ON}\n7,2019-01-01,,A,peut-être,0,457,{ON}\n8,2019-01-01,Oui,A,0,0,,\n"
    page = read(world, DECIDIM, (wrong,), "id,question\n30,\n31,Oui ?\n31,Non ?\n")
    assert page.status == 422
    assert page.has("Lignes 6, 7 : Le texte est vide.")
    assert page.has("Ligne 6 : La date est « hier »")
    assert page.has("Ligne 7 : L’alignement est « peut-être »")
    assert page.has("Ligne 8 : Ce que le commentaire commente n’est pas dit")
    assert page.has("Ligne 2 : La question est vide.")
    assert page.has("Ligne 4 : L’identifiant manque, ou il est déjà celui d’une autre ligne.")
    assert kept(world) == ([], [])


def test_a_debate_may_be_named_afterwards(world: World) -> None:
    scene.set_up(world)
    read(world, comments=(DEBATES,)).press("Importer")
    assert world.browser().open("/ailleurs").has("Débat n° 30")
    read(world, questions=QUESTIONS).press("Importer")
    assert world.browser().open("/ailleurs").has("Faut-il reconnaître le vote blanc ?")
    assert not world.browser().open("/ailleurs").has("Débat n° 30")


def test_a_remark_is_found_and_leads_to_itself(world: World) -> None:
    everything(world).press("Importer")
    page = world.browser().open("/recherche?q=baleine")
    assert page.has("Remarque n° 1, venue d’ailleurs")
    assert page.follow("Remarque n° 1").has("Combien de baleines ?")
    assert world.browser().open("/recherche?q=vote+blanc").has("Faut-il reconnaître le vote blanc ?")


def test_a_remark_is_flagged_and_hidden(world: World) -> None:
    everything(world).press("Importer")
    world.browser().open("/ailleurs/remarques/1").follow("Signaler la remarque n° 1").press(
        "Envoyer le signalement", reason="insult", words="Elle m’insulte."
    )
    # Who imported it did not write it: she may decide
    decide(world, world.people["Claire"], "hidden")
    for address in ("/ailleurs/remarques/1", "/propositions/2", "/propositions/2/remarques"):
        page = world.browser().open(address)
        assert page.has("Masqué par la modération")
        assert not page.has("Combien de baleines")
        assert not page.has("Contributeur 0120")
        assert page.has("Douze, je crois.")
    assert not world.browser().open("/recherche?q=baleines").has("Remarque n° 1")


def test_a_name_of_elsewhere_is_hidden_as_words_are(world: World) -> None:
    everything(world).press("Importer")
    flag(world, f"argument:{scene.argument(world).id}")
    decide(world, world.people["Claire"], "hidden_part", passages="Contributeur 0119")
    page = world.browser().open("/arguments/1")
    assert page.has("Les mairies sont trop petites.")
    assert not page.has("Contributeur 0119")


def test_nobody_here_may_take_back_or_own_an_imported_argument(world: World) -> None:
    everything(world).press("Importer")
    claire = world.people["Claire"]
    page = world.browser(claire).open("/arguments/1")
    assert not page.has("Retirer mon argument")
    answer = world.browser(claire).client.post("/arguments/1/retirer", data={})
    assert answer.status_code == 403
    assert not page.has("Claire,")
    # A member may find it right
    assert world.browser(world.people["Omar"]).open("/arguments/1").press("Je trouve juste").has("1 membre le trouve")


def test_only_those_who_facilitate_import(world: World) -> None:
    scene.set_up(world)
    for who in (None, world.people["Omar"], world.person("Une garante", RoleKind.GUARANTOR)):
        answer = world.browser(who).client.post("/animation/propositions/importer", data={}, follow_redirects=False)
        assert answer.status_code in (401, 403)


def test_a_long_file_holds_the_database_no_longer_than_a_short_one(world: World) -> None:
    scene.set_up(world)
    read(world, DECIDIM).press("Importer")

    def remarks(first: int, last: int) -> int:
        lines = "".join(f"{n},2019-01-28,Remarque {n}.,A,0,0,457,{ON}\n" for n in range(first, last))
        page = read(world, comments=(HEADER + lines,))
        return world.queries(lambda: page.press("Importer"))

    few = remarks(1, 3)
    assert remarks(3, 80) <= few
    assert len(kept(world)[1]) == 79

    # A proposal is one more line of the journal: that is all it asks
    def proposals(first: int, last: int) -> int:
        header, *_line = DECIDIM.splitlines()
        lines = "".join(f"{n},Santé,Titre {n},Un texte {n}.,2,0,2019-01-24\n" for n in range(first, last))
        page = read(world, f"{header}\n{lines}")
        return world.queries(lambda: page.press("Importer"))

    one = proposals(500, 501)
    assert proposals(501, 531) - one <= 29 * 3

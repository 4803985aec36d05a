"""The recount kit: whole, signed, and nothing in it can change without being seen."""

import contextlib
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from convention import checker, cli, verify
from convention.voting import kits, queries
from convention.voting.models import Mode, Poll
from tests.voting.polls import JUDGMENT, MOTION, a_poll, close, question, vote
from tests.world import World, plain

NAMES = ["Omar", "Lina", "Nadia", "Adama B.", "Jeanne"]


def kit_of(world: World, poll: Poll) -> bytes:
    response = world.browser().client.get(f"/scrutins/{poll.number}.zip")
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="scrutin-{poll.number}.zip"'
    return bytes(response.content)


def voted(world: World, answers: str = "45312", **given: object) -> Poll:
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, **given)  # type: ignore[arg-type]
    for name, answer in zip(NAMES, answers, strict=False):
        vote(world, name, poll, answer)
    close(world, poll)
    return poll


def contents(kit: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(kit)) as box:
        return {name: box.read(name) for name in box.namelist()}


def broken(kit: bytes, key: str | None = None, receipt: str | None = None) -> list[str]:
    _title, findings = verify.verify(kit, key, receipt)
    return [one.sentence for one in findings if not one.holds]


def test_anyone_downloads_the_kit_and_it_holds(world: World, tmp_path: Path) -> None:
    # Given five votes, and Solange who noted the key before
    poll = voted(world)
    key = world.browser().client.get("/scrutins/cle-publique.txt").text
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert page.has("Le kit de recomptage")

    # When she downloads the kit and verifies it
    path = tmp_path / "scrutin.zip"
    path.write_bytes(kit_of(world, poll))
    done = CliRunner().invoke(cli.main, ["verify", str(path), "--key", key])

    # Then all holds, and the result is said again in words
    assert done.exit_code == 0, done.output
    assert "NE TIENT PAS" not in done.output
    assert "les 5 bulletins recomptés donnent le résultat. La voix du milieu (la 3e sur 5)" in done.output
    assert poll.rule_sha256 in done.output
    # And it is the same archive for everyone, whenever it is asked, whatever her language
    english = world.browser().client.get(f"/scrutins/{poll.number}.zip", headers={"accept-language": "en"})
    assert english.content == path.read_bytes()
    read_me = contents(path.read_bytes())["LISEZMOI.txt"].decode()
    assert "VÉRIFIER À LA MAIN" in read_me
    assert key in read_me


def test_there_is_no_kit_before_the_end(world: World) -> None:
    world.member("Omar")
    poll = a_poll(world)
    vote(world, "Omar", poll, "4")
    assert world.browser().client.get(f"/scrutins/{poll.number}.zip").status_code == 404


def test_the_kit_names_nobody(world: World) -> None:
    poll = voted(world)
    kit = kit_of(world, poll)
    for name in NAMES:
        assert name.encode() not in kit
        assert str(world.people[name].id).encode() not in kit


@pytest.mark.parametrize("rule", [JUDGMENT, MOTION], ids=["judgment", "motion"])
def test_a_poll_without_a_ballot_has_a_kit_that_holds(world: World, rule: object) -> None:
    world.member("Omar")
    poll = a_poll(world, rule)  # type: ignore[arg-type]
    close(world, poll)
    assert broken(kit_of(world, poll)) == []


def test_a_motion_and_several_questions_hold(world: World) -> None:
    poll = voted(world, "", questions=[question("Un", "Premier."), question("Deux", "Second.")])
    assert broken(kit_of(world, poll)) == []
    motion = a_poll(world, MOTION)
    for name, answer in zip(NAMES, ("pour", "contre", "blanc", "pour", "abstention"), strict=False):
        vote(world, name, motion, answer)
    close(world, motion)
    _title, findings = verify.verify(kit_of(world, motion))
    assert all(one.holds for one in findings)
    assert any("Adopté" in one.sentence and "2 pour sur 3" in plain(one.sentence) for one in findings)


def test_voices_counted_in_the_room_have_a_kit_without_ballots(world: World) -> None:
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, MOTION, mode=Mode.TOTALS)
    page = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = page.press("Relire", **{"q1-pour": "3", "q1-contre": "1", "q1-abstention": "1", "q1-present": "5"})
    page.press("Enregistrer ces totaux")
    kit = kit_of(world, poll)
    assert "recus.txt" not in contents(kit)
    assert broken(kit) == []
    # And what it says to do, one can do: there are totals, no ballots, no receipts
    read_me = plain(contents(kit)["LISEZMOI.txt"].decode())
    assert "Ouvrez resultat.json : il n’y a pas de bulletins" in read_me
    assert "recus.txt" not in read_me
    assert "le reçu dit" not in read_me
    assert "4. Comparez la clé publique" in read_me


def test_the_president_settles_a_tie_in_the_room_and_the_kit_says_how(world: World) -> None:
    # Given a motion counted in the room, whose rule gives the president the casting vote
    for name in NAMES:
        world.member(name)
    poll = a_poll(world, MOTION, opened=False)
    desk = world.browser(world.facilitator()).open(f"/animation/scrutins/{poll.number}")
    page = desk.press("Enregistrer et relire la règle", mode="ballots", method="yes-no", tie="president")
    assert page.status == 422
    assert page.has("elle dirait ce que la présidence a voté")
    page = desk.press("Enregistrer et relire la règle", mode="totals", method="yes-no", tie="president")
    assert page.has("le vote de la présidence l’emporte")
    page = page.follow("Ouvrir le vote").press("Oui, ouvrir le vote")

    # When there are as many for as against, the desk asks what she voted
    numbers = {"q1-pour": "2", "q1-contre": "2", "q1-abstention": "1", "q1-present": "5"}
    refused = page.press("Relire", **numbers)
    assert refused.status == 422
    assert refused.has("dites comment la présidence a voté")
    page = refused.press("Relire", **numbers, **{"q1-casting": "contre"})
    assert page.has("la présidence a voté : Contre")
    page = page.press("Enregistrer ces totaux")

    # Then it decides, in words, on the page and in the kit; another vote of hers is caught
    assert page.has("Rejeté, à égalité : 2 pour et 2 contre ; la présidence a voté contre, et sa voix l’emporte.")
    kit = kit_of(world, poll)
    assert broken(kit) == []
    assert any("sa voix l’emporte" in one.sentence for one in verify.verify(kit)[1])
    files = contents(kit)
    assert b'"casting":"contre"' in files[verify.RESULT]
    other = files[verify.RESULT].replace(b'"casting":"contre"', b'"casting":"pour"')
    findings = verify.verify(verify.archive({**files, verify.RESULT: other}))[1]
    assert any(not one.holds for one in findings)
    assert any("Adopté, à égalité" in one.sentence for one in findings)
    with world.reading() as db:
        assert checker.look(db, world.settings.folder).troubles == []


def test_words_that_moderation_covers_are_covered_in_the_kit(world: World) -> None:
    # The fingerprint of the journal stays that of the original; the numbers are recounted all the same.
    poll = voted(world)
    with world.reading() as db:
        sealed = queries.of_number(db, world.convention, poll.number)
        assert sealed is not None
        result = queries.result(db, sealed)
        assert result is not None
        told = queries.content(result)
        outcomes = queries.outcomes_of(db, [sealed])[sealed.id]
    told["questions"][0]["text"], told["masked"] = "[masqué]", [1]
    files = contents(kit_of(world, poll))
    kit = kits.kit(
        world.settings.secret,
        sealed,
        convention="C",
        outcomes=outcomes,
        ballots={1: files["bulletins-1.csv"].decode()},
        result=verify.canonical(told).decode(),
        result_sha256=result.sha256,
        receipts=files["recus.txt"].decode().split("\n"),
    )
    _title, findings = verify.verify(kit)
    assert all(one.holds for one in findings)
    assert any("la modération a couvert des mots" in one.sentence for one in findings)


def test_those_who_vote_without_a_script_are_not_said_to_have_a_token(world: World) -> None:
    # Given five persons whose browsers ask for no token: their names are marked as their ballots are taken
    poll = voted(world)
    # Then the page and the kit count names, for no token was given to anyone
    page = world.browser().open(f"/scrutins/{poll.number}")
    assert page.has("5 personnes ont émargé à l’écran, 5 bulletins.")
    assert not page.has("jetons remis")
    said = [plain(one.sentence) for one in verify.verify(kit_of(world, poll))[1]]
    assert "5 personnes ont émargé à l’écran, 5 bulletins déposés à l’écran." in said
    # And one alone is not several
    alone = voted(world, "4")
    assert world.browser().open(f"/scrutins/{alone.number}").has("1 personne a émargé à l’écran, 1 bulletin.")
    said = [plain(one.sentence) for one in verify.verify(kit_of(world, alone))[1]]
    assert "1 personne a émargé à l’écran, 1 bulletin déposé à l’écran." in said


# -- what does not hold --------------------------------------------------------------------------------------------

_LINES = {
    "bulletins-1.csv": [
        ("changed", lambda text: text.replace("Très bien", "À rejeter"), "des bulletins ont été changés"),
        ("added", lambda text: text + "Bien,1\r\n", "1 bulletin de trop a été ajouté"),
        ("removed", lambda text: text.replace("Bien,1\r\n", "", 1), "1 bulletin a été retiré"),
        ("nonsense", lambda text: text.replace("Bien", "Super", 1), "ne se lisent pas"),
    ],
    "regle.json": [("other rule", lambda text: text.replace('"keep_at":4', '"keep_at":3'), "la règle n’est pas celle")],
    "resultat.json": [
        ("other result", lambda text: text.replace('"4":1', '"4":2'), "n’a pas l’empreinte inscrite au journal"),
        (
            "fewer tokens",
            lambda text: text.replace('"issued":5', '"issued":4'),
            "le nombre de personnes qui ont émargé n’est pas",
        ),
    ],
    "recus.txt": [
        (
            "other receipts",
            lambda text: text[:-1] + ("1" if text[-1] == "0" else "0"),
            "la liste des reçus n’est pas celle",
        )
    ],
    "participation.json": [
        ("more", lambda text: text.replace('"entitled":5', '"entitled":6'), "inscrits"),
        (
            "more tokens",
            lambda text: text.replace('"issued":5', '"issued":6'),
            "le nombre de personnes qui ont émargé n’est pas",
        ),
    ],
}
CHANGES = [(name, *change) for name, changes in _LINES.items() for change in changes]


def test_each_lie_is_told_in_plain_words(world: World) -> None:
    files = contents(kit_of(world, voted(world)))
    for name, what, change, said in CHANGES:
        lie = change(files[name].decode()).encode()
        assert lie != files[name], what
        # A file changed in the archive
        found = broken(verify.archive({**files, name: lie}))
        assert f"le fichier {name} a changé." in found, what
        assert any(said in sentence for sentence in found), (what, found)
        # And a liar who writes the manifest again and signs it with a key of his own
        key = "f" * 32
        without = {one: text for one, text in files.items() if one not in (verify.MANIFEST, verify.SIGNATURE)}
        listed = json.loads(files[verify.MANIFEST])
        about = {one: value for one, value in listed.items() if one not in ("format", "files", "chain")}
        about["public_key"] = kits.public_key(key)
        manifest = verify.manifest(about, {**without, name: lie})
        signature = f"{kits._private(key).sign(manifest).hex()}\n".encode()
        forged = verify.archive({**without, name: lie, verify.MANIFEST: manifest, verify.SIGNATURE: signature})
        assert broken(forged), f"{what}: the recount sees it, whoever signs"
        assert any("la signature n’est pas celle de la clé" in one for one in broken(forged, listed["public_key"]))


def test_files_added_removed_or_of_another_poll(world: World) -> None:
    poll = voted(world)
    files = contents(kit_of(world, poll))
    other = contents(kit_of(world, voted(world, "11111")))
    assert any("a été ajouté" in one for one in broken(verify.archive({**files, "note.txt": b"x"})))
    for name in files:
        if name == verify.MANIFEST:
            continue
        left = {one: text for one, text in files.items() if one != name}
        said = broken(verify.archive(left))
        assert said, name
        assert not any("ne se lisent pas" in one for one in said), "what is missing is said in words"
        if other[name] != files[name]:
            assert broken(verify.archive({**files, name: other[name]})), f"{name} of another poll"
    # The other poll's kit is whole, and says of which poll it speaks
    title, findings = verify.verify(verify.archive(other))
    assert title.startswith("Scrutin n° 2")
    assert all(one.holds for one in findings)


def test_the_exit_code_says_it_too(world: World, tmp_path: Path) -> None:
    kit = kit_of(world, voted(world))
    path = tmp_path / "kit.zip"

    def code(octets: bytes, *more: str) -> tuple[int, str]:
        path.write_bytes(octets)
        done = CliRunner().invoke(cli.main, ["verify", str(path), *more])
        return done.exit_code, done.output

    assert code(kit)[0] == 0
    assert "Comparez encore la clé publique" in code(kit)[1]
    assert code(kit, "--key", "0" * 64)[0] == 1
    assert code(kit, "--key", "courte")[0] == 1
    assert code(kit.replace(b"Bien,1", b"Mal,11", 1))[0] in (1, 2)
    assert code(b"")[0] == 2
    assert code(verify.archive({"autre.txt": b"x"}))[0] == 2
    assert CliRunner().invoke(cli.main, ["verify", str(tmp_path / "absent.zip")]).exit_code == 2


def verified(path: Path, kit: bytes, *more: str) -> tuple[int, str]:
    """As she who types the command sees it; a trace of the program is never an answer."""
    path.write_bytes(kit)
    done = CliRunner().invoke(cli.main, ["verify", str(path), *more])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.output


def test_what_cannot_be_read_is_said_in_words_never_in_those_of_the_machine(world: World, tmp_path: Path) -> None:
    # Given a kit in which somebody put what no poll writes
    files = contents(kit_of(world, voted(world)))
    deep = b"[" * 100_000 + b"]" * 100_000
    wrong = [
        deep,
        b'{"a":' * 100_000,
        b'{"a":' + b"9" * 5_000 + b"}",
        b"",
        b"null",
        b"\xe9",
        b'{"poll":"\\ud800"}',
        b"{}",
    ]
    for name in (verify.MANIFEST, verify.RULE, verify.RESULT, verify.TURNOUT, "bulletins-1.csv", "recus.txt"):
        for octets in wrong:
            # Then the command says that it does not hold, or is no kit, and why
            code, said = verified(tmp_path / "kit.zip", verify.archive({**files, name: octets}))
            assert code in (1, 2), (name, octets[:20])
            assert f"{name} a changé" in said or f"son {name} ne se lit pas" in said
            for words in ("object", "codec", "Exceeds", "Expecting", "argument", "Error", "unsupported"):
                assert words not in said, (name, octets[:20], said)
    # And so when the questions of another poll are in it
    two = voted(world, "", questions=[question("Un", "Premier."), question("Deux", "Second.")])
    other = contents(kit_of(world, two))[verify.RESULT]
    said = verified(tmp_path / "kit.zip", verify.archive({**files, verify.RESULT: other}))[1]
    assert "n’ont pas les mêmes questions" in said
    assert "argument" not in said


def test_a_kit_writes_nothing_on_the_screen_but_its_words(world: World, tmp_path: Path) -> None:
    # Given a forged kit whose title or file clears the screen and writes that all holds
    files = contents(kit_of(world, voted(world)))
    trick = "x\x1b[2J\rTient\nTient : tout\u2028\u202e"
    listed = json.loads(files[verify.MANIFEST])
    for forged in ({verify.MANIFEST: verify.canonical({**listed, "title": trick})}, {trick: b"x"}):
        code, said = verified(tmp_path / "kit.zip", verify.archive({**files, **forged}))
        # Then its signs are shown as signs that cannot be read, on their own line
        assert code == 1
        assert not set(said) & set("\x1b\r\u2028\u202e")
        assert "Tient : tout" not in said.splitlines()
    half = verify.canonical({**listed, "title": "HALF"}).replace(b"HALF", b"\\ud800")
    assert verified(tmp_path / "kit.zip", verify.archive({**files, verify.MANIFEST: half}))[0] == 2


def test_a_result_that_says_another_way_of_voting_is_caught(world: World) -> None:
    # Said to be counted in the room, the ballots would not be counted again: the participation knows better
    files = contents(kit_of(world, voted(world)))
    other = files[verify.RESULT].replace(b'"mode":"ballots"', b'"mode":"totals"')
    assert other != files[verify.RESULT]
    found = broken(verify.archive({**files, verify.RESULT: other}))
    assert any("ne disent pas la même façon de voter" in one for one in found)


def test_no_archive_takes_more_memory_than_a_kit(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a file that says it holds a hundred octets, and swells to 64 MB
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("zeros", bytes(64_000_000))
    bomb = bytearray(written.getvalue())
    for place in (22, bomb.rfind(b"PK\x01\x02") + 24):
        bomb[place : place + 4] = (100).to_bytes(4, "little")
    # Then it is refused without being swollen
    tracemalloc.start()
    code, said = verified(tmp_path / "kit.zip", bytes(bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (code, "abîmée" in said) == (2, True)
    assert peak < 16_000_000
    # Nor are the compressions of which nobody can ask for a part
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_BZIP2) as box:
        box.writestr(verify.MANIFEST, b"{}")
    assert "abîmée" in verified(tmp_path / "kit.zip", written.getvalue())[1]
    # Nor a result as heavy as no poll's, that took half a minute to be found false
    swollen = verify.archive({verify.MANIFEST: b"{}", verify.RESULT: b"[" + b"0," * 6_000_000 + b"0]"})
    code, said = verified(tmp_path / "kit.zip", swollen)
    assert (code, plain("son resultat.json est plus lourd que celui d’aucun scrutin") in plain(said)) == (2, True)
    # Nor a file heavier than any kit: no more of it is read
    kit = kit_of(world, voted(world))
    monkeypatch.setattr(verify, "HEAVIEST", 1_000)
    assert "trop lourd" in verified(tmp_path / "kit.zip", bytes(3_000_000))[1]
    monkeypatch.undo()

    # And where the machine itself has too little memory for a true kit, that is what is said
    def full(*_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(verify.reading, "read", full)
    code, said = verified(tmp_path / "kit.zip", kit)
    assert (code, "mémoire" in said) == (2, True)


# -- receipts ------------------------------------------------------------------------------------------------------


def test_a_receipt_is_signed_and_can_be_looked_for(world: World) -> None:
    # Given Omar, who votes and keeps what his receipt says
    world.member("Omar")
    poll = a_poll(world)
    page = vote(world, "Omar", poll, "4")
    number = page.all("dd.code")[0].text_content()
    signature = page.one("code.hash").text_content()
    assert page.one(".qr svg").get("viewbox")
    close(world, poll)
    kit = kit_of(world, poll)
    whole = f"{verify.receipt_words(str(poll.id), number)} {signature}"

    # Then it holds, by its number or whole, typed in small letters
    assert broken(kit, receipt=number) == []
    assert broken(kit, receipt=whole.lower()) == []
    # A number that was never given, a signature that is not ours, the receipt of another poll do not
    assert "n’est pas dans la liste" in broken(kit, receipt="0000 0000")[0]
    changed = whole[:-3] + ("0" if whole[-3] != "0" else "1") + whole[-2:]
    assert "n’est pas celle du serveur" in broken(kit, receipt=changed)[0]
    assert "un autre scrutin" in broken(kit, receipt=whole.replace(poll.id.hex.upper(), "0" * 32))[0]
    assert "ne se lit pas" in broken(kit, receipt="bonjour")[0]


def test_a_ballot_that_was_left_out_is_proved_by_its_receipt(world: World) -> None:
    # Given a server that lost Omar's ballot, and signed its kit all the same
    poll = voted(world)
    with world.reading() as db:
        receipts = [*queries.receipts(db, poll)]
    _signature, whole = kits.signed_receipt(world.settings.secret, poll.id, "0000 0000")
    assert "0000 0000" not in receipts
    assert "un bulletin manque" in broken(kit_of(world, poll), receipt=whole)[0]


# -- any single change ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """Filled by the first test that has a world: a kit is the same on both databases."""
    return {}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_octet_changed_added_or_taken_away_is_caught(
    world: World, made: dict[str, bytes], data: st.DataObject
) -> None:
    kit = made.get("kit") or made.setdefault("kit", kit_of(world, voted(world)))
    place = data.draw(st.integers(0, len(kit) - 1))
    octet = data.draw(st.integers(0, 255))
    how = data.draw(st.sampled_from(["changed", "added", "taken away", "cut"]))
    other = {
        "changed": kit[:place] + bytes([octet]) + kit[place + 1 :],
        "added": kit[:place] + bytes([octet]) + kit[place:],
        "taken away": kit[:place] + kit[place + 1 :],
        "cut": kit[:place],
    }[how]
    if other == kit:
        return
    with contextlib.suppress(verify.NotAKit):
        assert broken(other), f"{how} at {place}"


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_inside_any_file_is_caught(world: World, made: dict[str, bytes], data: st.DataObject) -> None:
    files = contents(made.get("kit") or made.setdefault("kit", kit_of(world, voted(world))))
    name = data.draw(st.sampled_from(sorted(files)))
    octets = files[name]
    start = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(start, min(len(octets), start + 40)))
    other = octets[:start] + data.draw(st.binary(max_size=40)) + octets[end:]
    if other == octets:
        return
    # The archive is written well: only what is in the file can give the change away.
    try:
        found = broken(verify.archive({**files, name: other}))
    except verify.NotAKit:
        return
    assert found, f"{name} from {start} to {end}"


@given(st.binary(max_size=70))
def test_signs_on_paper_say_the_same_octets(octets: bytes) -> None:
    signs = verify.in_signs(octets)
    assert verify.from_signs(signs, len(octets)) == octets
    for other in verify.SIGNS:
        if signs and other != signs[-1]:
            assert verify.from_signs(signs[:-1] + other, len(octets)) != octets

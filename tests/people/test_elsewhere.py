"""One person in two conventions: what an administrator of one may not do to the other."""

from concurrent.futures import ThreadPoolExecutor

from convention.conventions import actions as conventions
from convention.kit import clock, ids
from convention.people import actions, queries
from convention.people.forms import PersonForm
from convention.people.models import RoleKind
from tests.world import a_convention


def test_no_letter_for_a_member_of_another_convention(world):
    # Given Nadia, member of a neighbouring convention, whom Adama adds to his own by her address
    nadia = PersonForm(name="Nadia", email="nadia@exemple.fr", roles=(RoleKind.MEMBER,))
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="autre.exemple.fr", title="Une autre"))
        known = actions.add(db, other, nadia)
        assert actions.add(db, world.convention, nadia).id == known.id

    # When he asks for her letter, which would let him enter as her
    adama = world.browser(world.administrator("Adama"))
    page = adama.open(f"/administration/personnes/{known.id}").press("Imprimer une nouvelle lettre")

    # Then he is told how she enters instead, and the letters of all leave her out
    assert page.status == 403
    assert page.has("elle entre ici par un lien envoyé à son adresse")
    page = adama.open("/administration/personnes").press("Imprimer les lettres")
    assert not page.all(".a4-code")


def test_failures_at_the_same_instant_are_all_counted(world):
    keys = {"place": ids.fingerprint("here"), "network": ids.fingerprint("there")}

    def fail(_):
        with world.writing() as db:
            actions.note_failure(db, keys, clock.now())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(16)))
    with world.reading() as db:
        counted = queries.attempts(db, tuple(keys.values()))
    assert {one.failures for one in counted.values()} == {16}

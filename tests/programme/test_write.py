"""Claire writes the programme the evening before."""

from concurrent.futures import ThreadPoolExecutor

from convention.conventions import actions as conventions
from convention.kit import clock
from convention.programme import actions, queries
from convention.programme.forms import ICONS, AgendaForm
from convention.proposals.models import Proposal
from convention.settings import resource
from tests.programme.people import a_phase, a_sitting, a_theme
from tests.world import World, a_convention

DESK = "/animation/programme"


def test_claire_writes_a_sitting_and_its_agenda(world: World) -> None:
    # Given a theme, and Claire at her desk
    a_theme(world, "Santé")
    claire = world.browser(world.facilitator("Claire"))

    # When she adds a sitting, as the page leads her to
    page = claire.open(DESK).follow("Ajouter une séance")
    theme = page.one("input[name=themes]").get("value")
    page = page.press(
        "Ajouter la séance",
        title="Troisième rencontre : écrire et voter",
        held_on="2027-01-23",
        starts="09:00",
        ends="17:00",
        place="Hôtel de Métropole, salle du conseil",
        access="Tramway 1, ascenseur, boucle magnétique.",
        themes=[theme],
    )
    assert page.has("C’est ajouté")

    # And three points, one of them closed to the public
    page = page.press("Ajouter ce point", title="Accueil, café", minutes="15")
    page = page.press("Ajouter ce point", title="Audition de la CNIL", minutes="60")
    page = page.press("Ajouter ce point", title="Sprint 1", minutes="20", details="Groupes de 2 à 6.", closed="1")

    # Then everyone reads it, each point at its hour
    public = world.browser().open("/seances/1")
    assert public.title == "Troisième rencontre : écrire et voter"
    assert public.has("Samedi 23 janvier 2027, 9 h à 17 h, Hôtel de Métropole, salle du conseil.")
    assert public.has("boucle magnétique")
    assert public.has("Santé")
    assert public.has("Ouverte au public")
    hours = [one.text_content() for one in public.all("#ordre-du-jour .t")]
    assert [hour.replace("\u00a0", " ") for hour in hours] == ["9 h", "9 h 15", "10 h 15", "17 h"]
    assert public.one("#ordre-du-jour .closed").text_content().count("Sprint 1") == 1

    # And she moves a point, changes it, and removes it
    page = page.press("Monter « Sprint 1 »")
    assert [one.text_content().strip() for one in page.all("#ordre-du-jour strong")][:3] == [
        "Accueil, café", "Sprint 1", "Audition de la CNIL",
    ]  # fmt: skip
    page = page.follow("Modifier « Sprint 1 »").press("Enregistrer", title="Premier sprint", minutes="25")
    assert page.has("Premier sprint 25 min")
    page = page.follow("Modifier « Premier sprint »").press("Retirer le point")
    assert not page.has("Premier sprint")


def test_an_agenda_too_long_is_said(world: World) -> None:
    a_sitting(world, "Longue", "2027-01-20", ("Débat", 600))
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1")
    assert page.has("L’ordre du jour finit à 19 h, la séance à 17 h")


def test_a_bad_date_keeps_what_was_typed(world: World) -> None:
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(f"{DESK}/seances/ajouter")
    page = page.press(
        "Ajouter la séance", title="Ouverture", held_on="31/02/2027", starts="14h30", ends="9:00", public=[]
    )
    assert page.status == 422
    assert page.has("Date : Écrivez une date : jour, mois, année.")
    assert page.has("Fin : La fin doit venir après le début, le même jour.")
    assert page.one("#f-title").get("value") == "Ouverture"
    assert page.one("#f-held_on").get("value") == "31/02/2027"
    assert page.one("#f-starts").get("value") == "14h30"
    assert page.one("#f-public").get("checked") is None
    page = page.press("Ajouter la séance", held_on="28/02/2027", ends="17h")
    assert page.has("Dimanche 28 février 2027, 14 h 30 à 17 h")
    assert page.has("Réservée aux membres")


def test_a_member_is_refused_at_the_desk(world: World) -> None:
    a_sitting(world)
    omar = world.browser(world.member("Omar"))
    for address in (DESK, f"{DESK}/convention", f"{DESK}/seances/1", f"{DESK}/themes", f"{DESK}/textes/mandat"):
        assert omar.open(address, status=403).has("Cette page est réservée à l’animation et à l’administration.")
    assert omar.post(f"{DESK}/seances/1/compte-rendu", {"body": "Faux"}).status == 403
    assert not omar.open("/seances/1").has("Modifier cette séance")


def test_two_facilitators_change_the_same_sitting(world: World) -> None:
    # Given Claire and Bruno who both open the same form
    a_sitting(world, "Écrire et voter")
    claire = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1/modifier")
    bruno = world.browser(world.facilitator("Bruno")).open(f"{DESK}/seances/1/modifier")

    # When both save
    assert claire.press("Enregistrer", place="Salle des fêtes").has("C’est enregistré")
    page = bruno.press("Enregistrer", title="Écrire, voter, signer")

    # Then the second is told, sees what the first saved, and loses nothing
    assert page.status == 409
    assert page.has("Une autre personne a changé cette page")
    assert page.has("Salle des fêtes")
    assert [one.text_content() for one in page.all("#enregistre dt")] == ["Titre de la séance", "Lieu"]
    assert page.one("#f-title").get("value") == "Écrire, voter, signer"
    assert world.browser().open("/seances/1").has("Salle des fêtes")

    # And she may save in full knowledge
    assert page.press("Enregistrer", place="Salle des fêtes").has("C’est enregistré")
    assert world.browser().open("/seances/1").title == "Écrire, voter, signer"


def test_of_two_editors_at_the_same_instant_one_is_told(world: World) -> None:
    a_sitting(world, "Écrire et voter")
    # Two, not more: each browser has its own event loop, and the house's queue for threads knows only one.
    pages = [world.browser(world.facilitator(name)).open(f"{DESK}/seances/1/modifier") for name in ("Claire", "Bruno")]
    with ThreadPoolExecutor(len(pages)) as at_once:
        answers = list(at_once.map(lambda page: page.press("Enregistrer", place="Ailleurs").status, pages))
    assert sorted(answers) == [200, 409]


def test_a_number_too_large_is_not_found(world: World) -> None:
    world.browser().open("/seances/99999999999999999999", status=404)


def test_each_icon_of_the_form_exists() -> None:
    for name in ICONS:
        assert (resource("static") / "vendor" / "icons" / f"{name}.svg").is_file(), name


def test_a_theme_is_written_moved_and_removed(world: World) -> None:
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(f"{DESK}/themes").follow("Ajouter un thème")
    page = page.press("Ajouter le thème", name="Transition écologique", summary="Le coût avant l’achat.")
    assert page.status == 422
    assert page.has("Choisissez une couleur.")
    assert page.has("Choisissez une image.")
    page = page.press("Ajouter le thème", colour="eco", icon="sprout")
    page = page.follow("Ajouter un thème").press("Ajouter le thème", name="Santé", colour="sante", icon="heart-pulse")
    assert [one.text_content().strip() for one in page.all("#liste .theme")] == ["Transition écologique", "Santé"]
    page = page.press("Monter « Santé »")
    assert [one.text_content().strip() for one in page.all("#liste .theme")] == ["Santé", "Transition écologique"]
    page = page.follow("Modifier « Santé »").press("Enregistrer", name="Santé et soin")
    assert page.has("Santé et soin")
    page = page.follow("Modifier « Santé et soin »").press("Retirer le thème")
    assert not page.has("Santé et soin")


def test_two_facilitators_change_the_same_phase_and_theme(world: World) -> None:
    phase, theme = a_phase(world, "Écrire", "2027-03-12 09:00", "2027-04-12 09:00", "proposer"), a_theme(world)
    for address, typed, shown in (
        (f"{DESK}/phases/{phase.id}", {"activities": ["proposer", "voter"]}, "Déposer des propositions, Voter"),
        (f"{DESK}/themes/{theme.id}", {"colour": "eco"}, "Vert"),
    ):
        claire = world.browser(world.facilitator("Claire")).open(address)
        bruno = world.browser(world.facilitator("Bruno")).open(address)
        assert claire.press("Enregistrer", **typed).has("C’est enregistré")
        page = bruno.press("Enregistrer")
        assert page.status == 409
        assert [one.text_content() for one in page.all("#enregistre dd")] == [shown]


def test_a_theme_in_which_something_is_written_stays(world: World) -> None:
    theme = a_theme(world, "Santé")
    with world.writing() as db:
        at = clock.now()
        card = {"title": "Un carnet", "number": 1, "submitted_at": at, "changed_at": at}
        db.add(Proposal(convention_id=world.convention.id, theme_id=theme.id, **card))
    page = world.browser(world.facilitator("Claire")).open(f"{DESK}/themes/{theme.id}").press("Retirer le thème")
    assert page.status == 403
    assert page.has("il ne peut plus être retiré")
    assert world.browser(world.facilitator("Claire")).open(f"{DESK}/themes").has("Santé")


def test_two_themes_of_the_same_name_have_two_addresses(world: World) -> None:
    assert [a_theme(world, "Santé").slug, a_theme(world, "Santé").slug, a_theme(world, "…").slug] == [
        "sante", "sante-2", "theme",
    ]  # fmt: skip


def test_a_phase_opens_what_is_ticked(world: World) -> None:
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(f"{DESK}/phases").follow("Ajouter une phase")
    page = page.press(
        "Ajouter la phase",
        name="Écrire",
        opens_on="2027-03-12",
        opens="09:00",
        closes_on="2027-03-12",
        closes="08:00",
        activities=["proposer", "modifier"],
    )
    assert page.status == 422
    assert page.has("La clôture doit venir après l’ouverture")
    assert [one.get("value") for one in page.all("input[name=activities][checked]")] == ["proposer", "modifier"]
    page = page.press("Ajouter la phase", closes_on="2027-04-12")
    assert page.has("Ouvre : déposer des propositions et modifier les propositions")
    page = page.follow("Modifier « Écrire »").press("Enregistrer", name="Écrire ensemble")
    assert page.has("Du 12 mars 2027 à 9 h au 12 avril 2027 à 8 h")
    assert world.browser().open("/calendrier").has("Écrire ensemble")
    page = page.follow("Modifier « Écrire ensemble »").press("Retirer la phase")
    assert page.has("Aucune phase")


def test_the_minutes_change_and_both_versions_stay(world: World) -> None:
    a_sitting(world, "Ouverture")
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(f"{DESK}/seances/1").follow("Écrire le compte rendu")
    page = page.press("Voir avant de publier", body="# Décisions\n\nLa règle est **adoptée**.")
    assert page.has("Pas encore publié")
    assert page.one(".prose h2").text_content() == "Décisions"
    world.browser().open("/seances/1/compte-rendu", status=404)
    page = page.press("Publier le compte rendu")
    assert page.has("Le compte rendu est publié")
    page = page.follow("Corriger le compte rendu").press("Publier le compte rendu", body="La règle est rejetée.")

    reader = world.browser().open("/seances/1").follow("Lire le compte rendu")
    assert reader.has("La règle est rejetée.")
    former = reader.follow("Version 1")
    assert former.has("La règle est adoptée.")
    assert former.has("Vous lisez une ancienne version")
    world.browser().open("/seances/1/compte-rendu?version=7", status=404)

    # A sitting whose minutes are published stays
    assert page.has("elle ne peut plus être retirée")
    assert claire.post(f"{DESK}/seances/1/retirer", {}).status == 403


def test_two_facilitators_write_the_minutes(world: World) -> None:
    a_sitting(world, "Ouverture")
    claire = world.browser(world.facilitator("Claire")).open(f"{DESK}/seances/1/compte-rendu")
    bruno = world.browser(world.facilitator("Bruno")).open(f"{DESK}/seances/1/compte-rendu")
    claire.press("Publier le compte rendu", body="Selon Claire.")
    page = bruno.press("Publier le compte rendu", body="Selon Bruno.")
    assert page.status == 409
    assert page.has("Selon Claire.")
    assert page.one("#f-body").text.strip() == "Selon Bruno."
    assert world.browser().open("/seances/1/compte-rendu").has("Selon Claire.")


def test_the_facts_are_changed_and_pale_colours_refused(world: World) -> None:
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(f"{DESK}/convention")
    former = claire.open(f"{DESK}/convention")
    page = page.press(
        "Enregistrer",
        commitment="La Métropole répondra à chaque recommandation.",
        answer_due="15/10/2027",
        accent="#FFEE00",
        accent_dark="#C3A9F0",
        margin="#D9A7A7",
    )
    assert page.status == 422
    assert page.has("Couleur de la ville : La couleur de la ville est trop pâle")
    assert page.one("#f-commitment").text.strip() == "La Métropole répondra à chaque recommandation."
    page = page.press("Enregistrer", accent="#4A2C82")
    assert page.has("C’est enregistré")
    assert world.browser().open("/calendrier").has("Au plus tard le 15 octobre 2027.")

    page = former.press("Enregistrer", title="Un autre titre")
    assert page.status == 409
    assert page.has("La Métropole répondra à chaque recommandation.")
    assert page.one("#f-title").get("value") == "Un autre titre"


def test_a_text_is_published_and_its_history_read(world: World) -> None:
    claire = world.browser(world.facilitator("Claire"))
    page = claire.open(DESK).follow("Le mandat").press("Publier", body="Dire comment employer l’IA.")
    assert page.has("Le texte est publié")
    page = page.press("Publier", body="Dire si et comment employer l’IA.")
    assert page.follow("Version 1").has("Dire comment employer l’IA.")
    page = page.press("Publier", body="")
    assert page.status == 422
    claire.open(f"{DESK}/textes/nimporte", status=404)


def test_a_hostile_text_stays_text(world: World) -> None:
    a_sitting(world, "<script>alert(1)</script>")
    claire = world.browser(world.facilitator("Claire"))
    claire.open(f"{DESK}/seances/1/compte-rendu").press("Publier le compte rendu", body="<img src=x onerror=alert(1)>")
    for address in ("/seances/1", "/seances", "/calendrier", "/seances/1/compte-rendu", f"{DESK}/seances/1"):
        page = world.browser(world.facilitator("Claire")).open(address)
        assert not page.all("main script, main img"), address


def test_another_convention_has_its_own_programme(world: World) -> None:
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="ailleurs.example", title="Ailleurs"))
    here, world.convention = world.convention, other
    phase, sitting = a_phase(world, "Ailleurs", "2027-01-01 09:00", "2027-02-01 09:00"), a_sitting(world, "Ailleurs")
    world.convention = here
    claire = world.browser(world.facilitator("Claire"))
    claire.open(f"{DESK}/phases/{phase.id}", status=404)
    claire.open(f"/seances/{sitting.number}", status=404)
    assert not claire.open("/calendrier").has("Ailleurs")


def test_pages_ask_as_much_for_many_rows_as_for_few(world: World) -> None:
    a_theme(world)
    a_phase(world, "Écrire", "2027-03-12 09:00", "2027-04-12 09:00", "proposer")
    a_sitting(world, "Une", "2027-01-20", ("Accueil", 15))
    claire = world.browser(world.facilitator("Claire"))
    addresses = ("/calendrier", "/seances", "/seances/1", "/calendrier.ics", "/documents", DESK, f"{DESK}/seances/1",
                 f"{DESK}/phases", f"{DESK}/themes", f"{DESK}/seances")  # fmt: skip

    def asked() -> list[int]:
        return [world.queries(lambda address=address: claire.open(address)) for address in addresses]

    few = asked()
    for n in range(6):
        a_theme(world, f"Thème {n}")
        a_phase(world, f"Phase {n}", "2027-03-12 09:00", "2027-04-12 09:00", "voter")
        a_sitting(world, f"Séance {n}", "2027-02-20", ("Accueil", 15))
    with world.writing() as db:
        first = queries.sitting(db, world.convention, 1)
        assert first is not None
        for n in range(8):
            actions.add_item(db, first, AgendaForm(title=f"Point {n}", minutes=5), by=None)
    assert asked() == few
    assert max(few) <= 12


def test_what_is_written_is_found(world: World) -> None:
    a_sitting(world, "Ouverture", "2027-01-20", ("Audition de la CNIL", 60))
    claire = world.browser(world.facilitator("Claire"))
    claire.open(f"{DESK}/seances/1/compte-rendu").press("Publier le compte rendu", body="## Quorum\n\nAtteint.")
    found = world.browser().open("/recherche?q=auditions")
    assert found.follow("Ouverture").title == "Ouverture"
    assert world.browser().open("/recherche?q=quorum").follow("Compte rendu").has("Atteint.")
    page = claire.open(f"{DESK}/documents")
    page.press("Ajouter le document", title="Frugalité numérique", link="https://exemple.fr/rapport")
    assert world.browser().open("/recherche?q=frugalite").follow("Frugalité").title == "Les documents"

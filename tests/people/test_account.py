"""One's own account: devices, how to be reached, a password for those who want one."""

from convention.people.models import RoleKind


def test_a_lost_phone_is_closed_from_another_device(world):
    # Given Nadia, signed in on her phone and on a computer
    nadia = world.member("Nadia")
    phone, computer = world.browser(nadia), world.browser(nadia)
    assert phone.open("/moi").title == "Nadia"

    # When she closes the other devices
    page = computer.open("/moi").press("Déconnecter tous les autres")
    assert page.has("Vos autres appareils sont déconnectés")

    # Then the phone is out, the computer is not
    assert phone.open("/moi").address.startswith("/entrer")
    assert computer.open("/moi").title == "Nadia"


def test_another_s_device_cannot_be_closed(world):
    nadia, omar = world.member("Nadia"), world.member("Omar")
    world.browser(nadia)
    page = world.browser(nadia).open("/moi")
    address = page.form("Déconnecter cet appareil").get("action")
    assert world.browser(omar).post(address).status == 404


def test_leaving_forgets_the_cookie(world):
    browser = world.browser(world.member("Nadia"))
    page = browser.open("/moi").press("Sortir")
    assert page.has("Vous êtes sorti·e")
    assert browser.open("/moi").address.startswith("/entrer")


def test_she_says_how_to_be_reached(world):
    nadia = world.member("Nadia")
    browser = world.browser(nadia)
    page = browser.open("/moi").press("Enregistrer", reach="phone", phone="")
    assert page.status == 422
    assert page.has("Écrivez le numéro où vous joindre.")
    page = page.press("Enregistrer", reach="phone", phone="06 00 00 00 00")
    assert page.has("C’est noté")
    assert page.one("#f-phone").get("value") == "06 00 00 00 00"


def test_another_s_address_is_not_taken(world):
    world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    page = world.browser(world.member("Nadia")).open("/moi")
    page = page.press("Enregistrer", reach="email", email="helene@exemple.fr")
    assert page.status == 422
    assert page.has("Cette adresse ne peut pas être utilisée")


def test_a_short_password_is_refused_and_not_shown_again(world):
    hélène = world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    page = world.browser(hélène).open("/moi").press("Enregistrer ce mot de passe", password="court")
    assert page.status == 422
    assert page.has("Écrivez au moins 12 caractères.")
    assert "court" not in [one.get("value") for one in page.all("input")]


def test_a_new_password_closes_the_other_devices(world):
    hélène = world.person("Hélène", RoleKind.OFFICIAL, email="helene@exemple.fr")
    other, this = world.browser(hélène), world.browser(hélène)
    this.open("/moi").press("Enregistrer ce mot de passe", password="cheval agrafe batterie")
    assert other.open("/moi").address.startswith("/entrer")
    assert this.open("/moi").title == "Hélène"

"""Editions and answers are told to the sites that were named: signed, tried again, never led elsewhere."""

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlmodel import select

from convention.conventions import actions as conventions
from convention.kit import calling, clock
from convention.webhooks import actions, jobs, rules
from convention.webhooks.models import Delivery
from tests.responses import scene
from tests.world import a_convention

PAGE = "/administration/webhooks"
DAY = dt.timedelta(days=1)


def named(world, address):
    page = world.browser(world.administrator()).open(PAGE).press("Prévenir cette adresse", address=address)
    assert page.has("Cette adresse sera appelée"), page.text
    return page


def key_of(page):
    return next(one.text for one in page.all("code") if one.text.startswith("whsec_"))


def work(world):
    return jobs.deliver(
        world.database, lambda _one: "https://convention.fr", world.settings.secret, rules.limits(world.settings)
    )


def deliveries(world):
    with world.reading() as db:
        return db.exec(select(Delivery).order_by(Delivery.id)).all()


def check(key, headers, body):
    """As docs/operate.md shows it to whoever receives a call."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return hmac.compare_digest(headers["webhook-signature"], "v1," + base64.b64encode(digest).decode())


def test_editions_and_answers_are_told_signed(world, neighbour):
    # Given a site that an administrator named
    page = named(world, neighbour.address)
    key = key_of(page)

    # When an edition is published, then an answer
    scene.a_report(world)
    scene.publish(world, 2)
    assert work(world) == 2

    # Then it hears of both, with where to read them, and can tell that it is us
    edition, answer = (json.loads(body) for _path, _headers, body in neighbour.heard)
    assert (edition["type"], edition["data"]["edition"]) == ("edition.published", 1)
    assert edition["data"]["page"] == "https://convention.fr/rapport/1"
    assert (answer["type"], answer["data"]["recommendation"], answer["data"]["point"]) == ("answer.published", 2, 1)
    assert answer["data"]["api"] == "https://convention.fr/api/v1/answers/2"
    for path, headers, body in neighbour.heard:
        assert path == "/crochet?de=convention"
        assert headers["webhook-id"] == json.loads(body)["id"]
        assert check(key, headers, body)
        assert not check(key, headers, body + b" ")
    # And the administrator sees it
    page = world.browser(world.administrator()).open(PAGE)
    assert page.has("Reçu")
    assert page.has("réponse 204")
    # Of which edition and which answer each call told
    first, second = ("".join(row.itertext()) for row in page.all("tbody th"))
    assert first.endswith("recommandation 2, point 1")
    assert second.endswith("n°\u00a01")
    # Nothing is sent twice once it was heard
    assert work(world) == 0
    # The addresses it was given exist
    for said in (edition, answer):
        for address in (said["data"]["page"], said["data"]["api"]):
            assert world.browser().client.get(address.removeprefix("https://convention.fr")).status_code == 200


def test_an_address_is_named_once(world, neighbour):
    # Given a site that is told already, with its key
    page = named(world, neighbour.address)
    key = key_of(page)
    # When somebody names it again
    page = page.press("Prévenir cette adresse", address=neighbour.address)
    # Then it is told so, and would not hear of each thing twice, signed with two keys
    assert page.has("Cette adresse est déjà prévenue")
    assert [one.text for one in page.all("code") if one.text.startswith("whsec_")] == [key]
    # Once it is stopped, it may be named again
    page = page.press("Ne plus prévenir")
    assert page.press("Prévenir cette adresse", address=neighbour.address).has("Cette adresse sera appelée")


def test_what_was_not_heard_is_tried_again_later_with_its_identifier(world, neighbour):
    page = named(world, neighbour.address)
    neighbour.status = 503
    page.press("Envoyer un essai")
    assert work(world) == 0
    page = world.browser(world.administrator()).open(PAGE)
    assert page.has("À réessayer")
    assert page.has("réponse 503")
    assert page.has("prochain essai le")

    # Not at once
    assert work(world) == 0
    assert len(neighbour.heard) == 1
    with world.later(minutes=2):
        work(world)
        assert len(neighbour.heard) == 2
    # And later each time
    with world.later(minutes=4):
        work(world)
        assert len(neighbour.heard) == 2
    neighbour.status = 200
    with world.later(minutes=8):
        assert work(world) == 1
    assert len({headers["webhook-id"] for _path, headers, _body in neighbour.heard}) == 1
    assert deliveries(world)[0].attempts == 3


def test_a_site_that_never_answers_is_given_up_and_may_be_called_again(world, neighbour):
    page = named(world, neighbour.address)
    neighbour.status = 500
    page.press("Envoyer un essai")
    for n in range(len(rules.WAITS) + 3):
        with world.later(days=n):
            work(world)
    assert len(neighbour.heard) == len(rules.WAITS) + 1
    page = world.browser(world.administrator()).open(PAGE)
    assert page.has("Abandonné")
    neighbour.status = 200
    page.press("Renvoyer")
    assert work(world) == 1


def test_a_redirect_is_not_followed(world, neighbour):
    named(world, neighbour.address).press("Envoyer un essai")
    neighbour.status, neighbour.headers = 302, {"Location": neighbour.address.replace("crochet", "ailleurs")}
    assert work(world) == 0
    assert [path for path, _headers, _body in neighbour.heard] == ["/crochet?de=convention"]
    assert deliveries(world)[0].status == 302


def test_a_site_that_drips_does_not_hold_the_worker(world, neighbour, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.4)
    named(world, neighbour.address).press("Envoyer un essai")
    neighbour.drips.set()
    assert work(world) == 0
    assert deliveries(world)[0].trouble == "late"


def test_a_resolver_that_never_answers_does_not_hold_the_worker(world, neighbour, monkeypatch):
    # Given a site whose name the system's resolver looks for and does not find, for as long as it likes
    named(world, neighbour.address).press("Envoyer un essai")
    found = threading.Event()
    monkeypatch.setattr(calling, "SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found.wait(30) and [])

    # Then the worker leaves, before the resolver does, and will call again
    assert work(world) == 0
    assert not found.is_set()
    assert deliveries(world)[0].trouble == "late"
    assert deliveries(world)[0].due_at is not None
    found.set()


def test_a_name_nobody_knows_is_said_unreachable(world, neighbour, monkeypatch):
    def unknown(*_a, **_k):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    named(world, neighbour.address).press("Envoyer un essai")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert work(world) == 0
    assert deliveries(world)[0].trouble == "unreachable"


def test_a_certificate_nobody_vouches_for_is_refused(world):
    # Given a site in TLS whose certificate is its own
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    at = clock.now()
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, at - DAY, at + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = world.settings.folder.parent / "tls.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    door = socket.create_server(("127.0.0.1", 0))

    def welcome():
        plain, _where = door.accept()
        with contextlib.suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as line:
            line.recv(1)

    threading.Thread(target=welcome, daemon=True).start()
    named(world, f"https://127.0.0.1:{door.getsockname()[1]}/").press("Envoyer un essai")

    # Then nothing is sent, and the administrator is told why
    assert work(world) == 0
    door.close()
    assert world.browser(world.administrator()).open(PAGE).has("certificat refusé")


def test_a_closed_door_is_said(world, neighbour):
    page = named(world, neighbour.address)
    page.press("Envoyer un essai")
    neighbour.close()
    assert work(world) == 0
    assert world.browser(world.administrator()).open(PAGE).has("site injoignable")


def test_a_stopped_address_is_called_no_more(world, neighbour):
    page = named(world, neighbour.address)
    page = page.press("Envoyer un essai").press("Ne plus prévenir")
    assert work(world) == 0
    scene.a_report(world)
    assert work(world) == 0
    assert neighbour.heard == []


def test_two_addresses_hear_of_one_event_with_one_identifier(world, neighbour):
    named(world, neighbour.address)
    named(world, neighbour.address + "&autre=oui")
    scene.a_report(world)
    assert work(world) == 2
    assert len({headers["webhook-id"] for _path, headers, _body in neighbour.heard}) == 1
    assert len({headers["webhook-signature"] for _path, headers, _body in neighbour.heard}) == 2  # each its own key


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://ailleurs.exemple.fr/", "Ce site n’est pas dans la liste"),
        ("https://ouverte.exemple.fr.ailleurs.fr/", "Ce site n’est pas dans la liste"),
        ("https://127.0.0.1@ailleurs.fr/", "adresse simple"),
        ("https://ouverte.exemple.fr:pass@ailleurs.fr/", "adresse simple"),
        ("https://ouverte.exemple.fr\\@ailleurs.fr/", "adresse simple"),
        ("https://ouverte.exemple.fr/#@ailleurs.fr", "adresse simple"),
        ("https://ouverte.exemple.fr:99999/", "adresse simple"),
        ("https:///chemin", "adresse simple"),
        ("ftp://ouverte.exemple.fr/", "commencer par https://"),
        ("file:///etc/passwd", "commencer par https://"),
        ("javascript:alert(1)", "commencer par https://"),
        ("", "Écrivez l’adresse à appeler"),
    ],
)
def test_other_addresses_are_refused_with_a_sentence(world, address, said):
    page = world.browser(world.administrator()).open(PAGE).press("Prévenir cette adresse", address=address)
    assert page.status == 422
    assert page.has(said)


def test_outside_the_demo_only_https(world):
    limits = rules.limits(world.settings.model_copy(update={"demo": False}))
    assert calling.why_not("http://ouverte.exemple.fr/", limits) == "scheme"
    assert calling.why_not("https://ouverte.exemple.fr/", limits) is None
    with pytest.raises(calling.Forbidden):
        calling.post("http://ouverte.exemple.fr/", b"", {}, limits)


PRIVATE = (
    "10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - refused, not listened on
    "192.0.2.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe",
    "2002:0a00:0001::1", "2001:db8::1", "fec0::1", "3fff::1", "5f00::1", "192.0.0.8", "192.88.99.1", "::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_ranges_are_never_called(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (address, 443))])
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail(f"{address} was connected to"))
    with pytest.raises(calling.Forbidden) as refused:
        calling.post("https://ouverte.exemple.fr/", b"", {}, calling.Limits(frozenset({"ouverte.exemple.fr"})))
    assert refused.value.reason == "private"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "51.91.236.193"])
def test_public_addresses_are(address):
    assert calling.is_public(address)


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    answers = [(0, 0, 0, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers)
    with pytest.raises(calling.Forbidden):
        calling.post("https://ouverte.exemple.fr/", b"", {}, calling.Limits(frozenset({"ouverte.exemple.fr"})))


def test_the_checked_address_is_the_one_connected_to(monkeypatch):
    # Given a name that is public when it is looked at, and private the next time
    answers = iter(["8.8.8.8", "127.0.0.1", "127.0.0.1"])
    reached = []

    def connect(where, **_):
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (next(answers), 443))])
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        calling.post("https://ouverte.exemple.fr/", b"", {}, calling.Limits(frozenset({"ouverte.exemple.fr"})))

    # Then it was looked at once, and that address was connected to, by number
    assert reached == [("8.8.8.8", 443)]
    assert next(answers) == "127.0.0.1"


def test_a_host_taken_off_the_list_is_not_called_any_more(world, neighbour):
    named(world, neighbour.address).press("Envoyer un essai")
    limits = calling.Limits(frozenset(), plain=True, loopback=True)
    assert jobs.deliver(world.database, lambda _one: "", world.settings.secret, limits) == 0
    assert neighbour.heard == []
    assert world.browser(world.administrator()).open(PAGE).has("site qui n’est plus autorisé")


def test_another_convention_neither_sees_nor_stops_it(world, neighbour):
    named(world, neighbour.address)
    with world.writing() as db:
        other = conventions.start(db, a_convention(host="autre.exemple.fr"))
        actions.tell(db, other.id, "test", {})
    assert deliveries(world) == []

"""What no answer may lack, and what no other site may do."""

import pytest
from starlette.requests import HTTPConnection

from convention.kit import safety
from convention.kit.safety import from_elsewhere


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://ville.fr", "host": "ville.fr"}, True),
        ({"origin": "https://ville.fr", "host": "ville.fr"}, False),
        ({"origin": "https://ailleurs.fr", "host": "ville.fr"}, True),
        ({"origin": "https://ville.fr:8443", "host": "ville.fr"}, True),
        ({"origin": "null", "host": "ville.fr"}, True),
        ({"host": "ville.fr"}, False),
    ],
)
def test_a_write_from_another_site_is_refused(headers, refused):
    assert from_elsewhere(headers) is refused


def test_another_site_cannot_sign_her_out(world):
    browser = world.browser(world.member("Nadia"))
    response = browser.client.post("/sortir", headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert browser.open("/moi").title == "Nadia"


def test_every_answer_carries_the_headers(world):
    browser = world.browser()
    for address, status in (("/", 200), ("/rien", 404), ("/sante", 200), ("/static/css/convention.css", 200)):
        headers = browser.client.get(address).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy, address
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert browser.client.get(address).status_code == status


@pytest.mark.parametrize(
    "address", ["/calendrier.ics", "/reponses.csv", "/moi", "/api/v1/rien", "/entrer/lien/rien", "/planche"]
)
def test_no_shared_cache_keeps_what_may_be_withdrawn(world, address):
    for method in ("GET", "HEAD"):
        answer = world.browser().client.request(method, address, follow_redirects=False)
        assert answer.headers["cache-control"].startswith(("private", "no-store")), (method, answer.status_code)


def test_a_door_that_asks_for_a_name_answers_alike_without_its_words(world):
    client = world.browser().client
    asked = [client.request(method, "/moi", follow_redirects=False) for method in ("GET", "HEAD")]
    assert [(one.status_code, one.headers["location"]) for one in asked] == [(303, "/entrer?suite=%2Fmoi")] * 2


def test_a_form_too_heavy_is_refused_in_words(world):
    browser = world.browser(world.member("Nadia"))
    page = browser.post("/moi/joindre", {"phone": "0" * 14_000_000})
    assert page.status == 413
    assert page.has("Cet envoi est trop lourd")


@pytest.mark.parametrize("told", [True, False])
def test_far_too_heavy_is_refused_in_words_too(world, told):
    """Four times the heaviest and more: stopped on its way when it does not tell its weight."""
    browser = world.browser(world.member("Nadia"))
    body = b"phone=" + b"0" * 60_000_000
    answer = browser.client.post(
        "/moi/joindre",
        content=body if told else iter([body[:40_000_000], body[40_000_000:]]),
        headers={"content-type": "application/x-www-form-urlencoded", "accept-language": "en"},
    )
    assert answer.status_code == 413
    assert "What you sent is too large" in answer.text
    assert "Make the file smaller or shorten the text, then try again." in answer.text


def test_a_program_is_told_in_its_own_form_that_nothing_is_written_there(world):
    answer = world.browser().client.post("/api/v1/proposals", content=b"0" * 60_000_000)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Ici, tout se lit et rien ne s’écrit : demandez cette adresse avec GET."


def test_a_wrong_method_has_its_page(world):
    page = world.browser(world.member("Nadia")).open("/sortir", status=405)
    assert page.has("Cette adresse ne s’ouvre pas ainsi")


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_one_subscriber_is_one_network(host, network):
    """Who is given 2^64 addresses is not 2^64 persons to the limits on sign-in (RFC 6177)."""
    assert safety.network(HTTPConnection({"type": "http", "client": (host, 1)})) == network

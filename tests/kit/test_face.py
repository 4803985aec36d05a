"""The layout in a real browser: accessibility in every mode, small screens, and what the form's script does."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import MEASURE, chromium, violations
from tests.kit import stub

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'"
pytestmark = pytest.mark.browser

FORM = """
{% extends "layout/page.html" %}
{% block htmx %}{{ ui.htmx() }}{% endblock %}
{% block scripts %}{{ ui.script('form') }}{% endblock %}
{% block main %}
<h1>Un formulaire</h1>
<form method="post" action="/lent" data-guard>{{ ui.field(form, 'text', 'Texte', rows=3, most=20) }}
  <p>{{ ui.button('Déposer', name='geste', value='deposer') }}</p></form>
<form id="vif" method="post" action="/refus" hx-post="/refus">{{ ui.field(form, 'sens', 'Sens') }}
  <p>{{ ui.button('Envoyer') }}</p></form>
<form id="brouillon" method="post" action="/lent" data-guard>{{ ui.field(form, 'note', 'Note') }}
  {{ ui.autosave('/garder') }}</form>
{% endblock %}
"""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    pages: dict[str, str]
    posted: list[tuple[str, str]]


class Answer(http.server.SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments, directory=str(stub.ROOT))

    def log_message(self, *_: Any) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("content-security-policy", POLICY)
        super().end_headers()

    def say(self, status: int, body: str = "") -> None:
        sent = body.encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path.strip("/").partition("?")[0])
        if page is not None:
            self.say(200, page)
        else:
            super().do_GET()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.posted.append((self.path, body))
        if self.path == "/refus":
            self.say(403, self.server.pages["erreur-403"])
        else:
            self.say(204)  # the browser stays on the page, as when an answer is slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Answer) as server:
        made = stub.pages()
        form = made.environment.from_string(FORM).render(visit=stub.visit(), url=stub.url, form=stub.form())
        server.pages, server.posted = {**stub.gallery(), "formulaire": form}, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def visit(browser: Browser, server: Server, name: str, **context: Any) -> Page:
    page = browser.new_context(locale="fr-FR", **context).new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/{name}")
    return page


MODES: dict[str, tuple[dict[str, Any], str]] = {
    "wide": ({"viewport": {"width": 1280, "height": 800}}, ""),
    "phone": ({"viewport": {"width": 390, "height": 844}}, ""),
    "dark": ({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, ""),
    "dark phone, chosen": ({"viewport": {"width": 390, "height": 844}}, "sombre"),
    "high contrast": ({"viewport": {"width": 1280, "height": 800}}, "contraste"),
    "dark and high contrast": (
        {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark", "contrast": "more"},
        "",
    ),
}
PAGES = ("planche-animation", "erreur-403", "erreur-404")


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(browser, server, mode):
    context, chosen = MODES[mode]
    found = []
    for name in PAGES:
        page = visit(browser, server, name, **context)
        page.evaluate("mode => mode && (document.documentElement.dataset.mode = mode)", chosen)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += [(name, one) for one in violations(page)]
        page.context.close()
    assert found == []


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("size", ["", "tres-grande"])
def test_no_sideways_scroll_and_targets_for_fingers(browser, server, width, size):
    for name in PAGES:
        page = visit(browser, server, name, viewport={"width": width, "height": 700})
        page.evaluate("size => size && (document.documentElement.dataset.taille = size)", size)
        assert page.evaluate(MEASURE) == {"sideways": 0, "outside": [], "small": []}, name
        page.context.close()


def test_nothing_is_refused_by_the_policy(browser, server):
    page = browser.new_context(locale="fr-FR").new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.server_port}/planche")
    page.evaluate("document.fonts.ready")
    assert said == []
    page.context.close()


def test_a_form_is_sent_once(browser, server):
    page = visit(browser, server, "formulaire")
    page.fill("#f-text", "Bonjour")
    server.posted.clear()

    # When the button is pressed three times
    button = page.locator("button[name=geste]")
    for _ in range(3):
        button.click(force=True)
    page.wait_for_timeout(300)

    # Then one form left, with the button's own value, and the button says it is busy without losing its place
    assert [path for path, _ in server.posted] == ["/lent"]
    assert "geste=deposer" in server.posted[0][1]
    assert button.get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.activeElement.name") == "geste"
    page.context.close()


def test_characters_are_counted_while_typing(browser, server):
    page = visit(browser, server, "formulaire")
    page.fill("#f-text", "Voilà 😀")
    assert page.text_content("#f-text-c") == "7 caractères sur 20"
    page.fill("#f-text", "a" * 21)
    assert "over" in (page.get_attribute("#f-text-c", "class") or "")
    page.context.close()


def test_leaving_with_unsent_text_is_asked(browser, server):
    page = visit(browser, server, "formulaire")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#f-text").press_sequentially("Bonjour")
    page.goto(f"http://127.0.0.1:{server.server_port}/erreur-404")
    assert asked == ["beforeunload"]
    page.context.close()


def test_a_refusal_is_said_in_its_words_and_the_text_stays(browser, server):
    page = visit(browser, server, "formulaire")
    page.fill("#f-sens", "Pour")
    page.click("#vif button")
    strip = page.wait_for_selector("#vif [role=alert]")
    assert strip.text_content() == "Le vote est fermé depuis 15\u00a0h\u00a042. Votre bulletin n’a pas changé."
    assert page.input_value("#f-sens") == "Pour"
    page.wait_for_selector("#vif button:not([aria-disabled])")
    page.context.close()


def test_a_lost_network_is_said_and_the_button_comes_back(browser, server):
    page = visit(browser, server, "formulaire")
    page.fill("#f-sens", "Pour")
    page.context.set_offline(True)
    page.click("#vif button")
    assert "Pas de réseau" in (page.wait_for_selector("#vif [role=alert]").text_content() or "")
    page.wait_for_selector("#vif button:not([aria-disabled])")
    page.context.close()


def test_a_draft_is_kept_as_one_types_and_says_when(browser, server):
    page = visit(browser, server, "formulaire")
    server.posted.clear()
    page.locator("#f-note").press_sequentially("Dix pour cent")
    page.get_by_text("Enregistré à").wait_for(timeout=8000)
    assert [path for path, _ in server.posted] == ["/garder"]
    assert "note=Dix+pour+cent" in server.posted[0][1]
    assert not page.locator("#brouillon[data-unsent]").count()
    page.context.close()


def test_without_script_everything_is_there(browser, server):
    page = visit(browser, server, "planche", java_script_enabled=False)
    assert page.locator("form[method=post]").count() == 5
    assert page.locator("fieldset.ballot").first.is_visible()
    page.context.close()

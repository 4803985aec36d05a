"""Every form of every page, and every question that an address may ask, with odd values: always an answer."""

import functools
import random
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from convention.people.models import RoleKind
from tests.hostile.conftest import SHAPE, STARTS, Place, walk
from tests.world import Browser, filled

ODD = (
    "", " ", "0", "-1", "1e9", "999999999999999999999", "NaN", "'\"<b>", "\x00", "é" * 300, "zz" * 5000, "{{7*7}}",
    "%00", "2026-13-45", "9999-12-31", "0001-01-01", "25:61", "\u202ezz", "\ud83d", "true", "[]", "../../etc/passwd",
    "00000000-0000-0000-0000-000000000007", "//zz.example", "javascript:zz()", "1,2,3", "²", "\u0661",
)  # fmt: skip
# What would end the browser's own visit.
NOT_SENT = ("/sortir", "/moi/appareils", "/entrer")


def odd(value: str) -> str:
    return value.encode("utf-8", "ignore").decode()


class Met(NamedTuple):
    """What a walk of everything has met: {path: names a question may have}, {shape: (action, what it holds)}."""

    asked: dict[str, set[str]]
    forms: dict[str, tuple[str, dict[str, object]]]


WHO = pytest.mark.parametrize("who", list(STARTS), ids=lambda who: who.value if who else "visitor")
Meeting = Callable[[RoleKind | None], Met]


@pytest.fixture(scope="module")
def met(whole: Place) -> Meeting:
    """What each role meets, walked once, before anything odd is sent."""
    return functools.cache(lambda who: meet(whole.browser(who), who))


def meet(browser: Browser, who: RoleKind | None) -> Met:
    met = Met({}, {})
    for seen in walk(browser, STARTS[who]):
        if seen.html is None:
            continue
        for link in seen.html.xpath("//a/@href"):
            parts = urlsplit(link)
            if not parts.scheme and parts.query:
                met.asked.setdefault(parts.path or urlsplit(seen.address).path, set()).update(
                    name for name, _value in parse_qsl(parts.query, keep_blank_values=True)
                )
        for form in seen.html.xpath("//form[not(@method) or @method='get']"):
            names = {one for one in form.xpath(".//@name") if one}
            met.asked.setdefault(form.get("action") or urlsplit(seen.address).path, set()).update(names)
        for form in seen.html.xpath("//form[@method='post']"):
            actions = {form.get("action"), *form.xpath(".//button/@formaction")} - {None}
            for action in actions:
                if not action.startswith(NOT_SENT):
                    names = sorted(set(filled(form)) | {one for one in form.xpath(".//@name") if one})
                    shape = f"{SHAPE.sub('…', action)} {len(names)}"
                    met.forms.setdefault(shape, (action, filled(form)))
    return met


@WHO
def test_an_odd_question_has_an_answer(whole: Place, met: Meeting, who: RoleKind | None) -> None:
    browser, chance = whole.browser(who), random.Random(7)
    shapes: dict[str, tuple[str, set[str]]] = {}
    for path, names in met(who).asked.items():
        if path.startswith("/"):
            shapes.setdefault(SHAPE.sub("…", path), (path, set()))[1].update(names)
    broken = []
    for path, names in shapes.values():
        questions = [dict.fromkeys(names, odd(value)) for value in chance.sample(ODD, 4)]
        questions += [{name: odd(value)} for name in names for value in chance.sample(ODD, 3)]
        for question in questions:
            response = browser.client.get(path, params=question, follow_redirects=False)
            if response.status_code >= 500:
                broken.append(f"{path} {question}: {response.status_code}")
    assert len(shapes) > 3
    assert not broken, "\n".join(broken[:20])


@WHO
def test_an_odd_form_has_an_answer(whole: Place, met: Meeting, who: RoleKind | None) -> None:
    browser, chance, forms = whole.browser(who), random.Random(8), met(who).forms
    broken = []
    for action, values in forms.values():
        given = {name: value for name, value in values.items() if name != "cle"}
        tries = [dict.fromkeys(given, odd(value)) for value in chance.sample(ODD, 3)]
        tries += [{**given, name: odd(value)} for name in given for value in chance.sample(ODD, 2)]
        tries.append({**given, "cle": "zz", "zz": "zz"})
        for sent in tries[:40]:
            response = browser.client.post(action, data=sent, follow_redirects=False)
            if response.status_code >= 500:
                broken.append(f"{action} { {k: str(v)[:30] for k, v in sent.items()} }: {response.status_code}")
    assert forms
    assert not broken, "\n".join(broken[:20])

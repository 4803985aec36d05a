"""The macros known as `ui`, and the frame of pages: what a screen reader, a hostile citizen or a translator meets."""

import hashlib
import re
from datetime import date, time
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from lxml import html
from markupsafe import Markup

from convention.kit.assets import Assets
from convention.kit.forms import Filled
from convention.kit.i18n import speaking
from convention.kit.pages import Pages
from convention.voting.models import Row
from tests.kit import stub

PAGES = stub.pages()
ui: Any = PAGES.environment.globals["ui"]

GRADES = [
    Thing(value=value, label=label, count=count)
    for value, label, count in (
        (5, "Très bien", 13),
        (4, "Bien", 18),
        (3, "Passable", 5),
        (2, "Insuffisant", 2),
        (1, "À rejeter", 0),
    )
]
OPTIONS = [(1, "Un", "Le premier"), (2, "Deux")]
EMPTY = Filled({})


def parse(markup: str) -> html.HtmlElement:
    return html.fromstring(f"<div>{markup}</div>")


def draw(source: str, pages: Pages = PAGES, **context: Any) -> str:
    """What a page would get by writing this."""
    return pages.environment.from_string(source).render(context)


@pytest.mark.parametrize(
    ("language", "source", "shown"),
    [
        ("fr", "{{ day|date }}", "12~décembre 2026"),
        ("fr", "{{ day|date('d MMM y') }}", "12~déc. 2026"),
        ("fr", "{{ 'du 1er avril au 4 mai, le 8 au soir'|unbroken }}", "du 1er~avril au 4~mai, le 8 au soir"),
        ("en", "{{ day|date }}", "December~12, 2026"),
    ],
)
def test_a_day_ends_no_line_without_its_month(language: str, source: str, shown: str) -> None:
    with speaking(language):
        said = html.fromstring(draw(source, day=date(2026, 12, 12))).text_content()
    assert said == shown.replace("~", "\u00a0")


# -- forms ------------------------------------------------------------------------------------------------------------


def controls(form: Filled) -> dict[str, str]:
    """One of each control, named « x »."""
    return {
        "field": ui.field(form, "x", "Étiquette", "Aide", most=280),
        "area": ui.field(form, "x", "Étiquette", "Aide", rows=4, most=280),
        "number": ui.number(form, "x", "Étiquette", "Aide"),
        "date": ui.date(form, "x", "Étiquette", "Aide"),
        "time": ui.time(form, "x", "Étiquette", "Aide"),
        "file": ui.file(form, "x", "Étiquette", "Aide"),
        "select": ui.select(form, "x", "Étiquette", OPTIONS[1:], "Aide"),
        "check": ui.check(form, "x", "Étiquette", "Aide"),
        "choices": ui.choices(form, "x", "Étiquette", OPTIONS, "Aide"),
        "checks": ui.checks(form, "x", "Étiquette", OPTIONS, "Aide"),
        "ballot": ui.ballot(form, "x", "Étiquette", [(5, "Très bien", "Je garde"), (0, "Sans avis", "")], "Aide"),
    }


KINDS = list(controls(EMPTY))
GROUPS = ("choices", "checks", "ballot")


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_has_its_label(kind):
    page = parse(controls(EMPTY)[kind])
    for control in page.xpath("//input|//select|//textarea"):
        bound = page.xpath(f"//label[@for='{control.get('id')}']") + control.xpath("ancestor::label")
        assert len(bound) == 1
        assert bound[0].text_content().strip()
    if kind in GROUPS:
        assert page.xpath("//fieldset/*[1][self::legend]")[0].text_content().startswith("Étiquette")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_before_the_control_and_describes_it_first(kind):
    page = parse(controls(Filled({}, {"x": "Corrigez."}))[kind])
    described = page.xpath("//fieldset" if kind in GROUPS else "//*[@id='f-x']")[0]
    ids = described.get("aria-describedby").split()
    assert ids[:2] == ["f-x-e", "f-x-h"]
    assert all(page.xpath(f"//*[@id='{one}']") for one in ids)
    order = [element.get("id") for element in page.iter() if element.get("id")]
    assert order.index("f-x-e") < order.index("f-x")
    assert "Corrigez." in page.xpath("//*[@id='f-x-e']")[0].text_content()
    if kind not in GROUPS:
        assert described.get("aria-invalid") == "true"


@pytest.mark.parametrize("kind", KINDS)
def test_a_control_without_error_speaks_of_none(kind):
    page = parse(controls(EMPTY)[kind])
    assert not page.xpath("//*[@aria-invalid]|//*[contains(@class, 'err')]")
    for element in page.xpath("//*[@aria-describedby]"):
        assert all(page.xpath(f"//*[@id='{one}']") for one in element.get("aria-describedby").split())


def test_what_may_be_left_out_is_said():
    assert "(facultatif)" in ui.field(EMPTY, "x", "Étiquette", required=False)
    asked = ui.field(EMPTY, "x", "Étiquette")
    assert "(facultatif)" not in asked
    assert parse(asked).xpath("//input[@required]")


def test_what_was_typed_comes_back():
    text = "Première ligne\n\n  <b>seconde</b> & fin"
    page = parse(ui.field(Filled({"x": text}), "x", "Étiquette", rows=4))
    assert page.xpath("//textarea")[0].text.removeprefix("\n") == text
    filled = Filled({"jour": date(2024, 9, 28), "heure": time(14, 5), "n": 7, "choix": 2, "plusieurs": (1, 2)})
    assert parse(ui.date(filled, "jour", "Jour")).xpath("//input/@value") == ["2024-09-28"]
    assert parse(ui.time(filled, "heure", "Heure")).xpath("//input/@value") == ["14:05"]
    assert parse(ui.number(filled, "n", "N")).xpath("//input/@value") == ["7"]
    assert parse(ui.choices(filled, "choix", "C", OPTIONS)).xpath("//input[@checked]/@value") == ["2"]
    assert parse(ui.select(filled, "choix", "C", OPTIONS[1:])).xpath("//option[@selected]/@value") == ["2"]
    assert parse(ui.checks(filled, "plusieurs", "P", OPTIONS)).xpath("//input[@checked]/@value") == ["1", "2"]
    assert parse(ui.chips(filled, "choix", "C", [(1, "Un"), (2, "Deux")], kind="radio")).xpath(
        "//input[@checked]/@value"
    ) == ["2"]


def test_a_date_that_was_not_one_comes_back_too():
    assert parse(ui.date(Filled({"jour": "31 juin"}), "jour", "Jour")).xpath("//input/@value") == ["31 juin"]


def test_a_password_never_comes_back():
    assert "secret" not in ui.field(Filled({"mot": "secret"}), "mot", "Mot de passe", kind="password")


def test_characters_are_counted_and_passing_the_limit_is_not_prevented():
    page = parse(ui.field(Filled({"x": "a" * 310}), "x", "Étiquette", rows=4, most=280))
    assert page.xpath("//*[@id='f-x-c']")[0].text == "310 caractères sur 280"
    assert not page.xpath("//*[@maxlength]")
    empty = parse(ui.field(EMPTY, "x", "Étiquette", rows=4, most=280))
    assert empty.xpath("//*[@id='f-x-c']")[0].text == "280 caractères au plus"


def test_options_may_be_grouped():
    page = parse(ui.select(EMPTY, "x", "Étiquette", [("a", "Seul"), ("Groupe", [("b", "Deux")])], empty="Choisissez"))
    assert page.xpath("//optgroup/@label") == ["Groupe"]
    assert page.xpath("//option/@value") == ["", "a", "b"]


def test_keywords_become_attributes():
    page = parse(ui.field(EMPTY, "x", "Étiquette", hx_get="/a", data_on=True, hidden=None, disabled=False))
    field = page.xpath("//input")[0]
    assert field.get("hx-get") == "/a"
    assert "data-on" in field.attrib
    assert not {"hidden", "disabled"} & set(field.attrib)


def test_the_summary_names_each_field_in_the_order_of_the_page():
    form = Filled({}, {"": "Rien ne va plus.", "b": "Choisissez.", "a": "Raccourcissez."})
    page = parse(ui.sumup(form, {"a": "Texte", "b": "Sens"}))
    box = page.xpath("//*[@role='alert']")[0]
    assert box.get("tabindex") == "-1"
    assert "autofocus" in box.attrib
    assert page.xpath("//h2")[0].text == "3 points à compléter"
    assert page.xpath("//li//a/@href") == ["#f-a", "#f-b"]
    assert [li.text_content() for li in page.xpath("//li")] == [
        "Texte\u00a0: Raccourcissez.",
        "Sens\u00a0: Choisissez.",
        "Rien ne va plus.",
    ]


def test_the_summary_leads_to_the_first_answer_of_a_group():
    form = Filled({}, {"x": "Choisissez."})
    page = parse(ui.sumup(form, {"x": "Sens"}) + ui.choices(form, "x", "Sens", OPTIONS))
    target = page.xpath("//li//a/@href")[0].removeprefix("#")
    assert page.xpath(f"//input[@id='{target}']")


def test_no_error_no_summary():
    assert ui.sumup(EMPTY, {"a": "Texte"}).strip() == ""


def test_a_closed_button_can_be_reached_says_why_and_sends_nothing():
    button = parse(ui.button("Ouvrir", why="pourquoi")).xpath("//button")[0]
    assert button.get("aria-disabled") == "true"
    assert button.get("aria-describedby") == "pourquoi"
    assert button.get("type") == "button"
    assert "disabled" not in button.attrib


def test_no_answer_is_chosen_for_the_voter():
    ballot = ui.ballot(EMPTY, "m", "Que pensez-vous\u202f?", [(5, "Très bien", ""), (0, "Sans avis", "")])
    assert not parse(ballot).xpath("//input[@checked]")


# -- votes ------------------------------------------------------------------------------------------------------------


def test_sorted_voices_say_in_text_what_they_draw():
    page = parse(ui.voices(GRADES, keep_from=4))
    rows = page.xpath("//li")
    assert [re.sub(r"\s+", " ", row.text_content()).strip() for row in rows] == [
        "5 Très bien13 voix",
        "4 Bien, la voix du milieu18 voix",
        "3 Passable5 voix",
        "2 Insuffisant2 voix",
        "1 À rejeter0 voix",
    ]
    assert [row.xpath("count(.//path[@class='v'])") for row in rows] == [1, 1, 1, 1, 0]
    assert all(drawing.get("aria-hidden") == "true" for drawing in page.xpath("//svg"))
    assert ["keep" in row.get("class").split() for row in rows] == [False, True, False, False, False]
    assert ["is-middle" in row.get("class").split() for row in rows] == [False, True, False, False, False]


def test_a_threshold_that_keeps_nothing_or_everything():
    assert not parse(ui.voices(GRADES, keep_from=6)).xpath("//li[contains(@class, 'keep')]")
    assert len(parse(ui.voices(GRADES, keep_from=1)).xpath("//li[contains(@class, 'keep')]")) == 1


def test_small_voices_say_every_count():
    label = parse(ui.vmini(GRADES)).xpath("//svg/@aria-label")[0]
    assert label == "38 voix\u00a0: Très bien 13, Bien 18, Passable 5, Insuffisant 2, À rejeter 0"


def test_nobody_voted():
    nobody = [Thing(value=g.value, label=g.label, count=0) for g in GRADES]
    assert "is-middle" not in ui.voices(nobody, keep_from=4)
    assert "0 voix" in ui.vmini(nobody)
    assert "<path" not in ui.yesno([Thing(value="pour", label="Pour", count=0)]).split("viewBox")[-1]


def test_yes_and_no_show_the_votes_needed():
    rows = [Thing(value=v, label=v, count=n) for v, n in (("pour", 26), ("contre", 9), ("abstention", 3))]
    assert ui.yesno(rows, needed=18).count('class="mid"') == 1
    assert 'class="mid"' not in ui.yesno(rows)


def test_a_tally_is_named_or_silent():
    assert parse(ui.tally(7, "7 personnes")).xpath("//*[@role='img']/@aria-label") == ["7 personnes"]
    assert parse(ui.tally(7)).xpath("//*[@aria-hidden='true']")
    assert ui.tally(747).strip() == '<span class="num">747</span>'


def test_a_difference_says_its_words():
    segments = [
        Thing(kind="same", text="Noter pour "),
        Thing(kind="removed", text="20 %"),
        Thing(kind="added", text="10 %"),
    ]
    page = parse(ui.diff(segments))
    assert page.xpath("//del")[0].text_content() == "supprimé 20 %"
    assert page.xpath("//ins")[0].text_content() == "ajouté 10 %"


def test_a_space_that_goes_is_no_word():
    segments = [
        Thing(kind="same", text="les écoles"),
        Thing(kind="removed", text=" "),
        Thing(kind="added", text=", les marchés "),
        Thing(kind="same", text="et les arrêts"),
        Thing(kind="added", text=" "),
    ]
    page = parse(ui.diff(segments))
    assert not page.xpath("//del")
    assert [one.text_content() for one in page.xpath("//ins")] == ["ajouté , les marchés "]


def test_pages_keep_their_addresses_and_name_the_current_one():
    page = parse(ui.pages(4, 12, lambda n: f"?page={n}"))
    assert page.xpath("//ul//a/@href") == [f"?page={n}" for n in (1, 2, 3, 4, 5, 6, 12)]
    assert page.xpath("//a[@aria-current='page']/@href") == ["?page=4"]
    assert page.xpath("//a[@rel='prev']/@href") == ["?page=3"]
    assert ui.pages(1, 1, str).strip() == ""


# -- hostile words, other languages ------------------------------------------------------------------------------------

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'{{ 7*7 }}&lt;"

# Every macro, each of its words being `w`; `e` is a form in error.
CALLS = """
{{ ui.field(f, 'a', w, w, most=9) }}{{ ui.field(f, 'b', w, w, rows=9, placeholder=w) }}{{ ui.field(e, 'c', w) }}
{{ ui.number(f, 'd', w, w) }}{{ ui.date(f, 'e', w, w) }}{{ ui.time(f, 'g', w, w) }}{{ ui.file(f, 'h', w, w) }}
{{ ui.select(f, 'i', w, [(w, w), (w, [(w, w)])], w, empty=w) }}{{ ui.choices(e, 'j', w, [(w, w, w)], w) }}
{{ ui.checks(f, 'k', w, [(w, w, w)], w) }}{{ ui.check(f, 'l', w, w, value=w) }}{{ ui.chips(f, 'm', w, [(w, w)]) }}
{{ ui.sumup(e, {'c': w}) }}{{ ui.key(w) }}{{ ui.search(w, w, w) }}{{ ui.button(w, name=w, value=w) }}
{{ ui.go('/', w) }}{{ ui.act('/', w) }}{{ ui.back('/', w) }}{{ ui.tag(w) }}{{ ui.strip(w, href='/', link=w) }}
{{ ui.tasks([{'address': '/', 'text': w, 'icon': 'vote'}]) }}
{{ ui.theme({'name': w, 'icon': 'scale', 'colour': 'just'}) }}{{ ui.masked(w, w, w, '/') }}{{ ui.note('ok', w) }}
{% call ui.note('bad', w) %}{{ w }}{% endcall %}{% call ui.empty(w) %}{{ w }}{% endcall %}
{% call ui.row(w, 'r1', w, aside=w) %}{{ w }}{% endcall %}{% call ui.details(w) %}{{ w }}{% endcall %}
{% call ui.scroll(w) %}{{ w }}{% endcall %}
{{ ui.jump([('#', w)]) }}{{ ui.kv([(w, w)]) }}{{ ui.figures([(w, w, true)]) }}{{ ui.hash(w) }}
{{ ui.files([{'name': w, 'address': w, 'what': w, 'size': w, 'icon': 'file-text'}]) }}
{{ ui.steps([{'name': w, 'when': w, 'state': 'now'}, {'name': w, 'when': w, 'state': 'done'}]) }}
{{ ui.flow([{'name': w, 'note': w, 'state': 'done'}]) }}
{{ ui.trace([{'when': w, 'title': w, 'text': w, 'links': [('/', w)]}]) }}
{% call ui.item(w, '/', number=w, kind=w, text=w, vote=w) %}{{ w }}{% endcall %}
{% set state = {'label': w, 'tone': w, 'icon': 'check', 'is_over': false} %}
{{ ui.line(w, '/', 3, w, state, w, 2, 1, 2, true, w, ('vote', w), (5, w, rows, 1, 3, true)) }}
{{ ui.line(w, '/', 3, w, dict(state, is_over=true), w, 2, 1, 2, false, w, none, none) }}
{% call ui.clause(w, grade=(5, w), meta=w, links=[('/', w)], tag=w) %}{{ w }}{% endcall %}
{{ ui.diff([{'kind': 'removed', 'text': w}, {'kind': 'added', 'text': w}, {'kind': 'same', 'text': w}]) }}
{{ ui.grade(5, w) }}{{ ui.hand(w) }}{{ ui.tally(3, w) }}{{ ui.voices(rows) }}{{ ui.vmini(rows) }}{{ ui.yesno(rows) }}
{{ ui.ballot(f, 'n', w, [(w, w, w)], w) }}{{ ui.dist([(w, 3)], w, w) }}{{ ui.quota(w, 3, 2, 4, 1.5, 9) }}
{{ ui.quota_key(40) }}{{ ui.seats(w, 4) }}{{ ui.share(12) }}{{ ui.pages(2, 3, address) }}{{ ui.mark() }}
{{ ui.fictional({'fictional': true}) }}
{{ ui.htmx('sse') }}{{ ui.script('form') }}{{ ui.autosave(w) }}{{ ui.error_title(404) }}{{ ui.error_advice(404) }}
"""


def every_macro(word: str, pages: Pages = PAGES) -> str:
    values = dict.fromkeys("abcdeghijklmn", word)
    return draw(
        CALLS,
        pages,
        w=word,
        f=Filled(values),
        e=Filled(values, {"c": word, "j": word}),
        rows=[Thing(value=5, label=word, count=2), Thing(value=4, label=word, count=1)],
        address=lambda n: word,
    )


def test_every_macro_is_tried_above():
    untried = {name for name in vars(ui) if callable(getattr(ui, name)) and not name.startswith("_")}
    untried -= set(re.findall(r"ui\.(\w+)", CALLS))
    assert untried == {"attributes", "described", "optional", "hint_of", "error_of", "option_row", "voice_count"}


def test_hostile_words_stay_words_in_every_macro():
    page = parse(every_macro(HOSTILE))
    assert [script.get("src").partition("?")[0] for script in page.xpath("//script")] == [
        "/static/vendor/htmx/htmx.min.js",
        "/static/vendor/htmx/hx-sse.min.js",
        "/static/js/form.js",
    ]
    assert not page.xpath("//img")
    assert not page.xpath("//*[@*[starts-with(name(), 'on')]]")
    # and each of them is still there, letter for letter
    assert len(page.xpath("//*[contains(text(), '<script>alert(1)</script>')]")) > 60


def test_no_word_escapes_translation():
    made = Pages(stub.ROOT / "templates", Assets(stub.ROOT / "static"), {"url": stub.url})
    environment: Any = made.environment
    environment.install_gettext_callables(
        lambda message: f"⟦{message}⟧", lambda one, many, n: f"⟦{one if n < 2 else many}⟧", newstyle=True
    )
    environment.globals["_"] = environment.globals["gettext"]
    environment.cache.clear()
    environment.globals["ui"] = environment.get_template("layout/parts.html").module
    markup = every_macro("42", made)
    page = parse(re.sub(r"⟦[^⟧]*⟧", "", markup))
    left = page.text_content() + " ".join(
        page.xpath(
            "//@aria-label|//@placeholder|//@title|//@data-sentence|//@data-saved|//@data-offline|//@data-broken"
        )
    )
    assert re.findall(r"[^\W\d_]{2,}", left) == []


def test_what_is_drawn_once_is_drawn_again_for_other_words():
    # Words that are markup and the same words that are not: equal strings, and two drawings.
    assert "&lt;b&gt;" in ui.tag("<b>")
    assert "<b>" in ui.tag(Markup("<b>"))
    assert "&lt;b&gt;" in ui.tag("<b>")
    # Rows that change are drawn as they are.
    rows = list(GRADES)
    before = ui.vmini(rows)
    assert ui.vmini(rows) == before
    del rows[0]
    assert ui.vmini(rows) != before
    # Each language has its own.
    frozen = tuple(Row(row.value, row.label, row.count) for row in GRADES)
    for language, words in (("fr", "38 voix"), ("en", "38 votes"), ("fr", "38 voix")):
        with speaking(language):
            assert words in ui.vmini(frozen)


def test_the_language_is_that_of_the_reader_not_of_the_first_page():
    with speaking("en"):
        before = ui.fictional(Thing(fictional=True))
    with speaking("fr"):
        assert "fictifs" in ui.fictional(Thing(fictional=True))
    assert before


# -- whole pages ------------------------------------------------------------------------------------------------------

GALLERY = stub.gallery()


@pytest.mark.parametrize("name", GALLERY)
def test_a_page_is_well_made(name):
    page = html.document_fromstring(GALLERY[name])
    ids = page.xpath("//@id")
    assert sorted(ids) == sorted(set(ids))
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("/html/@lang") == ["fr"]
    assert page.xpath("//main[@id='contenu'][@tabindex='-1']")
    assert page.xpath("//body//a")[0].get("href") == "#contenu"
    assert page.xpath("string(//title)").strip()
    pointed = [href[1:] for href in page.xpath("//a/@href") if href.startswith("#")]
    pointed += [one for value in page.xpath("//@aria-labelledby|//@aria-describedby") for one in value.split()]
    pointed += page.xpath("//label/@for")
    assert set(pointed) <= set(ids)


@pytest.mark.parametrize("name", GALLERY)
def test_a_page_fits_a_strict_content_security_policy(name):
    page = html.document_fromstring(GALLERY[name])
    assert not page.xpath("//@style")
    assert not page.xpath("//style")
    assert not page.xpath("//script[not(@src)]")
    assert not page.xpath("//*[@*[starts-with(name(), 'on') or starts-with(name(), 'hx-on')]]")
    assert all(address.startswith("/static/") for address in page.xpath("//script/@src"))


@pytest.mark.parametrize("name", GALLERY)
def test_every_class_has_a_style(name):
    sheets = "".join((stub.ROOT / "static" / "css" / f"{one}.css").read_text() for one in ("convention", "planche"))
    known = set(re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheets, flags=re.S)))
    used = {one for value in html.document_fromstring(GALLERY[name]).xpath("//@class") for one in value.split()}
    without = {"g0", "cast", "city-violette", "receipt", "brand-n"}
    assert used - known - without == set()


def test_every_token_that_is_used_is_declared():
    sheets = "".join(path.read_text() for path in (stub.ROOT / "static" / "css").glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)", sheets))
    declared = set(re.findall(r"(--[\w-]+):", sheets))
    assert used - declared == set()


def test_signed_in_and_staff_readers_find_their_links():
    page = html.document_fromstring(GALLERY["planche-animation"])
    assert "Claire Martin-Delacroix" in page.xpath("string(//a[contains(@class, 'who')])")
    assert page.xpath("//nav[@class='desk']//a[@aria-current='page']")[0].text == "Animation"
    assert page.xpath("//*[@role='status'][contains(., 'Le vote est ouvert. Fermez-le')]")
    visitor = html.document_fromstring(GALLERY["erreur-404"])
    assert visitor.xpath("//a[contains(@class, 'who')]/@href") == ["/people-enter"]
    assert not visitor.xpath("//nav[@class='desk']")


def astray(seen):
    """What an error page is drawn with, for this visit."""
    return {"visit": seen, "url": stub.url, "status": 404, "reason": None, "kept": [], "again": [], "file": False}


def test_reading_comfort_is_on_the_page_itself():
    seen = stub.visit(display=Thing(mode="sombre", size="tres-grande", font="appareil", plain=False))
    page = html.document_fromstring(PAGES.render("layout/error.html", None, astray(seen)))
    root = page.xpath("/html")[0]
    assert (root.get("data-mode"), root.get("data-taille"), root.get("data-police")) == (
        "sombre",
        "tres-grande",
        "appareil",
    )


def test_a_city_brings_its_colours_only_when_it_has_some():
    seen = stub.visit()
    seen.convention.accent = "#0B5A86"
    context = astray(seen)
    assert "/portal-colours" in PAGES.render("layout/error.html", None, context)
    assert "/portal-colours" not in GALLERY["erreur-404"]


def test_an_error_page_gives_back_what_was_written():
    page = html.document_fromstring(GALLERY["erreur-403"])
    box = page.xpath("//textarea[@readonly]")[0]
    assert "<b>Et l’eau manque l’été.</b>" in box.text
    assert page.xpath(f"//label[@for='{box.get('id')}']")[0].text == "Votre texte"
    assert page.xpath("string(//*[@data-reason])").startswith("Le vote est fermé depuis")


@pytest.mark.parametrize("name", [name for name in GALLERY if name.startswith("erreur")])
def test_an_error_page_says_what_to_do_and_whom_to_call(name):
    page = html.document_fromstring(GALLERY[name])
    assert "04\u00a000" in page.xpath("string(//main)")
    assert page.xpath("//main//a[@href='/portal-home']")
    assert bool(page.xpath("//main//form[@role='search']")) == (name == "erreur-404")


@pytest.mark.parametrize("template", ["layout/mail.html", "layout/mail.txt"])
def test_a_mail_says_the_same_in_both_forms(template):
    context = {
        "convention": stub.visit().convention,
        "language": "fr",
        "title": "Votre lien d’entrée",
        "lines": ["Bonjour,"],
        "button": ("Entrer", "https://exemple.fr/entrer/abc?x=1&y=2"),
        "why": "Vous recevez ce message parce que vous l’avez demandé.",
    }
    mail = PAGES.render(template, None, context)
    text = mail if template.endswith("txt") else html.document_fromstring(mail).text_content()
    for said in ("Votre lien d’entrée", "Entrer", context["button"][1], context["why"], "04\u00a000", "fictifs"):
        assert said in text


# -- what we ship and did not write -----------------------------------------------------------------------------------

VENDOR = stub.ROOT / "static" / "vendor"


def vendored() -> dict[str, str]:
    lines = (VENDOR / "VENDORED.md").read_text().splitlines()
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0]: row[-1] for row in rows}


def test_what_we_ship_is_what_was_published():
    changed = [
        name
        for name, digest in vendored().items()
        if hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() != digest
    ]
    assert changed == []


def test_nothing_is_shipped_without_a_line():
    there = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDORED.md" and VENDOR / "pdf-fonts" not in path.parents
    }
    assert there == set(vendored())


def test_every_icon_a_template_names_is_shipped():
    shipped = {path.stem for path in (VENDOR / "icons").glob("*.svg")}
    named: set[str] = set()
    for path in (stub.ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r"\b_?icon\('([\w-]+)'", text)) | set(re.findall(r"icon='([\w-]+)'", text))
    assert named - shipped == set()

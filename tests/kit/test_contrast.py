import re

import pytest

from convention.kit import contrast
from tests.kit.stub import ROOT

TRIED = {
    "violet ink": ("#4A2C82", "#CDBBFA", "#DFA0A6"),
    "canal blue": ("#0B5A86", "#8CCBF0", "#E0A08C"),
    "fir": ("#22593F", "#94D6B2", "#C9A24B"),
    "wine": ("#7A1F3D", "#F5A9C0", "#7FA9C4"),
}


@pytest.mark.parametrize("city", TRIED.values(), ids=TRIED)
def test_the_cities_we_tried_can_be_read(city):
    assert contrast.why_not_accent(*city) is None


def test_known_contrasts():
    assert contrast.ratio("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast.ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast.ratio("#123456", "#123456") == pytest.approx(1)


def test_a_pale_accent_is_refused_with_its_contrast():
    reason = contrast.why_not_accent("#C08CFF", "#CDBBFA", "#DFA0A6")
    assert reason is not None
    assert "trop pâle" in reason
    assert "il faut 4,5" in reason


def test_a_dark_accent_for_the_dark_mode_is_refused():
    reason = contrast.why_not_accent("#4A2C82", "#4A2C82", "#DFA0A6")
    assert reason is not None
    assert "fond sombre" in reason


@pytest.mark.parametrize("colour", ["4A2C82", "#4A2", "red", "", "#GGGGGG", "#4A2C82;}", "#4A2C82\n"])
def test_a_colour_is_a_hash_and_six_digits(colour):
    for three in ((colour, "#CDBBFA", "#DFA0A6"), ("#4A2C82", colour, "#DFA0A6"), ("#4A2C82", "#CDBBFA", colour)):
        reason = contrast.why_not_accent(*three)
        assert reason is not None
        assert "#4A2C82" in reason


def modes() -> dict[str, dict[str, str]]:
    """The colour tokens of the style sheet, by mode."""
    sheet = (ROOT / "static" / "css" / "convention.css").read_text()

    def block(start: str) -> dict[str, str]:
        inside = sheet[sheet.index(start) :].split("}", 1)[0]
        return {name: full(value) for name, value in re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{3,6})\b", inside)}

    def full(colour: str) -> str:
        return "#" + "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour

    light = block("  :root {\n    /* City")
    dark = {**light, **block(':root[data-mode="sombre"] {')}
    high = {**light, **block(':root[data-mode="contraste"] {')}
    light["accent"], dark["accent"] = light["city-accent"], light["city-accent-dark"]
    return {"light": light, "dark": dark, "high": high}


GROUNDS = ("paper", "sheet", "recess")
TEXTS = ("ink", "ink-2", "accent", "ok", "warn", "bad", "t-sante", "t-mob", "t-eco", "t-just", "t-rel", "t-trans")
GRAPHICS = ("line-strong", "g5", "g4", "g3", "g2", "g1", "o-a", "o-b", "o-c")


@pytest.mark.parametrize("mode", ["light", "dark", "high"])
def test_every_token_can_be_read_on_every_ground(mode):
    tokens = modes()[mode]
    weak = [
        (name, ground, round(contrast.ratio(tokens[name], tokens[ground]), 2))
        for names, asked in ((TEXTS, 4.5), (GRAPHICS, 3))
        for name in names
        for ground in GROUNDS
        if contrast.ratio(tokens[name], tokens[ground]) < asked
    ]
    assert weak == []


@pytest.mark.parametrize("mode", ["light", "dark", "high"])
def test_what_is_written_on_a_colour_can_be_read(mode):
    tokens = modes()[mode]
    pairs = [("on-accent", "accent"), *(("on-grade", f"g{n}") for n in range(1, 6))]
    pairs += [(tone, f"{tone}-wash") for tone in ("ok", "warn", "bad")]
    assert [pair for pair in pairs if contrast.ratio(tokens[pair[0]], tokens[pair[1]]) < 4.5] == []


def test_the_grounds_used_for_cities_are_those_of_the_sheet():
    found = modes()
    assert found["light"]["recess"].upper() == contrast.LIGHT_GROUND
    assert found["dark"]["sheet"].upper() == contrast.DARK_GROUND


def test_a_mode_chosen_by_hand_is_the_one_the_device_asks_for():
    sheet = (ROOT / "static" / "css" / "convention.css").read_text()

    def tokens(start: str) -> list[str]:
        return re.findall(r"(--[\w-]+): ([^;]+);", sheet[sheet.index(start) :].split("}", 1)[0])

    by_device = sheet[sheet.index("@media (prefers-color-scheme: dark)") :]
    sheet_dark = tokens(':root[data-mode="sombre"] {')
    assert re.findall(r"(--[\w-]+): ([^;]+);", by_device.split("}", 1)[0]) == sheet_dark
    by_contrast = sheet[sheet.index("@media (prefers-contrast: more)") :]
    assert re.findall(r"(--[\w-]+): ([^;]+);", by_contrast.split("}", 1)[0]) == tokens(':root[data-mode="contraste"] {')

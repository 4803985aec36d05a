"""Whether a city's colours can be read: WCAG 2.2 contrast against the grounds of the style sheet."""

import re

from convention.kit.i18n import gettext as _

TEXT = 4.5  # WCAG 1.4.3, text
# The darkest light ground and the lightest dark ground: `--recess` and `--sheet` of static/css/convention.css.
LIGHT_GROUND, DARK_GROUND = "#ECE3D2", "#23272F"
ON_LIGHT_ACCENT, ON_DARK_ACCENT = "#FFFFFF", "#12141A"

_hexadecimal = re.compile(r"#[0-9A-Fa-f]{6}")


def luminance(colour: str) -> float:
    """The relative luminance of « #RRGGBB », from 0 (black) to 1 (white)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21.

    >>> round(ratio("#000000", "#FFFFFF"))
    21
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def why_not_accent(accent: str, dark: str, margin: str) -> str | None:
    """Why a city may not use these three colours, or None. The margin line is decoration: any colour will do."""
    for colour in (accent, dark, margin):
        if not _hexadecimal.fullmatch(colour):
            return _("Écrivez chaque couleur sous la forme #4A2C82 : un dièse et six chiffres ou lettres de A à F.")
    if ratio(accent, LIGHT_GROUND) < TEXT:
        return _too_weak(_("La couleur de la ville est trop pâle sur le fond clair"), accent, LIGHT_GROUND)
    if ratio(accent, ON_LIGHT_ACCENT) < TEXT:
        return _too_weak(_("La couleur de la ville est trop pâle sous un texte blanc"), accent, ON_LIGHT_ACCENT)
    if ratio(dark, DARK_GROUND) < TEXT:
        return _too_weak(_("La couleur pour fond sombre est trop foncée sur ce fond"), dark, DARK_GROUND)
    if ratio(dark, ON_DARK_ACCENT) < TEXT:
        return _too_weak(_("La couleur pour fond sombre est trop foncée sous un texte noir"), dark, ON_DARK_ACCENT)
    return None


def _too_weak(sentence: str, colour: str, ground: str) -> str:
    # Cut, not rounded: 4.49 must not be shown as the 4.5 that was asked for.
    shown = f"{int(ratio(colour, ground) * 10) / 10}".replace(".", ",")
    return _("{sentence} : contraste de {ratio}, il faut 4,5.").format(sentence=sentence, ratio=shown)

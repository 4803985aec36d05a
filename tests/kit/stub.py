"""What the layout's templates receive, made up: enough to draw any of them without an application."""

from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from convention.kit.assets import Assets
from convention.kit.forms import Filled
from convention.kit.pages import Pages

ROOT = Path(__file__).parents[2]


def url(name: str, **params: Any) -> str:
    return "/" + "/".join([name.replace(".", "-"), *map(str, params.values())])


def pages() -> Pages:
    return Pages(ROOT / "templates", Assets(ROOT / "static"), {"url": url})


def visit(**over: Any) -> Any:
    menu = ("La convention", "Propositions", "Séances", "Points de vue", "Avis", "Réponses")
    convention = Thing(
        title="Intelligence artificielle et territoire",
        question="Quelle intelligence artificielle au service des habitants et du territoire\u202f?",
        city="Montpellier Méditerranée Métropole",
        commissioner="la Métropole",
        help_phone="04\u00a000\u00a000\u00a000\u00a000",
        help_hours="du lundi au samedi",
        fictional=True,
        accent="",
        accent_dark="",
        margin="",
    )
    return Thing(
        **{
            "person": None,
            "convention": convention,
            "language": "fr",
            "display": Thing(mode="", size="", font="", plain=False),
            "menu": [
                Thing(name=name, address=f"/{i}", current="page" if i == 1 else None) for i, name in enumerate(menu)
            ],
            "desk": [],
            "languages": [
                Thing(name="Français", address="/langue/fr", current="true", code="fr"),
                Thing(name="English", address="/langue/en", current=None, code="en"),
            ],
            "notice": None,
            "device": "",
            "device_is": "",
            **over,
        }
    )


def staff() -> Any:
    """A facilitator, just after she did something."""
    names = ("Animation", "Administration", "Journal")
    return visit(
        person=Thing(name="Claire Martin-Delacroix"),
        desk=[Thing(name=name, address=f"/e{i}", current="page" if i == 0 else None) for i, name in enumerate(names)],
        notice=("ok", "Le vote est ouvert. Fermez-le quand tous les bulletins sont là."),
    )


def gallery() -> dict[str, str]:
    """Every page of the layout, drawn, by name."""
    made = pages()

    def draw(template: str, seen: Any, **context: Any) -> str:
        return made.render(template, None, {"visit": seen, "url": url, **context})

    kept = ["Sans chiffre, on achète à l’aveugle.\n<b>Et l’eau manque l’été.</b>"]
    drawn = {
        "planche": draw("layout/specimen.html", visit()),
        "planche-animation": draw("layout/specimen.html", staff()),
    }
    for status, reason in {
        401: None,
        403: "Le vote est fermé depuis 15\u00a0h\u00a042. Votre bulletin n’a pas changé.",
        404: None,
        405: None,
        410: "L’édition n° 2 du rapport est fermée au public depuis le 12 mars 2027.",
        413: None,
        422: None,
        429: "Cinq codes faux en dix minutes. Réessayez à 15\u00a0h\u00a012.",
        500: None,
        503: None,
    }.items():
        drawn[f"erreur-{status}"] = draw(
            "layout/error.html",
            visit(),
            status=status,
            reason=reason,
            kept=kept if status in (403, 413, 500, 503) else [],
            again=[("cle", "0199"), ("text", kept[0])] if status == 503 else [],
            address="/arguments/12/repondre",
            file=status == 503,
        )
    return drawn


def form() -> Filled:
    """An empty form."""
    return Filled({})

"""What the stories begin with: five members, who leads them, who watches over them, and the letters they received."""

from typing import Any

from playwright.sync_api import Browser

from tests.journeys.site import Site
from tests.journeys.walker import Walker

MEMBERS = ("Nadia", "Omar", "Inès", "Mireille", "Karim")
TITLE = "Mesurer le coût écologique avant d’acheter une IA"
SHEET = "Exiger une fiche d’impact écologique dans chaque marché de plus de 40 000 euros."
NOTE = "Noter cette fiche pour 10 % au moins de la note totale."
BETTER_NOTE = "Noter cette fiche pour 20 % au moins de la note totale, et publier la note."
SAFEGUARD = "Étudier toujours une solution sans intelligence artificielle."


class Story:
    """The people of the story, each with a device of their own, and the codes of their letters."""

    def __init__(self, browser: Browser, site: Site, codes: dict[str, str]) -> None:
        self.browser, self.site, self.codes = browser, site, codes
        self.context: dict[str, Any] = {}
        self.walkers: dict[str, Walker] = {}

    def __getitem__(self, name: str) -> Walker:
        if name not in self.walkers:
            self.walkers[name] = Walker(self.browser, self.site, **self.context)
        return self.walkers[name]

    def enters(self, name: str) -> Walker:
        """By the door, unless she is in already."""
        return self[name] if name in self.walkers else self[name].enter(self.codes[name])


def fill_card(walker: Walker) -> None:
    """What she writes, but its title and its finding."""
    walker.choose("Thème", "Transition écologique").type("Constat", "Personne ne connaît ce que ces outils consomment.")
    walker.type("Objectif", "Que chaque achat soit décidé en connaissant son coût.")
    walker.type("Paragraphe 1", SHEET).type("Paragraphe 2", NOTE).type("Garde-fou 1", SAFEGUARD)
    walker.type("Indicateur", "Part des marchés avec fiche publiée")
    walker.page.get_by_label("Compétence", exact=True).select_option("metropole")
    walker.type("Délai souhaité", "Un an après l’avis")


def answer(walker: Walker, *grades: int) -> None:
    """Tap one answer for each text; 0 is no opinion."""
    for n, grade in enumerate(grades, 1):
        walker.page.locator(f"label.opt:has(input[name=q{n}][value='{grade or 'sans-avis'}'])").click()

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator

from convention.algorithms.decision import GRADES, Base, Completion, Method, NoOpinion, QuorumBase, Rule, Secrecy, Tie
from convention.kit import clock, forms
from convention.kit.forms import Filled, Form, ask
from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy
from convention.voting.models import Mode

# What a motion must reach: (share, strict, words). More than half is strict, the others are reached from the number on.
MAJORITIES = {
    "1/2": (Fraction(1, 2), True, lazy("Plus de la moitié")),
    "3/5": (Fraction(3, 5), False, lazy("Au moins les trois cinquièmes")),
    "2/3": (Fraction(2, 3), False, lazy("Au moins les deux tiers")),
    "7/10": (Fraction(7, 10), False, lazy("Au moins 7 sur 10")),
    "4/5": (Fraction(4, 5), False, lazy("Au moins les quatre cinquièmes")),
}
QUORUMS = {
    "": lazy("Sans quorum"),
    "1/3": lazy("Le tiers"),
    "1/2": lazy("La moitié"),
    "2/3": lazy("Les deux tiers"),
    "3/4": lazy("Les trois quarts"),
}
METHODS = {
    Method.MAJORITY_JUDGMENT: lazy("Jugement majoritaire, cinq mentions"),
    Method.YES_NO: lazy("Pour, contre, abstention"),
}
# To choose between texts that were put on one ballot.
AMONG = (Method.APPROVAL, Method.MULTI_VOTE, Method.SCORE, Method.SCHULZE, Method.IRV, Method.EQUAL_SHARES)
COMPLETIONS = {one.value: one for one in (Completion.ADD1, Completion.ADD1_UTILITARIAN, Completion.NONE)}
TIES = {
    Tie.ANNOUNCED: lazy("Elle est annoncée telle quelle : l’assemblée décide de la suite"),
    Tie.DRAW: lazy("Tirage au sort public, que chacun peut refaire"),
    Tie.RUN_OFF: lazy("On vote une seconde fois"),
}
PLAN_TIES = {
    **TIES,
    Tie.PRESIDENT: lazy(
        "La voix de la présidence l’emporte (pour ou contre, compté dans la salle ou par appel nominal)"
    ),
}
NO_OPINIONS = (NoOpinion.EXCLUDED, NoOpinion.REJECTS)
KEEP_AT = 4


def _known(words: Mapping[str, Any]) -> Any:
    def check(value: str) -> str:
        if value not in words:
            raise ValueError(_("Choisissez une des réponses proposées."))
        return value

    return AfterValidator(check)


def _day(typed: Any) -> Any:
    if not isinstance(typed, str):
        return typed
    found = forms.day(typed)
    if found is None or not 1990 <= found.year <= 2200:
        raise ValueError(_("Écrivez une date : jour, mois, année."))
    return found


def _hour(typed: Any) -> Any:
    if not isinstance(typed, str):
        return typed
    hours, _sign, minutes = typed.lower().replace("h", ":").replace(" ", "").partition(":")
    if not hours.isascii() or not hours.isdigit() or int(hours) > 23:
        raise ValueError(_("Écrivez une heure, par exemple 14:30."))
    minutes = minutes[:2] or "0"
    if not minutes.isascii() or not minutes.isdigit() or int(minutes) > 59:
        raise ValueError(_("Écrivez une heure, par exemple 14:30."))
    return dt.time(int(hours), int(minutes))


Day = Annotated[dt.date | None, BeforeValidator(_day)]
Hour = Annotated[dt.time | None, BeforeValidator(_hour)]


class DatesForm(Form):
    """When a poll opens and closes."""

    opens_on: Day = ask(default=None)
    opens_hour: Hour = ask(default=None)
    closes_on: Day = ask(default=None)
    closes_hour: Hour = ask(default=None)

    @property
    def opens_at(self) -> dt.datetime | None:
        return _moment(self.opens_on, self.opens_hour)

    @property
    def closes_at(self) -> dt.datetime | None:
        return _moment(self.closes_on, self.closes_hour)

    def dates_missing(self, at: dt.datetime, *, closing: bool) -> dict[str, str]:
        missing: dict[str, str] = {}
        for day, hour, words in (
            ("opens_on", "opens_hour", _("Écrivez aussi l’heure d’ouverture.")),
            ("closes_on", "closes_hour", _("Écrivez aussi l’heure de fermeture.")),
        ):
            if getattr(self, day) is not None and getattr(self, hour) is None:
                missing[hour] = words
            if getattr(self, hour) is not None and getattr(self, day) is None:
                missing[day] = _("Écrivez aussi le jour.")
        if missing:
            return missing
        if closing and self.closes_at is None:
            missing["closes_on"] = _("Choisissez quand le vote ferme : il ferme à la seconde, quoi qu’il arrive.")
        if self.closes_at is not None and self.closes_at <= (self.opens_at or at):
            missing["closes_hour"] = _("La fermeture doit venir après l’ouverture, et après maintenant.")
        return missing


class PlanForm(DatesForm):
    """The rule of a poll and its dates."""

    title: str = ask("Donnez un titre à ce vote.", most=200)
    indicative: forms.Ticked = ask(default=False)
    tracked: forms.Ticked = ask(default=False)
    mode: Mode = ask("Choisissez comment les voix sont recueillies.")
    method: Annotated[str, _known({*METHODS, *AMONG})] = ask("Choisissez la méthode.")
    seats: int | None = ask(default=None, ge=1, le=59)
    no_opinion: NoOpinion = ask(default=NoOpinion.EXCLUDED)
    majority: Annotated[str, _known(MAJORITIES)] = ask(default="1/2")
    base: Base = ask(default=Base.EXPRESSED)
    quorum: Annotated[str, _known(QUORUMS)] = ask(default="")
    quorum_base: QuorumBase = ask(default=QuorumBase.ENTITLED)
    tie: Annotated[Tie, _known(PLAN_TIES)] = ask(default=Tie.ANNOUNCED)
    budget: int | None = ask(default=None, ge=1, le=2_000_000_000)
    completion: Annotated[str, _known(COMPLETIONS)] = ask(default=Completion.ADD1.value)
    by_two: forms.Ticked = ask(default=False)
    president: UUID | None = ask(default=None)
    present: int | None = ask(default=None, ge=1, le=1_000_000)
    electorate: int | None = ask(default=None, ge=1, le=100_000_000)

    @property
    def rule(self) -> Rule:
        majority, strict, _words = MAJORITIES[self.majority]
        secrecy = {Mode.BALLOTS: Secrecy.SECRET, Mode.NAMED: Secrecy.OPEN, Mode.TOTALS: Secrecy.HANDS}[self.mode]
        quorum = Fraction(self.quorum) if self.quorum else None
        tracked = self.tracked and self.mode == Mode.BALLOTS
        if self.method in AMONG:
            return Rule(
                method=Method(self.method),
                seats=None if self.method in (Method.IRV, Method.EQUAL_SHARES) else self.seats,
                budget=self.budget if self.method == Method.EQUAL_SHARES else None,
                completion=COMPLETIONS[self.completion],
                tie=self.tie,
                no_opinion=NoOpinion.EXCLUDED,
                quorum=quorum,
                quorum_base=self.quorum_base,
                secrecy=secrecy,
                indicative=self.indicative,
                tracked=tracked,
            )
        if self.method == Method.YES_NO:
            return Rule(
                method=Method.YES_NO,
                majority=majority,
                strict=strict,
                tie=self.tie,
                base=self.base,
                quorum=quorum,
                quorum_base=self.quorum_base,
                secrecy=secrecy,
                indicative=self.indicative,
                tracked=tracked,
            )
        return Rule(
            method=Method.MAJORITY_JUDGMENT,
            grades=GRADES,
            keep_at=KEEP_AT,
            no_opinion=self.no_opinion,
            quorum=quorum,
            quorum_base=self.quorum_base,
            secrecy=secrecy,
            indicative=self.indicative,
            tracked=tracked,
        )

    def missing(self, at: dt.datetime, texts: int = 1) -> dict[str, str]:
        """What one field asks of another, for a ballot with so many texts."""
        missing = self.dates_missing(at, closing=self.mode != Mode.TOTALS)
        if self.method in AMONG and texts < 2:
            missing["method"] = _("Pour choisir entre des textes, mettez-en deux au moins sur le bulletin.")
        elif self.method in AMONG and self.mode != Mode.BALLOTS:
            missing["mode"] = _("Un choix entre des textes se fait par bulletins secrets.")
        elif self.method in AMONG and self.seats is not None and self.seats >= texts:
            missing["seats"] = _("Retenez moins de textes qu’il n’y en a : {n}.").format(n=texts)
        if self.tracked and self.mode != Mode.BALLOTS:
            missing["tracked"] = _("Un code de suivi ne sert qu’à des bulletins secrets.")
        if self.method == Method.EQUAL_SHARES and self.budget is None:
            missing["budget"] = _("Écrivez le budget à partager, en euros.")
        if self.method == Method.YES_NO and self.tie is Tie.DRAW:
            missing["tie"] = _("Un pour ou contre ne se tire pas au sort : choisissez une autre réponse.")
        if self.tie is Tie.PRESIDENT and (self.method != Method.YES_NO or self.mode == Mode.BALLOTS):
            # L.2121-20: in a secret vote it would tell how the president voted.
            missing["tie"] = _(
                "La voix de la présidence ne départage qu’un pour ou contre compté dans la salle ou par appel "
                "nominal : dans un vote secret, elle dirait ce que la présidence a voté."
            )
        elif self.tie is Tie.PRESIDENT and self.mode == Mode.NAMED and self.president is None:
            missing["president"] = _("Dites qui préside : en cas d’égalité, son vote l’emporte.")
        if self.mode != Mode.TOTALS and self.electorate is not None:
            missing["electorate"] = _("Ici, ce sont les membres qui votent : laissez cette case vide.")
        return missing

    @staticmethod
    def filled(values: Mapping[str, Any]) -> Filled:
        return Filled(values)


def _moment(day: dt.date | None, hour: dt.time | None) -> dt.datetime | None:
    return clock.utc(day, hour) if day is not None and hour is not None else None


CHOICES = {
    Method.APPROVAL: (lazy("Approbation"), lazy("Chaque personne coche toutes les options qui lui conviennent.")),
    Method.MULTI_VOTE: (lazy("Priorités"), lazy("Chaque personne a autant de voix que la moitié des options.")),
    Method.SCORE: (lazy("Notes de 0 à 10"), lazy("Chaque option reçoit une note ; la plus forte somme l’emporte.")),
    Method.SCHULZE: (
        lazy("Classement, par duels (Schulze)"),
        lazy("Chaque personne range les options ; elles sont comparées deux à deux."),
    ),
    Method.IRV: (
        lazy("Classement, par tours éliminatoires"),
        lazy("Chaque personne range les options ; la dernière est écartée, jusqu’à la majorité."),
    ),
    Method.EQUAL_SHARES: (
        lazy("Budget, à parts égales"),
        lazy("Chaque personne coche des projets ; leurs soutiens les paient avec leurs parts du budget."),
    ),
}
RESERVED = ("nombre", "count", "choix", "choice")


class ChoiceForm(DatesForm):
    """A question with several options, and how one of them, or several, are chosen."""

    title: str = ask("Écrivez la question posée.", most=200)
    lines: str = ask("Écrivez les options, une par ligne.", most=8000)
    method: Annotated[str, _known(CHOICES)] = ask("Choisissez la méthode.")
    seats: int | None = ask(default=None, ge=1, le=59)
    budget: int | None = ask(default=None, ge=1, le=2_000_000_000)
    completion: Annotated[str, _known(COMPLETIONS)] = ask(default=Completion.ADD1.value)
    quorum: Annotated[str, _known(QUORUMS)] = ask(default="")
    quorum_base: QuorumBase = ask(default=QuorumBase.ENTITLED)
    tie: Annotated[Tie, _known(TIES)] = ask(default=Tie.ANNOUNCED)
    indicative: forms.Ticked = ask(default=False)
    tracked: forms.Ticked = ask(default=False)

    @property
    def options(self) -> list[tuple[str, int]]:
        """(name, cost) of each option; a cost of -1 is one that cannot be read."""
        found = []
        for line in self.lines.split("\n"):
            name, cost = " ".join(line.split()), 0
            if self.method == Method.EQUAL_SHARES and name:
                name, _sign, typed = name.rpartition(":")
                digits = typed.replace("€", "").replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
                cost = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
                name = name.strip()
            if name or cost:
                found.append((name, cost))
        return found

    @property
    def rule(self) -> Rule:
        method = Method(self.method)
        seats = self.seats if method in (Method.APPROVAL, Method.SCORE, Method.SCHULZE, Method.MULTI_VOTE) else None
        return Rule(
            method=method,
            seats=seats,
            no_opinion=NoOpinion.EXCLUDED,
            budget=self.budget if method is Method.EQUAL_SHARES else None,
            completion=COMPLETIONS[self.completion],
            quorum=Fraction(self.quorum) if self.quorum else None,
            quorum_base=self.quorum_base,
            secrecy=Secrecy.SECRET,
            tie=self.tie,
            indicative=self.indicative,
            tracked=self.tracked,
        )

    def missing(self, at: dt.datetime) -> dict[str, str]:
        """What one field asks of another."""
        missing = self.dates_missing(at, closing=True)
        names = [name.casefold() for name, _cost in self.options]
        if not 2 <= len(names) <= 60:
            missing["lines"] = _("Écrivez entre 2 et 60 options, une par ligne.")
        elif self.method == Method.EQUAL_SHARES and any(cost < 1 or not name for name, cost in self.options):
            missing["lines"] = _("Écrivez chaque option avec son coût en euros, ainsi : « Fontaine : 12000 ».")
        elif len(set(names)) < len(names):
            missing["lines"] = _("Deux options portent le même nom : chacun doit pouvoir les distinguer.")
        elif any(len(name) > 120 for name in names):
            missing["lines"] = _("Raccourcissez : 120 caractères au plus par option.")
        elif any(name in RESERVED for name in names):
            missing["lines"] = _("« {name} » est un mot réservé des fichiers : dites autrement.").format(
                name=next(name for name in names if name in RESERVED)
            )
        if self.method == Method.EQUAL_SHARES and self.budget is None:
            missing["budget"] = _("Écrivez le budget à partager, en euros.")
        elif self.method == Method.EQUAL_SHARES and all(cost > (self.budget or 0) for _name, cost in self.options):
            missing["budget"] = _("Aucune option ne tient dans ce budget.")
        if self.seats is not None and self.seats >= len(names) > 1:
            missing["seats"] = _("Retenez moins d’options qu’il n’y en a.")
        return missing


class CancelForm(Form):
    """Why a poll is called off."""

    reason: str = ask("Dites en une phrase pourquoi ce vote est annulé : chacun la lira.", least=1, most=400)


def costs(sent: Mapping[str, Any], fields: Iterable[str]) -> tuple[dict[str, int], dict[str, str]]:
    """The cost typed for each text, and what is wrong with those that cannot be one."""
    typed = {field: forms.clean(str(sent.get(f"cost-{field}", ""))).replace("€", "") for field in fields}
    read = {
        field: int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
        for field, digits in ((field, "".join(words.split())) for field, words in typed.items())
    }
    wrong = _("Écrivez le coût en euros, en chiffres : un euro au moins.")
    return read, {f"cost-{field}": wrong for field, cost in read.items() if cost < 1}


def number(sent: Mapping[str, Any], name: str) -> int | None:
    """A whole number that was typed, zero for nothing; None if it cannot be one."""
    typed = forms.clean(str(sent.get(name, ""))).replace(" ", "")
    if not typed:
        return 0
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None

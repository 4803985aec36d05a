"""Rankings written as PrefLib files (.soc, .soi, .toc, .toi), as since 2022 and before.

Source: Mattei & Walsh, "PrefLib: A Library for Preferences", ADT 2013; preflib.org.
"""

import re
from collections.abc import Mapping, Sequence

from convention.algorithms.election import Election, Line, Malformed, is_whole, name_of, packed
from convention.kit.i18n import gettext as _

_LINE_END = re.compile(r"\r\n?|\n")  # and nothing else: a name may hold the other signs that Python ends lines at
_RANKS = re.compile(r"\{[^{}]*\}|[^,{}]+")


def read(text: str, suffix: str) -> Election:
    bad: list[tuple[int, str]] = []
    names: dict[str, str] = {}
    said: dict[str, tuple[int, str]] = {}
    orders: list[tuple[int, str]] = []
    written = [(number, line) for number, line in enumerate(_LINE_END.split(text), start=1) if line.strip()]
    if written and re.fullmatch(r"[0-9]{1,6}", written[0][1].strip()):
        written = _of_before_2022(written)
    for number, line in written:
        if line.startswith("#"):
            key, colon, value = line[1:].partition(":")
            key = key.strip().upper()
            found = re.fullmatch(r"ALTERNATIVE NAME ([0-9]+)", key)
            if colon and found and found[1] in names:
                bad.append((number, _("« {key} » est écrit deux fois.").format(key=key)))
            elif colon and found:
                names[found[1]] = name_of(value) or found[1]
            elif colon:
                said[key] = (number, value.strip())
        else:
            orders.append((number, line.strip()))
    if not names:
        raise Malformed([(1, _("il manque les noms des options : « # ALTERNATIVE NAME 1: … »."))])
    if len(set(names.values())) < len(names):
        names = {key: f"{name} ({key})" for key, name in names.items()}
    lines = []
    for number, order in orders:
        try:
            lines.append(_line(number, order, names, suffix))
        except ValueError as error:
            bad.append((number, str(error)))
    voters = sum(line.count for line in lines)
    for key, counted in (("NUMBER ALTERNATIVES", len(names)), ("NUMBER VOTERS", voters)):
        if key in said and not bad and said[key][1] != str(counted):
            sentence = _("{key} annonce {said}, il y en a {found}.")
            bad.append((said[key][0], sentence.format(key=key, said=said[key][1], found=counted)))
    return packed("rankings", tuple(names.values()), lines, bad)


def _of_before_2022(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The former shape (how many options, « 1,name » for each, how many voters, « 3,1,{2,3} »…), written as today's."""
    options = int(lines[0][1])
    now = [(lines[0][0], f"# NUMBER ALTERNATIVES: {options}")]
    for place, (number, line) in enumerate(lines[1:]):
        first, comma, rest = line.partition(",")
        if comma and place < options:
            line = f"# ALTERNATIVE NAME {first.strip()}: {rest}"
        elif comma:
            line = f"# NUMBER VOTERS: {first.strip()}" if place == options else f"{first}: {rest}"
        now.append((number, line))
    return now


def _line(number: int, order: str, names: Mapping[str, str], suffix: str) -> Line:
    count, colon, ranking = order.partition(":")
    if not colon or not is_whole(count.strip()) or int(count) < 0:
        raise ValueError(_("une ligne s’écrit « nombre: 1,2,{{3,4}} ».").format())
    ranking = re.sub(r" ?([,{}]) ?", r"\1", " ".join(ranking.split()))
    parts = _RANKS.findall(ranking)
    if ",".join(parts) != ranking:
        raise ValueError(_("ce classement n’est pas bien écrit : « {ranking} ».").format(ranking=ranking))
    ranks: list[list[str]] = []
    for part in parts:
        rank = [key.strip() for key in part.strip().strip("{}").split(",") if key.strip()]
        if unknown := [key for key in rank if key not in names]:
            raise ValueError(_("« {option} » n’est pas une option de ce scrutin.").format(option=unknown[0]))
        if len(rank) > 1 and suffix in (".soc", ".soi"):
            raise ValueError(_("ce format n’admet pas d’options à égalité."))
        if rank:
            ranks.append([names[key] for key in rank])
    if suffix in (".soc", ".toc") and sum(map(len, ranks)) != len(names):
        raise ValueError(_("ce format veut que toutes les options soient classées, une fois chacune."))
    return Line(number, int(count), ranks)

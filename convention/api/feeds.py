"""An Atom feed (RFC 4287): the sittings to come, the results, the editions, the answers, those that are contested, the
guarantors' journal.
"""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple
from xml.etree import ElementTree as xml

from convention.guarantors import queries as guarantors
from convention.kit.i18n import elsewhere
from convention.kit.i18n import gettext as _
from convention.kit.text import date, hour
from convention.moderation import queries as moderation
from convention.people.visits import Visit
from convention.programme import queries as programme
from convention.recommendations import queries as recommendations
from convention.responses import queries as responses
from convention.voting import queries as voting

ATOM = "http://www.w3.org/2005/Atom"
MOST = 40


class Entry(NamedTuple):
    at: dt.datetime
    title: str
    summary: str
    page: str
    quoted: bool = False  # its summary is what somebody of the convention wrote


Entries = Callable[[Visit], list[Entry]]


def atom(visit: Visit, entries: Entries | None = None) -> str:
    """The feed, newest first: of one subject, or of all."""
    kinds = (entries,) if entries else tuple(SUBJECTS.values())
    found = sorted((one for kind in kinds for one in kind(visit)), key=lambda entry: entry.at, reverse=True)[:MOST]
    feed = xml.Element("feed", {"xmlns": ATOM, "xml:lang": visit.language})
    _add(feed, "title", visit.convention.title, quoted=True)
    _add(feed, "subtitle", visit.convention.question, quoted=True)
    home = visit.address("portal.home")
    here = home.rstrip("/") + visit.request.url.path
    # Its own address: a reader takes two feeds of one identifier for one, and mixes what they tell.
    _add(feed, "id", here)
    xml.SubElement(feed, "link", {"href": home})
    xml.SubElement(feed, "link", {"rel": "self", "href": here})
    _add(feed, "updated", (found[0].at if found else visit.convention.created_at).isoformat())
    author = xml.SubElement(feed, "author")
    _add(author, "name", visit.convention.city, quoted=True)
    for entry in found:
        made = xml.SubElement(feed, "entry")
        _add(made, "title", entry.title)
        _add(made, "id", f"{entry.page}{'-' if '#' in entry.page else '#'}{entry.at:%Y%m%dT%H%M%S.%fZ}")
        xml.SubElement(made, "link", {"href": entry.page})
        _add(made, "updated", entry.at.isoformat())
        _add(made, "summary", entry.summary, quoted=entry.quoted)
    return xml.tostring(feed, encoding="unicode", xml_declaration=True)


def _sittings(visit: Visit) -> list[Entry]:
    return [
        Entry(
            one.changed_at,
            _("Séance : {title}").format(title=one.title),
            _("Le {day} à {hour}, {place}").format(day=date(one.starts_at), hour=hour(one.starts_at), place=one.place),
            visit.address("programme.sitting", number=one.number),
        )
        for one in programme.sittings(visit.db, visit.convention)
    ]


def _results(visit: Visit) -> list[Entry]:
    polls = voting.recent(visit.db, visit.convention, MOST)
    results, chosen = voting.outcomes_of(visit.db, polls), voting.choices_of(visit.db, polls)
    return [
        Entry(
            one.sealed_at or one.prepared_at,
            _("Résultat : {title}").format(title=one.title),
            chosen[one.id].counted["sentence"]
            if one.id in chosen
            else " ".join(f"{outcome.title} : {outcome.verdict.label}." for outcome in results.get(one.id, ())),
            visit.address("voting.show", number=one.number),
            quoted=one.id in chosen,  # sealed in the language of the convention
        )
        for one in polls
    ]


def _editions(visit: Visit) -> list[Entry]:
    """What is published, and what is withdrawn since: whoever quoted an edition must learn of it, and why."""
    found = []
    for one in recommendations.editions(visit.db, visit.convention):
        page = visit.address("recommendations.show", number=one.number)
        if one.published_at is not None:
            title = _("Rapport, édition n° {number}").format(number=one.number)
            found.append(Entry(one.published_at, title, "" if one.closed_at else one.title, page, quoted=True))
        if one.withdrawn_at is not None and one.withdrawn_at != one.closed_at:  # said once, of one act
            title = _("Rapport, édition n° {number} retirée").format(number=one.number)
            found.append(Entry(one.withdrawn_at, title, one.withdrawn_because, page, quoted=True))
        if one.closed_at is not None:
            title = _("Rapport, édition n° {number} fermée au public").format(number=one.number)
            found.append(Entry(one.closed_at, title, one.closed_because, page, quoted=True))
    return found


def _answers(visit: Visit) -> list[Entry]:
    """One entry for each publication: the first one, then each correction."""
    return [
        Entry(
            said.published_at,
            _("Réponse à la recommandation {n} : {decision}").format(n=answer.number, decision=said.decision.label),
            said.title,
            visit.address("responses.show", number=answer.number) + f"#point-{item.number}",
            quoted=True,
        )
        for answer, item, said in responses.stream(visit.db, visit.convention, MOST)
    ]


def _contests(visit: Visit) -> list[Entry]:
    """What members contest, without their names, and what is replied."""
    contests = responses.latest_contests(visit.db, visit.convention, MOST)
    masks = moderation.masks(visit.db, visit.convention.id, [one.subject for one, _answer in contests])
    found = []
    for one, answer in contests:
        page = visit.address("responses.show", number=answer.number) + "#contestations"
        mask = masks.get(one.subject)
        title = _("Réponse à la recommandation {n} contestée").format(n=answer.number)
        found.append(Entry(one.at, title, mask.cover(one.text) if mask else one.text, page, quoted=True))
        if one.replied_at is not None:
            title = _("Réponse de la collectivité à une contestation, recommandation {n}").format(n=answer.number)
            found.append(Entry(one.replied_at, title, one.reply, page, quoted=True))
    return found


def _guarantors(visit: Visit) -> list[Entry]:
    found = guarantors.entries(visit.db, visit.convention)[:MOST]
    page = {one.number: visit.address("guarantors.show", number=one.number) for one in found}
    return [
        *(
            Entry(
                one.published_at,
                _("{kind} des garants : {title}").format(kind=one.remark.kind.label, title=one.remark.title),
                one.remark.text,
                page[one.number],
                quoted=True,
            )
            for one in found
        ),
        *(
            Entry(
                reply.answered_at,
                _("Réponse de l’organisation aux garants, n° {n}").format(n=one.number),
                reply.text,
                f"{page[one.number]}#reponse-{n}",
                quoted=True,
            )
            for one in found
            for n, reply in enumerate(one.replies, start=1)
        ),
    ]


# In the address of the feed: what it tells.
SUBJECTS: dict[str, Entries] = {
    "seances": _sittings,
    "resultats": _results,
    "rapport": _editions,
    "reponses": _answers,
    "contestations": _contests,
    "garants": _guarantors,
}

# What XML 1.0 cannot hold.
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


def _add(parent: xml.Element, name: str, words: str, quoted: bool = False) -> None:
    lang = elsewhere() if quoted else None
    xml.SubElement(parent, name, {"xml:lang": lang} if lang else {}).text = words.translate(_FORBIDDEN)

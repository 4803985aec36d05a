"""The answers as open data: one line per point, in CSV and JSON, with what each column means. Pure."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from convention.conventions.models import Convention
from convention.kit import clock, spreadsheets
from convention.kit.i18n import Lazy, lazy
from convention.responses.board import Line, Point
from convention.responses.models import Answer

LICENCE = "Licence Ouverte 2.0"
LICENCE_PAGE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

COLUMNS: dict[str, Lazy] = {
    "recommandation_id": lazy("Identifiant stable de la recommandation, le même que dans le rapport"),
    "recommandation_no": lazy("Numéro de la recommandation"),
    "edition": lazy("Numéro de l’édition du rapport dont vient le texte"),
    "titre": lazy("Titre de la recommandation, dans les mots des membres"),
    "theme": lazy("Thème"),
    "competence": lazy("Qui peut agir, d’après la recommandation"),
    "item_no": lazy("Numéro du point à décider dans la recommandation"),
    "intitule": lazy("Ce qui est à décider, dans les mots de la collectivité"),
    "paragraphes": lazy("Numéros des paragraphes auxquels le point répond"),
    "decision": lazy("Décision publiée ; vide tant que la réponse est attendue"),
    "motif_code": lazy("Motif de la décision, s’il y en a un"),
    "reponse": lazy("Réponse aux membres"),
    "apport": lazy("Ce que la convention ajoute à ce qui était déjà engagé"),
    "service_pilote": lazy("Direction qui répond"),
    "elu_referent": lazy("Élu·e qui a donné son accord"),
    "echeance": lazy("Date annoncée (AAAA-MM-JJ)"),
    "budget": lazy("Budget annoncé"),
    "preuve": lazy("Lien ou référence"),
    "transmis_a": lazy("Destinataire, si la décision revient à d’autres"),
    "date_transmission": lazy("Date de la transmission (AAAA-MM-JJ)"),
    "date_retour": lazy("Date de la réponse du destinataire (AAAA-MM-JJ)"),
    "suivi": lazy("Où en est la mise en œuvre"),
    "suivi_le": lazy("Date du dernier fait de suivi (AAAA-MM-JJ)"),
    "publie_le": lazy("Date de première publication (AAAA-MM-JJ)"),
    "modifie_le": lazy("Date de la dernière publication (AAAA-MM-JJ)"),
    "version": lazy("Combien de fois la réponse a été publiée"),
    "reponse_promise_le": lazy("Date promise par le mandat (AAAA-MM-JJ)"),
    "jours_de_retard": lazy("Jours de retard de la réponse au jour du téléchargement ; 0 si elle n’est pas en retard"),
    "notes": lazy("Nombre de membres qui ont noté la réponse ; vide s’il n’est pas publié"),
    "note_moyenne": lazy("Moyenne des notes de 0 à 10 ; vide en dessous de cinq notes"),
    "adresse": lazy("Page où lire la réponse"),
    "licence": lazy("Licence de ces données"),
}

Where = Callable[[Answer], str]


def dictionary() -> list[tuple[str, str]]:
    """What each column means."""
    return [(name, str(meaning)) for name, meaning in COLUMNS.items()]


def comma_separated(convention: Convention, lines: Iterable[Line], where: Where) -> bytes:
    rows = [[spreadsheets.harmless(_said(value)) for value in row.values()] for row in records(lines, where)]
    return spreadsheets.written([list(COLUMNS), *rows])


def tree(convention: Convention, lines: Iterable[Line], where: Where) -> bytes:
    whole = {
        "convention": convention.title,
        "question": convention.question,
        "collectivite": convention.commissioner,
        "fictif": convention.fictional,
        "reponse_promise_le": convention.answer_due.isoformat() if convention.answer_due else None,
        "licence": LICENCE,
        "licence_adresse": LICENCE_PAGE,
        "dictionnaire": dict(dictionary()),
        "points": list(records(lines, where)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def records(lines: Iterable[Line], where: Where) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, _values(line, point, where), strict=True)) for line in lines for point in line.points]


def _values(line: Line, point: Point, where: Where) -> tuple[Any, ...]:
    answer, item, said = line.answer, point.item, point.published
    return (
        answer.recommendation_id,
        answer.number,
        answer.edition,
        answer.title,
        answer.theme_name,
        answer.competence,
        item.number,
        point.title,
        " ".join(point.paragraphs),
        said.decision.value if said else None,
        said.reason.value if said and said.reason else None,
        said.text if said else None,
        (said.adds or None) if said else None,
        line.department_of(point) or None,
        said.referent if said else None,
        said.deadline.isoformat() if said and said.deadline else None,
        (said.budget or None) if said else None,
        (said.evidence or None) if said else None,
        (said.addressee or None) if said else None,
        item.sent_on.isoformat() if said and item.sent_on else None,
        item.replied_on.isoformat() if said and item.replied_on else None,
        item.progress.value if said and item.progress else None,
        item.news_on.isoformat() if said and item.news_on else None,
        _day(item.answered_at),
        _day(said.published_at) if said else None,
        said.number if said else None,
        line.due.isoformat() if line.due else None,
        0 if said else line.late,
        len(line.marks) if line.marks else None,
        round(sum(line.marks) / len(line.marks), 1) if line.marks else None,
        where(answer),
        LICENCE,
    )


def _day(moment: Any) -> str | None:
    return clock.local(moment).date().isoformat() if moment else None

"""What each line of the record is about, in words: what guarantors read instead of the names of events.

Every event has its line here; a test fails when one is born without.
"""

import enum
from collections.abc import Mapping

from convention.kit.i18n import Lazy
from convention.kit.i18n import lazy as _


class Topic(enum.StrEnum):
    METHOD = "methode"
    VOTES = "votes"
    MODERATION = "moderation"
    TEXTS = "textes"
    REPORT = "rapport"
    ANSWERS = "reponses"
    PEOPLE = "personnes"

    @property
    def label(self) -> str:
        return str(_TOPICS[self][0])

    @property
    def hint(self) -> str:
        return str(_TOPICS[self][1])

    @property
    def kinds(self) -> Mapping[str, Lazy]:
        return WORDS[self]


_TOPICS = {
    Topic.METHOD: (
        _("Décisions de méthode"),
        _("Règles, phases, thèmes, séances, réunions et partages de propositions"),
    ),
    Topic.VOTES: (_("Votes"), _("Règle de chaque vote, ouverture, fermeture, annulation, tirage, papier")),
    Topic.MODERATION: (_("Modération"), _("Signalements, décisions, recours")),
    Topic.TEXTS: (_("Textes et versions"), _("Propositions, amendements, arguments, réserves")),
    Topic.REPORT: (_("Rapport"), _("Textes du rapport, éditions figées, publiées, retirées")),
    Topic.ANSWERS: (_("Réponses de la collectivité"), _("Fiches, publications, nouvelles, contestations")),
    Topic.PEOPLE: (_("Rôles et accès"), _("Rôles donnés et retirés, lettres, ouvertures à deux, effacements")),
}

WORDS: Mapping[Topic, Mapping[str, Lazy]] = {
    Topic.METHOD: {
        "conventions.ConventionOpened": _("Convention ouverte"),
        "conventions.ConventionChanged": _("Convention changée : titre, question ou réglages"),
        "conventions.TextWritten": _("Texte de la convention écrit"),
        "programme.ThemeAdded": _("Thème ajouté"),
        "programme.ThemeChanged": _("Thème changé"),
        "programme.ThemeRemoved": _("Thème retiré"),
        "programme.PhaseAdded": _("Phase ajoutée"),
        "programme.PhaseChanged": _("Phase changée"),
        "programme.PhaseRemoved": _("Phase retirée"),
        "programme.SittingAdded": _("Séance ajoutée"),
        "programme.SittingChanged": _("Séance changée"),
        "programme.SittingRemoved": _("Séance retirée"),
        "programme.MinutesPublished": _("Compte rendu publié"),
        "programme.DocumentAdded": _("Document ajouté"),
        "programme.DocumentRemoved": _("Document retiré"),
        "lineage.ProposalsMerged": _("Propositions réunies"),
        "lineage.ProposalSplit": _("Proposition partagée"),
        "lineage.RecastingUndone": _("Réunion ou partage défait"),
        "guarantors.RemarkPublished": _("Texte des garants publié"),
        "guarantors.RemarkAnswered": _("Réponse de l’organisation aux garants"),
        "webhooks.WebhookAdded": _("Site à prévenir ajouté"),
        "webhooks.WebhookEnded": _("Site à prévenir retiré"),
    },
    Topic.VOTES: {
        "voting.PollPrepared": _("Vote préparé"),
        "voting.PollPlanned": _("Règle et réglages du vote enregistrés"),
        "voting.PollOpened": _("Vote ouvert, règle figée"),
        "voting.PresentCounted": _("Présents recomptés"),
        "voting.TotalsEntered": _("Voix comptées en salle enregistrées"),
        "voting.ClosingAsked": _("Vote fermé à la main"),
        "voting.PollClosed": _("Vote dépouillé, résultat scellé"),
        "voting.PollCancelled": _("Vote annulé"),
        "paper.PaperExpected": _("Bulletins papier attendus"),
        "paper.PaperGivenUp": _("Bulletins papier abandonnés"),
        "paper.PaperPutIn": _("Bulletins papier mis dans l’urne"),
    },
    Topic.MODERATION: {
        "moderation.ContentFlagged": _("Texte signalé"),
        "moderation.ModerationDecided": _("Décision de modération"),
        "moderation.DecisionAppealed": _("Recours déposé"),
        "moderation.AppealAnswered": _("Recours tranché"),
    },
    Topic.TEXTS: {
        "proposals.ProposalSubmitted": _("Proposition déposée"),
        "proposals.ProposalChanged": _("Proposition réécrite"),
        "proposals.ProposalWithdrawn": _("Proposition retirée"),
        "proposals.AuthorAdded": _("Auteur·rice ajouté·e"),
        "proposals.AuthorInvited": _("Auteur·rice invité·e"),
        "proposals.JoiningAsked": _("Demande de rejoindre une proposition"),
        "proposals.JoiningDeclined": _("Demande de rejoindre refusée ou reprise"),
        "proposals.AuthorLeft": _("Auteur·rice parti·e"),
        "proposals.ParagraphTaken": _("Paragraphe pris pour l’écrire"),
        "proposals.ParagraphGivenBack": _("Paragraphe rendu"),
        "proposals.ParagraphMoved": _("Paragraphe déplacé"),
        "proposals.PlainTextWritten": _("Version facile à lire écrite"),
        "proposals.PlainTextApproved": _("Version facile à lire validée"),
        "proposals.ParagraphDecided": _("Paragraphe gardé ou renvoyé par un vote"),
        "amendments.AmendmentSubmitted": _("Amendement déposé"),
        "amendments.AmendmentDecided": _("Amendement décidé"),
        "amendments.AmendmentAdopted": _("Amendement adopté par un vote, à fondre dans le texte"),
        "amendments.AmendmentWithdrawn": _("Amendement retiré"),
        "discussion.ArgumentWritten": _("Argument écrit"),
        "discussion.ArgumentWithdrawn": _("Argument retiré"),
        "discussion.ArgumentEndorsed": _("Argument jugé juste"),
        "discussion.SayingsImported": _("Remarques d’une autre plateforme importées"),
        "reservations.ReservationWritten": _("Réserve écrite"),
        "reservations.ReservationSigned": _("Réserve signée"),
        "reservations.SignatureRemoved": _("Signature retirée"),
        "reservations.ReviewWritten": _("Avis écrit"),
        "reservations.ReviewAnswered": _("Réponse à un avis"),
    },
    Topic.REPORT: {
        "recommendations.ReportTextWritten": _("Texte du rapport écrit"),
        "recommendations.EditionFrozen": _("Édition figée"),
        "recommendations.EditionPublished": _("Édition publiée"),
        "recommendations.EditionWithdrawn": _("Édition retirée"),
        "recommendations.EditionClosingAsked": _("Fermeture d’une édition demandée"),
        "recommendations.EditionClosingRefused": _("Fermeture d’une édition refusée"),
        "recommendations.EditionClosed": _("Édition fermée au public"),
        "recommendations.EditionReopened": _("Édition rouverte au public"),
    },
    Topic.ANSWERS: {
        "responses.AnswersOpened": _("Réponses attendues"),
        "responses.AnswerSplit": _("Réponse partagée en points"),
        "responses.ItemMoved": _("Fiche avancée"),
        "responses.ItemPublished": _("Réponse publiée"),
        "responses.AnswersImported": _("Réponses importées"),
        "responses.NewsGiven": _("Nouvelles données"),
        "responses.TransmissionNoted": _("Transmission notée"),
        "responses.ReviewHeld": _("Bilan tenu"),
        "responses.CommentWritten": _("Commentaire écrit"),
        "responses.ItemContested": _("Réponse contestée"),
        "responses.ContestReplied": _("Réponse à une contestation"),
        "responses.DepartmentsChanged": _("Directions changées"),
    },
    Topic.PEOPLE: {
        "people.PersonAdded": _("Personne inscrite"),
        "people.RoleGiven": _("Rôle donné"),
        "people.RoleAsked": _("Rôle demandé, à confirmer par une autre personne"),
        "people.RoleRefused": _("Demande de rôle refusée ou reprise"),
        "people.RoleEnded": _("Rôle retiré"),
        "people.CodeMade": _("Lettre faite"),
        "people.DevicesClosed": _("Appareils déconnectés par l’équipe"),
        "people.SecondFactorReset": _("Second facteur retiré"),
        "people.OpeningAsked": _("Ouverture demandée, à confirmer par une autre personne"),
        "people.OpeningRefused": _("Demande d’ouverture refusée ou reprise"),
        "people.PersonErased": _("Données d’une personne effacées"),
    },
}  # fmt: skip

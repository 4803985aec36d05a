"""What is kept of people, why, until when, and which job of the worker sees to it: shown to everyone, done as shown."""

import datetime as dt
from typing import NamedTuple

from convention.kit.i18n import Lazy
from convention.kit.i18n import lazy as _

DEVICES_KEPT = dt.timedelta(days=30)
CODES_KEPT = dt.timedelta(days=30)
ATTEMPTS_KEPT = dt.timedelta(days=1)
ACCESSES_KEPT = dt.timedelta(days=365)
RUNS_KEPT = dt.timedelta(days=3 * 365)
GONE_FOR = dt.timedelta(days=365)


class Rule(NamedTuple):
    """One line of the table. `job` is the name of a job of the worker; without one, it is the act that erases."""

    what: Lazy
    why: Lazy
    until: Lazy
    job: str | None


PEOPLE, CARE = "people", "care"

# What each job erases, for those who watch.
JOBS = {
    PEOPLE: _("comptes, lettres, appareils, essais"),
    CARE: _("fiches d’accueil"),
    "keys": _("formulaires envoyés deux fois"),
}

TABLE = (
    Rule(
        _("Nom, adresse e-mail, téléphone, façon d’être joint·e, rôles"),
        _("Savoir qui participe et comment vous joindre"),
        _(
            "Quand vous le demandez, ou un an après la fin de votre dernier rôle ; sept jours après votre inscription "
            "si personne n’a confirmé le rôle demandé"
        ),
        PEOPLE,
    ),
    Rule(
        _("Fiche d’accueil : accès, repas, garde d’enfants, déplacements, contact"),
        _("Vous permettre de venir. Chiffrée, lue par l’accueil et l’administration"),
        _("Au jour écrit sur la fiche, un an au plus ; plus tôt si vous l’effacez"),
        CARE,
    ),
    Rule(
        _("Qui, de l’équipe, a lu vos coordonnées ou votre fiche, et pourquoi"),
        _("Pouvoir demander des comptes"),
        _("Un an après la lecture"),
        PEOPLE,
    ),
    Rule(
        _("Code de votre lettre (sous une forme qui ne permet pas de le retrouver)"),
        _("Vous reconnaître"),
        _("Un an, puis trente jours"),
        PEOPLE,
    ),
    Rule(
        _("Appareils où vous êtes entré·e : navigateur, système, jour d’entrée"),
        _("Vous laisser déconnecter un appareil perdu"),
        _("Trente jours après la déconnexion"),
        PEOPLE,
    ),
    Rule(
        _("Liens reçus par courriel, essais de code ratés (sans adresse)"),
        _("Vous laisser entrer, et freiner qui devine"),
        _("Un jour après avoir servi"),
        PEOPLE,
    ),
    Rule(
        _("Second facteur et codes de secours de l’équipe"),
        _("Empêcher d’entrer avec une lettre volée"),
        _("Quand le compte est effacé, ou quand l’administration le retire"),
        None,
    ),
    Rule(
        _("Courriels à vous envoyer"),
        _("Vous prévenir"),
        _("Dès qu’ils sont partis ; trois jours s’ils ne partent pas"),
        "mail",
    ),
    Rule(
        _("Brouillons"),
        _("Que vous retrouviez votre texte"),
        _("Quand vous envoyez ou effacez le texte, et avec votre compte"),
        None,
    ),
    Rule(
        _("Formulaires envoyés deux fois (numéro au hasard)"),
        _("Ne pas faire deux fois la même chose"),
        _("Deux jours"),
        "keys",
    ),
    Rule(
        _("Propositions, amendements, réserves, arguments, signalements"),
        _("C’est le travail de la convention"),
        _("Gardés. Si vous partez, signés « membre »"),
        None,
    ),
    Rule(
        _("Listes d’émargement des votes : qui a voté, jamais quoi ni quand"),
        _("Vérifier que chaque personne a voté une fois"),
        _("Gardées. Si vous partez, au nom de « membre »"),
        None,
    ),
    Rule(
        _("Votes par appel nominal : votre choix, publié avec votre nom, comme la page du vote le dit avant"),
        _("Que chacun réponde de son vote quand la règle le veut public"),
        _("Gardés. Si vous partez, au nom de « membre »"),
        None,
    ),
    Rule(
        _("Piles de bulletins papier qu’une personne saisit : ce que dit chaque feuille, jamais de qui elle est"),
        _("Comparer deux saisies avant de compter"),
        _("Jusqu’au dépouillement ; plus tôt si la personne qui saisit part"),
        None,
    ),
    Rule(
        _("Journal des garants et réponses de l’organisation, signés"),
        _("Que chacun lise qui a alerté et qui a répondu"),
        _("Gardés. Si la personne part, au nom de « membre » ou de l’équipe ; ses brouillons sont effacés"),
        None,
    ),
)

# What happens to what she wrote, in the words shown before the first use and before the erasure.
LEAVING = (
    _("Sont effacés tout de suite : votre nom, vos coordonnées, votre mot de passe, vos codes, vos appareils, votre "
      "fiche d’accueil, vos brouillons."),
    _("Restent, signés « membre » : ce que vous avez déposé (propositions, amendements, réserves, réponses). D’autres "
      "ont travaillé dessus et voté."),
    _("Vos bulletins restent dans l’urne : rien ne les relie à vous, personne ne peut les retrouver. L’émargement "
      "garde une ligne, au nom de « membre »."),
    _("Ce que vous avez dit dans un vote par appel nominal, dont la page publie les noms, reste au nom de « membre »."),
    _("Un vote est ouvert ? Votez d’abord : ensuite, vous ne pourrez plus entrer. Un bulletin déjà déposé compte."),
    _("Les éditions du rapport déjà publiées, et les papiers imprimés, ne sont pas réécrits."),
    _("Le journal de la convention ne contient pas votre nom : seulement un numéro, qui ne mène plus à vous."),
    _("On ne peut pas revenir en arrière."),
)  # fmt: skip

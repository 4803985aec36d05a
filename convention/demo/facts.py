"""What the demo is made of: data files, names, and how forty people might judge a text."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

THEMES = (
    ("Santé", "sante", "heart-pulse", "Orienter, prévenir, sans remplacer l’écoute."),
    ("Mobilité", "mob", "tram-front", "Des feux, des trams et des trottoirs qui comptent sans surveiller."),
    ("Transition écologique", "eco", "sprout", "Connaître le coût avant d’acheter, renoncer quand il le faut."),
    ("Justice sociale", "just", "scale", "Aucune décision défavorable sans une personne qui signe."),
    ("Relation usager", "rel", "messages-square", "Des réponses qui citent leurs sources, et quelqu’un au bout."),
    ("Principes transversaux", "trans", "compass", "Ce qui vaut pour tous les usages."),
)

# Forty first names of the region, in the order of their seats. Fictional, like all that they say here.
_NAMES = """
    Nadia Omar Lina Jean-Pierre Fatou Mireille Hugo Salima Bernard Inès Karim Josiane Théo Aïcha
    Michel Clara Mohamed Sylvie Enzo Rachida Patrick Manon Youssef Danielle Lucas Samira Gérard Emma
    Rachid Monique Nathan Yasmine Alain Chloé Mehdi Françoise Jules Leïla Robert Camille
    """
MEMBERS = tuple(_NAMES.split())

STAFF = (("Claire", "facilitator"), ("Lise", "facilitator"), ("Solange", "guarantor"), ("Hélène", "official"),
         ("Benoît", "official"), ("Adama", "administrator"), ("Bertille", "administrator"), ("Aurélie", "care"),
         ("Paul", "expert"))  # fmt: skip

COMPETENCES = (
    ("incitation", "autre"), ("partagée", "partagee"), ("communes", "communes"), ("Métropole", "metropole"),
)  # fmt: skip

# How voices spread over the five grades, from « Très bien » down, with « sans opinion » last: 38 voices each.
SPREADS = {
    "loved": (20, 12, 4, 1, 0, 1),
    "kept": (12, 16, 7, 2, 0, 1),
    "narrow": (8, 12, 9, 5, 3, 1),
    "sent_back": (4, 10, 13, 7, 3, 1),
}

# Proposals whose first paragraph did not convince at first, and the one that was kept by a voice.
SENT_BACK = (5, 9, 12, 14)
NARROW = 21


def proposals() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "demo_propositions.json").read_text("utf-8"))
    return found


def texts() -> dict[str, str]:
    """{kind: Markdown}."""
    return {path.stem: path.read_text("utf-8") for path in sorted((DATA / "textes").glob("*.md"))}


def spread(proposal: int, paragraph: int) -> tuple[int, ...]:
    """How the forty judge this paragraph's first version."""
    if paragraph == 1 and proposal in SENT_BACK:
        return SPREADS["sent_back"]
    if paragraph == 1 and proposal == NARROW:
        return SPREADS["narrow"]
    return SPREADS["loved" if (proposal + paragraph) % 3 == 0 else "kept"]


def competence(said: str) -> str:
    if "," in said.partition("(")[0]:
        return "partagee"
    return next((value for words, value in COMPETENCES if words in said), "a-preciser")


def competence_note(said: str) -> str:
    """What the label does not say yet: « partagée (CAF, CCAS) » → « CAF, CCAS »."""
    whole, _, inside = said.partition("(")
    return inside.rstrip(")") or (whole if "," in whole else "")


# The answers of the file that say all that the platform asks of an answer.
ANSWERED = {
    "retenue": "retenue",
    "partielle": "retenue-en-partie",
    "a_etudier": "a-l-etude",
    "hors_competence": "hors-competence",
}

# The theme that was voted first, and answered first: what its edition says, and what happened since.
STAGE = "Santé"
STAGE_REPORT = {
    "titre": "Avis d’étape : la santé",
    "sous-titre": "Les premières recommandations, remises avant les autres",
    "resume": "La convention a écrit et voté ses recommandations sur la santé avant les autres. Tout ce qui suit est "
    "fictif.",
    "lettre": "Nous commençons par la santé, parce que l’été n’attend pas.\n\nNous n’avons pas fini : cinq thèmes "
    "viendront ensuite.\n\nNous attendons de la Métropole qu’elle réponde à chacune de nos recommandations.",
    "preambule": "Nous avons été tirés au sort. Nous avons appris, débattu, douté, puis écrit.",
    "methode": "Un texte n’est dans cet avis que si la voix du milieu l’a jugé bien ou très bien.",
}
STAGE_TOLD, STAGE_SILENT, STAGE_RATED_NOW = 1, 2, 4
STAGE_ANSWERS = (
    (STAGE_TOLD, "retenue", "L’expérimentation est retenue, avec deux maisons de santé volontaires ; une personne "
     "prend le relais à tout moment.", "40 000 € sur deux ans"),
    (STAGE_SILENT, "retenue-en-partie", "L’ordre des appels est retenu pour l’été prochain ; les communes qui n’ont "
     "pas de registre n’y sont pas encore.", ""),
)  # fmt: skip
STAGE_LATER = (
    "La liste des projets de santé financés paraît chaque année depuis deux ans, sans leurs résultats.",
    "La convention ajoute les résultats de chaque projet, en langage clair.",
    "Délibération fictive n° 2026-118 du 3 juillet",
)
STAGE_NEWS = ("Le cahier des charges est écrit avec les deux maisons de santé.", "https://www.exemple.fr/cahier-sante")
MARKS = {
    STAGE_TOLD: (8, 7, 9, 6, 8, 5, 7, 10, 8, 7, 4, 8, 9, 6),
    STAGE_SILENT: (3, 2, 5, 4, 0, 6, 3, 5, 2),
    STAGE_RATED_NOW: (6, 7, 5, 8, 4, 6, 7),
}
COMMENTS = {
    STAGE_TOLD: (
        ("Lina", "Deux maisons de santé, c’est un début ; dites lesquelles.", True),
        ("Hugo", "La personne au bout du fil est bien là : merci.", False),
    ),
    STAGE_SILENT: (("Salima", "Et les communes sans registre, qui appelle leurs anciens ?", True),),
}
CONTESTED = (
    STAGE_SILENT,
    "La réponse laisse de côté les communes sans registre : ce sont celles où les personnes sont le plus isolées.",
    "Vous avez raison de le dire. Onze communes sont concernées ; nous leur écrivons, et la liste sera publiée ici.",
)

OBJECTIVES = {
    "Santé": "Que chacun trouve le bon soin plus vite, sans parler seulement à une machine.",
    "Mobilité": "Que les déplacements soient plus sûrs et plus simples, sans surveiller les personnes.",
    "Transition écologique": "Que chaque usage soit décidé en connaissant son coût pour l’environnement.",
    "Justice sociale": "Que personne ne perde un droit à cause d’un calcul.",
    "Relation usager": "Que chacun obtienne une réponse juste, et une personne quand il le faut.",
    "Principes transversaux": "Que ces règles valent pour tous les usages, d’aujourd’hui et de demain.",
}

# How the authors wrote again what was sent back, where no amendment says it.
AGAIN = {
    12: "Tenir une liste publique des usages d’IA auxquels la collectivité renonce, avec le motif de chacun, "
    "revue chaque année devant le conseil.",
}


# What the authors made of the amendments that came before the vote: {proposal: (the text of both, why)}. The one on
# proposal 17 waits for its vote.
DECISIONS = {
    13: ("", "C’est ce que nous voulions dire : une règle se lit."),
    21: (
        "Créer un comité composé d’experts et de citoyens tirés au sort, que des élus écoutent sans voter, saisi avant "
        "tout projet important.",
        "Les élus écoutent ; le comité reste celui des citoyens et des experts.",
    ),
}

# (proposal, who, kind, standing, text, the authors' answer).
REVIEWS = (
    (
        9, "Paul", "expert_note", "juriste, commande publique",
        "Le droit permet de noter un critère environnemental s’il est lié à l’objet du marché et annoncé dans la "
        "consultation. Un poids élevé se justifie marché par marché.", "",
    ),
    (
        9, "Fatou", "question", "table 3", "Qui remplit la fiche : le fournisseur ou la Métropole ?",
        "Le fournisseur la remplit, la Métropole la vérifie et la publie.",
    ),
    (17, "Mireille", "suggestion", "table 5", "Pensez aux personnes qui n’ont pas de téléphone.", ""),
)  # fmt: skip

REPORT = {
    "titre": "Avis de la convention citoyenne sur l’intelligence artificielle",
    "sous-titre": "Pour des intelligences artificielles publiques de confiance, au service des habitants",
    "resume": "Quarante habitantes et habitants ont écrit et voté, paragraphe par paragraphe, à quelles conditions "
    "l’intelligence artificielle peut servir le territoire. Tout ce qui suit est fictif.",
    "lettre": "Nous ne sommes ni pour ni contre une machine. Nous avons demandé, pour chaque usage : à quoi sert-il, "
    "que coûte-t-il, qui répond quand il se trompe ? Nous attendons de la Métropole qu’elle réponde à chacune de nos "
    "recommandations, et qu’elle revienne devant nous.",
    "preambule": "Nous avons été tirés au sort. Nous avons appris, débattu, douté, puis écrit. Un texte n’est dans ce "
    "rapport que si la voix du milieu l’a jugé bien ou très bien.",
    "methode": "Deux rencontres, une troisième à venir. Des groupes de deux à six ont écrit par sprints de vingt "
    "minutes. Chaque paragraphe a été voté au jugement majoritaire ; ce qui n’était pas gardé a été réécrit et revoté."
    "\n\nLes "
    "recommandations sur la santé ont été écrites, votées et remises les premières, dans un avis d’étape.",
    "changements": "L’avis d’étape ne portait que sur la santé. Les autres thèmes y sont maintenant.",
    # The shares of the population are estimates of the demo's own quotas; the members' figures are made up.
    "composition": "\n".join(
        (
            "Genre | Femmes | 21 | 52,3 | Parts estimées pour la démonstration",
            "Genre | Hommes | 19 | 47,7 | Parts estimées pour la démonstration",
            "Âge | 18 à 29 ans | 11 | 27,7 | Insee, recensement 2022, et estimations",
            "Âge | 30 à 44 ans | 10 | 24,1 | Insee, recensement 2022, et estimations",
            "Âge | 45 à 59 ans | 8 | 21,1 | Insee, recensement 2022, et estimations",
            "Âge | 60 à 74 ans | 7 | 17,4 | Insee, recensement 2022, et estimations",
            "Âge | 75 ans ou plus | 4 | 9,7 | Insee, recensement 2022, et estimations",
            "Diplôme | Aucun ou brevet | 9 | 22 | Parts estimées pour la démonstration",
            "Diplôme | CAP ou BEP | 6 | 16 | Parts estimées pour la démonstration",
            "Diplôme | Baccalauréat | 7 | 17 | Parts estimées pour la démonstration",
            "Diplôme | Supérieur | 18 | 45 | Parts estimées pour la démonstration",
            "Commune | Montpellier | 24 | 59,4 | Populations municipales des 31 communes",
            "Commune | Les trente autres | 16 | 40,6 | Populations municipales des 31 communes",
        )
    ),
    # Who spoke is public; what they are tied to was not found, and is left empty. Paul is made up.
    "personnes-entendues": "\n".join(
        (
            "Stéphanie Portier | compétences de la Métropole | Deuxième rencontre |",
            "Juliette Fropier | ministère de la Transition écologique | Deuxième rencontre |",
            "Sandrine Mathon | Toulouse Métropole, cantines | Deuxième rencontre |",
            "Emmanuelle Rial-Sebbag | éthique | Deuxième rencontre |",
            "Ulrich Tan | Etalab, assistant Albert | Deuxième rencontre |",
            "Bertrand Pailhès | CNIL | Audition |",
            "Paul | juriste, commande publique | Relecture des textes | "
            "A conseillé un fournisseur de la Métropole jusqu’à l’an dernier (fictif)",
        )
    ),
    "questions": "\n".join(
        (
            "Où sont gardées les données des habitants ? | table 2 | Dans les serveurs de la Métropole et de ses "
            "prestataires ; chaque contrat dit où. | les services (réponse fictive)",
            "Combien coûte un assistant pour les agents ? | table 4 | Le prix dépend du nombre de demandes ; "
            "l’essai donnera un ordre de grandeur. | les services (réponse fictive)",
            "Qui répond quand la machine se trompe ? | table 1 |",
        )
    ),
    "glossaire": "\n".join(
        (
            "Algorithme | Une suite d’étapes qui mène d’une question à une réponse.",
            "Intelligence artificielle | Un programme qui apprend d’exemples pour classer, prévoir ou écrire.",
            "Jugement majoritaire | Chacun donne une mention à chaque texte ; celle de la voix du milieu l’emporte.",
            "Marché public | Le contrat par lequel une collectivité achète un bien, un service ou des travaux.",
            "Réserve | Un désaccord sur un point, écrit par celles et ceux qui le signent.",
        )
    ),
    "garants": "Nous avons assisté aux rencontres et aux votes. Les règles étaient écrites avant, et n’ont pas changé.",
}

# The guarantors' journal: days ago, kind, title, words, what the organisers answered (nothing yet for the last).
REMARKS = (
    (22, "observation", "Les deux premières séances se sont tenues comme prévu",
     "J’ai suivi huit tables sur les deux jours. Chacun a pu parler ; les temps de parole étaient affichés et "
     "respectés. Les fiches d’accueil ont bien servi : deux personnes ont eu un siège près de la sortie.", ""),
    (12, "alert", "Le compte rendu de la deuxième séance a paru avec six jours de retard",
     "La règle promet le compte rendu sous trois jours. Il a paru le neuvième. Les membres ont préparé la séance "
     "suivante sans lui. Je demande que la date soit tenue, ou que le retard soit annoncé à l’avance.",
     "C’est exact. La relecture était faite par une seule personne, absente cette semaine-là. Elles sont deux "
     "désormais, et tout retard sera annoncé sur la page de la séance le jour même."),
    (4, "alert", "Un expert a été présenté sans son lien avec un fournisseur",
     "L’expert invité sur les achats a travaillé jusqu’à l’an dernier pour un fournisseur de la Métropole. Sa fiche "
     "n’en dit rien. Je demande qu’elle soit complétée, et que les membres en soient informés avant le vote final.",
     ""),
)  # fmt: skip

# Arguments: (proposal, who, side, words, source, who finds it right); then replies: (argument's rank here, who, words).
ARGUMENTS = (
    (
        9, "Fatou", "for",
        "Sans fiche, personne ne peut comparer. Avec elle, deux offres se lisent côte à côte, comme les "
        "étiquettes d’un réfrigérateur.",
        "https://www.exemple.fr/etiquette-energie", 9,
    ),
    (
        9, "Bernard", "against",
        "Une petite entreprise d’ici n’a pas de service pour remplir une fiche. À 20 % de la note, on choisit les "
        "plus grosses.",
        "", 6,
    ),
    (
        9, "Inès", "for",
        "L’eau compte autant que l’électricité : l’été, un centre de données en prend quand nous en manquons.",
        "", 5,
    ),
    (
        9, "Théo", "against",
        "La durée de vie est déclarée par le vendeur. Une fiche que personne ne vérifie rassure sans rien "
        "changer.",
        "", 4,
    ),
    (
        17, "Josiane", "for",
        "Quand la réponse montre le texte officiel, je peux la relire avec ma voisine avant de signer.",
        "", 8,
    ),
    (
        17, "Karim", "against",
        "Citer un texte ne veut pas dire l’avoir compris. Une réponse fausse avec un lien se croit plus "
        "facilement.",
        "https://www.exemple.fr/enquete-assistants", 7,
    ),
    (
        17, "Sylvie", "for",
        "« Je ne sais pas » est la meilleure réponse qu’un guichet m’ait donnée : on m’a passé quelqu’un.",
        "", 6,
    ),
    (
        17, "Patrick", "against",
        "Il faudra payer deux fois : l’assistant, et les agents qui reprennent ses erreurs. Disons d’abord le "
        "coût.",
        "", 3,
    ),
    (
        20, "Rachida", "for",
        "Ma mère venait avec un enfant pour traduire. Ce n’est pas à un enfant de dire une maladie.",
        "", 12,
    ),
    (
        20, "Gérard", "against",
        "Une machine se trompe sur les mots du droit. Une interprète au téléphone coûte moins qu’un dossier "
        "perdu.",
        "", 5,
    ),
    (
        20, "Yasmine", "for",
        "Les langues d’ici sont aussi l’arabe dialectal et l’occitan : à exiger dans le marché.",
        "", 4,
    ),
    (
        20, "Alain", "against",
        "Hébergé en Europe ne suffit pas : que devient ma voix enregistrée au guichet ?",
        "", 7,
    ),
)  # fmt: skip
REPLIES = (
    (
        2, "Nadia",
        "On peut demander une fiche courte sous un certain montant : c’est déjà le cas pour d’autres pièces.",
    ),
    (
        4, "Mehdi",
        "C’est le service des achats qui vérifierait, par tirage, comme pour les factures.",
    ),
    (
        6, "Camille",
        "D’où l’obligation de dire quand il ne sait pas, dans le deuxième paragraphe.",
    ),
    (
        12, "Leïla",
        "À écrire dans les garde-fous : rien n’est gardé après l’entretien.",
    ),
)  # fmt: skip

# Two late proposals that said the same thing, in the words of each; merged by the facilitators.
LATE = (
    ("Relation usager", "Lucas", "Un guichet sans écran dans chaque mairie",
     "Des personnes renoncent à leurs droits faute de savoir se servir d’un écran.",
     ("Garder dans chaque mairie un guichet où tout se fait avec une personne.",
      "Afficher ses horaires à l’extérieur."), "Le guichet n’est jamais plus lent que le site."),
    ("Relation usager", "Samira", "Être aidé pour ses démarches près de chez soi",
     "Les permanences d’aide changent d’heure sans prévenir.",
     ("Former deux agents par commune à aider pour les démarches en ligne.",
      "Afficher les horaires des permanences sur la porte."), ""),
)  # fmt: skip

# Several write this proposal.
SHARED = 17

# The same as this proposal, in plain words.
IN_PLAIN_WORDS = (
    9,
    "L’intelligence artificielle utilise beaucoup d’électricité et beaucoup d’eau.\n\n"
    "La Métropole achète des outils d’intelligence artificielle. Nous demandons une fiche pour chaque outil. "
    "La fiche dit ce que l’outil consomme, combien de temps il dure, et dans quel pays sont les machines.\n\n"
    "Pour choisir un outil, la fiche compte pour 20 points sur 100 au moins.\n\n"
    "Tout le monde peut lire la fiche. "
    "La Métropole cherche toujours s’il y a une solution sans intelligence artificielle.",
)

"""Editions to draw: a small one written by hand, and a builder for large ones. All words are made up."""
# ruff: noqa: E501 - sentences read better whole

import datetime as dt
from collections.abc import Callable, Iterable

from convention.recommendations.files.text import rewritten
from convention.recommendations.snapshot import (
    Convention,
    Count,
    Document,
    Edition,
    Effects,
    Expert,
    ExpertNote,
    JournalEntry,
    JournalReply,
    Method,
    Paragraph,
    QuestionAnswer,
    Recommendation,
    Reservation,
    Share,
    Sitting,
    Step,
    Term,
    Theme,
    Version,
    Vote,
)

SITE = "https://convention.example/ia-et-territoire"
GRADES = ("Très bien", "Bien", "Passable", "Insuffisant", "À rejeter")
JM_RULE = "Jugement majoritaire : la voix du milieu donne la mention ; « Bien » ou mieux garde le texte."
YES_RULE = "Majorité des voix pour et contre, plus de la moitié."


def at(day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    return dt.datetime(2024, 1, day, hour, minute, tzinfo=dt.UTC)


def graded(
    poll: int, subject: str, voices: tuple[int, int, int, int, int], no_opinion: int = 0, **over: object
) -> Vote:
    """A majority judgment of which the grade is found, as the box would find it."""
    total = sum(voices)
    reached, grade = 0, None
    for digit, count in zip((5, 4, 3, 2, 1), voices, strict=True):
        reached += count
        if total and grade is None and reached >= total // 2 + 1:
            grade = digit
    kept = (grade or 0) >= 4
    low = voices[3] + voices[4]
    vote = Vote(
        poll=poll,
        subject=subject,
        question="Que pensez-vous de ce texte ?",
        method="majority-judgment",
        indicative=False,
        manner="Bulletins secrets",
        rule=JM_RULE,
        base="Les « sans avis » ne comptent pas dans la mention.",
        counts=tuple(
            Count(key=str(5 - rank), label=label, voices=count)
            for rank, (label, count) in enumerate(zip(GRADES, voices, strict=True))
        ),
        no_opinion=no_opinion,
        expressed=total,
        present=total + no_opinion,
        entitled=40,
        quorum="Quorum de 30 personnes, atteint.",
        grade=grade,
        grade_label=GRADES[5 - grade] if grade else None,
        outcome="kept" if kept else "rewrite",
        outcome_label="Gardé" if kept else "À réécrire",
        sentence=f"{total} personnes ont voté. La voix du milieu dit « {GRADES[5 - grade] if grade else '–'} ».",
        warning="Désaccord fort : 20 % ou plus en 1 ou 2." if total and low * 5 >= total else None,
        closed_at=at(20, 14, 42),
        address=f"{SITE}/scrutins/{poll}",
        fingerprint=f"{poll:064x}",
    )
    return vote.model_copy(update=over)


def yes_no(poll: int, subject: str, yes: int, no: int, abstain: int, entitled: int = 40) -> Vote:
    adopted = yes > no
    return Vote(
        poll=poll,
        subject=subject,
        question="Adoptez-vous cette proposition ?",
        method="yes-no",
        indicative=False,
        manner="Comptage à main levée",
        rule=YES_RULE,
        base="Les abstentions ne comptent pas.",
        counts=(
            Count(key="yes", label="Pour", voices=yes),
            Count(key="no", label="Contre", voices=no),
            Count(key="abstain", label="Abstention", voices=abstain),
        ),
        no_opinion=0,
        expressed=yes + no,
        present=yes + no + abstain,
        entitled=entitled,
        quorum="Quorum de 30 personnes, atteint.",
        outcome="adopted" if adopted else "rejected",
        outcome_label="Adopté" if adopted else "Rejeté",
        sentence=f"{yes} voix pour, {no} voix contre, {abstain} abstentions.",
        closed_at=at(21, 15),
        address=f"{SITE}/scrutins/{poll}",
        fingerprint=f"{poll:064x}",
    )


def paragraph(number: str, text: str, vote: Vote | None = None, *earlier: str, safeguard: bool = False) -> Paragraph:
    wordings = (*earlier, text)
    versions = tuple(
        Version(
            number=rank,
            text=words,
            by="membre" if rank > 1 else "animation",
            written_at=at(19 + min(rank, 5), 9, 20),
            changes="Une part chiffrée remplace « fortement »." if rank > 1 else None,
            votes=(vote,) if vote and rank == len(wordings) else (),
            address=f"{SITE}/paragraphes/{number}/versions/{rank}",
        )
        for rank, words in enumerate(wordings, start=1)
    )
    return Paragraph(
        number=number,
        section="safeguard" if safeguard else "measure",
        text=text,
        version=len(versions),
        versions=versions,
        vote=vote,
    )


def convention() -> Convention:
    return Convention(
        title="Intelligence artificielle et territoire",
        question="Quelle intelligence artificielle au service des habitants et du territoire ?",
        city="Montpellier",
        commissioner="Montpellier Méditerranée Métropole",
        mandate="La Métropole demande à quarante habitants tirés au sort de dire à quelles conditions ses services peuvent "
        "employer l’intelligence artificielle.\n\nElle leur laisse le choix des sujets.",
        commitment="La Métropole répond par écrit à chaque recommandation et dit ce qu’elle retient, pourquoi, et quand.",
        answer_due=dt.date(2024, 10, 15),
        seats=40,
        address=SITE,
    )


THEMES = (
    Theme(
        slug="ecologie",
        name="Transition écologique",
        icon="sprout",
        colour="eco",
        introduction="Une machine qui calcule consomme de l’eau, de l’énergie et des métaux. Nous voulons le savoir avant "
        "d’acheter.",
    ),
    Theme(slug="sante", name="Santé", icon="heart-pulse", colour="sante"),
    Theme(slug="usagers", name="Relation avec les usagers", icon="messages-square", colour="rel"),
)


def small() -> Edition:
    """Three recommendations, one question left open, six solemn votes."""
    votes = (
        graded(11, "Paragraphe 9.1, version 1", (16, 15, 5, 2, 0)),
        graded(12, "Paragraphe 9.2, version 2", (13, 18, 5, 2, 0), no_opinion=1),
        graded(13, "Proposition 9, l’ensemble", (14, 17, 5, 2, 0)),
        graded(14, "Paragraphe 3.1, version 1", (6, 8, 12, 5, 6), no_opinion=2),
        yes_no(15, "Proposition 3, l’ensemble", 24, 11, 4),
        yes_no(16, "Proposition 12, l’ensemble", 150, 60, 20, entitled=260),
    )
    first = Recommendation(
        id="r-9",
        number=9,
        title="Mesurer le coût écologique avant d’acheter une IA",
        theme="ecologie",
        finding="Personne ne connaît la consommation des outils proposés. Les fournisseurs donnent un prix, jamais la part "
        "d’eau, d’énergie et de matériel.",
        objective="Que chaque achat soit décidé en connaissant son coût écologique, et que la solution sans IA soit toujours "
        "regardée.",
        paragraphs=(
            paragraph(
                "9.1",
                "Exiger une fiche d’impact (énergie, eau, durée de vie, lieu d’hébergement) dans chaque marché comportant "
                "de l’IA.",
                votes[0],
            ),
            paragraph(
                "9.2",
                "Noter cette fiche pour 10 % au moins de la note totale du marché.",
                votes[1],
                "Faire compter fortement cette fiche dans la note du marché.",
            ),
            paragraph("9.3", "Publier la fiche avec le marché, dans un format que chacun peut ouvrir et relire."),
            paragraph(
                "9.4", "La fiche est publiée. Une solution sans IA est toujours étudiée et comparée.", safeguard=True
            ),
        ),
        concerned="Les services qui achètent, les habitants qui paient.",
        effects=Effects(
            social="Des achats que l’on peut expliquer.",
            ecological="Moins de matériel neuf, moins d’eau pour refroidir.",
            budget="Environ 40 000 € par an, dont un demi-poste.",
        ),
        indicator="Part des marchés comportant de l’IA avec fiche d’impact publiée.",
        competence="Métropole",
        deadline="Un an",
        expert_notes=(
            ExpertNote(
                author="Claire Vidal",
                quality="ingénieure, université",
                written_on=dt.date(2024, 1, 18),
                about="Paragraphe 9.1",
                text="Une norme de calcul existe. Les fournisseurs sérieux la connaissent.",
            ),
        ),
        vote=votes[2],
        reservations=(
            Reservation(
                text="Deux membres jugent que 10 % ne changera rien aux achats.",
                about="Paragraphe 9.2, version 2",
                signatories=2,
                named=("Omar B.",),
            ),
        ),
        origin=(
            Step(when="2 décembre 2023", what="Idées n° 14, 31 et 52", detail="Tables 3 et 5, une contribution papier"),
            Step(when="20 janvier 2024", what="Version 2 gardée", address=f"{SITE}/paragraphes/9.2"),
        ),
        address=f"{SITE}/recommandations/9",
    )
    second = Recommendation(
        id="r-3",
        number=3,
        title="Garder une personne au bout du fil",
        theme="sante",
        finding="Un rendez-vous se prend par machine, et la machine ne comprend pas tout.",
        objective="Que chacun puisse parler à quelqu’un.",
        paragraphs=(
            paragraph("3.1", "Afficher « parler à une personne » sur chaque écran, dès le premier.", votes[3]),
            paragraph("3.2", "Aucune donnée de santé n’est gardée après l’échange.", safeguard=True),
        ),
        competence="Métropole, avec le CHU",
        vote=votes[4],
        address=f"{SITE}/recommandations/3",
    )
    third = Recommendation(
        id="r-12",
        number=12,
        title="Dire quand une machine a écrit",
        theme="usagers",
        paragraphs=(paragraph("12.1", "Écrire en tête de chaque courrier s’il a été rédigé avec une IA."),),
        vote=votes[5],
        address=f"{SITE}/recommandations/12",
    )
    open_one = Recommendation(
        id="r-20",
        number=20,
        title="Filmer les carrefours pour compter les vélos",
        theme="usagers",
        finding="Les avis sont restés partagés.",
        paragraphs=(paragraph("20.1", "Compter sans garder d’image."),),
        address=f"{SITE}/recommandations/20",
    )
    return Edition(
        number=2,
        title="Une intelligence artificielle que l’on peut comprendre, mesurer et refuser",
        subtitle="Avis citoyen remis à Montpellier Méditerranée Métropole",
        frozen_at=dt.datetime(2024, 3, 14, 17, 5, tzinfo=dt.UTC),
        fictional="Texte fictif, écrit pour la démonstration : il ne reproduit pas l’avis réel.",
        convention=convention(),
        summary="Nous sommes quarante, tirés au sort. Nous avons travaillé trois week-ends.\n\nNous demandons que l’IA soit "
        "choisie en connaissant son coût, qu’une personne reste joignable, et que l’on dise quand une machine a écrit.",
        letter="Madame, Monsieur,\n\nNous ne sommes ni experts ni élus. Nous avons appris, douté, voté.\n\nNous attendons "
        "votre réponse, point par point.",
        preamble="Huit principes nous guident : servir, expliquer, mesurer, protéger, inclure, vérifier, refuser, réparer.",
        method="Nous avons écrit en petits groupes, relu à voix haute, puis voté chaque paragraphe.",
        voting_rules=(JM_RULE, YES_RULE),
        working_rules="Chacun parle à son tour. Ce qui est écrit par une table est relu par une autre.",
        draw="Quarante personnes tirées au sort parmi 312 volontaires, avec la graine publiée le 3 novembre 2023.",
        composition=(
            Share(criterion="Âge", category="18 à 29 ans", members=12, population_percent="31,0 %"),
            Share(criterion="Âge", category="30 à 59 ans", members=18, population_percent="44,5 %"),
            Share(criterion="Âge", category="60 ans ou plus", members=10, population_percent="24,5 %"),
            Share(criterion="Genre", category="Femmes", members=21, population_percent="52,1 %"),
            Share(criterion="Genre", category="Hommes", members=19, population_percent="47,9 %"),
        ),
        experts=(
            Expert(
                name="Claire Vidal",
                quality="ingénieure, université",
                interests="Aucun lien déclaré avec un fournisseur.",
                heard="Séance 1",
            ),
            Expert(name="Paul Serres", quality="syndicaliste"),
        ),
        sittings=(
            Sitting(
                number=1,
                title="Comprendre",
                held_on=dt.date(2023, 12, 2),
                hours="9 h à 17 h",
                place="Hôtel de Métropole",
                present=39,
                agenda=("Ce qu’est une IA", "Ce que la Métropole en fait déjà"),
                documents=(Document(title="Dossier d’information", author="Service numérique"),),
                address=f"{SITE}/seances/1",
            ),
            Sitting(
                number=2,
                title="Écrire et voter",
                held_on=dt.date(2024, 1, 20),
                hours="9 h à 18 h",
                place="Hôtel de Métropole",
                present=38,
                address=f"{SITE}/seances/2",
            ),
        ),
        themes=THEMES,
        recommendations=(first, second, third),
        minority_positions=(
            Reservation(
                text="Nous aurions préféré un moratoire de deux ans.", about="L’ensemble de l’avis", signatories=4
            ),
        ),
        unsettled=(open_one,),
        votes=votes,
        questions=(
            QuestionAnswer(
                question="Où sont hébergées les données ?",
                asked_by="Table 3",
                answer="À Montpellier, dans le centre de la Métropole.",
                answered_by="Service numérique",
            ),
        ),
        guarantors_report="Nous avons assisté à toutes les séances. La parole a été partagée.",
        guarantors_journal=(
            JournalEntry(
                number=1,
                kind="alert",
                kind_label="Alerte",
                title="Un expert sans déclaration d’intérêts",
                text="L’expert invité a travaillé pour un fournisseur. Sa fiche n’en dit rien.",
                published_at=dt.datetime(2024, 1, 21, 9, 0, tzinfo=dt.UTC),
                corrected_by=2,
                replies=(
                    JournalReply(
                        text="La fiche est complétée.", answered_at=dt.datetime(2024, 1, 23, 9, 0, tzinfo=dt.UTC)
                    ),
                ),
                address=f"{SITE}/journal-des-garants/1",
            ),
            JournalEntry(
                number=2,
                kind="alert",
                kind_label="Alerte",
                title="Deux experts sans déclaration d’intérêts",
                text="Nous en avions compté un seul.",
                published_at=dt.datetime(2024, 1, 24, 9, 0, tzinfo=dt.UTC),
                corrects=1,
                address=f"{SITE}/journal-des-garants/2",
            ),
        ),
        glossary=(Term(term="IA", definition="Intelligence artificielle : un programme qui imite un raisonnement."),),
        changes="La réserve sur le paragraphe 9.2 est ajoutée.",
        address=f"{SITE}/avis/2",
    )


def reworded(edition: Edition, rewrite: Callable[[str], str]) -> Edition:
    """The same edition with other citizens' words: whatever a hand can type in a form."""
    return rewritten(edition, rewrite)


def large(recommendations: int = 150, votes: int = 1500, versions: int = 300) -> Edition:
    """As many recommendations, votes and versions as a very long convention could leave."""
    base = small()
    model = base.recommendations[0]
    polls = tuple(_polls(votes))
    each = max(versions // recommendations, 1)
    paragraphs_each = 4
    made = []
    for rank in range(recommendations):
        number = rank + 1
        paragraphs = tuple(
            paragraph(
                f"{number}.{place + 1}",
                f"{model.paragraphs[place].text} Cas {number}.",
                polls[(rank * paragraphs_each + place) % len(polls)] if place < 2 else None,
                *((f"Première rédaction du paragraphe {number}.{place + 1}.",) * (each if place == 1 else 0)),
                safeguard=place == 3,
            )
            for place in range(paragraphs_each)
        )
        update = {
            "id": f"r-{number}",
            "number": number,
            "title": f"{model.title}, cas {number}",
            "theme": base.themes[rank % len(base.themes)].slug,
            "paragraphs": paragraphs,
            "vote": polls[-1 - rank % len(polls)],
            "address": f"{SITE}/recommandations/{number}",
        }
        made.append(model.model_copy(update=update))
    return base.model_copy(update={"recommendations": tuple(made), "unsettled": (), "votes": polls})


def _polls(count: int) -> Iterable[Vote]:
    methods: tuple[Method, ...] = ("majority-judgment", "majority-judgment", "yes-no")
    for rank in range(count):
        poll = rank + 1
        subject = f"Paragraphe {poll % 150 + 1}.{poll % 4 + 1}, version {poll % 3 + 1}"
        if methods[rank % 3] == "yes-no":
            yield yes_no(poll, subject, 20 + rank % 15, rank % 9, rank % 4)
        else:
            yield graded(poll, subject, (10 + rank % 9, 9 + rank % 7, rank % 6, rank % 4, rank % 3), rank % 3)

"""The rule of a poll and its result in plain words: what is printed on the notice, then beside the result."""

from fractions import Fraction

from convention.algorithms.decision import (
    Aggregate,
    Base,
    Completion,
    Decision,
    Method,
    NoOpinion,
    Outcome,
    QuorumBase,
    Rule,
    Secrecy,
    Tie,
    needed,
)
from convention.kit.i18n import gettext as _
from convention.kit.i18n import ngettext
from convention.kit.text import in_quotes, number, ordinal

EXAMPLE = 39  # odd, so that half of it needs a word


def rule_sentences(rule: Rule) -> list[str]:
    """The rule, a sentence at a time, with a worked example."""
    sentences = [_secrecy(rule), *_METHODS[rule.method](rule)]
    whole = rule.method not in (Method.YES_NO, Method.MAJORITY_JUDGMENT)
    if rule.secrecy is Secrecy.SECRET:
        sentences.insert(1, _published(whole, rule.tracked))
    if whole:
        sentences.append(
            _(
                "À l’écran, chaque personne voit les options dans un ordre tiré au sort pour elle, afin de n’en "
                "favoriser aucune."
            )
        )
    if rule.quorum is not None:
        sentences.append(_quorum(rule))
    sentences.append(_tie(rule))
    if rule.indicative:
        sentences.append(_("Ce vote est indicatif : il montre où en est l’assemblée et ne décide rien."))
    return sentences


def fraction(share: Fraction) -> str:
    """« la moitié », « les deux tiers », « les 7/10 »."""
    named = {
        Fraction(1, 2): _("la moitié"),
        Fraction(1, 3): _("le tiers"),
        Fraction(2, 3): _("les deux tiers"),
        Fraction(1, 4): _("le quart"),
        Fraction(3, 4): _("les trois quarts"),
        Fraction(3, 5): _("les trois cinquièmes"),
        Fraction(4, 5): _("les quatre cinquièmes"),
        Fraction(1): _("la totalité"),
    }
    return named.get(share) or _("les {fraction}").format(fraction=share)


def _of(share: Fraction, whole: str) -> str:
    """« la moitié des inscrits »."""
    return _("{share} des {whole}").format(share=fraction(share), whole=whole)


def _secrecy(rule: Rule) -> str:
    return {
        Secrecy.SECRET: _("Le vote est secret : la liste dit qui a voté, l’urne dit quoi, et rien ne les relie."),
        Secrecy.HANDS: _("Le vote a lieu à main levée : on compte les mains, sans noter les noms."),
        Secrecy.OPEN: _("Le vote est public : le choix de chaque personne est publié avec son nom."),
    }[rule.secrecy]


def _published(whole: bool, tracked: bool) -> str:
    """`whole`: a choice between options cannot be counted again from its totals, and who votes must know it before."""
    if tracked:
        return _(
            "Chaque bulletin est publié en entier, sans nom, avec un code de suivi que seule la personne qui a voté "
            "connaît : elle peut vérifier ce qu’il dit. Montrer son code, c’est montrer son vote. Jamais un résultat "
            "par groupe de personnes."
        )
    if whole:
        return _(
            "Les bulletins sont publiés sans les noms, chacun en entier : celui qui ne ressemble à aucun autre peut "
            "être reconnu. Jamais un résultat par groupe de personnes."
        )
    return _("Seuls les totaux sont publiés : jamais un résultat par groupe de personnes.")


def _quorum(rule: Rule) -> str:
    assert rule.quorum is not None, "no sentence about a quorum that is not there"
    whole = _("personnes inscrites") if rule.quorum_base is QuorumBase.ENTITLED else _("personnes présentes")
    said = _("Le vote ne vaut que si au moins {share} ont voté ; un bulletin blanc compte.")
    if rule.secrecy is not Secrecy.SECRET:
        said = _("Le vote ne vaut que si au moins {share} ont voté.")
    return said.format(share=_of(rule.quorum, whole))


def _tie(rule: Rule) -> str:
    motion = rule.method is Method.YES_NO
    if rule.method is Method.IRV and rule.tie is Tie.DRAW:
        return _(
            "Si plusieurs options sont dernières à égalité, un tirage au sort public dit laquelle est écartée. Son "
            "ordre vient d’une graine dont l’empreinte est publiée avant le vote et la graine après : chacun peut le "
            "refaire."
        )
    if rule.method is Method.IRV and rule.tie is Tie.ANNOUNCED:
        return _(
            "Plusieurs dernières à égalité sont écartées ensemble si leurs voix réunies sont moins nombreuses que "
            "celles de la suivante ; sinon le compte s’arrête et les options encore en lice sont annoncées à égalité."
        )
    if rule.method is Method.MAJORITY_JUDGMENT and rule.tie is Tie.ANNOUNCED:
        return _("Deux textes qui ont exactement les mêmes voix sont à égalité, et annoncés ainsi.")
    if motion and rule.tie is Tie.ANNOUNCED:
        return _("En cas d’égalité entre le pour et le contre, ce n’est pas adopté.")
    if motion and rule.tie is Tie.PRESIDENT and rule.secrecy is Secrecy.OPEN:
        return _(
            "En cas d’égalité entre le pour et le contre, le vote de la présidence l’emporte ; si elle n’a voté ni "
            "pour ni contre, ce n’est pas adopté."
        )
    if motion and rule.tie is Tie.PRESIDENT:
        return _(
            "En cas d’égalité entre le pour et le contre, le vote de la présidence l’emporte : il est noté avec les "
            "totaux, et publié s’il a servi."
        )
    return {
        Tie.ANNOUNCED: _("Une égalité est annoncée telle quelle : rien ne la départage en silence."),
        Tie.PRESIDENT: _("En cas d’égalité, la voix de la présidence l’emporte."),
        Tie.DRAW: _(
            "Une égalité est départagée par un tirage au sort public. Son ordre vient d’une graine dont l’empreinte "
            "est publiée avant le vote et la graine après : chacun peut le refaire."
        ),
        Tie.RUN_OFF: _("En cas d’égalité, on vote une seconde fois."),
    }[rule.tie]


def _yes_no(rule: Rule) -> list[str]:
    secret = rule.secrecy is Secrecy.SECRET  # raised hands and names called out leave no ballot, blank or not
    share = _of(
        rule.majority,
        {
            Base.EXPRESSED: _("voix exprimées"),
            Base.EXPRESSED_AND_ABSTENTIONS: _("voix exprimées et abstentions"),
            Base.CAST: _("bulletins déposés") if secret else rule.base.label,
            Base.PRESENT: _("personnes présentes"),
            Base.ENTITLED: _("personnes inscrites"),
        }[rule.base],
    )
    adopted = (
        _("Le texte est adopté si plus de {share} sont pour.")
        if rule.strict
        else _("Le texte est adopté si au moins {share} sont pour.")
    ).format(share=share)
    with_abstentions = _("Les abstentions comptent dans le total.")
    counted = {
        Base.EXPRESSED: _("Les voix exprimées sont les pour et les contre : ni les abstentions ni les blancs.")
        if secret
        else _("Les voix exprimées sont les pour et les contre, sans les abstentions."),
        Base.EXPRESSED_AND_ABSTENTIONS: _("Les abstentions comptent dans le total, pas les bulletins blancs.")
        if secret
        else with_abstentions,
        Base.CAST: _("Les abstentions et les bulletins blancs comptent dans le total.") if secret else with_abstentions,
        Base.PRESENT: _("Une personne présente qui ne vote pas compte dans le total."),
        Base.ENTITLED: _("Une personne inscrite qui ne vote pas compte dans le total."),
    }[rule.base]
    enough = needed(rule.majority, rule.strict, EXAMPLE)
    example = _("Par exemple, sur {whole}, il faut {n} voix pour.")
    return [_contracted(adopted), counted, example.format(whole=_whole(rule.base, EXAMPLE), n=number(enough))]


def _contracted(sentence: str) -> str:
    """« plus de les deux tiers » is said « plus des deux tiers », and « plus de le tiers » « plus du tiers »."""
    return sentence.replace(" de les ", " des ").replace(" de le ", " du ")


def _whole(base: Base, n: int) -> str:
    return {
        Base.EXPRESSED: ngettext("{n} exprimé", "{n} exprimés", n),
        Base.EXPRESSED_AND_ABSTENTIONS: ngettext("{n} exprimé ou abstention", "{n} exprimés et abstentions", n),
        Base.CAST: ngettext("{n} votant", "{n} votants", n),
        Base.PRESENT: ngettext("{n} présent", "{n} présents", n),
        Base.ENTITLED: ngettext("{n} inscrit", "{n} inscrits", n),
    }[base].format(n=number(n))


def _majority_judgment(rule: Rule) -> list[str]:
    return [
        _("Chaque personne choisit une mention parmi {n} : {grades}.").format(
            n=number(len(rule.grades)), grades=", ".join(in_quotes(grade) for grade in reversed(rule.grades))
        ),
        _("On range toutes les voix de la plus favorable à la moins favorable ; celle du milieu donne le résultat."),
        _("Si les voix sont en nombre pair, la moins favorable des deux du milieu compte."),
        _("Le texte est gardé si cette voix dit {grade} ou mieux ; sinon il est à réécrire.").format(
            grade=in_quotes(rule.grades[rule.keep_at - 1])
        )
        if rule.keep_at < len(rule.grades)
        else _("Le texte est gardé si cette voix dit {grade} ; sinon il est à réécrire.").format(
            grade=in_quotes(rule.grades[-1])
        ),
        {
            NoOpinion.EXCLUDED: _("Les voix sans avis sont laissées de côté."),
            NoOpinion.REJECTS: _("Une voix sans avis compte comme {grade}, la mention la plus basse."),
            NoOpinion.STATIC: _("Une voix sans avis compte comme {grade}."),
            NoOpinion.MEDIAN: _("Une voix sans avis compte comme la mention du milieu des autres voix."),
        }[rule.no_opinion].format(grade=in_quotes(rule.grades[(rule.no_opinion_grade or 1) - 1])),
        _("Par exemple, sur {n} voix, la {middle} décide ; sur {m} aussi.").format(
            n=number(EXAMPLE), middle=ordinal(EXAMPLE // 2 + 1), m=number(EXAMPLE - 1)
        ),
    ]


def _approval(rule: Rule) -> list[str]:
    return [
        _("Chaque personne approuve autant d’options qu’elle veut ; chaque approbation compte une voix."),
        _seats(rule),
        _("Par exemple, une option approuvée par 21 personnes passe devant une option approuvée par 20."),
    ]


def _seats(rule: Rule) -> str:
    n = rule.seats or 1
    return ngettext(
        "L’option qui en réunit le plus est retenue.", "Les {n} options qui en réunissent le plus sont retenues.", n
    ).format(n=number(n))


def _score(rule: Rule) -> list[str]:
    missing = (
        _("Une note manquante compte comme la plus basse.")
        if rule.no_opinion is NoOpinion.REJECTS
        else _("Une note manquante n’ajoute aucun point.")
        if rule.aggregate is Aggregate.SUM
        else _("Une note manquante est laissée de côté.")
    )
    ordered = (
        _("Les options sont rangées par la somme de leurs notes.")
        if rule.aggregate is Aggregate.SUM
        else _("Les options sont rangées par la moyenne de leurs notes.")
    )
    example = (
        _("Par exemple, trois notes de 8, 5 et 5 font 18 points.")
        if rule.aggregate is Aggregate.SUM
        else _("Par exemple, trois notes de 8, 5 et 5 font une moyenne de 6.")
    )
    scale = _("Chaque personne donne à chaque option une note entière de {low} à {high}.")
    kept = ngettext("La première est retenue.", "Les {n} premières sont retenues.", rule.seats or 1)
    return [
        scale.format(low=number(rule.score_from), high=number(rule.score_to)),
        ordered,
        missing,
        kept.format(n=number(rule.seats or 1)),
        example,
    ]


def _schulze(rule: Rule) -> list[str]:
    kept = ngettext("La première est retenue.", "Les {n} premières sont retenues.", rule.seats or 1)
    return [
        _("Chaque personne range les options par ordre de préférence ; elle peut en mettre plusieurs à égalité."),
        _("Les options qu’elle ne range pas sont à égalité en dernier."),
        _(
            "Deux options sont comparées en duel : l’une bat l’autre si plus de bulletins la préfèrent. Une option qui "
            "bat toutes les autres est première."
        ),
        _(
            "Si les duels tournent en rond, une chaîne de duels vaut son duel le plus faible : de deux options, celle "
            "qui mène à l’autre par la chaîne la plus forte passe devant (méthode de Schulze)."
        ),
        kept.format(n=number(rule.seats or 1)),
        _("Par exemple, si 21 bulletins préfèrent le parc à la place et 18 la place au parc, le parc gagne ce duel."),
    ]


def _irv(rule: Rule) -> list[str]:
    return [
        _("Chaque personne range les options par ordre de préférence."),
        _("À chaque tour, un bulletin compte pour l’option encore en lice qu’il met le plus haut."),
        _("S’il en met plusieurs à égalité au plus haut, il se partage également entre elles."),
        _("Une option qui a plus de la moitié des bulletins encore comptés gagne ; sinon la dernière est écartée."),
        _("Un bulletin qui ne range plus aucune option en lice n’est plus compté."),
        _("Par exemple, sur {n} bulletins encore comptés, il faut {enough} voix.").format(
            n=number(EXAMPLE), enough=number(EXAMPLE // 2 + 1)
        ),
    ]


def _equal_shares(rule: Rule) -> list[str]:
    sentences = [
        _("Chaque personne approuve les projets qu’elle veut et reçoit une part égale du budget."),
        # Only where shares then rise by one euro: without completion they are cut to the last fraction.
        *([] if rule.completion is Completion.NONE else [_("Au départ, cette part est arrondie à l’euro en dessous.")]),
        _("Un projet est financé si les personnes qui l’approuvent peuvent le payer avec leurs parts, à égalité."),
        _("On finance d’abord celui qui coûte le moins à chacune pour un même montant, puis on recommence."),
        {
            Completion.NONE: _("L’argent qui reste n’est pas dépensé."),
            Completion.ADD1: _("S’il en reste, les parts montent d’un euro à la fois, tant que le budget suffit."),
            Completion.ADD1_UTILITARIAN: _(
                "S’il reste de l’argent, les parts montent d’un euro à la fois, tant que le budget suffit ; puis les "
                "projets les plus approuvés qui tiennent encore dans le budget sont financés."
            ),
        }[rule.completion],
    ]
    if rule.completion is not Completion.NONE and rule.stop_when_exhaustive:
        sentences.append(_("Les parts ne montent plus dès qu’aucun projet ne tient dans ce qui reste."))
    if rule.budget is not None:
        sentences.append(_("Le budget est de {budget} €.").format(budget=number(rule.budget)))
    sentences.append(
        _("Par exemple, avec 1 000 € pour 100 personnes, 40 soutiens peuvent payer ensemble un projet de 400 €.")
    )
    return sentences


def _multi_vote(rule: Rule) -> list[str]:
    kept = (
        _("Autant d’options sont retenues, celles qui ont le plus de voix.")
        if rule.seats is None
        else ngettext(
            "L’option qui a le plus de voix est retenue.",
            "Les {n} options qui ont le plus de voix sont retenues.",
            rule.seats,
        ).format(n=number(rule.seats))
    )
    cut = _("Si la dernière place est partagée, les options à égalité sont annoncées et aucune n’est prise au hasard.")
    return [
        _("Chaque personne a autant de voix que la moitié des options, arrondie au-dessus, une au plus par option."),
        kept,
        # Where a draw or a second vote settles a tie, the sentence on ties says so: this one would deny it.
        *([cut] if rule.tie is Tie.ANNOUNCED else []),
        _("Par exemple, pour 7 options, chaque personne a 4 voix."),
    ]


_METHODS = {
    Method.YES_NO: _yes_no,
    Method.APPROVAL: _approval,
    Method.SCORE: _score,
    Method.MAJORITY_JUDGMENT: _majority_judgment,
    Method.SCHULZE: _schulze,
    Method.IRV: _irv,
    Method.EQUAL_SHARES: _equal_shares,
    Method.MULTI_VOTE: _multi_vote,
}


def decision_sentence(rule: Rule, decision: Decision) -> str:
    """The result in one or two sentences, with the numbers it rests on."""
    if decision.outcome is Outcome.NO_QUORUM:
        return ngettext(
            "Quorum non atteint : {n} bulletin, il en fallait {needed}.",
            "Quorum non atteint : {n} bulletins, il en fallait {needed}.",
            decision.cast,
        ).format(n=number(decision.cast), needed=number(decision.quorum_needed or 0))
    if rule.method is Method.YES_NO:
        return _motion(rule, decision)
    if decision.grade is not None:
        return _text(rule, decision)
    if decision.outcome is Outcome.NO_VOICE:
        return _("Aucune voix exprimée : rien n’est décidé.")
    return _choice(rule, decision)


def _motion(rule: Rule, decision: Decision) -> str:
    yes = int(decision.counts["yes"])
    numbers = {
        "yes": number(yes),
        "whole": _whole(rule.base, decision.base_size or 0),
        "needed": number(decision.needed or 0),
        "no": number(int(decision.counts["no"])),
    }
    if decision.casting:
        sentence = {
            "yes": _(
                "Adopté, à égalité : {yes} pour et {no} contre ; la présidence a voté pour, et sa voix l’emporte."
            ),
            "no": _(
                "Rejeté, à égalité : {yes} pour et {no} contre ; la présidence a voté contre, et sa voix l’emporte."
            ),
            "abstention": _(
                "Rejeté, à égalité : {yes} pour et {no} contre ; la présidence n’a voté ni pour ni contre."
            ),
        }[decision.casting]
    elif decision.tied:
        sentence = {
            Tie.ANNOUNCED: _("Rejeté, à égalité : {yes} pour et {no} contre ; il fallait {needed} pour."),
            Tie.PRESIDENT: _("Égalité : {yes} pour et {no} contre. La voix de la présidence l’emporte."),
            Tie.RUN_OFF: _("Égalité : {yes} pour et {no} contre. On vote une seconde fois."),
            Tie.DRAW: _("Égalité : {yes} pour et {no} contre."),
        }[rule.tie]
    elif decision.outcome is Outcome.ADOPTED:
        sentence = _("Adopté : {yes} pour sur {whole} ; il en fallait {needed}.")
    else:
        sentence = _("Rejeté : {yes} pour sur {whole} ; il en fallait {needed}.")
    return sentence.format(**numbers)


def _text(rule: Rule, decision: Decision) -> str:
    kept = decision.outcome is Outcome.KEPT
    sentence = (
        _("La voix du milieu (la {middle} sur {voices}) dit « {grade} » ({value}) : gardé.")
        if kept
        else _("La voix du milieu (la {middle} sur {voices}) dit « {grade} » ({value}) : à réécrire.")
    )
    return sentence.format(
        middle=ordinal(decision.position or 0),
        voices=number(decision.voices or 0),
        grade=decision.grade_label,
        value=decision.grade,
    )


def _choice(rule: Rule, decision: Decision) -> str:
    sentences = []
    if decision.winners:
        sentences.append(
            ngettext("Retenue : {options}.", "Retenues : {options}.", len(decision.winners)).format(
                options=", ".join(_with_count(rule, decision, option) for option in decision.winners)
            )
        )
    if decision.tied:
        sentences.append(
            _("Égalité entre {options}.").format(
                options=", ".join(_with_count(rule, decision, option) for option in decision.tied)
            )
        )
        if rule.tie is not Tie.ANNOUNCED:
            sentences.append(
                {
                    Tie.PRESIDENT: _("La voix de la présidence l’emporte."),
                    Tie.DRAW: _("Un tirage au sort public les départage."),
                    Tie.RUN_OFF: _("On vote une seconde fois entre elles."),
                }[rule.tie]
            )
    if decision.drawn:
        sentences.append(
            _("Le tirage au sort public a donné cet ordre : {options}.").format(
                options=", ".join(map(in_quotes, decision.drawn))
            )
        )
    return " ".join(sentences) or _("Aucune option n’est retenue.")


def _with_count(rule: Rule, decision: Decision, option: str) -> str:
    """« le parc » (21 voix); nothing but the name where a number alone would mislead."""
    count = decision.counts.get(option)
    if count is None or rule.method not in (Method.APPROVAL, Method.MULTI_VOTE, Method.SCORE, Method.EQUAL_SHARES):
        return in_quotes(option)
    n = number(int(count)) if Fraction(count).denominator == 1 else number(round(float(count), 2))
    if rule.method is Method.SCORE:
        points = ngettext("{n} point", "{n} points", int(count))
        several = points if rule.aggregate is Aggregate.SUM else _("{n} en moyenne")
    else:
        several = ngettext("{n} voix", "{n} voix", int(count))
    return f"{in_quotes(option)} ({several.format(n=n)})"

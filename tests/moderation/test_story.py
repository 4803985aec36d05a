"""F10, from the flag to the answer of the appeal, by each person who takes part in it."""

import datetime as dt

import pytest
from sqlmodel import select

from convention.kit import clock
from convention.people.models import RoleKind
from convention.proposals import queries as proposals
from convention.recommendations.compose import compose
from convention.reservations.models import Reservation
from tests.amendments import scene as amending
from tests.discussion import scene as discussing
from tests.moderation import scene
from tests.moderation.scene import INSULT, WHY
from tests.reservations import scene as speaking

# Every public address where a proposal's words may be.
EVERYWHERE = (
    "/", "/propositions", "/propositions?tri=titre", "/propositions/1", "/propositions/1/versions",
    "/themes/transition-ecologique", "/recherche?q=quidam", "/propositions?q=quidam", "/moderation",
    "/flux.xml", "/api/v1/proposals", "/api/v1/proposals/1", "/scrutins",
)  # fmt: skip


def read_everywhere(world):
    """All that the public may read, in one text."""
    browser = world.browser()
    texts = [browser.client.get(address) for address in EVERYWHERE]
    assert all(answer.status_code in (200, 404) for answer in texts), [(one.url, one.status_code) for one in texts]
    whole = "\n".join(answer.text for answer in texts)
    whole += browser.part("/propositions").response.text
    with world.reading() as db:
        whole += compose(db, world.convention, number=1, at=clock.now(), site="https://exemple.fr").model_dump_json()
        whole += "".join(f"{one.title} {one.excerpt}" for one in proposals.everything(db, world.convention))
    return whole


def test_an_insult_is_flagged_hidden_contested_and_confirmed(world):
    # Given Lina, whose paragraph insults somebody
    scene.set_up(world)
    claire, solange, adama = world.facilitator(), world.guarantor(), world.administrator()
    assert INSULT in read_everywhere(world)

    # When a passer-by flags it from its place
    page = world.browser().open("/propositions/1").follow("Signaler 1.2")
    assert page.has("Signaler : Proposition n° 1, paragraphe 1.2")
    page = page.press("Envoyer le signalement", reason="insult", words="Gérard est insulté.")
    assert page.has("Merci de votre signalement")

    # Then Claire finds it in her queue, with its words, its age and its context, and hides it
    page = world.browser(claire).open("/animation/moderation")
    assert page.has(INSULT)
    assert page.has("1 texte à examiner") and page.has("Attend depuis 1 min")
    assert page.has("Signalé par 1 personne : pas d’attaque contre une personne")
    page = scene.case(world, claire)
    assert page.has(INSULT) and page.has("Gérard est insulté.") and page.has("Écrit par Lina")
    page = scene.decide(world, claire, "hidden")
    assert page.has("La décision est prise") and page.has("Rien n’attend.")

    # And the public page keeps the place, the rule, the way to contest; the words are nowhere
    page = world.browser().open("/propositions/1")
    assert page.has("Masqué par la modération") and page.has("Règle 3 : pas d’attaque contre une personne")
    assert page.has("Prise par une personne, sans outil automatique") and page.has("1.2")
    assert page.has("Exiger une fiche d’impact"), "the rest stays"
    assert "un crétin fini" not in read_everywhere(world)
    assert WHY not in read_everywhere(world), "the statement quotes the words: it is not public"

    # And Lina is told what, why and how to contest
    (mail,) = [one for one in scene.mails(world) if one.to == "lina@exemple.fr"]
    said = " ".join(mail.lines)
    assert "Règle 3" in said and WHY in said and "contester" in said and "Proposition n° 1, paragraphe 1.2" in said
    assert mail.button is not None
    lina = world.people["Lina"]
    page = world.browser(lina).open(mail.button[1])
    assert page.has("Votre texte est masqué.") and page.has(INSULT) and page.has(WHY)
    assert not page.has("Claire"), "whoever decided speaks for all"

    # And the guarantor reads the original, and decides nothing
    page = scene.decision(world, solange)
    assert page.has(INSULT) and page.has("Claire") and page.has("Lina")
    assert not page.all("form[action*='reponse']")

    # When Lina contests
    page = world.browser(lina).open(mail.button[1])
    page = page.press("Contester la décision", words="Ce n’est pas une insulte mais un constat, que chacun peut faire.")
    assert page.has("Votre recours est enregistré") and page.has("Réponse avant le")
    assert world.browser().open("/propositions/1").has("La décision est contestée")

    # Then Claire, who decided, cannot answer
    page = world.browser(claire).open("/animation/moderation")
    assert page.has("1 recours") and page.has("Vous avez pris cette décision : une autre personne répond.")
    page = page.follow("Décision n° 1")
    assert not page.all("form[action*='reponse']")
    refused = page.browser.post(
        f"{page.address}/reponse", {"outcome": "reversed", "statement": "Je change d’avis toute seule sur ce texte."}
    )
    assert refused.status == 403 and refused.has("Vous avez pris cette décision")

    # And Solange neither: guarantors watch
    assert world.browser(solange).post(f"{page.address}/reponse", {"outcome": "reversed"}).status == 403

    # But Adama can
    page = world.browser(adama).open("/animation/moderation").follow("Décision n° 1")
    page = page.press(
        "Envoyer la réponse", outcome="confirmed", statement="« Crétin » vise une personne : la règle 3 s’applique."
    )
    assert page.has("La réponse est enregistrée") and page.has("Décision confirmée")
    assert "un crétin fini" not in read_everywhere(world)
    assert any("Réponse au recours" in one.title for one in scene.mails(world) if one.to == "lina@exemple.fr")

    # And everyone reads the register, without names
    page = world.browser().open("/moderation")
    assert page.has("Confirmée en recours") and page.has("Règle 3 : pas d’attaque contre une personne")
    for name in ("Lina", "Claire", "Adama", "Solange", "Gérard"):
        assert not page.has(name)


def test_an_appeal_that_is_heard_shows_the_text_again(world):
    scene.set_up(world)
    claire, adama = world.facilitator(), world.administrator()
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, claire, "hidden")
    lina = world.browser(world.people["Lina"])
    page = lina.open("/moderation").follow("Décision n° 1")
    page.press("Contester la décision", words="Cette phrase cite un journal, elle ne vise personne de vivant.")
    page = world.browser(adama).open("/animation/moderation").follow("Décision n° 1")
    page.press("Envoyer la réponse", outcome="reversed", statement="La phrase est une citation : elle peut rester.")
    assert INSULT in read_everywhere(world)
    assert world.browser().open("/recherche?q=crétin").has("Proposition")
    assert world.browser().open("/moderation").has("Annulée en recours")


def test_a_whole_proposal_is_hidden_with_its_title(world):
    scene.set_up(world)
    claire = world.facilitator()
    scene.flag(world, scene.card(world), reason="off_topic")
    scene.decide(world, claire, "hidden", rule="off_topic")
    everything = read_everywhere(world)
    for words in ("coût écologique", "Personne ne connaît", "fiche d’impact", "solution sans IA", INSULT):
        assert words not in everything, words
    page = world.browser().open("/propositions/1")
    assert page.has("Masqué par la modération") and page.has("Règle 7 : pas de hors-sujet")
    assert world.browser().open("/propositions").has("[Titre masqué par la modération]")
    assert scene.decision(world, world.guarantor()).has("Mesurer le coût écologique")


def test_a_passage_is_hidden_and_the_rest_is_read(world):
    scene.set_up(world)
    claire = world.facilitator()
    scene.flag(world, scene.paragraph(world))
    page = scene.decide(world, claire, "hidden_part", passages="des mots qui n’y sont pas")
    assert page.status == 422 and page.has("Ce passage ne se trouve pas dans le texte") and page.has(WHY)
    scene.decide(world, claire, "hidden_part", passages=INSULT)
    page = world.browser().open("/propositions/1")
    assert page.has("[passage masqué par la modération]. Noter la fiche pour 20 % de la note.")
    assert page.has("Passage masqué par la modération. Règle 3")
    assert "un crétin fini" not in read_everywhere(world)


def test_a_change_is_asked_written_read_again_and_shown(world):
    # Given a paragraph hidden while Lina writes it again
    scene.set_up(world)
    claire = world.facilitator()
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, claire, "change_asked")
    lina = world.browser(world.people["Lina"])

    # When she does
    page = lina.open("/propositions/1/modifier")
    assert INSULT in page.response.text, "who writes it again reads what is hidden"
    assert lina.open("/propositions/1").has("Vous pouvez réécrire votre texte")
    page = page.press("Publier", **{"mesure-2": "Noter la fiche pour 20 % de la note."})
    assert not page.has("Vous pouvez réécrire votre texte")
    assert page.has("ce que la modération masque le reste") and not page.has("La nouvelle version est publiée")

    # Then it stays hidden until it is read again, and the page says so
    page = world.browser().open("/propositions/1")
    assert page.has("Masqué par la modération") and page.has("une personne le relit avant de le remettre en ligne")
    page = world.browser(claire).open("/animation/moderation")
    assert page.has("Réécrit, à relire")
    page = scene.decide(world, claire, "keep", rule="", statement="Le nouveau texte ne vise plus personne : merci.")

    # And the new words are shown, the old ones are not, even in the history
    page = world.browser().open("/propositions/1")
    assert page.has("Noter la fiche pour 20 %") and not page.has("Masqué par la modération")
    everything = read_everywhere(world)
    assert "un crétin fini" not in everything and "Noter la fiche" in everything
    assert any("en ligne" in one.title for one in scene.mails(world))


def test_a_suspended_member_reads_and_votes_but_does_not_write(world):
    scene.set_up(world)
    claire, lina = world.facilitator(), world.people["Lina"]
    scene.flag(world, scene.paragraph(world))
    until = (clock.now() + dt.timedelta(days=10)).date().isoformat()
    page = scene.decide(world, claire, "suspended", person=str(lina.id), until="2001-01-01")
    assert page.status == 422 and page.has("Choisissez une date à venir.")
    scene.decide(world, claire, "suspended", person=str(lina.id), until=until)
    browser = world.browser(lina)
    page = browser.open("/moderation").follow("Décision n° 1")
    assert page.has("Vous pouvez toujours lire et voter") and not page.has("Terminée")
    page = browser.open("/propositions/nouvelle")
    assert page.has("Vous ne pouvez pas écrire avant le") and page.has("Vous pouvez toujours voter")
    assert browser.open("/propositions/1/modifier", status=403).has("Vous pouvez toujours voter")
    assert world.browser().open("/propositions/1").has(INSULT), "a suspension hides nothing"
    with world.later(days=11):
        again = world.browser(lina)
        assert not again.open("/propositions/nouvelle").has("Vous ne pouvez pas écrire")
        page = again.open("/moderation").follow("Décision n° 1")
        assert page.has("Terminée") and not page.has("Vous pouvez toujours lire et voter")
    assert not world.browser().open("/moderation").has("Lina")


def test_nobody_is_asked_to_write_again_what_cannot_be(world):
    # Given an argument, which its author may withdraw and not write again
    discussing.set_up(world)
    discussing.argue(world, text=f"{INSULT}. Comparer aide à acheter.")
    scene.flag(world, f"argument:{discussing.argument(world).id}")
    claire, omar = world.people["Claire"], world.people["Omar"]

    # Then Claire is not offered to ask for it, and asking all the same is refused with what she can do
    page = scene.case(world, claire)
    assert not page.has("Demander une modification") and page.has("Masquer un passage")
    refused = page.browser.post(page.address, {"kind": "change_asked", "rule": "insult", "statement": WHY, "seen": "0"})
    assert refused.status == 403 and refused.has("Ce texte ne se réécrit pas : masquez le passage")

    # And Omar is not told that he may, once a passage is hidden; its place and its replies stay
    discussing.reply(world)
    scene.decide(world, claire, "hidden_part", passages=INSULT)
    page = world.browser(omar).open("/moderation").follow("Décision n° 1")
    assert page.has("Un passage de votre texte est masqué.") and not page.has("Vous pouvez le réécrire")
    page = world.browser().open("/arguments/1")
    assert page.has("[passage masqué par la modération]. Comparer aide à acheter.") and page.has("Qui la vérifie ?")


@pytest.mark.parametrize("kind", [RoleKind.MEMBER, RoleKind.OFFICIAL])
def test_a_decision_is_read_by_those_concerned_only(world, kind):
    scene.set_up(world)
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, world.facilitator(), "hidden")
    address = scene.decision(world, world.guarantor()).address
    world.browser(world.person("Ousmane", kind)).open(address, status=404)


# -- a passage alone, in what members ask and say -------------------------------------------------------------------


def test_a_passage_of_an_amendment_is_hidden_and_the_rest_is_read(world):
    # Given an amendment whose reason insults somebody
    amending.set_up(world)
    amending.submit(world, text=f"{amending.TEN} Chaque année.", rationale=f"{INSULT}, et il faut un délai.")
    scene.flag(world, f"amendment:{amending.amendment(world).id}")
    scene.decide(world, world.people["Claire"], "hidden_part", passages=INSULT)

    # Then everybody reads the rest, and what was asked
    for address in ("/amendements/1", "/propositions/1/amendements", "/propositions/1"):
        page = world.browser().open(address)
        assert INSULT not in page.response.text, address
        assert page.has("[passage masqué par la modération], et il faut un délai."), address
        assert page.has("Chaque année") and page.has("Passage masqué par la modération. Règle 3"), address


def test_a_passage_of_a_reservation_is_hidden_and_the_rest_is_read(world):
    speaking.set_up(world)
    speaking.write(world, text=f"Je trouve la note trop lourde. {INSULT}.")
    with world.reading() as db:
        subject = f"reservation:{db.exec(select(Reservation)).one().id}"
    scene.flag(world, subject)
    scene.decide(world, world.people["Claire"], "hidden_part", passages=INSULT)
    for address in ("/propositions/1/reserves", "/propositions/1"):
        page = world.browser().open(address)
        assert INSULT not in page.response.text, address
    assert (
        world.browser()
        .open("/propositions/1/reserves")
        .has("Je trouve la note trop lourde. [passage masqué par la modération].")
    )


# -- whoever flagged disagrees ---------------------------------------------------------------------------------------


def test_whoever_flagged_contests_a_text_left_online(world):
    # Given Omar, who flagged a text that Claire left online
    scene.set_up(world)
    omar = world.person("Omar", RoleKind.MEMBER, email="omar@exemple.fr")
    claire, adama = world.facilitator(), world.administrator("Adama")
    scene.flag(world, scene.paragraph(world), by=omar)
    scene.decide(world, claire, "keep", rule="", statement="Vif, mais le passage ne vise aucune personne réelle.")
    letter = next(one for one in scene.mails(world) if one.to == "omar@exemple.fr")
    assert any("Contestez jusqu’au" in line for line in letter.lines)

    # When he reads why, and contests
    page = world.browser(omar).open("/moderation").follow("Proposition n° 1")
    assert page.has("Vif, mais") and not page.has("Le texte d’origine") and not page.has("Lina")
    page = page.press("Contester la décision", words="Gérard Quidam existe, il travaille à la mairie de quartier.")
    assert page.has("Réponse avant le")

    # Then neither Claire nor Lina answers; Lina reads nothing of it
    assert scene.decision(world, world.guarantor()).has("Gérard Quidam existe")
    assert world.browser(claire).open(page.address).has("Vous avez pris cette décision")
    assert not world.browser(world.people["Lina"]).open(page.address).has("Gérard Quidam existe")

    # And when Adama agrees with him, the text waits again for a decision, and he is told
    answer = world.browser(adama).open(page.address)
    answer.press("Envoyer la réponse", outcome="reversed", statement="La personne existe bien : le passage la vise.")
    assert world.browser(claire).open("/animation/moderation").has("Proposition n° 1")
    assert [one.to for one in scene.mails(world) if one.title.startswith("Réponse au recours")] == ["omar@exemple.fr"]
    scene.decide(world, claire, "hidden_part", passages="est un crétin fini")
    assert "est un crétin fini" not in world.browser().open("/propositions/1").response.text


def test_figures_agree_with_what_they_count(world):
    # Given one text that was flagged, and left online
    scene.set_up(world)
    assert "0 laissé en ligne" in figures(world) and "0 décision annulée en recours" in figures(world)
    omar = world.person("Omar", RoleKind.MEMBER)
    scene.flag(world, scene.paragraph(world), by=omar)
    scene.decide(world, world.facilitator(), "keep", rule="", statement="Vif, mais il ne vise aucune personne réelle.")
    assert figures(world)[:3] == ["1 signalement", "1 décision", "1 laissé en ligne"]


def figures(world):
    page = world.browser().open("/moderation")
    return [
        f"{one.cssselect('dd')[0].text_content()} {one.cssselect('dt')[0].text_content()}"
        for one in page.all(".figures > *")
    ]


def test_who_did_not_flag_does_not_read_a_text_left_online_decided(world):
    scene.set_up(world)
    scene.flag(world, scene.paragraph(world), by=world.member("Omar"))
    scene.decide(world, world.facilitator(), "keep", rule="", statement=scene.WHY)
    address = scene.decision(world, world.guarantor()).address
    assert world.browser(world.member("Nadia")).open(address, status=404)
    assert world.browser(world.member("Nadia")).post(f"{address}/recours", {"words": "x" * 60}).status == 404


# -- what pages and mails say while it lasts -------------------------------------------------------------------------


def test_a_passage_hidden_in_a_proposal_is_said_where_it_was(world):
    # Given Lina's proposal, flagged whole for what its second paragraph says
    scene.set_up(world)
    scene.flag(world, scene.card(world))

    # When Claire hides the passage
    scene.decide(world, world.facilitator(), "hidden_part", passages=INSULT)

    # Then its paragraph says so, and the two others say nothing: they are whole
    page = world.browser().open("/propositions/1")
    said = [" ".join(one.text_content().split()) for one in page.all(".clause")]
    assert ["masqué" in one for one in said] == [False, True, False], said
    versions = world.browser().open("/propositions/1/versions")
    assert INSULT not in versions.response.text


def test_whoever_must_write_again_is_told_so_by_mail(world):
    scene.set_up(world)
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, world.facilitator(), "change_asked")
    (mail,) = [one for one in scene.mails(world) if one.to == "lina@exemple.fr"]
    said = " ".join(mail.lines)
    assert "Votre texte est masqué en attendant" in said and "réécrivez-le" in said


def test_who_has_written_again_is_asked_for_nothing_more(world):
    # Given Lina, who was asked to write her paragraph again
    scene.set_up(world)
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, world.facilitator(), "change_asked")
    lina = world.browser(world.people["Lina"])
    assert lina.open("/").has("À réécrire, masqué par la modération")

    # When she has
    page = lina.open("/propositions/1/modifier")
    page.press("Publier", **{"mesure-2": "Noter la fiche pour 20 % de la note."})

    # Then nothing waits for her any more, and the decision says who reads it
    assert not lina.open("/").has("À réécrire")
    page = lina.open("/moderation").follow("Décision n° 1")
    assert page.has("Vous l’avez réécrit : une personne de l’animation le relit") and not page.has("Vous pouvez le")

    # When Claire has put it back online, nothing is asked for the words that stay hidden in its history
    scene.decide(world, world.people["Claire"], "keep", rule="")
    assert not lina.open("/").has("masqué par la modération") and not lina.open("/moi").has("À réécrire")


def test_whoever_writes_a_hidden_card_again_is_told_that_it_waits(world):
    # Given Lina's proposal, hidden with its title while she writes it again
    scene.set_up(world)
    claire, lina = world.facilitator(), world.people["Lina"]
    scene.flag(world, scene.card(world))
    scene.decide(world, claire, "change_asked")

    # When she changes its title, Then she is told that somebody reads it first, and the page says so to everyone
    page = world.browser(lina).open("/propositions/1/modifier").press("Publier", title="Des repas bio")
    assert page.has("ce que la modération masque le reste") and not page.has("La nouvelle version est publiée")
    assert world.browser().open("/propositions/1").has("une personne le relit avant de le remettre en ligne")

    # When Claire has read it, Then what Lina changes is published at once
    scene.decide(world, claire, "keep", rule="")
    page = world.browser(lina).open("/propositions/1/modifier").press("Publier", title="Des repas bio ici")
    assert page.has("La nouvelle version est publiée")


def test_who_may_not_write_now_is_not_told_that_she_may(world):
    # Given Lina, asked to write again, when the phase of writing is over
    scene.set_up(world)
    scene.flag(world, scene.card(world))
    scene.decide(world, world.facilitator(), "change_asked")
    lina = world.browser(world.people["Lina"])
    assert lina.open("/propositions/1").has("Vous pouvez réécrire votre texte, ou contester la décision.")
    with world.later(days=60):
        page = world.browser(world.people["Lina"]).open("/propositions/1")
        assert page.has("Vous pouvez contester la décision.") and not page.has("Vous pouvez réécrire")


def test_a_decision_confirmed_is_said_confirmed_and_no_more_contestable(world):
    # Given a paragraph hidden, contested by Lina
    scene.set_up(world)
    claire, adama = world.facilitator(), world.administrator()
    scene.flag(world, scene.paragraph(world))
    scene.decide(world, claire, "hidden")
    lina = world.browser(world.people["Lina"])
    page = lina.open("/moderation").follow("Décision n° 1")
    page.press("Contester la décision", words="Cette phrase cite un journal, elle ne vise personne de vivant.")

    # When Adama confirms
    page = world.browser(adama).open("/animation/moderation").follow("Décision n° 1")
    page.press("Envoyer la réponse", outcome="confirmed", statement="La phrase vise bien une personne nommée.")

    # Then its place says it, to everybody and to her
    page = world.browser().open("/propositions/1")
    assert page.has("Contestée, puis confirmée par une autre personne") and not page.has("peut contester")
    page = lina.open("/propositions/1")
    assert page.has("Vous pouvez réécrire votre texte.") and not page.has("contester la décision")


def test_whoever_flagged_does_not_learn_that_somebody_is_suspended(world):
    # Given Omar, who flagged what Lina alone wrote
    scene.set_up(world)
    omar, lina = world.person("Omar", RoleKind.MEMBER, email="omar@exemple.fr"), world.people["Lina"]
    scene.flag(world, scene.paragraph(world), by=omar)

    # When she is suspended
    until = (clock.now() + dt.timedelta(days=10)).date().isoformat()
    scene.decide(world, world.facilitator(), "suspended", person=str(lina.id), until=until)

    # Then he is told that something was done, and not what: members know who wrote
    letter = next(one for one in scene.mails(world) if one.to == "omar@exemple.fr")
    page = world.browser(omar).open("/moderation").one("#signalements").text_content()
    for said in (" ".join(letter.lines), page):
        assert "Une mesure a été prise" in said and "uspen" not in said, said

"""Where one reads what is voted and what was; every door of the slice."""

from starlette.responses import Response

from convention.kit.forms import Filled
from convention.kit.i18n import lazy
from convention.kit.web import get, post
from convention.people.audiences import everyone, facilitators, guarantors, members
from convention.people.models import RoleKind
from convention.people.visits import Visit, found
from convention.voting import booth, desk, envelopes, notices, queries, recount, results, rules
from convention.voting.models import Mode, State

NOTICES = {
    "regle": lazy("La règle est enregistrée. Relisez-la plus bas, puis ouvrez le vote."),
    "vote-ouvert": lazy("Le vote est ouvert. La règle, les textes et la liste des membres ne changent plus."),
    "vote-ferme": lazy("Le vote est fermé et dépouillé."),
    "vote-annule": lazy("Le vote est annulé. Sa page dit pourquoi."),
    "choix-prepare": lazy("Le vote est préparé. Relisez sa règle et ses options, puis ouvrez-le."),
    "depouillement": lazy("Le vote est fermé. Son dépouillement est en cours : rechargez la page dans un instant."),
    "papier-a-saisir": lazy("Le vote est fermé. Saisissez maintenant les bulletins papier : le résultat les attend."),
    "regle-au-vote": lazy("Le vote sur la règle est préparé. Choisissez quand il ferme, puis ouvrez-le."),
    "presents": lazy("Le nombre de présents est à jour."),
    "presents-a-dire": lazy("Le vote est fermé. Dites maintenant combien étaient présents : le résultat l’attend."),
    "dit": lazy("Votre vote est enregistré, avec votre nom. Vous pouvez le changer jusqu’à la fermeture."),
    "comptage-garde": lazy("Ce comptage est gardé. Rien n’est encore définitif : lisez la suite ci-dessous."),
    "totaux": lazy("Les totaux sont enregistrés : le résultat est définitif."),
}

PER_PAGE = 20

# -- reading -------------------------------------------------------------------------------------------------------


def index(visit: Visit) -> Response:
    page = visit.page_number()
    over, total = queries.over(visit.db, visit.convention, page=page, per_page=PER_PAGE)
    going_on = queries.going_on(visit.db, visit.convention) if page == 1 else ()
    if page > 1 and not over:
        return found(None)
    return visit.page(
        "voting/index.html",
        block="list",
        going_on=going_on,
        over=over,
        questions=queries.questions_of(visit.db, going_on),
        outcomes=queries.outcomes_of(visit.db, over),
        choices=queries.choices_of(visit.db, over),
        page=page,
        pages=-(-total // PER_PAGE),
    )


def show(visit: Visit) -> Response:
    poll = notices.announced(visit)
    state = poll.state(visit.at)
    if state == State.SEALED:
        return results.result(visit, poll)
    if state != State.OPEN or poll.mode == Mode.TOTALS or not visit.is_a(RoleKind.MEMBER):
        return visit.page("voting/notice.html", **notices.notice(visit, poll))
    elector = queries.elector(visit.db, poll.id, visit.me.id)
    if reason := rules.why_not_vote(poll, visit.at, elector=elector is not None):
        return visit.page("voting/notice.html", **{**notices.notice(visit, poll), "why_not": reason})
    assert elector is not None, "the rule has just said so"
    if poll.mode == Mode.NAMED:
        said = queries.said_by(visit.db, poll, visit.me)
        return booth.ballot(
            visit, poll, Filled({f"q{n}": one for n, one in enumerate(said.answers if said else (), 1)}), ""
        )
    if queries.has_voted(visit.db, elector):
        return booth.already(visit, poll)
    return booth.ballot(visit, poll, Filled(), envelopes.new_key())


routes = [
    get("/scrutins", index, audience=everyone),
    get("/scrutins/{number:int}", show, audience=everyone),
    # Not keyed: a kept key would say that this person wrote then. The roll makes it happen once.
    post("/scrutins/{number:int}/bulletin", booth.cast, audience=members, keyed=False),
    post("/scrutins/{number:int}/bulletin/entrer", booth.come_back, audience=everyone, keyed=False),
    post("/scrutins/{number:int}/jeton", booth.give_token, audience=members, keyed=False),
    post("/scrutins/{number:int}/urne", booth.cast_alone, audience=everyone, keyed=False),
    get("/scrutins/{number:int}/changer", booth.change_form, audience=everyone, name="voting.change"),
    post("/scrutins/{number:int}/changer", booth.change, audience=everyone, keyed=False),
    get("/scrutins/{number:int}/bulletins.csv", recount.ballots_csv, audience=everyone),
    get("/scrutins/{number:int}/bulletins.json", recount.ballots_json, audience=everyone),
    get("/scrutins/{number:int}/regle.json", recount.rule_json, audience=everyone),
    get("/scrutins/{number:int}/resultat.json", recount.result_json, audience=everyone),
    get("/scrutins/{number:int}/recus.txt", recount.receipts, audience=everyone),
    get("/scrutins/{number:int}/bulletins", recount.tracked, audience=everyone),
    get("/scrutins/{number:int}/suivi.csv", recount.tracked_csv, audience=everyone),
    get("/scrutins/{number:int}/appel.csv", recount.call_csv, audience=everyone),
    get("/scrutins/{number:int}.zip", recount.kit, audience=everyone),
    get("/scrutins/cle-publique.txt", recount.public_key, audience=everyone),
    get("/scrutins/{number:int}/emargement.csv", recount.voters, audience=guarantors),
    get("/animation/scrutins", desk.desk, audience=facilitators),
    get("/animation/scrutins/nouveau", desk.new_choice, audience=facilitators),
    post("/animation/scrutins/nouveau", desk.create_choice, audience=facilitators),
    get("/animation/scrutins/{number:int}", desk.plan, audience=facilitators),
    post("/animation/scrutins/{number:int}", desk.save_plan, audience=facilitators),
    get("/animation/scrutins/{number:int}/options", desk.edit_choice, audience=facilitators),
    post("/animation/scrutins/{number:int}/options", desk.save_choice, audience=facilitators),
    post("/animation/scrutins/{number:int}/regle-au-vote", desk.ask_about_rule, audience=facilitators),
    get("/animation/scrutins/{number:int}/ouvrir", desk.confirm_opening, audience=facilitators),
    get("/animation/scrutins/{number:int}/fermer", desk.confirm_closing, audience=facilitators),
    post("/animation/scrutins/{number:int}/ouvrir", desk.open_poll, audience=facilitators),
    post("/animation/scrutins/{number:int}/fermer", desk.close, audience=facilitators),
    post("/animation/scrutins/{number:int}/annuler", desk.cancel, audience=facilitators),
    post("/animation/scrutins/{number:int}/presents", desk.present, audience=facilitators),
    post("/animation/scrutins/{number:int}/totaux", desk.totals, audience=facilitators),
]

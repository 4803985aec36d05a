from starlette.responses import Response

from convention.kit.forms import Filled
from convention.kit.i18n import Lazy, lazy
from convention.kit.web import get, post, see
from convention.people.audiences import administrators
from convention.people.visits import Visit, found
from convention.webhooks import actions, queries, rules
from convention.webhooks.forms import WebhookForm
from convention.webhooks.models import ADDRESS_LENGTH, Webhook

NOTICES: dict[str, Lazy] = {
    "webhook-ajoute": lazy("Cette adresse sera appelée. Donnez sa clé, plus bas, à qui tient ce site."),
    "webhook-arrete": lazy("Cette adresse ne sera plus appelée."),
    "webhook-essai": lazy("Un essai part dans un instant : rechargez cette page pour voir la réponse."),
    "webhook-renvoi": lazy("L’appel repart dans un instant, avec le même identifiant."),
}
SHOWN = 50


def index(visit: Visit) -> Response:
    return _index(visit, Filled())


def _index(visit: Visit, form: Filled, *, status: int = 200) -> Response:
    active = queries.active(visit.db, visit.convention.id)
    return visit.page(
        "webhooks/index.html",
        status=status,
        form=form,
        hosts=sorted(rules.limits(visit.settings).hosts),
        webhooks=[(one, rules.key(visit.settings.secret, one.id)) for one in active],
        deliveries=[
            (one, webhook, rules.about(one), rules.state(one), rules.said(one))
            for one, webhook in queries.latest(visit.db, visit.convention, SHOWN)
        ],
        most=ADDRESS_LENGTH,
    )


def add(visit: Visit) -> Response:
    form = WebhookForm.read(visit.form)
    limits = rules.limits(visit.settings)
    if isinstance(form, WebhookForm):
        known = [one.address for one in queries.active(visit.db, visit.convention.id)]
        if reason := rules.why_not_add(form.address, limits, known):
            form = Filled({"address": form.address}, {"address": reason})
    if isinstance(form, Filled):
        return _index(visit, form, status=422)
    actions.add(visit.db, visit.convention, form.address, limits, by=visit.me)
    return _back(visit, "webhook-ajoute")


def end(visit: Visit) -> Response:
    actions.end(visit.db, _webhook(visit), by=visit.me)
    return _back(visit, "webhook-arrete")


def try_out(visit: Visit) -> Response:
    actions.try_out(visit.db, _webhook(visit))
    return _back(visit, "webhook-essai")


def again(visit: Visit) -> Response:
    delivery, _webhook = found(queries.delivery(visit.db, visit.convention, visit.path("id")))
    actions.again(visit.db, delivery)
    return _back(visit, "webhook-renvoi")


def _webhook(visit: Visit) -> Webhook:
    return found(queries.webhook(visit.db, visit.convention, visit.path("id")))


def _back(visit: Visit, said: str) -> Response:
    return see(visit.url("webhooks.index", query={"fait": said}))


routes = [
    get("/administration/webhooks", index, audience=administrators),
    post("/administration/webhooks", add, audience=administrators),
    post("/administration/webhooks/{id:uuid}/arret", end, audience=administrators),
    post("/administration/webhooks/{id:uuid}/essai", try_out, audience=administrators),
    post("/administration/webhooks/appels/{id:uuid}/renvoi", again, audience=administrators),
]

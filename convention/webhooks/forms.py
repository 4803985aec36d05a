from convention.kit.forms import Form, ask
from convention.kit.i18n import lazy
from convention.webhooks.models import ADDRESS_LENGTH

ADDRESS = "Écrivez l’adresse à appeler, qui commence par https://."
SAID = (lazy(ADDRESS),)


class WebhookForm(Form):
    address: str = ask(ADDRESS, most=ADDRESS_LENGTH)

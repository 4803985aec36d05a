from convention.kit.i18n import Lazy
from convention.kit.web import Door

NOTICES: dict[str, Lazy] = {}
routes: list[Door] = []

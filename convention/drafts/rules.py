from convention.kit.i18n import gettext as _

MOST_LETTERS = 200_000


def why_not_save(letters: int) -> str | None:
    """Why a text of this length is not kept as a draft."""
    if letters > MOST_LETTERS:
        return _("Ce brouillon est trop long pour être enregistré : raccourcissez-le.")
    return None

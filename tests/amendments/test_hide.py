"""What moderation hides of an amendment, or of the paragraph that it copies, is read by nobody."""

from convention.moderation import actions as moderation
from convention.moderation.forms import DecisionForm
from tests.amendments.scene import REASON, TEN, amendment, page_of, set_up, submit

PAGES = ("/amendements/1", "/propositions/1/amendements", "/propositions/1", "/amendements")


def test_an_amendment_is_flagged_from_its_page(world):
    set_up(world)
    submit(world)
    page = page_of(world, "Nadia").follow("Signaler cet amendement")
    assert page.has("Amendement n° 1")

"""Changing language leads back to the page one was reading, and nowhere else."""

import pytest


@pytest.mark.parametrize(
    ("came_from", "led_to"),
    [
        ("/scrutins?page=2", "/scrutins?page=2"),
        # An address of this site, whose path alone would be another's.
        ("//ailleurs.fr/x", "/ailleurs.fr/x"),
        ("/\\ailleurs.fr", "/ailleurs.fr"),
        (".ailleurs.fr/", "/"),
        ("https://ailleurs.fr/", "/"),
        ("", "/"),
    ],
)
def test_back_to_the_page_one_was_reading(world, came_from, led_to):
    client = world.browser().client
    if not came_from.startswith("https"):
        came_from = came_from and str(client.base_url).rstrip("/") + came_from
    answer = client.get("/langue/en", headers={"referer": came_from}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, led_to)

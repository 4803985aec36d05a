"""The calendar feed, read as a calendar reads it."""

import datetime as dt

import icalendar

from tests.programme.people import a_phase, a_sitting, a_theme, paris
from tests.world import World


def events(world: World, address: str = "/calendrier.ics") -> dict[str, icalendar.Event]:
    page = world.browser().open(address)
    assert page.response.headers["content-type"] == "text/calendar; charset=utf-8"
    read = icalendar.Calendar.from_ical(page.response.content)
    return {str(event["SUMMARY"]): event for event in read.walk("VEVENT")}


def test_the_feed_gives_the_same_hour_before_and_after_the_clocks_change(world: World) -> None:
    a_sitting(world, "Hiver ; été, « et » \\ retour", "2027-03-27")
    a_sitting(world, "Été", "2027-03-28")
    read = events(world)
    winter, summer = read["Hiver ; été, « et » \\ retour"], read["Été"]
    assert winter["DTSTART"].dt == paris("2027-03-27 09:00")
    assert winter["DTEND"].dt == paris("2027-03-27 17:00")
    assert summer["DTSTART"].dt == paris("2027-03-28 09:00")
    assert winter["DTSTART"].params["TZID"] == summer["DTSTART"].params["TZID"] == "Europe/Paris"
    assert (summer["DTSTART"].dt.utcoffset(), winter["DTSTART"].dt.utcoffset()) == (
        dt.timedelta(hours=2),
        dt.timedelta(hours=1),
    )
    assert str(winter["LOCATION"]) == "Hôtel de Métropole"
    assert str(winter["URL"]) == "http://127.0.0.1:8000/seances/1"


def test_the_feed_explains_its_time_zone_and_keeps_short_lines(world: World) -> None:
    a_sitting(world, "É" * 150, "2027-03-27")
    content = world.browser().open("/calendrier.ics").response.content
    read = icalendar.Calendar.from_ical(content)
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Paris"]
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"PRODID" in content
    assert b"VERSION:2.0" in content


def test_a_changed_sitting_keeps_its_uid_and_grows_its_sequence(world: World) -> None:
    a_sitting(world, "Ouverture")
    before = events(world)["Ouverture"]
    with world.later(hours=2):
        claire = world.browser(world.facilitator("Claire"))
        claire.open("/animation/programme/seances/1/modifier").press("Enregistrer", starts="10:00")
    after = events(world)["Ouverture"]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTAMP"].dt - before["DTSTAMP"].dt >= dt.timedelta(hours=1)
    assert after["DTSTART"].dt == paris("2027-01-20 10:00")


def test_phases_and_the_promised_day_are_in_the_feed(world: World) -> None:
    a_phase(world, "Écrire", "2027-03-12 09:00", "2027-04-02 12:00", "proposer")
    claire = world.browser(world.facilitator("Claire"))
    claire.open("/animation/programme/convention").press("Enregistrer", answer_due="2027-10-15")
    read = events(world)
    assert (read["Écrire"]["DTSTART"].dt, read["Écrire"]["DTEND"].dt) == (dt.date(2027, 3, 12), dt.date(2027, 4, 3))
    assert read["Date promise pour la réponse"]["DTSTART"].dt == dt.date(2027, 10, 15)


def test_one_sitting_is_a_file_of_its_own(world: World) -> None:
    a_theme(world)
    a_phase(world, "Écrire", "2027-03-12 09:00", "2027-04-02 12:00")
    a_sitting(world, "Une")
    a_sitting(world, "Deux", "2027-02-20")
    assert list(events(world, "/seances/2.ics")) == ["Deux"]
    world.browser().open("/seances/3.ics", status=404)


def test_an_empty_calendar_is_still_a_calendar(world: World) -> None:
    assert events(world) == {}
    assert world.browser().open("/calendrier").has("Les phases ne sont pas encore fixées")

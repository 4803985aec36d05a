"""What is due, done when due: mail leaves, polls are counted, what has expired is forgotten.

One loop, in a thread of the server on the embedded database, in its own process otherwise. Several may run: each job
claims its rows, so two workers do a thing once.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from convention import app, erasures
from convention.care import jobs as care
from convention.drafts.models import Draft
from convention.guarantors.models import Remark
from convention.kit import clock, post, web
from convention.kit.db import Database
from convention.paper import jobs as paper
from convention.people import jobs as people
from convention.people.visits import base_address
from convention.programme import jobs as programme
from convention.recommendations import jobs as recommendations
from convention.responses import jobs as responses
from convention.settings import Settings
from convention.voting import jobs as voting
from convention.webhooks import jobs as webhooks
from convention.webhooks import rules as webhook_rules

log = logging.getLogger("convention.worker")

PAUSE = dt.timedelta(seconds=1)


class Job(NamedTuple):
    """Something to do, and how often to look whether it is due."""

    name: str
    run: Callable[[Database], object]
    every: dt.timedelta = PAUSE


def jobs(settings: Settings) -> list[Job]:
    """All the jobs of the application."""
    letters = post.Post(
        app.make_pages(), smtp_url=settings.smtp_url, mail_from=settings.mail_from, folder=settings.mail_folder
    )
    hourly = dt.timedelta(hours=1)

    def draw(database: Database) -> None:
        recommendations.clear_closed(database, settings.folder)
        recommendations.draw_published(database, settings.folder)

    def sweep(database: Database) -> None:
        with database.reading() as db:
            programme.sweep_files(db, settings.folder, clock.now())

    def sweep_people(database: Database) -> None:
        # What each slice erases with her and whose words can be read: the vault's cannot.
        people.sweep(database, Draft, Remark)

    def remember(database: Database) -> None:
        erasures.write(database, settings.folder)

    def remind(database: Database) -> None:
        responses.remind(database, lambda convention: base_address(convention, settings))

    def call(database: Database) -> None:
        limits = webhook_rules.limits(settings)
        webhooks.deliver(database, lambda convention: base_address(convention, settings), settings.secret, limits)

    return [
        Job("mail", letters.send_due),
        Job("open polls", voting.open_due),
        Job("close polls", voting.close_due),
        Job("sweep", voting.sweep, hourly),
        Job("sweep paper", paper.sweep, hourly),
        Job("keys", people.counted("keys", web.forget_keys), hourly),
        Job("people", people.forget, hourly),
        Job("sweep people", sweep_people, hourly),
        Job("erasures", remember, dt.timedelta(minutes=1)),
        Job("care", care.erase_due, hourly),
        Job("reminders", remind, hourly),
        Job("webhooks", call, dt.timedelta(seconds=5)),
        Job("old webhooks", webhooks.forget, hourly),
        Job("answers", responses.forget, hourly),
        Job("reports", draw, dt.timedelta(seconds=30)),
        Job("files", sweep, dt.timedelta(days=1)),
    ]


def run(database: Database, settings: Settings, stop: threading.Event) -> None:
    """Work until told to stop."""
    due = [(job, clock.now()) for job in jobs(settings)]
    while not stop.is_set():
        due = [(job, _look(job, database, at)) for job, at in due]
        stop.wait(PAUSE.total_seconds())


def once(database: Database, settings: Settings) -> None:
    """Do everything that is due now: for tests, and for whoever prefers cron."""
    for job in jobs(settings):
        job.run(database)


def _look(job: Job, database: Database, at: dt.datetime) -> dt.datetime:
    if at > clock.now():
        return at
    try:
        job.run(database)
    except Exception:
        # One job that fails must not stop the others: the next look tries again, and the log says what happened.
        log.exception("job %s failed", job.name)
    return clock.now() + job.every

"""A real exchange with a real SMTP server."""

import email
import email.policy
import socket
import threading
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from sqlmodel import select

from convention import app
from convention.kit import mail
from convention.kit.post import Post


class Postman:
    """Takes mails, or refuses them."""

    def __init__(self):
        self.received = []
        self.answer = "250 OK"
        self.lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            if self.answer.startswith("250"):
                self.received.append(
                    (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
                )
            return self.answer


@contextmanager
def a_server():
    postman = Postman()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield postman, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def smtp():
    with a_server() as server:
        yield server


def post(world, address):
    sender = "Convention <ne-pas-repondre@ville.fr>"
    return Post(app.make_pages(), smtp_url=address, mail_from=sender, folder=world.settings.mail_folder)


def a_mail(world):
    with world.writing() as db:
        mail.write(
            db,
            world.convention,
            "nadia@exemple.fr",
            "Le vote est ouvert",
            ["Bonjour Nadia,", "Votez avant dimanche midi. <b>Merci</b>"],
            button=("Voter", "https://exemple.fr/scrutins/1"),
        )


def left(world):
    with world.reading() as db:
        return db.exec(select(mail.OutgoingMail)).all()


def test_a_mail_leaves_and_is_forgotten(world, smtp):
    postman, address = smtp
    a_mail(world)
    assert post(world, address).send_due(world.database) == 1
    [(to, message)] = postman.received
    assert to == ["nadia@exemple.fr"]
    assert message["Subject"] == "Le vote est ouvert"
    assert message["From"] == "Convention <ne-pas-repondre@ville.fr>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    words = message.get_body(("plain",)).get_content()
    drawn = message.get_body(("html",)).get_content()
    assert "https://exemple.fr/scrutins/1" in words
    assert "&lt;b&gt;Merci" in drawn
    assert left(world) == []


def test_what_does_not_leave_is_tried_again_later(world, smtp):
    # Given a server that is busy
    postman, address = smtp
    postman.answer = "451 Try again later"
    a_mail(world)
    assert post(world, address).send_due(world.database) == 0
    assert post(world, address).send_due(world.database) == 0, "not at once"
    assert [one.tries for one in left(world)] == [1]

    # When it answers again, two minutes later
    postman.answer = "250 OK"
    with world.later(minutes=2):
        assert post(world, address).send_due(world.database) == 1
    assert len(postman.received) == 1


def test_nothing_is_lost_when_there_is_no_server(world):
    a_mail(world)
    assert post(world, "smtp://127.0.0.1:9").send_due(world.database) == 0
    assert len(left(world)) == 1


def test_what_never_leaves_is_given_up_after_three_days_and_not_later(world):
    # Given a mail that no server takes, tried every quarter of an hour
    a_mail(world)
    postman = post(world, "smtp://127.0.0.1:9")
    for quarters in range(3 * 24 * 4):
        with world.later(minutes=15 * quarters):
            postman.send_due(world.database)
    assert len(left(world)) == 1

    # When the three days of the table are over, Then it is there no more
    with world.later(days=3, minutes=1):
        postman.send_due(world.database)
    assert left(world) == []


def test_two_workers_send_it_once(world, smtp):
    postman, address = smtp
    for _ in range(6):
        a_mail(world)
    threads = [threading.Thread(target=post(world, address).send_due, args=(world.database,)) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(postman.received) == 6


def test_a_mail_of_an_undone_action_never_leaves(world, smtp):
    postman, address = smtp

    def interrupted():
        with world.writing() as db:
            mail.write(db, world.convention, "nadia@exemple.fr", "Rien", ["Rien"])
            raise RuntimeError("the power goes out")

    with pytest.raises(RuntimeError):
        interrupted()
    assert post(world, address).send_due(world.database) == 0
    assert postman.received == []

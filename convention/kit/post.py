"""The post: mail that is due leaves by SMTP, or goes into a folder when there is no server."""

import contextlib
import datetime as dt
import email.utils
import logging
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlmodel import col, select

from convention.kit import clock, db, i18n
from convention.kit.mail import OutgoingMail
from convention.kit.pages import Pages

log = logging.getLogger("convention.mail")

FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=6)
GIVE_UP_AFTER = dt.timedelta(days=3)


class Post:
    """Where mail goes: an SMTP server, or a folder when there is none."""

    def __init__(self, pages: Pages, *, smtp_url: str, mail_from: str, folder: Path) -> None:
        self.pages = pages
        self.smtp_url = smtp_url
        self.mail_from = mail_from
        self.folder = folder

    def send_due(self, database: db.Database) -> int:
        """Send what is due, one by one; how many have left. What does not leave is tried again, later and later."""
        sent = 0
        # The usual answer is « nothing »: asked without taking the embedded database's only pen.
        with database.reading() as session:
            if session.exec(select(OutgoingMail.id).where(OutgoingMail.due_at <= clock.now()).limit(1)).first() is None:
                return 0
        while mail := _claim(database):
            try:
                self._send(self.message(mail))
            except (OSError, smtplib.SMTPException) as error:
                # The address stays out of the logs; the table keeps it until the mail has left.
                log.warning("mail %s has not left (try %s): %s", mail.id, mail.tries, type(error).__name__)
                if clock.now() - mail.written_at >= GIVE_UP_AFTER or isinstance(error, smtplib.SMTPRecipientsRefused):
                    log.error("mail %s is given up", mail.id)
                    _forget(database, mail.id)
                continue
            _forget(database, mail.id)
            sent += 1
        return sent

    def message(self, mail: OutgoingMail) -> EmailMessage:
        """The mail as it leaves: plain words, and the same drawn."""
        context = {
            "convention": mail.sender,
            "language": mail.language,
            "title": mail.title,
            "lines": mail.lines,
            "button": mail.button,
            "why": mail.why,
        }
        message = EmailMessage()
        message["From"] = self.mail_from
        message["To"] = mail.to
        message["Subject"] = " ".join(mail.title.split())  # a header is one line
        message["Date"] = email.utils.format_datetime(mail.written_at)
        domain = email.utils.parseaddr(self.mail_from)[1].partition("@")[2] or "localhost"
        message["Message-ID"] = f"<{mail.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        with i18n.speaking(mail.language):
            message.set_content(self.pages.render("layout/mail.txt", None, context))
            message.add_alternative(self.pages.render("layout/mail.html", None, context), subtype="html")
        message["Content-Language"] = mail.language  # last: drawing takes the headers of the content away
        return message

    def _send(self, message: EmailMessage) -> None:
        if not self.smtp_url:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = message["Message-ID"].strip("<>").partition("@")[0]
            (self.folder / f"{name}.eml").write_bytes(message.as_bytes())
            return
        with contextlib.closing(_connect(self.smtp_url)) as server:
            server.send_message(message)
            server.quit()


def _connect(address: str) -> smtplib.SMTP:
    parts = urlsplit(address)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=20, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=20)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _claim(database: db.Database) -> OutgoingMail | None:
    # The next try is written before the sending: a worker killed in the middle sends late, never twice at once.
    with database.writing() as session:
        mail = session.exec(
            select(OutgoingMail)
            .where(OutgoingMail.due_at <= clock.now())
            .order_by(col(OutgoingMail.due_at))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if mail is not None:
            mail.tries += 1
            now, last = clock.now(), mail.written_at + GIVE_UP_AFTER
            later = now + min(FIRST_WAIT * 2 ** (mail.tries - 1), LONGEST_WAIT)
            # The last try is at the end of what was promised, not some hours after it.
            mail.due_at = min(later, last) if now < last else later
        return mail


def _forget(database: db.Database, mail_id: UUID) -> None:
    with database.writing() as session:
        if mail := session.get(OutgoingMail, mail_id):
            session.delete(mail)

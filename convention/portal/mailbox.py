"""The demo's mail, read back from its folder."""

import dataclasses
import email
import email.policy
import re
from pathlib import Path
from urllib.parse import urlsplit


@dataclasses.dataclass(frozen=True)
class Mail:
    subject: str
    to: str
    date: str
    text: str
    link: str


def latest(folder: Path, most: int = 30) -> list[Mail]:
    """The last mails written in this folder, newest first."""
    if not folder.is_dir():
        return []
    # Identifiers follow time, so names do too.
    return [_read(path) for path in sorted(folder.glob("*.eml"), reverse=True)[:most]]


def _read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    found = re.search(r"https?://\S+", text)
    parts = urlsplit(found.group()) if found else None
    # The link is shown as a path of this site, whatever address the demo was started at.
    link = parts.path + (f"?{parts.query}" if parts.query else "") if parts else ""
    return Mail(str(message["Subject"]), str(message["To"]), str(message["Date"]), text, link)

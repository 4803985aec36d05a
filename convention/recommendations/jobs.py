from pathlib import Path

from convention.kit.db import Database
from convention.recommendations import queries, shelf
from convention.recommendations.files import FORMATS


def draw_published(database: Database, folder: Path) -> int:
    """Draw the files of the published editions before they are asked for; answers how many were drawn."""
    drawn = 0
    with database.reading() as db:
        published = queries.published_everywhere(db)
    for edition_id, sha256 in published:
        missing = [one for one in FORMATS.values() if not shelf.place(folder, sha256, one).exists()]
        if missing:
            with database.reading() as db:
                content = queries.content(db, edition_id)
            for format in missing:
                shelf.draw(folder, sha256, content, format)
                drawn += 1
    return drawn


def clear_closed(database: Database, folder: Path) -> None:
    """Leave on the disk no file of an edition that is closed to the public."""
    with database.reading() as db:
        closed = queries.closed_everywhere(db)
    for sha256 in closed:
        shelf.clear(folder, sha256)

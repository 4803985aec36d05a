"""Zip containers whose bytes depend on what is inside alone: fixed order, fixed dates, no trace of the machine."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable

from convention.kit.clock import local

LAST_YEAR = 2107  # a zip counts its years on seven bits from 1980


def packed(files: Iterable[tuple[str, bytes]], at: dt.datetime, stored: tuple[str, ...] = ()) -> bytes:
    """The files in one archive, in the given order, all dated so; those `stored` are not compressed."""
    here = local(at)
    date = (min(max(here.year, 1980), LAST_YEAR), here.month, here.day, here.hour, here.minute, here.second)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return whole.getvalue()


def repacked(container: bytes, at: dt.datetime, stored: tuple[str, ...] = ()) -> bytes:
    """The same container with its dates fixed; what is `stored` comes first, as ODF asks of its `mimetype`."""
    with zipfile.ZipFile(io.BytesIO(container)) as archive:
        names = sorted(archive.namelist(), key=lambda name: (name not in stored, name != "[Content_Types].xml", name))
        return packed(((name, archive.read(name)) for name in names), at, stored)

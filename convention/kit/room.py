"""Whether the disk is full: the breakdown that everybody meets at once, and that the operator can mend in a minute."""

import errno
import sqlite3

# The disk is full, or the share of it that we may use.
_SYSTEM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# The last: the index of the write-ahead log cannot grow.
_EMBEDDED = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_POSTGRESQL = "53100"  # disk_full


def is_lacking(error: BaseException) -> bool:
    """Whether this is what the system, or the database, says when nothing more can be written."""
    if isinstance(error, OSError):
        return error.errno in _SYSTEM
    original = getattr(error, "orig", error)
    return getattr(original, "sqlite_errorcode", None) in _EMBEDDED or getattr(original, "sqlstate", "") == _POSTGRESQL

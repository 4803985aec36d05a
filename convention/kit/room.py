"""Whether the disk is full: the breakdown that everybody meets at once, and that the operator can mend in a minute."""

import errno
import sqlite3

import psycopg

from convention.kit.i18n import gettext as _
from convention.kit.i18n import lazy

# The disk is full, or the share of it that we may use.
_SYSTEM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# The last: the index of the write-ahead log cannot grow.
_EMBEDDED = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
# PostgreSQL has no code for a quota or a limit of files: an error of its own insides, met where it lengthens a file.
_LENGTHENING = ("mdextend", "mdzeroextend")
# What the system says otherwise in English, whatever the language of whoever reads.
_WHY = {
    errno.EACCES: lazy("l’accès est refusé à ce compte"),
    errno.EPERM: lazy("l’accès est refusé à ce compte"),
    errno.ENOENT: lazy("ce dossier ou ce fichier n’existe pas"),
    errno.ENOTDIR: lazy("un fichier est à la place d’un dossier"),
    errno.EISDIR: lazy("c’est un dossier"),
    errno.EROFS: lazy("le disque est en lecture seule"),
    errno.ENAMETOOLONG: lazy("le nom est trop long"),
}


def is_lacking(error: BaseException) -> bool:
    """Whether this is what the system, or the database, says when nothing more can be written."""
    if isinstance(error, OSError):
        return error.errno in _SYSTEM
    original = getattr(error, "orig", error)
    if isinstance(original, psycopg.errors.InternalError_):
        return original.diag.source_function in _LENGTHENING
    if isinstance(original, psycopg.errors.DiskFull):
        return True
    return getattr(original, "sqlite_errorcode", None) in _EMBEDDED


def why(error: OSError) -> str:
    """Why a file or a folder cannot be used, in words; those of the system where we have none."""
    if is_lacking(error):
        return _("le disque est plein")
    return str(_WHY.get(error.errno or 0) or error.strerror or error)

"""What a disk refuses, in words: full, read-only, failing, too little room to spill."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from joinedup.terms import JoinedupError, StorageError

# What DuckDB and Arrow say in their messages, for want of a number.
_NUMBERS = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "File too large": errno.EFBIG,
    "Read-only file system": errno.EROFS,
    "Permission denied": errno.EACCES,
    "Input/output error": errno.EIO,
    "Too many open files": errno.EMFILE,
}
_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file became larger than this account or disk allows",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "writing or reading is not allowed there",
    errno.EPERM: "writing or reading is not allowed there",
    errno.EIO: "the disk failed to read or write",
    errno.EMFILE: "this account may not open so many files",
}
_CURES = {
    errno.ENOSPC: "Make room",
    errno.EDQUOT: "Make room, or ask for a larger quota",
    errno.EFBIG: "Raise the limit (ulimit -f), or use another disk",
    errno.EROFS: "Let this account write there",
    errno.EACCES: "Let this account write there",
    errno.EPERM: "Let this account write there",
    errno.EIO: "Have the disk looked at and restore from your backup what cannot be read",
    errno.EMFILE: "Raise the limit (ulimit -n)",
}
_SPILL = re.compile(r"max_temp_directory_size|failed to offload", re.IGNORECASE)
# As DuckDB says it, and Java.
_MEMORY = re.compile("Out of Memory|OutOfMemoryError")
_PATH = re.compile(r"""["']((?:/|[A-Za-z]:[\\/])[^"'\n]+)["']""")


@contextmanager
def storage_faults(folder: Path, serves: Callable[[], str] = str) -> Iterator[None]:
    """Turn what a disk refuses within the block, whoever met it, into a StorageError.

    `folder` is named where the fault does not say where it was; `serves` says what is served all
    the same. Every other error passes.
    """
    try:
        yield
    except JoinedupError:
        raise
    except Exception as error:  # Spark, whose own are known only where it is installed, as well
        found = _understood(error, folder, serves())
        if found is None:
            raise
        raise found from error


def _understood(error: Exception, folder: Path, serves: str) -> StorageError | None:
    message = str(error)
    number = getattr(error, "errno", None)
    if number is None:
        number = next((no for words, no in _NUMBERS.items() if words in message), None)
    where = _where(error, message) or folder
    if number in _WORDS:
        what, cure = _WORDS[number], _CURES[number]
    elif isinstance(error, duckdb.Error) and _SPILL.search(message):
        what, cure = "there is no room left to spill what does not fit in memory", "Make room"
    elif isinstance(error, duckdb.OutOfMemoryException) or _MEMORY.search(message):
        what = "the work does not fit in the memory that it may use"
        cure = "Raise memory_mb, or lower threads, in system.toml"
    else:
        return None
    free = _free(where)
    return StorageError(
        f"{what}{f' ({free} free)' if free else ''}. {serves}".rstrip(),
        where=str(where),
        cure=f"{cure}, then run again; what is done already is kept.",
    )


def _where(error: Exception, message: str) -> Path | None:
    named = getattr(error, "filename", None)
    if isinstance(named, (str, Path)):
        return Path(named)
    found = _PATH.search(message)
    return Path(found[1]) if found else None


def _free(where: Path) -> str:
    """Room left on the disk of the nearest folder that is there; "" where nobody can say."""
    there = next((one for one in (where, *where.parents) if one.is_dir()), None)
    try:
        free = shutil.disk_usage(there).free if there else None
    except OSError:
        return ""
    return "" if free is None else f"{free / 1e6:,.0f} MB"

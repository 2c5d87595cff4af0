"""Where an engine spills what does not fit in memory: a folder of its own, never left behind.

Two DuckDB processes (1.5.6) that spill into one folder write to files of the same names and crash.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import filelock

_LOCK = "in-use"


class SpillFolder:
    """One engine's folder below `spill`, held by a lock that frees itself if it is killed."""

    def __init__(self, spill: Path) -> None:
        self.path = spill / uuid.uuid4().hex
        self.path.mkdir(parents=True)
        self._lock = filelock.FileLock(self.path / _LOCK)
        self._lock.acquire()

    def remove(self) -> None:
        """Remove it and all in it."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def clear_spill(spill: Path) -> None:
    """Remove what engines that were killed had spilled; those at work keep theirs."""
    for left in spill.iterdir() if spill.is_dir() else ():
        if not left.is_dir():
            left.unlink(missing_ok=True)
        elif (left / _LOCK).is_file() and _is_free(left / _LOCK):
            shutil.rmtree(left, ignore_errors=True)


def _is_free(path: Path) -> bool:
    try:
        with filelock.FileLock(path, timeout=0):
            return True
    except filelock.Timeout:
        return False

"""Where an engine spills what does not fit in memory: a folder of its own, never left behind.

Two DuckDB processes (1.5.6) that spill into one folder write to files of the same names and crash.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import filelock

_LOCK = ".lock"


class SpillFolder:
    """One engine's folder below `spill`, held by a lock beside it that frees itself if it is
    killed. The lock is there before the folder and after it, so that one without is nobody's.
    """

    def __init__(self, spill: Path) -> None:
        spill.mkdir(parents=True, exist_ok=True)
        self.path = spill / uuid.uuid4().hex
        self._lock = filelock.FileLock(self.path.with_suffix(_LOCK))
        self._lock.acquire()
        self.path.mkdir()

    def remove(self) -> None:
        """Remove it and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def clear_spill(spill: Path) -> None:
    """Remove what engines that were killed had spilled; those at work keep theirs."""
    for left in sorted(spill.iterdir()) if spill.is_dir() else ():
        lock = left.with_suffix(_LOCK)
        if not _is_free(lock):
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _is_free(lock: Path) -> bool:
    if not lock.is_file():
        return True
    try:
        with filelock.FileLock(lock, timeout=0):
            return True
    except filelock.Timeout:
        return False

"""Files on the disk itself, not only in the machine's memory, before anything relies on them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Waiting for a disk is no work: many wait at once.
_AT_ONCE = 16


def write_durably(path: Path, text: str) -> None:
    """Write a small text file and wait until the disk has it."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def settle(folders: Iterable[Path]) -> None:
    """Wait until the disk has every file below the folders, and their names.

    Files that another snapshot has too, under a name of its own, were waited for before.
    """
    found = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    new = [path for path in found if path.is_dir() or path.stat().st_nlink == 1]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(_settle, new):
            pass


def settle_names(*folders: Path) -> None:
    """Wait until the disk has what was renamed in the folders."""
    for folder in folders:
        _settle(folder)


def _settle(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        return  # Windows keeps names by itself, and opens no folder
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

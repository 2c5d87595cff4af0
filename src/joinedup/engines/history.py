"""The lake's history: which snapshot was made to serve or erased, when, by whom and why.

Lines are only ever added. A line stands before what it tells of is done, so that whatever ever
served is in it, and no number of a snapshot is given twice.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from joinedup._version import __version__
from joinedup.safeguards import account_name
from joinedup.terms import SnapshotError


class Act(StrEnum):
    """What was done with a snapshot."""

    PUBLISHED = "published"
    ROLLED_BACK = "rolled back to"
    FELL_BACK = "fell back to"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history; `at` in UTC, ISO 8601."""

    at: str
    act: Act
    snapshot: str
    user: str
    why: str
    joinedup_version: str


def add_happening(log: Path, act: Act, snapshot: str, why: str) -> None:
    """Add one line, on disk before this returns."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = Happening(now, act, snapshot, account_name(), why, __version__)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8", newline="\n") as file:
        if file.tell() and not _ends_whole(log):
            file.write("\n")  # a machine that stopped while it wrote left half a line
        file.write(json.dumps(asdict(line)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_history(log: Path) -> tuple[Happening, ...]:
    """All lines, oldest first; half a line, left by a machine that stopped, is passed over."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SnapshotError(
            "the lake's history cannot be read.",
            where=str(log),
            cure="Check your rights there.",
        ) from error
    found = (_happening(line) for line in text.splitlines())
    return tuple(one for one in found if one is not None)


def _happening(line: str) -> Happening | None:
    try:
        values = json.loads(line)
        return Happening(**{**values, "act": Act(values["act"])})
    except (ValueError, TypeError, KeyError):
        return None


def _ends_whole(log: Path) -> bool:
    with log.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

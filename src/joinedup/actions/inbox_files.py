"""Which files of an inbox are complete, and which have the same bytes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from joinedup.intake import Arrival, hash_file

# A file touched so lately may still be growing: look again after a moment.
_FRESH_SECONDS: Final = 2.0
_LOOK_AGAIN_SECONDS: Final = 0.5
_ID_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A complete file and the SHA-256 of its bytes."""

    arrival: Arrival
    sha256: str

    @property
    def file_id(self) -> str:
        """What the file is called everywhere: from its bytes alone."""
        return self.sha256[:_ID_DIGITS]

    @property
    def other_id(self) -> str:
        """What a further file of the same bytes is called."""
        both = f"{self.sha256}:{self.arrival.name}"
        return hashlib.sha256(both.encode()).hexdigest()[:_ID_DIGITS]


@dataclass(frozen=True, slots=True)
class _State:
    size: int
    changed_ns: int


def still_growing(arrivals: Sequence[Arrival]) -> frozenset[str]:
    """Names of files that are being written at this moment."""
    now = time.time()
    fresh = {
        one.name: _state(one.path)
        for one in arrivals
        if now - one.path.stat().st_mtime < _FRESH_SECONDS
    }
    if not fresh:
        return frozenset()
    time.sleep(_LOOK_AGAIN_SECONDS)
    paths = {one.name: one.path for one in arrivals}
    return frozenset(name for name, state in fresh.items() if _state(paths[name]) != state)


def hash_arrivals(arrivals: Sequence[Arrival], seen_file: Path) -> tuple[HashedFile, ...]:
    """Hash every file; one whose size and time are those of last time is not read again."""
    seen = _read_seen(seen_file)
    hashed, kept = [], {}
    for arrival in arrivals:
        state = _state(arrival.path)
        before = seen.get(arrival.name)
        if before is not None and before[:2] == [state.size, state.changed_ns]:
            sha256 = str(before[2])
        else:
            sha256 = hash_file(arrival.path)
        kept[arrival.name] = [state.size, state.changed_ns, sha256]
        hashed.append(HashedFile(arrival, sha256))
    seen_file.write_text(json.dumps(kept, indent=0), encoding="utf-8", newline="")
    return tuple(hashed)


def _state(path: Path) -> _State:
    found = path.stat()
    return _State(found.st_size, found.st_mtime_ns)


def _read_seen(path: Path) -> dict[str, list[str | int]]:
    try:
        seen: dict[str, list[str | int]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # it only saves time
    return seen

"""Which files of an inbox are complete and stay as they are, and which have the same bytes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from joinedup.intake import Arrival, hash_file

# A file touched so lately may still be growing: look again after a moment.
_FRESH_NS: Final = 2_000_000_000
_LOOK_AGAIN_SECONDS: Final = 0.5
_ID_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class FileState:
    """What changes when a file is written to, put in another's place, or cut: none of its bytes.

    `changed_ns` can be set by whoever copies a file, `status_ns` cannot (on Windows it is the time
    of creation); `inode` tells a file from the one that took its name.
    """

    size: int
    changed_ns: int
    status_ns: int
    inode: int


def state_of(path: Path) -> FileState | None:
    """A file's state now; None where it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return FileState(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A complete file and the SHA-256 of its bytes.

    Of no bytes, and without a state, where it is not to be opened.
    """

    arrival: Arrival
    sha256: str
    state: FileState | None = None

    @property
    def file_id(self) -> str:
        """What the file is called everywhere: from its bytes alone."""
        return self.sha256[:_ID_DIGITS]

    @property
    def other_id(self) -> str:
        """What a further file of the same bytes is called."""
        both = f"{self.sha256}:{self.arrival.name}"
        return hashlib.sha256(both.encode()).hexdigest()[:_ID_DIGITS]


def still_growing(arrivals: Sequence[Arrival]) -> frozenset[str]:
    """Names of files that are being written, or taken away, at this moment."""
    now = time.time_ns()
    before = {one.name: state_of(one.path) for one in arrivals if one.is_opened}
    # A time ahead of the clock is as good as now: one of the two is wrong.
    fresh = {
        one.name: one.path
        for one in arrivals
        if one.is_opened
        if (state := before[one.name]) is None or now - state.changed_ns < _FRESH_NS
    }
    if not fresh:
        return frozenset()
    time.sleep(_LOOK_AGAIN_SECONDS)
    return frozenset(
        name
        for name, path in fresh.items()
        if (state := state_of(path)) is None or state != before[name]
    )


def hash_arrivals(
    arrivals: Sequence[Arrival], seen_file: Path
) -> tuple[tuple[HashedFile, ...], frozenset[str]]:
    """Hash every file; one that is as it was last time is not read again.

    Also the names of those that changed or went while they were hashed.
    """
    seen = _read_seen(seen_file)
    hashed, kept, changed = [], {}, set()
    for arrival in arrivals:
        if not arrival.is_opened:
            hashed.append(HashedFile(arrival, hashlib.sha256().hexdigest()))
            continue
        found = _hashed(arrival, seen.get(arrival.name))
        if found is None or found.state is None:
            changed.add(arrival.name)
            continue
        kept[arrival.name] = [*astuple(found.state), found.sha256]
        hashed.append(found)
    seen_file.write_text(json.dumps(kept, indent=0), encoding="utf-8", newline="")
    return tuple(hashed), frozenset(changed)


def _hashed(arrival: Arrival, before: list[str | int] | None) -> HashedFile | None:
    state = state_of(arrival.path)
    if state is None:
        return None
    if before is not None and before[:-1] == list(astuple(state)):
        return HashedFile(arrival, str(before[-1]), state)
    try:
        sha256 = hash_file(arrival.path)
    except FileNotFoundError:
        return None
    return HashedFile(arrival, sha256, state) if state_of(arrival.path) == state else None


def _read_seen(path: Path) -> dict[str, list[str | int]]:
    try:
        seen: dict[str, list[str | int]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # it only saves time
    return seen

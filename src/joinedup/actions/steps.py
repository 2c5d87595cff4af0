"""What each step of a run cost: time, processor, memory, bytes, and whether it was reused."""

from __future__ import annotations

import hashlib
import importlib.resources
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from joinedup.actions.usage import Meter, Used

Tell = Callable[[str], None]

# Code that decides what any step writes, besides the step's own.
_ALL_STEPS = ("change", "received", "supersede", "work")
SHARED_CODE: Final = ("engines", "tables", *(f"actions/{one}.py" for one in _ALL_STEPS))

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run, as `--json` reports it, child processes included.

    `read_bytes` and `written_bytes` are None where the platform does not count them.
    """

    name: str
    seconds: float
    cpu_seconds: float
    peak_mb: int
    read_bytes: int | None
    written_bytes: int | None
    reused: bool


@dataclass(slots=True)
class Running:
    """A step under way; it says so itself when it found its result made already."""

    name: str
    reused: bool = False


@dataclass(slots=True)
class Steps:
    """The steps of one run so far, in order."""

    tell: Tell
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def measured(self, name: str, what: str) -> Iterator[Running]:
        """Measure one step; `what` tells the user what goes on."""
        self.tell(what)
        running, meter = Running(name), Meter()
        before = meter.used()
        with meter.watching():
            yield running
        self.done.append(_step(running, before, meter.used(), meter.peak_bytes))


def _step(running: Running, before: Used, after: Used, peak_bytes: int) -> Step:
    return Step(
        name=running.name,
        seconds=round(after.at - before.at, 3),
        # A child that ended unseen takes its seconds along: never less than nothing.
        cpu_seconds=round(max(after.cpu_seconds - before.cpu_seconds, 0.0), 3),
        peak_mb=peak_bytes // _MB,
        read_bytes=_more(before.read_bytes, after.read_bytes),
        written_bytes=_more(before.written_bytes, after.written_bytes),
        reused=running.reused,
    )


def _more(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else max(after - before, 0)


def step_key(name: str, *parts: object) -> str:
    """Hash of all that a step's result depends on; the same key means the same result."""
    text = json.dumps([name, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_version(*places: str) -> str:
    """Hash of the source of packages and modules, so that changed code never reuses old results.

    `places`: paths in the package, such as `intake` or `actions/file_rows.py`.
    """
    digest = hashlib.sha256()
    for place in places:
        for source in _sources(importlib.resources.files("joinedup").joinpath(place)):
            digest.update(source)
    return digest.hexdigest()[:16]


def _sources(place: importlib.resources.abc.Traversable) -> Iterator[bytes]:
    if place.is_dir():
        if place.name != "__pycache__":
            for entry in sorted(place.iterdir(), key=lambda one: one.name):
                yield from _sources(entry)
    elif place.name.endswith((".py", ".toml", ".json", ".csv")):
        yield place.name.encode() + place.read_bytes()

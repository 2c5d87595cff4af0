"""What each step of a run cost: time, processor time, memory, and whether it was reused."""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

Tell = Callable[[str], None]

# How often memory is looked at: short enough to see a peak, long enough to cost nothing.
_EVERY_SECONDS = 0.05
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run, as `--json` reports it."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_mb: int
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
        running = Running(name)
        process = psutil.Process()
        cpu_before, began = _cpu(process), time.perf_counter()
        with _peak_memory(process) as peak:
            yield running
        self.done.append(
            Step(
                name,
                round(time.perf_counter() - began, 3),
                round(_cpu(process) - cpu_before, 3),
                peak[0] // _MB,
                running.reused,
            )
        )


@contextmanager
def _peak_memory(process: psutil.Process) -> Iterator[list[int]]:
    peak = [process.memory_info().rss]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(_EVERY_SECONDS):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def step_key(name: str, *parts: object) -> str:
    """Hash of all that a step's result depends on; the same key means the same result."""
    text = json.dumps([name, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()


def code_version(*packages: str) -> str:
    """Hash of the source of the named packages, so that changed code never reuses old results."""
    digest = hashlib.sha256()
    for package in packages:
        for entry in _files(importlib.resources.files("joinedup").joinpath(package)):
            digest.update(entry)
    return digest.hexdigest()[:16]


def _files(folder: importlib.resources.abc.Traversable) -> Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry)
        elif entry.name.endswith((".py", ".toml", ".json", ".csv")):
            yield entry.name.encode() + entry.read_bytes()

"""What this process and those that it started have used: processor, memory, bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

# How often memory is looked at: short enough to see a peak, long enough to cost nothing.
_EVERY_SECONDS = 0.05
# Finding child processes reads every process of the machine, so it is done less often.
_CHILDREN_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Used:
    """What had been used by one moment, since the process began.

    Bytes are those asked of the system, whether or not a disk was needed; None on a platform that
    does not count them.
    """

    at: float
    cpu_seconds: float
    read_bytes: int | None
    written_bytes: int | None


@dataclass(slots=True)
class Meter:
    """One step's meter; `peak_bytes` is the most memory seen in all processes together."""

    process: psutil.Process = field(default_factory=psutil.Process)
    children: list[psutil.Process] = field(default_factory=list)
    peak_bytes: int = 0
    _looked_at: float = 0.0

    def used(self) -> Used:
        """What has been used until now, children's processor time included."""
        self._find_children()
        read, written = self._bytes()
        return Used(time.perf_counter(), self._cpu(), read, written)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at memory again and again until the block ends."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(_EVERY_SECONDS):
                if time.perf_counter() - self._looked_at > _CHILDREN_EVERY_SECONDS:
                    self._find_children()
                self._look()

        self._look()
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()
            self._look()

    def _find_children(self) -> None:
        self._looked_at = time.perf_counter()
        try:
            self.children = self.process.children(recursive=True)
        except psutil.Error:
            self.children = []

    def _look(self) -> None:
        held = self.process.memory_info().rss
        for child in self.children:
            try:
                held += child.memory_info().rss
            except psutil.Error:
                continue  # it ended between two looks
        self.peak_bytes = max(self.peak_bytes, held)

    def _cpu(self) -> float:
        """Of this process, of children that ended, and of those that still run."""
        own = self.process.cpu_times()
        seconds = own.user + own.system + own.children_user + own.children_system
        for child in self.children:
            try:
                times = child.cpu_times()
            except psutil.Error:
                continue
            seconds += times.user + times.system
        return float(seconds)

    def _bytes(self) -> tuple[int | None, int | None]:
        counted = [_io(one) for one in (self.process, *self.children)]
        if counted[0] is None:
            return None, None
        known = [one for one in counted if one is not None]
        return sum(read for read, _ in known), sum(written for _, written in known)


def _io(process: psutil.Process) -> tuple[int, int] | None:
    """Bytes read and written: as the program asked where the platform says so (Linux)."""
    try:
        count = process.io_counters()
    except (AttributeError, NotImplementedError, psutil.Error):
        return None  # macOS does not count them
    read = getattr(count, "read_chars", count.read_bytes)
    written = getattr(count, "write_chars", count.write_bytes)
    return int(read), int(written)

"""What the measured sizes say: slopes, whether the promises are kept, and England on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# The promise: so many times more people take at most that many times, and a tenth, the time.
MOST_TIMES = 1.1
# What a process needs beside the engine's setting: Python, Arrow, and what DuckDB does not count.
BESIDE_SETTING_MB = 500
# Below so many people the seconds are those of starting and compiling, not of people.
SMALLEST_FITTED = 50_000

# Office for National Statistics, mid-2023 population estimates: England 57,690,300.
ENGLAND = 57_690_300
# One large machine that can be rented: 64 processors, 512 GB, and local disks.
LARGE_CORES, LARGE_GB = 64, 512
# Twelve machines of 16 processors and 64 GB.
CLUSTER_MACHINES, CLUSTER_CORES = 12, 16
# Share of the processors that such work keeps busy: sorts and joins wait for disks and each other.
# Ours on two cores is near 0.85; many cores share one memory bus, and a cluster a network as well.
LARGE_BUSY, CLUSTER_BUSY = 0.5, 0.4
# Processor seconds of Spark for one of DuckDB on the same window, join and grouping of 20 million
# rows: 104.5 against 18.1, measured on two cores with Spark 4.0 and DuckDB 1.5.
SPARK_TIMES = 5.8


@dataclass(frozen=True, slots=True)
class Size:
    """One measured size, as the fit sees it."""

    people: int
    seconds: float
    cpu_seconds: float
    peak_mb: int
    memory_mb: int
    inbox_bytes: int
    lake_bytes: int
    spilled_mb: int

    @property
    def is_bounded(self) -> bool:
        """Whether memory stayed within the setting and what a process needs beside it."""
        return self.peak_mb <= self.memory_mb + BESIDE_SETTING_MB


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sizes next to each other: how much more time for each more people."""

    smaller: Size
    larger: Size

    @property
    def times(self) -> float:
        """Growth of seconds over growth of people: 1 is in proportion."""
        more_people = self.larger.people / self.smaller.people
        return self.larger.seconds / self.smaller.seconds / more_people

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds from the one to the other."""
        return self.times <= MOST_TIMES


@dataclass(frozen=True, slots=True)
class Curve:
    """value = factor * people ** slope, by least squares of the logarithms."""

    factor: float
    slope: float

    def at(self, people: int) -> float:
        """The value that the curve has there."""
        return float(self.factor * people**self.slope)


@dataclass(frozen=True, slots=True)
class England:
    """The paper estimate: hours of both machines, and terabytes of disk."""

    cpu_hours: float
    large_hours: float
    cluster_hours: float
    inbox_tb: float
    lake_tb: float


def pairs(sizes: Sequence[Size]) -> list[Pair]:
    """Each size with the next larger one."""
    ordered = sorted(sizes, key=lambda one: one.people)
    return [Pair(a, b) for a, b in pairwise(ordered)]


def fit(points: Sequence[tuple[int, float]]) -> Curve | None:
    """The curve through points of two or more sizes; None of fewer."""
    logs = [(math.log(people), math.log(value)) for people, value in points if value > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread
    return Curve(math.exp(mean_y - slope * mean_x), slope)


def fitted(sizes: Sequence[Size]) -> list[Size]:
    """The sizes that a curve is fitted to: those large enough, or all where two are not."""
    large = [one for one in sizes if one.people >= SMALLEST_FITTED]
    return large if len({one.people for one in large}) >= 2 else list(sizes)


def england(sizes: Sequence[Size]) -> England | None:
    """England from the curves; None where there are fewer than two sizes.

    A slope below 1 is the share of what does not grow with people; it is not believed so far out.
    """
    used = fitted(sizes)
    cpu = fit([(one.people, one.cpu_seconds) for one in used])
    if cpu is None:
        return None
    largest = max(used, key=lambda one: one.people)
    in_proportion = largest.cpu_seconds * ENGLAND / largest.people
    cpu_hours = max(cpu.at(ENGLAND), in_proportion) / 3600
    each = ENGLAND / largest.people / 1e12
    return England(
        cpu_hours=cpu_hours,
        large_hours=cpu_hours / (LARGE_CORES * LARGE_BUSY),
        cluster_hours=cpu_hours * SPARK_TIMES / (CLUSTER_MACHINES * CLUSTER_CORES * CLUSTER_BUSY),
        inbox_tb=largest.inbox_bytes * each,
        lake_tb=largest.lake_bytes * each,
    )

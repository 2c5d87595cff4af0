"""The last recorded figures, and what became slower or faster since, in words.

A figure of time is held against the copying floor measured just before it, so that a slower or
busier machine is not taken for slower code. The rule of what counts as a change is `NOISE`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.figures import MORE, Figure
from benchmarks.floor import Floor

RECORDED = Path(__file__).with_name("recorded.json")


@dataclass(frozen=True, slots=True)
class Noise:
    """What is no change: a share of the recorded figure, and an amount, both to be passed."""

    share: float
    amount: float


# Seen between runs of the same code on a machine with other work: by the clock up to a fifth,
# of processors a tenth, of memory a tenth (DuckDB lets go of it when it likes). Bytes and scores
# come out the same each time, but for what grows by a date or two.
NOISE = {
    "seconds": Noise(0.25, 0.5),
    "cpu_seconds": Noise(0.15, 0.5),
    "ms": Noise(0.25, 5.0),
    "mb": Noise(0.15, 100.0),
    "bytes": Noise(0.03, 1_000_000.0),
    "share": Noise(0.0, 0.0005),
}
_TO_FLOOR = {"seconds": "seconds", "cpu_seconds": "cpu_seconds", "ms": "cpu_seconds"}


@dataclass(frozen=True, slots=True)
class Record:
    """One figure as recorded; `to_floor` is None where it is no time."""

    name: str
    unit: str
    value: float
    to_floor: float | None
    date: str
    machine: str

    @property
    def key(self) -> str:
        """What the figure is called: see Figure."""
        return Figure(self.name, self.unit, self.value).key


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beyond noise of what was recorded: `ratio` above 1 means more than then."""

    record: Record
    now: Record
    ratio: float

    @property
    def is_worse(self) -> bool:
        """More of what should be less, or less of what should be more."""
        return (self.ratio < 1) == (self.now.unit in MORE)

    @property
    def says(self) -> str:
        """The change in words."""
        now, then = self.now, self.record
        told = f"{now.name}: {_amount(now)}, was {_amount(then)} on {then.date}"
        if now.to_floor is None or then.to_floor is None:
            return f"{told} ({self.ratio:.2f} times)"
        return (
            f"{told}; to the copying floor {now.to_floor:.2f}, was {then.to_floor:.2f} "
            f"({self.ratio:.2f} times)"
        )


def machine() -> str:
    """The machine in words: processors, memory, Python and DuckDB."""
    gigabytes = psutil.virtual_memory().total / 1e9
    return (
        f"{os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()}, Python "
        f"{platform.python_version()}, DuckDB {version('duckdb')}"
    )


def as_records(figures: Iterable[Figure], floor: Floor) -> list[Record]:
    """Figures beside the floor that was measured just before them."""
    today, here = f"{datetime.now(UTC):%Y-%m-%d}", machine()
    return [
        Record(
            name=one.name,
            unit=one.unit,
            value=round(one.value, 4),
            to_floor=_to_floor(one, floor),
            date=today,
            machine=here,
        )
        for one in figures
    ]


def _to_floor(figure: Figure, floor: Floor) -> float | None:
    name = _TO_FLOOR.get(figure.unit)
    if name is None:
        return None
    value = figure.value / 1000 if figure.unit == "ms" else figure.value
    return round(value / float(getattr(floor, name)), 4)


def read_recorded(path: Path = RECORDED) -> dict[str, Record]:
    """What was recorded, by key; nothing where nothing was yet."""
    if not path.is_file():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {record.key: record for record in (Record(**row) for row in rows)}


def write_recorded(fresh: Iterable[Record], path: Path = RECORDED) -> None:
    """Put fresh figures in the place of those of the same key; others stay."""
    kept = {**read_recorded(path), **{record.key: record for record in fresh}}
    rows = [asdict(kept[key]) for key in sorted(kept)]
    text = ",\n".join(json.dumps(row) for row in rows)
    path.write_text(f"[\n{text}\n]\n", encoding="utf-8", newline="\n")


def compare(fresh: Iterable[Record], recorded: dict[str, Record]) -> list[Change]:
    """Figures that differ from the recorded ones by more than noise, the largest change first."""
    changes = []
    for now in fresh:
        then = recorded.get(now.key)
        if then is not None and (ratio := _beyond_noise(now, then)) is not None:
            changes.append(Change(then, now, ratio))
    return sorted(changes, key=lambda one: -max(one.ratio, 1 / one.ratio))


def _beyond_noise(now: Record, then: Record) -> float | None:
    noise = NOISE[now.unit]
    ratio, expected = now.value / then.value if then.value else 1.0, then.value
    if now.to_floor is not None and then.to_floor:
        ratio = now.to_floor / then.to_floor
        expected = now.value / ratio if ratio else 0.0  # then's figure on this machine as it is now
    is_small = abs(now.value - expected) <= noise.amount
    is_near = 1 / (1 + noise.share) <= ratio <= 1 + noise.share
    return None if is_small or (is_near and noise.share > 0) else ratio


def told(fresh: Sequence[Record], recorded: dict[str, Record]) -> list[str]:
    """The comparison in lines: what is worse first, loud; then what is better; then the rest."""
    changes = compare(fresh, recorded)
    worse = [one.says for one in changes if one.is_worse]
    better = [one.says for one in changes if not one.is_worse]
    unknown = sum(one.key not in recorded for one in fresh)
    same = len(fresh) - len(changes) - unknown
    lines = []
    if worse:
        lines += ["!!!! WORSE THAN RECORDED !!!!", *(f"  {says}" for says in worse)]
    if better:
        lines += ["Better than recorded:", *(f"  {says}" for says in better)]
    lines.append(f"{same} figures as recorded, {unknown} never recorded. Record: --record")
    return lines


def _amount(record: Record) -> str:
    value, unit = record.value, record.unit
    if unit == "share":
        return f"{value:.4f}"
    if unit == "bytes":
        return f"{value / 1e6:,.1f} MB"
    words = {"seconds": "s", "cpu_seconds": "processor s", "ms": "ms", "mb": "MB at most"}[unit]
    return f"{value:,.0f} {words}" if unit == "mb" else f"{value:,.2f} {words}"

"""How time and memory grow with people: one size at a time, then the curves.

    python benchmarks/growth.py measure --people 50000 --work DIR
    python benchmarks/growth.py measure --people 1000000 --work DIR --memory-mb 2000
    python benchmarks/growth.py measure --people 3000000 --work DIR --icb QOP --open ../shared/open
    python benchmarks/growth.py draw

`measure` makes a system, runs the main job on it once and puts what it cost into `growth.json`, in
place of an earlier measurement of the same size and memory. `draw` writes docs/images/growth.svg
and the tables of docs/explanation/growth.md from all that is there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from figures import note
from growth_page import write_page
from main_job import floor_seconds, joinedup

HERE = Path(__file__).parent
MEASURED = HERE / "growth.json"
# A gigabyte a million people beyond what the smallest needs; 4,000 is what `init` writes.
MEMORY_MB = 4000
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StepCost:
    """One step of the run: seconds, processor seconds, most memory, bytes (None: not counted)."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_mb: int
    read_bytes: int | None
    written_bytes: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of the main job on a new system of so many people."""

    people: int
    area: str
    memory_mb: int
    date: str
    machine: str
    floor_seconds: float
    lines: int
    inbox_bytes: int
    lake_bytes: int
    spilled_mb: int
    steps: tuple[StepCost, ...]


def measure(people: int, work: Path, memory_mb: int, pack: Path | None) -> Measured:
    """Make the system if it is not there, take away what an earlier run left, run, and count."""
    # The package is not imported by benchmarks that are run by path: only this one needs it.
    sys.path.insert(0, str(HERE.parent))
    from benchmarks.recorded import machine

    system = prepared(work, people, pack)
    allow(system, memory_mb)
    for left in ("lake", "report", "identified/parts", "identified/snapshots"):
        shutil.rmtree(system / left, ignore_errors=True)
    floor = floor_seconds(system, work)
    with spilled(system / "identified" / "spill") as most:
        outcome = json.loads(joinedup("run", system, "--json"))
    kept = dict.fromkeys(StepCost.__slots__)
    steps = tuple(StepCost(**{name: step.get(name) for name in kept}) for step in outcome["steps"])
    for step in steps:
        name = f"growth {people:,} people at {memory_mb:,} MB, {step.name}"
        note(name, {"seconds": step.seconds, "cpu_seconds": step.cpu_seconds, "mb": step.peak_mb})
    return Measured(
        people=people,
        area=pack.name if pack else "invented",
        memory_mb=memory_mb,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=machine(),
        floor_seconds=round(floor, 2),
        lines=sum(one["lines"] for one in outcome["files"]),
        inbox_bytes=size_of(system / "inbox"),
        lake_bytes=size_of(system / "lake") + size_of(system / "identified" / "snapshots"),
        spilled_mb=most[0] // _MB,
        steps=steps,
    )


def prepared(work: Path, people: int, pack: Path | None) -> Path:
    """A system folder with its extracts; made once and kept."""
    system = work / f"growth-{pack.name if pack else 'invented'}-{people}"
    if not (system / "system.toml").is_file():
        joinedup("init", system, *(("--area", pack) if pack else ("--invented",)))
    if not (system / "truth").is_dir():
        began = time.perf_counter()
        joinedup("synth", system, "--people", people, "--seed", 1)
        print(f"synth: {people:,} people in {time.perf_counter() - began:.1f} s", flush=True)
    return system


def cut(icb: str, national: Path, work: Path) -> Path:
    """The area pack of a system, cut once and kept."""
    pack = work / f"area-{icb}"
    if not pack.is_dir():
        joinedup("area", "cut", "--icb", icb, "--from", national, "--out", pack)
    return pack


def allow(system: Path, memory_mb: int) -> None:
    """Set the memory that a run may use."""
    path = system / "system.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    asked = [f"memory_mb = {memory_mb}" if one.startswith("memory_mb") else one for one in lines]
    path.write_text("\n".join(asked) + "\n", encoding="utf-8", newline="\n")


@contextmanager
def spilled(folder: Path) -> Iterator[list[int]]:
    """The most bytes that lay in the spill folder at any look."""
    most, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.2):
            most[0] = max(most[0], size_of(folder))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        stop.set()
        watcher.join()


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder, each counted once; files may go meanwhile."""
    found = {}
    for path in folder.rglob("*"):
        try:
            state = path.stat()
        except OSError:
            continue
        if path.is_file():
            found[state.st_ino] = state.st_size
    return sum(found.values())


def keep(measured: Measured, path: Path = MEASURED) -> None:
    """Put a measurement into the file, in place of one of the same size, area and memory."""
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    fresh = json.loads(json.dumps(asdict(measured)))
    same = ("people", "area", "memory_mb")
    rows = [row for row in rows if any(row[name] != fresh[name] for name in same)]
    rows = sorted([*rows, fresh], key=lambda row: (row["memory_mb"], row["people"], row["area"]))
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("verb", choices=("measure", "draw"))
    parser.add_argument("--people", type=int)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--memory-mb", type=int, default=MEMORY_MB)
    parser.add_argument("--icb", help="a real system's code, such as QOP, Greater Manchester")
    parser.add_argument("--open", type=Path, help="folder of the national open tables")
    options = parser.parse_args()
    if options.verb == "measure":
        if not options.people or not options.work:
            parser.error("measure needs --people and --work")
        if options.icb and not options.open:
            parser.error("--icb needs --open")
        options.work.mkdir(parents=True, exist_ok=True)
        pack = cut(options.icb, options.open, options.work) if options.icb else None
        found = measure(options.people, options.work, options.memory_mb, pack)
        keep(found)
        seconds = sum(step.seconds for step in found.steps)
        peak = max(step.peak_mb for step in found.steps)
        print(
            f"{found.people:,} people at {found.memory_mb:,} MB: {seconds:.1f} s, at most "
            f"{peak:,} MB, {found.spilled_mb:,} MB spilled"
        )
    print(write_page(MEASURED))


if __name__ == "__main__":
    main()

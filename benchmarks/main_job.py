"""The main job on a real area's margins, beside the floor: the same files merely copied.

    python benchmarks/main_job.py --area ../shared/areas/dorset --people 780000 --work DIR

Prints wall time, processor time and peak memory by step, the floor in the same run (DuckDB reads
each CSV as text and writes Parquet), and the ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
from figures import note

# What the project promises of this job, so that the figure is read beside it.
MOST_TIMES_THE_FLOOR = 12
MOST_MB = 10_000


def joinedup(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "joinedup", *map(str, words)],
        stdout=subprocess.PIPE, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode not in (0, 3):
        sys.exit(f"joinedup {words[0]} failed: {done.stdout}")
    return done.stdout


def prepared(work: Path, area: Path, people: int) -> Path:
    """A system folder with its extracts; made once and kept."""
    system = work / f"{area.name}-{people}"
    if not (system / "inbox").is_dir():
        joinedup("init", system, "--area", area)
    if not any((system / "inbox").rglob("*.csv")):
        began = time.perf_counter()
        joinedup("synth", system, "--people", people, "--seed", 1)
        print(f"synth: {people:,} people in {time.perf_counter() - began:.1f} s")
    settings = system / "system.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("memory_mb = 4000", "memory_mb = 8000"), encoding="utf-8")
    return system


def floor_seconds(system: Path, work: Path) -> float:
    """Copy every CSV that can be read as it stands to Parquet, all text, one after the other."""
    target = str(work / "floor.parquet").replace("'", "''")
    connection = duckdb.connect()
    began = time.perf_counter()
    copied = 0
    for path in sorted((system / "inbox").rglob("*.csv*")):
        source = str(path).replace("'", "''")
        try:
            connection.execute(
                f"COPY (FROM read_csv('{source}', all_varchar = true, header = true)) "
                f"TO '{target}' (FORMAT parquet)"
            )
        except duckdb.Error:
            continue  # a damaged file; the job under test reads it, the floor cannot
        copied += path.stat().st_size
    seconds = time.perf_counter() - began
    print(f"floor: {copied / 1e6:,.0f} MB of CSV copied to Parquet in {seconds:.1f} s")
    return seconds


def note_step(named: str, step: dict[str, Any]) -> None:
    """Leave one step's figures for the comparison."""
    name = f"{named}, {step['name']}"
    units = {"seconds": "seconds", "cpu_seconds": "cpu_seconds", "mb": "peak_mb"}
    note(name, {unit: step[key] for unit, key in units.items()})
    note(f"{name}, read", {"bytes": step["read_bytes"]})
    note(f"{name}, written", {"bytes": step["written_bytes"]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--area", type=Path, required=True)
    parser.add_argument("--people", type=int, default=780_000)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    system = prepared(options.work, options.area, options.people)
    floor = floor_seconds(system, options.work)
    began = time.perf_counter()
    outcome = json.loads(joinedup("run", system, "--json"))
    wall = time.perf_counter() - began
    print(f"{'step':<12}{'seconds':>10}{'cpu s':>10}{'peak MB':>10}")
    named = f"main_job {options.people:,} people"
    note(f"{named}, whole run", {"seconds": wall})
    note(f"{named}, floor of the same files", {"seconds": floor})
    for step in outcome["steps"]:
        note_step(named, step)
        print(
            f"{step['name']:<12}{step['seconds']:>10.1f}{step['cpu_seconds']:>10.1f}"
            f"{step['peak_mb']:>10,}"
        )
    files = outcome["files"]
    lines = sum(one["lines"] for one in files)
    unbalanced = [
        one["file"] for one in files
        if one["lines"]
        != one["accepted_lines"] + one["quarantined_lines"] + one["header_or_blank"]
    ]  # fmt: skip
    print(f"{len(files)} files, {lines:,} lines, unbalanced: {unbalanced or 'none'}")
    print(f"{outcome['persons']:,} people, {outcome['events']:,} events")
    print(f"run: {wall:.1f} s, {wall / floor:.1f} times the floor (at most {MOST_TIMES_THE_FLOOR})")
    peak = max(step["peak_mb"] for step in outcome["steps"])
    print(f"peak memory: {peak:,} MB (at most {MOST_MB:,})")


if __name__ == "__main__":
    main()

"""A new day's files: the run that changes only what changed, beside a rebuild to the same tables.

    python benchmarks/incremental.py --people 1000000 --work DIR

One person in a hundred is seen again by every partner, and some of their latest rows are
corrected. Both runs start from copies of one system that was run before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from figures import note
from main_job import joinedup
from new_day import make_day

from tests.same_snapshots import differences

# What the project promises: a day's run takes at most this share of a rebuild.
MOST_OF_REBUILD = 0.10
DAY = dt.date(2026, 4, 2)


def prepared(work: Path, people: int) -> Path:
    """An invented system that was run once; made once and kept."""
    system = work / f"invented-{people}"
    if not (system / "inbox").is_dir():
        joinedup("init", system, "--invented")
        joinedup("synth", system, "--people", people, "--seed", 1)
    if not (system / "lake" / "CURRENT").is_file():
        began = time.perf_counter()
        joinedup("run", system)
        print(f"first run: {time.perf_counter() - began:.1f} s", flush=True)
    return system


def measured(system: Path, *words: str) -> tuple[float, float]:
    """Seconds and processor seconds of a run, its steps printed."""
    began = time.perf_counter()
    outcome = json.loads(joinedup("run", system, "--json", *words))
    seconds = time.perf_counter() - began
    print(f"{'run ' + ' '.join(words):<14}{seconds:>8.1f} s", flush=True)
    for step in outcome["steps"]:
        print(
            f"  {step['name']:<12}{step['seconds']:>8.1f} s{step['cpu_seconds']:>8.1f} cpu s"
            f"{step['peak_mb']:>8,} MB"
        )
    return seconds, sum(step["cpu_seconds"] for step in outcome["steps"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    system = prepared(options.work, options.people)
    day, anew = options.work / "day", options.work / "anew"
    for copy in (day, anew):
        shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(system, day)
    files = make_day(day, DAY, share=options.share)
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    shutil.copytree(day, anew)
    seconds, cpu_seconds = measured(day)
    rebuild_seconds, rebuild_cpu_seconds = measured(anew, "--rebuild")
    found = differences(day, anew)
    print(f"tables that differ: {found or 'none'}")
    print(
        f"a day's run takes {seconds / rebuild_seconds:.1%} of a rebuild, "
        f"{cpu_seconds / rebuild_cpu_seconds:.1%} of its processor time "
        f"(at most {MOST_OF_REBUILD:.0%})"
    )
    size = f"{options.people:,} people"
    note(f"a day's run, {size}", {"seconds": seconds, "cpu_seconds": cpu_seconds})
    note(f"rebuild, {size}", {"seconds": rebuild_seconds, "cpu_seconds": rebuild_cpu_seconds})
    if found:
        sys.exit("the two runs do not agree")


if __name__ == "__main__":
    main()

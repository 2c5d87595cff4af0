"""Every figure that the project promises, beside its peer's: `make bench`.

python -m benchmarks                     all of them: about an hour on two cores, 40 GB of disk
python -m benchmarks synth person        some of them
python -m benchmarks --small             all at a tenth of the size, to see that they work
python -m benchmarks --record            and keep the figures, to compare later ones with
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import FILE_VARIABLE, noted
from benchmarks.floor import measure_floor
from benchmarks.recorded import Record, as_records, read_recorded, told, write_recorded

HERE = Path(__file__).parent
DORSET = HERE.parents[1] / "shared" / "areas" / "dorset"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--small", action="store_true", help="a tenth of the size")
    parser.add_argument("--record", action="store_true", help="keep the figures in recorded.json")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    failed: list[str] = []
    fresh: list[Record] = []
    with tempfile.TemporaryDirectory() as work:
        for name in options.names or BENCHMARKS:
            for words in BENCHMARKS[name](options.small, Path(work)):
                print(f"\n== {name}: {' '.join(words)}", flush=True)
                found = _measured(words, Path(work))
                failed += [] if found is not None else [name]
                fresh += found or []
    print("\n== compared with the last recorded figures")
    print("\n".join(told(fresh, read_recorded())))
    if options.record:
        write_recorded(fresh)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _measured(words: list[str], work: Path) -> list[Record] | None:
    """Run one benchmark, the copying floor just before it; None where it failed."""
    floor = measure_floor(work)
    print(f"copying floor: {floor.seconds:.2f} s, {floor.cpu_seconds:.2f} cpu s", flush=True)
    left = work / "figures.jsonl"
    left.unlink(missing_ok=True)
    command = [sys.executable, str(HERE / words[0]), *words[1:]]
    done = subprocess.run(command, check=False, env={**os.environ, FILE_VARIABLE: str(left)})
    return None if done.returncode else as_records(noted(left), floor)


def _intake(small: bool, work: Path) -> list[list[str]]:
    rows = "2000000" if small else "20000000"
    return [["intake.py", "--rows", rows]]


def _linkage(small: bool, work: Path) -> list[list[str]]:
    folder = ["--folder", str(work / "linkage")]
    sizes = (20_000, 80_000, 320_000) if small else (200_000, 800_000, 3_200_000)
    beside_peer, *alone = sizes
    return [
        ["linkage.py", "--people", str(beside_peer), *folder],
        *(["linkage.py", "--people", str(people), "--no-peer", *folder] for people in alone),
        ["relinkage.py", "--people", "100000" if small else "1000000", *folder],
    ]


def _main_job(small: bool, work: Path) -> list[list[str]]:
    if not DORSET.is_dir():
        print("skipped: the Dorset area pack is not beside the repository")
        return []
    people = "78000" if small else "780000"
    return [["main_job.py", "--area", str(DORSET), "--people", people, "--work", str(work)]]


def _incremental(small: bool, work: Path) -> list[list[str]]:
    people = "100000" if small else "1000000"
    return [["incremental.py", "--people", people, "--work", str(work)]]


def _synth(small: bool, work: Path) -> list[list[str]]:
    sizes = (10_000, 100_000) if small else (100_000, 1_000_000)
    return [["synth.py", "--people", str(people), "--work", str(work)] for people in sizes]


def _person(small: bool, work: Path) -> list[list[str]]:
    people = "100000" if small else "1000000"
    return [["person.py", "--people", people, "--work", str(work)]]


def _methods(small: bool, work: Path) -> list[list[str]]:
    areas, series = ("700", "14000") if small else ("7000", "140000")
    return [["methods.py", "--areas", areas, "--series", series]]


def _scores(small: bool, work: Path) -> list[list[str]]:
    people = "50000" if small else "500000"
    return [["scores.py", "--people", people, "--folder", str(work / "scores")]]


def _beds(small: bool, work: Path) -> list[list[str]]:
    activity = HERE.parents[1] / "shared" / "activity"
    if not activity.is_dir():
        print("no forecasts: the national daily series are not beside the repository")
    series = ["--activity", str(activity)] if activity.is_dir() and not small else []
    return [["beds.py", "--arrivals", "18" if small else "180", *series]]


BENCHMARKS: dict[str, Callable[[bool, Path], list[list[str]]]] = {
    "synth": _synth,
    "intake": _intake,
    "linkage": _linkage,
    "main_job": _main_job,
    "incremental": _incremental,
    "person": _person,
    "methods": _methods,
    "scores": _scores,
    "beds": _beds,
}

if __name__ == "__main__":
    main()

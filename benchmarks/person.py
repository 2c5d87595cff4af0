"""Read one person's whole history from a snapshot: median milliseconds of the query itself.

python benchmarks/person.py --people 1000000 --work DIR
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
from pathlib import Path

from figures import note

MOST_MS = 50  # promised from a snapshot of a million people


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    system = made(options.work, options.people)
    taken = sorted(point_queries(system, options.times))
    note(f"person of {options.people:,}", {"ms": statistics.median(taken)})
    print(
        f"one person of {options.people:,}: median {statistics.median(taken):.1f} ms "
        f"(at most {MOST_MS}), 95th percentile {taken[int(len(taken) * 0.95)]:.1f} ms"
    )


def made(work: Path, people: int) -> Path:
    """An invented system of that size with its snapshot; what `synth.py` left is used."""
    system = work / f"synth-{people}"
    steps = (
        []
        if (system / "truth").is_dir()
        else [("init", "--invented"), ("synth", "--people", str(people))]
    )
    for verb, *words in [*steps, ("run",)]:
        command = [sys.executable, "-m", "joinedup", verb, str(system), *words]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        if done.returncode not in (0, 3):
            sys.exit(f"joinedup {verb} failed")
    return system


def point_queries(system: Path, times: int) -> list[float]:
    """Milliseconds of each query, for people drawn at random from the first of the table."""
    from joinedup.actions.open_system import open_system
    from joinedup.actions.person import read_person

    with open_system(system, "direct_care") as opened:
        ids = opened.persons.select("person_id").to_pyarrow()["person_id"].to_pylist()
        chosen = random.Random(7).sample(sorted(ids), min(times, len(ids)))
        return [read_person(opened, person_id).query_ms for person_id in chosen]


if __name__ == "__main__":
    main()

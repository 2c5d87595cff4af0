"""Score five million invented diagnoses of 500,000 people, and let pycomorb score them beside it.

Charlson, Elixhauser and hospital frailty, from Parquet to Parquet, each route in a process of its
own, so that its processor time and peak memory are its own; then the two are compared person by
person.

    python benchmarks/scores.py                     5 million diagnoses of 500,000 people
    python benchmarks/scores.py --people 50000      ten to a person
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

from figures import note

ON = dt.date(2026, 4, 1)
DIAGNOSES_EACH = 10
# About as many diagnoses in hospital stand for something in one of the scores.
_LISTED_SHARE = 0.5
_TURNS = 3


def invent(folder: Path, *, people: int, seed: int) -> tuple[Path, Path]:
    """`codes` and `persons` as Parquet: half the codes stand for something, half are any."""
    from joinedup.population.scores import score_map

    folder.mkdir(parents=True, exist_ok=True)
    codes, persons = folder / "codes.parquet", folder / "persons.parquet"
    random = np.random.default_rng(seed)
    rows = people * DIAGNOSES_EACH
    any_code = [
        f"{letter}{number:02d}{last}"
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for number in range(100)
        for last in "X0123456789"
    ]
    names = ("charlson", "elixhauser", "hospital_frailty")
    listed = sorted(
        {
            f"{code}9"[:4]
            for name in names
            for one in score_map(name).conditions
            for code in one.codes
        }
    )
    is_listed = random.random(rows) < _LISTED_SHARE
    picked = np.where(
        is_listed,
        np.array(listed)[random.integers(0, len(listed), rows)],
        np.array(any_code)[random.integers(0, len(any_code), rows)],
    )
    ids = pa.array([f"P{person:015x}" for person in range(people)])
    days = np.datetime64(ON) - random.integers(0, 1500, rows)
    table = pa.table(
        {
            "event_id": np.arange(rows),
            "person_id": ids.take(pa.array(random.integers(0, people, rows))),
            "system": pa.array(["ICD-10"]).take(pa.array(np.zeros(rows, dtype=int))),
            "code": pa.array(picked),
            "recorded_date": days,
        }
    )
    pq.write_table(table, codes)
    pq.write_table(pa.table({"person_id": ids}), persons)
    return codes, persons


def ours(codes: Path, persons: Path, out: Path) -> None:
    """The three scores in one pass of `joinedup.population.scores`."""
    from joinedup.engines import DuckDBEngine
    from joinedup.population.scores import Window, score_map, scores_at_once

    several = [score_map(name) for name in ("charlson", "elixhauser", "hospital_frailty")]
    with DuckDBEngine(spill=out.parent / "spill", memory_limit_mb=3000) as engine:
        recorded, people = engine.read_parquet(codes), engine.read_parquet(persons)
        engine.write_parquet(scores_at_once(recorded, people, Window(on=ON), several), out)


def peer(codes: Path, persons: Path, out: Path) -> None:
    """pycomorb's three scores, one after the other, joined."""
    import polars as pl
    from pycomorb import comorbidity

    coded = pl.read_parquet(codes, columns=["person_id", "code"]).with_columns(age=pl.lit(80))
    found = pl.read_parquet(persons)
    for name, column in (
        ("charlson", "Charlson Comorbidity Index"),
        ("elixhauser", "Elixhauser Comorbidity Index"),
        ("hfrs", "HFRS Score"),
    ):
        score = comorbidity(name, coded, id_col="person_id").select("person_id", column)
        found = found.join(score, on="person_id", how="left")
    found.write_parquet(out)


def differ(mine: Path, theirs: Path) -> int:
    """How many people have another score of any kind: nobody should."""
    with duckdb.connect() as connection:
        return int(
            connection.execute(
                f"""
                SELECT count(*) FROM read_parquet('{mine}') JOIN read_parquet('{theirs}')
                USING (person_id)
                WHERE charlson_score IS DISTINCT FROM "Charlson Comorbidity Index"
                   OR elixhauser_score IS DISTINCT FROM "Elixhauser Comorbidity Index"
                   OR round(hospital_frailty_score, 1) IS DISTINCT FROM round("HFRS Score", 1)
                """
            ).fetchall()[0][0]
        )


def _measure(args: argparse.Namespace) -> None:
    route = ours if args.route == "ours" else peer
    began, before = time.perf_counter(), os.times()
    route(Path(args.codes), Path(args.persons), Path(args.out))
    after, usage = os.times(), resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": after.user + after.system - before.user - before.system,
        "mb": usage.ru_maxrss // 1024,
    }
    print(json.dumps(figures))


def _in_own_process(route: str, codes: Path, persons: Path, out: Path) -> dict[str, float]:
    command = [
        sys.executable, __file__, "--route", route, "--codes", str(codes),
        "--persons", str(persons), "--out", str(out),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Invent, score by each route in turn, and print the medians side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "joinedup-scores"))
    parser.add_argument("--route", choices=("ours", "peer"), help=argparse.SUPPRESS)
    for name in ("codes", "persons", "out"):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.route:
        _measure(args)
        return
    folder = Path(args.folder)
    codes, persons = invent(folder, people=args.people, seed=args.seed)
    print(f"load {os.getloadavg()[0]:.1f}", f"{args.people * DIAGNOSES_EACH:,} diagnoses", sep="  ")
    taken: dict[str, list[dict[str, float]]] = {"ours": [], "peer": []}
    for _ in range(_TURNS):
        for route, figures in taken.items():
            figures.append(_in_own_process(route, codes, persons, folder / f"{route}.parquet"))
    middle = {
        route: {unit: sorted(one[unit] for one in turns)[_TURNS // 2] for unit in turns[0]}
        for route, turns in taken.items()
    }
    for name, route in (("joinedup", "ours"), ("pycomorb", "peer")):
        one = middle[route]
        print(
            f"{name:10}  seconds {one['seconds']:.1f}  cpu_seconds {one['cpu_seconds']:.1f}  "
            f"peak_mb {one['mb']:.0f}"
        )
    ratio = {unit: middle["peer"][unit] / middle["ours"][unit] for unit in middle["ours"]}
    print(
        f"ratio      {ratio['seconds']:.1f} times as fast, {ratio['cpu_seconds']:.1f} in processor"
    )
    note(f"scores {args.people:,} people", middle["ours"])
    unequal = differ(folder / "ours.parquet", folder / "peer.parquet")
    if unequal:
        sys.exit(f"{unequal:,} people differ")
    print("every person's scores are equal")


if __name__ == "__main__":
    main()

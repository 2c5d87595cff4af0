"""Link a day's changes, and everybody anew beside it: seconds of each, and that both say the same.

One patient in a hundred changes: most are corrected, some go, some come. Each route runs in a
process of its own, from what one first linkage left.

    python benchmarks/relinkage.py                     200,000 people, a million records
    python benchmarks/relinkage.py --people 1000000    4.8 million records
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))

from figures import note
from linkage_people import invent

RESULTS = ("links", "link_changes", "review", "moved")
FIRST, CHANGED, FULL = "first", "changed", "full"


def change(folder: Path, identities: Path) -> None:
    """Write the rows that went, those that came, and the table as it is then."""
    lot = "hash(partner, record_id) % 1000"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            CREATE TEMP TABLE went AS FROM read_parquet('{identities}') WHERE {lot} < 10;
            CREATE TEMP TABLE came AS
            SELECT * REPLACE (
                CASE WHEN {lot} = 9 THEN record_id || 'n' ELSE record_id END AS record_id,
                CASE WHEN {lot} = 1 THEN NULL ELSE nhs_number END AS nhs_number,
                CASE WHEN {lot} IN (2, 3) THEN surname || 'e' ELSE surname END AS surname,
                CASE WHEN {lot} > 3 THEN 'ZX9 9ZX' ELSE postcode END AS postcode,
                known_date + 1 AS known_date)
            FROM went WHERE {lot} > 0;
            COPY went TO '{folder}/removed.parquet';
            COPY came TO '{folder}/added.parquet';
            COPY (FROM read_parquet('{identities}') WHERE {lot} >= 10 UNION ALL FROM came)
                TO '{folder}/now.parquet' (COMPRESSION zstd);
            """
        )


def run_route(route: str, folder: Path, identities: Path, memory_mb: int) -> None:
    """Link by one route, write what it gives, and print what that took."""
    from joinedup.engines import DuckDBEngine
    from joinedup.linkage import CALIBRATION, Changed, Earlier, link
    from joinedup.safeguards.pseudonyms import Key

    began, before = time.perf_counter(), os.times()
    left, out = folder / FIRST / "state", folder / route
    with DuckDBEngine(spill=folder / "spill", memory_limit_mb=memory_mb) as engine:
        earlier, changed = None, None
        if route != FIRST:
            links = engine.read_parquet(folder / FIRST / "links.parquet")
            state = left if route == CHANGED else None
            earlier = Earlier(links, state, left / CALIBRATION)
            changed = Changed(
                *(engine.read_parquet(folder / f"{name}.parquet") for name in ("added", "removed"))
            )
        now, run = (identities, "1") if route == FIRST else (folder / "now.parquet", "2")
        linked = link(
            engine, engine.read_parquet(now), key=Key(bytes(32)), run=run,
            earlier=earlier, changed=changed, state=out / "state",
        )  # fmt: skip
        linking = time.perf_counter() - began
        for name in RESULTS:
            engine.write_parquet(getattr(linked, name), out / f"{name}.parquet")
    after, usage = os.times(), resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "seconds": time.perf_counter() - began,
        "seconds_before_writing_links": linking,
        "cpu_seconds": after.user + after.system - before.user - before.system,
        "peak_mb": usage.ru_maxrss // 1024,
    }
    print(json.dumps(figures))


def differences(folder: Path) -> int:
    """Rows that only one of the two routes gives."""
    with duckdb.connect() as connection:
        return sum(
            connection.execute(
                f"SELECT count(*) FROM (FROM '{folder / one / name}.parquet' "
                f"EXCEPT ALL FROM '{folder / other / name}.parquet')"
            ).fetchall()[0][0]
            for name in RESULTS
            for one, other in ((CHANGED, FULL), (FULL, CHANGED))
        )


def _in_own_process(args: argparse.Namespace, route: str, folder: Path) -> dict[str, float]:
    shutil.rmtree(folder / route, ignore_errors=True)
    command = [
        sys.executable, __file__, "--route", route, "--people", str(args.people),
        "--seed", str(args.seed), "--folder", args.folder, "--memory-mb", str(args.memory_mb),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{route:8}", *(f"{name} {value:.1f}" for name, value in figures.items()), sep="  ")
    return figures


def main() -> None:
    """Invent, link, change, link both ways, compare, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory-mb", type=int, default=5000)
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "joinedup-relinkage"))
    parser.add_argument("--route", choices=(FIRST, CHANGED, FULL), help=argparse.SUPPRESS)
    args = parser.parse_args()
    folder = Path(args.folder) / f"{args.people}-{args.seed}"
    if args.route:
        run_route(args.route, folder, folder / "identities.parquet", args.memory_mb)
        return
    identities, _ = invent(folder, people=args.people, seed=args.seed)
    change(folder, identities)
    print(f"load {os.getloadavg()[0]:.1f}", f"{args.people} people", sep="  ")
    _in_own_process(args, FIRST, folder)
    some, every = (_in_own_process(args, route, folder) for route in (CHANGED, FULL))
    unlike = differences(folder)
    state = sum(path.stat().st_size for path in (folder / FIRST / "state").rglob("*.parquet"))
    print(f"share of the full route's cpu {some['cpu_seconds'] / every['cpu_seconds']:.2f}")
    print(f"state {state / 1e6:.0f} MB  rows that differ {unlike}")
    for route, figures in ((CHANGED, some), (FULL, every)):
        units = {name: figures[name] for name in ("seconds", "cpu_seconds")}
        note(f"link what changed, {args.people} people, {route}",
             {**units, "mb": figures["peak_mb"]})  # fmt: skip
    if unlike:
        sys.exit("the two routes differ")


if __name__ == "__main__":
    main()

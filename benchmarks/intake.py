"""Take in a CSV of hospital admissions, beside DuckDB merely copying it to Parquet as text.

Each reading runs in a process of its own, in turn, so that its time and peak memory are its own.
Ours hashes the file, places every line, maps and checks every row, looks for repeated keys, and
writes what is accepted and what is quarantined.

    python benchmarks/intake.py                         20 million rows, 12 columns, 4 GB
    python benchmarks/intake.py --rows 2000000 --turns 1
    python benchmarks/intake.py --quoted                names and addresses with commas in quotes
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
from figures import note

FEED = """
partner = "R0D"
feed = "admissions"
title = "Admitted patient care, twelve columns"
files = "admissions_*"
extract_date = 'admissions_(\\d{8})'
key = ["CDS UNIQUE IDENTIFIER"]
[identity]
record_id = "LOCAL PATIENT IDENTIFIER"
nhs_number = "NHS NUMBER"
birth_date = { column = "PERSON BIRTH DATE", date = "%Y-%m-%d" }
sex = { column = "PERSON STATED GENDER CODE", codes = { "1" = "male", "2" = "female" } }
postcode = "POSTCODE OF USUAL ADDRESS"
[[events]]
organisation = "ORGANISATION CODE (CODE OF PROVIDER)"
setting = { value = "inpatient" }
kind = { value = "spell" }
service = "ACTIVITY TREATMENT FUNCTION CODE"
[events.start_at]
columns = ["START DATE", "START TIME"]
datetime = "%Y-%m-%d %H:%M:%S"
zone = "Europe/London"
[events.urgency]
column = "ADMISSION METHOD CODE"
codes = { "11" = "routine", "21" = "emergency", "28" = "emergency" }
[[events.codes]]
system = { value = "ICD-10" }
code = "PRIMARY DIAGNOSIS (ICD)"
"""

# One patient in five rows; one row in a thousand with a birth date or an admission date that cannot
# be read, an unknown code, or no patient.
INVENT = """
COPY (
  SELECT CASE WHEN i % 4000 = 17 THEN NULL ELSE printf('L%08d', p) END
           AS "LOCAL PATIENT IDENTIFIER",
         printf('9%09d', hash(p) % 1000000000) AS "NHS NUMBER",
         CASE WHEN i % 4000 = 1017 THEN '31/02/1950'
              ELSE strftime(DATE '1930-01-01' + (hash(p, 1) % 33000)::INT, '%Y-%m-%d') END
           AS "PERSON BIRTH DATE",
         (1 + hash(p, 2) % 2)::VARCHAR AS "PERSON STATED GENDER CODE",
         {postcode} AS "POSTCODE OF USUAL ADDRESS",
         printf('R0D%014d', i) AS "CDS UNIQUE IDENTIFIER",
         'R0D' AS "ORGANISATION CODE (CODE OF PROVIDER)",
         CASE WHEN i % 4000 = 2017 THEN 'unknown'
              ELSE strftime(DATE '2023-04-01' + (hash(i, 3) % 1095)::INT, '%Y-%m-%d') END
           AS "START DATE",
         printf('%02d:%02d:00', hash(i, 4) % 24, hash(i, 5) % 60) AS "START TIME",
         CASE WHEN i % 4000 = 3017 THEN '99' WHEN hash(i, 6) % 5 = 0 THEN '21' ELSE '11' END
           AS "ADMISSION METHOD CODE",
         (100 + hash(i, 7) % 300)::VARCHAR AS "ACTIVITY TREATMENT FUNCTION CODE",
         printf('%s%02d%d', chr((65 + hash(i, 8) % 20)::INT), hash(i, 9) % 100, hash(i, 10) % 10)
           AS "PRIMARY DIAGNOSIS (ICD)"
  FROM (SELECT i, hash(i) % {patients} AS p FROM range({rows}) t(i))
) TO '{path}' (HEADER)
"""
POSTCODE = "printf('BH%d %dAB', hash(p, 11) % 20, hash(p, 12) % 9)"
QUOTED_POSTCODE = "printf('%d High Street, BH%d', hash(p, 11) % 200, hash(p, 12) % 9)"


def invent(path: Path, rows: int, *, quoted: bool) -> None:
    """Write the CSV."""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        postcode = QUOTED_POSTCODE if quoted else POSTCODE
        connection.execute(
            INVENT.format(rows=rows, patients=max(rows // 5, 1), path=path, postcode=postcode)
        )


def ours(path: Path, target: Path, memory_mb: int) -> None:
    """Intake of one file, as a run does it."""
    from joinedup.actions.file_intake import FileTask, take_in_file
    from joinedup.engines import DuckDBEngine
    from joinedup.intake import Arrival, hash_file, parse_feed

    feed = parse_feed(FEED.encode(), Path("feed.toml"))
    arrival = Arrival(path, path.name, feed.partner, feed, date(2026, 4, 1))
    with DuckDBEngine(spill=target / "spill", memory_limit_mb=memory_mb) as engine:
        # A run hashes a file to know it, and once more as it reads it: both are counted.
        sha256 = hash_file(path)
        task = FileTask(arrival, sha256, sha256[:16], target / "parts", frozenset({"R0D"}))
        account = take_in_file(engine, task).account
    print(json.dumps({"accepted": account.accepted, "quarantined": account.quarantined,
                      "lines": account.lines}))  # fmt: skip


def floor(path: Path, target: Path, memory_mb: int) -> None:
    """DuckDB's own copy, every column as text."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        connection.execute(f"SET temp_directory = '{target / 'spill'}'")
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{path}', all_varchar = true)) "
            f"TO '{target / 'copy.parquet'}' (FORMAT parquet)"
        )
    print(json.dumps({}))


READINGS: dict[str, Callable[[Path, Path, int], None]] = {"floor": floor, "ours": ours}


def measured(name: str, path: Path, folder: Path, memory_mb: int) -> dict[str, float]:
    """Run one reading in a process of its own; its figures, with what it reports."""
    target = folder / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, __file__, "--only", name, "--file", path, "--target", target,
         "--memory-mb", str(memory_mb)],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        reported = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name} failed")
    figures: dict[str, float] = json.loads(reported)
    figures |= {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    return figures


def compare(rows: int, turns: int, memory_mb: int, *, quoted: bool) -> dict[str, float]:
    """Both readings in turn; the median of each, and the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "admissions_20260401.csv"
        invent(path, rows, quoted=quoted)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB", file=sys.stderr)
        found: dict[str, list[dict[str, float]]] = {name: [] for name in READINGS}
        for _ in range(turns):
            for name in READINGS:
                found[name].append(measured(name, path, folder, memory_mb))
                print(name, found[name][-1], file=sys.stderr)
    result: dict[str, float] = {"rows": rows}
    for name, runs in found.items():
        for figure in ("seconds", "cpu_seconds"):
            result[f"{name}_{figure}"] = statistics.median(run[figure] for run in runs)
        result[f"{name}_peak_mb"] = max(run["peak_mb"] for run in runs)
    result["ratio"] = result["ours_seconds"] / result["floor_seconds"]
    result["cpu_ratio"] = result["ours_cpu_seconds"] / result["floor_cpu_seconds"]
    return {key: round(value, 2) for key, value in result.items()}


def main() -> None:
    """Read the command line, run, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--memory-mb", type=int, default=3500)
    parser.add_argument("--quoted", action="store_true")
    parser.add_argument("--only", choices=READINGS)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--target", type=Path)
    asked = parser.parse_args()
    if asked.only:
        READINGS[asked.only](asked.file, asked.target, asked.memory_mb)
        return
    result = compare(asked.rows, asked.turns, asked.memory_mb, quoted=asked.quoted)
    kind = "intake, quoted" if asked.quoted else "intake"
    for name in READINGS:
        measured_units = {"seconds": "seconds", "cpu_seconds": "cpu_seconds", "mb": "peak_mb"}
        note(
            f"{kind} {asked.rows:,} rows, {name}",
            {unit: result[f"{name}_{key}"] for unit, key in measured_units.items()},
        )
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

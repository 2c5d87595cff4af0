"""The copying floor: DuckDB reads a CSV as text and writes it as Parquet, and nothing more.

What a machine can do at best with the same bytes, measured in the same run, so that figures of a
quick and a slow machine, or of a quiet and a busy one, can be held against each other.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROWS = 2_000_000
TURNS = 3
_INVENT = """
COPY (
  SELECT printf('L%08d', hash(i) % 400000) AS patient, printf('9%09d', hash(i, 1) % 1000000000)
           AS number, (DATE '1930-01-01' + (hash(i, 2) % 33000)::INT)::VARCHAR AS born,
         printf('ZX%d %dAB', hash(i, 3) % 20, hash(i, 4) % 9) AS postcode, 'RZ1' AS organisation,
         (DATE '2023-04-01' + (hash(i, 5) % 1095)::INT)::VARCHAR AS started,
         (100 + hash(i, 6) % 300)::VARCHAR AS service, printf('R0D%014d', i) AS id
  FROM range({rows}) t(i)
) TO '{path}' (HEADER)
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """Median seconds, by the clock and of processors, of copying the same rows."""

    seconds: float
    cpu_seconds: float


def measure_floor(folder: Path) -> Floor:
    """Copy the same rows some times, each in a process of its own."""
    path = folder / "floor.csv"
    if not path.is_file():
        with duckdb.connect() as connection:
            connection.execute(_INVENT.format(rows=ROWS, path=path))
    seconds, cpu_seconds = [], []
    for _ in range(TURNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run([sys.executable, __file__, str(path)], check=True)
        seconds.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_seconds.append(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        )  # fmt: skip
    return Floor(statistics.median(seconds), statistics.median(cpu_seconds))


def main() -> None:
    """Copy the file that is named, once."""
    source = Path(sys.argv[1])
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_csv('{source}', all_varchar = true, header = true)) "
            f"TO '{source.with_suffix('.parquet')}' (FORMAT parquet)"
        )


if __name__ == "__main__":
    main()

"""A large table is written in order, range by range, and no row is lost at the seams."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest

from joinedup.engines import DuckDBEngine, sorting, write_sorted


@pytest.mark.parametrize("rows_at_once", [60, 97, 1000])
def test_the_rows_of_all_ranges_stand_in_order(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(sorting, "_rows_at_once", lambda _: rows_at_once)
    numbers = [(n * 7919) % 65536 for n in range(500)] + [0, 0xFFFF, 0x8000, 0x7FFF]
    rows = [{"person_id": f"P{n:04X}00000000000", "n": place} for place, n in enumerate(numbers)]
    path = tmp_path / "table.parquet"
    written = write_sorted(engine, ibis.memtable(rows), path, by="person_id", then=["n"])
    assert written == len(rows)
    found = pq.read_table(path).to_pylist()
    assert found == sorted(rows, key=lambda row: (row["person_id"], row["n"]))
    assert [one.name for one in tmp_path.iterdir() if "table" in one.name] == ["table.parquet"]


def test_a_table_without_rows_is_written_with_its_columns(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    nobody = ibis.memtable([], schema=ibis.schema({"person_id": "string", "n": "int64"}))
    path = tmp_path / "table.parquet"
    assert write_sorted(engine, nobody, path, by="person_id") == 0
    assert pq.read_table(path).column_names == ["person_id", "n"]

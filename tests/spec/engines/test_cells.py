"""A large table is a file for each year and range of people; no row is lost at the seams."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest

from joinedup.engines import CellOrder, Cells, Engine, cells, duckdb_cells

BY = CellOrder("on", ("person_id", "n"))
SCHEMA = ibis.schema({"person_id": "string", "on": "date", "n": "int64"})


def rows(people: range, year: int = 2024, first: int = 0) -> list[dict[str, object]]:
    """One row a person; pseudonyms are spread evenly, as real ones are."""
    return [
        {"person_id": f"P{one * 7919 % 4096:03X}000000000000", "on": dt.date(year, 3, 1), "n": n}
        for n, one in enumerate(people, first)
    ]


def table(given: list[dict[str, object]]) -> ir.Table:
    return ibis.memtable(given, schema=SCHEMA)


def found(folder: Path) -> dict[str, list[dict[str, object]]]:
    return {path.name: pq.read_table(path).to_pylist() for path in sorted(folder.glob("*"))}


def all_rows(folder: Path) -> list[dict[str, object]]:
    return [row for rows_of_file in found(folder).values() for row in rows_of_file]


def by_key(given: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(given, key=lambda row: (str(row["person_id"]), row["n"]))


@pytest.fixture(autouse=True)
def few_rows_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "ROWS_A_FILE", 100)


@pytest.mark.parametrize("batches", [1, 4, 16])
def test_a_cell_holds_one_year_of_one_range_of_people_in_order(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(duckdb_cells, "_batches", lambda *_: batches)
    given = rows(range(600), 2023) + rows(range(300), 2024, 1000)
    pieces = [table(given[:250]), table(given[250:])]
    parting = engine.write_cells(pieces, tmp_path / "t", BY)
    assert parting == Cells(2023, 8)  # 600 rows of a year, 100 a file: the next power of two
    files = found(tmp_path / "t")
    assert set(files) == {f"{year}-{n:04d}.parquet" for year in (2023, 2024) for n in range(8)}
    mine = [row for row in given[600:] if 3 <= int(str(row["person_id"])[1:4], 16) // 512 < 4]
    assert files["2024-0003.parquet"] == by_key(mine)
    assert by_key(all_rows(tmp_path / "t")) == by_key(given)


def test_few_old_rows_and_those_without_a_date_share_files(engine: Engine, tmp_path: Path) -> None:
    undated = [{**rows(range(1))[0], "on": None, "n": 9}]
    far = rows(range(1), 2999, 8)
    given = rows(range(4), 1990) + rows(range(2), 2001) + rows(range(200), 2023) + far + undated
    engine.write_cells([table(given)], tmp_path / "t", BY)
    assert {name.rpartition("-")[0] for name in found(tmp_path / "t")} == {
        "before-2023", "2023", "after", "undated",
    }  # fmt: skip


def test_a_table_without_rows_is_written_with_its_columns(engine: Engine, tmp_path: Path) -> None:
    engine.write_cells([table([])], tmp_path / "t", BY)
    assert pq.read_table(tmp_path / "t" / "all.parquet").column_names == ["person_id", "on", "n"]


def test_what_changed_is_written_and_the_rest_is_the_same_file(
    engine: Engine, tmp_path: Path
) -> None:
    given = rows(range(600), 2023) + rows(range(600), 2024, 1000)
    parting = engine.write_cells([table(given)], tmp_path / "a", BY)
    gone, added = [given[0], given[700]], [{**given[1], "n": 5000}, {**given[1], "n": 5001}]
    engine.change_cells(
        tmp_path / "a", tmp_path / "b", BY, parting,
        gone=table(gone), key=["n"], added=table(added),
    )  # fmt: skip
    whole = engine.write_cells(
        [table([row for row in given if row not in gone] + added)], tmp_path / "c", BY,
        cells=parting,
    )  # fmt: skip
    assert whole == parting
    assert found(tmp_path / "b") == found(tmp_path / "c")
    same = [
        path.name for path in (tmp_path / "a").iterdir()
        if path.samefile(tmp_path / "b" / path.name)
    ]  # fmt: skip
    assert len(same) == 16 - 3  # two rows went from two files, two came to a third


def test_the_last_row_of_a_file_takes_the_file_with_it(engine: Engine, tmp_path: Path) -> None:
    given = rows(range(1), 2023) + rows(range(1), 2024, 1)
    parting = engine.write_cells([table(given)], tmp_path / "a", BY)
    engine.change_cells(
        tmp_path / "a", tmp_path / "b", BY, parting,
        gone=table(given[:1]), key=["n"], added=table([]),
    )  # fmt: skip
    assert all_rows(tmp_path / "b") == given[1:]
    engine.change_cells(
        tmp_path / "b", tmp_path / "c", BY, parting,
        gone=table(given[1:]), key=["n"], added=table([]),
    )  # fmt: skip
    assert found(tmp_path / "c") == {"all.parquet": []}


def test_a_table_that_outgrew_its_files_is_parted_anew(engine: Engine, tmp_path: Path) -> None:
    parting = engine.write_cells([table(rows(range(50)))], tmp_path / "a", BY)
    assert parting.ranges == 1
    more = rows(range(1000), first=5000)
    after = engine.change_cells(
        tmp_path / "a", tmp_path / "b", BY, parting,
        gone=table(rows(range(1))), key=["n"], added=table(more),
    )  # fmt: skip
    assert after.ranges == 16
    assert by_key(all_rows(tmp_path / "b")) == by_key(rows(range(50))[1:] + more)

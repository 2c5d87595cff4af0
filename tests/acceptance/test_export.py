"""Pseudonymous tables go out, as plain Parquet or Delta, to be read without Joinedup."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.systems import InventedSystem, joinedup

IDENTIFIED = {"identities", "links", "link_review", "quarantine"}


def export(system: Path, to: Path, *more: object) -> Any:
    done = joinedup(
        "snapshot", "export", system, "--to", to, "--purpose", "evaluation", *more, "--json"
    )
    assert done.code == 0, done.out
    return done.json


def rows(files: str) -> int:
    row = duckdb.sql(f"select count(*) from read_parquet('{files}')").fetchone()
    assert row
    return int(row[0])


def test_parquet_goes_out_whole_with_nobody_named_and_the_look_recorded(
    invented: InventedSystem, tmp_path: Path
) -> None:
    done = export(invented.path, tmp_path / "out")
    assert done["snapshot"] == invented.outcome["snapshot"]
    folders = {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()}
    assert folders == {one["table"] for one in done["tables"]}
    assert folders & IDENTIFIED == set()
    assert "events" in folders
    for one in done["tables"]:
        assert rows(f"{tmp_path}/out/{one['table']}/*.parquet") == one["rows"], one["table"]
    looks = (invented.path / "identified" / "looks.jsonl").read_text(encoding="utf-8").splitlines()
    last = [json.loads(line) for line in looks[-len(folders) :]]
    assert {look["purpose"] for look in last} == {"evaluation"}
    assert all(look["what"].endswith("exported") for look in last)


def test_an_export_is_replaced_by_the_next_and_other_folders_are_left_alone(
    invented: InventedSystem, tmp_path: Path
) -> None:
    export(invented.path, tmp_path / "out", "--table", "persons")
    (tmp_path / "out" / "persons" / "old.parquet").write_bytes(b"")
    export(invented.path, tmp_path / "out", "--table", "persons")
    assert not (tmp_path / "out" / "persons" / "old.parquet").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    for place in (mine, invented.path / "lake", invented.path / "identified" / "x"):
        done = joinedup(
            "snapshot", "export", invented.path, "--to", place, "--purpose", "finance", "--json"
        )
        assert done.code == 1, place
        assert done.json["cure"]
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_who_people_are_is_not_exported_for_any_purpose(
    invented: InventedSystem, tmp_path: Path
) -> None:
    words = ("snapshot", "export", invented.path, "--to", tmp_path / "out")
    done = joinedup(*words, "--purpose", "direct_care", "--table", "identities", "--json")
    assert done.code == 1
    assert "names people" in done.json["error"]
    done = joinedup(*words, "--purpose", "curiosity", "--json")
    assert done.code == 1
    assert "not a purpose" in done.json["error"]
    assert joinedup(*words).code == 2, "a purpose must be stated"
    assert not (tmp_path / "out").exists()


def test_a_damaged_snapshot_is_not_exported(invented: InventedSystem, tmp_path: Path) -> None:
    system = tmp_path / "system"
    shutil.copytree(invented.path, system)
    path = next((system / "lake" / "snapshots").glob("*/tables/persons/*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = joinedup(
        "snapshot", "export", system, "--to", tmp_path / "out", "--purpose", "finance", "--json"
    )
    assert done.code == 1
    assert done.json["where"] == str(path)
    assert not (tmp_path / "out").exists()


def test_delta_tables_read_back_row_for_row_and_keep_their_versions(
    invented: InventedSystem, tmp_path: Path
) -> None:
    deltalake = pytest.importorskip("deltalake", reason="needs the extra joinedup[delta]")
    out = tmp_path / "out"
    first = export(invented.path, out, "--format", "delta", "--table", "events")
    second = export(invented.path, out, "--format", "delta", "--table", "events")
    assert [one["tables"][0]["version"] for one in (first, second)] == [0, 1]
    table = deltalake.DeltaTable(out / "events")
    assert table.history()[0]["joinedup_snapshot"] == invented.outcome["snapshot"]
    assert table.protocol().min_reader_version == 1, "any reader of Delta can"
    exported = table.to_pyarrow_table()
    lake = f"{invented.path}/lake/snapshots/{first['snapshot']}/tables/events/*.parquet"
    duckdb.sql("set timezone = 'UTC'")
    columns = ", ".join(
        f'"{name}"::timestamp as "{name}"' if name.endswith("_at") else f'"{name}"'
        for name in exported.column_names
    )
    there = duckdb.sql(f"select {columns} from exported")
    here = duckdb.sql(f"select {columns} from read_parquet('{lake}')")
    assert len(exported) == invented.outcome["events"]
    assert there.except_(here).fetchall() == []
    assert here.except_(there).fetchall() == []


def test_polars_reads_the_delta_tables(invented: InventedSystem, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    pytest.importorskip("deltalake", reason="needs the extra joinedup[delta]")
    export(invented.path, tmp_path / "out", "--format", "delta", "--table", "persons")
    found = polars.scan_delta(str(tmp_path / "out" / "persons")).select(polars.len()).collect()
    assert found.item() == invented.outcome["persons"]


def test_delta_is_not_mixed_with_parquet(invented: InventedSystem, tmp_path: Path) -> None:
    pytest.importorskip("deltalake", reason="needs the extra joinedup[delta]")
    export(invented.path, tmp_path / "out", "--table", "persons")
    done = joinedup(
        "snapshot", "export", invented.path, "--to", tmp_path / "out", "--purpose", "finance",
        "--format", "delta", "--json",
    )  # fmt: skip
    assert done.code == 1
    assert "something else" in done.json["error"]

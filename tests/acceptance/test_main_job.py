"""Partners' extracts go in; one population comes out, with every line accounted for."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from joinedup import tables
from tests.systems import Done, InventedSystem, make_system

Command = Callable[..., Done]


def physical_lines(path: Path) -> int:
    if path.suffix == ".parquet":
        row = duckdb.sql(f"select count(*) from read_parquet('{path}')").fetchone()
        assert row
        return int(row[0])
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return content.count(b"\n") + (not content.endswith(b"\n") and content != b"")


def published(invented: InventedSystem, name: str) -> duckdb.DuckDBPyRelation:
    snapshot = invented.outcome["snapshot"]
    return duckdb.sql(
        f"from read_parquet('{invented.path}/lake/snapshots/{snapshot}/tables/{name}/*.parquet')"
    )


def identified(invented: InventedSystem, name: str) -> duckdb.DuckDBPyRelation:
    snapshot = invented.outcome["snapshot"]
    return duckdb.sql(
        f"from read_parquet('{invented.path}/identified/snapshots/{snapshot}/{name}/*.parquet')"
    )


def count(relation: duckdb.DuckDBPyRelation) -> int:
    row = relation.aggregate("count(*)").fetchone()
    assert row
    return int(row[0])


def test_the_books_of_every_file_balance_with_its_lines_counted_anew(
    invented: InventedSystem,
) -> None:
    assert invented.outcome["files"]
    for one in invented.outcome["files"]:
        lines = physical_lines(invented.path / "inbox" / one["file"])
        assert one["lines"] == lines, one["file"]
        balanced = one["accepted_lines"] + one["quarantined_lines"] + one["header_or_blank"]
        assert balanced == lines, one["file"]


def test_every_file_in_the_inbox_has_an_account_or_is_waiting(invented: InventedSystem) -> None:
    inbox = invented.path / "inbox"
    there = {path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file()}
    accounted = {one["file"] for one in invented.outcome["files"]}
    assert there == accounted | set(invented.outcome["waiting"])


def test_the_accepted_rows_of_all_files_are_in_the_population(invented: InventedSystem) -> None:
    """Every row that stands is published under its own file and number, in one table or more."""
    files = published(invented, "files")
    taken = files.aggregate("sum(accepted) - sum(superseded)").fetchone()
    sources = [
        published(invented, name).project("file_id, source_row")
        for name in ("events", "referrals", "registrations", "residences")
    ]
    rows = sources[0].union(sources[1]).union(sources[2]).union(sources[3]).distinct()
    assert taken
    assert count(rows) == taken[0]


def test_what_was_promised_is_published_and_nothing_else(invented: InventedSystem) -> None:
    for declared in tables.PROMISED:
        relation = (identified if declared.zone == "identified" else published)(
            invented, declared.name
        )
        assert tuple(relation.columns) == declared.column_names, declared.name


def test_required_columns_are_never_null_and_codes_are_from_their_sets(
    invented: InventedSystem,
) -> None:
    for declared in tables.PROMISED:
        relation = (identified if declared.zone == "identified" else published)(
            invented, declared.name
        )
        for column in declared.columns:
            if column.required:
                assert count(relation.filter(f'"{column.name}" is null')) == 0, column.name
            if column.codes:
                found = {
                    row[0] for row in relation.project(f'"{column.name}"').distinct().fetchall()
                }
                assert found - {None} <= set(column.codes), (declared.name, column.name)


def test_keys_are_unique(invented: InventedSystem) -> None:
    for declared in tables.PROMISED:
        relation = (identified if declared.zone == "identified" else published)(
            invented, declared.name
        )
        keys = ", ".join(f'"{name}"' for name in declared.key)
        assert count(relation.project(keys).distinct()) == count(relation), declared.name


def test_everybody_in_any_table_is_a_person(invented: InventedSystem) -> None:
    persons = published(invented, "persons").project("person_id")
    for name in ("events", "codes", "referrals", "registrations", "residences"):
        people = published(invented, name).project("person_id").distinct()
        assert count(people.except_(persons)) == 0, name


def test_linkage_is_scored_against_the_truth(invented: InventedSystem, command: Command) -> None:
    truth = invented.path / "truth" / "truth.parquet"
    done = command("linkage", "score", invented.path, "--truth", truth, "--json")
    assert done.code == 0, done.err
    score = done.json
    assert {"precision", "recall", "f1", "pairs", "by"} <= set(score)
    assert score["precision"] >= 0.995
    assert score["f1"] >= 0.99


def test_status_says_what_the_run_said(invented: InventedSystem, command: Command) -> None:
    done = command("status", invented.path, "--json")
    assert done.code == 0, done.err
    for key in ("snapshot", "identities", "persons", "events"):
        assert done.json[key] == invented.outcome[key]
    assert sorted(done.json["files"], key=str) == sorted(invented.outcome["files"], key=str)


def test_every_step_reports_its_cost(invented: InventedSystem) -> None:
    steps = {step["name"]: step for step in invented.outcome["steps"]}
    assert {"take in", "link", "record", "guard", "publish"} <= set(steps)
    for step in steps.values():
        assert set(step) == {
            "name", "seconds", "cpu_seconds", "peak_mb", "read_bytes", "written_bytes", "reused",
        }  # fmt: skip
        assert not step["reused"]
    received = sum(one["bytes"] for one in invented.outcome["files"])
    if steps["take in"]["read_bytes"] is not None:  # macOS does not count them
        assert steps["take in"]["read_bytes"] >= 2 * received, "each file is hashed and read"
        assert steps["record"]["written_bytes"] > steps["publish"]["written_bytes"] > 0


def test_one_person_is_shown_with_source_and_freshness(
    invented: InventedSystem, command: Command
) -> None:
    busiest = published(invented, "events").aggregate("person_id, count(*) as n", "person_id")
    row = busiest.order("n desc, person_id").fetchone()
    assert row
    done = command("person", invented.path, row[0], "--json")
    assert done.code == 0, done.err
    person = done.json
    assert len(person["history"]) == row[1]
    for item in person["history"]:
        assert item["file"].startswith(item["partner"] + "/")
        assert item["known_date"] and item["source_row"] >= 1
    starts = [item["start_at"] for item in person["history"]]
    assert starts == sorted(starts, reverse=True)
    shown = command("person", invented.path, row[0])
    assert shown.code == 0
    assert row[0] in shown.out


def test_a_stranger_s_id_is_a_clear_error(invented: InventedSystem, command: Command) -> None:
    done = command("person", invented.path, "P000", "--json")
    assert done.code == 1
    assert set(done.json) == {"error", "where", "cure"}


def test_the_report_is_written(invented: InventedSystem) -> None:
    page = (invented.path / "report" / "index.html").read_text(encoding="utf-8")
    assert f"{invented.outcome['persons']:,}" in page


def test_a_second_run_reuses_every_step_and_changes_nothing(
    invented: InventedSystem, command: Command, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(invented.path, copy)
    done = command("run", copy, "--json")
    assert done.code in (0, 3), done.err
    again = done.json
    reused = {step["name"] for step in again["steps"] if step["reused"]}
    assert {"link", "record", "guard"} <= reused
    assert again["snapshot"] != invented.outcome["snapshot"]
    first, second = (
        {
            path.relative_to(tables_of): path.read_bytes()
            for tables_of in (copy / "lake/snapshots" / snapshot / "tables",)
            for name in ("persons", "events", "codes", "referrals", "residences")
            for path in (tables_of / name).iterdir()
        }
        for snapshot in (invented.outcome["snapshot"], again["snapshot"])
    )
    assert first == second
    assert first


def test_a_feed_that_maps_a_name_into_a_table_publishes_nothing(
    invented: InventedSystem, command: Command, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(invented.path, copy)
    feed = copy / "feeds" / "rz1-admissions.toml"
    text = feed.read_text(encoding="utf-8")
    feed.write_text(text.replace("[[events]]", '[[events]]\nservice = "PERSON FAMILY NAME"', 1))
    if text.count("\nservice ="):
        lines = [line for line in text.splitlines() if not line.startswith("service =")]
        text = "\n".join(lines)
        feed.write_text(
            text.replace("[[events]]", '[[events]]\nservice = "PERSON FAMILY NAME"', 1),
            encoding="utf-8",
        )
    done = command("run", copy, "--json")
    assert done.code == 1, done.out
    assert "would name people" in done.json["error"]
    current = (copy / "lake" / "CURRENT").read_text(encoding="utf-8").strip()
    assert current == invented.outcome["snapshot"]


def test_another_key_is_refused_because_nobody_would_keep_their_id(
    invented: InventedSystem, command: Command, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(invented.path, copy)
    (copy / "identified" / "key").write_text("ab" * 32)
    (copy / "identified" / "key").chmod(0o600)
    done = command("run", copy, "--json")
    assert done.code == 1
    assert "key" in done.json["error"]


def test_the_order_of_arrival_changes_nobody(command: Command, tmp_path: Path) -> None:
    """Files that come in two goes, the newest first, give the people that one run gives."""
    at_once = make_system(tmp_path / "at once", 600, seed=3)
    in_two = tmp_path / "in two goes"
    shutil.copytree(at_once, in_two)
    inbox, later = in_two / "inbox", tmp_path / "later"
    held_back = [
        path for path in inbox.rglob("*") if path.is_file() and "20260401" not in path.name
    ]
    assert held_back
    for path in held_back:
        target = later / path.relative_to(inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    assert command("run", in_two, "--json").code in (0, 3)
    shutil.copytree(later, inbox, dirs_exist_ok=True)
    for system in (at_once, in_two):
        assert command("run", system, "--json").code in (0, 3)
    assert people(at_once) == people(in_two)
    first, second = (
        json.loads(command("status", path, "--json").out) for path in (at_once, in_two)
    )
    for figure in ("identities", "persons", "events"):
        assert first[figure] == second[figure]


def people(system: Path) -> set[frozenset[tuple[str, str]]]:
    """Each person as the records that it is made of: ids keep the history, people do not."""
    current = (system / "lake" / "CURRENT").read_text(encoding="utf-8").strip()
    rows = duckdb.sql(
        "select person_id, partner, record_id from "
        f"read_parquet('{system}/identified/snapshots/{current}/links/*.parquet')"
    ).fetchall()
    found: dict[str, set[tuple[str, str]]] = {}
    for person_id, partner, record_id in rows:
        found.setdefault(person_id, set()).add((partner, record_id))
    return {frozenset(records) for records in found.values()}


@pytest.mark.parametrize("words", [("run",), ("status",), ("person", "P1")])
def test_a_folder_that_is_no_system_is_a_clear_error(
    words: tuple[str, ...], command: Command, tmp_path: Path
) -> None:
    verb, *rest = words
    done = command(verb, tmp_path / "nowhere", *rest, "--json")
    assert done.code == 1
    assert done.json["cure"]

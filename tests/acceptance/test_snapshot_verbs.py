"""Snapshots are listed, verified, rolled back to and pruned; damage is named and healed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

import joinedup
from joinedup.terms import SnapshotError, SnapshotWarning
from tests.systems import Done, InventedSystem
from tests.systems import joinedup as run_command

Command = Callable[..., Done]


@pytest.fixture(scope="module")
def made_twice(invented: InventedSystem, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system of two snapshots, the second with unit costs. Tests must not change it."""
    system = tmp_path_factory.mktemp("snapshots") / "system"
    shutil.copytree(invented.path, system)
    (system / "agreements").mkdir(exist_ok=True)
    (system / "agreements" / "unit_costs.toml").write_text(
        '[[unit_costs]]\nsetting = "emergency"\nkind = "attendance"\ncost_pence = 1000\n'
        'year = "2024/25"\nsource = "made up for this test"\n',
        encoding="utf-8",
    )
    done = run_command("run", system, "--json")
    assert done.code in (0, 3), done.err
    return system


@pytest.fixture
def system(made_twice: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(made_twice, tmp_path / "system")
    return tmp_path / "system"


def listed(system: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run_command("snapshot", "list", system, "--json").json[
        "snapshots"
    ]
    return found


def serving(system: Path) -> str:
    return (system / "lake" / "CURRENT").read_text(encoding="utf-8").strip()


def only_in(system: Path, snapshot: str) -> Path:
    """The file of `files`, which each run writes anew."""
    return system / "lake" / "snapshots" / snapshot / "tables" / "files" / "all.parquet"


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_the_list_tells_rows_bytes_and_which_one_serves(
    made_twice: Path, invented: InventedSystem
) -> None:
    first, second = listed(made_twice)
    assert [first["serves"], second["serves"]] == [False, True]
    assert first["snapshot"] == invented.outcome["snapshot"]
    for one in (first, second):
        assert one["persons"] == invented.outcome["persons"]
        assert one["events"] == invented.outcome["events"]
        assert 0 < one["own_bytes"] <= one["bytes"]
    assert second["own_bytes"] < second["bytes"], "the links are those of the first"


def test_a_snapshot_is_shown_by_its_number(made_twice: Path, command: Command) -> None:
    shown = command("snapshot", "show", made_twice, "1", "--json").json
    assert shown["snapshot"].startswith("000001-")
    rows = {one["table"]: one["rows"] for one in shown["tables"]}
    assert rows["persons"] == listed(made_twice)[0]["persons"]
    assert [one["act"] for one in shown["history"]] == ["published"]
    unknown = command("snapshot", "show", made_twice, "7", "--json")
    assert unknown.code == 1
    assert "no snapshot '7'" in unknown.json["error"]


def test_verify_names_what_is_damaged_and_what_is_missing(system: Path, command: Command) -> None:
    assert command("snapshot", "verify", system, "--json").code == 0
    flip_a_bit(only_in(system, serving(system)))
    persons = system / "lake" / "snapshots" / serving(system) / "tables" / "persons"
    shutil.rmtree(persons)
    done = command("snapshot", "verify", system, "2", "--json")
    assert done.code == 3
    (found,) = done.json["snapshots"]
    told = {Path(one["file"]).parent.name: one["what"] for one in found["damage"]}
    assert "checksum" in told["files"]
    assert told["persons"] == "it is not there"
    assert command("snapshot", "verify", system, "1").code == 0


def test_rolled_back_the_earlier_one_serves_and_the_next_run_goes_on_from_it(
    system: Path, command: Command
) -> None:
    first, second = (one["snapshot"] for one in listed(system))
    done = command("snapshot", "rollback", system, "1", "--why", "costs were wrong", "--json")
    assert done.code == 0, done.err
    assert done.json["served_before"] == second
    assert command("status", system, "--json").json["snapshot"] == first
    history = command("snapshot", "show", system, first, "--json").json["history"]
    assert (history[-1]["act"], history[-1]["why"]) == ("rolled back to", "costs were wrong")
    run = command("run", system, "--json")
    assert run.json["snapshot"].startswith("000003-")
    assert [one["snapshot"] for one in listed(system)] == [first, second, run.json["snapshot"]]
    made_after = command("snapshot", "show", system, "--json").json["made_after"]
    assert made_after == first
    for name in ("persons", "events", "residences"):
        assert rows_of(system, serving(system), name) == rows_of(system, second, name), name


def test_a_damaged_snapshot_is_not_rolled_back_to(system: Path, command: Command) -> None:
    first, second = (one["snapshot"] for one in listed(system))
    flip_a_bit(only_in(system, first))
    done = command("snapshot", "rollback", system, first, "--json")
    assert done.code == 1
    assert done.json["where"] == str(only_in(system, first))
    assert serving(system) == second


def test_prune_erases_the_identified_part_too_and_never_what_serves(
    system: Path, command: Command
) -> None:
    first, second = (one["snapshot"] for one in listed(system))
    for words in ((first, second), (second, "--dry-run")):
        refused = command("snapshot", "prune", system, *words, "--json")
        assert refused.code == 1
        assert "serves is not erased" in refused.json["error"]
        assert len(listed(system)) == 2, "nothing is erased where one may not be"
    planned = command("snapshot", "prune", system, "--keep", 1, "--dry-run", "--json").json
    assert planned["erased"] == [first]
    assert planned["freed_bytes"] > 0
    assert len(listed(system)) == 2
    done = command("snapshot", "prune", system, first, first, "--json").json
    assert (done["erased"], done["kept"]) == ([first], [second])
    assert [path.name for path in (system / "identified" / "snapshots").iterdir()] == [second]
    assert command("snapshot", "prune", system, "--keep", 1, "--json").json["erased"] == []


def test_a_flipped_bit_is_named_by_the_next_run_which_goes_on_from_the_last_good_one(
    system: Path, command: Command
) -> None:
    first, second = (one["snapshot"] for one in listed(system))
    flip_a_bit(only_in(system, second))
    run = command("run", system, "--json")
    assert run.code in (0, 3), run.err
    assert str(only_in(system, second)) in run.json["notice"]
    assert "damaged" in run.err
    history = (system / "lake" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    acts = [(json.loads(line)["act"], json.loads(line)["snapshot"]) for line in history]
    assert acts[-2:] == [("fell back to", first), ("published", run.json["snapshot"])]
    assert command("snapshot", "verify", system, serving(system)).code == 0


def test_a_lost_file_is_told_loudly_and_the_last_good_one_is_read(
    system: Path, command: Command
) -> None:
    first, second = (one["snapshot"] for one in listed(system))
    only_in(system, second).unlink()
    status = command("status", system, "--json")
    assert status.json["snapshot"] == first
    assert str(only_in(system, second)) in status.json["notice"]
    assert str(only_in(system, second)) in status.err.replace("\n", "")
    assert serving(system) == second, "who only reads changes nothing"
    with pytest.warns(SnapshotWarning, match="damaged"), joinedup.open(system) as opened:
        assert opened.snapshot.id == first


def test_where_no_snapshot_is_whole_the_file_is_named(system: Path, command: Command) -> None:
    for one in listed(system):
        only_in(system, one["snapshot"]).write_bytes(b"")
    done = command("status", system, "--json")
    assert done.code == 1
    assert done.json["where"] == str(only_in(system, serving(system)))
    assert "joinedup run" in done.json["cure"]


def test_damage_to_a_file_that_all_snapshots_share_is_healed_with_the_same_people(
    system: Path, command: Command
) -> None:
    was = people(system)
    for one in listed(system):
        flip_a_bit(only_in(system, one["snapshot"]))
    run = command("run", system, "--json")
    assert run.code in (0, 3), run.err
    assert str(only_in(system, listed(system)[1]["snapshot"])) in run.json["notice"]
    assert "made again" in run.json["notice"]
    assert not any(step["reused"] for step in run.json["steps"])
    assert command("snapshot", "verify", system, serving(system)).code == 0
    assert people(system) == was


def test_a_run_anew_keeps_to_what_is_whole(system: Path, command: Command) -> None:
    """Where the last one's own links are damaged too, the ids are those of the one before it."""
    first, second = (one["snapshot"] for one in listed(system))
    for one in (first, second):
        flip_a_bit(only_in(system, one))
    flip_a_bit(system / "identified" / "snapshots" / second / "links" / "all.parquet")
    run = command("run", system, "--json")
    assert run.code in (0, 3), run.err
    assert f"with the person ids of {first}" in run.json["notice"]


def test_without_whole_links_a_run_refuses_as_nobody_would_keep_their_id(
    system: Path, command: Command
) -> None:
    for one in listed(system):
        flip_a_bit(system / "identified" / "snapshots" / one["snapshot"] / "links" / "all.parquet")
    before = serving(system)
    done = command("run", system, "--json")
    assert done.code == 1
    assert "links" in done.json["where"]
    assert "backup" in done.json["cure"]
    assert serving(system) == before


def rows_of(system: Path, snapshot: str, name: str) -> list[tuple[Any, ...]]:
    """All rows of a pseudonymous table."""
    files = system / "lake" / "snapshots" / snapshot / "tables" / name
    return duckdb.sql(f"from read_parquet('{files}/*.parquet') order by all").fetchall()


def people(system: Path) -> set[tuple[str, str, str]]:
    """Who is who in the snapshot that serves."""
    links = system / "identified" / "snapshots" / serving(system) / "links"
    rows = duckdb.sql(
        f"select partner, record_id, person_id from read_parquet('{links}/*.parquet')"
    ).fetchall()
    return set(rows)


def test_reading_that_fails_on_a_flipped_bit_names_the_file(system: Path) -> None:
    path = only_in(system, serving(system))
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 2] = bytes(len(content) // 2 - 4)
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match="checksum") as failed, joinedup.open(system) as opened:
        opened.files.to_pyarrow()
    assert failed.value.where == str(path)


def test_a_snapshot_pruned_while_it_was_read_is_said_so(system: Path) -> None:
    for read_first in (True, False):
        shutil.copytree(system, system.with_name(f"copy {read_first}"))
        with (
            pytest.raises(SnapshotError, match="pruned while"),
            joinedup.open(system.with_name(f"copy {read_first}")) as opened,
        ):
            events = opened.events if read_first else None
            shutil.rmtree(opened.snapshot.path)
            (opened.files if events is None else events.aggregate(events.start_at.max())).execute()

"""`joinedup snapshot diff` tells an analyst what changed, and why, and its figures add up."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.systems import InventedSystem, joinedup

TABLES = ("events", "codes", "referrals", "registrations", "residences")


@dataclass(frozen=True)
class Changed:
    """A system of two snapshots, and what their difference is said to be, exactly."""

    path: Path
    difference: Any


@pytest.fixture(scope="module")
def changed(invented: InventedSystem, tmp_path_factory: pytest.TempPathFactory) -> Changed:
    """A correction and a charity's year are withdrawn; a cost and a partner's name are changed."""
    system = tmp_path_factory.mktemp("difference") / "system"
    shutil.copytree(invented.path, system)
    inbox = system / "inbox"
    for path in (*inbox.rglob("admissions_*corrected.csv"), *inbox.rglob("charity_20250401.csv")):
        path.unlink()
    costs = system / "agreements" / "unit_costs.toml"
    costs.parent.mkdir(exist_ok=True)
    costs.write_text(
        '[[unit_costs]]\nsetting = "emergency"\nkind = "attendance"\ncost_pence = 1000\n'
        'year = "2024/25"\nsource = "made up for this test"\n',
        encoding="utf-8",
    )
    partners = system / "partners.toml"
    text = partners.read_text(encoding="utf-8")
    name = next(line for line in text.splitlines() if line.startswith("name = "))
    partners.write_text(text.replace(name, 'name = "Another Name"', 1), encoding="utf-8")
    done = joinedup("run", system, "--json")
    assert done.code in (0, 3), done.err
    told = joinedup("snapshot", "diff", system, "--exact", "--json")
    assert told.code == 0, told.err
    return Changed(system, told.json)


def rows(system: Path, snapshot: str) -> dict[str, int]:
    shown = joinedup("snapshot", "show", system, snapshot, "--json").json
    return {one["table"]: one["rows"] for one in shown["tables"]}


def test_what_came_less_what_went_is_what_each_table_grew_by(changed: Changed) -> None:
    before, after = (rows(changed.path, changed.difference[name]) for name in ("before", "after"))
    for table in TABLES:
        grown = sum(
            one["added"] - one["removed"] - one["replaced"] + one["restored"] + one["reread"]
            for one in changed.difference["rows"]
            if one["table"] == table
        )
        assert grown == after[table] - before[table], table


def test_a_withdrawn_file_takes_its_rows_and_gives_back_those_that_it_corrected(
    changed: Changed,
) -> None:
    told = {(one["feed"], one["table"]): one for one in changed.difference["rows"]}
    assert told["charity", "events"]["removed"] > 0
    admissions = told["admissions", "events"]
    assert admissions["removed"] >= admissions["restored"] > 0
    withdrawn = {one["feed"]: one["withdrawn"] for one in changed.difference["feeds"]}
    assert withdrawn == {"admissions": 1, "charity": 1}


def test_people_who_came_and_went_add_up(changed: Changed) -> None:
    people = changed.difference["people"]
    assert people["after"] - people["before"] == people["came"] - people["went"]
    assert people["after"] == rows(changed.path, changed.difference["after"])["persons"]
    moved = {one["change"] for one in people["reasons"]}
    assert moved <= {"merged", "split", "gone"}


def test_changed_definitions_and_registers_are_named(changed: Changed) -> None:
    definitions = {one["name"]: one for one in changed.difference["definitions"]}
    assert definitions["agreements/unit_costs.toml"]["how"] == "added"
    (key,) = definitions["partners.toml"]["keys"]
    assert key.endswith("is now 'Another Name'")
    assert not any(name.startswith(("area/", "code of")) for name in definitions)
    (register,) = changed.difference["registers"]
    assert (register["table"], register["changed"]) == ("organisations", 1)
    assert "Another Name" in register["examples"][0]


def test_it_is_told_in_words(changed: Changed) -> None:
    done = joinedup("snapshot", "diff", changed.path)
    assert done.code == 0, done.err
    for heading in ("What arrived", "People", "Definitions", "Registers", "Late or missing"):
        assert f"\n{heading}\n" in done.out
    assert "charity: 1 file no longer in the inbox" in done.out
    assert "back, as what replaced them is gone" in done.out


def test_small_counts_of_people_are_hidden_unless_asked_for(changed: Changed) -> None:
    people = joinedup("snapshot", "diff", changed.path, "--json").json["people"]
    # The totals too: an exact one would give a hidden part away by subtraction.
    parts = [people[name] for name in ("before", "after", "came", "went")]
    parts += [count for _, count in people["corrected"]]
    parts += [one["people"] for one in people["reasons"]]
    assert all(count is None or count % 5 == 0 for count in parts)
    exact = changed.difference["people"]["went"]
    assert people["went"] == (None if 0 < exact < 5 else (exact + 2) // 5 * 5)


def test_the_other_way_round_what_moved_is_not_known_and_rows_are_the_reverse(
    changed: Changed,
) -> None:
    there, back = changed.difference["before"], changed.difference["after"]
    told = joinedup("snapshot", "diff", changed.path, back, there, "--exact", "--json").json
    assert told["people"]["reasons"] is None
    assert told["people"]["came"] == changed.difference["people"]["went"]
    arrived = {one["feed"]: one["arrived"] for one in told["feeds"]}
    assert arrived == {"admissions": 1, "charity": 1}


def test_a_snapshot_does_not_differ_from_itself_and_nothing_large_is_read(
    changed: Changed,
) -> None:
    log = changed.path / "identified" / "looks.jsonl"
    looks = len(log.read_text(encoding="utf-8").splitlines())
    told = joinedup("snapshot", "diff", changed.path, "2", "2", "--json").json
    assert told["rows"] == told["feeds"] == told["definitions"] == told["registers"] == []
    assert told["people"]["came"] == told["people"]["went"] == 0
    looked_at = [
        json.loads(line)["what"] for line in log.read_text(encoding="utf-8").splitlines()[looks:]
    ]
    assert looked_at
    assert all(what.startswith("table files of") for what in looked_at)


def test_with_no_earlier_snapshot_it_says_so(invented: InventedSystem) -> None:
    done = joinedup("snapshot", "diff", invented.path, "--json")
    assert done.code == 1
    assert "no earlier snapshot" in done.json["error"]

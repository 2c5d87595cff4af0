"""Registers, segments and measures of a whole system, held against plain counting."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.actions.protecting import HANDED_ON
from tests.systems import InventedSystem, joinedup

Rows = list[dict[str, Any]]
# Of `lists.csv` and `registers.toml`, written down again.
DIABETES = {"44054006", "46635009", "73211009"}
DIABETES_ICD = ("E10", "E11", "E12", "E13", "E14")


@pytest.fixture(scope="module")
def system(invented: InventedSystem) -> Iterator[OpenSystem]:
    with open_system(invented.path) as opened:
        yield opened


def rows(system: OpenSystem, name: str) -> Rows:
    listed: Rows = system.table(name).to_pyarrow().to_pylist()
    return listed


def newest(values: Rows) -> Rows:
    last = max(row["period_end"] for row in values)
    return [row for row in values if row["period_end"] == last]


def test_the_register_of_diabetes_is_who_has_it_coded(system: OpenSystem) -> None:
    as_at = max(row["extract_date"] for row in rows(system, "files") if row["extract_date"])
    coded = {
        row["person_id"]
        for row in rows(system, "codes")
        if row["recorded_date"] <= as_at
        and (
            (row["system"] == "SNOMED-CT" and row["code"] in DIABETES)
            or (row["system"] == "ICD-10" and row["code"].startswith(DIABETES_ICD))
        )
    }
    grown = {
        row["person_id"]
        for row in rows(system, "persons")
        if row["birth_month"] is not None
        and (as_at.year - row["birth_month"].year) * 12 + as_at.month - row["birth_month"].month
        >= 17 * 12
        and (row["death_date"] is None or row["death_date"] > as_at)
    }
    members = {
        row["person_id"]
        for row in rows(system, "register_members")
        if row["register"] == "diabetes"
    }
    assert members == coded & grown
    assert members


def test_everybody_living_is_in_one_segment(system: OpenSystem) -> None:
    as_at = max(row["extract_date"] for row in rows(system, "files") if row["extract_date"])
    living = [
        row["person_id"]
        for row in rows(system, "persons")
        if (row["birth_month"] is None or row["birth_month"] <= as_at)
        and (row["death_date"] is None or row["death_date"] > as_at)
    ]
    segments = rows(system, "segments")
    assert sorted(row["person_id"] for row in segments) == sorted(living)
    on = defaultdict(set)
    for row in rows(system, "register_members"):
        on[row["person_id"]].add(row["register"])
    for row in segments:
        if row["segment"] == "end_of_life":
            assert "end_of_life" in on[row["person_id"]]
        if row["segment"] == "healthy":
            assert not on[row["person_id"]] & {"diabetes", "frailty", "cancer"}


def test_emergency_admissions_are_those_that_began_in_the_year(system: OpenSystem) -> None:
    values = newest(rows(system, "measure_values"))
    start, end = values[0]["period_start"], values[0]["period_end"]
    homes = {row["person_id"]: row["lsoa_code"] for row in _homes(system, end)}
    here = {
        row["member"]
        for row in rows(system, "memberships")
        if (row["member_kind"], row["of_kind"]) == ("lsoa", "system")
    }
    counted = sum(
        row["setting"] == "inpatient"
        and row["kind"] == "spell"
        and row["urgency"] == "emergency"
        and start <= row["start_at"].date() < end
        and homes.get(row["person_id"]) in here
        for row in rows(system, "events")
    )
    (found,) = [
        row
        for row in values
        if row["measure_id"] == "emergency_admissions"
        and (row["footprint"], row["breakdown"]) == ("system", "all")
    ]
    # Those who died or left within the year have their home as at its first day.
    assert counted <= found["numerator"] <= counted * 1.1
    assert found["lower"] < found["value"] < found["upper"]


def _homes(system: OpenSystem, end: dt.date) -> Rows:
    from joinedup.population import home_of

    listed: Rows = home_of(system.residences, end - dt.timedelta(days=1)).to_pyarrow().to_pylist()
    return listed


def test_parts_make_up_their_whole(system: OpenSystem) -> None:
    values = rows(system, "measure_values")
    by_part: Counter[tuple[object, ...]] = Counter()
    whole: dict[tuple[object, ...], float] = {}
    for row in values:
        key = (row["measure_id"], row["footprint"], row["area"], row["period_end"])
        if row["breakdown"] == "all":
            whole[key] = row["numerator"]
        else:
            by_part[*key, row["breakdown"]] += row["numerator"]
    assert len(whole) > 1000
    for key, total in by_part.items():
        assert total == whole[key[:4]], key


def test_nothing_small_is_handed_on(system: OpenSystem) -> None:
    shown = rows(system, "measures")
    exact = {tuple(row[name] for name in _KEY): row for row in rows(system, "measure_values")}
    assert {row["footprint"] for row in shown} <= set(HANDED_ON)
    assert len(shown) > 100
    for row in shown:
        was = exact[tuple(row[name] for name in _KEY)]
        if was["numerator"] <= 7:
            assert row["numerator"] is None
            assert row["value"] is None
            assert row["status"] == "suppressed"
        if row["numerator"] is not None:
            assert row["numerator"] % 5 == 0
            assert abs(row["numerator"] - was["numerator"]) <= 2.5


_KEY = (
    "measure_id", "footprint", "area", "period_start", "period_end", "breakdown", "category",
)  # fmt: skip


def test_a_measure_is_listed_shown_and_handed_on(invented: InventedSystem, tmp_path: Path) -> None:
    listed = joinedup("measure", "list", invented.path, "--json").json["measures"]
    assert {"emergency_admissions", "diabetes_prevalence"} <= {one["id"] for one in listed}
    shown = joinedup("measure", "show", invented.path, "emergency_admissions", "--json").json
    assert shown["measure"]["about"]["version"] == "1"
    assert all(one["breakdown"] == "all" for one in shown["values"])
    book = tmp_path / "measures.xlsx"
    done = joinedup("measure", "export", invented.path, book, "--footprint", "system", "--json")
    sheet = openpyxl.load_workbook(book)["Measures"]
    assert sheet.max_row - 1 == done.json["rows"]
    missing = joinedup("measure", "show", invented.path, "emergency_admission")
    assert missing.code == 1
    assert "Did you mean 'emergency_admissions'?" in missing.err


def test_a_register_is_held_against_what_is_published(invented: InventedSystem) -> None:
    found = joinedup("register", "show", invented.path, "hypertension", "--json").json
    assert found["expected_per_100"] == 14.3
    assert found["verdict"] == "about as published"
    assert found["people"] % 5 == 0


def test_a_systems_own_measure_waits_for_its_list_and_says_so(
    invented: InventedSystem, tmp_path: Path
) -> None:
    own = invented.path / "measures" / "own.toml"
    own.write_text(
        '[registers.migraine]\ntitle = "Migraine"\nsays = "Has it."\nsource = "ours"\n'
        'version = "1"\nlists = ["migraine"]\n',
        encoding="utf-8",
    )
    try:
        done = joinedup("register", "show", invented.path, "migraine")
    finally:
        own.unlink()
    assert done.code == 3
    assert "waits for the code lists: migraine" in done.out

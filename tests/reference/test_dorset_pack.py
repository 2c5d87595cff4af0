"""The Dorset pack, read as it stands, against figures worked out from its own tables."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from importlib import resources

import pyarrow.parquet as pq
import pytest

from joinedup.actions.init import partners_of
from joinedup.partners import (
    AreaPack,
    as_at,
    boundaries,
    memberships,
    organisation_as_at,
    read_pack,
)
from tests.shared_material import SHARED, needs_shared

pytestmark = needs_shared


@pytest.fixture(scope="module")
def dorset() -> AreaPack:
    return read_pack(SHARED / "areas" / "dorset")


def test_its_counts_are_the_published_ones(dorset: AreaPack) -> None:
    # ONS mid-2020 estimates: Bournemouth, Christchurch and Poole 396,989; Dorset 379,791.
    assert (dorset.name, dorset.code, dorset.lsoa_vintage) == ("Dorset", "QVV", 2011)
    assert dorset.lsoas.num_rows == 452
    assert dorset.residents == 396_989 + 379_791
    by_council = dorset.lsoas.group_by("council_code").aggregate([("residents", "sum")])
    assert dict(
        zip(*(by_council[name].to_pylist() for name in by_council.column_names), strict=True)
    ) == {"E06000058": 396_989, "E06000059": 379_791}


def test_every_lsoa_lies_in_every_footprint(dorset: AreaPack) -> None:
    for kind, areas in (("network", 18), ("neighbourhood", 18), ("place", 2), ("ambulance", 1)):
        column = dorset.lsoas[f"{kind}_code"]
        assert column.null_count == 0
        assert len(set(column.to_pylist())) == areas


def test_rural_is_by_the_classification_of_2011(dorset: AreaPack) -> None:
    # Its own codes: C1 357, D1 43, E1 52.
    assert sum(dorset.lsoas["rural"].to_pylist()) == 43 + 52


def test_its_practices_and_their_patients(dorset: AreaPack) -> None:
    assert dorset.practices.num_rows == 73
    assert sum(dorset.practices["list_size"].to_pylist()) == 821_082
    inside = set(dorset.lsoas["lsoa_code"].to_pylist())
    rows = dorset.registrations.to_pylist()
    assert sum(row["patients"] for row in rows) == 821_082
    assert sum(row["patients"] for row in rows if row["lsoa_code"] not in inside) == 11_950


def test_the_trusts_that_merged_name_their_successor(dorset: AreaPack) -> None:
    trusts = {row["code"]: row for row in dorset.trusts.to_pylist()}
    merger = date(2020, 10, 1)
    assert trusts["RD3"]["end_date"] == trusts["RDZ"]["end_date"] == merger
    assert trusts["RD3"]["successor"] == trusts["RDZ"]["successor"] == "R0D"
    assert trusts["R0D"]["start_date"] == merger
    assert {code: row["kind"] for code, row in trusts.items()} == {
        "R0D": "acute_trust",
        "RBD": "acute_trust",
        "RD3": "acute_trust",
        "RDZ": "acute_trust",
        "RDY": "community_trust",
        "RYF": "ambulance_trust",
    }


def test_every_lsoa_has_an_outline_even_the_invalid_one(dorset: AreaPack) -> None:
    outlines = boundaries(dorset)
    assert set(outlines) == set(dorset.lsoas["lsoa_code"].to_pylist())
    for rings in outlines.values():
        assert rings
        for ring in rings:
            assert ring[0] == ring[-1]
            assert all(-3.1 < east < -1.6 and 50.4 < north < 51.1 for east, north in ring)
    assert set(boundaries(dorset, "council")) == {"E06000058", "E06000059"}


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("RD3", date(2020, 9, 30), "RD3"),
        ("RD3", date(2020, 10, 1), "R0D"),
        ("RDZ", date(2020, 9, 30), "RDZ"),
        ("RDZ", date(2026, 1, 1), "R0D"),
        ("RBD", date(2026, 1, 1), "RBD"),
    ],
)
def test_poole_and_bournemouth_go_under_the_code_of_the_day(
    dorset: AreaPack, code: str, day: date, expected: str
) -> None:
    assert organisation_as_at(partners_of(dorset), code, day) == expected
    now = [row for row in as_at(memberships(dorset), day).to_pylist() if row["member"] == code]
    assert [row["of"] for row in now] in ([expected], [])


def test_every_trust_of_the_national_list_that_closed_has_a_successor() -> None:
    """Each succession begins the day after the closing date that the list publishes."""
    table = pq.read_table(SHARED / "open" / "organisations" / "etr_2022.parquet")
    rows = {row["ods"]: row for row in table.to_pylist()}
    closed = {code: row["close_date"] for code, row in rows.items() if row["close_date"]}
    file = resources.files("joinedup.partners") / "successions.csv"
    listed = {row["code"]: row for row in csv.DictReader(file.read_text("utf-8").splitlines())}
    assert set(listed) == set(closed)
    for code, row in listed.items():
        last = date.fromisoformat(closed[code])
        assert date.fromisoformat(row["start_date"]) == last + timedelta(days=1)
        successor = rows[row["successor"]]
        assert successor["close_date"] is None
        assert date.fromisoformat(successor["open_date"]) <= last + timedelta(days=1)
        assert row["source"]

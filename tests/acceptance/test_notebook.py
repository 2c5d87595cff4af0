"""In Python, for notebooks: a system opened for a stated purpose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import joinedup
from joinedup.terms import DisclosureError, NotFoundError
from tests.systems import InventedSystem


def test_tables_are_ibis_expressions_of_the_serving_snapshot(invented: InventedSystem) -> None:
    with joinedup.open(invented.path) as system:
        assert system.events.count().to_pyarrow().as_py() == invented.outcome["events"]
        by_setting = system.events.group_by("setting").aggregate(n=lambda t: t.count())
        assert by_setting.n.sum().to_pyarrow().as_py() == invented.outcome["events"]


def test_its_footprints_say_what_lies_in_what(invented: InventedSystem) -> None:
    with joinedup.open(invented.path) as system:
        footprints = system.footprints
        homes = footprints.filter(
            (footprints.member_kind == "lsoa") & (footprints.of_kind == "neighbourhood")
        )
        assert homes.of.nunique().to_pyarrow().as_py() == 8


def test_it_reads_as_what_it_is(invented: InventedSystem) -> None:
    with joinedup.open(invented.path, purpose="finance") as system:
        text = repr(system)
    assert "Saltmarsh and Wold (QZZ)" in text
    assert invented.outcome["snapshot"] in text
    assert f"{invented.outcome['events']:,} rows" in text
    identities = next(line for line in text.splitlines() if "identities" in line)
    assert "not for this purpose" in identities


def test_who_people_are_is_not_for_every_purpose(invented: InventedSystem) -> None:
    with (
        joinedup.open(invented.path, purpose="evaluation") as system,
        pytest.raises(DisclosureError, match="names people"),
    ):
        _ = system.identities


def test_a_purpose_that_is_none_and_a_table_that_is_none_are_said_so(
    invented: InventedSystem,
) -> None:
    with pytest.raises(DisclosureError, match="not a purpose"):
        joinedup.open(invented.path, purpose="curiosity")
    with joinedup.open(invented.path) as system:
        with pytest.raises(NotFoundError, match="no table 'evnts'"):
            system.table("evnts")
        with pytest.raises(AttributeError):
            _ = system.evnts


def test_every_look_is_recorded(invented: InventedSystem) -> None:
    log = invented.path / "identified" / "looks.jsonl"
    before = _looks(log)
    with joinedup.open(invented.path, purpose="finance") as system:
        _ = system.events
    added = _looks(log)[len(before) :]
    assert [(look["purpose"], look["what"]) for look in added] == [("finance", "table events")]


def _looks(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

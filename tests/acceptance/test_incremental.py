"""A run that changes only what changed gives exactly the snapshot that a rebuild gives."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from benchmarks.new_day import make_day
from joinedup.actions.run import run
from tests.same_snapshots import differences, manifest
from tests.systems import InventedSystem

DAY = dt.date(2026, 4, 2)


@pytest.fixture
def system(invented: InventedSystem, tmp_path: Path) -> Path:
    shutil.copytree(invented.path, tmp_path / "system")
    return tmp_path / "system"


def run_both_ways(system: Path) -> tuple[Path, Path]:
    """The system after a plain run, and a copy of it after a rebuild."""
    twin = system.with_name("rebuilt")
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(system, twin)
    run(system)
    run(twin, rebuild=True)
    return system, twin


def test_a_day_of_new_and_corrected_rows(system: Path) -> None:
    assert len(make_day(system, DAY, share=0.1)) > 10
    events = manifest(system)["tables"]["events"]
    assert differences(*run_both_ways(system)) == {}
    after = manifest(system)["tables"]["events"]
    assert after["rows"] > events["rows"]
    assert sum(one["superseded"] for one in _files(system)) > 0


@pytest.mark.long
def test_a_file_that_is_gone_and_comes_back(system: Path, tmp_path: Path) -> None:
    new = make_day(system, DAY, share=0.1, seed=3)
    run(system)
    before = manifest(system)["tables"]["events"]["rows"]
    gone = next(path for path in new if path.name.startswith("admissions"))
    shutil.move(gone, tmp_path / gone.name)
    assert differences(*run_both_ways(system)) == {}
    assert manifest(system)["tables"]["events"]["rows"] < before
    shutil.move(tmp_path / gone.name, gone)
    assert differences(*run_both_ways(system)) == {}
    assert manifest(system)["tables"]["events"]["rows"] == before


@pytest.mark.long
def test_a_file_whose_date_lies_between_those_taken_in_before(system: Path) -> None:
    make_day(system, DAY, share=0.1, seed=1)
    run(system)
    make_day(system, DAY - dt.timedelta(days=1), share=0.2, seed=2)
    assert differences(*run_both_ways(system)) == {}


def _files(system: Path) -> list[dict[str, int]]:
    from joinedup import open as open_system

    with open_system(system, "data_quality") as opened:
        rows: list[dict[str, int]] = opened.files.to_pyarrow().to_pylist()
        return rows

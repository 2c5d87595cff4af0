"""A run that changes only what changed gives exactly the snapshot that a rebuild gives."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from benchmarks.new_day import make_day
from joinedup.actions.run import run
from joinedup.engines import Lake
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


def test_a_feed_that_is_read_otherwise_and_a_file_of_another_name(system: Path) -> None:
    """The same bytes under the same file_id: what they say is another thing, or of another day."""
    feed = system / "feeds" / "rzc-mental_health.toml"
    text = feed.read_text(encoding="utf-8")
    born = next(line for line in text.splitlines() if line.startswith("birth_date"))
    feed.write_text(text.replace(born, f"# {born}"), encoding="utf-8")
    file = next((system / "inbox").glob("*/*social_care_*.csv"))
    file.rename(file.with_name(file.name.replace("202", "201")))
    before = _residences(system)
    assert differences(*run_both_ways(system)) == {}
    assert _residences(system) == before, "read otherwise or not, they live where they lived"


def test_a_run_that_finds_nothing_new_leaves_the_next_one_its_short_way(system: Path) -> None:
    run(system)
    make_day(system, DAY, share=0.02)
    steps = manifest(system)["bases"]
    assert set(steps) == {"link", "record", "measure", "guard"}
    run(system)
    assert manifest(system)["bases"] == steps
    # What a day changes lies beside what was linked whole, and not in its place.
    state = _linkage(system) / "profiles"
    assert {"since.parquet", "gone.parquet"} <= {path.name for path in state.iterdir()}


def test_of_a_file_taken_away_nothing_is_left_in_what_a_run_keeps(system: Path) -> None:
    file = next((system / "inbox").glob("*/*charity*.csv"))
    file.unlink()
    run(system)
    state = _linkage(system)
    for name in ("profiles", "rows", "patients"):
        assert [path.name for path in (state / name).iterdir()] == ["whole.parquet"]


def _linkage(system: Path) -> Path:
    return Lake(system / "lake", system / "identified").serving().identified / "linkage"


def _residences(system: Path) -> int:
    rows: int = manifest(system)["tables"]["residences"]["rows"]
    return rows


def _files(system: Path) -> list[dict[str, int]]:
    from joinedup import open as open_system

    with open_system(system, "data_quality") as opened:
        rows: list[dict[str, int]] = opened.files.to_pyarrow().to_pylist()
        return rows

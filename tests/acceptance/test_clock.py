"""A clock that goes back, or far ahead and back, changes no figure and no order."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.faults import (
    Fault,
    change_something,
    content,
    healed,
    leftovers,
    run,
    serving,
    small_system,
)

YEAR = 365.25 * 24 * 3600


@pytest.mark.long
def test_snapshots_go_up_whatever_the_clock_says(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    ids = [healed(system)["snapshot"]]
    rows = content(system)
    for years in (10, -10, -30, 0):
        done = run(system, Fault(clock_seconds=years * YEAR))
        assert done.code in (0, 3), done.out
        assert done.json["waiting"] == [], "a file is as complete as it was"
        assert leftovers(system) == []
        ids.append(serving(system))
        assert content(system) == rows, f"{years} years away"
    assert ids == sorted(ids)
    assert len({name[:6] for name in ids}) == len(ids)
    assert len({name[7:11] for name in ids}) == 4, "the clock was really shifted"


@pytest.mark.long
def test_what_is_kept_goes_by_order_not_by_the_clock(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    for years in (10, -10, -20):
        assert run(system, Fault(clock_seconds=years * YEAR)).code in (0, 3)
    kept = sorted(path.name for path in (system / "lake" / "snapshots").iterdir())
    assert [name[:6] for name in kept] == ["000003", "000004"]
    assert serving(system) == kept[-1]


@pytest.mark.long
def test_files_from_the_future_or_the_past_are_taken_in(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    rows = content(system)
    for years in (3, -40):
        for path in (system / "inbox").rglob("*.csv*"):
            moment = time.time() + years * YEAR
            os.utime(path, (moment, moment))
        assert healed(system)["waiting"] == []
        assert content(system) == rows
    change_something(system, 4)  # a correction dated today, after files dated ahead of it
    assert healed(system)["waiting"] == []
    assert content(system) != rows

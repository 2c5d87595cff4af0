"""Killed at any moment, a run leaves the last good snapshot serving, and the next one heals."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from joinedup import tables
from joinedup.actions.open_system import open_system
from tests.systems import joinedup, make_system

KILLS = 50


@pytest.mark.long
def test_killed_fifty_times_the_last_good_snapshot_serves(tmp_path: Path) -> None:
    system = make_system(tmp_path / "system", 500, seed=5)
    whole_seconds = _run_seconds(system)
    _change_something(system, 0)
    changed_seconds = _run_seconds(system)
    chance = random.Random(20)
    killed_at_work = 0
    for n in range(KILLS):
        before = serving(system)
        _change_something(system, n)
        seconds = changed_seconds
        if n % 10 == 0:  # now and then all files anew, so that intake is killed too
            shutil.rmtree(system / "identified" / "parts")
            seconds = whole_seconds
        run = subprocess.Popen(
            [sys.executable, "-m", "joinedup", "run", str(system), "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.2, seconds))
        run.kill()
        killed_at_work += run.wait() != 0
        after = serving(system)
        assert after >= before
    assert killed_at_work >= KILLS // 2, "most kills came after the run had ended"
    done = joinedup("run", system, "--json")
    assert done.code in (0, 3), done.err
    assert serving(system) == done.json["snapshot"]
    assert list((system / "lake").rglob("*.part")) == []


def _run_seconds(system: Path) -> float:
    began = time.monotonic()
    done = joinedup("run", system, "--json")
    assert done.code in (0, 3), done.err
    return time.monotonic() - began


def serving(system: Path) -> str:
    """The id of the serving snapshot, once every table of it was read to the last row."""
    with open_system(system, "data_quality") as opened:
        made = opened.snapshot.manifest["tables"]
        for declared in tables.PROMISED:
            rows = opened.table(declared.name).count().to_pyarrow().as_py()
            assert rows == made[declared.name]["rows"], declared.name
        return opened.snapshot.id


def _change_something(system: Path, n: int) -> None:
    """Give the run something to do: another unit cost, and every third time a feed anew."""
    (system / "agreements").mkdir(exist_ok=True)
    (system / "agreements" / "unit_costs.toml").write_text(
        '[[unit_costs]]\nsetting = "emergency"\nkind = "attendance"\n'
        f'cost_pence = {1000 + n}\nyear = "2024/25"\nsource = "made up for this test"\n',
        encoding="utf-8",
    )
    if n % 3 == 0:
        feed = system / "feeds" / "ons-deaths.toml"
        feed.write_text(feed.read_text(encoding="utf-8") + f"# touched {n}\n", encoding="utf-8")

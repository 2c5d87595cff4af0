"""Killed at any moment, a run leaves the last good snapshot serving, and the next one heals."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from tests.faults import change_something, content, healed, serving, small_system, start

# Four times fifty, so that they can run side by side.
SEEDS = (20, 21, 22, 23)
KILLS = 50
HEALED_EVERY = 10


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_two_hundred_times_the_last_good_snapshot_serves(tmp_path: Path, seed: int) -> None:
    system = small_system(tmp_path / "system")
    shutil.rmtree(system / "identified" / "parts")
    whole_seconds = _run_seconds(system)
    change_something(system, 0)
    changed_seconds = _run_seconds(system)
    chance = random.Random(seed)
    killed_at_work = 0
    for n in range(KILLS):
        before = serving(system)
        change_something(system, n)
        seconds = changed_seconds
        if n % 10 == 0:  # now and then all files anew, so that intake is killed too
            shutil.rmtree(system / "identified" / "parts")
            seconds = whole_seconds
        run = start(system)
        time.sleep(chance.uniform(0.0, seconds))
        run.kill()
        run.join()
        killed_at_work += run.exitcode != 0
        assert serving(system) >= before
        if n % HEALED_EVERY == HEALED_EVERY - 1:
            healed(system)
    assert killed_at_work >= KILLS // 2, "most kills came after the run had ended"
    healed(system)
    assert content(system) == _never_killed(system)


def _never_killed(system: Path) -> dict[str, list[str]]:
    """What the same files give where no run was ever killed: only the links' past is shared."""
    untouched = shutil.copytree(system, system.with_name("untouched"))
    shutil.rmtree(untouched / "identified" / "parts")
    (untouched / "system.toml").touch()
    healed(untouched)
    return content(untouched)


def _run_seconds(system: Path) -> float:
    began = time.monotonic()
    healed(system)
    return time.monotonic() - began

"""Two runs at once: one works, the other says so; a lock never outlives who held it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from joinedup.engines import Lake
from tests.faults import healed, refused, run, serving, small_system, start


def locked(system: Path) -> bool:
    """Whether a run holds the lock, told by its draft."""
    return any((system / "lake" / "snapshots").glob("*.part"))


@pytest.mark.long
def test_a_second_run_refuses_while_the_first_works(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    first = start(system, said=tmp_path / "first")
    while not locked(system):
        assert first.is_alive(), "the first run ended before it was seen"
        time.sleep(0.01)
    words = refused(run(system))
    assert "another run" in words["error"]
    assert "run.lock" in words["where"]
    first.join()
    assert first.exitcode in (0, 3)
    before = serving(system)
    assert healed(system)["snapshot"] > before


@pytest.mark.long
def test_a_killed_or_stopped_holder_frees_or_keeps_the_lock(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    first = start(system)
    while not locked(system):
        assert first.is_alive()
        time.sleep(0.01)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSTOP)  # alive, but not at work: it still holds the lock
    assert "another run" in refused(run(system))["error"]
    before = serving(system)
    first.kill()
    first.join()
    assert healed(system)["snapshot"] > before


@pytest.mark.long
@pytest.mark.parametrize("left", ["", "4242\nanother-machine\n"], ids=["empty", "with words"])
def test_an_old_lock_file_holds_nobody_up(tmp_path: Path, left: str) -> None:
    """As one is left by a machine that died, on a disk that two machines share."""
    system = small_system(tmp_path / "system")
    lock = system / "lake" / "run.lock"
    lock.write_text(left, encoding="utf-8")
    os.utime(lock, (0, 0))
    before = serving(system)
    assert healed(system)["snapshot"] > before


@pytest.mark.long
def test_many_runs_at_once_publish_one_after_the_other(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    runs = [start(system) for _ in range(4)]
    for one in runs:
        one.join()
    codes = [one.exitcode for one in runs]
    assert set(codes) <= {0, 1, 3}
    published = sum(code in (0, 3) for code in codes)
    assert published >= 1
    assert int(serving(system)[:6]) == 1 + published
    with Lake(system / "lake", system / "identified").locked():
        assert "another run" in refused(run(system))["error"]
    healed(system)

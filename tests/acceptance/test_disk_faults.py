"""A disk that is full, read-only or limited ends a run in words, and costs nothing published."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from joinedup.engines import DuckDBEngine, storage_faults
from joinedup.terms import StorageError
from tests.faults import (
    Fault,
    change_something,
    content,
    healed,
    leftovers,
    mounted,
    read_only,
    refused,
    run,
    serving,
    small_system,
)

DISK_MB = 24
# Room left, growing until a run ends well. Each step is smaller than what any step writes.
FIRST_ROOM, GROWTH = 4_096, 1.5
# Which step had no room, by the place that the words name.
PLACES = {
    "parts": "take in",
    "links": "link",
    "identities": "link",
    "events": "record",
    "codes": "record",
    "persons": "record",
    "registrations": "record",
    "residences": "record",
}


@pytest.mark.soak
def test_a_full_disk_at_each_step_is_said_and_costs_nothing(tmp_path: Path) -> None:
    made = small_system(tmp_path / "made")
    with mounted(tmp_path / "disk", megabytes=DISK_MB) as disk:
        system = shutil.copytree(made, disk / "system")
        change_something(system, 12)
        shutil.rmtree(system / "identified" / "parts")
        assert "take in" in starved(system, disk, tmp_path)
        change_something(system, 16)  # all but one small file is taken in already
        assert starved(system, disk, tmp_path) >= {"link", "record"}


def starved(system: Path, disk: Path, folder: Path) -> set[str]:
    """Run with ever more room until one ends well; the steps that had too little."""
    room, without, before = FIRST_ROOM, set(), serving(system)
    while True:
        fill(disk, room)
        done = run_outside(system, folder)
        (disk / "ballast").unlink()
        if done.code in (0, 3):
            break
        words = refused(done)
        assert "disk is full" in words["error"], words
        assert "MB free" in words["error"], words
        assert "room" in words["cure"], words
        assert serving(system) in words["error"], "it says what serves all the same"
        if serving(system) != before:
            assert "report" in words["where"], "after publishing, only the page may want"
            before = serving(system)
        assert [name for name in leftovers(system) if "snapshots" in name] == []
        without |= {step for place, step in PLACES.items() if place in words["where"]}
        room = int(room * GROWTH)
    healed(system)
    return without


def fill(disk: Path, room: int) -> None:
    """Fill it but for so many bytes."""
    free = shutil.disk_usage(disk).free
    with (disk / "ballast").open("wb") as file:
        file.write(b"\0" * max(free - room, 0))


def run_outside(system: Path, folder: Path):  # type: ignore[no-untyped-def]
    """A run whose words are kept on another disk than the one that is full."""
    link = folder / "link"
    if not link.exists():
        link.symlink_to(system, target_is_directory=True)
    return run(link)


@pytest.mark.soak
def test_every_write_of_a_run_may_be_refused_for_want_of_room(tmp_path: Path) -> None:
    """Without any right to mount: each change that Python makes, one run after the other."""
    system = small_system(tmp_path / "system")
    before = serving(system)
    at, ended = 1, False
    while not ended:
        change_something(system, at)
        done = run(system, Fault(at=at, number=errno.ENOSPC))
        ended = done.code in (0, 3) and at > 100
        if done.code not in (0, 3):
            assert "disk is full" in refused(done)["error"]
        assert serving(system) >= before
        before = serving(system)
        at += 1 + at // 6
    healed(system)


@pytest.mark.soak
@pytest.mark.skipif(os.name != "posix", reason="files are limited by their size on POSIX alone")
@pytest.mark.parametrize("most", [1 << 10, 1 << 12, 1 << 14])
def test_a_limit_on_the_size_of_files_is_said(tmp_path: Path, most: int) -> None:
    system = small_system(tmp_path / "system")
    for left in ("lake", "identified/parts", "identified/snapshots"):
        shutil.rmtree(system / left)
    words = refused(run(system, Fault(file_limit_bytes=most)))
    assert "larger than this account" in words["error"], words
    assert "ulimit" in words["cure"]
    assert not (system / "lake" / "CURRENT").exists()
    healed(system)


def test_no_room_to_spill_is_said(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", megabytes=8) as disk:
        with DuckDBEngine(spill=disk / "spill", memory_limit_mb=150, threads=1) as engine:
            with pytest.raises(StorageError) as found, storage_faults(disk):
                engine.raw(
                    "CREATE TEMP TABLE large AS SELECT i, hash(i) AS h, repeat('x', 60) || i AS s "
                    "FROM range(8000000) t(i) ORDER BY h"
                )
            assert "room" in found.value.cure
            assert str(disk) in found.value.where
        assert list((disk / "spill").iterdir()) == []


@pytest.mark.soak
def test_read_only_folders(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    before, rows = serving(system), content(system)
    with read_only(system / "inbox"):
        assert healed(system)["snapshot"] > before
    before = serving(system)
    for zone in ("lake", "identified"):
        change_something(system, 1)
        with read_only(system / zone):
            words = refused(run(system))
            assert "read-only" in words["error"], words
            assert zone in words["where"], words
            if zone == "lake":
                assert serving(system) == before, "looks are recorded outside lake/"
        assert serving(system) == before
    healed(system)
    after = content(system)
    assert after["persons"] == rows["persons"]
    assert after["events"] != rows["events"], "what changed is what they cost"

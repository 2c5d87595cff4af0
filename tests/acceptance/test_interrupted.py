"""Ended between any two changes that publishing makes to the disk, nothing is half there."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from tests.faults import BEFELL, Fault, healed, leftovers, refused, run, serving, small_system

FIRST = "manifest.json"  # the first file of a publish
MOST_CHANGES = 200


@pytest.mark.soak
@pytest.mark.parametrize("number", [0, errno.EIO], ids=["killed", "refused by the disk"])
def test_publishing_ended_at_each_change_leaves_one_whole_snapshot(
    tmp_path: Path, number: int
) -> None:
    system = small_system(tmp_path / "system")
    before, published = serving(system), 0
    # Each of the first changes, then, while files are removed one by one, every fifth.
    for at in (*range(1, 15), *range(15, MOST_CHANGES, 5)):
        done = run(system, Fault(at=at, after=FIRST, number=number))
        after = serving(system)
        assert after >= before
        published += after > before
        before = after
        if done.code in (0, 3) and BEFELL not in done.err:
            break
        if number and done.code not in (0, 3):  # the history may want its last line: it is made up
            refused(done)
            assert [name for name in leftovers(system) if "snapshots" in name] == []
    else:
        pytest.fail(f"more than {MOST_CHANGES} changes: the loop saw no end")
    assert at > 10, "the faults came too late to tell anything"
    assert published > 1, "no fault came after CURRENT was renamed"
    healed(system)


@pytest.mark.soak
def test_the_first_publish_of_all_can_be_ended_anywhere(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    for left in ("lake", "identified/snapshots"):
        shutil.rmtree(system / left)
    for at in range(1, 8):
        done = run(system, Fault(at=at, after=FIRST))
        if (system / "lake" / "CURRENT").exists():
            break
        assert done.code < 0
    assert 3 < at < 8
    healed(system)


@pytest.mark.soak
def test_a_rollback_ended_at_each_change_leaves_one_whole_snapshot(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    first, second = serving(system), healed(system)["snapshot"]
    for at in range(1, 30):
        back = first if serving(system) == second else second
        done = run(system, Fault(at=at), words=("snapshot", "rollback", back))
        assert serving(system) in (first, second)
        assert kept(system) == [first, second], "rolling back erases nothing"
        if done.code == 0:
            break
    assert at > 3, "the faults came too late to tell anything"
    assert serving(system) == back
    assert run(system, words=("snapshot", "rollback", second)).code == 0
    assert healed(system)["snapshot"] > second


@pytest.mark.soak
def test_a_prune_ended_at_each_change_is_finished_by_the_next_run(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    for at in (1, 2, 3, 4, 8, 16):
        healed(system)
        served = serving(system)
        done = run(system, Fault(at=at), words=("snapshot", "prune", "--keep", 1))
        assert done.code < 0 or done.code == 0, done.out
        assert serving(system) == served
    healed(system)


def kept(system: Path) -> list[str]:
    return sorted(path.name for path in (system / "lake" / "snapshots").iterdir())

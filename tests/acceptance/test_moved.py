"""A system folder is all there is: a copy on another machine goes on as the first would have."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.faults import change_something, content, healed, refused, run, serving, small_system


@pytest.mark.long
def test_a_copy_elsewhere_goes_on(tmp_path: Path) -> None:
    system = small_system(tmp_path / "here" / "system")
    healed(system)  # snapshots that share files by hard links, which a copy does not keep
    rows, was = content(system), serving(system)
    copy = shutil.copytree(system, tmp_path / "there" / "my system (copy)")
    system.rename(tmp_path / "gone")
    assert not _naming(copy, str(tmp_path / "here"))
    if os.geteuid() == 0:
        for path in (copy, *copy.rglob("*")):
            os.chown(path, 65534, 65534)
    assert serving(copy) == was
    outcome = healed(copy)
    reused = {step["name"] for step in outcome["steps"] if step["reused"]}
    assert {"link", "record"} <= reused, "nothing changed, so nothing is done again"
    assert content(copy) == rows
    change_something(copy, 4)
    healed(copy)
    assert content(copy).keys() == rows.keys()


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="keys are guarded by POSIX permissions")
def test_a_key_that_a_copy_opened_to_others_is_refused_with_the_cure(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    key = system / "identified" / "key"
    key.chmod(0o644)  # as copied by a program that does not keep permissions
    words = refused(run(system))
    assert "other users" in words["error"]
    assert "chmod 600" in words["cure"]
    key.chmod(0o600)
    healed(system)


def _naming(system: Path, place: str) -> list[str]:
    """Files of the system, Parquet's own metadata included, that name where they were made."""
    return [
        str(path.relative_to(system))
        for path in system.rglob("*")
        if path.is_file() and place.encode() in path.read_bytes()
    ]

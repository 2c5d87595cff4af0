"""A sweep that is killed in its midst does not leave what the next one refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from joinedup.engines import Lake


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_sweep_killed_after_any_removal_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    lake = Lake(tmp_path / "lake", tmp_path / "identified")
    draft = lake.begin()
    draft.identified.rename(lake.snapshot(draft.id).identified)  # killed here, in its first run
    removed: list[Path] = []

    def remove(path: Path) -> None:
        if len(removed) == done:
            raise KeyboardInterrupt
        removed.append(path)
        rmtree(path)

    rmtree = shutil.rmtree
    with monkeypatch.context() as patched:
        patched.setattr("joinedup.engines.lake.shutil.rmtree", remove)
        if done < 2:
            with pytest.raises(KeyboardInterrupt):
                lake.begin()
        else:
            lake.begin()
    assert len(removed) == done
    assert lake.begin().path.is_dir()

"""A published snapshot is never half there."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.engines import Lake, Snapshot, reuse
from joinedup.terms import NotFoundError, SnapshotError


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", tmp_path / "identified")


def published(lake: Lake, text: str) -> str:
    draft = lake.begin()
    write(draft, text)
    return lake.publish(draft, {"figures": text}).id


def served(lake: Lake) -> str:
    return (lake.serving().table_path("persons") / "all.parquet").read_text()


def write(draft: Snapshot, text: str) -> Path:
    path = draft.table_path("persons") / "all.parquet"
    path.parent.mkdir()
    path.write_text(text)
    return path


def test_before_the_first_run_nothing_serves(lake: Lake) -> None:
    assert lake.current() is None
    with pytest.raises(NotFoundError, match="no snapshot"):
        lake.serving()


def test_the_last_one_published_serves_with_its_manifest(lake: Lake) -> None:
    published(lake, "first")
    published(lake, "second")
    assert served(lake) == "second"
    assert lake.serving().manifest["figures"] == "second"


def test_a_draft_left_by_a_killed_run_never_serves_and_the_next_run_clears_it(lake: Lake) -> None:
    published(lake, "good")
    left = lake.begin()
    half = write(left, "half")
    assert served(lake) == "good"
    lake.begin()
    assert served(lake) == "good"
    assert not half.exists()


def test_killed_between_the_rename_and_current_the_earlier_one_serves(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(lake, "good")
    draft = lake.begin()
    write(draft, "whole, but never named")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _killed)
        with pytest.raises(KeyboardInterrupt):
            lake.publish(draft, {})
    assert served(lake) == "good"
    published(lake, "next")
    assert served(lake) == "next"
    assert len(lake.ids()) == 2


def _killed(self: Path, target: Path) -> None:
    raise KeyboardInterrupt


def test_a_second_run_is_refused_and_the_lock_frees_itself(lake: Lake) -> None:
    with lake.locked(), pytest.raises(SnapshotError, match="another run"), lake.locked():
        pass
    with lake.locked():
        pass


def test_the_last_n_are_kept_and_the_one_that_serves_always(lake: Lake) -> None:
    ids = [published(lake, str(n)) for n in range(5)]
    assert lake.prune(2) == tuple(ids[:3])
    assert lake.ids() == tuple(ids[3:])
    assert served(lake) == "4"


def test_an_unchanged_file_serves_again_and_outlives_the_snapshot_it_came_from(
    lake: Lake, tmp_path: Path
) -> None:
    earlier = tmp_path / "a" / "persons.parquet"
    earlier.parent.mkdir()
    earlier.write_text("same")
    later = tmp_path / "b" / "persons.parquet"
    reuse(earlier, later)
    earlier.unlink()
    assert later.read_text() == "same"


def test_current_that_names_nothing_is_said_so(lake: Lake, tmp_path: Path) -> None:
    published(lake, "good")
    (tmp_path / "lake" / "CURRENT").write_text("../../elsewhere")
    with pytest.raises(SnapshotError, match="names a snapshot that is not there"):
        lake.current()

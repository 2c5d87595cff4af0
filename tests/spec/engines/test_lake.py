"""A published snapshot is never half there."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.engines import Act, Lake, Snapshot, reuse
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


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_second_run_is_refused_and_the_lock_frees_itself(lake: Lake) -> None:
    with lake.locked(), pytest.raises(SnapshotError, match="another run"), lake.locked():
        pass
    with lake.locked():
        pass


def test_the_last_n_are_kept_and_the_one_that_serves_always(lake: Lake) -> None:
    ids = [published(lake, str(n)) for n in range(5)]
    assert lake.to_prune(2) == tuple(ids[:3])
    lake.serve(ids[1], Act.ROLLED_BACK, "")
    assert lake.to_prune(2) == (ids[0], ids[2])
    lake.erase(lake.to_prune(2), "only two are kept")
    assert lake.ids() == (ids[1], ids[3], ids[4])
    assert served(lake) == "1"


def test_those_of_the_last_days_are_kept_beyond_their_number(lake: Lake) -> None:
    ids = [published(lake, str(n)) for n in range(3)]
    assert lake.to_prune(1, keep_days=1) == ()
    old = ids[0].replace(ids[0][7:11], "2020")
    lake.snapshot(ids[0]).path.rename(lake.snapshot(old).path)
    assert lake.to_prune(1, keep_days=1) == (old,)


def test_what_is_erased_goes_with_its_identified_part(lake: Lake) -> None:
    first, second = published(lake, "first"), published(lake, "second")
    lake.erase([first], "a mistake")
    assert not lake.snapshot(first).path.exists()
    assert not lake.snapshot(first).identified.exists()
    with pytest.raises(SnapshotError, match="serves is not erased"):
        lake.erase([second], "")
    assert served(lake) == "second"


def test_erasing_that_was_killed_is_ended_by_the_next_run(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = published(lake, "first"), published(lake, "second")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", _killed)
        with pytest.raises(KeyboardInterrupt):
            lake.erase([first], "")
    assert first not in lake.ids()
    published(lake, "third")
    assert not lake.snapshot(first).identified.exists()
    assert list(lake.snapshot(first).path.parent.glob("*.part")) == []


def test_rolled_back_the_newer_one_stays_and_its_number_is_never_given_again(lake: Lake) -> None:
    first, second = published(lake, "first"), published(lake, "second")
    lake.serve(first, Act.ROLLED_BACK, "the second was wrong")
    assert served(lake) == "first"
    third = published(lake, "third")
    assert lake.ids() == (first, second, third)
    assert served(lake) == "third"
    lake.serve(second, Act.ROLLED_BACK, "")
    lake.erase([third], "")
    assert published(lake, "fourth")[:6] == "000004"


def test_the_history_tells_what_served_when_by_whom_and_why(lake: Lake) -> None:
    first, second = published(lake, "first"), published(lake, "second")
    lake.serve(first, Act.ROLLED_BACK, "a feed was wrong")
    lake.erase([second], "it named people")
    told = [(one.act, one.snapshot, one.why) for one in lake.history()]
    assert told == [
        (Act.PUBLISHED, first, ""),
        (Act.PUBLISHED, second, ""),
        (Act.ROLLED_BACK, first, "a feed was wrong"),
        (Act.ERASED, second, "it named people"),
    ]
    assert all(one.user and one.at.endswith("+00:00") for one in lake.history())


def test_killed_before_the_history_was_written_it_is_made_good(lake: Lake, tmp_path: Path) -> None:
    first = published(lake, "first")
    log = tmp_path / "lake" / "history.jsonl"
    second = published(lake, "second")
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text(lines[0] + lines[1][:20], encoding="utf-8")
    assert [one.snapshot for one in lake.history()] == [first]
    lake.serve(first, Act.ROLLED_BACK, "")
    assert [one.snapshot for one in lake.history()] == [first, second, first]


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


def test_current_that_went_missing_is_said_so(lake: Lake, tmp_path: Path) -> None:
    published(lake, "good")
    (tmp_path / "lake" / "CURRENT").unlink()
    with pytest.raises(SnapshotError, match="CURRENT is not there"):
        lake.current()


def test_who_is_who_is_not_swept_away_where_the_lake_is_missing(lake: Lake, tmp_path: Path) -> None:
    first = published(lake, "good")
    (tmp_path / "lake").rename(tmp_path / "elsewhere")
    with pytest.raises(SnapshotError, match="of which lake/ has nothing"):
        lake.begin()
    assert lake.snapshot(first).identified.is_dir()

"""Damage to a snapshot is found by checksum and named; the last sound one is told."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from joinedup.engines import Act, Lake, find_damage, last_sound

TABLES = {"persons": "pseudonymous", "links": "identified"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", tmp_path / "identified")


def published(lake: Lake, text: str) -> str:
    """A snapshot of two tables, a file of that text each."""
    draft = lake.begin()
    entries = {}
    for name, zone in TABLES.items():
        path = draft.table_path(name, identified=zone == "identified") / "all.parquet"
        path.parent.mkdir()
        path.write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        file = {"rows": 1, "bytes": len(text), "sha256": digest}
        entries[name] = {"zone": zone, "files": {"all.parquet": file}}
    return lake.publish(draft, {"tables": entries}).id


def file_of(lake: Lake, snapshot: str, name: str = "persons") -> Path:
    is_identified = TABLES[name] == "identified"
    return lake.snapshot(snapshot).table_path(name, identified=is_identified) / "all.parquet"


def test_a_sound_snapshot_has_no_damage(lake: Lake) -> None:
    first = published(lake, "good")
    assert find_damage(lake.snapshot(first), contents=True) == ()
    sound = last_sound(lake, contents=True)
    assert sound.snapshot is not None
    assert (sound.snapshot.id, sound.damage) == (first, ())


def test_a_flipped_bit_is_found_by_checksum_alone(lake: Lake) -> None:
    first = published(lake, "good")
    path = file_of(lake, first)
    path.write_bytes(b"gooe")
    assert find_damage(lake.snapshot(first), contents=False) == ()
    (found,) = find_damage(lake.snapshot(first), contents=True)
    assert (found.table, found.file) == ("persons", str(path))
    assert "checksum" in found.what


def test_a_truncated_or_missing_file_is_found_without_reading_any(lake: Lake) -> None:
    first = published(lake, "good")
    file_of(lake, first).write_bytes(b"go")
    file_of(lake, first, "links").unlink()
    found = {one.table: one.what for one in find_damage(lake.snapshot(first), contents=False)}
    assert found == {"persons": "it has 2 bytes and should have 4", "links": "it is not there"}


def test_a_copy_of_the_settings_is_checked_like_a_table(lake: Lake) -> None:
    first = published(lake, "good")
    snapshot = lake.snapshot(first)
    kept = {"bytes": 4, "sha256": hashlib.sha256(b"good").hexdigest(), "kept": True}
    told = {**snapshot.manifest, "settings": {"feeds/a.toml": kept, "area/x.csv": {"kept": False}}}
    (snapshot.path / "manifest.json").write_text(json.dumps(told))
    (found,) = find_damage(snapshot, contents=True)
    assert (found.table, found.what) == ("settings", "it is not there")
    (snapshot.path / "settings" / "feeds").mkdir(parents=True)
    (snapshot.path / "settings" / "feeds" / "a.toml").write_text("good")
    assert find_damage(snapshot, contents=True) == ()


def test_an_unreadable_manifest_is_damage(lake: Lake) -> None:
    first = published(lake, "good")
    manifest = lake.snapshot(first).path / "manifest.json"
    for text in ("{", "[]", '{"tables": {"persons": {}}}'):
        manifest.write_text(text)
        (found,) = find_damage(lake.snapshot(first), contents=True)
        assert found.file == str(manifest)


def test_the_newest_earlier_sound_one_is_told_with_the_damage(lake: Lake) -> None:
    ids = [published(lake, text) for text in ("one", "two", "three")]
    file_of(lake, ids[2]).write_bytes(b"")
    file_of(lake, ids[1]).write_bytes(b"TWO")
    by_size, by_contents = last_sound(lake, contents=False), last_sound(lake, contents=True)
    assert by_size.snapshot is not None
    assert by_contents.snapshot is not None
    assert (by_size.snapshot.id, by_contents.snapshot.id) == (ids[1], ids[0])
    assert [one.file for one in by_contents.damage] == [
        str(file_of(lake, ids[2])),
        str(file_of(lake, ids[1])),
    ]
    assert lake.serving().id == ids[2], "nothing was changed"


def test_where_none_is_sound_none_is_told(lake: Lake) -> None:
    first = published(lake, "good")
    file_of(lake, first).unlink()
    sound = last_sound(lake, contents=False)
    assert sound.snapshot is None
    assert len(sound.damage) == 1


def test_a_newer_one_that_was_rolled_back_from_is_passed_over(lake: Lake) -> None:
    ids = [published(lake, text) for text in ("one", "two", "three")]
    lake.serve(ids[1], Act.ROLLED_BACK, "the third was wrong")
    file_of(lake, ids[1]).unlink()
    sound = last_sound(lake, contents=False)
    assert sound.snapshot is not None
    assert sound.snapshot.id == ids[0]


def test_a_lost_current_is_made_good_from_the_history(lake: Lake, tmp_path: Path) -> None:
    ids = [published(lake, text) for text in ("one", "two", "three")]
    lake.serve(ids[1], Act.ROLLED_BACK, "the third was wrong")
    for damage in ("", "rubbish\n", "000009-20260101T000000Z\n"):
        (tmp_path / "lake" / "CURRENT").write_text(damage)
        sound = last_sound(lake, contents=True)
        assert sound.snapshot is not None
        assert sound.snapshot.id == ids[1]
        assert len(sound.damage) == 1


def test_an_analysts_copy_without_the_identified_zone_is_sound(lake: Lake, tmp_path: Path) -> None:
    published(lake, "good")
    (tmp_path / "identified").rename(tmp_path / "kept")
    assert last_sound(lake, contents=True).damage == ()

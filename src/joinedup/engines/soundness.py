"""Whether a snapshot's files are those that were published: there, of their size, unchanged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from joinedup.engines.files import sha256_of
from joinedup.engines.history import Act
from joinedup.engines.lake import Lake, Snapshot
from joinedup.terms import SnapshotError


@dataclass(frozen=True, slots=True)
class Promised:
    """A file as the manifest promises it, and where it should lie."""

    table: str
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with one file of a snapshot; `table` is "" for the manifest."""

    table: str
    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Sound:
    """The last sound snapshot, None where there is none; and the damage of newer ones.

    Without damage it is the one that was published last, or rolled back to.
    """

    snapshot: Snapshot | None
    damage: tuple[Damage, ...]


def last_sound(lake: Lake, *, contents: bool) -> Sound:
    """The snapshot that serves, or where it is damaged the newest earlier one that is sound.

    See `find_damage` for `contents`. Nothing is changed: who may write decides what serves.
    """
    damage: list[Damage] = []
    for snapshot in _candidates(lake, damage):
        found = find_damage(snapshot, contents=contents, identified=lake.has_identified())
        if not found:
            return Sound(snapshot, tuple(damage))
        damage += found
    return Sound(None, tuple(damage))


def _candidates(lake: Lake, damage: list[Damage]) -> Iterator[Snapshot]:
    """What should serve, then earlier ones, newest first; CURRENT may be damaged as well."""
    try:
        current = lake.current()
        first = current.id if current else ""
    except SnapshotError as error:
        damage.append(Damage("", error.where, error.what))
        served = [one.snapshot for one in lake.history() if one.act is not Act.ERASED]
        first = next((one for one in reversed(served) if one in lake.ids()), "")
        first = first or (lake.ids() or ("",))[-1]
    if first:
        yield lake.snapshot(first)
        for name in reversed(lake.ids()):
            if name < first:
                yield lake.snapshot(name)


def promised_files(snapshot: Snapshot) -> Iterator[Promised]:
    """Every file of the manifest; SnapshotError where that cannot be read."""
    manifest = snapshot.manifest
    try:
        for name, entry in manifest["tables"].items():
            folder = snapshot.table_path(name, identified=entry["zone"] == "identified")
            for file, told in entry["files"].items():
                yield Promised(name, folder / file, int(told["bytes"]), str(told["sha256"]))
        for name, told in manifest.get("settings", {}).items():
            if told["kept"]:
                path = snapshot.path / "settings" / name
                yield Promised("settings", path, int(told["bytes"]), str(told["sha256"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SnapshotError(
            "the manifest does not say what files the snapshot has.",
            where=str(snapshot.path / "manifest.json"),
            cure="Restore it from your backup; if an earlier version made it, move lake/ and "
            "identified/snapshots away and run.",
        ) from error


def find_damage(
    snapshot: Snapshot, *, contents: bool, identified: bool = True
) -> tuple[Damage, ...]:
    """What is wrong with a snapshot's files: nothing if it is sound.

    Without `contents` each file must be there with its size, which takes no time; with them the
    bytes must be those that were written, for which all are read. `identified=False` passes over
    the identified zone, for who has only `lake/`.
    """
    try:
        files = list(promised_files(snapshot))
    except SnapshotError as error:
        return (Damage("", error.where, error.what),)
    if not identified:
        files = [one for one in files if not one.path.is_relative_to(snapshot.identified)]
    check = _contents if contents else _size
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda one: _damage(one, check(one)), files)
        return tuple(one for one in found if one is not None)


def _damage(file: Promised, what: str) -> Damage | None:
    return Damage(file.table, str(file.path), what) if what else None


def _size(file: Promised) -> str:
    try:
        size = file.path.stat().st_size
    except FileNotFoundError:
        return "it is not there"
    except OSError as error:
        return f"it cannot be read ({error.strerror or type(error).__name__})"
    if size != file.bytes:
        return f"it has {size:,} bytes and should have {file.bytes:,}"
    return ""


def _contents(file: Promised) -> str:
    wrong = _size(file)
    if wrong:
        return wrong
    try:
        found = sha256_of(file.path)
    except OSError as error:
        return f"it cannot be read ({error.strerror or type(error).__name__})"
    return "" if found == file.sha256 else "its checksum is not the one it was given"

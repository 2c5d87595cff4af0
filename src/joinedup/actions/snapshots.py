"""The snapshots of a system: which there are, whether they are sound, which one serves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joinedup.actions.reporting import report
from joinedup.engines import (
    Act,
    Damage,
    Happening,
    Lake,
    Snapshot,
    find_damage,
    made_at,
    promised_files,
    storage_faults,
)
from joinedup.partners import System, read_system
from joinedup.terms import NotFoundError, SnapshotError


@dataclass(frozen=True, slots=True)
class Listed:
    """One snapshot in the list. `own_bytes` are freed by erasing it; other files are shared.

    Rows are None where the manifest cannot be read.
    """

    snapshot: str
    made_at: str
    serves: bool
    joinedup_version: str
    persons: int | None
    events: int | None
    bytes: int
    own_bytes: int
    note: str


@dataclass(frozen=True, slots=True)
class TableShown:
    """One table of a snapshot."""

    table: str
    zone: str
    rows: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One snapshot in full; `made_after` is the one that its run went on from, "" where none."""

    snapshot: str
    made_at: str
    serves: bool
    joinedup_version: str
    made_after: str
    tables: tuple[TableShown, ...]
    history: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying one snapshot found; it is sound where `damage` is empty."""

    snapshot: str
    files: int
    bytes: int
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What served before, what serves now, and its report page."""

    snapshot: str
    served_before: str
    report: Path


@dataclass(frozen=True, slots=True)
class Pruned:
    """Which snapshots were erased, or would be in a dry run, the bytes freed, and what is left."""

    erased: tuple[str, ...]
    kept: tuple[str, ...]
    freed_bytes: int
    dry_run: bool


def list_snapshots(folder: Path) -> tuple[Listed, ...]:
    """All snapshots, oldest first."""
    lake = lake_of(read_system(folder))
    serving = _serving_id(lake)
    files = {name: _files_on_disk(lake.snapshot(name)) for name in lake.ids()}
    holders = Counter(inode for found in files.values() for inode in found)
    last_act = {one.snapshot: one for one in lake.history()}
    listed = []
    for name, found in files.items():
        manifest = _manifest_or_nothing(lake.snapshot(name))
        rows = {table: entry.get("rows") for table, entry in manifest.get("tables", {}).items()}
        listed.append(
            Listed(
                snapshot=name,
                made_at=made_at(name).isoformat(timespec="seconds"),
                serves=name == serving,
                joinedup_version=str(manifest.get("joinedup_version", "")),
                persons=rows.get("persons"),
                events=rows.get("events"),
                bytes=sum(found.values()),
                own_bytes=sum(size for inode, size in found.items() if holders[inode] == 1),
                note=_note(last_act.get(name), serves=name == serving),
            )
        )
    return tuple(listed)


def show_snapshot(folder: Path, snapshot_id: str = "") -> Shown:
    """One snapshot in full; the one that serves where none is named."""
    lake = lake_of(read_system(folder))
    snapshot = find_snapshot(lake, snapshot_id)
    manifest = snapshot.manifest
    files: dict[str, list[int]] = {name: [] for name in manifest["tables"]}
    for one in promised_files(snapshot):
        files.setdefault(one.table, []).append(one.bytes)
    return Shown(
        snapshot=snapshot.id,
        made_at=str(manifest["made_at"]),
        serves=snapshot.id == _serving_id(lake),
        joinedup_version=str(manifest["joinedup_version"]),
        made_after=str(manifest.get("made_after", "")),
        tables=tuple(
            TableShown(name, entry["zone"], entry["rows"], len(files[name]), sum(files[name]))
            for name, entry in manifest["tables"].items()
        ),
        history=tuple(one for one in lake.history() if one.snapshot == snapshot.id),
    )


def verify_snapshots(folder: Path, snapshot_ids: Sequence[str] = ()) -> tuple[Verified, ...]:
    """Read every byte of the snapshots named, of all where none is, and compare checksums."""
    lake = lake_of(read_system(folder))
    verified = []
    for name in snapshot_ids or lake.ids():
        snapshot = find_snapshot(lake, name)
        damage = find_damage(snapshot, contents=True, identified=lake.has_identified())
        if not snapshot.path.is_dir():  # a run has pruned it since
            continue
        there = _files_on_disk(snapshot).values()
        verified.append(Verified(snapshot.id, len(there), sum(there), damage))
    return tuple(verified)


def roll_back(folder: Path, snapshot_id: str, *, why: str) -> RolledBack:
    """Let an earlier snapshot serve, once every byte of it was verified; write its report.

    SnapshotError where it is damaged. The newer ones stay until they are pruned.
    """
    system = read_system(folder)
    lake = lake_of(system)
    with storage_faults(system.path), lake.locked():
        snapshot = find_snapshot(lake, snapshot_id)
        damage = find_damage(snapshot, contents=True)
        if damage:
            raise SnapshotError(
                f"the snapshot is damaged and cannot serve: {damage[0].what}.",
                where=damage[0].file,
                cure="Choose another one: see 'joinedup snapshot list' and 'snapshot verify'.",
            )
        before = _serving_id(lake)
        lake.serve(snapshot.id, Act.ROLLED_BACK, why)
        page, _ = report(system)
    return RolledBack(snapshot.id, before, page)


def prune(
    folder: Path,
    *,
    keep: int | None = None,
    snapshot_ids: Sequence[str] = (),
    why: str = "",
    dry_run: bool = False,
) -> Pruned:
    """Erase the snapshots named, else all but the last `keep`; the one that serves always stays.

    SnapshotError, with nothing erased, where it is named.
    `keep` and the days that all are kept for are those of `system.toml` where not given.
    """
    system = read_system(folder)
    lake = lake_of(system)
    with storage_faults(system.path), lake.locked():
        number = system.limits.keep_snapshots if keep is None else keep
        days = system.limits.keep_days if keep is None else 0
        chosen = tuple(dict.fromkeys(find_snapshot(lake, name).id for name in snapshot_ids))
        lake.refuse_serving(chosen)
        chosen = chosen or lake.to_prune(number, days)
        files = {name: _files_on_disk(lake.snapshot(name)) for name in lake.ids()}
        kept = tuple(name for name in files if name not in chosen)
        left = {inode for name in kept for inode in files[name]}
        freed = {
            inode: size
            for name in chosen
            for inode, size in files[name].items()
            if inode not in left
        }
        if not dry_run:
            lake.erase(chosen, why or ("named" if snapshot_ids else f"keep {number}"))
    return Pruned(chosen, kept, sum(freed.values()), dry_run)


def lake_of(system: System) -> Lake:
    """The lake of a system."""
    return Lake(system.lake, system.identified)


def find_snapshot(lake: Lake, asked: str) -> Snapshot:
    """The snapshot of an id or of its number alone, or where "" is asked the one that serves."""
    if not asked:
        return lake.serving()
    number = asked.zfill(6) if asked.isdecimal() else asked
    found = [name for name in lake.ids() if name == asked or name[:6] == number]
    if not found:
        raise NotFoundError(
            f"there is no snapshot '{asked}'.",
            where="lake/snapshots",
            cure=f"There are: {', '.join(lake.ids()) or 'none yet; run joinedup run'}.",
        )
    return lake.snapshot(found[-1])


def _serving_id(lake: Lake) -> str:
    """The id that CURRENT names, or "" where it names none: its damage is told by others."""
    try:
        current = lake.current()
    except SnapshotError:
        return ""
    return current.id if current else ""


def _files_on_disk(snapshot: Snapshot) -> dict[tuple[int, int], int]:
    """Bytes of each file of a snapshot, by what tells that two names are one file."""
    found = {}
    for folder in (snapshot.path, snapshot.identified):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file():
                stat = path.stat()
                found[stat.st_dev, stat.st_ino] = stat.st_size
    return found


def _manifest_or_nothing(snapshot: Snapshot) -> dict[str, Any]:
    try:
        manifest = dict(snapshot.manifest)
    except (SnapshotError, TypeError, ValueError):
        return {}
    tables = manifest.get("tables")
    return manifest if isinstance(tables, dict) else {}


def _note(last: Happening | None, *, serves: bool) -> str:
    """What was last done with it, where it is not simply that it was published."""
    if last is None:  # a run that was killed did not come to note what it had published
        return "" if serves else "never served"
    if last.act is Act.PUBLISHED:
        return ""
    why = f": {last.why}" if last.why else ""
    return f"{last.act} by {last.user} at {last.at}{why}"

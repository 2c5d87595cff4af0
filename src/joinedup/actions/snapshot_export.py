"""Give pseudonymous tables to other tools: plain Parquet, or Delta tables with their versions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from joinedup import tables
from joinedup.actions.serving import damaged
from joinedup.actions.snapshots import find_snapshot, lake_of
from joinedup.engines import Snapshot, find_damage, promised_files, storage_faults, write_delta
from joinedup.partners import System, read_system
from joinedup.safeguards import Purpose, decide, record_look
from joinedup.tables import Table, Zone
from joinedup.terms import DisclosureError, NotFoundError, SnapshotError

FORMATS: Final = ("parquet", "delta")
_MARK: Final = "export.json"
_EXPORTED: Final = {
    one.name: one for one in tables.PROMISED if one.zone is not Zone.IDENTIFIED
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableExported:
    """One table; `version` is that of the Delta table, None for Parquet."""

    table: str
    rows: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds, as its `export.json` says; that is written last."""

    system: str
    snapshot: str
    format: str
    purpose: str
    tables: tuple[TableExported, ...]


def export_snapshot(
    folder: Path,
    to: Path,
    *,
    purpose: str,
    format: str,  # the word of the command line
    names: Sequence[str] = (),
    snapshot_id: str = "",
) -> Exported:
    """Write the tables named, or all that name nobody, of a snapshot to a folder of their own.

    DisclosureError for a table of the identified zone or a purpose that is none; SnapshotError
    where a file is damaged, or the folder has anything but an earlier export of the same format.
    """
    system = read_system(folder)
    lake = lake_of(system)
    with storage_faults(to), lake.locked():  # so that no run prunes it meanwhile
        snapshot = find_snapshot(lake, snapshot_id)
        stated, chosen = _allowed(purpose, names)
        _room_for(system, to, format)
        damage = find_damage(snapshot, contents=True, identified=False)
        if damage:
            raise damaged(damage)
        for declared in chosen:
            record_look(
                system.identified / "looks.jsonl",
                purpose=stated,
                what=f"table {declared.name} of {snapshot.id}, exported",
            )
        to.mkdir(parents=True, exist_ok=True)
        made = tuple(_export(snapshot, declared, to, format) for declared in chosen)
        done = Exported(system.name, snapshot.id, format, stated.value, made)
        aside = to / f"{_MARK}.part"
        aside.write_text(json.dumps(asdict(done), indent=1), encoding="utf-8")
        aside.replace(to / _MARK)
    return done


def _allowed(purpose: str, names: Sequence[str]) -> tuple[Purpose, list[Table]]:
    by_name = {one.name: one for one in tables.PROMISED}
    for name in names:
        if name not in by_name:
            raise NotFoundError(
                f"there is no table '{name}'.",
                where="--table",
                cure=f"There are: {', '.join(_EXPORTED)}.",
            )
        if name not in _EXPORTED:
            raise DisclosureError(
                "the table names people and does not leave the identified zone.",
                where=name,
                cure=f"Export any of: {', '.join(_EXPORTED)}.",
            )
    chosen = [by_name[name] for name in dict.fromkeys(names or _EXPORTED)]
    return decide(purpose, chosen[0]), chosen


def _room_for(system: System, to: Path, format: str) -> None:
    """Refuse a folder that is the system's own, or that has what is no export of this format."""
    inside = to.resolve()
    for kept in (system.lake, system.identified, system.inbox):
        if inside.is_relative_to(kept.resolve()):
            raise SnapshotError(
                "an export does not go into the system's own folders.",
                where=str(to),
                cure="Name a folder elsewhere, where those who may see the tables work.",
            )
    if not to.exists() or not any(to.iterdir()):
        return
    try:
        found = json.loads((to / _MARK).read_text(encoding="utf-8"))["format"]
    except (OSError, ValueError, KeyError, TypeError):
        found = ""
    if found != format:
        raise SnapshotError(
            f"the folder has something else in it than an earlier export as {format}.",
            where=str(to),
            cure="Name a new folder, or empty this one.",
        )


def _export(snapshot: Snapshot, declared: Table, to: Path, format: str) -> TableExported:
    files = [one.path for one in promised_files(snapshot) if one.table == declared.name]
    rows = int(snapshot.manifest["tables"][declared.name]["rows"])
    if format == "delta":
        version = write_delta(
            files, to / declared.name, snapshot=snapshot.id, meaning=declared.grain
        )
        return TableExported(declared.name, rows, version)
    there = to / declared.name
    aside, old = to / f"{declared.name}.part", to / f"{declared.name}.old.part"
    for left in (aside, old):
        shutil.rmtree(left, ignore_errors=True)
    aside.mkdir()
    for path in files:
        shutil.copyfile(path, aside / path.name)
    if there.exists():
        there.replace(old)
    aside.replace(there)
    shutil.rmtree(old, ignore_errors=True)
    return TableExported(declared.name, rows, None)

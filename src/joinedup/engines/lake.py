"""The lake: dated snapshots, each whole, one of them serving.

A snapshot is written aside, renamed whole, and only then named in `CURRENT` by one atomic rename,
so that whenever a run is killed the last good snapshot still serves.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from joinedup.terms import NotFoundError, SnapshotError

MANIFEST_VERSION = 2
_SNAPSHOT_ID = re.compile(r"^(\d{6})-\d{8}T\d{6}Z$")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot: `path` has the pseudonymous tables, `identified` those that name people."""

    id: str
    path: Path
    identified: Path

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What went in, what came out, and by which code: see docs/reference/snapshot.md."""
        path = self.path / "manifest.json"
        try:
            manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SnapshotError(
                "the snapshot's manifest cannot be read.",
                where=str(path),
                cure="Run 'joinedup run' to make a new snapshot.",
            ) from error
        return manifest

    def table_path(self, name: str, *, identified: bool = False) -> Path:
        """The folder of a table's Parquet files, there or not."""
        folder = self.identified if identified else self.path / "tables"
        return folder / name


class Lake:
    """The snapshots of one system, below `lake/` and, for what names people, `identified/`."""

    def __init__(self, lake: Path, identified: Path) -> None:
        self._lake = lake
        self._snapshots = lake / "snapshots"
        self._identified = identified / "snapshots"
        self._current = lake / "CURRENT"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to write; a second run refuses at once and says who holds it."""
        self._lake.mkdir(parents=True, exist_ok=True)
        path = self._lake / "run.lock"
        try:
            with filelock.FileLock(path, timeout=0):
                yield
        except filelock.Timeout:
            raise SnapshotError(
                "another run is at work on this system.",
                where=str(path),
                cure="Wait until it ends; the lock frees itself even if that run is killed.",
            ) from None

    def ids(self) -> tuple[str, ...]:
        """Whole snapshots, oldest first."""
        if not self._snapshots.is_dir():
            return ()
        return tuple(
            sorted(path.name for path in self._snapshots.iterdir() if _SNAPSHOT_ID.match(path.name))
        )

    def snapshot(self, snapshot_id: str) -> Snapshot:
        """The snapshot of that id, there or not."""
        return Snapshot(snapshot_id, self._snapshots / snapshot_id, self._identified / snapshot_id)

    def current(self) -> Snapshot | None:
        """The snapshot that serves, or None before the first run."""
        try:
            snapshot_id = self._current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        snapshot = self.snapshot(snapshot_id)
        if not _SNAPSHOT_ID.match(snapshot_id) or not snapshot.path.is_dir():
            raise SnapshotError(
                "CURRENT names a snapshot that is not there.",
                where=str(self._current),
                cure="Run 'joinedup run' to make a new one.",
            )
        return snapshot

    def serving(self) -> Snapshot:
        """The snapshot that serves; NotFoundError before the first run."""
        snapshot = self.current()
        if snapshot is None:
            raise NotFoundError(
                "no snapshot has been published yet.",
                where=str(self._lake),
                cure="Run 'joinedup run' on the system first.",
            )
        return snapshot

    def begin(self) -> Snapshot:
        """A new snapshot to write into: folders aside, which `publish` renames."""
        self._sweep()
        latest = self.ids()[-1:] or ("000000",)
        number = int(latest[0][:6]) + 1
        snapshot_id = f"{number:06d}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        draft = Snapshot(
            snapshot_id,
            self._snapshots / f"{snapshot_id}.part",
            self._identified / f"{snapshot_id}.part",
        )
        (draft.path / "tables").mkdir(parents=True)
        draft.identified.mkdir(parents=True)
        return draft

    def publish(self, draft: Snapshot, manifest: Mapping[str, Any]) -> Snapshot:
        """Make the draft whole under its own name, then let `CURRENT` name it."""
        text = json.dumps({"manifest_version": MANIFEST_VERSION, **manifest}, indent=1)
        _write_durably(draft.path / "manifest.json", text)
        snapshot = self.snapshot(draft.id)
        draft.identified.rename(snapshot.identified)
        draft.path.rename(snapshot.path)
        aside = self._current.with_name("CURRENT.part")
        _write_durably(aside, draft.id + "\n")
        aside.replace(self._current)
        return snapshot

    def prune(self, keep: int) -> tuple[str, ...]:
        """Drop all but the last `keep` snapshots; the one that serves always stays."""
        serving = self.serving().id
        gone = [name for name in self.ids()[: -max(keep, 1)] if name != serving]
        for name in gone:
            shutil.rmtree(self._identified / name, ignore_errors=True)
            shutil.rmtree(self._snapshots / name)
        return tuple(gone)

    def _sweep(self) -> None:
        """Clear what a killed run left: drafts, and snapshots made whole but never served."""
        current = self.current()
        serving = current.id if current else ""
        for folder in (self._snapshots, self._identified):
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.name.endswith(".part") or path.name > serving:
                    shutil.rmtree(path)


def parquet_files(path: Path) -> list[Path]:
    """A table's Parquet files in the order of their names; a file stands for itself."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def reuse(earlier: Path, later: Path) -> None:
    """Let an unchanged file of one snapshot serve in the next: a hard link, or else a copy."""
    later.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(earlier, later)
    except OSError:  # a file system without hard links, or another one
        shutil.copy2(earlier, later)


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())

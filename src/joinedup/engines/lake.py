"""The lake: dated snapshots, each whole, one of them serving.

A snapshot is written aside, renamed whole, and only then named in `CURRENT` by one atomic rename,
so that whenever a run is killed the last good snapshot still serves.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import filelock

from joinedup.engines.durable import settle, settle_names, write_durably
from joinedup.engines.history import Act, Happening, add_happening, read_history
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
        self._log = lake / "history.jsonl"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to write; a second run refuses at once and says who holds it."""
        self._lake.mkdir(parents=True, exist_ok=True)
        path = self._lake / "run.lock"
        try:
            with filelock.FileLock(path, timeout=0), self._swept():
                yield
        except filelock.Timeout:
            raise SnapshotError(
                "another run, rollback, prune or export is at work on this system.",
                where=str(path),
                cure="Wait until it ends; the lock frees itself even if that run is killed.",
            ) from None

    @contextmanager
    def _swept(self) -> Iterator[None]:
        """Begin without what a killed run left, which may be what filled the disk; where this one
        fails, leave no draft either.
        """
        with suppress(SnapshotError):  # `begin` says what is wrong with the lake
            self._sweep()
        try:
            yield
        except BaseException:
            with suppress(OSError, SnapshotError):
                self._sweep()
            raise

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
            snapshot_id = self._current.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            if any(one.act is not Act.ERASED for one in self.history()):
                raise self._lost("CURRENT is not there, although a snapshot served.") from None
            return None
        snapshot = self.snapshot(snapshot_id)
        if not _SNAPSHOT_ID.match(snapshot_id) or not snapshot.path.is_dir():
            raise self._lost("CURRENT names a snapshot that is not there.")
        return snapshot

    def history(self) -> tuple[Happening, ...]:
        """What was published, rolled back to and erased, oldest first."""
        return read_history(self._log)

    def has_identified(self) -> bool:
        """Whether the identified zone is here; an analyst's copy has `lake/` alone."""
        return self._identified.is_dir()

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
        given = [*self.ids(), *(one.snapshot for one in self.history())]
        number = max((int(name[:6]) for name in given), default=0) + 1
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
        write_durably(draft.path / "manifest.json", text)
        settle((draft.path, draft.identified))
        snapshot = self.snapshot(draft.id)
        draft.identified.rename(snapshot.identified)
        draft.path.rename(snapshot.path)
        settle_names(self._snapshots, self._identified)
        self.serve(draft.id, Act.PUBLISHED, "")
        return snapshot

    def serve(self, snapshot_id: str, act: Act, why: str) -> None:
        """Let `CURRENT` name a whole snapshot, by one rename, and note it in the history."""
        self._note_current()
        aside = self._current.with_name("CURRENT.part")
        write_durably(aside, snapshot_id + "\n")
        aside.replace(self._current)
        settle_names(self._lake)
        add_happening(self._log, act, snapshot_id, why)

    def to_prune(self, keep: int, keep_days: int = 0) -> tuple[str, ...]:
        """All but the last `keep`, those of the last `keep_days`, and the one that serves."""
        serving = self.serving().id
        since = datetime.now(UTC) - timedelta(days=keep_days)
        older = [name for name in self.ids()[: -max(keep, 1)] if name != serving]
        return tuple(name for name in older if not keep_days or made_at(name) < since)

    def erase(self, ids: Iterable[str], why: str) -> None:
        """Erase snapshots with their identified part, each wholly or, if killed, by the next run.

        SnapshotError, with nothing erased, where the one that serves is among them.
        """
        ids = list(ids)
        self.refuse_serving(ids)
        self._note_current()
        for name in ids:
            add_happening(self._log, Act.ERASED, name, why)
            aside = self._snapshots / f"{name}.part"
            (self._snapshots / name).rename(aside)
            if (self._identified / name).is_dir():
                shutil.rmtree(self._identified / name)
            shutil.rmtree(aside)

    def refuse_serving(self, ids: Collection[str]) -> None:
        """SnapshotError where the snapshot that serves is among those to be erased."""
        if ids and self.serving().id in ids:
            raise SnapshotError(
                "the snapshot that serves is not erased.",
                where=self.serving().id,
                cure="Let another one serve first: 'joinedup snapshot rollback'.",
            )

    def _note_current(self) -> None:
        """Note a snapshot that serves and that a killed run did not come to note."""
        try:
            current = self.current()
        except SnapshotError:
            return
        if current and current.id not in {one.snapshot for one in self.history()}:
            add_happening(self._log, Act.PUBLISHED, current.id, "")

    def _sweep(self) -> None:
        """Clear what a killed run left: drafts, and snapshots made whole but never served.

        One that was rolled back from is later than the one that serves as well, but it did serve.
        """
        self._refuse_half_a_lake()
        current = self.current()
        served = {one.snapshot for one in self.history()}
        gone = []
        for path in _folders(self._snapshots):
            was_never_named = served and path.name > (current.id if current else "")
            if path.name.endswith(".part") or (was_never_named and path.name not in served):
                gone.append(path)
        kept = set(self.ids()) - {path.name for path in gone}
        # The identified part first: alone it would be taken for one that came from a backup.
        for path in _folders(self._identified):
            if path.name not in kept:
                shutil.rmtree(path)
        for path in gone:
            shutil.rmtree(path)

    def _refuse_half_a_lake(self) -> None:
        """Who is who is not swept away where only `identified/` came back from a backup."""
        orphans = [path for path in _folders(self._identified) if _SNAPSHOT_ID.match(path.name)]
        if orphans and not _folders(self._snapshots):
            raise SnapshotError(
                "identified/ has snapshots of which lake/ has nothing.",
                where=str(orphans[-1]),
                cure="Restore lake/ from the same backup, or nobody would keep their person_id; "
                "to begin afresh, move identified/snapshots away.",
            )

    def _lost(self, what: str) -> SnapshotError:
        return SnapshotError(
            what,
            where=str(self._current),
            cure="Run 'joinedup run': the last sound snapshot serves again, then a new one.",
        )


def made_at(snapshot_id: str) -> datetime:
    """When a snapshot was begun, by its id."""
    return datetime.strptime(snapshot_id[7:], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _folders(path: Path) -> list[Path]:
    return list(path.iterdir()) if path.is_dir() else []


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

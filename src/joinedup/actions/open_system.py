"""Open a system's serving snapshot for a stated purpose: for notebooks, and for other actions."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.serving import explain_failure, pruned, snapshot_to_read
from joinedup.engines import (
    Cells,
    DuckDBEngine,
    Lake,
    Snapshot,
    open_duckdb,
    open_engine,
    parquet_files,
)
from joinedup.partners import System, read_system, with_engine
from joinedup.safeguards import Purpose, decide, record_look
from joinedup.tables import Table, Zone
from joinedup.terms import JoinedupError, NotFoundError, SnapshotWarning

_BY_NAME: Mapping[str, Table] = {table.name: table for table in tables.PROMISED}


class OpenSystem:
    """A system with its serving snapshot open for one purpose.

    Each promised table is an attribute, an Ibis expression: `system.events`, `system.persons`.
    A table that the purpose does not allow raises DisclosureError. Every look is recorded.
    `notice` says why it is not the snapshot that should serve; "" where it is.
    """

    def __init__(self, system: System, snapshot: Snapshot, purpose: str, notice: str = "") -> None:
        self.system = system
        self.snapshot = snapshot
        self.notice = notice
        self.purpose = decide(purpose, tables.PERSONS)
        self._made: Mapping[str, Any] = snapshot.manifest.get("tables", {})
        # A published snapshot never changes: read footers once.
        self._engine = open_engine(system, files_are_final=True)
        self._own: DuckDBEngine | None = None

    def table(self, name: str) -> ir.Table:
        """One promised table. NotFoundError with the names that there are where it is none."""
        path = self._path(name)
        self._look(f"table {name}")
        return self._engine.read_parquet(path)

    def files_of(self, name: str, snapshot: Snapshot, files: Sequence[str]) -> ir.Table:
        """Some files of one promised table as a snapshot has it, this one or another."""
        declared = _declared(name, self.system.name)
        folder = self._folder(declared, snapshot)
        self._look(f"table {name} of {snapshot.id}")
        if not files:
            return ibis.memtable([], schema=declared.schema())
        return self._engine.read_parquet([folder / file for file in files])

    def rows_of(
        self, name: str, person_id: str, *, column: str = "person_id"
    ) -> list[dict[str, Any]]:
        """The rows of one promised table about one person, in no order."""
        paths = parquet_files(self._path(name))
        parting = self._made.get(name, {}).get("cells")
        if column == "person_id" and parting:
            cells = Cells(**parting)
            mine = [path for path in paths if cells.has_person(path.name, person_id)]
            paths = mine or paths[:1]  # a file without the person still has the columns
        return self._looking_up.look_up(paths, column, person_id)

    def all_rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a promised table that does not grow with people."""
        return self._looking_up.look_up(parquet_files(self._path(name)))

    @property
    def _looking_up(self) -> DuckDBEngine:
        """For a few rows: to start a job on Spark takes longer than the answer."""
        if isinstance(self._engine, DuckDBEngine):
            return self._engine
        if self._own is None:
            self._own = open_duckdb(self.system, files_are_final=True)
        return self._own

    def _path(self, name: str) -> Path:
        return self._folder(_declared(name, self.system.name), self.snapshot)

    def _folder(self, declared: Table, snapshot: Snapshot) -> Path:
        """Where a table lies, if the purpose allows it to be opened and it is there."""
        decide(self.purpose, declared)
        path = snapshot.table_path(declared.name, identified=declared.zone is Zone.IDENTIFIED)
        if not snapshot.path.is_dir():
            raise pruned(snapshot)
        if not path.is_dir():
            raise NotFoundError(
                f"the snapshot has no table '{declared.name}'.",
                where=snapshot.id,
                cure="Run 'joinedup run' to make it.",
            )
        return path

    def person_look(self, person_id: str) -> None:
        """Record that one person's record is looked at."""
        self._look("person", person_id)

    def _look(self, what: str, person_id: str = "") -> None:
        log = self.system.identified / "looks.jsonl"
        record_look(log, purpose=self.purpose, what=what, person_id=person_id)

    @property
    def footprints(self) -> ir.Table:
        """What lies in what, from when to when: `memberships` by its everyday name."""
        return self.table("memberships")

    def __getattr__(self, name: str) -> ir.Table:
        if name.startswith("_") or name not in _BY_NAME:
            raise AttributeError(f"{type(self).__name__} has no '{name}'")
        return self.table(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_BY_NAME]

    def __repr__(self) -> str:
        lines = [
            f"{self.system.name} ({self.system.ods_code}), snapshot {self.snapshot.id}",
            f"opened for {self.purpose.value}",
        ]
        for name in _BY_NAME:
            if name in self._made:
                closed = "" if self._allows(name) else "  (not for this purpose)"
                lines.append(f"  {name:<14}{self._made[name]['rows']:>14,} rows{closed}")
        return "\n".join(lines)

    def _allows(self, name: str) -> bool:
        try:
            decide(self.purpose, _BY_NAME[name])
        except PermissionError:
            return False
        return True

    def __enter__(self) -> OpenSystem:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, Exception) and not isinstance(error, JoinedupError):
            explain_failure(self.snapshot, error)

    def close(self) -> None:
        """Let go of files and memory."""
        self._engine.close()
        if self._own is not None:
            self._own.close()


def _declared(name: str, where: str) -> Table:
    declared = _BY_NAME.get(name)
    if declared is None:
        raise NotFoundError(
            f"there is no table '{name}'.", where=where, cure=f"There are: {', '.join(_BY_NAME)}."
        )
    return declared


def open_system(
    folder: str | Path, purpose: str = Purpose.POPULATION_HEALTH, *, engine: str = ""
) -> OpenSystem:
    """Open the serving snapshot of a system folder for a purpose, by an engine if one is named.

    Where it is damaged, the last sound one is opened with a SnapshotWarning. NotFoundError before
    the first run; DisclosureError for a purpose that is none.
    """
    system = with_engine(read_system(Path(folder)), engine)
    snapshot, notice = snapshot_to_read(Lake(system.lake, system.identified))
    if notice:
        warnings.warn(notice, SnapshotWarning, stacklevel=3)
    return OpenSystem(system, snapshot, purpose, notice)

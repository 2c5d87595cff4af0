"""A run under way: where it writes, what served before, and what it has made so far."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from joinedup.actions.change import Change
from joinedup.actions.received import Part, received_by_partner, received_table
from joinedup.actions.steps import Steps
from joinedup.engines import (
    CellOrder,
    Cells,
    Engine,
    Snapshot,
    TableFile,
    by_inode,
    describe_files,
    parquet_files,
    place_of,
    reuse,
)
from joinedup.partners import System
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import Table, Zone


@dataclass(frozen=True, slots=True)
class Made:
    """One table of the draft: the step that made it, its zone, its files and their parting."""

    step: str
    zone: Zone
    files: tuple[TableFile, ...]
    cells: Cells | None = None

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(one.rows for one in self.files)

    def entry(self) -> Mapping[str, Any]:
        """What the manifest says of it: see docs/reference/snapshot.md."""
        return {
            "step": self.step,
            "zone": self.zone.value,
            "rows": self.rows,
            "cells": asdict(self.cells) if self.cells else None,
            "files": {
                one.name: {"rows": one.rows, "bytes": one.bytes, "sha256": one.sha256}
                for one in self.files
            },
        }

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Made:
        """What a manifest said of a table."""
        cells = entry["cells"]
        return cls(
            entry["step"],
            Zone(entry["zone"]),
            tuple(TableFile(name, **one) for name, one in entry["files"].items()),
            Cells(**cells) if cells else None,
        )


@dataclass(frozen=True, slots=True)
class Relinked:
    """Identities that came and went, and patients whose person is another: see `linkage.Linked`."""

    added: ir.Table
    removed: ir.Table
    moved: ir.Table


@dataclass(slots=True)
class Work:
    """What the steps of one run share; each writes its tables into the draft through it."""

    system: System
    engine: Engine
    key: Key
    steps: Steps
    before: Snapshot | None
    draft: Snapshot
    parts: tuple[Part, ...]
    # Rows that all files hand on: how large the largest tables may become.
    accepted_rows: int = 0
    # What became of partners' rows since; None where everything is made anew.
    change: Change | None = None
    # Whether nothing but who is who is taken from the snapshot before.
    rebuild: bool = False
    bases: dict[str, str] = field(default_factory=dict)
    # What the link step changed; None where it linked everybody anew.
    relinked: Relinked | None = None
    # The rows that came to tables of which only some rows changed, by table.
    came: dict[str, ir.Table] = field(default_factory=dict)
    step_keys: dict[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)

    def received(self, declared: Table) -> ir.Table:
        """A table as intake handed it on, over all files."""
        return received_table(self.engine, self.parts, declared)

    def write(self, step: str, declared: Table, table: ir.Table, *, in_order: bool = True) -> None:
        """Write one promised table into the draft, in the order of the expression or in any."""
        self.engine.write_table(table, self.folder(declared), in_order=in_order)
        self._describe(step, declared)

    def received_by_partner(self, declared: Table) -> Mapping[str, ir.Table]:
        """The same for each partner that sends rows for it; of nobody where none does."""
        return received_by_partner(self.engine, self.parts, declared)

    def write_by_person(self, step: str, declared: Table, pieces: Sequence[ir.Table]) -> None:
        """Write one promised table by person, so that a history is read from a few small files.

        `pieces` together are the table.
        """
        before = self.made_before(declared)
        cells = self.engine.write_cells(
            pieces,
            self.folder(declared),
            cell_order(declared),
            cells=before.cells if before else None,
            expected_rows=self.accepted_rows,
        )
        self._describe(step, declared, cells)

    def change_by_person(
        self, step: str, declared: Table, *, gone: ir.Table, key: tuple[str, ...], added: ir.Table
    ) -> None:
        """Write a table by person that differs from the one before by some rows.

        `gone` are rows of the table before, told by `key`.
        """
        before = self.made_before(declared)
        assert self.before is not None and before is not None and before.cells is not None
        came = self.keep(f"came_to_{declared.name}", added.select(*declared.column_names))
        self.came[declared.name] = came
        cells = self.engine.change_cells(
            self._folder_of(self.before, declared),
            self.folder(declared),
            cell_order(declared),
            before.cells,
            gone=gone,
            key=key,
            added=came,
        )
        self._describe(step, declared, cells)

    def read(self, declared: Table) -> ir.Table:
        """A table that an earlier step has written into the draft."""
        return self.engine.read_parquet(self.folder(declared))

    def read_before(self, declared: Table) -> ir.Table:
        """A table of the snapshot before."""
        assert self.before is not None
        return self.engine.read_parquet(self._folder_of(self.before, declared))

    def read_before_of(self, declared: Table, persons: ir.Table) -> ir.Table:
        """The files of a table of the snapshot before that may have rows of some persons."""
        made = self.made_before(declared)
        assert self.before is not None and made is not None and made.cells is not None
        at = persons.select(place=place_of(persons.person_id)).distinct()
        places = {row["place"] for row in at.to_pyarrow().to_pylist()}
        paths = parquet_files(self._folder_of(self.before, declared))
        theirs = [path for path in paths if made.cells.has_place(path.name, places)]
        return self.engine.read_parquet(theirs or paths[:1])

    def made_before(self, declared: Table) -> Made | None:
        """What the snapshot before says of a table; None where there is none."""
        if self.before is None:
            return None
        entry = self.before.manifest["tables"].get(declared.name)
        return Made.from_entry(entry) if entry else None

    def take_over(self, step: str, key: str, basis: str) -> bool:
        """Take the step's tables over from the serving snapshot, where they have the same key.

        `basis` is the hash of all that the step's result depends on but partners' rows.
        """
        self.step_keys[step], self.bases[step] = key, basis
        if self.before is None or self.rebuild:
            return False
        manifest: Mapping[str, Any] = self.before.manifest
        if manifest["steps"].get(step) != key:
            return False
        for name, entry in manifest["tables"].items():
            if entry["step"] == step:
                made = Made.from_entry(entry)
                self._take_over_files(name, made)
                self.made[name] = made
        return True

    def may_change(self, step: str) -> bool:
        """Whether the step may change the tables before instead of making them anew."""
        if self.change is None or self.before is None:
            return False
        return bool(self.before.manifest.get("bases", {}).get(step) == self.bases[step])

    def note(self, step: str, name: str, zone: Zone) -> None:
        """Note a table that is not promised but kept for the next run, lying in the draft."""
        folder = self.draft.table_path(name, identified=zone is Zone.IDENTIFIED)
        self.made[name] = Made(step, zone, describe_files(folder))

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Work a table out once, for the steps of this run alone."""
        self.engine.write_table(table, self._scratch / name)
        return self.engine.read_parquet(self._scratch / name)

    def forget(self) -> None:
        """Remove what was kept for this run alone."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def _scratch(self) -> Path:
        return self.draft.identified / "work"

    def folder(self, declared: Table) -> Path:
        """Where a table of the draft lies."""
        return self._folder_of(self.draft, declared)

    def _take_over_files(self, name: str, made: Made) -> None:
        assert self.before is not None
        is_identified = made.zone is Zone.IDENTIFIED
        later = self.draft.table_path(name, identified=is_identified)
        for path in parquet_files(self.before.table_path(name, identified=is_identified)):
            reuse(path, later / path.name)

    def _describe(self, step: str, declared: Table, cells: Cells | None = None) -> None:
        """Note what was written; files taken over from the snapshot before are not read again."""
        before = self.made_before(declared)
        known = {}
        if before is not None and self.before is not None:
            known = by_inode(self._folder_of(self.before, declared), before.files)
        files = describe_files(self.folder(declared), known)
        self.made[declared.name] = Made(step, declared.zone, files, cells)

    @staticmethod
    def _folder_of(snapshot: Snapshot, declared: Table) -> Path:
        return snapshot.table_path(declared.name, identified=declared.zone is Zone.IDENTIFIED)


def cell_order(declared: Table) -> CellOrder:
    """How a table by person is parted and ordered."""
    then = [name for name in declared.key if name != "person_id"]
    return CellOrder(declared.year_of, ("person_id", *then))

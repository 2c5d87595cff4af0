"""A run under way: where it writes, what served before, and what it has made so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from joinedup.actions.received import Part, received_table
from joinedup.actions.steps import Steps
from joinedup.engines import DuckDBEngine, Snapshot, reuse, write_sorted
from joinedup.partners import System
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import Table, Zone


@dataclass(frozen=True, slots=True)
class Made:
    """One table of the draft: the step that made it, its zone, its rows."""

    step: str
    zone: Zone
    rows: int


@dataclass(slots=True)
class Work:
    """What the steps of one run share; each writes its tables into the draft through it."""

    system: System
    engine: DuckDBEngine
    key: Key
    steps: Steps
    before: Snapshot | None
    draft: Snapshot
    parts: tuple[Part, ...]
    step_keys: dict[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)

    def received(self, declared: Table) -> ir.Table:
        """A table as intake handed it on, over all files."""
        return received_table(self.engine, self.parts, declared)

    def write(self, step: str, declared: Table, table: ir.Table, *, in_order: bool = True) -> None:
        """Write one promised table into the draft, in the order of the expression or in any."""
        path = self._path(declared.name, declared.zone)
        rows = self.engine.write_parquet(table, path, in_order=in_order)
        self.made[declared.name] = Made(step, declared.zone, rows)

    def write_by_person(self, step: str, declared: Table, table: ir.Table) -> None:
        """Write one promised table by person, so that a history is read from a few row groups."""
        path = self._path(declared.name, declared.zone)
        then = [name for name in declared.key if name != "person_id"]
        rows = write_sorted(self.engine, table, path, by="person_id", then=then)
        self.made[declared.name] = Made(step, declared.zone, rows)

    def read(self, declared: Table) -> ir.Table:
        """A table that an earlier step has written into the draft."""
        return self.engine.read_parquet(self._path(declared.name, declared.zone))

    def take_over(self, step: str, key: str) -> bool:
        """Take the step's tables over from the serving snapshot, where they have the same key."""
        self.step_keys[step] = key
        if self.before is None:
            return False
        manifest: Mapping[str, Any] = self.before.manifest
        if manifest["steps"].get(step) != key:
            return False
        for name, entry in manifest["tables"].items():
            if entry["step"] == step:
                zone = Zone(entry["zone"])
                earlier = self.before.table_path(name, identified=zone is Zone.IDENTIFIED)
                reuse(earlier, self._path(name, zone))
                self.made[name] = Made(step, zone, entry["rows"])
        return True

    def _path(self, name: str, zone: Zone) -> Any:
        return self.draft.table_path(name, identified=zone is Zone.IDENTIFIED)

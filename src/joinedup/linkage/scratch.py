"""Tables made on the way, kept by the engine until the linkage is done."""

from __future__ import annotations

import itertools
from types import TracebackType

import ibis.expr.types as ir

from joinedup.engines import Engine

_RUNS = itertools.count()


class Scratch:
    """Temporary tables of one linkage; all but those released go when it ends."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._prefix = f"linkage_{next(_RUNS)}"
        self._count = itertools.count()
        self._names: list[str] = []

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in self._names:
            self.engine.drop(name)

    def keep(self, table: ir.Table, label: str) -> ir.Table:
        """Work the table out now and keep its rows; `label` only makes its name readable."""
        name = f"{self._prefix}_{label}_{next(self._count)}"
        self._names.append(name)
        return self.engine.keep(table, name)

    def drop(self, table: ir.Table) -> None:
        """Give the memory of a kept table back before the end."""
        name = name_of(table)
        self.engine.drop(name)
        self._names.remove(name)

    def release(self, table: ir.Table) -> ir.Table:
        """Let a kept table outlive this scratch, for the caller to read and write."""
        self._names.remove(name_of(table))
        return table


def name_of(table: ir.Table) -> str:
    """The bare name of a kept table, for Splink and for SQL."""
    name: str = table.op().name
    return name

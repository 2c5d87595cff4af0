"""What actions and linkage ask of an engine, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

import ibis.expr.types as ir
import pyarrow as pa

from joinedup.engines.cells import CellOrder, Cells


class Engine(Protocol):
    """Opens tables as Ibis expressions, and works out and keeps or writes what is made of them.

    `connection` is Ibis's own backend; `memory_limit_mb` what one process of it may use.
    """

    name: str
    memory_limit_mb: int
    connection: Any

    def __enter__(self) -> Engine: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def close(self) -> None:
        """Let go of files, memory and whatever is kept."""

    def read_parquet(self, paths: Path | Sequence[Path]) -> ir.Table:
        """One table over Parquet files of the same columns; a folder stands for all in it."""

    def read_numbered(self, paths: Sequence[Path], *, first_row: int | None) -> ir.Table:
        """The same with `source_row`, counted in each file from `first_row`, and `lines`.

        As they are where `first_row` is None: they have their own numbers.
        """

    def keep(self, table: ir.Table, name: str) -> ir.Table:
        """Work a table out now and keep its rows under a name, until it is dropped."""

    def drop(self, name: str) -> None:
        """Give a kept table's room back."""

    def sum_by(
        self, table: ir.Table, groupings: Sequence[Sequence[str]], sums: Sequence[str]
    ) -> pa.Table:
        """Sums of whole numbers by each of several sets of columns, in one pass: a small table.

        It has the columns of all sets, null where a row's set has them not; `grouping__`, the
        place of its set; and the sums.
        """

    def write_parquet(self, table: ir.Table, path: Path, *, in_order: bool = False) -> int:
        """Write a table to one Parquet file, aside and then renamed; return its rows."""

    def write_table(self, table: ir.Table, folder: Path, *, in_order: bool = False) -> None:
        """Write a whole table to a folder, as one file or, where there are many machines, more."""

    def write_cells(
        self,
        pieces: Sequence[ir.Table],
        folder: Path,
        by: CellOrder,
        *,
        cells: Cells | None = None,
        expected_rows: int = 0,
    ) -> Cells:
        """Write a table as one file a cell; return how it was parted.

        `pieces` together are the table; where memory is short they are worked out one by one.
        `cells` is the parting to keep if it fits. `expected_rows` need not be exact.
        """

    def change_cells(
        self,
        earlier: Path,
        folder: Path,
        by: CellOrder,
        cells: Cells,
        *,
        gone: ir.Table,
        key: Sequence[str],
        added: ir.Table,
    ) -> Cells:
        """Write a table that differs from an earlier one by some rows; other files are taken over.

        `gone` are rows of the earlier table, told by `key`; `added` rows of the table.
        """


@runtime_checkable
class SpreadingEngine(Engine, Protocol):
    """An engine that can also run our own code on all its machines."""

    @property
    def tasks_at_once(self) -> int:
        """How many of them run side by side."""

    def spread(self, work: Callable[[Iterable[Any]], None], tasks: Sequence[Any]) -> None:
        """Hand every task to some machine; `work` gets a few of them at a time."""

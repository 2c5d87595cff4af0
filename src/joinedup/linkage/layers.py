"""A kept table of which little changes from run to run: written whole once, then only its changes.

A table lies in a folder: `whole.parquet`, and after a change `gone.parquet`, keys whose rows no
longer count, with `since.parquet`, the rows that count instead. The whole is linked from snapshot
to snapshot, so that a day costs what changed in it and not what stayed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import ibis.expr.types as ir

from joinedup.engines import Engine, reuse
from joinedup.linkage.scratch import Scratch

# Written whole again when more than this share of it changed: reading both parts then costs more.
_WHOLE_AT = 0.2
_WHOLE, _GONE, _SINCE = "whole.parquet", "gone.parquet", "since.parquet"


@dataclass(frozen=True, slots=True)
class Layers:
    """`whole` without the rows whose `key` is in `gone`, and with those of `since`.

    `kept` is all of that worked out, where it was.
    """

    key: str
    folder: Path
    whole: ir.Table
    gone: ir.Table | None = None
    since: ir.Table | None = None
    kept: ir.Table | None = None

    @property
    def now(self) -> ir.Table:
        """The table as it is."""
        if self.kept is not None:
            return self.kept
        if self.gone is None or self.since is None:
            return self.whole
        return self.whole.anti_join(self.gone, self.key).union(self.since)

    def only(self, keys: ir.Table) -> ir.Table:
        """The rows whose key is among `keys`."""
        return self.now.semi_join(keys, self.key)


def read_layers(engine: Engine, folder: Path, key: str) -> Layers:
    """The table that `write_whole` or `write_layers` left in a folder."""
    whole = engine.read_parquet(folder / _WHOLE)
    if not (folder / _SINCE).is_file():
        return Layers(key, folder, whole)
    gone, since = (engine.read_parquet(folder / name) for name in (_GONE, _SINCE))
    return Layers(key, folder, whole, gone, since)


def patched(scratch: Scratch, layers: Layers, keys: ir.Table, rows: ir.Table) -> Layers:
    """The table with `rows` in the place of all that it had for `keys`."""
    keys = gone = keys.select(layers.key)
    since = rows.select(*layers.whole.columns)
    if layers.gone is not None and layers.since is not None:
        gone = scratch.keep(keys.union(layers.gone, distinct=True), "gone")
        since = layers.since.anti_join(keys, layers.key).union(since)
    since = scratch.keep(since, "since")
    after = Layers(layers.key, layers.folder, layers.whole, gone, since)
    # Joins are planned by how large tables are said to be, and of a patched one nothing is known.
    return replace(after, kept=scratch.keep(after.now, "now"))


def write_whole(engine: Engine, table: ir.Table, folder: Path) -> None:
    """Leave a table in a folder, all of it."""
    engine.write_parquet(table, folder / _WHOLE)


def write_layers(engine: Engine, layers: Layers, folder: Path) -> None:
    """Leave a table in a folder: its changes only, unless they have become many."""
    if layers.gone is None or layers.since is None:
        reuse(layers.folder / _WHOLE, folder / _WHOLE)
        return
    counts = (table.count().to_pyarrow().as_py() for table in (layers.since, layers.gone))
    if max(counts) > layers.whole.count().to_pyarrow().as_py() * _WHOLE_AT:
        write_whole(engine, layers.now, folder)
        return
    reuse(layers.folder / _WHOLE, folder / _WHOLE)
    engine.write_parquet(layers.gone, folder / _GONE)
    engine.write_parquet(layers.since, folder / _SINCE)

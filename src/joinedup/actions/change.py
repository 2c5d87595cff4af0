"""What became of partners' rows since the snapshot before: what a run has to do anew.

A run that changes only what changed must give what a rebuild gives; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from joinedup.actions.received import Part, received_table
from joinedup.actions.supersede import Earlier
from joinedup.engines import Engine, Snapshot
from joinedup.tables import Table

# A snapshot's own table of the rows that later files had corrected; not a promised one.
SUPERSEDED: Final = "superseded"
# When more of the rows than this are new, doing everything anew is as quick.
_MOST_NEW: Final = 0.3

_ROW: Final = ("file_id", "source_row")


@dataclass(frozen=True, slots=True)
class Change:
    """Files that came and went, and rows of the others that were corrected or stand again.

    `corrected` and `restored` have file_id and source_row; `touched` are the files of these rows,
    `restored_in` those of the latter.
    """

    new: tuple[Part, ...]
    kept: tuple[Part, ...]
    gone_files: tuple[str, ...]
    corrected: ir.Table
    restored: ir.Table
    touched: tuple[Part, ...]
    restored_in: tuple[Part, ...]

    def gone_of(self, earlier: ir.Table) -> ir.Table:
        """The rows of an earlier table that partners no longer send so."""
        gone = earlier.semi_join(self.corrected, _ROW)
        if not self.gone_files:
            return gone
        return gone.union(earlier.filter(earlier.file_id.isin(self.gone_files)))

    def left_of(self, earlier: ir.Table) -> ir.Table:
        """The rows of an earlier table that partners still send so."""
        left = earlier.anti_join(self.corrected, _ROW)
        return left.filter(~left.file_id.isin(self.gone_files)) if self.gone_files else left

    def come_of(self, engine: Engine, declared: Table) -> ir.Table:
        """The rows received that were not there before."""
        came = received_table(engine, self.new, declared)
        if not self.restored_in:
            return came
        again = received_table(engine, self.restored_in, declared, self.restored)
        return came.union(again.select(*came.columns))


def find_change(
    engine: Engine, before: Snapshot, parts: Sequence[Part], superseded: Path
) -> Change | None:
    """What changed since a snapshot; None where so much did that all is better done anew."""
    earlier: Mapping[str, Any] = before.manifest.get("parts", {})
    path = before.table_path(SUPERSEDED, identified=True)
    new = tuple(part for part in parts if part.folder.name not in earlier)
    kept = tuple(part for part in parts if part.folder.name in earlier)
    if not path.is_dir() or not kept or _rows(new) > _MOST_NEW * _rows(parts):
        return None
    still = {part.folder.name for part in kept}
    gone = {entry["file_id"] for name, entry in earlier.items() if name not in still}
    now = engine.read_parquet(superseded).select(*_ROW)
    then = engine.read_parquet(path).select(*_ROW)
    there = ibis.memtable([{"file_id": part.file_id} for part in kept])
    corrected = now.anti_join(then, _ROW).semi_join(there, "file_id")
    restored = then.anti_join(now, _ROW).semi_join(there, "file_id")
    less, more = _files_of(corrected), _files_of(restored)
    return Change(
        new=new,
        kept=kept,
        gone_files=tuple(sorted(gone)),
        corrected=corrected,
        restored=restored,
        touched=tuple(part for part in kept if part.file_id in less | more),
        restored_in=tuple(part for part in kept if part.file_id in more),
    )


def earlier_corrections(before: Snapshot | None) -> Earlier | None:
    """What a snapshot knew of corrected rows; None where it was made before that was kept."""
    if before is None:
        return None
    path = before.table_path(SUPERSEDED, identified=True)
    parts: Mapping[str, Any] = before.manifest.get("parts", {})
    if not path.is_dir():
        return None
    accepted = {name: one for name, one in parts.items() if one.get("is_accepted", True)}
    return Earlier(path, {name: (one["partner"], one["feed"]) for name, one in accepted.items()})


def parts_entry(parts: Sequence[Part]) -> Mapping[str, Any]:
    """What the manifest says of the files that a snapshot was made of."""
    return {
        part.folder.name: {
            "file_id": part.file_id,
            "partner": part.partner,
            "feed": part.feed,
            "is_accepted": part.staged is not None,
        }
        for part in parts
    }


def _files_of(rows: ir.Table) -> set[str]:
    return {row["file_id"] for row in rows.select("file_id").distinct().to_pyarrow().to_pylist()}


def _rows(parts: Sequence[Part]) -> int:
    return sum(part.rows for part in parts)

"""Take in one file by a feed's TOML, as a run does, and look at all that came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow.parquet as pq

from joinedup.actions.file_intake import FileTask, take_in_file
from joinedup.actions.received import Part, Staged, received_table
from joinedup.engines import DuckDBEngine
from joinedup.intake import FileAccount, FileResult, match_feed, parse_feed
from joinedup.tables import Table

KNOWN = frozenset({"R0D", "RDZ", "J81000"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    result: FileResult
    engine: DuckDBEngine
    part: Part

    @property
    def account(self) -> FileAccount:
        return self.result.account

    @property
    def reasons(self) -> dict[str, int]:
        """Rows by reason, refusals and flags alike."""
        return {one.reason: one.rows for one in self.result.findings}

    def table(self, declared: Table) -> ir.Table:
        """One promised table of the accepted rows."""
        return received_table(self.engine, [self.part], declared)

    def rows(self, declared: Table, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of it, in the order of the file."""
        order = [
            name for name in ("source_row", "position") if name in self.table(declared).columns
        ]
        found = self.table(declared).order_by(order).select(*columns).to_pyarrow().to_pylist()
        return [tuple(row.values()) for row in found]

    @property
    def quarantine(self) -> list[dict[str, Any]]:
        """Refused rows, in the order of the file."""
        found: list[dict[str, Any]] = pq.read_table(
            self.part.folder / "quarantine.parquet"
        ).to_pylist()
        return found


TakeOne = Callable[..., Taken]


def take_one(engine: DuckDBEngine, folder: Path, toml: str, name: str, content: bytes) -> Taken:
    """Take in a file of that name and content."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    feed = parse_feed(toml.encode(), Path("feed.toml"))
    arrival = match_feed(path, f"{feed.partner}/{name}", feed.partner, [feed])
    sha256 = hashlib.sha256(content).hexdigest()
    task = FileTask(arrival, sha256, sha256[:16], folder / "parts", KNOWN)
    result = take_in_file(engine, task)
    staged = None
    if result.account.outcome == "accepted":
        assert arrival.extract_date is not None
        staged = Staged(feed, sha256, arrival.extract_date, result.first_row, result.repeats)
    part = Part(feed.partner, feed.name, sha256[:16], task.folder, result.account.accepted, staged)
    return Taken(result, engine, part)

"""Open and write tables; the one home of the differences between engines."""

from joinedup.engines.duckdb import DuckDBEngine
from joinedup.engines.lake import Lake, Snapshot, reuse
from joinedup.engines.sorting import write_sorted

__all__ = ["DuckDBEngine", "Lake", "Snapshot", "reuse", "write_sorted"]

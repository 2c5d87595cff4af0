"""Open and write tables; the one home of the differences between engines."""

from joinedup.engines.duckdb import DuckDBEngine

__all__ = ["DuckDBEngine"]

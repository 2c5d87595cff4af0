"""Open and write tables; the one home of the differences between engines."""

from joinedup.engines.cells import Cells
from joinedup.engines.duckdb import DuckDBEngine
from joinedup.engines.duckdb_cells import CellOrder, change_cells, write_cells
from joinedup.engines.files import TableFile, by_inode, describe_files
from joinedup.engines.lake import Lake, Snapshot, parquet_files, reuse

__all__ = [
    "CellOrder",
    "Cells",
    "DuckDBEngine",
    "Lake",
    "Snapshot",
    "TableFile",
    "by_inode",
    "change_cells",
    "describe_files",
    "parquet_files",
    "reuse",
    "write_cells",
]

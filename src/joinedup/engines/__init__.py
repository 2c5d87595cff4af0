"""Open and write tables; the one home of the differences between engines."""

from joinedup.engines.cells import CellOrder, Cells, place_of
from joinedup.engines.delta import write_delta
from joinedup.engines.duckdb import DuckDBEngine
from joinedup.engines.durable import settle
from joinedup.engines.engine import Engine, SpreadingEngine
from joinedup.engines.files import TableFile, by_inode, describe_files
from joinedup.engines.groupings import GROUPING
from joinedup.engines.history import Act, Happening
from joinedup.engines.lake import Lake, Snapshot, made_at, parquet_files, reuse
from joinedup.engines.opening import open_duckdb, open_engine
from joinedup.engines.soundness import Damage, Sound, find_damage, last_sound, promised_files
from joinedup.engines.spill import clear_spill
from joinedup.engines.storage import storage_faults

__all__ = [
    "GROUPING",
    "Act",
    "CellOrder",
    "Cells",
    "Damage",
    "DuckDBEngine",
    "Engine",
    "Happening",
    "Lake",
    "Snapshot",
    "Sound",
    "SpreadingEngine",
    "TableFile",
    "by_inode",
    "clear_spill",
    "describe_files",
    "find_damage",
    "last_sound",
    "made_at",
    "open_duckdb",
    "open_engine",
    "parquet_files",
    "place_of",
    "promised_files",
    "reuse",
    "settle",
    "storage_faults",
    "write_delta",
]

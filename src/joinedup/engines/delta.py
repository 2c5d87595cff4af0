"""Write a table's Parquet files as a Delta table: a log beside them, one version a snapshot."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.dataset as pds

from joinedup.terms import NotFoundError

# Measured on 8.8M events: files of 100 MB, the default, need 1.2 GB while they are written.
_FILE_BYTES: Final = 32 * 1024 * 1024
_BATCH_ROWS: Final = 65_536


def write_delta(files: Sequence[Path], folder: Path, *, snapshot: str, meaning: str) -> int:
    """Make the Delta table in `folder` hold the rows of some Parquet files; return its version.

    A new version of the table where there is one: readers of the earlier one go on reading it.
    Rows stream through. Times get their zone, UTC, which Delta's plain timestamps have.
    """
    if importlib.util.find_spec("deltalake") is None:
        raise NotFoundError(
            "the package 'deltalake' is not installed.",
            where="--format delta",
            cure="Run: pip install 'joinedup[delta]'; or export with --format parquet.",
        )
    from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake

    dataset = pds.dataset([str(path) for path in files], format="parquet")
    schema = pa.schema([_with_zone(field) for field in dataset.schema])
    write_deltalake(
        folder,
        pa.RecordBatchReader.from_batches(schema, _batches(dataset, schema)),
        mode="overwrite",
        schema_mode="overwrite",
        description=meaning,
        target_file_size=_FILE_BYTES,
        writer_properties=WriterProperties(compression="ZSTD", compression_level=1),
        commit_properties=CommitProperties(custom_metadata={"joinedup_snapshot": snapshot}),
    )
    return int(DeltaTable(folder).version())


def _batches(dataset: pds.Dataset, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    # One file at a time and few batches ahead, so that a large table takes no more room.
    for batch in dataset.to_batches(
        batch_size=_BATCH_ROWS, batch_readahead=1, fragment_readahead=1
    ):
        yield batch.cast(schema)


def _with_zone(field: pa.Field) -> pa.Field:
    if pa.types.is_timestamp(field.type) and field.type.tz is None:
        return field.with_type(pa.timestamp("us", "UTC"))
    return field

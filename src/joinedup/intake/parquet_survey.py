"""What a partner's Parquet says of itself, before any of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from joinedup.intake.survey import UNPACKED_BYTES, UNPACKED_TIMES

# Rows that take up next to nothing are all alike, so they are nobody's records.
_MOST_ROWS = 10_000_000
_FEW_ROWS = 64


@dataclass(frozen=True, slots=True)
class ParquetSurvey:
    """Its rows, its columns in order, and those that are dates or times already."""

    rows: int
    columns: tuple[str, ...]
    dated: frozenset[str]
    unpacks_too_far: bool


def survey_parquet(path: Path) -> ParquetSurvey | None:
    """Read the footer of a Parquet; None where it is not one."""
    found = _footer(path)
    if found is None:
        return None
    metadata, schema = found
    size = path.stat().st_size
    unpacked = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    return ParquetSurvey(
        rows=metadata.num_rows,
        columns=tuple(schema.names),
        dated=frozenset(one.name for one in schema if pa.types.is_temporal(one.type)),
        unpacks_too_far=unpacked > max(UNPACKED_BYTES, UNPACKED_TIMES * size)
        or metadata.num_rows > max(_MOST_ROWS, UNPACKED_TIMES * size),
    )


def is_sound_parquet(path: Path) -> bool:
    """Whether every page can be read: to tell a damaged file from a machine at its limits."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for _ in file.iter_batches():
                pass
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        return False
    return True


def has_long_value(path: Path, most_bytes: int) -> bool:
    """Whether a text in a sound Parquet is longer than that."""
    with pq.ParquetFile(path) as file:
        names = [one.name for one in file.schema_arrow if _is_text(one.type)]
        for batch in file.iter_batches(batch_size=_FEW_ROWS, columns=names):
            lengths = [pc.max(pc.binary_length(column)).as_py() for column in batch.columns]
            if max((length or 0 for length in lengths), default=0) > most_bytes:
                return True
    return False


def _is_text(kind: pa.DataType) -> bool:
    checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary,
              pa.types.is_large_binary)  # fmt: skip
    return any(check(kind) for check in checks)


def _footer(path: Path) -> tuple[pq.FileMetaData, pa.Schema] | None:
    try:
        with pq.ParquetFile(path) as file:
            return file.metadata, file.schema_arrow
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        if isinstance(error, OSError) and error.errno:  # the disk's, not the file's
            raise
        return None

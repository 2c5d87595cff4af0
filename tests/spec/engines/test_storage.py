"""What a disk refuses becomes words; everything else passes as it is."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import pytest

from joinedup.engines import storage_faults
from joinedup.terms import SettingError, StorageError


def understood(error: Exception, folder: Path) -> StorageError:
    with pytest.raises(StorageError) as found, storage_faults(folder, lambda: "It serves."):
        raise error
    return found.value


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "PLACE/a"), "the disk is full"),
        (duckdb.IOException('Could not write "PLACE/a": No space left on device'), "disk is full"),
        (duckdb.Error("failed to offload data block of size 256.0 KiB"), "no room left to spill"),
        (duckdb.OutOfMemoryException("could not allocate block"), "does not fit in the memory"),
        (OSError(errno.EROFS, "Read-only file system", "PLACE/a"), "the disk is read-only"),
        (PermissionError(errno.EACCES, "Permission denied", "PLACE/a"), "not allowed there"),
        (RuntimeError("Job aborted: java.io.IOException: No space left on device"), "disk is full"),
    ],
    ids=["Python", "DuckDB", "spilling", "memory", "read-only", "permission", "Spark"],
)
def test_what_the_disk_refused_is_said_with_what_serves(
    tmp_path: Path, error: Exception, says: str
) -> None:
    words = understood(error, tmp_path)
    assert says in words.what
    assert words.what.endswith("It serves.")
    assert words.cure


def test_it_says_where_and_how_much_is_free(tmp_path: Path) -> None:
    path = tmp_path / "not there yet" / "events.parquet"
    words = understood(OSError(errno.ENOSPC, "No space left on device", str(path)), tmp_path)
    assert words.where == str(path)
    assert "MB free" in words.what
    words = understood(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert words.where == str(tmp_path)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no disk"),
        duckdb.BinderException("no such column"),
        FileNotFoundError(errno.ENOENT, "No such file", "x"),
        SettingError("a setting", where="system.toml", cure="Mend it."),
    ],
)
def test_everything_else_passes_as_it_is(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as found, storage_faults(tmp_path):
        raise error
    assert found.value is error

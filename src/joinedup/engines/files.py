"""What a table's files are: rows, bytes and checksum of each, by which damage is found."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from joinedup.engines.lake import parquet_files

# A file's identity on its file system: two names with the same one are one file.
Inode = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TableFile:
    """One Parquet file of a table; `sha256` of its bytes, in hexadecimal."""

    name: str
    rows: int
    bytes: int
    sha256: str


def describe_files(
    folder: Path, known: Mapping[Inode, TableFile] | None = None
) -> tuple[TableFile, ...]:
    """The files of a table's folder, by name. Those `known` by their inode are not read again."""
    known = known or {}

    def describe(path: Path) -> TableFile:
        found = known.get(_inode(path))
        if found is not None and found.name == path.name:
            return found
        rows = int(pq.read_metadata(path).num_rows)
        return TableFile(path.name, rows, path.stat().st_size, sha256_of(path))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return tuple(pool.map(describe, parquet_files(folder)))


def by_inode(folder: Path, files: Iterable[TableFile]) -> dict[Inode, TableFile]:
    """A snapshot's files by what tells that another name is the same file; absent ones are not."""
    paths = ((folder / one.name, one) for one in files)
    return {_inode(path): one for path, one in paths if path.is_file()}


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _inode(path: Path) -> Inode:
    found = path.stat()
    return found.st_dev, found.st_ino

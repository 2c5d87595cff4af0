"""Put the chunks' parts together, in order, into the files that partners send."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import pyarrow.parquet as pq

from joinedup.synthetic.extracts.chunk_files import ChunkFiles
from joinedup.synthetic.extracts.parts import Part

_BLOCK = 4 * 1024 * 1024


class Assembly:
    """Files that grow chunk by chunk below `inbox`; `add` must be called in the chunks' order."""

    def __init__(self, inbox: Path, truth: Path) -> None:
        self.inbox = inbox
        self.people = 0
        self._truth_path = truth
        self._truth: pq.ParquetWriter | None = None
        self._gzips: dict[Path, gzip.GzipFile] = {}
        self._rows: dict[str, int] = {}
        self._faults: dict[str, dict[str, int]] = {}

    def __enter__(self) -> Assembly:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in self._gzips.values():
            under = cast(BinaryIO, stream.fileobj)
            stream.close()
            under.close()
        if self._truth is not None:
            self._truth.close()

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows written so far, by feed."""
        return dict(sorted(self._rows.items()))

    @property
    def faults(self) -> Mapping[str, Mapping[str, int]]:
        """Rows spoilt so far, by feed and fault."""
        return {feed: dict(sorted(self._faults[feed].items())) for feed in sorted(self._faults)}

    def add(self, chunk: ChunkFiles) -> None:
        """Take in one chunk's parts and truth; the parts are gone afterwards."""
        self.people += chunk.people
        for part in chunk.parts:
            self._add_part(part)
            self._rows[part.feed] = self._rows.get(part.feed, 0) + part.rows
        for feed, counts in chunk.faults.items():
            known = self._faults.setdefault(feed, {})
            for fault, rows in counts.items():
                known[fault] = known.get(fault, 0) + rows
        table = pq.read_table(chunk.truth)
        if self._truth is None:
            self._truth = pq.ParquetWriter(
                self._truth_path, table.schema, compression="zstd", compression_level=1
            )
        self._truth.write_table(table)
        chunk.truth.unlink()

    def _add_part(self, part: Part) -> None:
        target = self.inbox / part.partner / part.file
        target.parent.mkdir(parents=True, exist_ok=True)
        if not part.header:
            part.path.replace(target)
            return
        with part.path.open("rb") as rows:
            if target.suffix == ".gz":
                stream = self._gzip(target, part.header)
                shutil.copyfileobj(rows, stream, _BLOCK)
            else:
                is_new = not target.exists()
                with target.open("ab") as plain:
                    if is_new:
                        plain.write(part.header.encode())
                    shutil.copyfileobj(rows, plain, _BLOCK)
        part.path.unlink()

    def _gzip(self, target: Path, header: str) -> gzip.GzipFile:
        """One stream a file, kept open; no name and no time in it, so that bytes are the same."""
        if target not in self._gzips:
            self._gzips[target] = gzip.GzipFile(
                filename="", mode="wb", compresslevel=1, fileobj=target.open("wb"), mtime=0
            )
            self._gzips[target].write(header.encode())
        return self._gzips[target]

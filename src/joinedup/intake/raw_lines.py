"""Fetch lines of a file as received, by number, in one pass over its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from joinedup.intake.records import LINE_LIMIT_BYTES

_BLOCK_BYTES: Final = 1 << 22
_BOM: Final = b"\xef\xbb\xbf"


def raw_records(plain: Path, wanted: Iterable[tuple[int, int]]) -> Iterator[str]:
    """The text of each (first line, number of lines), lines from 1 and in ascending order.

    Without the last line's end. What is not UTF-8 is read as Latin-1, byte for byte. Of a
    record beyond the limit, the beginning.
    """
    asked = iter(wanted)
    ask = next(asked, None)
    before, rest = 0, b""  # lines that lie before `rest`
    with plain.open("rb") as source:
        while ask is not None:
            fresh = source.read(_BLOCK_BYTES)
            block = rest + fresh
            stops = np.flatnonzero(np.frombuffer(block, np.uint8) == 10) + 1
            if not fresh and (len(stops) == 0 or stops[-1] != len(block)):
                stops = np.append(stops, len(block))
            done = 0
            while ask is not None and ask[0] + ask[1] - 1 - before <= len(stops):
                first, last = ask[0] - before - 1, ask[0] + ask[1] - 2 - before
                start = int(stops[first - 1]) if first else 0
                yield _as_text(block[start : int(stops[last])], is_first=ask[0] == 1)
                done = first
                ask = next(asked, None)
            if not fresh:
                return
            if ask is not None:
                done = min(max(done, ask[0] - before - 1), len(stops))
            start = int(stops[done - 1]) if done else 0
            before, rest = before + done, block[start:]
            if len(stops) == 0:  # within a line beyond the limit, of which the rest is not kept
                rest = rest[:LINE_LIMIT_BYTES]


def _as_text(record: bytes, *, is_first: bool) -> str:
    if is_first:
        record = record.removeprefix(_BOM)
    record = record.removesuffix(b"\n").removesuffix(b"\r")[:LINE_LIMIT_BYTES]
    try:
        return record.decode("utf-8")
    except UnicodeDecodeError:
        return record.decode("latin-1")

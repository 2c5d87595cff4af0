"""Tell, for many lines at once, which are whole records by themselves.

NumPy over a block of some megabytes; the few lines that it does not call whole are looked at one
by one in `lines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from joinedup.intake.records import LINE_LIMIT_BYTES, RecordForm

_NEWLINE: Final = 10
_RETURN: Final = 13
_SPACE: Final = 32
_QUOTE: Final = 34

Places = NDArray[np.int64]


class LineKind(IntEnum):
    """What a line is when looked at alone."""

    SUSPECT = 0
    WHOLE = 1
    BLANK = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a block: where each starts, where its text ends, where the next starts."""

    block: bytes
    starts: Places
    ends: Places
    stops: Places
    kinds: NDArray[np.int8]

    def line(self, place: int) -> bytes:
        """One line without its line end."""
        return self.block[self.starts[place] : self.ends[place]]

    def record(self, first: int, last: int) -> bytes:
        """Lines `first` to `last` as they stand, without the last one's line end."""
        return self.block[self.starts[first] : self.ends[last]]

    def is_cut_short(self, place: int) -> bool:
        """Whether this is the block's last line and has no line end."""
        return place == len(self.kinds) - 1 and not self.block.endswith(b"\n")


def look_at(block: bytes, form: RecordForm, *, check_utf8: bool) -> Lines:
    """Find the lines of a block and what each is by itself."""
    data = np.frombuffer(block, np.uint8)
    starts, ends, stops = _bounds(data)
    delimiters = np.flatnonzero(data == form.delimiter[0])
    quotes = np.flatnonzero(data == _QUOTE)
    returns = np.flatnonzero(data == _RETURN)
    found = _count(delimiters, starts, ends)
    whole = ends - starts <= LINE_LIMIT_BYTES
    if len(quotes):
        proper, found = _quoted(data, quotes, delimiters, starts, ends, found)
        whole &= proper
    whole &= (found == form.columns - 1) & (_count(returns, starts, ends) == 0)
    if b"\0" in block:
        whole &= _count(np.flatnonzero(data == 0), starts, ends) == 0
    if check_utf8 and not _is_utf8(block):
        # Only lines of plain ASCII are surely right; the others are looked at one by one.
        whole &= _count(np.flatnonzero(data > 127), starts, ends) == 0
    kinds = np.where(whole, LineKind.WHOLE, LineKind.SUSPECT).astype(np.int8)
    kinds[_blank(data, starts, ends)] = LineKind.BLANK
    return Lines(block, starts, ends, stops, kinds)


def _bounds(data: NDArray[np.uint8]) -> tuple[Places, Places, Places]:
    stops = np.flatnonzero(data == _NEWLINE) + 1
    has_end = np.ones(len(stops), bool)
    if len(stops) == 0 or stops[-1] != len(data):
        stops = np.append(stops, len(data))
        has_end = np.append(has_end, False)
    starts = np.concatenate([[0], stops[:-1]]).astype(np.int64)
    ends = stops - has_end
    last = data[np.maximum(ends - 1, 0)]
    ends = ends - ((last == _RETURN) & (ends > starts))
    return starts, ends, stops


def _count(places: Places, starts: Places, ends: Places) -> Places:
    """How many of `places` lie in each line."""
    if not len(places):
        return np.zeros(len(starts), np.int64)
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)


def _quoted(
    data: NDArray[np.uint8],
    quotes: Places,
    delimiters: Places,
    starts: Places,
    ends: Places,
    found: Places,
) -> tuple[NDArray[np.bool_], Places]:
    """Which lines have their quotation marks in order, and each line's delimiters outside them.

    In a line, every other mark opens: it must follow the line's start, a delimiter, or a mark
    (a doubled one); the others close and must stand before a delimiter, the end, or a mark.
    """
    line = np.searchsorted(starts, quotes, side="right") - 1
    first = np.searchsorted(quotes, starts)
    opens = (np.arange(len(quotes)) - first[line]) % 2 == 0
    delimiter = data[delimiters[0]] if len(delimiters) else _NEWLINE
    before, after = data[np.maximum(quotes - 1, 0)], data[np.minimum(quotes + 1, len(data) - 1)]
    open_well = (quotes == starts[line]) | (before == delimiter) | (before == _QUOTE)
    close_well = (quotes + 1 == ends[line]) | (after == delimiter) | (after == _QUOTE)
    is_bad = np.where(opens, ~open_well, ~close_well)
    bad = np.bincount(line, weights=is_bad, minlength=len(starts)) > 0
    count = np.bincount(line, minlength=len(starts))
    # A delimiter is within quotation marks where an odd number of them precede it in its line.
    line_of = np.searchsorted(starts, delimiters, side="right") - 1
    inside = (np.searchsorted(quotes, delimiters) - first[line_of]) % 2 == 1
    within = np.bincount(line_of[inside], minlength=len(starts))
    return ~bad & (count % 2 == 0), found - within


def _blank(data: NDArray[np.uint8], starts: Places, ends: Places) -> Places:
    """Lines of nothing, or of spaces alone."""
    empty = np.flatnonzero(ends == starts)
    short = np.flatnonzero((ends > starts) & (data[starts] == _SPACE))
    spaces = [n for n in short.tolist() if (data[starts[n] : ends[n]] == _SPACE).all()]
    return np.concatenate([empty, np.array(spaces, np.int64)])


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

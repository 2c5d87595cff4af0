"""Read a damaged CSV line by line, so that every physical line is placed.

A record may span lines only if its quotation marks close, it then has the right number of
columns, it stays within `LINE_LIMIT_BYTES` and `SPAN_LIMIT_LINES`, and no line within it is by
itself a whole record. Otherwise its first line alone is refused and reading goes on at the next:
an unclosed quotation mark costs one line, not the rest of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from joinedup.intake.line_kinds import LineKind, Lines, look_at
from joinedup.intake.records import LINE_LIMIT_BYTES, OPEN, WHOLE, RecordForm, examine

SPAN_LIMIT_LINES: Final = 200
_BLOCK_BYTES: Final = 1 << 22
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One physical line that is no record, and the rule that it fails."""

    line: int
    rule: str


@dataclass(slots=True)
class Placed:
    """Where the lines of a file went; lines are numbered from 1."""

    lines: int = 0
    blank: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    runs: list[NDArray[np.int64]] = field(default_factory=list)

    def accept(self, first: int, count: int, span: int) -> None:
        """Note `count` records from line `first` on, each of `span` lines."""
        firsts = np.arange(first, first + count, dtype=np.int64)
        self.runs.append(np.stack([firsts, np.full(count, span, np.int64)]))

    def accepted(self) -> NDArray[np.int64]:
        """First line and number of lines of each accepted record, in order: two rows."""
        return np.concatenate(self.runs, axis=1) if self.runs else np.empty((2, 0), np.int64)


def place_lines(
    plain: Path, clean: Path, form: RecordForm, *, header_lines: int, is_utf8: bool
) -> Placed:
    """Write every whole record of `plain` to `clean`, with line feeds alone between them.

    Lines of the header are counted but neither written nor refused. Unless `is_utf8`, each line
    is checked to be UTF-8.
    """
    placing = _Placing(form, Placed(), check_utf8=not is_utf8)
    with plain.open("rb") as source, clean.open("wb") as target:
        rest = b""
        for place, (block, is_last) in enumerate(_with_last(_blocks(source))):
            if place == 0:
                block = _without_header(block.removeprefix(_BOM), header_lines)
                placing.placed.lines = header_lines
            rest = placing.place(rest + block, target, is_last=is_last)
    return placing.placed


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    """Blocks of whole lines; of a line beyond the limit, no more than shows that it is."""
    rest = b""
    while fresh := source.read(_BLOCK_BYTES):
        rest += fresh
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        if len(rest) > LINE_LIMIT_BYTES:
            rest = rest[: LINE_LIMIT_BYTES + 1] + _skip_to_line_end(source)
    if rest:
        yield rest


def _skip_to_line_end(source: IO[bytes]) -> bytes:
    while fresh := source.read(_BLOCK_BYTES):
        at = fresh.find(b"\n")
        if at >= 0:
            return fresh[at:]
    return b""


def _with_last(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    before = next(blocks, None)
    for block in blocks:
        assert before is not None
        yield before, False
        before = block
    if before is not None:
        yield before, True


def _without_header(block: bytes, lines: int) -> bytes:
    at = 0
    for _ in range(lines):
        at = block.find(b"\n", at) + 1
        if at == 0:
            return b""
    return block[at:]


class _Placing:
    """The placing of one file's lines, block by block."""

    def __init__(self, form: RecordForm, placed: Placed, *, check_utf8: bool) -> None:
        self.form = form
        self.placed = placed
        self.check_utf8 = check_utf8

    def place(self, block: bytes, target: IO[bytes], *, is_last: bool) -> bytes:
        """Place the lines of a block; return those that the next block must help to place."""
        if not block:
            return b""
        lines = look_at(block, self.form, check_utf8=self.check_utf8)
        before, at = self.placed.lines, 0
        for odd in np.flatnonzero(lines.kinds != LineKind.WHOLE).tolist():
            if odd < at:
                continue  # within a record already placed
            self._take_run(lines, target, before, at, odd)
            span = self._place_odd(lines, target, before, odd, is_last=is_last)
            if span == 0:
                self.placed.lines = before + odd
                return block[lines.starts[odd] :]
            at = odd + span
        self._take_run(lines, target, before, at, len(lines.kinds))
        self.placed.lines = before + len(lines.kinds)
        return b""

    def _take_run(self, lines: Lines, target: IO[bytes], before: int, at: int, end: int) -> None:
        if at == end:
            return
        run = lines.block[lines.starts[at] : lines.stops[end - 1]]
        target.write(run.replace(b"\r\n", b"\n"))
        if not run.endswith(b"\n"):
            target.write(b"\n")
        self.placed.accept(before + at + 1, end - at, 1)

    def _place_odd(
        self, lines: Lines, target: IO[bytes], before: int, odd: int, *, is_last: bool
    ) -> int:
        """Place one line that is not plainly whole; return how many lines went, 0 for not yet."""
        if lines.kinds[odd] == LineKind.BLANK:
            self.placed.blank += 1
            return 1
        rule = self._fault(lines.line(odd)) or examine(lines.line(odd), self.form)
        if rule == OPEN:
            span = self._span(lines, odd, is_last=is_last)
            if span == 0:
                return 0
            rule = WHOLE if span > 1 else OPEN
        else:
            span = 1
        if rule == WHOLE:
            target.write(lines.record(odd, odd + span - 1) + b"\n")
            self.placed.accept(before + odd + 1, 1, span)
            return span
        if lines.is_cut_short(odd) and is_last and rule in (OPEN, "too_few_columns"):
            rule = "truncated"
        self.placed.refused.append(RefusedLine(before + odd + 1, rule))
        return 1

    def _fault(self, line: bytes) -> str:
        """What bars a line from any record, whatever its columns."""
        if len(line) > LINE_LIMIT_BYTES:
            return "line_too_long"
        if b"\0" in line:
            return "nul_byte"
        if self.check_utf8 and not _is_utf8(line):
            return "encoding"
        return ""

    def _span(self, lines: Lines, first: int, *, is_last: bool) -> int:
        """How many lines the record that opens here spans: 1 where it never closes, 0 where
        the next block must tell.
        """
        for last in range(first + 1, first + SPAN_LIMIT_LINES):
            if last == len(lines.kinds):
                return 1 if is_last else 0
            line = lines.line(last)
            if lines.kinds[last] == LineKind.WHOLE or self._fault(line):
                return 1
            record = lines.record(first, last)
            if len(record) > LINE_LIMIT_BYTES:
                return 1
            if b'"' not in line:
                continue
            rule = examine(record, self.form)
            if rule != OPEN:
                return last - first + 1 if rule == WHOLE else 1
        return 1


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""Read a damaged CSV line by line, so that every physical line is placed.

A record may span lines only if its quotation marks close, it then has the right number of
columns, it stays within `LINE_LIMIT_BYTES` and `SPAN_LIMIT_LINES`, and no line within it is by
itself a whole record. Otherwise its first line alone is refused and reading goes on at the next:
an unclosed quotation mark costs one line, not the rest of the file. Where looking for the ends of
such records has led nowhere for `IN_VAIN_BYTES`, it is given up, so that no file takes longer than
its size explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from joinedup.intake.line_kinds import LineKind, Lines, look_at
from joinedup.intake.records import LINE_LIMIT_BYTES, OPEN, WHOLE, RecordForm, read_on
from joinedup.intake.refused_lines import RefusedLines

SPAN_LIMIT_LINES: Final = 200
IN_VAIN_BYTES: Final = 64_000_000
_LINE_COSTS_BYTES: Final = 64  # looking at a line takes as long as reading so many bytes
# What NumPy makes of a block of line ends alone is a hundred times its size.
_BLOCK_BYTES: Final = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Placed:
    """Where the lines of a file went; lines are numbered from 1."""

    lines: int = 0
    blank: int = 0
    refused: RefusedLines = field(default_factory=RefusedLines)
    runs: list[NDArray[np.int64]] = field(default_factory=list)

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
    placing = _Placing(form, Placed(lines=header_lines), check_utf8=not is_utf8)
    with plain.open("rb") as source, clean.open("wb") as target:
        rest = b""
        for block, is_last in _with_last(_without_header(_blocks(source), header_lines)):
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


def _without_header(blocks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """The blocks without a byte-order mark and the header's lines, in whichever they lie."""
    for place, block in enumerate(blocks):
        at = len(_BOM) if place == 0 and block.startswith(_BOM) else 0
        while lines and at < len(block):
            at = block.find(b"\n", at) + 1 or len(block)
            lines -= 1
        yield block[at:]


class _Placing:
    """The placing of one file's lines, block by block."""

    def __init__(self, form: RecordForm, placed: Placed, *, check_utf8: bool) -> None:
        self.form = form
        self.placed = placed
        self.check_utf8 = check_utf8
        self.in_vain = 0  # bytes looked at for the ends of records that have none

    def place(self, block: bytes, target: IO[bytes], *, is_last: bool) -> bytes:
        """Place the lines of a block; return those that the next block must help to place."""
        if not block:
            return b""
        lines = look_at(block, self.form, check_utf8=self.check_utf8)
        spans = np.zeros(len(lines.kinds), np.int64)  # of the record that begins on each line
        before, at = self.placed.lines, 0
        for suspect in np.flatnonzero(lines.kinds == LineKind.SUSPECT).tolist():
            if suspect < at:
                continue  # within a record already placed
            self._take_run(lines, target, spans, at, suspect)
            at = suspect
            rule, span = self._look(lines, suspect, is_last=is_last)
            if span == 0:
                break
            if rule == WHOLE:
                target.write(lines.record(suspect, suspect + span - 1) + b"\n")
                spans[suspect] = span
            else:
                self.placed.refused.add(before + suspect + 1, rule)
            at = suspect + span
        else:
            self._take_run(lines, target, spans, at, len(spans))
            at = len(spans)
        self._note(before, spans, at)
        return block[lines.starts[at] :] if at < len(spans) else b""

    def _note(self, before: int, spans: NDArray[np.int64], lines: int) -> None:
        self.placed.lines = before + lines
        firsts = np.flatnonzero(spans)
        if len(firsts):
            self.placed.runs.append(np.stack([before + firsts + 1, spans[firsts]]))
        self.placed.refused.close_block()

    def _take_run(
        self, lines: Lines, target: IO[bytes], spans: NDArray[np.int64], at: int, end: int
    ) -> None:
        """Take lines that are each whole or blank."""
        if at == end:
            return
        whole = lines.kinds[at:end] == LineKind.WHOLE
        run = lines.block[lines.starts[at] : lines.stops[end - 1]]
        if not whole.all():
            self.placed.blank += int(np.count_nonzero(~whole))
            lengths = lines.stops[at:end] - lines.starts[at:end]
            run = np.frombuffer(run, np.uint8)[np.repeat(whole, lengths)].tobytes()
        target.write(run.replace(b"\r\n", b"\n"))
        if run and not run.endswith(b"\n"):
            target.write(b"\n")
        spans[at:end] = whole

    def _look(self, lines: Lines, place: int, *, is_last: bool) -> tuple[str, int]:
        """What a line that is not plainly whole is, and how many lines go with it: 0 where the
        next block must tell.
        """
        line = lines.line(place)
        rule, fields = self._fault(line), 0
        if not rule:
            rule, fields = read_on(line, self.form)
        if rule == OPEN:
            span = self._span(lines, place, fields, is_last=is_last)
            if span != 1:
                return WHOLE, span
        if lines.is_cut_short(place) and is_last and rule in (OPEN, "too_few_columns"):
            rule = "truncated"
        return rule, 1

    def _fault(self, line: bytes) -> str:
        """What bars a line from any record, whatever its columns."""
        if len(line) > LINE_LIMIT_BYTES:
            return "line_too_long"
        if b"\0" in line:
            return "nul_byte"
        if self.check_utf8 and not _is_utf8(line):
            return "encoding"
        return ""

    def _span(self, lines: Lines, first: int, fields: int, *, is_last: bool) -> int:
        """How many lines the record that opens here spans: 1 where it never closes, 0 where
        the next block must tell.
        """
        if self.in_vain > IN_VAIN_BYTES:
            return 1
        last = first
        while (last := last + 1) < first + SPAN_LIMIT_LINES and fields < self.form.columns:
            if last == len(lines.kinds):
                return 1 if is_last else 0
            line = lines.line(last)
            too_long = lines.ends[last] - lines.starts[first] > LINE_LIMIT_BYTES
            if too_long or lines.kinds[last] == LineKind.WHOLE or self._fault(line):
                break
            if b'"' not in line:
                continue
            rule, fields = read_on(line, self.form, fields, is_open=True)
            if rule == WHOLE:
                return last - first + 1
            if rule != OPEN:
                break
        looked_at = int(lines.stops[min(last, len(lines.stops) - 1)] - lines.starts[first])
        self.in_vain += looked_at + _LINE_COSTS_BYTES * (last - first)
        return 1


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

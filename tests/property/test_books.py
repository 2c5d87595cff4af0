"""However a file is damaged, its books balance and what was not damaged is read as it was written.

Random rows are written as CSV, random damage is done to some lines, and the file is taken in. Then:
every physical line is in exactly one of accepted, quarantined and header or blank; quarantined
lines are the bytes received; and rows whose lines were left alone are accepted with their values.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from joinedup import tables
from joinedup.engines import DuckDBEngine
from tests.one_file import Taken, take_one

FEED = """
partner = "R0D"
feed = "visits"
files = "visits_*"
extract_date = 'visits_(\\d{8})'
key = ["id"]
[identity]
record_id = "id"
forename = "name"
address = "note"
[[events]]
organisation = { value = "R0D" }
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
"""
HEADER = b"id,name,note,day"

# Words as people's names and notes have them: quotes, delimiters, spaces, other alphabets.
_TEXT = st.text(alphabet=st.sampled_from("abcXYZ 019-',\"éñßžł€😀;|"), max_size=12).map(str.strip)
_NOTE = st.lists(_TEXT, min_size=1, max_size=3).map("\n".join)


@dataclass(frozen=True)
class Written:
    """One row as written: its lines, and the values that they hold."""

    id: str
    name: str
    note: str
    raw: bytes


def _quoted(text: str, *, always: bool) -> str:
    if always or any(mark in text for mark in '",\n\r') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


@st.composite
def rows(draw: st.DrawFn) -> list[Written]:
    count = draw(st.integers(1, 25))
    always = draw(st.booleans())
    written = []
    for number in range(count):
        name, note = draw(_TEXT), draw(_NOTE)
        fields = [f"P{number:04}", name, note, "2024-05-01"]
        raw = ",".join(_quoted(one, always=always) for one in fields).encode()
        written.append(Written(fields[0], name, note, raw))
    return written


_DAMAGE: dict[str, Callable[[bytes, int], bytes]] = {
    "open quote": lambda raw, at: raw.replace(b",", b',"', 1),
    "stray quote": lambda raw, at: raw[:at] + b'"' + raw[at:],
    "cut": lambda raw, at: raw[: max(at, 1)],
    "drop column": lambda raw, at: raw.rsplit(b",", 1)[0],
    "add column": lambda raw, at: raw + b",more",
    "nul": lambda raw, at: raw[:at] + b"\0" + raw[at:],
    "bad bytes": lambda raw, at: raw[:at] + b"\xff\xfe" + raw[at:],
    "long": lambda raw, at: raw + b"x" * 1_000_001,
    "blank before": lambda raw, at: b"\n" + raw,
    "blank after": lambda raw, at: raw + b"\n",
    "return inside": lambda raw, at: raw[:at] + b"\r" + raw[at:],
}


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[Written]]:
    """A file's bytes, and the rows in it that were left alone."""
    written = draw(rows())
    newline = draw(st.sampled_from([b"\n", b"\r\n"]))
    damage = draw(
        st.dictionaries(
            st.integers(0, len(written) - 1),
            st.tuples(st.sampled_from(sorted(_DAMAGE)), st.integers(0, 60)),
            max_size=4,
        )
    )
    lines = [HEADER]
    untouched = []
    for place, row in enumerate(written):
        raw = row.raw
        if place in damage:
            kind, at = damage[place]
            raw = _DAMAGE[kind](raw, at % len(raw))
        elif _stands_alone(place, written, damage):
            untouched.append(row)
        lines.append(raw)
    ends = b"" if draw(st.booleans()) else newline
    body = newline.join(lines) + ends
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    return bom + body, untouched


def _stands_alone(place: int, written: list[Written], damage: dict[int, tuple[str, int]]) -> bool:
    """Whether a row that was left alone must be read as written.

    A row that spans lines, close after a quotation mark that damage left open, may rightly be
    taken for its end: nobody can tell.
    """
    if b"\n" not in written[place].raw:
        return True
    return not any(before in damage for before in range(place))


@pytest.fixture(scope="module")
def module_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    spill = tmp_path_factory.mktemp("spill")
    with DuckDBEngine(spill=spill, memory_limit_mb=1000) as opened:
        yield opened


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(file=files(), packed=st.booleans())
def test_every_line_is_placed_once(
    module_engine: DuckDBEngine, tmp_path: Path, file: tuple[bytes, list[Written]], packed: bool
) -> None:
    content, untouched = file
    # A folder of its own, since DuckDB remembers files by path and second.
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    name = "visits_20240601.csv.gz" if packed else "visits_20240601.csv"
    sent = gzip.compress(content) if packed else content
    taken = take_one(module_engine, folder, FEED, name, sent)
    assert taken.account.outcome == "accepted", taken.account.reason
    _books_balance(taken, content)
    _quarantine_is_as_received(taken, content)
    _untouched_are_as_written(taken, untouched)


def _physical(content: bytes) -> list[bytes]:
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def _books_balance(taken: Taken, content: bytes) -> None:
    account = taken.account
    lines = _physical(content)
    assert account.lines == len(lines)
    assert account.lines == (
        account.accepted_lines + account.quarantined_lines + account.header_or_blank
    )
    kept = taken.table(tables.EVENTS).source_row.to_pyarrow().to_pylist()
    assert len(kept) == account.accepted
    refused = [row["source_row"] for row in taken.quarantine]
    assert len(refused) == account.quarantined
    assert sum(row["lines"] for row in taken.quarantine) == account.quarantined_lines
    assert len({*kept, *refused}) == len(kept) + len(refused)
    assert all(row["rules"] for row in taken.quarantine)
    placed = {line for row in taken.quarantine for line in _span(row["source_row"], row["lines"])}
    blank = {place for place, line in enumerate(lines, start=1) if not line.strip(b" \r")}
    assert not placed & {1}
    assert account.header_or_blank >= 1
    assert account.header_or_blank <= 1 + len(blank)


def _span(first: int, lines: int) -> range:
    return range(first, first + lines)


def _quarantine_is_as_received(taken: Taken, content: bytes) -> None:
    lines = _physical(content)
    encoding = taken.account.encoding
    for row in taken.quarantine:
        raw = b"\n".join(lines[n - 1] for n in _span(row["source_row"], row["lines"]))
        raw = raw.removesuffix(b"\r")[:1_000_000]
        if encoding == "windows-1252":
            assert row["row"] == raw.decode("cp1252", errors="replace") or not raw.isascii()
            continue
        try:
            assert row["row"] == raw.decode("utf-8")
        except UnicodeDecodeError:
            assert row["row"].encode("latin-1") == raw


def _untouched_are_as_written(taken: Taken, untouched: list[Written]) -> None:
    if taken.account.encoding == "windows-1252":
        untouched = [row for row in untouched if row.raw.isascii()]
    read = {
        row[0]: row[1:] for row in taken.rows(tables.IDENTITIES, "record_id", "forename", "address")
    }
    for row in untouched:
        assert row.id in read, row
        assert read[row.id] == (_read_as(row.name), _read_as(row.note))


def _read_as(text: str) -> str | None:
    """White space round a value, and the feed's words for nothing, are no value."""
    plain = text.strip(" \n")
    return None if plain in ("", "NULL") else plain

"""What is fuzzed: each target takes any bytes, and raises where Joinedup does what it must not.

A `JoinedupError` with words is a right answer to any of them; so is a file's refusal.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq

from joinedup import tables
from joinedup.actions.file_intake import FileTask, Plans, take_in_file
from joinedup.actions.received import Part, Staged, received_table
from joinedup.engines import DuckDBEngine
from joinedup.intake import (
    Feed,
    Placed,
    RecordForm,
    match_feed,
    parse_feed,
    place_lines,
    raw_records,
    survey_file,
)
from joinedup.intake.header import read_header
from joinedup.intake.read_value import read_value
from joinedup.intake.records import WHOLE, examine
from joinedup.partners import invented_pack, read_pack, read_partners, read_system
from joinedup.partners.settings import parse_settings
from joinedup.tables import Column
from joinedup.terms import JoinedupError

_DELIMITERS = (",", ";", "|", "\t")
_FEED = """
partner = "R0D"
feed = "visits"
files = "visits_*"
extract_date = 'visits_(\\d{8})'
key = ["id"]
[identity]
record_id = "id"
nhs_number = "nhs"
forename = "name"
birth_date = { column = "born", date = "%Y-%m-%d" }
[[events]]
organisation = { value = "R0D" }
setting = { value = "community" }
kind = { column = "kind", codes = { C = "contact", H = "appointment", "" = "" } }
start_at = { column = "day", datetime = "%d/%m/%Y %H:%M" }
cost_pence = { column = "cost", pence = "pounds" }
"""
_HEADER = "id,nhs,name,born,kind,day,cost"
_ROW = b"A1,9434765919,Ann,1950-01-01,C,01/05/2024 10:00,12.50\n"


def place(data: bytes) -> None:
    """The line reader: every line is placed once, whatever the size of the blocks read."""
    if len(data) < 4:
        return
    columns, delimiter = 1 + data[0] % 6, _DELIMITERS[data[1] % 4]
    content = data[4:]
    if content.startswith(b"\x1f\x8b"):
        return  # it would be unpacked
    with tempfile.TemporaryDirectory() as name:
        plain = Path(name) / "plain.csv"
        plain.write_bytes(content)
        survey = survey_file(plain, delimiter=delimiter, encoding="utf-8", aside=Path(name))
        lines = content.count(b"\n") + (content != b"" and not content.endswith(b"\n"))
        _same(survey.lines, lines, "lines surveyed")
        form = RecordForm(columns, delimiter.encode())
        header = min(data[2] % 3, lines)
        found = [
            _placed(plain, Path(name) / "clean", form, header, survey.is_clean_utf8, block)
            for block in (1 << 22, 16 + data[3])
        ]
        _same(*found, "placed by large blocks and small")
        if plain.stat().st_size and survey.encoding == "utf-8":
            _read_raw(content, survey.plain, found[0][1], 16 + data[3])


_PlacedAs = tuple[int, list[tuple[int, str]], list[list[int]], int, bytes]


def _placed(
    plain: Path, clean: Path, form: RecordForm, header: int, is_utf8: bool, block: int
) -> _PlacedAs:
    limits = {"LINE_LIMIT_BYTES": 300, "SPAN_LIMIT_LINES": 5, "_BLOCK_BYTES": block}
    with (
        mock.patch.multiple("joinedup.intake.lines", **limits),
        mock.patch("joinedup.intake.line_kinds.LINE_LIMIT_BYTES", 300),
    ):
        placed = place_lines(plain, clean, form, header_lines=header, is_utf8=is_utf8)
    firsts, spans = placed.accepted().tolist()
    refused = _refused(placed)
    lines = plain.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for first, span in zip(firsts, spans, strict=True):
        record = b"\n".join(lines[first - 1 : first + span - 1]).removesuffix(b"\r")
        _same(examine(record, form), WHOLE, f"the record on line {first}")
    seen = [
        n for first, span in zip(firsts, spans, strict=True) for n in range(first, first + span)
    ]
    seen += [line for line, _ in refused]
    _same(len(seen), len(set(seen)), "lines placed and those placed once")
    _same(placed.lines, header + placed.blank + len(seen), "lines and where they went")
    return placed.lines, refused, [firsts, spans], placed.blank, clean.read_bytes()


def _refused(placed: Placed) -> list[tuple[int, str]]:
    return [(one.line, one.rule) for one in placed.refused]


def _read_raw(content: bytes, plain: Path, refused: list[tuple[int, str]], block: int) -> None:
    """Refused lines are fetched as they were received."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    with mock.patch("joinedup.intake.raw_lines._BLOCK_BYTES", block):
        texts = list(raw_records(plain, ((line, 1) for line, _ in refused)))
    _same(len(texts), len(refused), "refused lines and texts")
    for (line, _), text in zip(refused, texts, strict=True):
        wanted = lines[line - 1].removesuffix(b"\r")
        try:
            expected = wanted.decode()
        except UnicodeDecodeError:
            expected = wanted.decode("latin-1")
        _same(text, expected, f"line {line}")


def header(data: bytes) -> None:
    """The header's reader: columns, or a file rule."""
    with tempfile.TemporaryDirectory() as name:
        plain = Path(name) / "plain.csv"
        plain.write_bytes(data)
        found = read_header(plain, _feed())
        lines = data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))
        if found.lines > lines or found.blank > found.lines:
            raise AssertionError(f"{found.lines} lines of header in {lines}")


def feed(data: bytes) -> None:
    """The grammar of feeds."""
    _told(lambda: parse_feed(data, Path("feed.toml")))


def value(data: bytes) -> None:
    """One value of a feed, for each type of promised column."""

    def read() -> None:
        top = parse_settings(data, Path("value.toml"))
        for key in top.keys:
            for type_ in ("string", "int64", "float64", "date", "timestamp(6)"):
                _told(lambda k=key, t=type_: read_value(top, k, Column(k, t, "")))  # type: ignore[misc]

    _told(read)


def settings(data: bytes) -> None:
    """`system.toml`, and the same bytes as `partners.toml`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "area").mkdir()
        (folder / "system.toml").write_bytes(data)
        _told(lambda: read_system(folder))
        (folder / "system.toml").write_bytes(b'name = "A"\nods_code = "QVV"\n')
        (folder / "partners.toml").write_bytes(data)
        _told(lambda: read_partners(read_system(folder), _pack()))


def take_in(data: bytes) -> None:
    """The whole of taking in one small file: its books balance."""
    if len(data) < 2:
        return
    content = data[2:]
    if data[0] % 4 != 0:  # mostly with a right header, so that rows are reached
        content = _HEADER.encode() + (b"\r\n" if data[0] % 4 == 1 else b"\n") + content
    if data[0] & 16:
        content += _ROW * (data[1] % 4)
    suffix = ".parquet" if data[0] & 96 == 96 else ".csv"
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        _take_in(Path(name), f"visits_20240601{suffix}", content)


def _take_in(folder: Path, name: str, content: bytes) -> None:
    path, engine, feed_ = folder / name, _engine(), _feed()
    path.write_bytes(content)
    arrival = match_feed(path, f"R0D/{name}", "R0D", [feed_])
    sha256 = hashlib.sha256(content).hexdigest()
    task = FileTask(
        arrival, sha256, sha256[:16], folder / "parts", frozenset({"R0D"}), plans=_PLANS
    )
    result = take_in_file(engine, task)
    account = result.account
    refused = pq.read_table(task.folder / "quarantine.parquet").to_pylist()
    _same(len(refused), account.quarantined, "quarantined rows")
    if not name.endswith("parquet"):
        lines = content.count(b"\n") + (content != b"" and not content.endswith(b"\n"))
        if not content.startswith(b"\x1f\x8b"):
            _same(account.lines, lines, "lines")
        if (account.reason or "").startswith("file_unreadable"):
            raise AssertionError(account.reason)
    if account.outcome != "accepted":
        _same(account.accepted, 0, "accepted rows of a refused file")
        return
    assert arrival.extract_date is not None
    staged = Staged(feed_, sha256, arrival.extract_date, result.first_row, result.repeats)
    part = Part("R0D", "visits", sha256[:16], task.folder, account.accepted, staged)
    kept: list[dict[str, Any]] = (
        received_table(engine, [part], tables.EVENTS).select("source_row").to_pyarrow().to_pylist()
    )
    _same(len(kept), account.accepted, "accepted rows")
    rows = [one["source_row"] for one in (*kept, *refused)]
    _same(len(rows), len(set(rows)), "rows placed and those placed once")
    _same(sum(one["lines"] for one in refused), account.quarantined_lines, "quarantined lines")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "place": place,
    "header": header,
    "feed": feed,
    "value": value,
    "settings": settings,
    "take_in": take_in,
}
_PLANS: Plans = {}


def _told(read: Callable[[], object]) -> None:
    """Run it; a mistake must be told in words that can be printed."""
    try:
        read()
    except JoinedupError as error:
        if not error.what or not error.where:
            raise AssertionError("an error without words") from error
        str(error).encode()


def _same(one: object, other: object, what: str) -> None:
    if one != other:
        raise AssertionError(f"{what}: {one!r} is not {other!r}")


@cache
def _feed() -> Feed:
    return parse_feed(_FEED.encode(), Path("feed.toml"))


@cache
def _pack() -> Any:
    return read_pack(invented_pack())


@cache
def _engine() -> DuckDBEngine:
    return DuckDBEngine(spill=Path(tempfile.mkdtemp()), memory_limit_mb=1000, threads=1)

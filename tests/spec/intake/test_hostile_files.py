"""Files made to do harm: each is placed line by line, or refused whole with the reason."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
[[events]]
organisation = { value = "R0D" }
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
"""
HEAD = b"id,name,day\n"
Take = Callable[..., Taken]


@pytest.fixture
def take(engine: DuckDBEngine, tmp_path: Path) -> Take:
    """Take in a file of that content."""

    def taken(content: bytes, name: str = "visits_20240601.csv", feed: str = FEED) -> Taken:
        one = take_one(engine, tmp_path, feed, name, content)
        account = one.account
        placed = account.accepted_lines + account.quarantined_lines + account.header_or_blank
        assert account.lines == placed
        assert sum(row["lines"] for row in one.quarantine) == account.quarantined_lines
        return one

    return taken


def _refused(taken: Taken) -> str:
    assert taken.account.outcome == "rejected"
    return (taken.account.reason or "").partition(":")[0]


def test_formulas_are_kept_as_they_came(take: Take) -> None:
    formulas = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "=HYPERLINK(1)"]
    rows = [f'{n},"{text}",2024-05-01\n' for n, text in enumerate(formulas)]
    taken = take(HEAD + "".join(rows).encode() + b"\t=9,\r=8,never\n")
    names = [row[0] for row in taken.rows(tables.IDENTITIES, "forename")]
    assert sorted(names) == sorted(formulas)
    assert [row["row"] for row in taken.quarantine] == ["\t=9,\r=8,never"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"1,\x00,2024-05-01", "nul_byte"),
        (b"1,\xc3\xa9\xff,2024-05-01", "encoding"),
        (b"1,\xc0\xaf,2024-05-01", "encoding"),  # overlong UTF-8 of "/"
        (b"1,\xed\xa0\x80,2024-05-01", "encoding"),  # half of a surrogate pair
        (b"1,\xf4\x90\x80\x80,2024-05-01", "encoding"),  # beyond Unicode's end
        (b"1,a\rb,2024-05-01", "stray_return"),
        (b"1,2,3,4,5", "too_many_columns"),
        (b",,,,,,,,", "too_many_columns"),
        (b'"""""', "unclosed_quote"),
    ],
)
def test_a_bad_line_among_good_ones_costs_itself_alone(take: Take, line: bytes, rule: str) -> None:
    good = "8,Zoé,2024-05-01\n".encode()
    taken = take(HEAD + good + line + b"\n9,Ann,2024-05-02\n")
    assert [(row["source_row"], row["rules"]) for row in taken.quarantine] == [(3, [rule])]
    assert taken.rows(tables.IDENTITIES, "forename") == [("Zoé",), ("Ann",)]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("id,name,day\n1,Ann,2024-05-01\n".encode("utf-16-le"), "header_missing"),
        ("id,name,day\n1,Ann,2024-05-01\n".encode("utf-16"), "file_not_utf8"),
        (b"id,name,day\r1,Ann,2024-05-01\r", "header_missing"),
        (b'"id,name,day\n' + b"1,Ann,2024-05-01\n" * 500, "header_missing"),
        (b'"' + b"x" * 2_000_000 + b'",name,day\n1,Ann,2024-05-01\n', "header_missing"),
        (b" " * 3_000_000 + b"\n1,Ann,2024-05-01\n", "header_missing"),
        (b",,\n1,2,3\n", "header_missing"),
        (b"\x00" * 1000, "header_missing"),
        (b"\n" * 1000, "header_missing"),
        (b"id,name,name,day\n", "columns_repeated"),
        (b"id,Name,day\n", "columns_missing"),
        (b"id,name,day" + b",x" * 20_000 + b"\n", "columns_too_many"),
        (b"PK\x03\x04" + bytes(range(256)) * 50, "header_missing"),
        (b"", "file_empty"),
    ],
    ids=range(14),
)
def test_a_file_that_cannot_be_used_is_refused_whole(take: Take, content: bytes, rule: str) -> None:
    taken = take(content)
    assert _refused(taken) == rule
    lines = content.count(b"\n") + (not content.endswith((b"\n",)) and content != b"")
    assert taken.account.quarantined_lines == lines
    assert len(taken.account.reason or "") < 2000


@pytest.mark.parametrize("content", [b"\nid,name,day", b"\n\r\n\nid,name,day", b"\nid,name,day\n"])
def test_a_header_below_blank_lines_and_nothing_more_is_an_empty_extract(
    take: Take, content: bytes
) -> None:
    account = take(content).account
    assert (account.outcome, account.accepted, account.quarantined) == ("accepted", 0, 0)
    assert account.header_or_blank == account.lines


def test_a_byte_order_mark_halfway_is_text(take: Take) -> None:
    taken = take(b"\xef\xbb\xbf" + HEAD + b"1,\xef\xbb\xbfAnn,2024-05-01\n")
    assert taken.rows(tables.IDENTITIES, "forename") == [("\ufeffAnn",)]


def test_two_encodings_in_a_file_cost_the_lines_of_one(take: Take) -> None:
    lines = ["1,Zoé,2024-05-01\n".encode(), "2,Zoé,2024-05-01\n".encode("cp1252")] * 3
    taken = take(HEAD + b"".join(b"%d%s" % (n, line) for n, line in enumerate(lines)))
    assert taken.account.accepted == 3
    assert taken.reasons == {"encoding": 3}


def test_columns_may_be_called_what_they_like(take: Take) -> None:
    odd = ["c0", "source_row", "lines", "extract_date", 'a"b', "x; DROP TABLE t", "ID", ""]
    head = ",".join('"' + name.replace('"', '""') + '"' for name in ["id", "name", "day", *odd])
    taken = take(head.encode() + b"\n1,Ann,2024-05-01" + b",z" * len(odd) + b"\n")
    assert taken.rows(tables.EVENTS, "record_id") == [("1",)]


def test_a_feed_may_use_columns_of_our_own_names(take: Take) -> None:
    feed = FEED.replace('"name"', '"source_row"').replace('column = "day"', 'column = "lines"')
    head = b'id,source_row,lines,"c1"\n'
    taken = take(head + b"1,Ann,2024-05-01,x\n", feed=feed)
    assert taken.rows(tables.IDENTITIES, "forename", "source_row") == [("Ann", 2)]


def test_ten_thousand_columns_are_read(take: Take) -> None:
    head = b"id,name,day" + b"".join(b",x%d" % n for n in range(10_000)) + b"\n"
    taken = take(head + (b"1,Ann,2024-05-01" + b"," * 10_000 + b"\n"))
    assert taken.account.accepted == 1


@pytest.mark.skipif(os.name != "posix", reason="no such names here")
def test_a_name_never_stands_for_other_files(take: Take, tmp_path: Path) -> None:
    for name in ("visits_20240601a.csv", "visits_20240601b.csv", "visits_20240601xx.csv"):
        (tmp_path / name).write_bytes(HEAD + b"1,Somebody else's,2024-05-01\n")
    for name in ("visits_20240601[ab].csv", "visits_20240601*.csv", "visits_20240601'?.csv"):
        for file in tmp_path.glob("parts*"):
            file.rename(tmp_path / f"done{name}")
        taken = take(HEAD + b"1,Own,2024-05-01\n", name)
        assert taken.rows(tables.IDENTITIES, "forename") == [("Own",)]


def test_a_csv_that_is_only_called_gz_is_read(take: Take) -> None:
    taken = take(HEAD + b"1,Ann,2024-05-01\n", "visits_20240601.csv.gz")
    assert taken.account.accepted == 1


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("joinedup.intake.survey.UNPACKED_BYTES", 100_000)
    monkeypatch.setattr("joinedup.intake.parquet_survey.UNPACKED_BYTES", 100_000)
    monkeypatch.setattr("joinedup.intake.parquet_survey._MOST_ROWS", 10_000)


def test_a_gzip_bomb_is_given_up_and_nothing_of_it_kept(
    take: Take, tmp_path: Path, small_limit: None
) -> None:
    taken = take(gzip.compress(HEAD + b"\n" * 1_000_000), "visits_20240601.csv.gz")
    assert _refused(taken) == "file_unpacks_too_far"
    assert taken.account.lines == 0
    assert sum(one.stat().st_size for one in tmp_path.rglob("*") if one.is_file()) < 20_000


def test_a_file_that_packs_well_is_no_bomb(take: Take, small_limit: None) -> None:
    rows = b"".join(b"%d,Ann,2024-05-01\n" % n for n in range(20_000))
    taken = take(gzip.compress(HEAD + rows), "visits_20240601.csv.gz")
    assert taken.account.accepted == 20_000
    assert len(gzip.compress(HEAD + rows)) < len(rows) / 4


def _parquet(path: Path, **columns: Any) -> bytes:
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


_GOOD = {"id": ["1", "2"], "name": ["Ann", "=Bob"], "day": ["2024-05-01", "never"]}


def test_a_parquet_bomb_is_given_up(take: Take, tmp_path: Path, small_limit: None) -> None:
    alike = pa.array(["x"] * 500_000).dictionary_encode()
    content = _parquet(tmp_path / "bomb", id=alike, name=alike, day=alike)
    assert len(content) < 5_000
    assert _refused(take(content, "visits_20240601.parquet")) == "file_unpacks_too_far"


def test_a_parquet_of_odd_types_and_names_is_read(take: Take, tmp_path: Path) -> None:
    odd: dict[str, Any] = {
        "ID": [1, 2], "source_row": ["a", "b"], "lines": [[1], [2]], "c0": [{"x": 1}] * 2,
        'q"; DROP': [b"\xff"] * 2, "": [None] * 2, "file_id": pa.array([1, 2], pa.duration("s")),
    }  # fmt: skip
    taken = take(_parquet(tmp_path / "odd", **_GOOD, **odd), "visits_20240601.parquet")
    assert taken.rows(tables.IDENTITIES, "record_id", "forename", "source_row") == [("1", "Ann", 1)]
    assert taken.quarantine[0]["row"].startswith('{"id": "2", "name": "=Bob", "day": "never"')
    assert '"source_row": "b"' in taken.quarantine[0]["row"]


def test_a_feed_may_use_a_parquet_s_columns_of_our_own_names(take: Take, tmp_path: Path) -> None:
    feed = FEED.replace('"name"', '"source_row"').replace('column = "day"', 'column = "lines"')
    content = _parquet(tmp_path / "own", id=["1"], source_row=["Ann"], lines=["2024-05-01"])
    taken = take(content, "visits_20240601.parquet", feed)
    assert taken.rows(tables.IDENTITIES, "forename", "source_row") == [("Ann", 1)]


def test_a_parquet_nested_a_thousand_deep_is_refused(take: Take, tmp_path: Path) -> None:
    kind: pa.DataType = pa.int64()
    for _ in range(1000):
        kind = pa.struct([("a", kind)])
    columns = {**_GOOD, "deep": pa.array([None, None], kind)}
    taken = take(_parquet(tmp_path / "deep", **columns), "visits_20240601.parquet")
    assert _refused(taken) == "file_unreadable"


@pytest.mark.parametrize("place", [0, 4, 30, 60, 100, 200, -8, -4, -1])
@pytest.mark.parametrize("damage", [b"\x00" * 4, b"\xff" * 4, b"\x7f"])
def test_a_damaged_parquet_is_read_or_refused(
    take: Take, tmp_path: Path, place: int, damage: bytes
) -> None:
    whole = bytearray(_parquet(tmp_path / "whole", **_GOOD))
    start = place % len(whole)
    whole[start : start + len(damage)] = damage
    taken = take(bytes(whole), "visits_20240601.parquet")
    if taken.account.outcome == "rejected":
        assert _refused(taken) in {"file_unreadable", "columns_missing", "header_missing"}


def test_a_page_that_only_one_reader_can_read_refuses_the_file(take: Take, tmp_path: Path) -> None:
    columns = {"id": [str(n) for n in range(50)], "name": ["Ann", "=B"] * 25}
    whole = _parquet(tmp_path / "whole", **columns, day=["2024-05-01", "never"] * 25)
    refused = 0
    for place in range(600, len(whole) - 8, 7):  # the last column's pages, and the footer
        damaged = whole[:place] + bytes([whole[place] ^ 0x24]) + whole[place + 1 :]
        for parts in tmp_path.glob("parts*"):
            parts.rename(tmp_path / f"done{place}")
        refused += take(damaged, "visits_20240601.parquet").account.outcome == "rejected"
    assert refused > 10


def test_a_damaged_column_that_the_feed_does_not_use_refuses_the_file(
    take: Take, tmp_path: Path
) -> None:
    path = tmp_path / "whole"
    other = pa.array([f"{n:08}" for n in range(2000)])
    rows = {"id": [str(n) for n in range(2000)], "name": ["Ann"] * 2000}
    table = pa.table({**rows, "day": ["2024-05-01", "never"] * 1000, "other": other})
    pq.write_table(table, path, compression="none", use_dictionary=False)
    whole = path.read_bytes()
    at = whole.index(b"00001000")
    damaged = whole[: at - 4] + b"\xff\xff\xff\x7f" + whole[at:]  # the length of one text
    taken = take(damaged, "visits_20240601.parquet")
    assert _refused(taken) == "file_unreadable"
    assert taken.account.lines == 0


def test_values_beyond_the_memory_refuse_their_file_and_not_the_run(tmp_path: Path) -> None:
    text = os.urandom(500).hex() * 60_000  # sixty megabytes
    content = _parquet(tmp_path / "large", id=["1"], name=[text], day=["2024-05-01"])
    with DuckDBEngine(spill=tmp_path / "spill", memory_limit_mb=100, threads=1) as small:
        taken = take_one(small, tmp_path, FEED, "visits_20240601.parquet", content)
    assert _refused(taken) == "value_too_long"
    assert taken.account.lines == 0


def test_a_parquet_that_is_none_is_refused(take: Take) -> None:
    for content in (b"PAR1", b"PAR1" * 3, b"PAR1\xff\xff\xff\x7fPAR1", HEAD):
        name = f"visits_20240601{len(content)}.parquet"
        path_free = partial(take, content, name)
        assert _refused(path_free()) == "file_unreadable"

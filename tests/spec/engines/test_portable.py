"""Functions that each engine says in its own words, and that mean the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.engines import Engine
from joinedup.engines.portable import key_of, same_key_of
from joinedup.linkage.standardise import standard
from joinedup.tables import IDENTITIES
from tests.spec.linkage.people import identities

# Written by hand from what docs/explanation/linkage.md says of names, numbers and addresses.
_SENT = """
    record_id | forename   | surname   | nhs_number    | postcode | phone           | email     | address
    1         | Zoë        | Weiß      | 943 476-5919  | bh1 1aa  | +44 1202 555001 | A@B.org   | 1, Long Rd
    2         | ŁUKASZ     | Ørsted    | 943476591     | ZZ99 3VZ | 0000000000      | a.b       | Æ  2
    3         | Ｐaul      | O’Brien   | 1234567890    | BH1_1AA  | 01202555001     | ΣΑΣ@B.ORG | ŉ3ﬁ
    4         | Dr. İpek   | not known | 9434765919    | ıbh11aa  | -               | -         | -
"""  # noqa: E501, RUF001
_WRITTEN = {
    "1": ("ZOE", "WEISS", "9434765919", "BH11AA", "1202555001", "a@b.org", "1 LONG RD"),
    "2": ("LUKASZ", "ORSTED", None, None, None, None, "AE 2"),
    "3": ("AUL", "OBRIEN", None, "BH11AA", "1202555001", "σασ@b.org", "3"),  # noqa: RUF001
    "4": ("IPEK", None, "9434765919", "BH11AA", None, None, None),
}


def test_details_are_written_the_same(engine: Engine) -> None:
    one = standard(identities(_SENT))
    names = ("forename", "surname", "nhs_number", "postcode", "phone", "email", "address")
    found = engine.connection.to_pyarrow(one.select("record_id", *names)).to_pylist()
    assert {row.pop("record_id"): tuple(row.values()) for row in found} == _WRITTEN


def test_a_key_tells_a_null_from_its_neighbour_and_is_the_same_again(engine: Engine) -> None:
    given = ibis.memtable(
        [("a", None), (None, "a"), ("", "a"), (None, None), ("a", "")],
        schema=ibis.schema({"one": "string", "two": "string"}),
    )
    keyed = given.mutate(key=key_of(given.one, given.two))
    first, again = (engine.connection.to_pyarrow(keyed)["key"].to_pylist() for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first)
    assert min(first) >= 0


def test_the_same_key_is_made_by_every_engine(engine: Engine) -> None:
    given = ibis.memtable(
        [("Zoë", None, dt.date(2020, 5, 17)), (None, 3, None)],
        schema=ibis.schema({"a": "string", "b": "int64", "c": "date"}),
    )
    keyed = given.select(key=same_key_of(given.a, given.b, given.c))
    found = engine.connection.to_pyarrow(keyed)["key"].to_pylist()
    texts = [["Zoë", "\x01", "2020-05-17"], ["\x01", "3", "\x01"]]
    digests = [hashlib.md5("\x1f".join(text + ["0"] * 9).encode()).digest() for text in texts]
    expected = [int.from_bytes(one[8:], "little") % 2**60 for one in digests]
    assert sorted(found) == sorted(expected)


def test_likeness_is_that_of_duckdb(engine: Engine) -> None:
    """Published values: Winkler (1990) has MARTHA and MARHTA at 0.961, DIXON and DICKSONX 0.813."""
    if engine.name == "duckdb":
        names = ("jaro_winkler_similarity", "damerau_levenshtein")
        run = engine.connection.raw_sql
    else:
        names, run = ("jaro_winkler", "damerau_levenshtein"), engine.connection.raw_sql
    pairs = "(VALUES ('MARTHA', 'MARHTA'), ('DIXON', 'DICKSONX'), (NULL, 'A')) AS t(a, b)"
    found = run(f"SELECT round({names[0]}(a, b), 3), {names[1]}(a, b) FROM {pairs}")
    rows = found.fetchall() if engine.name == "duckdb" else [tuple(r) for r in found.collect()]
    assert sorted(rows, key=repr) == [(0.813, 4), (0.961, 1), (None, None)]


def test_a_moment_without_zone_stays_one(engine: Engine, tmp_path: Path) -> None:
    """Written by one engine it is read by any other as the same moment, and by PyArrow too."""
    moment = dt.datetime(2024, 3, 31, 1, 30)  # in London no clock showed this
    table = ibis.memtable(
        [{"at": moment, "on": dt.date(1850, 1, 1), "n": None, "x": 0.1, "yes": True}],
        schema=ibis.schema({
            "at": "timestamp(6)", "on": "date", "n": "int64", "x": "float64", "yes": "boolean",
        }),
    )  # fmt: skip
    assert engine.write_parquet(table, tmp_path / "t.parquet") == 1
    assert pq.read_schema(tmp_path / "t.parquet").types == [
        pa.timestamp("us"), pa.date32(), pa.int64(), pa.float64(), pa.bool_(),
    ]  # fmt: skip
    read = engine.read_parquet(tmp_path / "t.parquet")
    assert (
        engine.connection.to_pyarrow(read).to_pylist()
        == pq.read_table(tmp_path / "t.parquet").to_pylist()
    )
    assert pq.read_table(tmp_path / "t.parquet")["at"].to_pylist() == [moment]


def test_rows_are_numbered_in_each_file(engine: Engine, tmp_path: Path) -> None:
    for name, values in (("a", [10, 11, 12]), ("b [1]*", [20, 21])):
        pq.write_table(pa.table({"v": values}), tmp_path / f"{name}.parquet")
    paths = sorted(tmp_path.glob("*.parquet"))
    table = engine.read_numbered(paths, first_row=2)
    found = engine.connection.to_pyarrow(table.order_by("v")).to_pylist()
    assert [(row["v"], row["source_row"], row["lines"]) for row in found] == [
        (10, 2, 1), (11, 3, 1), (12, 4, 1), (20, 2, 1), (21, 3, 1),
    ]  # fmt: skip


def test_a_whole_table_is_a_folder_that_reads_back(engine: Engine, tmp_path: Path) -> None:
    empty = ibis.memtable([], schema=IDENTITIES.schema())
    engine.write_table(empty, tmp_path / "empty")
    assert pq.read_table(tmp_path / "empty").column_names == list(IDENTITIES.column_names)
    numbers = ibis.range(1000).unnest().name("n").as_table()
    engine.write_table(numbers.order_by(numbers.n.desc()), tmp_path / "many", in_order=True)
    assert pq.read_table(tmp_path / "many")["n"].to_pylist() == list(range(999, -1, -1))
    assert {path.suffix for path in (tmp_path / "many").iterdir()} == {".parquet"}

"""NHS numbers, dates, times and money, as partners write them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import ibis
import nhs_number as published
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.engines import DuckDBEngine
from joinedup.terms import nhs_number
from joinedup.terms.dates import london_to_utc, read_datetime, read_seconds
from joinedup.terms.money import read_pence

LONDON = ZoneInfo("Europe/London")


def test_the_dictionarys_own_example_is_valid() -> None:
    # NHS Data Dictionary, NHS NUMBER: 943 476 5919.
    assert nhs_number.is_valid("9434765919")
    assert not nhs_number.is_valid("9434765918")
    assert not nhs_number.is_valid("0000000000")


@given(st.integers(0, 10**10 - 1).map("{:010}".format))
def test_the_check_digit_agrees_with_the_nhs_number_package(number: str) -> None:
    # The package also refuses ranges that are not in use, which a register may change.
    if number not in nhs_number.PLACEHOLDERS:
        right = published.calculate_checksum(number[:9]) == int(number[9])
        assert nhs_number.is_valid(number) == right


def test_the_expression_agrees_with_python(engine: DuckDBEngine) -> None:
    numbers = [f"{9_000_000_000 + 7919 * n:010}" for n in range(3000)] + ["9434765919"]
    table = ibis.memtable({"number": numbers})
    whole = nhs_number.as_whole(nhs_number.ten_digits(table.number))
    found = engine.connection.to_pyarrow(table.mutate(ok=nhs_number.has_check_digit(whole)))
    assert [row["ok"] for row in found.to_pylist()] == [
        nhs_number.is_valid(row["number"]) for row in found.to_pylist()
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [("943 476 5919", "9434765919"), ("943-476-5919", "9434765919"), ("94347659", None),
     ("9434x65919", None), ("12345.6789", None), ("123456e001", None)],
)  # fmt: skip
def test_ten_digits_are_found_whatever_stands_between(
    engine: DuckDBEngine, written: str, read: str | None
) -> None:
    found = engine.connection.to_pyarrow(nhs_number.ten_digits(ibis.literal(written)))
    assert found.as_py() == read


@settings(max_examples=20)
@given(st.integers(1996, 2037))
def test_london_time_agrees_with_zoneinfo_through_the_year(year: int) -> None:
    hours = [dt.datetime(year, 1, 1, 0, 30) + dt.timedelta(hours=n) for n in range(8760)]
    table = ibis.memtable({"local": hours}, schema={"local": "timestamp(6)"})
    connection = ibis.duckdb.connect()
    read = connection.to_pyarrow(table.mutate(utc=london_to_utc(table.local))).to_pylist()
    for row in read:
        expected = row["local"].replace(tzinfo=LONDON).astimezone(dt.UTC).replace(tzinfo=None)
        assert row["utc"] == expected, row


def test_the_skipped_hour_is_winter_time_and_the_repeated_hour_its_first(
    engine: DuckDBEngine,
) -> None:
    def utc(local: dt.datetime) -> dt.datetime:
        found: dt.datetime = engine.connection.execute(london_to_utc(ibis.literal(local)))
        return found

    assert utc(dt.datetime(2024, 3, 31, 1, 30)) == dt.datetime(2024, 3, 31, 1, 30)
    assert utc(dt.datetime(2024, 10, 27, 1, 30)) == dt.datetime(2024, 10, 27, 0, 30)


@pytest.mark.parametrize(
    ("text", "layout", "read"),
    [
        ("2024-05-01", "%Y-%m-%d", dt.datetime(2024, 5, 1)),
        ("01/05/2024 09:30", "%d/%m/%Y %H:%M", dt.datetime(2024, 5, 1, 9, 30)),
        ("20240501", "%Y%m%d", dt.datetime(2024, 5, 1)),
        ("2024-02-30", "%Y-%m-%d", None),
        ("01/05/2024", "%Y-%m-%d", None),
        ("infinity", "%Y-%m-%d", None),
        ("", "%Y-%m-%d", None),
    ],
)
def test_a_date_is_read_as_its_layout_says_or_not_at_all(
    engine: DuckDBEngine, text: str, layout: str, read: dt.datetime | None
) -> None:
    found = engine.connection.to_pyarrow(read_datetime(ibis.literal(text), layout)).as_py()
    assert found == read


def test_a_time_of_day_is_seconds_after_midnight(engine: DuckDBEngine) -> None:
    assert engine.connection.execute(read_seconds(ibis.literal("01:02:03"), "%H:%M:%S")) == 3723


@pytest.mark.parametrize(
    ("text", "unit", "pence"),
    [("£1,234.56", "pounds", 123456), ("12", "pounds", 1200), ("-0.05", "pounds", -5),
     ("1234", "pence", 1234), ("free", "pounds", None)],
)  # fmt: skip
def test_money_is_whole_pence(
    engine: DuckDBEngine, text: str, unit: str, pence: int | None
) -> None:
    assert engine.connection.to_pyarrow(read_pence(ibis.literal(text), unit)).as_py() == pence

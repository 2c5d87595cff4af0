"""Dates, times and codes as partners write them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from joinedup.synthetic.extracts.columns import (
    BRITISH,
    COMPACT,
    clock,
    days,
    joined,
    moments,
    picked,
    recoded,
    taken,
    with_values,
)
from joinedup.synthetic.extracts.extract import extract_days, file_name
from joinedup.synthetic.interface import Coded

WHEN = np.array(["2024-02-29T23:05:09", "NaT", "1919-01-31T00:00:00"], dtype="datetime64[s]")


def test_days_in_three_forms() -> None:
    assert days(WHEN).to_pylist() == ["2024-02-29", None, "1919-01-31"]
    assert days(WHEN, BRITISH).to_pylist() == ["29/02/2024", None, "31/01/1919"]
    assert days(WHEN, COMPACT).to_pylist() == ["20240229", None, "19190131"]


def test_times_of_day() -> None:
    assert clock(WHEN).to_pylist() == ["23:05:09", None, "00:00:00"]
    assert clock(WHEN, "%H:%M").to_pylist() == ["23:05", None, "00:00"]
    assert moments(WHEN, BRITISH).to_pylist()[:2] == ["29/02/2024 23:05:09", None]
    assert moments(WHEN, between="T").to_pylist()[0] == "2024-02-29T23:05:09"


def test_codes_are_changed_and_what_has_no_code_is_null() -> None:
    sex = Coded(np.array([0, 1, -1], np.int32), ("1", "2"))
    assert recoded(sex, {"1": "M"}).to_pylist() == ["M", None, None]
    assert recoded(sex, {"1": "M"}, "U").to_pylist() == ["M", "U", None]


def test_a_text_joined_with_nothing_is_nothing() -> None:
    names = pa.array(["SMITH", None])
    assert joined(names, picked(np.array([0, 0]), ("JO",)), between=", ").to_pylist() == [
        "SMITH, JO",
        None,
    ]


def test_values_are_put_into_some_rows_of_any_kind_of_column() -> None:
    rows, texts = np.array([2, 0]), pa.array(["x", None])
    for column in (
        picked(np.array([0, 1, 0]), ("a", "b")),
        pa.array(["a", "b", "a"]),
    ):
        assert with_values(column, rows, texts).to_pylist() == [None, "b", "x"]
    assert with_values(pa.array([7, 8, 9]), rows, texts).to_pylist() == [None, "8", "x"]


def test_taking_from_places_leaves_gaps_at_minus_one() -> None:
    assert taken(pa.array(["a", "b"]), np.array([1, -1, 0])).to_pylist() == ["b", None, "a"]


def test_extracts_are_drawn_the_day_after_their_period() -> None:
    start, today = np.datetime64("2023-04-01"), np.datetime64("2026-03-31")
    assert [str(day) for day in extract_days("year", start, today)] == [
        "2024-04-01",
        "2025-04-01",
        "2026-04-01",
    ]
    assert len(extract_days("quarter", start, today)) == 12
    assert [str(day) for day in extract_days("at_once", start, today)] == ["2026-04-01"]
    assert file_name("emergency", np.datetime64("2023-07-01")) == "emergency_20230701.csv.gz"

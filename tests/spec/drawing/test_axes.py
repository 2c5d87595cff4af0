"""Axes of real numbers and days: round steps that hold what is drawn."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.drawing import Unit
from joinedup.drawing.lettering import fitted, folded, shortened, spread, words_px
from joinedup.drawing.scale import LARGEST, Scale, date_ticks, real_ticks
from joinedup.drawing.units import written, written_alike, written_day, written_ticks

numbers = st.floats(-LARGEST, LARGEST)


@pytest.mark.parametrize(
    ("values", "most", "ticks"),
    [
        ([0, 0.93], 5, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        ([0.7, 0.85], 5, (0.7, 0.75, 0.8, 0.85)),
        ([-3.2e6, 1e6], 5, (-4e6, -3e6, -2e6, -1e6, 0, 1e6)),
        ([812, 1234], 5, (800, 900, 1000, 1100, 1200, 1300)),
        ([3, 12], 5, (2, 4, 6, 8, 10, 12)),
        ([], 5, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_ticks_are_round(values: list[float], most: int, ticks: tuple[float, ...]) -> None:
    assert real_ticks(values, most=most).values == pytest.approx(ticks)


@given(st.lists(numbers, min_size=1, max_size=20), st.integers(2, 8))
def test_ticks_hold_every_value_and_rise_evenly(values: list[float], most: int) -> None:
    ticks = real_ticks(values, most=most).values
    slack = (ticks[-1] - ticks[0]) * 1e-6
    assert ticks[0] <= min(values) + slack
    assert max(values) - slack <= ticks[-1]
    assert 2 <= len(ticks) <= most + 1
    steps = [high - low for low, high in pairwise(ticks)]
    assert min(steps) > 0
    assert max(steps) == pytest.approx(min(steps), rel=1e-3)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e16])
def test_an_axis_refuses_what_is_endless(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        real_ticks([0.0, value], most=5)


def test_a_value_lies_where_its_share_of_the_scale_does() -> None:
    scale = Scale(100, 200, 400, 0)
    assert [scale.at(value) for value in (100, 150, 200)] == [400, 200, 0]
    assert [scale.at(value) for value in (0, 999)] == [400, 0]


@pytest.mark.parametrize(
    ("unit", "ticks", "words"),
    [
        (Unit.PERCENT, (0.7, 0.75, 0.8), ("70%", "75%", "80%")),
        (Unit.PERCENT, (0, 0.005, 0.01), ("0.0%", "0.5%", "1.0%")),
        (Unit.RATE, (0, 2.5, 5), ("0.0", "2.5", "5.0")),
        (Unit.NUMBER, (0, 20_000, 40_000), ("0", "20,000", "40,000")),
        (Unit.POUNDS, (-1e6, 0, 1e6), ("−£1m", "£0", "£1m")),  # noqa: RUF001
        (Unit.POUNDS, (0, 500_000, 1_000_000), ("£0", "£0.5m", "£1.0m")),
        (Unit.POUNDS, (0, 2e9), ("£0", "£2bn")),
    ],
)
def test_the_ticks_of_an_axis_are_written_alike(
    unit: Unit, ticks: tuple[float, ...], words: tuple[str, ...]
) -> None:
    assert written_ticks(ticks, ticks[1] - ticks[0], unit) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.4523, Unit.PERCENT, "45.2%"),
        (1234, Unit.NUMBER, "1,234"),
        (12.34, Unit.NUMBER, "12.3"),
        (0.0123, Unit.NUMBER, "0.012"),
        (7, Unit.RATE, "7.0"),
        (0, Unit.NUMBER, "0"),
        (12.5, Unit.POUNDS, "£12.50"),
        (1_249_000, Unit.POUNDS, "£1.25m"),
        (-400_000_000, Unit.POUNDS, "−£400m"),  # noqa: RUF001
    ],
)
def test_a_value_is_written_as_a_reader_wants_it(value: float, unit: Unit, words: str) -> None:
    assert written(value, unit) == words


def test_values_in_a_column_have_the_same_decimals() -> None:
    assert written_alike([130.4, 98.52, 7], Unit.NUMBER) == ("130.4", "98.5", "7.0")
    assert written_alike([2, 9.2e9], Unit.POUNDS) == ("£2", "£9.20bn")


def test_years_are_ticked_in_april_and_weeks_on_mondays() -> None:
    years = date_ticks(dt.date(2019, 1, 1), dt.date(2024, 12, 1), most=8)
    assert years == tuple(dt.date(year, 4, 1) for year in range(2019, 2025))
    weeks = date_ticks(dt.date(2026, 1, 1), dt.date(2026, 1, 31), most=5)
    assert [day.weekday() for day in weeks] == [0, 0, 0, 0]


@given(st.dates(dt.date(1, 2, 1)), st.dates(dt.date(1, 2, 1)), st.integers(2, 12))
def test_days_are_ticked_in_order_within_the_time(one: dt.date, other: dt.date, most: int) -> None:
    first, last = sorted((one, other))
    days = date_ticks(first, last, most=most)
    assert 1 <= len(days) <= most
    assert list(days) == sorted(set(days))
    assert first <= days[0] <= days[-1] <= last


def test_a_day_is_written_in_english() -> None:
    assert written_day(dt.date(2020, 10, 1)) == "Oct 2020"
    assert written_day(dt.date(2020, 10, 3), with_day=True) == "3 Oct 2020"


def test_words_are_cut_to_their_room() -> None:
    assert fitted("Harbour", 500, 13) == "Harbour"
    assert fitted("Harbour and Quay", 60, 13).endswith("…")
    assert shortened("Neighbourhood 42", 90, 13).endswith("42")
    assert folded("one two three", 52, 13, most=2) == ("one two", "three")
    for cut in (fitted, shortened):
        assert words_px(cut("W" * 80, 100, 13), 13) <= 100


@given(st.lists(st.floats(0, 300), max_size=12))
def test_labels_are_moved_apart_in_their_order(wanted: list[float]) -> None:
    places = spread(wanted, 17, low=0, high=300)
    ordered = [place for _, place in sorted(zip(wanted, places, strict=True))]
    assert all(high - low >= 17 - 1e-6 for low, high in pairwise(ordered))
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


def test_labels_with_room_stay_where_they_were_wanted() -> None:
    assert spread([10, 200, 100], 17, low=0, high=300) == (10, 200, 100)

"""Days and hours are drawn by season, and inside the time that a person was there."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.synthetic.calendar import (
    BANK_HOLIDAYS,
    DAYS,
    SEASONS,
    START,
    TODAY,
    at_time,
    clock,
    draw_days,
    draw_seconds,
)
from joinedup.synthetic.draws import stream


def times(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[s]")


def test_the_window_is_three_years() -> None:
    assert str(START) == "2023-04-01"
    assert str(TODAY) == "2026-03-31"
    assert DAYS == 1096  # 2024 was a leap year


def test_the_hour_that_spring_skips_becomes_its_end() -> None:
    before = times("2024-03-31T00:59:59", "2024-03-31T01:00:00", "2024-03-31T01:59:59")
    after = times("2024-03-31T00:59:59", "2024-03-31T02:00:00", "2024-03-31T02:00:00")
    assert (clock(before) == after).all()
    assert (clock(times("2024-04-01T01:30:00")) == times("2024-04-01T01:30:00")).all()


def test_a_day_and_seconds_make_a_local_time() -> None:
    made = at_time(np.array([0, 366]), np.array([3600, 5400]))
    assert (made == times("2023-04-01T01:00:00", "2024-04-01T01:30:00")).all()
    # 31 March 2024 is the 365th day after the first: half past one that night was never.
    assert at_time(np.array([365]), np.array([5400]))[0] == times("2024-03-31T02:00:00")[0]


@pytest.mark.parametrize("season", sorted(SEASONS))
def test_days_lie_where_they_may(season: str) -> None:
    rng = stream(1, 0, season)
    first = rng.integers(0, DAYS - 1, 20_000)
    past = np.minimum(first + rng.integers(1, 60, 20_000), DAYS)
    day = draw_days(rng, season, first, past)
    assert (day >= first).all()
    assert (day < past).all()


def test_clinics_hardly_open_on_bank_holidays() -> None:
    rng = stream(1, 0, "clinics")
    day = draw_days(rng, "booked", np.zeros(50_000, int), np.full(50_000, DAYS))
    holidays = BANK_HOLIDAYS[BANK_HOLIDAYS >= START]
    on_holiday = np.isin(START + day.astype("m8[D]"), holidays).mean()
    assert on_holiday < 0.2 * len(holidays) / DAYS


def test_nights_are_quieter_than_noons() -> None:
    hour = draw_seconds(stream(1, 0, "hours"), "emergency", 50_000) // 3600
    assert ((hour >= 10) & (hour < 13)).sum() > 3 * ((hour >= 3) & (hour < 6)).sum()


def test_streams_differ_by_seed_chunk_and_purpose_and_repeat() -> None:
    drawn = {
        key: stream(*key).integers(0, 2**62)
        for key in ((1, 0, "a"), (2, 0, "a"), (1, 1, "a"), (1, 0, "b"))
    }
    assert len(set(drawn.values())) == 4
    assert stream(1, 0, "a").integers(0, 2**62) == drawn[1, 0, "a"]
    # The same on every machine. A release of NumPy may change how numbers are made of a stream: if
    # this fails then, every seed means other people, and the change log should say so.
    assert stream(0, 0, "check").integers(0, 10**9) == CHECK


CHECK = 314502507

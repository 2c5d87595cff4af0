"""When things happen: season, day of the week, bank holidays and hour of the day.

The weights are illustrative. Their order of magnitude follows what NHS England and ONS publish:
emergency care a little higher in winter and on Mondays, respiratory illness much higher in winter,
booked care on working days, and deaths about a tenth higher in winter than in summer.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.interface import Dates, Floats, Ints, Times

START = np.datetime64("2023-04-01")
TODAY = np.datetime64("2026-03-31")
DAYS = int((TODAY - START).astype(int)) + 1

# Bank holidays in England, from www.gov.uk/bank-holidays.
BANK_HOLIDAYS = np.array(
    [
        "2023-04-07",
        "2023-04-10",
        "2023-05-01",
        "2023-05-08",
        "2023-05-29",
        "2023-08-28",
        "2023-12-25",
        "2023-12-26",
        "2024-01-01",
        "2024-03-29",
        "2024-04-01",
        "2024-05-06",
        "2024-05-27",
        "2024-08-26",
        "2024-12-25",
        "2024-12-26",
        "2025-01-01",
        "2025-04-18",
        "2025-04-21",
        "2025-05-05",
        "2025-05-26",
        "2025-08-25",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
    ],
    dtype="datetime64[D]",
)
# The days on which clocks go forward at 01:00; that hour does not exist.
SPRING_FORWARD = np.array(["2024-03-31", "2025-03-30", "2026-03-29"], dtype="datetime64[D]")

# Winter excess (amplitude about the mean, peak in mid-January) and Monday-to-Sunday weights.
SEASONS = {
    "emergency": (0.06, (1.10, 1.02, 1.00, 0.99, 0.99, 0.95, 0.95)),
    "respiratory": (0.55, (1.06, 1.02, 1.00, 0.99, 0.99, 0.97, 0.97)),
    "injury": (-0.08, (1.04, 0.98, 0.97, 0.97, 0.99, 1.02, 1.03)),
    "death": (0.10, (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
    "booked": (0.02, (1.00, 1.05, 1.05, 1.03, 0.90, 0.06, 0.02)),
    "practice": (0.07, (1.20, 1.04, 1.00, 0.98, 0.97, 0.04, 0.01)),
    "community": (0.03, (1.0, 1.0, 1.0, 1.0, 1.0, 0.35, 0.30)),
    "even": (0.0, (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
}
# Growth a year. Those who die in the three years use most before they do, and nobody is drawn who
# falls ill to die after them; without some growth use would seem to fall as the years go by.
GROWTH = {
    "emergency": 0.07, "respiratory": 0.07, "injury": 0.05, "booked": 0.05, "practice": 0.035,
    "community": 0.06,
}  # fmt: skip
# Relative frequency of each hour of the day, 0 to 23.
HOURS = {
    "emergency": (26, 21, 18, 16, 15, 16, 20, 29, 45, 62, 72, 74, 71, 68, 67, 66, 66, 66, 65, 61,
                  55, 48, 40, 33),
    "ambulance": (34, 30, 27, 25, 24, 24, 27, 34, 44, 53, 58, 59, 57, 55, 54, 53, 53, 53, 53, 52,
                  50, 47, 44, 39),
    "clinic": (0, 0, 0, 0, 0, 0, 0, 1, 40, 100, 100, 85, 30, 75, 95, 85, 45, 10, 3, 1, 0, 0, 0, 0),
    "theatre": (0, 0, 0, 0, 0, 0, 5, 95, 40, 10, 8, 30, 45, 10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "discharge": (1, 0, 0, 0, 0, 0, 0, 1, 4, 14, 34, 48, 52, 58, 68, 74, 72, 58, 40, 26, 16, 9, 4,
                  2),
    "even": (1,) * 24,
}  # fmt: skip


@cache
def _cumulative(season: str) -> Floats:
    """Cumulative weight of the days up to each day; closed services shut on bank holidays."""
    amplitude, weekdays = SEASONS[season]
    days = START + np.arange(DAYS)
    day_of_year = (days - days.astype("datetime64[Y]")).astype(int)
    weight = 1 + amplitude * np.cos(2 * np.pi * (day_of_year - 15) / 365.25)
    weight *= 1 + GROWTH.get(season, 0.0) * np.arange(DAYS) / 365.25
    weight *= np.array(weekdays)[(days.astype(int) + 3) % 7]  # 1970-01-01 was a Thursday
    if weekdays[6] < 0.5:
        weight[np.isin(days, BANK_HOLIDAYS)] *= 0.02
    return np.concatenate([[0.0], np.cumsum(weight)])


def draw_days(
    rng: Generator, season: str, first: NDArray[np.integer], past: NDArray[np.integer]
) -> Ints:
    """Days counted from START, from `first` up to but not including `past`, by season."""
    cumulative = _cumulative(season)
    first = np.clip(first, 0, DAYS - 1)
    past = np.clip(past, first + 1, DAYS)
    low, high = cumulative[first], cumulative[past]
    at = np.searchsorted(cumulative, low + rng.random(len(first)) * (high - low), "right") - 1
    return np.clip(at, first, past - 1).astype(np.int32)


def draw_seconds(rng: Generator, hours: str, size: int, minutes: int = 1) -> NDArray[np.int64]:
    """Seconds past midnight, by hour of the day, on whole steps of `minutes`."""
    cumulative = np.cumsum(np.array(HOURS[hours], dtype=float))
    hour = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    steps = 60 // minutes
    return hour.astype(np.int64) * 3600 + rng.integers(0, steps, size) * minutes * 60


def at_time(day: NDArray[np.integer], seconds: NDArray[np.integer]) -> Times:
    """The local time on a day counted from START; the hour that spring skips becomes 02:00."""
    return clock((START + day.astype(np.int64)).astype("datetime64[s]") + seconds.astype("m8[s]"))


def clock(times: Times) -> Times:
    """Local times with those in the hour that spring skips moved to its end, keeping the order."""
    for day in SPRING_FORWARD:
        gap = (times >= day + np.timedelta64(1, "h")) & (times < day + np.timedelta64(2, "h"))
        if gap.any():
            times = np.where(gap, day.astype("datetime64[s]") + np.timedelta64(7200, "s"), times)
    return times


def day_of(dates: Dates | Times) -> NDArray[np.int64]:
    """Days counted from START."""
    return (dates.astype("datetime64[D]") - START).astype(np.int64)


def when(seconds: NDArray[np.integer]) -> Times:
    """Local times from seconds since the first midnight of the window."""
    return clock(START.astype("datetime64[s]") + seconds.astype("m8[s]"))


def date_of(days: NDArray[np.integer]) -> Dates:
    """Dates from days counted from START."""
    return START + days.astype(np.int64).astype("m8[D]")


def seconds_of(times: Times) -> NDArray[np.int64]:
    """Seconds since the first midnight of the window, by the clock."""
    return (times.astype("datetime64[s]") - START.astype("datetime64[s]")).astype(np.int64)

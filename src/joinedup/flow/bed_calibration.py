"""The model of beds from what is counted every day: who is ready to leave, and who leaves.

The national daily count (NHS England, acute discharge situation report) has, for each trust, the
patients who no longer meet the criteria to reside, and those discharged. Who is ready today was
ready yesterday and stayed, or became so: the rest follows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np

from joinedup.flow.beds import WEEKDAYS, BedModel, Floats, delays_times, most_delays_times
from joinedup.terms import SourceDataError

# The level is taken from the last eight weeks: each weekday eight times, and not yet a season ago.
LEVEL_DAYS: Final = 56
# How far the next four weeks stray from the last eight is learnt from the series before.
AHEAD_DAYS: Final = 28
# A delay beyond which fewer than one patient in ten thousand wait is not followed.
_TAIL: Final = 1e-4
_LONGEST_DAYS: Final = 200
# Of those who wait, at least this share leaves each day: keeps a bad fit from a wait without end.
_LEAST_LEAVE: Final = 0.005


@dataclass(frozen=True, slots=True)
class DailyDelays:
    """One trust's days: became ready, left, and waiting still at the day's end; NaN: not known."""

    start: dt.date
    ready: Floats
    left: Floats
    waiting: Floats

    def __len__(self) -> int:
        return len(self.left)

    def part(self, first: int, last: int) -> DailyDelays:
        """The days from `first` until before `last`."""
        return DailyDelays(
            self.start + dt.timedelta(days=first),
            self.ready[first:last],
            self.left[first:last],
            self.waiting[first:last],
        )


def daily_delays(start: dt.date, not_meeting: Floats, discharged: Floats) -> DailyDelays:
    """Flows from the two counts of consecutive days; the first day's flow is not known.

    A day on which fewer than nobody became ready is a mistake in the count, and not known either.
    """
    waiting = not_meeting - discharged
    before = np.concatenate([[np.nan], waiting[:-1]])
    ready = not_meeting - before
    wrong = (waiting < 0) | (ready < 0)
    return DailyDelays(
        start,
        np.where(wrong, np.nan, ready),
        np.where(wrong, np.nan, discharged.astype(np.float64)),
        np.where(waiting < 0, np.nan, waiting),
    )


def calibrate(series: DailyDelays, stay_days: Floats | None = None) -> BedModel:
    """A model whose arrivals are those who become ready, at the level of the last eight weeks.

    `stay_days`, chances of nights until ready, makes it a model of all beds. SourceDataError where
    fewer than four weeks of those eight are known.
    """
    recent = series.part(max(0, len(series) - LEVEL_DAYS), len(series))
    known = np.isfinite(recent.ready) & np.isfinite(recent.left)
    if known.sum() < LEVEL_DAYS // 2:
        raise SourceDataError(
            f"only {int(known.sum())} of the last {LEVEL_DAYS} days have counts that agree",
            cure=f"Give a series in which {LEVEL_DAYS // 2} or more of the last days are known.",
        )
    weekday = _weekdays(recent)
    ready = _by_weekday(recent.ready, weekday)
    expected = ready[weekday]
    spread = np.nanmean((recent.ready - expected) ** 2 / np.maximum(expected, 1))
    # Seven means were fitted to these days.
    spread *= known.sum() / max(known.sum() - WEEKDAYS, 1)
    level_cv, delay_cv = _strayed(series)
    return BedModel(
        arrivals_per_day=ready,
        stay_days=np.ones(1) if stay_days is None else stay_days,
        delay_days=_delay_days(recent),
        overdispersion=max(1.0, float(spread)),
        level_cv=level_cv,
        delay_cv=delay_cv,
    )


def nights_in_treatment(series: DailyDelays, occupied: float) -> float:
    """Mean nights until ready, by Little's law, from the mean of occupied beds over the series.

    SourceDataError where no more beds are occupied than by those who wait, or no flow is known.
    """
    treated = occupied - _mean(series.waiting)
    nights = treated / _mean(series.ready)
    if not nights > 0:
        raise SourceDataError(
            "occupied beds are not more than those of people who wait to leave",
            cure="Give both for the same wards and the same days.",
        )
    return nights


def geometric(mean_nights: float) -> Floats:
    """Chances of 0, 1, 2 … nights where each night is as likely to be the last as any other.

    The mean of people in beds depends on the mean stay and not on its shape (insensitivity of
    M/G/infinity), so that a shape may be assumed where only a mean is known.
    """
    go = 1 / (1 + mean_nights)
    longest = int(np.ceil(np.log(_TAIL) / np.log1p(-go))) if go < 1 else 1
    chance = go * (1 - go) ** np.arange(longest + 1)
    return chance / chance.sum()


def _weekdays(series: DailyDelays) -> np.ndarray:
    return (series.start.weekday() + np.arange(len(series))) % WEEKDAYS


def _by_weekday(values: Floats, weekday: np.ndarray) -> Floats:
    """Means by weekday; the mean of all where a weekday is never known."""
    overall = np.nanmean(values)
    known = np.isfinite(values)
    return np.array(
        [
            values[known & (weekday == day)].mean() if (known & (weekday == day)).any() else overall
            for day in range(WEEKDAYS)
        ]
    )


def _delay_days(series: DailyDelays) -> Floats:
    """Chances of 0, 1, 2 … nights of delay by the weekday of becoming ready.

    A share of those who become ready leaves the same day; of those who wait, a share leaves each
    day after. The two shares are fitted to the days together (least squares), moved for each
    weekday towards its discharges, and last made to agree with how many wait.
    """
    before = np.concatenate([[np.nan], series.waiting[:-1]])
    known = np.isfinite(series.ready) & np.isfinite(series.left) & np.isfinite(before)
    ready, left, waited = series.ready[known], series.left[known], before[known]
    same_day, later = _two_shares(ready, waited, left)
    weekday = _weekdays(series)[known]
    fitted = same_day * ready + later * waited
    factor = np.ones(WEEKDAYS)
    for day in range(WEEKDAYS):
        of_day = weekday == day
        if fitted[of_day].sum() > 0:
            factor[day] = left[of_day].sum() / fitted[of_day].sum()
    chances = _nights(np.clip(same_day * factor, 0, 0.99), np.clip(later * factor, _LEAST_LEAVE, 1))
    return _as_many_waiting(chances, series)


def _as_many_waiting(chances: Floats, series: DailyDelays) -> Floats:
    """The chances, so that by Little's law as many wait as were counted."""
    ready = _by_weekday(series.ready, _weekdays(series))
    expected = float((ready * (chances @ np.arange(chances.shape[1]))).mean())
    if expected <= 0:
        return chances
    times = float(np.nanmean(series.waiting)) / expected
    return delays_times(chances, min(times, most_delays_times(chances)))


def _two_shares(ready: Floats, waited: Floats, left: Floats) -> tuple[float, float]:
    """Least squares of `left` on the two, each between 0 and 1; the sums of both sides equal."""
    (same_day, _), *_ = np.linalg.lstsq(np.column_stack([ready, waited]), left, rcond=None)
    came = ready.sum()
    same_day = float(np.clip(same_day, 0, min(1.0, left.sum() / came) if came > 0 else 1.0))
    waits = waited.sum()
    later = (left.sum() - same_day * ready.sum()) / waits if waits > 0 else 1.0
    return same_day, float(np.clip(later, _LEAST_LEAVE, 1))


def _nights(same_day: Floats, later: Floats) -> Floats:
    longest = int(min(_LONGEST_DAYS, np.ceil(np.log(_TAIL) / np.log1p(-min(later.min(), 0.99)))))
    chances = np.zeros((WEEKDAYS, longest + 1))
    for day in range(WEEKDAYS):
        chances[day, 0], still = same_day[day], 1 - same_day[day]
        for night in range(1, longest + 1):
            go = later[(day + night) % WEEKDAYS] if night < longest else 1.0
            chances[day, night] = still * go
            still *= 1 - go
    return chances


def _strayed(series: DailyDelays) -> tuple[float, float]:
    """How far four weeks were from the eight before: arrivals, and nights waited for each."""
    arrivals, nights = [], []
    for first in range(0, len(series) - LEVEL_DAYS - AHEAD_DAYS + 1, AHEAD_DAYS):
        was = series.part(first, first + LEVEL_DAYS)
        came = series.part(first + LEVEL_DAYS, first + LEVEL_DAYS + AHEAD_DAYS)
        arrivals.append(_mean(came.ready) / _mean(was.ready))
        nights.append(
            _mean(came.waiting) / _mean(came.left) / (_mean(was.waiting) / _mean(was.left))
        )
    return _spread(arrivals), _spread(nights)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size and known.mean() > 0 else np.nan


def _spread(ratios: list[float]) -> float:
    """Root mean square of how far ratios are from 1; 0 where there are too few to say."""
    known = np.array([ratio for ratio in ratios if np.isfinite(ratio)])
    return float(np.sqrt(np.mean((known - 1) ** 2))) if len(known) > 2 else 0.0

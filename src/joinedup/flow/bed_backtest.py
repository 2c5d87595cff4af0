"""How well the model of beds would have foretold what then happened, beside a simple guess."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from joinedup.flow.bed_calibration import AHEAD_DAYS, LEVEL_DAYS, DailyDelays, calibrate
from joinedup.flow.beds import REPLICATIONS, WEEKDAYS, Floats, Present, outlook, simulate
from joinedup.terms import SourceDataError


@dataclass(frozen=True, slots=True)
class Backtest:
    """Forecasts from several days of the past, against what came.

    `error` and `naive_error`: mean absolute percentage error, as a share, of the model and of "as
    on the same weekday of the last week known". `coverage`: share of days on which the count lay
    within the model's 95% interval; `naive_coverage` likewise for the naive guess give or take 1.96
    of its own past errors at that distance. `forecasts`: how many were made.
    """

    error: float
    naive_error: float
    coverage: float
    naive_coverage: float
    forecasts: int


def backtest(
    series: DailyDelays,
    *,
    first_origin: int,
    seed: int,
    ahead: int = AHEAD_DAYS,
    every: int = AHEAD_DAYS,
    replications: int = REPLICATIONS,
) -> Backtest:
    """Forecast those waiting from each origin, `every` so many days, by the days before it alone.

    An origin whose eight weeks before are mostly unknown, or whose last week is, is passed over.
    SourceDataError where none is left.
    """
    ours, naive, inside, naive_inside, made = [], [], [], [], 0
    for origin in range(first_origin, len(series) - ahead + 1, every):
        past, then = series.part(0, origin), series.part(origin, origin + ahead).waiting
        guess = _as_last_week(past.waiting, ahead)
        forecast = _forecast(past, ahead, seed + origin, replications)
        if forecast is None or not np.isfinite(guess).all():
            continue
        made += 1
        mean, low, high = forecast
        known = np.isfinite(then) & (then > 0)
        ours.append((np.abs(mean - then) / np.where(known, then, 1))[known])
        naive.append((np.abs(guess - then) / np.where(known, then, 1))[known])
        inside.append(((low <= then) & (then <= high))[known])
        give = 1.96 * _past_error(past.waiting, ahead)
        naive_inside.append((np.abs(guess - then) <= give)[known])
    if not made:
        raise SourceDataError(
            "no day of the series has enough known days before it to forecast from",
            cure=f"Give more than {first_origin + ahead} days, most of them known.",
        )
    shares = [float(np.concatenate(each).mean()) for each in (ours, naive, inside, naive_inside)]
    return Backtest(shares[0], shares[1], shares[2], shares[3], made)


def _forecast(
    past: DailyDelays, ahead: int, seed: int, replications: int
) -> tuple[Floats, Floats, Floats] | None:
    if not np.isfinite(past.waiting[-1]):
        return None
    try:
        model = calibrate(past)
    except SourceDataError:
        return None
    run = simulate(
        model,
        start=past.start + dt.timedelta(days=len(past)),
        days=ahead,
        seed=seed,
        present=Present(0, int(past.waiting[-1])),
        replications=replications,
    )
    seen = outlook(run.delayed)
    return seen.mean, seen.low, seen.high


def _as_last_week(waiting: Floats, ahead: int) -> Floats:
    return np.resize(waiting[-WEEKDAYS:], ahead)


def _past_error(waiting: Floats, ahead: int) -> Floats:
    """Root mean square of the naive guess's past errors at each distance, over all past weeks."""
    errors = [
        waiting[at : at + ahead] - _as_last_week(waiting[:at], ahead)
        for at in range(LEVEL_DAYS, len(waiting) - ahead + 1, WEEKDAYS)
    ]
    if not errors:
        return np.full(ahead, np.nan)
    return np.sqrt(np.nanmean(np.square(errors), axis=0))

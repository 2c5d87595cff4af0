"""Rates of events over person-years, with Byar's interval, or the exact one for few events."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from joinedup.methods.intervals import (
    Floats,
    Interval,
    Withheld,
    not_negative,
    standard_score,
    why_withheld,
    withhold,
)

# Office for Health Improvement and Disparities, technical guide: exact below 10 events.
_FEWEST_FOR_BYAR = 10


def poisson_limits(events: ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper confidence limit of a count's mean; nought has limits too.

    From 10 events Byar's approximation: Breslow and Day, Statistical Methods in Cancer Research II,
    1987, chapter 2. Below, the exact chi-squared limits: Armitage and Berry, Statistical Methods in
    Medical Research, 4th edition, 2002, section 5.2.
    """
    score = standard_score(confidence)
    count = not_negative(events, "events")
    lower, upper = _byar(count, score)
    few = count < _FEWEST_FOR_BYAR
    lower[few], upper[few] = _exact(count[few], confidence)
    return lower, upper


def crude_rate(
    events: ArrayLike,
    person_years: ArrayLike,
    *,
    multiplier: float = 100_000,
    confidence: float = 0.95,
) -> Interval:
    """Events per `multiplier` person-years with `poisson_limits`; NaN where nobody was at risk."""
    count = not_negative(events, "events")
    at_risk = not_negative(person_years, "person-years")
    lower, upper = poisson_limits(count, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = multiplier / at_risk
        return withhold(
            count * scale,
            lower * scale,
            upper * scale,
            why_withheld(
                (np.isnan(count) | np.isnan(at_risk), Withheld.UNKNOWN),
                (at_risk == 0, Withheld.NO_POPULATION),
            ),
        )


def _byar(count: Floats, score: float) -> tuple[Floats, Floats]:
    more = count + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = count * (1 - 1 / (9 * count) - score / (3 * np.sqrt(count))) ** 3
    upper = more * (1 - 1 / (9 * more) + score / (3 * np.sqrt(more))) ** 3
    return np.atleast_1d(lower).reshape(count.shape), np.asarray(upper)


def _exact(count: Floats, confidence: float) -> tuple[Floats, Floats]:
    # Half a chi-squared quantile of 2k degrees of freedom is a gamma quantile of shape k.
    tail = (1 - confidence) / 2
    lower = np.where(count > 0, gammaincinv(np.where(count > 0, count, 1), tail), 0.0)
    return lower, gammaincinv(count + 1, 1 - tail)

"""Proportions with Wilson's interval, and means with Student's."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from joinedup.methods.intervals import (
    Interval,
    Withheld,
    not_negative,
    standard_score,
    why_withheld,
    withhold,
)
from joinedup.terms import SourceDataError


def proportion(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    multiplier: float = 1,
    confidence: float = 0.95,
) -> Interval:
    """The share with its score interval, times `multiplier` (100 for per cent); NaN of nobody.

    Wilson, Journal of the American Statistical Association 22, 1927, pages 209 to 212.
    SourceDataError where a numerator exceeds its denominator.
    """
    score = standard_score(confidence)
    part = not_negative(numerator, "numerators")
    whole = not_negative(denominator, "denominators")
    over = int(np.count_nonzero(part > whole))
    if over:
        raise SourceDataError(
            f"{over} numerators exceed their denominators.",
            where="proportion",
            cure="Count both over the same people, or ask for a rate.",
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / whole
        middle = (part + score**2 / 2) / (whole + score**2)
        reach = score * np.sqrt(part * (1 - share) + score**2 / 4) / (whole + score**2)
        # None and all: exactly 0 and 1, which rounding would miss.
        lower = np.where(part == 0, 0.0, middle - reach) * multiplier
        upper = np.where(part == whole, 1.0, middle + reach) * multiplier
    withheld = why_withheld(
        (np.isnan(part) | np.isnan(whole), Withheld.UNKNOWN),
        (whole == 0, Withheld.NO_POPULATION),
    )
    return withhold(share * multiplier, lower, upper, withheld)


def mean_interval(
    mean: ArrayLike,
    standard_deviation: ArrayLike,
    observations: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Means with Student's interval, from what an engine aggregates; the sample's deviation.

    One observation has a value and no interval. Student, Biometrika 6, 1908, pages 1 to 25;
    Altman and others, Statistics with Confidence, 2nd edition, 2000, chapter 4.
    """
    standard_score(confidence)  # refuses what is no confidence
    value = np.asarray(mean, dtype=np.float64)
    count = not_negative(observations, "observations")
    spread = not_negative(standard_deviation, "standard deviations")
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = stdtrit(count - 1, 0.5 + confidence / 2) * spread / np.sqrt(count)
    reach = np.where(count > 1, reach, np.nan)
    withheld = why_withheld(
        (np.isnan(value) | np.isnan(count), Withheld.UNKNOWN),
        (count == 0, Withheld.NO_POPULATION),
    )
    return withhold(value, value - reach, value + reach, withheld)

"""Funnel plots: which groups differ from the average by more than chance would have them.

Limits of 95% and 99.8%, about two and three standard deviations: Spiegelhalter, Statistics in
Medicine 24, 2005, pages 1185 to 1202; as the technical guide of the Office for Health Improvement
and Disparities has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import pdtrik

from joinedup.methods.intervals import Codes, Floats, not_negative, standard_score
from joinedup.methods.rates import poisson_limits
from joinedup.terms import SourceDataError

_NEAR, _FAR = 0.95, 0.998


class Standing(IntEnum):
    """Where a group lies in a funnel."""

    FAR_BELOW = -2  # below the 99.8% limit
    BELOW = -1  # below the 95% limit
    WITHIN = 0
    ABOVE = 1
    FAR_ABOVE = 2
    NOT_PLACED = 9  # not known, nobody at risk, or too few events


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The average, and the limits at each size asked for."""

    average: float
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats


def average_of(counts: ArrayLike, sizes: ArrayLike) -> float:
    """What all groups together have; those with either unknown are left out."""
    count, size = np.broadcast_arrays(not_negative(counts, "counts"), not_negative(sizes, "sizes"))
    known = ~(np.isnan(count) | np.isnan(size))
    whole = size[known].sum()
    return float(count[known].sum() / whole) if whole else float("nan")


def proportion_limits(
    denominators: ArrayLike, *, average: float, multiplier: float = 1
) -> FunnelLimits:
    """Limits of a proportion at each size: where Wilson's interval just meets the average."""
    whole = _sizes(denominators)
    if not 0 <= average <= 1:
        raise SourceDataError(
            f"an average proportion of {average} is not between 0 and 1.", where="average"
        )
    near, far = (
        standard_score(level) * np.sqrt(average * (1 - average) / whole) for level in (_NEAR, _FAR)
    )
    lines = [np.clip(average + reach, 0, 1) * multiplier for reach in (-near, near, -far, far)]
    return FunnelLimits(average * multiplier, *lines)


def count_limits(expected: ArrayLike, *, average: float = 1) -> FunnelLimits:
    """Limits of a ratio of observed to expected events, times `average`.

    For standardised ratios `average` is 1, or 100; for rates, the average rate, and `expected` is
    that rate times each group's person-years. Exact Poisson, drawn through between whole counts.
    """
    mean = _sizes(expected)
    lines = []
    for level in (_NEAR, _FAR):
        tail = (1 - level) / 2
        lines += [_lowest(mean, tail) / mean * average, _highest(mean, tail) / mean * average]
    return FunnelLimits(average, *lines)


def place_proportions(
    numerators: ArrayLike, denominators: ArrayLike, *, average: float | None = None
) -> Codes:
    """Each group's Standing by `proportion_limits`; by default against all groups together."""
    part = not_negative(numerators, "numerators")
    whole = not_negative(denominators, "denominators")
    middle = average_of(part, whole) if average is None else average
    if np.isnan(middle):
        return np.full(np.broadcast(part, whole).shape, Standing.NOT_PLACED, dtype=np.int8)
    limits = proportion_limits(whole, average=middle)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / whole
    return _standing(
        share < limits.lower_95,
        share < limits.lower_998,
        share > limits.upper_95,
        share > limits.upper_998,
        ~np.isfinite(share),
    )


def place_counts(observed: ArrayLike, expected: ArrayLike, *, fewest_events: int = 0) -> Codes:
    """Each group's Standing by whether the limits of its count (`poisson_limits`) leave out the
    expected; for rates, that is the average rate times person-years.

    Groups below `fewest_events` are not placed: 10 for directly standardised rates.
    """
    count, mean = not_negative(observed, "observed events"), not_negative(expected, "expected")
    low, high = poisson_limits(count, confidence=_NEAR)
    far_low, far_high = poisson_limits(count, confidence=_FAR)
    unplaced = np.isnan(count) | np.isnan(mean) | (mean == 0) | (count < fewest_events)
    return _standing(mean > high, mean > far_high, mean < low, mean < far_low, unplaced)


def person_years_behind(
    events: ArrayLike, rates: ArrayLike, *, multiplier: float = 100_000
) -> Floats:
    """The person-years that give standardised rates as crude ones, to draw and place them by.

    NaN without events or rate. Office for Health Improvement and Disparities, technical guide.
    """
    count = not_negative(events, "events")
    rate = not_negative(rates, "rates")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((count > 0) & (rate > 0), count * multiplier / rate, np.nan)


_CHOICES: Final = (
    Standing.NOT_PLACED, Standing.FAR_BELOW, Standing.FAR_ABOVE, Standing.BELOW, Standing.ABOVE,
)  # fmt: skip


def _standing(
    below: ArrayLike, far_below: ArrayLike, above: ArrayLike, far_above: ArrayLike, not_: ArrayLike
) -> Codes:
    conditions = [np.asarray(one) for one in (not_, far_below, far_above, below, above)]
    return np.select(
        np.broadcast_arrays(*conditions), [np.int8(one) for one in _CHOICES], np.int8(0)
    ).astype(np.int8)


def _sizes(values: ArrayLike) -> Floats:
    """Sizes with NaN for nought, which has no limits."""
    sizes = not_negative(values, "sizes")
    return np.where(sizes > 0, sizes, np.nan)


def _lowest(mean: Floats, tail: float) -> Floats:
    """The count at or below which chance would bring a group with probability `tail`."""
    none_is_rare = np.exp(-mean) < tail
    return np.where(none_is_rare, pdtrik(tail, mean), np.where(np.isnan(mean), np.nan, 0.0))


def _highest(mean: Floats, tail: float) -> Floats:
    """The count at or above which chance would bring a group with probability `tail`."""
    # P(count >= x) = tail where P(count <= x - 1) = 1 - tail; never drawn below one event.
    one_is_rare = np.exp(-mean) >= 1 - tail
    return np.where(one_is_rare, 1.0, pdtrik(1 - tail, mean) + 1)

"""The gap between two groups: one value less another, or over it, with limits from both's.

The limits of each are kept, however lopsided, by squaring and adding their distances from the value
("method of variance estimates recovery"). Both intervals must be of one confidence.
"""

from __future__ import annotations

import numpy as np

from joinedup.methods.intervals import Codes, Floats, Interval, Withheld, why_withheld, withhold


def absolute_gap(one: Interval, other: Interval) -> Interval:
    """`one` less `other`.

    Newcombe, Statistics in Medicine 17, 1998, pages 873 to 890, method 10; for any intervals, Zou
    and Donner, Statistics in Medicine 27, 2008, pages 1693 to 1702.
    """
    gap = one.value - other.value
    below = np.hypot(one.value - one.lower, other.upper - other.value)
    above = np.hypot(one.upper - one.value, other.value - other.lower)
    return withhold(gap, gap - below, gap + above, _either(one, other))


def relative_gap(one: Interval, other: Interval) -> Interval:
    """`one` over `other`, both of values that cannot be negative; UNDEFINED over nought.

    Without an upper limit (infinite) where `other` may be nought. Newcombe, Statistical Methods in
    Medical Research 25, 2016, pages 1774 to 1778.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = one.value / other.value
        lower = _limit(one.value, one.lower, other.value, other.upper, -1)
        upper = _limit(one.value, one.upper, other.value, other.lower, +1)
    undefined = np.where(other.value == 0, Withheld.UNDEFINED, Withheld.SHOWN)
    either = _either(one, other)
    return withhold(ratio, lower, upper, np.where(either, either, undefined).astype(np.int8))


def _limit(top: Floats, top_limit: Floats, foot: Floats, foot_limit: Floats, sign: int) -> Floats:
    """The root of (x foot - top)² = (x (foot - foot_limit))² + (top - top_limit)²."""
    product = top * foot
    outer = top_limit * (2 * top - top_limit)
    inner = foot_limit * (2 * foot - foot_limit)
    root = np.sqrt(np.maximum(product**2 - outer * inner, 0))
    # The lower root so written that it stands where `inner` is nought.
    lower = np.where(outer == 0, 0.0, outer / (product + root))
    return lower if sign < 0 else (product + root) / inner


def _either(one: Interval, other: Interval) -> Codes:
    # Not known beats the rest, then the first one's reason.
    unknown = (one.withheld == Withheld.UNKNOWN) | (other.withheld == Withheld.UNKNOWN)
    first = np.where(one.withheld != Withheld.SHOWN, one.withheld, other.withheld)
    return np.where(unknown, why_withheld((unknown, Withheld.UNKNOWN)), first).astype(np.int8)

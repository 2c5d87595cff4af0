"""What a chart says in one icon each: how the series varies, and whether it will meet its target.

NHS England, Making Data Count: icons of variation and assurance.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joinedup.methods.intervals import Codes
from joinedup.methods.spc import XmrChart
from joinedup.methods.spc_rules import Signals
from joinedup.terms import SettingError


class Polarity(StrEnum):
    """Whether more of a measure is better."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    NEITHER = "neither"


class Variation(IntEnum):
    """How a series' last point varies. High and low say where it lies, not whether it is good."""

    NOT_KNOWN = 0
    COMMON_CAUSE = 1
    IMPROVEMENT_HIGH = 2
    IMPROVEMENT_LOW = 3
    CONCERN_HIGH = 4
    CONCERN_LOW = 5
    NEITHER_HIGH = 6
    NEITHER_LOW = 7


class Assurance(IntEnum):
    """Whether a process that goes on as it does will meet its target."""

    NONE = 0  # no target, no limits, or no better direction
    PASS = 1  # consistently
    FAIL = 2  # consistently
    HIT_AND_MISS = 3


_HIGH_AND_LOW = {
    Polarity.HIGHER_IS_BETTER: (Variation.IMPROVEMENT_HIGH, Variation.CONCERN_LOW),
    Polarity.LOWER_IS_BETTER: (Variation.CONCERN_HIGH, Variation.IMPROVEMENT_LOW),
    Polarity.NEITHER: (Variation.NEITHER_HIGH, Variation.NEITHER_LOW),
}
# Fewest points on one side, to the end, before new limits are worth thinking of: our own choice.
_FEWEST_TO_SUGGEST = 12


def variation(chart: XmrChart, signals: Signals, polarity: Polarity) -> Codes:
    """Each series' Variation, of its last point; NOT_KNOWN where that has no value or no limits.

    High is above the centre, whichever rule made the point special; on the centre itself, in a
    rising trend.
    """
    high, low = _HIGH_AND_LOW[polarity]
    special = signals.directed[:, -1]
    direction = np.where(signals.side[:, -1] != 0, signals.side[:, -1], signals.trend[:, -1])
    known = ~np.isnan(chart.values[:, -1]) & ~np.isnan(chart.upper[:, -1])
    return np.select(
        [~known, special & (direction > 0), special & (direction < 0)],
        [np.int8(Variation.NOT_KNOWN), np.int8(high), np.int8(low)],
        default=np.int8(Variation.COMMON_CAUSE),
    ).astype(np.int8)


def assurance(chart: XmrChart, target: ArrayLike, polarity: Polarity) -> Codes:
    """Each series' Assurance, of a target for all or one each, by the limits of its last phase.

    A target between the limits, or on one, is hit and missed by chance.
    """
    aim = np.broadcast_to(np.asarray(target, dtype=np.float64), chart.values.shape[:1])
    lower, upper = chart.lower[:, -1], chart.upper[:, -1]
    if polarity is Polarity.NEITHER:
        return np.zeros(aim.shape, dtype=np.int8)
    better_above = polarity is Polarity.HIGHER_IS_BETTER
    return np.select(
        [np.isnan(aim) | np.isnan(upper), aim < lower, aim > upper],
        [
            np.int8(Assurance.NONE),
            np.int8(Assurance.PASS if better_above else Assurance.FAIL),
            np.int8(Assurance.FAIL if better_above else Assurance.PASS),
        ],
        default=np.int8(Assurance.HIT_AND_MISS),
    ).astype(np.int8)


def suggest_rebase(
    chart: XmrChart, signals: Signals, *, fewest_points: int = _FEWEST_TO_SUGGEST
) -> NDArray[np.int64]:
    """Where new limits might begin: the first point of a run on one side that lasts to the end.

    -1 for none. Only a suggestion: Making Data Count would have new limits only where somebody
    knows what changed, and a `Rebase` wants that in words.
    """
    if fewest_points < 2:
        raise SettingError("a run needs two points or more.", where="fewest_points")
    side = signals.side[:, chart.starts[-1] :]
    points = side.shape[1]
    backwards = np.flip((side == side[:, -1:]) & (side != 0), axis=1)
    length = np.where(backwards.all(axis=1), points, np.argmin(backwards, axis=1))
    begins = signals.side.shape[1] - length
    return np.where((length >= fewest_points) & (length < points), begins, -1)

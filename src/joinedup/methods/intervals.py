"""What every statistic here hands back: a value, its interval, and why it may be withheld."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from joinedup.terms import SettingError, SourceDataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]


class Withheld(IntEnum):
    """Why a value is NaN; SHOWN where it is not. Withheld is not nought, and not unknown."""

    SHOWN = 0
    UNKNOWN = 1  # an input is NaN
    NO_POPULATION = 2  # a denominator is nought
    FEW_EVENTS = 3
    FEW_PERSON_YEARS = 4
    MORE_DEATHS_THAN_PEOPLE = 5
    NO_DEATHS_IN_LAST_BAND = 6
    WIDE_INTERVAL = 7
    UNDEFINED = 8  # the formula has no answer, such as a logarithm of nought


@dataclass(frozen=True, slots=True)
class Interval:
    """Values with their confidence limits, one element a group; `withheld` holds Withheld codes."""

    value: Floats
    lower: Floats
    upper: Floats
    withheld: Codes


def withhold(value: Floats, lower: Floats, upper: Floats, withheld: Codes) -> Interval:
    """An interval with NaN wherever a reason stands."""
    value, lower, upper, withheld = np.broadcast_arrays(value, lower, upper, withheld)
    hidden = withheld != Withheld.SHOWN
    return Interval(
        np.where(hidden, np.nan, value),
        np.where(hidden, np.nan, lower),
        np.where(hidden, np.nan, upper),
        withheld.astype(np.int8),
    )


def why_withheld(*reasons: tuple[ArrayLike, Withheld]) -> Codes:
    """The first reason that holds in each place, of conditions in order of importance."""
    conditions = np.broadcast_arrays(*(np.asarray(one, dtype=bool) for one, _ in reasons))
    codes = [np.int8(reason) for _, reason in reasons]
    return np.select(list(conditions), codes, default=np.int8(Withheld.SHOWN)).astype(np.int8)


def standard_score(confidence: float) -> float:
    """The two-sided standard normal quantile: 1.96 for 0.95. SettingError outside 0.5 to 1."""
    if not 0.5 <= confidence < 1:
        raise SettingError(
            f"a confidence of {confidence} is not between 0.5 and 1.",
            where="confidence",
            cure="Write 0.95 for 95%.",
        )
    return float(ndtri(0.5 + confidence / 2))


def not_negative(values: ArrayLike, name: str) -> Floats:
    """The values as numbers, NaN where unknown. SourceDataError of what is no count.

    A negative or infinite one means that something was counted wrongly: the others are then not to
    be trusted either.
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):  # numpy would show the value
        raise SourceDataError(
            f"the {name} are not all numbers.", where=name, cure="Write NaN for what is not known."
        ) from None
    wrong = int(np.count_nonzero((numbers < 0) | np.isinf(numbers)))
    if wrong:
        raise SourceDataError(
            f"{wrong} of {numbers.size} {name} are negative or infinite.",
            where=name,
            cure="Look at how they were counted.",
        )
    return numbers

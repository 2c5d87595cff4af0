"""Round numbers and days for axes, and the classes of a map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 10)


def round_step(span: float, most: int) -> int:
    """The smallest round whole number that cuts a span in at most `most` parts."""
    if span <= most:
        return 1
    power = 10.0 ** floor(log10(span / most))
    fits = (step * power for step in _STEPS if span <= step * power * most * (1 + 1e-9))
    return ceil(next(fits))


def ticks(highest: int, *, most: int) -> tuple[int, ...]:
    """Whole round numbers from 0 to at least the highest value."""
    step = round_step(highest, most)
    return tuple(step * place for place in range(max(1, ceil(highest / step)) + 1))


def class_edges(values: Sequence[int], *, most: int) -> tuple[int, ...]:
    """Round lower edges of equal classes that hold all the values, and the top edge of the last."""
    if not values:
        return ()
    lowest, highest = min(values), max(values) + 1
    step = round_step(highest - lowest, most)
    first = lowest // step * step
    if highest - first > step * most:
        # Rounding down the first edge cost a class: a step for one class fewer always fits.
        step = round_step(highest - lowest, most - 1)
        first = lowest // step * step
    count = ceil((highest - first) / step)
    return tuple(first + step * place for place in range(count + 1))


# Beyond these an axis says nothing: more than any pound or person, finer than any rate.
LARGEST: Final = 1e15
FINEST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale: values from `low` to `high` lie from `start` to `end`, in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value; beyond the scale, the nearer end."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0), 1) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class RealTicks:
    """Round numbers at even steps: the first and last hold all that is to be drawn."""

    values: tuple[float, ...]
    step: float

    def scale(self, start: float, end: float) -> Scale:
        """The scale from the first tick to the last."""
        return Scale(self.values[0], self.values[-1], start, end)


def real_ticks(values: Iterable[float], *, most: int) -> RealTicks:
    """At most `most` steps of 1, 2, 2.5 or 5 times a power of ten, that hold all the values.

    Nothing, or one value alone, gets a span about it. ValueError if a value is not finite or
    beyond 1e15.
    """
    held = list(values) or [0.0, 1.0]
    if not all(abs(value) <= LARGEST for value in held):
        raise ValueError(f"an axis holds finite numbers up to {LARGEST:.0e}")
    low, high = _span(min(held), max(held))
    power = floor(log10((high - low) / most))
    for places in (power, power + 1):
        for tenths in (10, 20, 25, 50):
            step = tenths * 10.0 ** (places - 1)
            first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
            if last - first <= most:
                ticks_at = tuple(
                    _exactly(place * tenths, places - 1) for place in range(first, last + 1)
                )
                return RealTicks(ticks_at, step)
    step = 10.0 ** (power + 2)
    first, last = floor(low / step), ceil(high / step)
    return RealTicks(tuple(step * place for place in range(first, last + 1)), step)


def date_ticks(first: dt.date, last: dt.date, *, most: int) -> tuple[dt.date, ...]:
    """At most `most` days between two: of even months, or of even days where it is short.

    Steps of half a year and more begin in April, with the financial year; weeks on Mondays.
    """
    for days in (1, 2, 7, 14):
        if (last - first).days // days < most:
            offset = -(first.toordinal() - 1) % days
            return tuple(
                first + dt.timedelta(days=gone)
                for gone in range(offset, (last - first).days + 1, days)
            ) or (first,)
    for months in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200):
        found = tuple(day for day in _months(first, last, months) if first <= day <= last)
        if 0 < len(found) <= most:
            return found
    return (first,)


def _span(low: float, high: float) -> tuple[float, float]:
    """Low and high, put apart where floating point could not tell them apart on an axis."""
    largest = max(abs(low), abs(high))
    if high - low > max(largest, 1.0) * FINEST:
        return low, high
    apart = largest / 10 or 1.0
    return (low - apart if low else 0.0), high + max(apart, FINEST)


def _exactly(whole: int, power: int) -> float:
    """A whole number times a power of ten, rounded once only."""
    return whole * 10.0**power if power >= 0 else whole / 10.0**-power


def _months(first: dt.date, last: dt.date, months: int) -> Iterable[dt.date]:
    april = 3
    start = first.year * 12 + first.month - 1
    for place in range(start, last.year * 12 + last.month):
        if (place - april) % months == 0:
            yield dt.date(place // 12, place % 12 + 1, 1)

"""Round numbers for axes and for the classes of a map."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

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

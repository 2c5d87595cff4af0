"""Round numbers for axes and for the classes of a map."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 2.5 or 5 times a power of ten that cuts a span in at most `most`."""
    if span <= 0:
        return 1
    power = 10.0 ** floor(log10(span / most))
    for step in (1, 2, 2.5, 5, 10):
        if span / (step * power) <= most + 1e-9:
            return step * power
    return 10 * power


def ticks(highest: float, *, most: int = 4) -> tuple[int, ...]:
    """Whole round numbers from 0 to at least the highest value."""
    step = max(1, round(round_step(highest, most)))
    return tuple(step * place for place in range(max(1, ceil(highest / step)) + 1))


def class_edges(values: Sequence[int], *, most: int) -> tuple[int, ...]:
    """Round lower edges of equal classes that hold all the values, and the top edge of the last."""
    if not values:
        return (0, 1)
    lowest, highest = min(values), max(values) + 1
    step = max(1, round(round_step(max(highest - lowest, 1), most)))
    first = lowest // step * step
    count = ceil((highest - first) / step)
    if count > most:
        # Rounding down the first edge may cost one class: take the next round step.
        step = max(step + 1, round(round_step(step * most, most - 1)))
        first = lowest // step * step
        count = ceil((highest - first) / step)
    return tuple(first + step * place for place in range(count + 1))

"""How a number or a day is written: on an axis alike for all ticks, beside a mark to the point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import floor, log10
from typing import Final

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
# Short scale, as the NHS writes it; "tn" is the Treasury's.
_LARGE: Final = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))


class Unit(StrEnum):
    """What a value is: a plain number, a share of one, a rate, or pounds (not pence)."""

    NUMBER = "number"
    PERCENT = "percent"
    RATE = "rate"
    POUNDS = "pounds"


def written_ticks(ticks: Iterable[float], step: float, unit: Unit) -> tuple[str, ...]:
    """The ticks of one axis, all to the same decimals and the same power of a thousand."""
    values = [_in_unit(value, unit) for value in ticks]
    divisor, suffix = _large(max(map(abs, values), default=0))
    decimals = _decimals(_in_unit(step, unit) / divisor)
    return tuple(_signed(value / divisor, decimals, suffix, unit) for value in values)


def written(value: float, unit: Unit) -> str:
    """One value as a reader wants it: 1,234; 45.2%; 12.3; £1.25m."""
    return _written(value, unit, _places(value, unit))


def written_alike(values: Sequence[float], unit: Unit) -> tuple[str, ...]:
    """Values that stand in one column: to the same decimals where they are of one size."""
    if len({_large(abs(_in_unit(value, unit))) for value in values}) > 1:
        return tuple(written(value, unit) for value in values)
    places = max((_places(value, unit) for value in values), default=0)
    return tuple(_written(value, unit, places) for value in values)


def _in_unit(value: float, unit: Unit) -> float:
    return value * 100 if unit is Unit.PERCENT else value


def _written(value: float, unit: Unit, places: int) -> str:
    number = _in_unit(value, unit)
    divisor, suffix = _large(abs(number))
    return _signed(number / divisor, places, suffix, unit)


def _places(value: float, unit: Unit) -> int:
    """Decimals for about three digits; whole numbers and large ones have none."""
    size = abs(_in_unit(value, unit))
    divisor, suffix = _large(size)
    if suffix:
        return 2 if size < 10 * divisor else 1 if size < 100 * divisor else 0
    if unit is Unit.PERCENT:
        return 1 if size < 1000 else 0
    is_whole = value == round(value)
    if unit is Unit.POUNDS:
        return 2 if size < 100 and not is_whole else 0
    if (is_whole and unit is Unit.NUMBER) or size >= (1000 if unit is Unit.RATE else 100):
        return 0
    return 1 if size >= 1 or is_whole else _fine(value)


def written_day(day: dt.date, *, with_day: bool = False) -> str:
    """`Apr 2025`, or `3 Apr 2025`: in English whatever the machine's language."""
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day} {month}" if with_day else month


def _signed(value: float, decimals: int, suffix: str, unit: Unit) -> str:
    before, after = ("£" if unit is Unit.POUNDS else ""), ("%" if unit is Unit.PERCENT else "")
    digits = f"{abs(value):,.{decimals}f}"
    if not digits.strip("0.,"):
        # Nought is nought in millions too.
        return f"{before}0{after}" if suffix else f"{before}{digits}{after}"
    return f"{'−' if value < 0 else ''}{before}{digits}{suffix}{after}"  # noqa: RUF001 (a minus)


def _large(largest: float) -> tuple[float, str]:
    return next(((size, name) for size, name in _LARGE if largest >= size), (1.0, ""))


def _decimals(step: float) -> int:
    """Decimals that tell the ticks of a step apart: 2.5 needs one, 0.25 two."""
    for decimals in range(12):
        shifted = step * 10.0**decimals
        if shifted >= 0.999 and abs(shifted - round(shifted)) < 1e-6:
            return decimals
    return 12


def _fine(value: float) -> int:
    """Decimals that show two digits of a small value."""
    return min(max(1 - floor(log10(abs(value))), 1), 6) if value else 0

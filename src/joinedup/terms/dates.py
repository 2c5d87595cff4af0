"""Dates and times as partners write them, and what dates are possible at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

# Nobody in a record of today was born, or treated, before this day.
FIRST_POSSIBLE: Final = date(1900, 1, 1)

# What systems write for a birth date that they do not know. The first is also the first possible
# day, kept apart because it is by far the most often a placeholder.
BIRTH_PLACEHOLDERS: Final = (date(1900, 1, 1), date(1901, 1, 1))

# An appointment may be booked this long after the extract; anything later is a slip.
FURTHEST_AHEAD: Final = timedelta(days=732)

# An extract may hold what happened on the night it was taken.
EXTRACT_TOLERANCE: Final = timedelta(days=1)

ZONES: Final = ("Europe/London", "UTC")


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp(6)"))  # type: ignore[untyped-decorator]
def _try_strptime(text: str, pattern: str) -> object:
    """Null where the text is not written so; Ibis itself has only the one that raises."""
    raise NotImplementedError


# DuckDB reads these words as times, whatever the pattern.
_WORDS: Final = ("infinity", "-infinity", "epoch")

# ISO 8601 dates and times are what most files have, and a cast reads them at twice the speed. The
# length keeps the cast from reading more than the pattern says: zones, fractions of a second.
_ISO: Final = {
    "%Y-%m-%d": (8, 10),
    "%Y-%m-%d %H:%M:%S": (14, 19),
    "%Y-%m-%dT%H:%M:%S": (14, 19),
}


def is_iso(pattern: str) -> bool:
    """Whether a pattern is one that a plain cast reads."""
    return pattern in _ISO


def read_datetime(text: ir.StringValue, pattern: str) -> ir.TimestampValue:
    """The time that `text` writes as `pattern` says (strptime's letters); null where it does not.

    No zone is applied.
    """
    if pattern not in _ISO:
        return _read(text, pattern)
    return _cast(text, *_ISO[pattern])


def _cast(text: ir.StringValue, shortest: int, longest: int) -> ir.TimestampValue:
    # Digits first, for the cast reads "infinity" too.
    is_plain = text.between("0", ":") & text.length().between(shortest, longest)
    plain = ibis.ifelse(is_plain, text, ibis.null("string"))
    return plain.try_cast("timestamp(6)")


def _read(text: ir.StringValue, pattern: str) -> ir.TimestampValue:
    plain = ibis.ifelse(text.lower().isin(_WORDS), ibis.null("string"), text)
    return _try_strptime(plain, pattern)


def read_seconds(text: ir.StringValue, pattern: str) -> ir.IntegerValue:
    """The time of day that `text` writes, in seconds after midnight; null where it does not."""
    # A pattern without a date is read as of 1 January 1900.
    midnight = int(datetime(1900, 1, 1, tzinfo=UTC).timestamp())
    return _read(text, pattern).epoch_seconds() - midnight


def london_to_utc(local: ir.TimestampValue) -> ir.TimestampValue:
    """Wall-clock time in Great Britain to UTC.

    Summer time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of
    October (Directive 2000/84/EC; Summer Time Order 2002, SI 2002/262); so it has been since 1996.
    The hour that autumn repeats is taken as its first, the hour that spring skips as winter time:
    as Python's `zoneinfo` does with `fold=0`.
    """
    sunday = (local.day_of_week.index() + 1) % 7  # days since Sunday
    # The last Sunday so far is the month's last if it falls on the 25th or later: both months
    # have 31 days. Clocks show 01:59 before, and no earlier than 01:00 after, the change.
    changed = (local.day() - sunday >= 25) & ~((sunday == 0) & (local.hour() < 2))
    month = local.month()
    is_summer = month.between(4, 9) | ((month == 3) & changed) | ((month == 10) & ~changed)
    return ibis.ifelse(is_summer, local - ibis.interval(hours=1), local)


def to_utc(local: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """Wall-clock time in one of `ZONES` to UTC."""
    return london_to_utc(local) if zone == "Europe/London" else local

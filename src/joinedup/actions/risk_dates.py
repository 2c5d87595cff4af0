"""When a risk model learns and when it is judged: the two newest whole years of a history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.risk import HORIZON_DAYS
from joinedup.terms import SourceDataError

# A month is covered where it has more than this share of the usual month's events: a third is
# below what chance does to some twenty events, and above what a part of a month's extract has.
_COVERED: Final = 1 / 3
_CONTACTS: Final = ("appointment", "attendance", "spell", "contact", "incident")
# Both years, outcome windows end to end.
_NEEDED_DAYS: Final = 2 * HORIZON_DAYS


@dataclass(frozen=True, slots=True)
class IndexDates:
    """Index dates, and the days of history before the first, which features look back on."""

    train_on: dt.date
    test_on: dt.date
    look_back_days: int


def newest_extract(files: ir.Table) -> dt.date:
    """The date of the newest extract that was taken in, or today; never later than today."""
    taken = files.filter(files.outcome == "accepted")
    today = dt.datetime.now(dt.UTC).date()
    newest = taken.extract_date.max().to_pyarrow().as_py()
    return min(newest or today, today)


def index_dates(events: ir.Table, as_at: dt.date, *, settings: tuple[str, ...] = ()) -> IndexDates:
    """The newest whole year for the test, the one before for training.

    Whole is what every month has events of `settings`, all where none is named. SourceDataError
    where there are no two such years.
    """
    contacts = events.filter(events.kind.isin(_CONTACTS))
    asked = contacts.filter(contacts.setting.isin(settings)) if settings else contacts
    first, past = _covered(_by_month(asked), as_at)
    latest = events.known_date.max().to_pyarrow().as_py()
    end = min(past, latest) if past and latest else None
    if first is None or end is None or (end - first).days < _NEEDED_DAYS:
        said = f"from {first} to {end}" if first and end else "no whole month"
        raise SourceDataError(
            "the history is too short to train on one year and to test on the next.",
            where=f"events of {', '.join(settings) or 'every setting'}: {said}",
            cure="Take in older extracts, so that two whole years without a gap are covered; a "
            "third before them lets the model look back on a whole year.",
        )
    test_on = end - dt.timedelta(days=HORIZON_DAYS)
    train_on = test_on - dt.timedelta(days=HORIZON_DAYS)
    began, _ = _covered(_by_month(contacts), as_at)
    return IndexDates(train_on, test_on, max((train_on - (began or first)).days, 0))


def _by_month(events: ir.Table) -> dict[int, int]:
    """How many events began in each month, counted from the year nought."""
    month = events.start_at.year() * 12 + events.start_at.month() - 1
    counted = events.group_by(month=month).aggregate(events=ibis._.count())
    return {row["month"]: row["events"] for row in counted.to_pyarrow().to_pylist()}


def _covered(by_month: Mapping[int, int], as_at: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The first day of the newest run of covered months, and the first day after it."""
    if not by_month:
        return None, None
    fewest = median(by_month.values()) * _COVERED
    past = _month_of(as_at + dt.timedelta(days=1))  # of the day after, so a whole month counts
    covered = {month for month, count in by_month.items() if count > fewest and month < past}
    if not covered:
        return None, None
    last = first = max(covered)
    while first - 1 in covered:
        first -= 1
    return _first_day(first), _first_day(last + 1)


def _month_of(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)

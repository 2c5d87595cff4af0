"""Which recorded codes count, as at which day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.terms import SettingError

AS_AT = "as_at_date"
KEYS = ("person_id", AS_AT)


@dataclass(frozen=True, slots=True)
class Window:
    """Codes recorded up to and on a day, from less than `look_back_days` before it.

    on: the as-at date of everybody; None where `people` has a column `as_at_date`, one row a
    person and date. look_back_days: None counts codes of any age; 730 days to the end of 31 March
    2026 begin on 1 April 2024. events: a table with `event_id`, such as the spells; None counts the
    codes of all events. Raises SettingError for a look-back of no days.
    """

    on: dt.date | None = None
    look_back_days: int | None = None
    events: ir.Table | None = None

    def __post_init__(self) -> None:
        if self.look_back_days is not None and self.look_back_days < 1:
            raise SettingError(
                "A window must look back one day at least.",
                where="look_back_days",
                cure="Give a number of days, or None for codes of any age.",
            )


def dated_people(people: ir.Table, window: Window) -> ir.Table:
    """The people of `people`, each once for each as-at date: columns person_id, as_at_date.

    Raises SettingError where the as-at date is said twice or not at all.
    """
    has_own = AS_AT in people.columns
    if has_own == (window.on is not None):
        how = "both in the window and for each person" if has_own else "nowhere"
        raise SettingError(
            f"The as-at date is given {how}.",
            where="on",
            cure="Give Window(on=...), or people with a column as_at_date, not both.",
        )
    if window.on is not None:
        people = people.select("person_id").mutate(as_at_date=ibis.literal(window.on))
    return people.select(*KEYS).distinct()


def codes_within(codes: ir.Table, people: ir.Table, window: Window) -> ir.Table:
    """The codes that count: columns person_id, as_at_date, system, code, recorded_date."""
    if window.events is not None:
        codes = codes.semi_join(window.events, "event_id")
    kept = codes.select("person_id", "system", "code", "recorded_date")
    if window.on is None:
        dated = kept.inner_join(dated_people(people, window), "person_id")
        dated = dated.select(*KEYS, "system", "code", "recorded_date")
    else:
        dated = kept.mutate(as_at_date=ibis.literal(window.on))
    is_within = dated.recorded_date <= dated.as_at_date
    if window.look_back_days is not None:
        first = dated.as_at_date - ibis.interval(days=window.look_back_days)
        is_within &= dated.recorded_date > first.cast("date")
    return dated.filter(is_within)

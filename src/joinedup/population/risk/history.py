"""What may be known of people at an index date: nothing that happened, or was learned, after it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.terms import SettingError

_CONDITION: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class History:
    """The tables that a person's features come from; `persons` are those to be scored.

    `persons`, `events` and `codes` are as promised in `tables`. `conditions` has person_id and
    condition (small letters, digits, underscores), and may have from_date and known_date; without
    them it must be as at the index date. `homes` has person_id and lsoa_code as at the index date;
    `deprivation` has lsoa_code and decile (1 most deprived).
    """

    persons: ir.Table
    events: ir.Table
    codes: ir.Table
    conditions: ir.Table
    homes: ir.Table
    deprivation: ir.Table


def known_events(events: ir.Table, on: dt.date, *, late_knowledge: bool = False) -> ir.Table:
    """The events that began before `on`, and that we had been told of by then.

    An end on or after `on` is taken away, for it lay in the future. With `late_knowledge`, what
    was learned later about the time before counts too.
    """
    before = events.filter(events.start_at < midnight(on))
    if not late_knowledge:
        before = before.filter(before.known_date <= ibis.literal(on))
    has_ended = before.end_at < midnight(on)
    return before.mutate(end_at=ibis.ifelse(has_ended, before.end_at, ibis.null("timestamp(6)")))


def known_conditions(conditions: ir.Table, on: dt.date, *, late_knowledge: bool) -> ir.Table:
    """Each person's conditions as at `on`, once each: columns person_id, condition."""
    known = conditions
    if "from_date" in known.columns:
        known = known.filter(known.from_date < ibis.literal(on))
    if "known_date" in known.columns and not late_knowledge:
        known = known.filter(known.known_date <= ibis.literal(on))
    return known.select("person_id", "condition").distinct()


def condition_names(conditions: ir.Table) -> tuple[str, ...]:
    """The distinct conditions of a table, in order. SettingError where a name would not do."""
    listed = conditions.select("condition").distinct().order_by("condition").to_pyarrow()
    names = tuple(name for name in listed["condition"].to_pylist() if name is not None)
    check_conditions(names)
    return names


def check_conditions(names: tuple[str, ...]) -> None:
    """SettingError where a condition's name cannot name a column on every engine."""
    for name in names:
        if not _CONDITION.fullmatch(name):
            raise SettingError(
                f"'{name[:40]}' cannot name a condition.",
                where="conditions",
                cure="Use small letters, digits and underscores, such as 'heart_failure'.",
            )


def lateness(events: ir.Table, on: dt.date, *, days: int = 365) -> ir.Table:
    """Of the events of the last `days` days before `on`, how many were known by then.

    Columns setting, kind, events, known_by_then. Where little was known, a feature is empty in
    training and full in use: leave it out, or train with late knowledge and say so.
    """
    recent = events.filter(
        (events.start_at < midnight(on)) & (events.start_at >= midnight(on, -days))
    )
    return (
        recent.group_by("setting", "kind")
        .aggregate(
            events=lambda t: t.count(),
            known_by_then=lambda t: (t.known_date <= ibis.literal(on)).cast("int64").sum(),
        )
        .order_by("setting", "kind")
    )


def midnight(on: dt.date, days: int = 0) -> ir.TimestampScalar:
    """The midnight that begins a day, or that so many days on, as events' times are written."""
    day = dt.datetime.combine(on + dt.timedelta(days=days), dt.time())
    return ibis.literal(day, type="timestamp(6)")

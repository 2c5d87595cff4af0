"""Delay days: nights in a hospital bed after the person was ready to leave.

Counted by midnights, as bed days are: from the discharge-ready date until before the day of leaving
(NHS England, Discharge ready date guidance, 2023), cut to the months of the period.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from joinedup.flow.delay_reasons import DelayReason, as_table, national_delay_reasons, reason_key
from joinedup.terms import SettingError


def nights_by_month(spells: ir.Table, *, start: dt.date, end: dt.date) -> ir.Table:
    """Each spell (of `spells`) in each month of the period in which it has a day.

    Columns event_id, person_id, organisation, month, bed_days, delay_days, is_ready_known. A spell
    still open counts up to its as-at date. A month that the period cuts has only its part.
    SettingError where the period holds no day.
    """
    months = _months(start, end)
    both = spells.cross_join(months).filter(
        lambda t: (
            (t.admitted_date < t.month_end)
            & ((t.left_date > t.month_start) | (t.admitted_date >= t.month_start))
        )
    )
    ready = both.ready_date.coalesce(both.left_date)
    return both.select(
        "event_id", "person_id", "organisation", "month",
        bed_days=_nights(both, both.admitted_date),
        delay_days=_nights(both, ready),
        is_ready_known=both.ready_date.notnull(),
    )  # fmt: skip


def delay_days(spells: ir.Table, *, start: dt.date, end: dt.date) -> ir.Table:
    """Delay days by organisation and month, and the share of occupied bed days that they hold.

    Columns organisation, month, spells, delayed_spells, bed_days, delay_days, share_of_bed_days
    (null where there is no bed day), ready_not_known (spells without a discharge-ready date: still
    in treatment, or nobody wrote it down. Their delay is not known, and counted as none).
    """
    nights = nights_by_month(spells, start=start, end=end)
    summed = nights.group_by("organisation", "month").aggregate(
        spells=nights.count(),
        delayed_spells=(nights.delay_days > 0).cast("int64").sum(),
        bed_days=nights.bed_days.sum(),
        delay_days=nights.delay_days.sum(),
        ready_not_known=(~nights.is_ready_known).cast("int64").sum(),
    )
    share = summed.delay_days.cast("float64") / summed.bed_days.nullif(0)
    return summed.mutate(share_of_bed_days=share)


def delay_days_by_reason(
    spells: ir.Table,
    causes: ir.Table,
    *,
    start: dt.date,
    end: dt.date,
    reasons: tuple[DelayReason, ...] | None = None,
) -> ir.Table:
    """Delay days by organisation, month, reason and who must act; they sum to all delay days.

    `causes` has event_id and reason, several a spell allowed: its days are shared equally between
    them, as nobody records for how long each held. Columns organisation, month, reason, who_acts,
    spells, delay_days, share_of_bed_days. A null reason: none was given; a reason that is not in
    the map is kept, with who_acts null.
    """
    nights = nights_by_month(spells, start=start, end=end)
    in_bed = nights.group_by(bed_organisation="organisation", bed_month="month").aggregate(
        all_bed_days=nights.bed_days.sum()
    )
    shared = _shared_out(nights.filter(nights.delay_days > 0), causes, reasons)
    summed = shared.group_by("organisation", "month", "reason", "who_acts").aggregate(
        spells=shared.event_id.nunique(), delay_days=shared.part_days.sum()
    )
    joined = summed.left_join(
        in_bed, [summed.organisation == in_bed.bed_organisation, summed.month == in_bed.bed_month]
    )
    share = joined.delay_days / joined.all_bed_days.nullif(0)
    return joined.mutate(share_of_bed_days=share).drop(
        "bed_organisation", "bed_month", "all_bed_days"
    )


def delay_days_by_actor(by_reason: ir.Table) -> ir.Table:
    """What `delay_days_by_reason` gives, by organisation, month and who must act.

    Spells are left out: one that waits for two reasons of one actor would count twice.
    """
    return by_reason.group_by("organisation", "month", "who_acts").aggregate(
        delay_days=by_reason.delay_days.sum(), share_of_bed_days=by_reason.share_of_bed_days.sum()
    )


def _shared_out(
    nights: ir.Table, causes: ir.Table, reasons: tuple[DelayReason, ...] | None
) -> ir.Table:
    known = as_table(national_delay_reasons() if reasons is None else reasons)
    given = causes.filter(causes.reason.notnull())
    keyed = given.mutate(reason_key=reason_key(given.reason))
    named = keyed.left_join(known, keyed.reason_key == known.known_key)
    each = named.select(
        cause_event="event_id", reason=named.known_reason.coalesce(named.reason),
        who_acts="who_acts",
    ).distinct()  # fmt: skip
    counted = each.mutate(among=each.count().over(group_by="cause_event"))
    both = nights.left_join(counted, nights.event_id == counted.cause_event)
    return both.mutate(part_days=both.delay_days.cast("float64") / both.among.coalesce(1))


def _months(start: dt.date, end: dt.date) -> ir.Table:
    if start >= end:
        raise SettingError(
            f"the period from {start} until before {end} holds no day",
            cure="Give an end after the start.",
        )
    firsts = [start.replace(day=1)]
    while (following := (firsts[-1] + dt.timedelta(days=32)).replace(day=1)) < end:
        firsts.append(following)
    rows = [
        {
            "month": first,
            "month_start": max(first, start),
            "month_end": min((first + dt.timedelta(days=32)).replace(day=1), end),
        }
        for first in firsts
    ]
    return ibis.memtable(rows, schema={"month": "date", "month_start": "date", "month_end": "date"})


def _nights(both: ir.Table, since: ir.DateValue) -> ir.IntegerValue:
    """Midnights from a date until leaving, within the month."""
    last = ibis.least(both.left_date, both.month_end)
    first = ibis.greatest(since, both.month_start)
    return ibis.greatest(last.delta(first, unit="day").cast("int64"), ibis.literal(0, "int64"))

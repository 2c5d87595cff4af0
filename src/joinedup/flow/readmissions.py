"""Emergency readmission within 30 days of leaving hospital."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.flow.spells import numbered_stays, stays

# Emergency admissions 0 to 29 days after the last discharge: NHS Digital, I02040, specification 3.
WITHIN_DAYS: Final = 30


def readmissions(
    spells: ir.Table, excluded: ir.Table, *, start: dt.date, end: dt.date, as_at: dt.date
) -> ir.Table:
    """One row a living discharge from `start` until before `end`, and whether they were back.

    After NHS Digital's I02040: stays run through transfers; the next stay counts where it is an
    emergency and begins 0 to 29 days after, at any hospital. `excluded` (column event_id) names
    spells that count on neither side: there cancer, obstetrics, mental health and day cases are, by
    codes that the caller holds. Not standardised: that is for the caller too.
    Columns person_id, organisation, discharged_date, readmitted_date, days_after, is_readmitted:
    null where 30 days have not passed by `as_at` and nothing is seen.
    """
    every = stays(spells)
    left_out = _left_out(spells, excluded)
    marked = every.left_join(
        left_out, [every.person_id == left_out.out_person, every.stay == left_out.out_stay]
    )
    marked = marked.mutate(is_out=marked.out_person.notnull()).drop("out_person", "out_stay")
    in_turn = ibis.window(group_by="person_id", order_by="stay")
    followed = marked.mutate(
        next_date=marked.admitted_date.lead().over(in_turn),
        next_urgency=marked.urgency.lead().over(in_turn),
        next_is_out=marked.is_out.lead().over(in_turn),
    )
    index = followed.filter(
        (followed.discharged_date >= ibis.literal(start))
        & (followed.discharged_date < ibis.literal(end))
        & ~followed.has_died
        & ~followed.is_out
    )
    return _judged(index, as_at)


def readmission_rates(each: ir.Table) -> ir.Table:
    """By discharging organisation and month: discharges followed for 30 days, and readmissions.

    Columns organisation, month, discharges, readmissions, not_yet_known (discharges that are in
    neither, as their 30 days are not over).
    """
    known = each.is_followed
    return each.group_by("organisation", month=each.discharged_date.truncate("M")).aggregate(
        discharges=known.cast("int64").sum(),
        readmissions=(known & each.is_readmitted.fill_null(False)).cast("int64").sum(),
        not_yet_known=(~known).cast("int64").sum(),
    )


def _left_out(spells: ir.Table, excluded: ir.Table) -> ir.Table:
    named = excluded.select("event_id").distinct()
    numbered = numbered_stays(spells).semi_join(named, "event_id")
    return numbered.select(out_person="person_id", out_stay="stay").distinct()


def _judged(index: ir.Table, as_at: dt.date) -> ir.Table:
    days = index.next_date.delta(index.discharged_date, unit="day").cast("int64")
    is_back = (
        (days < WITHIN_DAYS) & (index.next_urgency == "emergency") & ~index.next_is_out
    ).fill_null(False)
    watched = ibis.literal(as_at).delta(index.discharged_date, unit="day") >= WITHIN_DAYS
    return index.select(
        "person_id", "organisation", "discharged_date",
        readmitted_date=is_back.ifelse(index.next_date, ibis.null("date")),
        days_after=is_back.ifelse(days, ibis.null("int64")),
        is_readmitted=(is_back | watched).ifelse(is_back, ibis.null("boolean")),
        is_followed=watched,
    )  # fmt: skip

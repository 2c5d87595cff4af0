"""Spells in hospital by day, and stays that run through several hospitals."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

# Another hospital's ward, as source of admission or destination on discharge (NHS Data Dictionary:
# SOURCE OF ADMISSION CODE, DISCHARGE DESTINATION CODE; NHS and independent providers).
TRANSFER_CODES: Final = ("49", "50", "51", "52", "53", "84", "87")
# A transfer may be written down up to two days late (HSCIC, Methodology to create provider and
# continuous inpatient spells, 2014).
TRANSFER_DAYS: Final = 2


def spells(events: ir.Table, as_at: dt.date) -> ir.Table:
    """Hospital spells that began before `as_at`, by day.

    Columns event_id, person_id, organisation, setting, urgency, source_code, destination_code,
    has_died, admitted_date, ready_date, discharged_date, left_date. `discharged_date` is null while
    the person is in hospital, and `left_date` then `as_at`. `ready_date` is null where nobody wrote
    it down, and never before admission nor after leaving.
    """
    now = ibis.literal(as_at)
    began = events.filter((events.kind == "spell") & (events.start_at.cast("date") < now))
    admitted, stated = began.start_at.cast("date"), began.end_at.cast("date")
    discharged = (stated < now).ifelse(ibis.greatest(stated, admitted), ibis.null("date"))
    left = discharged.coalesce(now)
    ready = began.ready_at.cast("date")
    within = ibis.cases((ready < admitted, admitted), (ready > left, left), else_=ready)
    return began.select(
        "event_id", "person_id", "organisation", "setting", "urgency", "source_code",
        "destination_code",
        has_died=began.outcome.fill_null("") == "died",
        admitted_date=admitted,
        ready_date=within,
        discharged_date=discharged,
        left_date=left,
    )  # fmt: skip


def stays(each: ir.Table) -> ir.Table:
    """Continuous stays: spells of a person that overlap, or follow within two days by transfer.

    Columns person_id, stay (1, 2 …), first_event_id, admitted_date, urgency (of the first spell),
    discharged_date (null while it goes on), organisation and has_died (of the last), spells.
    """
    order = ("admitted_date", "left_date", "event_id")
    numbered = numbered_stays(each)
    by = ("person_id", "stay")
    placed = numbered.mutate(
        place=ibis.row_number().over(group_by=by, order_by=order),
        place_from_last=ibis.row_number().over(
            group_by=by,
            order_by=[numbered.discharged_date.isnull().desc(), ibis.desc("left_date"),
                      ibis.desc("admitted_date"), ibis.desc("event_id")],
        ),
    )  # fmt: skip
    first, last = placed.place == 0, placed.place_from_last == 0
    return placed.group_by(by).aggregate(
        first_event_id=placed.event_id.max(where=first),
        admitted_date=placed.admitted_date.min(),
        urgency=placed.urgency.max(where=first),
        discharged_date=placed.discharged_date.max(where=last),
        organisation=placed.organisation.max(where=last),
        has_died=placed.has_died.cast("int64").max(where=last) == 1,
        spells=placed.count(),
    )


def numbered_stays(each: ir.Table) -> ir.Table:
    """The spells, each with the number of the person's stay that it belongs to."""
    order = ("admitted_date", "left_date", "event_id")
    so_far = ibis.window(group_by="person_id", order_by=order, rows=(None, -1))
    in_turn = ibis.window(group_by="person_id", order_by=order)
    chained = each.mutate(
        latest=each.left_date.max().over(so_far), went_to=each.destination_code.lag().over(in_turn)
    )
    gap = chained.admitted_date.delta(chained.latest, unit="day")
    by_transfer = chained.source_code.fill_null("").isin(
        TRANSFER_CODES
    ) | chained.went_to.fill_null("").isin(TRANSFER_CODES)
    goes_on = (gap < 0) | ((gap <= TRANSFER_DAYS) & by_transfer)
    counted = chained.mutate(is_new=(~goes_on.fill_null(False)).cast("int64"))
    until_now = ibis.window(group_by="person_id", order_by=order, rows=(None, 0))
    return counted.mutate(stay=counted.is_new.sum().over(until_now).cast("int64")).drop(
        "latest", "went_to", "is_new"
    )

"""Handoffs between organisations: asked for, seen to happen, and stuck."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.flow.pathways import GAP_DAYS
from joinedup.flow.referral_contacts import whole_days, with_first_contact

# Four weeks from referral to help: the standard proposed for community mental health (NHS England,
# clinically led review of standards, 2021). Planned hospital care has 126 days (18 weeks: NHS
# Constitution); pass that where referrals are to consultants.
STUCK_DAYS: Final = 28

_ENDED: Final = ("rejected", "withdrawn", "completed")


def handoffs(
    contacts: ir.Table,
    referrals: ir.Table,
    as_at: dt.date,
    *,
    gap_days: int = GAP_DAYS,
    stuck_days: int = STUCK_DAYS,
) -> ir.Table:
    """One row a handoff from one organisation to another, of two kinds that are never added up.

    `referral`: as sent; without sender the from_organisation is null. `observed`: two consecutive
    contacts of a person (of `care_contacts`) at different organisations no more than `gap_days`
    apart, sent when the earlier ended; `has_referral` tells whether an open referral asked for it.
    Columns: kind, handoff_id (referral_id, or event_id of the later contact), person_id,
    from_organisation, to_organisation, sent_at, accepted_at, first_contact_at, days_to_accept,
    days_to_contact, is_stuck (a referral open after `stuck_days` with no contact), has_referral.
    """
    known = referrals.filter(
        (referrals.sent_at.cast("date") < ibis.literal(as_at))
        & (referrals.from_organisation.isnull()
           | (referrals.from_organisation != referrals.to_organisation))
    )  # fmt: skip
    answered = with_first_contact(known, contacts)
    return _asked(answered, as_at, stuck_days).union(_observed(contacts, answered, gap_days))


def handoff_matrix(each: ir.Table) -> ir.Table:
    """Counts and waits from each organisation to each, by kind; `each` comes from `handoffs`.

    Columns: from_organisation, to_organisation, kind, handoffs, accepted, contacted, stuck, and the
    median and 90th percentile of days_to_accept and days_to_contact over those that have them
    (linear interpolation: Hyndman and Fan, American Statistician 50, 1996, type 7). Waits of those
    not yet seen are not in them: read them beside `stuck`.
    """
    accept, contact = each.days_to_accept.cast("float64"), each.days_to_contact.cast("float64")
    return each.group_by("from_organisation", "to_organisation", "kind").aggregate(
        handoffs=each.count(),
        accepted=each.accepted_at.count(),
        contacted=each.first_contact_at.count(),
        stuck=each.is_stuck.cast("int64").sum(),
        median_days_to_accept=accept.quantile(0.5),
        p90_days_to_accept=accept.quantile(0.9),
        median_days_to_contact=contact.quantile(0.5),
        p90_days_to_contact=contact.quantile(0.9),
    )


def _asked(answered: ir.Table, as_at: dt.date, stuck_days: int) -> ir.Table:
    now = ibis.literal(as_at)
    contact_at = (answered.contact_at.cast("date") < now).ifelse(
        answered.contact_at, ibis.null("timestamp(6)")
    )
    is_open = (
        contact_at.isnull()
        & (answered.closed_at.isnull() | (answered.closed_at.cast("date") >= now))
        & ~answered.outcome.fill_null("").isin(_ENDED)
    )
    waited = now.delta(answered.sent_at.cast("date"), unit="day")
    return answered.select(
        "person_id", "from_organisation", "to_organisation", "sent_at", "accepted_at",
        kind=ibis.literal("referral"),
        handoff_id=answered.referral_id,
        first_contact_at=contact_at,
        days_to_accept=whole_days(answered.sent_at, answered.accepted_at),
        days_to_contact=whole_days(answered.sent_at, contact_at),
        is_stuck=is_open & (waited > stuck_days),
        has_referral=ibis.literal(True),
    ).select(*_COLUMNS)  # fmt: skip


def _observed(contacts: ir.Table, answered: ir.Table, gap_days: int) -> ir.Table:
    in_turn = ibis.window(group_by="person_id", order_by=["start_at", "event_id"])
    paired = contacts.mutate(
        before=contacts.organisation.lag().over(in_turn),
        ended_at=contacts.end_at.lag().over(in_turn),
    )
    gap = paired.start_at.cast("date").delta(paired.ended_at.cast("date"), unit="day")
    moved = paired.filter((paired.before != paired.organisation) & (gap <= gap_days))
    asked_for = _asked_for(moved, answered)
    joined = moved.left_join(asked_for, moved.event_id == asked_for.asked_event)
    sent_at = ibis.least(joined.ended_at, joined.start_at).cast("timestamp(6)")
    return joined.select(
        "person_id",
        kind=ibis.literal("observed"),
        handoff_id=joined.event_id,
        from_organisation=joined.before,
        to_organisation=joined.organisation,
        sent_at=sent_at,
        accepted_at=ibis.null("timestamp(6)"),
        first_contact_at=joined.start_at,
        days_to_accept=ibis.null("int64"),
        days_to_contact=whole_days(sent_at, joined.start_at),
        is_stuck=ibis.literal(False),
        has_referral=joined.asked_event.notnull(),
    ).select(*_COLUMNS)


def _asked_for(moved: ir.Table, answered: ir.Table) -> ir.Table:
    """The observed handoffs for which a referral was open: sent by then, not answered before."""
    asked = answered.select(
        "person_id", "sent_at", "contact_at", asked_from="from_organisation",
        asked_to="to_organisation",
    )  # fmt: skip
    both = moved.inner_join(
        asked,
        [
            moved.person_id == asked.person_id,
            moved.before == asked.asked_from,
            moved.organisation == asked.asked_to,
        ],
    )
    day = both.start_at.cast("date")
    was_open = (both.sent_at.cast("date") <= day) & (
        both.contact_at.isnull() | (both.contact_at.cast("date") >= day)
    )
    return both.filter(was_open).select(asked_event="event_id").distinct()


_COLUMNS: Final = (
    "kind", "handoff_id", "person_id", "from_organisation", "to_organisation", "sent_at",
    "accepted_at", "first_contact_at", "days_to_accept", "days_to_contact", "is_stuck",
    "has_referral",
)  # fmt: skip

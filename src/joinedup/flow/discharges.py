"""Whether anything is seen to follow a discharge: did the information go with the person?"""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

# A discharge summary goes to the practice within 24 hours, a letter from a clinic within 7 days
# (NHS Standard Contract, service condition 11); a week more for the practice to file it.
SEEN_WITHIN_DAYS: Final = 14

# A prescription may be a repeat that nobody looked at.
_SIGNS: Final = ("appointment", "contact", "entry")
_NOT_HELD: Final = ("did_not_attend", "cancelled_by_patient", "cancelled_by_provider")


def after_discharge(
    spells: ir.Table,
    events: ir.Table,
    referrals: ir.Table,
    persons: ir.Table,
    as_at: dt.date,
    *,
    within_days: int = SEEN_WITHIN_DAYS,
) -> ir.Table:
    """One row a living discharge, and what is seen within so many days of it.

    Columns event_id, person_id, organisation, discharged_date, gp_date (first entry or contact in
    general practice), accepted_date (first acceptance of a referral sent in the spell or after),
    nothing_seen_after. That is null, not known, where the days are not over by `as_at`, the person
    died in them, or no general practice has sent anything of the person at all. True is absence in
    the data that partners sent: a reason to ask, not proof that nobody was told.
    """
    left = spells.filter(spells.discharged_date.notnull() & ~spells.has_died)
    practice = _practice_days(events)
    known = practice.select(known_person="person_id").distinct()
    gp, accepted = _first_gp(left, practice, within_days), _accepted(left, referrals, within_days)
    deaths = persons.select(dead_person="person_id", death_date="death_date")
    joined = (
        left.left_join(gp, left.event_id == gp.gp_event)
        .left_join(accepted, left.event_id == accepted.accepted_event)
        .left_join(known, left.person_id == known.known_person)
        .left_join(deaths, left.person_id == deaths.dead_person)
    )
    is_seen = joined.gp_date.notnull() | joined.accepted_date.notnull()
    day = joined.discharged_date
    is_over = ibis.literal(as_at).delta(day, unit="day") > within_days
    died = (joined.death_date.delta(day, unit="day") <= within_days).fill_null(False)
    could_see = is_over & ~died & joined.known_person.notnull()
    return joined.select(
        "event_id", "person_id", "organisation", "discharged_date", "gp_date", "accepted_date",
        nothing_seen_after=(is_seen | could_see).ifelse(~is_seen, ibis.null("boolean")),
    )  # fmt: skip


def unseen_by_organisation(each: ir.Table) -> ir.Table:
    """By organisation and month: discharges, seen_after, nothing_seen_after and not_known."""
    flag = each.nothing_seen_after
    return each.group_by("organisation", month=each.discharged_date.truncate("M")).aggregate(
        discharges=each.count(),
        seen_after=(~flag).fill_null(False).cast("int64").sum(),
        nothing_seen_after=flag.fill_null(False).cast("int64").sum(),
        not_known=flag.isnull().cast("int64").sum(),
    )


def _practice_days(events: ir.Table) -> ir.Table:
    signs = events.filter(
        (events.setting == "general_practice")
        & events.kind.isin(_SIGNS)
        & ~events.outcome.fill_null("").isin(_NOT_HELD)
    )
    return signs.select("person_id", seen_date=signs.start_at.cast("date"))


def _first_gp(left: ir.Table, practice: ir.Table, within_days: int) -> ir.Table:
    both = left.inner_join(practice, "person_id")
    days = both.seen_date.delta(both.discharged_date, unit="day")
    found = both.filter((days >= 0) & (days <= within_days))
    return (
        found.group_by("event_id")
        .aggregate(gp_date=lambda t: t.seen_date.min())
        .rename(gp_event="event_id")
    )


def _accepted(left: ir.Table, referrals: ir.Table, within_days: int) -> ir.Table:
    taken = referrals.filter(referrals.accepted_at.notnull()).select(
        "person_id", sent_date=lambda t: t.sent_at.cast("date"),
        taken_date=lambda t: t.accepted_at.cast("date"),
    )  # fmt: skip
    both = left.inner_join(taken, "person_id")
    days = both.taken_date.delta(both.discharged_date, unit="day")
    found = both.filter((both.sent_date >= both.admitted_date) & (days <= within_days))
    return (
        found.group_by("event_id")
        .aggregate(accepted_date=lambda t: t.taken_date.min())
        .rename(accepted_event="event_id")
    )

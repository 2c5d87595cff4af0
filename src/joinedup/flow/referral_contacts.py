"""The first contact that followed a referral: as stated, or as seen."""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

_UNPLANNED_SETTINGS: Final = ("emergency", "ambulance")


def with_first_contact(referrals: ir.Table, contacts: ir.Table) -> ir.Table:
    """The referrals with `contact_at`, and `is_contact_stated`: whether the source says so.

    Where it does not: the person's first contact at the receiver from the day of sending until the
    day of closing. An emergency answers only an emergency referral; a contact at a large
    organisation may still have been about something else.
    """
    stated = referrals.first_contact_at
    asked = referrals.filter(stated.isnull()).select(
        "referral_id", "person_id", "to_organisation", "sent_at", "closed_at",
        is_emergency=lambda t: t.urgency.fill_null("") == "emergency",
    )  # fmt: skip
    held = contacts.select(
        "person_id", "organisation", contact_start="start_at",
        is_unplanned=contacts.setting.isin(_UNPLANNED_SETTINGS)
        | (contacts.urgency.fill_null("") == "emergency"),
    )  # fmt: skip
    both = asked.inner_join(
        held, [asked.person_id == held.person_id, asked.to_organisation == held.organisation]
    )
    fits = (
        (both.contact_start.cast("date") >= both.sent_at.cast("date"))
        & (
            both.closed_at.isnull()
            | (both.contact_start.cast("date") <= both.closed_at.cast("date"))
        )
        & (both.is_emergency | ~both.is_unplanned)
    )
    seen = (
        both.filter(fits)
        .group_by("referral_id")
        .aggregate(seen_at=lambda t: t.contact_start.min())
        .rename(seen_for="referral_id")
    )
    joined = referrals.left_join(seen, referrals.referral_id == seen.seen_for)
    return joined.mutate(
        contact_at=joined.first_contact_at.coalesce(joined.seen_at),
        is_contact_stated=joined.first_contact_at.notnull(),
    ).drop("seen_for", "seen_at")


def whole_days(since: ir.TimestampValue, until: ir.TimestampValue) -> ir.IntegerValue:
    """Days from one date to another; null where either is not known or they are out of order."""
    days = until.cast("date").delta(since.cast("date"), unit="day").cast("int64")
    return (days >= 0).ifelse(days, ibis.null("int64"))

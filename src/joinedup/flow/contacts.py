"""Which events are care that a person had, and from when to when."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

# Kinds in which a person and a service met, or one asked the other. Left out: `episode` (part of a
# spell, which is counted), `entry` and `prescription` (work on a record), `death`.
CONTACT_KINDS: Final = (
    "appointment", "attendance", "spell", "contact", "incident", "package", "assessment", "request",
    "activity",
)  # fmt: skip
# It was booked and did not take place.
_NOT_HELD: Final = ("did_not_attend", "cancelled_by_patient", "cancelled_by_provider")
# A package of care goes on for years: it begins with a contact, and does not hold one together.
_HAS_NO_LENGTH: Final = ("package", "request")


def care_contacts(events: ir.Table, as_at: dt.date) -> ir.Table:
    """Care that began before `as_at`, one row an event.

    Columns event_id, person_id, organisation, setting, kind, urgency, service, start_at, end_at.
    `end_at` is never null nor before `start_at`: what goes on ends, so far, at `as_at`; a package,
    or a contact whose end nobody wrote down, ends when it begins.
    """
    now = ibis.literal(dt.datetime.combine(as_at, dt.time()), "timestamp(6)")
    took_place = events.filter(
        events.kind.isin(CONTACT_KINDS)
        & (events.start_at < now)
        & ~events.outcome.fill_null("").isin(_NOT_HELD)
    )
    known_end = (took_place.kind == "spell").ifelse(
        took_place.end_at.coalesce(now), took_place.end_at.coalesce(took_place.start_at)
    )
    has_length = ~took_place.kind.isin(_HAS_NO_LENGTH) & (known_end > took_place.start_at)
    until = has_length.ifelse(ibis.least(known_end, now), took_place.start_at)
    return took_place.select(
        "event_id", "person_id", "organisation", "setting", "kind", "urgency", "service",
        "start_at", end_at=until.cast("timestamp(6)"),
    )  # fmt: skip


def between(contacts: ir.Table, start: dt.date, end: dt.date) -> ir.Table:
    """The contacts that began from `start` until before `end`."""
    began = contacts.start_at.cast("date")
    return contacts.filter((began >= ibis.literal(start)) & (began < ibis.literal(end)))

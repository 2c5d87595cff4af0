"""One person's history and who is involved now, as rows ready to show."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# A partner counts as involved when it saw the person within this many days, or holds an open
# package or referral: a working rule for neighbourhood teams, stated wherever it is shown.
INVOLVED_DAYS = 180


def person_events(events: ir.Table, person_id: str) -> ir.Table:
    """The events of one person, latest first."""
    mine = events.filter(events.person_id == person_id)
    return mine.order_by(ibis.desc("start_at"), "event_id")


def involved_now(events: ir.Table, as_at: ir.TimestampScalar) -> ir.Table:
    """Who is involved: organisation and setting, first and last contact, how many, and whether
    something is still open. `events` are those of one person.
    """
    seen = events.filter((events.start_at <= as_at) & (events.kind != "death"))
    is_open = seen.end_at.isnull() & (seen.kind == "package")
    recent = seen.start_at >= as_at - ibis.interval(days=INVOLVED_DAYS)
    return (
        seen.mutate(is_open=is_open, recent=recent)
        .group_by("organisation", "setting", "partner")
        .aggregate(
            contacts=lambda t: t.count(),
            first_at=lambda t: t.start_at.min(),
            last_at=lambda t: t.start_at.max(),
            has_open=lambda t: t.is_open.any(),
            recent=lambda t: t.recent.any(),
        )
        .filter(lambda t: t.recent | t.has_open)
        .order_by(ibis.desc("last_at"), "organisation", "setting")
    )

"""Who is involved in one person's care now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

# An organisation counts as involved when it saw the person within this many days, or holds an open
# package: a working rule for neighbourhood teams, stated wherever it is shown.
INVOLVED_DAYS = 180


@dataclass(frozen=True, slots=True)
class Contact:
    """One event of the person, as far as involvement goes."""

    organisation: str
    setting: str
    kind: str
    start_at: dt.datetime
    end_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Involvement:
    """One organisation in one setting: its contacts so far, and whether something is open."""

    organisation: str
    setting: str
    contacts: int
    first_at: dt.datetime
    last_at: dt.datetime
    has_open: bool


def involved_now(contacts: Iterable[Contact], as_at: dt.datetime) -> tuple[Involvement, ...]:
    """Who is involved as at a moment, the last to see the person first.

    For one person: plain values, since compiling a table expression takes longer than the answer.
    """
    by_team: dict[tuple[str, str], list[Contact]] = {}
    for contact in contacts:
        if contact.start_at <= as_at and contact.kind != "death":
            by_team.setdefault((contact.organisation, contact.setting), []).append(contact)
    since = as_at - dt.timedelta(days=INVOLVED_DAYS)
    found = (_involvement(*team, seen, as_at) for team, seen in by_team.items())
    return tuple(
        sorted(
            (one for one in found if one.has_open or one.last_at >= since),
            key=lambda one: (-one.last_at.timestamp(), one.organisation, one.setting),
        )
    )


def _involvement(
    organisation: str, setting: str, seen: list[Contact], as_at: dt.datetime
) -> Involvement:
    return Involvement(
        organisation=organisation,
        setting=setting,
        contacts=len(seen),
        first_at=min(contact.start_at for contact in seen),
        last_at=max(contact.start_at for contact in seen),
        has_open=any(
            contact.kind == "package" and (contact.end_at is None or contact.end_at > as_at)
            for contact in seen
        ),
    )

"""Events and referrals drawn with only the columns that a test turns on, under short names."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.tables import EVENTS, REFERRALS, Table
from tests.drawn import drawn

SHORT = {
    "person": "person_id", "org": "organisation", "from": "from_organisation",
    "to": "to_organisation", "source": "source_code", "destination": "destination_code",
    "cost": "cost_pence", "contact": "first_contact_at",
    "start": "start_at", "end": "end_at", "ready": "ready_at", "sent": "sent_at",
    "accepted": "accepted_at", "closed": "closed_at",
}  # fmt: skip


def events(text: str, **same: str) -> ir.Table:
    """Rows of `events`; `same` holds what all have, and all other columns are null."""
    return _whole(EVENTS, text, same)


def referrals(text: str, **same: str) -> ir.Table:
    """Rows of `referrals`, likewise."""
    return _whole(REFERRALS, text, same)


def _whole(table: Table, text: str, same: dict[str, str]) -> ir.Table:
    types = {column.name: column.type for column in table.columns}
    head, _, body = text.strip().partition("\n")
    short = {"id": table.key[0], **SHORT}
    names = [short.get(cell.strip(), cell.strip()) for cell in head.split("|")]
    part = drawn(" | ".join(names) + "\n" + body, **{name: types[name] for name in names})
    alike = {short.get(name, name): ibis.literal(value) for name, value in same.items()}
    left_out = {n: ibis.null(kind) for n, kind in types.items() if n not in {*names, *alike}}
    return part.mutate(**alike, **left_out).select(*types)

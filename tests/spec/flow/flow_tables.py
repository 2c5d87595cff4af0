"""Events and referrals drawn with only the columns that a test turns on."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.tables import EVENTS, REFERRALS, Table
from tests.drawn import drawn


def events(text: str) -> ir.Table:
    """Rows of `events`; columns that are not drawn are null."""
    return _whole(EVENTS, text)


def referrals(text: str) -> ir.Table:
    """Rows of `referrals`; columns that are not drawn are null."""
    return _whole(REFERRALS, text)


def _whole(table: Table, text: str) -> ir.Table:
    types = {column.name: column.type for column in table.columns}
    head = [cell.strip() for cell in text.strip().splitlines()[0].split("|")]
    part = drawn(text, **{name: types[name] for name in head})
    left_out = {name: ibis.null(kind) for name, kind in types.items() if name not in head}
    return part.mutate(**left_out).select(*types)

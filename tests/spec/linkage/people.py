"""Identities drawn as text, linked, and shown as who is with whom."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.linkage import Linked, link
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import IDENTITIES
from tests.drawn import rows

KEY = Key(b"a key for tests that nobody uses")
_DEFAULTS = {"known_date": "2026-04-01", "file_id": "0123456789abcdef"}
_PARTNER, _RECORD = "partner", "record_id"


def identities(text: str) -> ir.Table:
    """The drawing as `tables.IDENTITIES`; columns that it leaves out are null."""
    schema = IDENTITIES.schema()
    drawn = [
        {name: row.get(name, _DEFAULTS.get(name)) for name in schema} | {"source_row": place}
        for place, row in enumerate(rows(text), start=2)
    ]
    text_schema = {name: "int64" if name == "source_row" else "string" for name in schema}
    table = ibis.memtable(drawn, schema=text_schema)
    return table.select(**{name: table[name].cast(dtype) for name, dtype in schema.items()})


def linked(engine: DuckDBEngine, text: str, **more: object) -> Linked:
    """The links of the drawing."""
    return link(engine, identities(text), key=KEY, run="000001", **more)  # type: ignore[arg-type]


def together(links: ir.Table) -> set[frozenset[str]]:
    """The persons, each as the set of its record ids."""
    found: dict[str, set[str]] = {}
    for row in links.to_pyarrow().to_pylist():
        found.setdefault(row["person_id"], set()).add(row[_RECORD])
    return {frozenset(one) for one in found.values()}


def people(*groups: str) -> set[frozenset[str]]:
    """Expected persons: `people("a b", "c")` is a with b, and c alone."""
    return {frozenset(group.split()) for group in groups}

"""How a promised table is declared: columns, grain, zone, key.

From one declaration come the checks, the data dictionary, the empty templates and the typed
reader, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import ibis
import ibis.expr.schema as sch


class Zone(StrEnum):
    """Who may hold a table: see docs/explanation/zones.md."""

    IDENTIFIED = "identified"
    PSEUDONYMOUS = "pseudonymous"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Column:
    """One promised column; `type` is an Ibis type name, `codes` the closed set it may hold."""

    name: str
    type: str
    meaning: str
    required: bool = False
    unit: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    identifying: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One promised table. `key` is what makes a row unique.

    `year_of` is the column by whose year a large table is parted into files; empty: by none.
    """

    name: str
    grain: str
    zone: Zone
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    note: str = ""
    year_of: str = ""

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in their promised order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The declaration of one column; KeyError where there is none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def schema(self) -> sch.Schema:
        """The Ibis schema of the table."""
        return ibis.schema({column.name: column.type for column in self.columns})

    def as_received(self) -> Table:
        """The table as intake hands it on: keyed by a partner's record, not yet by a person."""
        if "person_id" not in self.column_names:
            return self
        record_id = Column(
            "record_id",
            "string",
            "The partner's own identifier of the patient.",
            True,
            identifying=True,
        )
        columns = tuple(record_id if c.name == "person_id" else c for c in self.columns)
        key = tuple("record_id" if name == "person_id" else name for name in self.key)
        return replace(self, zone=Zone.IDENTIFIED, columns=columns, key=key)

"""The promised tables, declared once: checks, dictionary, templates and readers come from here."""

from joinedup.tables.accounts import (
    AREAS,
    FILES,
    FLAGS,
    MEMBERSHIPS,
    ORGANISATIONS,
    QUARANTINE,
)
from joinedup.tables.declare import Column, Table, Zone
from joinedup.tables.population import (
    MEASURE_VALUES,
    REGISTER_MEMBERS,
    SEGMENTS,
    SMALL_AREAS,
)
from joinedup.tables.promised import (
    CODES,
    EVENTS,
    IDENTITIES,
    LINK_CHANGES,
    LINK_REVIEW,
    LINKS,
    PERSONS,
    REFERRALS,
    REGISTRATIONS,
    RESIDENCES,
)

PROMISED: tuple[Table, ...] = (
    PERSONS,
    REGISTRATIONS,
    RESIDENCES,
    EVENTS,
    CODES,
    REFERRALS,
    LINK_CHANGES,
    IDENTITIES,
    LINKS,
    LINK_REVIEW,
    QUARANTINE,
    FILES,
    FLAGS,
    ORGANISATIONS,
    AREAS,
    SMALL_AREAS,
    MEMBERSHIPS,
    REGISTER_MEMBERS,
    SEGMENTS,
    MEASURE_VALUES,
)

__all__ = [
    "AREAS",
    "CODES",
    "EVENTS",
    "FILES",
    "FLAGS",
    "IDENTITIES",
    "LINKS",
    "LINK_CHANGES",
    "LINK_REVIEW",
    "MEASURE_VALUES",
    "MEMBERSHIPS",
    "ORGANISATIONS",
    "PERSONS",
    "PROMISED",
    "QUARANTINE",
    "REFERRALS",
    "REGISTER_MEMBERS",
    "REGISTRATIONS",
    "RESIDENCES",
    "SEGMENTS",
    "SMALL_AREAS",
    "Column",
    "Table",
    "Zone",
]

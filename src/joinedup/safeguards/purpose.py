"""Opening a table states a purpose; the purpose decides which zones may be opened."""

from __future__ import annotations

from enum import StrEnum

from joinedup.tables import Table, Zone
from joinedup.terms import DisclosureError


class Purpose(StrEnum):
    """Why somebody looks. Duties differ: direct care is for one person, the rest for many."""

    DIRECT_CARE = "direct_care"
    POPULATION_HEALTH = "population_health"
    EVALUATION = "evaluation"
    FINANCE = "finance"
    LINKAGE_QUALITY = "linkage_quality"
    DATA_QUALITY = "data_quality"


# Who the person is may be opened only to care for them, or to check and mend the record of who
# is who; every other purpose works on pseudonyms (UK GDPR article 5(1)(c), data minimisation).
_IDENTIFIED = frozenset({Purpose.DIRECT_CARE, Purpose.LINKAGE_QUALITY, Purpose.DATA_QUALITY})


def decide(purpose: str, table: Table) -> Purpose:
    """The purpose, when it allows the table to be opened; else DisclosureError with the reason."""
    try:
        stated = Purpose(purpose)
    except ValueError:
        known = ", ".join(Purpose)
        raise DisclosureError(
            f"'{purpose}' is not a purpose that a table may be opened for.",
            where=table.name,
            cure=f"State one of: {known}.",
        ) from None
    if table.zone is Zone.IDENTIFIED and stated not in _IDENTIFIED:
        allowed = ", ".join(sorted(_IDENTIFIED))
        raise DisclosureError(
            f"the table names people, which '{stated}' does not allow.",
            where=table.name,
            cure=f"Use a pseudonymous table, or a purpose that does: {allowed}.",
        )
    return stated

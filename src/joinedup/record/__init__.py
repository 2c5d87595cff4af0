"""One person's history across partners."""

from joinedup.record.assemble import assemble_persons, attach_person
from joinedup.record.costs import UnitCost, cost_events
from joinedup.record.history import INVOLVED_DAYS, Contact, Involvement, involved_now
from joinedup.record.residence import residences_from_postcodes

__all__ = [
    "INVOLVED_DAYS",
    "Contact",
    "Involvement",
    "UnitCost",
    "assemble_persons",
    "attach_person",
    "cost_events",
    "involved_now",
    "residences_from_postcodes",
]

"""Questions about flow, asked of a system's snapshot: small numbers hidden, ready to print."""

from joinedup.actions.flow.answer import NOT_SHOWN, Answer, Part, write_csv
from joinedup.actions.flow.beds import look_at_beds
from joinedup.actions.flow.delays import look_at_delays
from joinedup.actions.flow.demand import look_at_demand
from joinedup.actions.flow.handoffs import look_at_handoffs
from joinedup.actions.flow.overlap import look_at_overlap
from joinedup.actions.flow.period import Dates
from joinedup.actions.flow.where import look_at_where

__all__ = [
    "NOT_SHOWN",
    "Answer",
    "Dates",
    "Part",
    "look_at_beds",
    "look_at_delays",
    "look_at_demand",
    "look_at_handoffs",
    "look_at_overlap",
    "look_at_where",
    "write_csv",
]

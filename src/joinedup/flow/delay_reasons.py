"""Why a patient who is ready does not leave, and who must act: a map that can be argued with."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class DelayReason:
    """One national reason for delay and who must act for it to end.

    `reason`: as NHS England publishes it (acute discharge situation report, reasons for June 2024
    to May 2025). `who_acts` is our reading, with its `basis`; NHS England's own groups say only
    whether it is the hospital, the care transfer hub, an arrangement, capacity or a concern.
    """

    reason: str
    who_acts: str
    basis: str


@cache
def national_delay_reasons() -> tuple[DelayReason, ...]:
    """The 37 reasons of the national return, each with who must act. Pass another map to differ."""
    text = (files("joinedup.flow") / "delay_reasons.csv").read_text(encoding="utf-8")
    return tuple(DelayReason(**row) for row in csv.DictReader(text.splitlines()))


def reason_key(text: ir.StringValue) -> ir.StringValue:
    """What is left of a reason without spaces, dashes and case: returns differ in these."""
    return text.re_replace(r"[^A-Za-z0-9]", "").lower()


def as_table(reasons: tuple[DelayReason, ...]) -> ir.Table:
    """The map as a table: columns known_key, known_reason, who_acts."""
    return ibis.memtable(
        [
            {
                "known_key": re.sub(r"[^A-Za-z0-9]", "", each.reason).lower(),
                "known_reason": each.reason,
                "who_acts": each.who_acts,
            }
            for each in reasons
        ],
        schema={"known_key": "string", "known_reason": "string", "who_acts": "string"},
    )

"""Rows that a check must refuse or flag: what is put into which column, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa

from joinedup.synthetic.extracts.columns import with_values

# Illustrative: few enough that a clean feed stays clean, many enough that each is seen.
FAULT_RATE: Final = 0.0002
REPEAT_RATE: Final = 0.0005  # rows that the same file holds twice


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to spoil a row: `text` (None: nothing) in place of the column's value."""

    id: str
    column: str
    text: str | None


_DISCHARGED: Final = "DISCHARGE DATE (HOSPITAL PROVIDER SPELL)"
_CARE: Final = (
    Fault("date_unreadable", "CARE CONTACT DATE", "2024-00-10"),
    Fault("code_unknown", "PERSON STATED GENDER CODE", "7"),
    Fault("required_missing", "LOCAL PATIENT IDENTIFIER (EXTENDED)", None),
)
FAULTS: Final[Mapping[str, tuple[Fault, ...]]] = MappingProxyType({
    "gp_registrations": (
        Fault("date_impossible", "date_of_birth", "1066-10-14"),
        Fault("code_unknown", "sex", "Q"),
        Fault("ends_before_start", "registration_end_datetime", "1901-05-01"),
    ),
    "gp_entries": (Fault("date_unreadable", "effective_datetime", "2024-31-01"),),
    "gp_prescriptions": (Fault("code_missing", "bnf_code", None),),
    "gp_appointments": (Fault("code_unknown", "current_status_description", "Lost"),),
    "admissions": (
        Fault("date_unreadable", "START DATE (HOSPITAL PROVIDER SPELL)", "2024-02-31"),
        Fault("ends_before_start", _DISCHARGED, "2015-06-01"),
        Fault("code_unknown", "ADMISSION METHOD CODE (HOSPITAL PROVIDER SPELL)", "99"),
        Fault("required_missing", "LOCAL PATIENT IDENTIFIER", None),
        Fault("organisation_unknown", "ORGANISATION CODE (CODE OF PROVIDER)", "XX9"),
    ),
    "emergency": (
        Fault("date_unreadable", "EMERGENCY CARE ARRIVAL DATE", "2024-13-05"),
        Fault("ends_before_start", "EMERGENCY CARE DEPARTURE DATE", "2019-01-01"),
        Fault("code_unknown", "EMERGENCY CARE ATTENDANCE CATEGORY", "7"),
        Fault("required_missing", "LOCAL PATIENT IDENTIFIER (EXTENDED)", None),
    ),
    "outpatients": (
        Fault("date_unreadable", "APPOINTMENT DATE", "31/02/2025"),
        Fault("code_unknown", "ATTENDED OR DID NOT ATTEND CODE", "B"),
        Fault("birth_date_unreadable", "PERSON BIRTH DATE", "12/1968"),
        Fault("required_missing", "LOCAL PATIENT IDENTIFIER", None),
    ),
    "community": _CARE,
    "mental_health": _CARE,
    "ambulance": (
        Fault("date_unreadable", "TimeStampT0", "unknown"),
        Fault("code_unknown", "Priority", "C9"),
        Fault("required_missing", "PatientRecordNumber", None),
    ),
    "social_care": (
        Fault("code_unknown", "Event_Type", "Referral"),
        Fault("date_unreadable", "Event_Start_Date", "00/00/0000"),
        Fault("ends_before_start", "Event_End_Date", "01/01/2001"),
        Fault("required_missing", "LA_Person_Unique_Identifier", None),
    ),
    "deaths": (Fault("date_unreadable", "dod", "20250230"),),
    "charity": (
        Fault("date_unreadable", "Date", "last Tuesday"),
        Fault("birth_date_unreadable", "D.O.B.", "about 80"),
        Fault("required_missing", "Our ref", None),
    ),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A table with faults in it, each fault's rows counted; no row has two faults."""

    table: pa.Table
    counts: Mapping[str, int]


def spoil(feed: str, table: pa.Table, at_least: int, random: np.random.Generator) -> Spoilt:
    """Put each of the feed's faults into a few rows, at least so many where there are rows."""
    faults = FAULTS[feed]
    many = max(at_least, int(random.binomial(table.num_rows, FAULT_RATE)))
    if many * len(faults) * 4 > table.num_rows:
        return Spoilt(table, {})
    rows = random.choice(table.num_rows, many * len(faults), replace=False)
    counts: dict[str, int] = {}
    for place, fault in enumerate(faults):
        here = np.sort(rows[place * many : (place + 1) * many])
        number = table.column_names.index(fault.column)
        column = table.column(number).combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0)
        # A fault replaces something: an empty field stays empty.
        here = here[np.array(column.take(pa.array(here)).is_valid())]
        texts = pa.array([fault.text] * len(here), pa.string())
        table = table.set_column(number, fault.column, with_values(column, here, texts))
        counts[fault.id] = len(here)
    return Spoilt(table, counts)

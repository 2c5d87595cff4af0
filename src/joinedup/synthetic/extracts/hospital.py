"""What an acute trust sends: admissions, emergency attendances and outpatient appointments.

Field names and codes are those of the NHS Data Dictionary's commissioning data sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import (
    BRITISH,
    clock,
    days,
    joined,
    moments,
    picked,
    recoded,
    same,
)
from joinedup.synthetic.extracts.extract import Extract
from joinedup.synthetic.extracts.habits import HABITS
from joinedup.synthetic.extracts.numbers import padded, row_numbers
from joinedup.synthetic.extracts.patients import Patients, patients
from joinedup.synthetic.interface import Chunk, Coded, World

Places = NDArray[np.int64]

_DIED_IN_DEPARTMENT: Final = "75004002"
_LEFT_EARLY: Final = "1066301000000103"
_TREATED: Final = "182992009"
_MORTUARY: Final = "305398007"
_SHARE_LEFT_EARLY: Final = 0.04  # of those who go home (illustrative)
_NOT_KNOWN: Final = "0"


def hospital(
    chunk: Chunk, world: World, partner: str, random: np.random.Generator
) -> tuple[Patients, Iterator[Extract]]:
    """One trust's patient index and its three feeds."""
    use = chunk.use
    spells = _at(use.admissions.provider, partner)
    attendances = _at(use.emergencies.provider, partner)
    appointments = _at(use.outpatients.provider, partner)
    known = np.zeros(len(chunk.residents.person), bool)
    known[use.admissions.row[spells]] = True
    known[use.emergencies.row[attendances]] = True
    known[use.outpatients.row[appointments]] = True
    prefix = chr(ord("A") + sum(partner.encode()) % 26)
    index = patients(chunk, world, partner, prefix, known, HABITS["acute_trust"], random)

    def feeds() -> Iterator[Extract]:
        yield _admissions(chunk, world, partner, index, spells)
        yield _emergency(chunk, partner, index, attendances, random)
        yield _outpatients(chunk, world, partner, index, appointments)

    return index, feeds()


def _at(provider: Coded, partner: str) -> Places:
    """The places of the events of one provider."""
    if partner not in provider.values:
        return np.zeros(0, np.int64)
    return np.flatnonzero(provider.index == provider.values.index(partner))


def _unique(partner: str, letter: str, chunk: Chunk, places: Places, rows: int) -> pa.StringArray:
    """CDS UNIQUE IDENTIFIER: B, the provider, and the provider's own number of the event."""
    return padded(row_numbers(chunk.number, rows)[places], 14, f"B{partner}00{letter}")


def _sex(index: Patients, entry: Places) -> pa.Array:
    sex = index.details.sex.take(entry)
    return recoded(
        Coded(np.where(sex.index < 0, 2, sex.index).astype(np.int32), (*sex.values, _NOT_KNOWN)),
        {"1": "1", "2": "2", _NOT_KNOWN: _NOT_KNOWN},
    )


def _admissions(chunk: Chunk, world: World, partner: str, index: Patients, at: Places) -> Extract:
    spells = chunk.use.admissions
    row = spells.row[at]
    entry = index.entries(row, spells.admitted[at])
    done = np.where(np.isnat(spells.discharged[at]), world.today, spells.discharged[at])
    method = spells.discharge_method.take(at)
    columns = {
        "CDS UNIQUE IDENTIFIER": _unique(partner, "A", chunk, at, len(spells.row)),
        "LOCAL PATIENT IDENTIFIER": index.column("record_id", entry),
        "NHS NUMBER": index.column("nhs_number", entry),
        "PERSON GIVEN NAME": index.column("forename", entry),
        "PERSON FAMILY NAME": index.column("surname", entry),
        "PERSON BIRTH DATE": index.birth_dates(entry, "%Y-%m-%d"),
        "PERSON GENDER CODE CURRENT": _sex(index, entry),
        "ETHNIC CATEGORY": index.column("ethnicity", entry),
        "PATIENT USUAL ADDRESS 1": index.column("street", entry),
        "PATIENT USUAL ADDRESS 2": same(None, len(at)),
        "PATIENT USUAL ADDRESS 3": index.column("town", entry),
        "POSTCODE OF USUAL ADDRESS": index.column("postcode", entry),
        "GENERAL MEDICAL PRACTICE CODE (PATIENT REGISTRATION)": _practice(chunk, world, row),
        "ORGANISATION CODE (CODE OF PROVIDER)": same(partner, len(at)),
        "PATIENT CLASSIFICATION CODE": spells.classification.take(at).arrow(),
        "ADMISSION METHOD CODE (HOSPITAL PROVIDER SPELL)": spells.method.take(at).arrow(),
        "SOURCE OF ADMISSION CODE (HOSPITAL PROVIDER SPELL)": spells.source.take(at).arrow(),
        "DECIDED TO ADMIT DATE": days(spells.decided[at]),
        "START DATE (HOSPITAL PROVIDER SPELL)": days(spells.admitted[at]),
        "START TIME (HOSPITAL PROVIDER SPELL)": clock(spells.admitted[at]),
        "DISCHARGE READY DATE (HOSPITAL PROVIDER SPELL)": days(spells.ready[at]),
        "DISCHARGE DATE (HOSPITAL PROVIDER SPELL)": days(spells.discharged[at]),
        "DISCHARGE TIME (HOSPITAL PROVIDER SPELL)": clock(spells.discharged[at]),
        "DISCHARGE METHOD CODE (HOSPITAL PROVIDER SPELL)": picked(
            np.where(method.index < 0, len(method.values), method.index), (*method.values, "8")
        ),
        "DISCHARGE DESTINATION CODE (HOSPITAL PROVIDER SPELL)": spells.destination.take(at).arrow(),
        "ACTIVITY TREATMENT FUNCTION CODE": spells.specialty.take(at).arrow(),
        "PRIMARY DIAGNOSIS (ICD)": picked(spells.diagnoses[at, 0], spells.icd10),
    }
    for place in range(1, 6):
        columns[f"SECONDARY DIAGNOSIS (ICD) {place}"] = _nth(
            spells.diagnoses, at, place, spells.icd10
        )
    columns["PRIMARY PROCEDURE (OPCS)"] = _nth(spells.procedures, at, 0, spells.opcs)
    columns["PROCEDURE DATE"] = days(spells.procedure_date[at])
    for place in range(1, 3):
        columns[f"PROCEDURE (OPCS) {place}"] = _nth(spells.procedures, at, place, spells.opcs)
    return Extract(partner, "admissions", pa.table(columns), done, entry)


def _nth(many: NDArray[np.int16], at: Places, place: int, values: tuple[str, ...]) -> pa.Array:
    """The code at one place of a repeating item; null where the item does not repeat so often."""
    if place >= many.shape[1]:
        return same(None, len(at))
    return picked(many[at, place], values)


def _practice(chunk: Chunk, world: World, row: NDArray[np.int32]) -> pa.DictionaryArray:
    return picked(chunk.residents.practice[row], world.practice_code)


def _emergency(
    chunk: Chunk, partner: str, index: Patients, at: Places, random: np.random.Generator
) -> Extract:
    visits = chunk.use.emergencies
    row, arrived = visits.row[at], visits.arrived[at]
    entry = index.entries(row, arrived)
    admitted = visits.decided_to_admit[at]
    ready = np.where(np.isnat(admitted), visits.departed[at], admitted)
    table = pa.table(
        {
            "CDS UNIQUE IDENTIFIER": _unique(partner, "E", chunk, at, len(visits.row)),
            "LOCAL PATIENT IDENTIFIER (EXTENDED)": index.column("record_id", entry),
            "NHS NUMBER": index.column("nhs_number", entry),
            "PATIENT NAME": joined(
                index.column("surname", entry), index.column("forename", entry), between=", "
            ),
            "PERSON BIRTH DATE": index.birth_dates(entry, "%Y-%m-%d"),
            "PERSON STATED GENDER CODE": index.column("sex", entry),
            "ETHNIC CATEGORY": index.column("ethnicity", entry),
            "PATIENT USUAL ADDRESS": joined(
                index.column("street", entry), index.column("town", entry), between=", "
            ),
            "POSTCODE OF USUAL ADDRESS": index.column("postcode", entry),
            "ORGANISATION IDENTIFIER (CODE OF PROVIDER)": same(partner, len(at)),
            "EMERGENCY CARE DEPARTMENT TYPE": visits.department.take(at).arrow(),
            "EMERGENCY CARE ATTENDANCE CATEGORY": _categories(len(at), random),
            "EMERGENCY CARE ARRIVAL MODE (SNOMED CT)": visits.arrival_mode.take(at).arrow(),
            "EMERGENCY CARE ATTENDANCE SOURCE (SNOMED CT)": visits.attendance_source.take(
                at
            ).arrow(),
            "EMERGENCY CARE ARRIVAL DATE": days(arrived),
            "EMERGENCY CARE ARRIVAL TIME": clock(arrived),
            "EMERGENCY CARE INITIAL ASSESSMENT DATE": days(visits.assessed[at]),
            "EMERGENCY CARE INITIAL ASSESSMENT TIME": clock(visits.assessed[at]),
            "EMERGENCY CARE DATE SEEN FOR TREATMENT": days(visits.seen[at]),
            "EMERGENCY CARE TIME SEEN FOR TREATMENT": clock(visits.seen[at]),
            "DECIDED TO ADMIT DATE": days(admitted),
            "DECIDED TO ADMIT TIME": clock(admitted),
            "EMERGENCY CARE CLINICALLY READY TO PROCEED TIMESTAMP": moments(ready, between="T"),
            "EMERGENCY CARE DEPARTURE DATE": days(visits.departed[at]),
            "EMERGENCY CARE DEPARTURE TIME": clock(visits.departed[at]),
            "EMERGENCY CARE ACUITY (SNOMED CT)": visits.acuity.take(at).arrow(),
            "EMERGENCY CARE CHIEF COMPLAINT (SNOMED CT)": visits.complaint.take(at).arrow(),
            "EMERGENCY CARE DIAGNOSIS (SNOMED CT)": visits.diagnosis.take(at).arrow(),
            "EMERGENCY CARE DISCHARGE STATUS (SNOMED CT)": _statuses(
                visits.destination.take(at), np.isnat(admitted), random
            ),
            "EMERGENCY CARE DISCHARGE DESTINATION (SNOMED CT)": visits.destination.take(at).arrow(),
        }
    )
    return Extract(partner, "emergency", table, arrived, entry)


def _categories(rows: int, random: np.random.Generator) -> pa.DictionaryArray:
    """First unplanned attendances, with a few unplanned and planned follow-ups (illustrative)."""
    draw = random.random(rows)
    return picked(np.searchsorted([0.94, 0.97], draw), ("1", "2", "4"))


def _statuses(
    destination: Coded, goes_home: NDArray[np.bool_], random: np.random.Generator
) -> pa.DictionaryArray:
    left = goes_home & (random.random(len(goes_home)) < _SHARE_LEFT_EARLY)
    dead = np.zeros(len(goes_home), bool)
    if _MORTUARY in destination.values:
        dead = destination.index == destination.values.index(_MORTUARY)
    index = np.where(dead, 2, np.where(left, 1, 0))
    return picked(index, (_TREATED, _LEFT_EARLY, _DIED_IN_DEPARTMENT))


def _outpatients(chunk: Chunk, world: World, partner: str, index: Patients, at: Places) -> Extract:
    visits = chunk.use.outpatients
    row, start = visits.row[at], visits.start[at]
    entry = index.entries(row, start)
    source = visits.source.take(at)
    own = len(world.practice_code)
    from_practice = np.isin(source.index, [i for i, v in enumerate(source.values) if v == "03"])
    sender = np.where(from_practice, chunk.residents.practice[row], own)
    table = pa.table(
        {
            "CDS UNIQUE IDENTIFIER": _unique(partner, "O", chunk, at, len(visits.row)),
            "LOCAL PATIENT IDENTIFIER": index.column("record_id", entry),
            "NHS NUMBER": index.column("nhs_number", entry),
            "PERSON GIVEN NAME": index.column("forename", entry),
            "PERSON FAMILY NAME": index.column("surname", entry),
            "PERSON BIRTH DATE": index.birth_dates(entry, BRITISH),
            "PERSON GENDER CODE CURRENT": _sex(index, entry),
            "ETHNIC CATEGORY": index.column("ethnicity", entry),
            "POSTCODE OF USUAL ADDRESS": index.column("postcode", entry),
            "ORGANISATION CODE (CODE OF PROVIDER)": same(partner, len(at)),
            "ACTIVITY TREATMENT FUNCTION CODE": visits.specialty.take(at).arrow(),
            "PATIENT PATHWAY IDENTIFIER": padded(
                row_numbers(chunk.number, 1)[0] + visits.pathway[at], 14, partner
            ),
            "REFERRAL REQUEST RECEIVED DATE": days(visits.referred[at], BRITISH),
            "SOURCE OF REFERRAL FOR OUT-PATIENTS": source.arrow(),
            "REFERRING ORGANISATION CODE": picked(sender, (*world.practice_code, partner)),
            "PRIORITY TYPE CODE": visits.priority.take(at).arrow(),
            "FIRST ATTENDANCE CODE": visits.first.take(at).arrow(),
            "APPOINTMENT DATE": days(start, BRITISH),
            "APPOINTMENT TIME": clock(start, "%H:%M"),
            "ATTENDED OR DID NOT ATTEND CODE": visits.attended.take(at).arrow(),
            "OUTCOME OF ATTENDANCE CODE": visits.outcome.take(at).arrow(),
        }
    )
    return Extract(partner, "outpatients", table, start, entry)

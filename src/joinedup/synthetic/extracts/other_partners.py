"""What ambulance trusts, councils, the registrar and a charity send, each in its own manner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import (
    BRITISH,
    COMPACT,
    days,
    joined,
    moments,
    picked,
    recoded,
    same,
)
from joinedup.synthetic.extracts.extract import Extract, Later
from joinedup.synthetic.extracts.habits import HABITS
from joinedup.synthetic.extracts.numbers import padded, row_numbers
from joinedup.synthetic.extracts.patients import Patients, patients
from joinedup.synthetic.interface import Chunk, Coded, World

Places = NDArray[np.int64]
Sent = tuple[Patients, Iterator[Extract]]

_LETTERS: Final = {"1": "M", "2": "F"}
_WORDS: Final = {"1": "Male", "2": "Female"}
_JOURNEYS: Final = {
    "conveyed": "See and convey",
    "see and treat": "See and treat",
    "hear and treat": "Hear and treat",
}


def _known(chunk: Chunk, row: NDArray[np.int32]) -> NDArray[np.bool_]:
    known = np.zeros(len(chunk.residents.person), bool)
    known[row] = True
    return known


def ambulance(chunk: Chunk, world: World, partner: str, random: np.random.Generator) -> Sent:
    """An ambulance trust's incidents, from its dispatch system (British dates, bars between)."""
    calls = chunk.use.ambulance
    at = np.zeros(0, np.int64)
    if partner in calls.provider.values:
        at = np.flatnonzero(calls.provider.index == calls.provider.values.index(partner))
    row, called = calls.row[at], calls.called[at]
    habits = HABITS["ambulance_trust"]
    index = patients(chunk, world, partner, "EPR", _known(chunk, row), habits, random)
    entry = index.entries(row, called)
    people = chunk.residents
    age = (called.astype("datetime64[D]") - people.birth_date[row]).astype(np.int64) // 365.2425
    numbers = row_numbers(chunk.number, len(calls.row))[at]

    def time(values: NDArray[np.datetime64]) -> pa.Array:
        return moments(values[at], BRITISH)

    table = pa.table(
        {
            "CallNumber": padded(numbers, 12),
            "TimeStampT0": time(calls.called),
            "TimeAllocated": time(calls.allocated),
            "TimeAtScene": time(calls.at_scene),
            "TimeLeftScene": time(calls.left_scene),
            "TimeAtDest": time(calls.at_hospital),
            "TimeHandover": time(calls.handed_over),
            "TimeClear": time(calls.clear),
            "Priority": calls.category.take(at).arrow(),
            "DespatchCode": padded(numbers % 33 + 1, 2, "AMPDS-"),
            "ChiefComplaint": calls.complaint.take(at).arrow(),
            "JourneyType": recoded(calls.outcome.take(at), _JOURNEYS),
            "HospitalAttended": calls.hospital.take(at).arrow(),
            "PickupLocationType": picked(
                people.care_home[row].astype(np.int32), ("Home", "Care home")
            ),
            "MainPatientAge": pa.array(age.astype(np.int64)),
            "MainPatientSex": recoded(index.details.sex.take(entry), _LETTERS),
            "PatientRecordNumber": index.column("record_id", entry),
            "NHSNumber": index.column("nhs_number", entry),
            "PatientForename": index.column("forename", entry),
            "PatientSurname": index.column("surname", entry),
            "PatientDOB": index.birth_dates(entry, BRITISH),
            "PatientAddress": index.column("street", entry),
            "PatientPostcode": index.column("postcode", entry),
        }
    )
    return index, iter([Extract(partner, "ambulance", table, called, entry)])


def social_care(chunk: Chunk, world: World, partner: str, random: np.random.Generator) -> Sent:
    """A council's client-level data: requests, assessments, services and reviews."""
    care = chunk.use.social_care
    council = world.lsoa_council.take(chunk.residents.lsoa[care.row])
    at = np.zeros(0, np.int64)
    if partner in council.values:
        at = np.flatnonzero(council.index == council.values.index(partner))
    row, start = care.row[at], care.start[at]
    index = patients(chunk, world, partner, "P", _known(chunk, row), HABITS["council"], random)
    entry = index.entries(row, start)
    numbers = row_numbers(chunk.number, len(care.row))[at]
    table = pa.table(
        {
            "LA_Code": same(partner, len(at)),
            "LA_Person_Unique_Identifier": index.column("record_id", entry),
            "NHS_Number": index.column("nhs_number", entry),
            "First_Name": index.column("forename", entry),
            "Last_Name": index.column("surname", entry),
            "Date_of_Birth": index.birth_dates(entry, BRITISH),
            "Gender": recoded(index.details.sex.take(entry), _WORDS),
            "Ethnicity": index.column("ethnicity", entry),
            "Address": index.column("street", entry),
            "Town": index.column("town", entry),
            "Postcode": index.column("postcode", entry),
            "Date_of_Death": days(chunk.residents.death_date[row], BRITISH),
            "Client_Type": care.client.take(at).arrow(),
            "Primary_Support_Reason": care.reason.take(at).arrow(),
            "Event_Reference_Number": padded(numbers, 12, "E"),
            "Event_Type": care.kind.take(at).arrow(),
            "Event_Start_Date": days(start, BRITISH),
            "Event_End_Date": days(care.end[at], BRITISH),
            "Event_Outcome": care.outcome.take(at).arrow(),
            "Request_Route_of_Access": care.route.take(at).arrow(),
            "Service_Type": care.service.take(at).arrow(),
            "Service_Component": care.component.take(at).arrow(),
            "Delivery_Mechanism": care.mechanism.take(at).arrow(),
        }
    )
    died = chunk.residents.death_date[row]
    later = (
        Later(("Event_End_Date", "Event_Outcome"), care.end[at], np.ones(len(at), bool)),
        Later(("Date_of_Death",), died, np.zeros(len(at), bool)),
    )
    return index, iter([Extract(partner, "social_care", table, start, entry, later)])


def deaths(chunk: Chunk, world: World, partner: str, random: np.random.Generator) -> Sent:
    """The registrar's deaths, in the compact dates of an old system."""
    ends = chunk.use.deaths
    row = ends.row
    index = patients(chunk, world, partner, "D", _known(chunk, row), HABITS["registrar"], random)
    entry = index.entries(row, ends.registered)
    table = pa.table(
        {
            "registration_id": index.column("record_id", entry),
            "date_of_registration": days(ends.registered, COMPACT),
            "dod": days(ends.died, COMPACT),
            "nhs_number": index.column("nhs_number", entry),
            "forename": index.column("forename", entry),
            "surname": index.column("surname", entry),
            "sex": index.column("sex", entry),
            "dob": index.birth_dates(entry, COMPACT),
            "address": joined(
                index.column("street", entry), index.column("town", entry), between=", "
            ),
            "postcode": index.column("postcode", entry),
            "Place_of_occurrence": ends.place.arrow(),
            "icd10u": ends.underlying.arrow(),
            "ICD10001": ends.contributory.arrow(),
        }
    )
    return index, iter([Extract(partner, "deaths", table, ends.registered, entry)])


def charity(chunk: Chunk, world: World, partner: str, random: np.random.Generator) -> Sent:
    """A charity's spreadsheet: headings in plain words, and three people's habits."""
    done = chunk.use.charity
    row, start = done.row, done.start
    index = patients(chunk, world, partner, "", _known(chunk, row), HABITS["charity"], random)
    entry = index.entries(row, start)
    sex = index.details.sex.take(entry)
    small = (random.random(len(row)) < 0.2) & (sex.index >= 0)
    letter = Coded(np.where(small, sex.index + 2, sex.index).astype(np.int32), ("M", "F", "m", "f"))
    table = pa.table(
        {
            "Our ref": index.column("record_id", entry),
            "Date": days(start, BRITISH),
            "First name": index.column("forename", entry),
            "Surname": index.column("surname", entry),
            "D.O.B.": _or_not_known(index.birth_dates(entry, BRITISH), random),
            "M/F": letter.arrow(),
            "Address": index.column("street", entry),
            "Post code": index.column("postcode", entry),
            "Tel.": index.column("phone", entry),
            "NHS no (if known)": index.column("nhs_number", entry),
            "What we did": done.activity.arrow(),
            "How long (mins)": pa.array(done.minutes),
            "Who asked us": done.referred_by.arrow(),
        }
    )
    return index, iter([Extract(partner, "charity", table, start, entry)])


def _or_not_known(column: pa.DictionaryArray, random: np.random.Generator) -> pa.Array:
    """Some gaps are left empty, some say so in words."""
    words = pa.array(np.array(["n/k", "?", "not known"])[random.integers(0, 3, len(column))])
    says_so = pa.array(random.random(len(column)) < 0.5)
    empty = pc.and_(pc.is_null(column), says_so)
    return pc.if_else(empty, words, column.cast(pa.string()))

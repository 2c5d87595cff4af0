"""What the collection from general practice sends: lists, entries, prescriptions, appointments.

Column names are those of EMIS's bulk extract; a patient's number is unique in its practice only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import days, joined, picked, recoded
from joinedup.synthetic.extracts.details import Details, Entries, write_down
from joinedup.synthetic.extracts.extract import Extract
from joinedup.synthetic.extracts.habits import HABITS
from joinedup.synthetic.extracts.numbers import numbers_of_lists, row_numbers
from joinedup.synthetic.interface import Chunk, Coded, World

Ints = NDArray[np.int32]

_SEX: Final = {"1": "M", "2": "F"}
_STATUS: Final = {"Attended": "Finished", "DNA": "Did Not Attend", "Cancelled": "Cancelled by Unit"}
_BY_PATIENT: Final = 0.7  # of cancellations: the patient's (illustrative)


def general_practice(
    chunk: Chunk, world: World, partner: str, random: np.random.Generator
) -> Iterator[Extract]:
    """The four feeds of the practices whose records reach this system."""
    yield _registrations(chunk, world, partner, random)
    yield _entries(chunk, world, partner)
    yield _prescriptions(chunk, world, partner)
    yield _appointments(chunk, world, partner, random)


def list_numbers(chunk: Chunk, world: World, row: Ints, practice: Ints) -> NDArray[np.int64]:
    """The number of some residents at some practices."""
    return numbers_of_lists(chunk.residents.person[row], practice, world.practice_code)


def _entry(world: World, row: Ints, practice: Ints) -> NDArray[np.int64]:
    return row.astype(np.int64) * len(world.practice_code) + practice


def _registrations(
    chunk: Chunk, world: World, partner: str, random: np.random.Generator
) -> Extract:
    people, moves = chunk.residents, chunk.moves
    size = len(people.person)
    moved = np.full(size, np.datetime64("NaT", "D"))
    moved[moves.row] = moves.moved.astype("datetime64[D]")
    now = np.arange(size, dtype=np.int32)
    row = np.concatenate([now, moves.row]).astype(np.int32)
    earlier = np.arange(len(row)) >= size
    practice = np.concatenate([people.practice, moves.earlier_practice])
    joined_list = np.concatenate([people.registered_from, moves.earlier_registered_from])
    changed = moves.earlier_practice != people.practice[moves.row]
    gone = np.where(changed, people.registered_from[moves.row], people.death_date[moves.row])
    left_list = np.concatenate([people.death_date, gone])
    came = np.where(np.isnat(moved), people.registered_from, moved)
    came = np.concatenate([came, moves.earlier_registered_from])
    went = np.concatenate([people.death_date, moves.moved])
    lately = people.surname_changed >= world.start
    here = world.practice_here[practice]
    kept = Entries(
        row=row[here],
        earlier_address=earlier[here],
        earlier_surname=(earlier & lately[row])[here],
        corrected=np.zeros(int(here.sum()), bool),
    )
    details = write_down(chunk, kept, HABITS["general_practice"], random)
    practice = practice[here].astype(np.int32)
    return Extract(
        partner,
        "gp_registrations",
        pa.table(
            {
                "organisation_id": picked(practice, world.practice_code),
                "patient_id": pa.array(list_numbers(chunk, world, kept.row, practice)),
                "nhs_number": details.nhs_number,
                "forename": details.forename,
                "surname": details.surname,
                "date_of_birth": days(details.birth_date),
                "date_of_death": days(people.death_date[kept.row]),
                "sex": recoded(details.sex, _SEX),
                "ethnic_category": details.ethnicity.arrow(),
                "address_line_1": details.street,
                "address_line_2": pa.nulls(len(kept), pa.string()),
                "town": details.town,
                "postcode": details.postcode,
                "lower_layer_super_output_area": picked(details.lsoa, world.lsoa_code),
                "address_start_date": days(came[here]),
                "address_end_date": days(went[here]),
                "telephone": details.phone,
                "email": _emails(chunk, details, kept.row),
                "registration_start_datetime": days(joined_list[here]),
                "registration_end_datetime": days(left_list[here]),
            }
        ),
        joined_list[here],
        _entry(world, kept.row, practice),
    )


def _emails(chunk: Chunk, details: Details, row: Ints) -> pa.StringArray:
    people = chunk.residents
    name = joined(details.forename, ".", details.surname, pa.array(people.person[row] % 97))
    name = pc.replace_substring_regex(pc.utf8_lower(name), "[^a-z0-9.]", "")
    address = joined(name, "@example.org")
    return pc.if_else(pa.array(people.has_email[row]), address, pa.scalar(None, pa.string()))


def _entries(chunk: Chunk, world: World, partner: str) -> Extract:
    entries = chunk.use.gp_entries
    here = np.flatnonzero(world.practice_here[entries.practice])
    row, practice, when = entries.row[here], entries.practice[here], entries.when[here]
    value = entries.value[here]
    table = pa.table(
        {
            "organisation_id": picked(practice, world.practice_code),
            "patient_id": pa.array(list_numbers(chunk, world, row, practice)),
            "observation_id": pa.array(row_numbers(chunk.number, len(entries.row))[here]),
            "effective_datetime": days(when),
            "snomed_concept_id": entries.snomed.take(here).arrow(),
            "term": entries.term.take(here).arrow(),
            "numeric_value": pa.array(value, mask=np.isnan(value)),
            "numeric_unit": entries.unit.take(here).arrow(),
        }
    )
    return Extract(partner, "gp_entries", table, when, _entry(world, row, practice))


def _prescriptions(chunk: Chunk, world: World, partner: str) -> Extract:
    issues = chunk.use.prescriptions
    here = np.flatnonzero(world.practice_here[issues.practice])
    row, practice, when = issues.row[here], issues.practice[here], issues.issued[here]
    repeated = (issues.days[here] >= 28).astype(np.int32)
    table = pa.table(
        {
            "organisation_id": picked(practice, world.practice_code),
            "patient_id": pa.array(list_numbers(chunk, world, row, practice)),
            "issue_record_id": pa.array(row_numbers(chunk.number, len(issues.row))[here]),
            "effective_datetime": pa.array(when.astype("datetime64[D]")),
            "bnf_code": issues.bnf.take(here).arrow(),
            "term": issues.name.take(here).arrow(),
            "quantity": pa.array(issues.quantity[here]),
            "quantity_unit": issues.unit.take(here).arrow(),
            "course_duration_in_days": pa.array(issues.days[here]),
            "prescription_type_description": picked(repeated, ("Acute", "Repeat")),
        }
    )
    return Extract(partner, "gp_prescriptions", table, when, _entry(world, row, practice))


def _appointments(chunk: Chunk, world: World, partner: str, random: np.random.Generator) -> Extract:
    slots = chunk.use.gp_appointments
    here = np.flatnonzero(world.practice_here[slots.practice])
    row, practice, start = slots.row[here], slots.practice[here], slots.start[here]
    minutes = slots.minutes[here]
    left = np.where(minutes > 0, start + minutes.astype("timedelta64[m]"), np.datetime64("NaT"))
    same_day = slots.booked[here].astype("datetime64[D]") == start.astype("datetime64[D]")
    mode = slots.mode.take(here)
    kinds = Coded(
        np.where(same_day, len(mode.values), mode.index).astype(np.int32),
        (*mode.values, "On the day"),
    )
    table = pa.table(
        {
            "organisation_id": picked(practice, world.practice_code),
            "patient_id": pa.array(list_numbers(chunk, world, row, practice)),
            "slot_id": pa.array(row_numbers(chunk.number, len(slots.row))[here]),
            "booked_datetime": pa.array(slots.booked[here].astype("datetime64[s]")),
            "slot_start_datetime": pa.array(start.astype("datetime64[s]")),
            "left_datetime": pa.array(left.astype("datetime64[s]")),
            "slot_type_description": kinds.arrow(),
            "clinician_role": slots.role.take(here).arrow(),
            "current_status_description": _statuses(slots.status.take(here), random),
        }
    )
    return Extract(partner, "gp_appointments", table, start, _entry(world, row, practice))


def _statuses(status: Coded, random: np.random.Generator) -> pa.DictionaryArray:
    """EMIS's words for what became of a slot."""
    values = tuple(_STATUS.get(value, value) for value in status.values)
    cancelled = np.isin(status.index, [i for i, v in enumerate(values) if v == "Cancelled by Unit"])
    by_patient = cancelled & (random.random(len(status.index)) < _BY_PATIENT)
    index = np.where(by_patient, len(values), status.index)
    return picked(index, (*values, "Cancelled by Patient"))

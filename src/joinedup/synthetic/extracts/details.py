"""What a partner has written down of a patient: name, birth, sex, numbers, address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import with_values
from joinedup.synthetic.extracts.habits import Habits
from joinedup.synthetic.extracts.names import forenames, surnames, swapped
from joinedup.synthetic.extracts.numbers import mistyped, spaced
from joinedup.synthetic.extracts.words import with_slips
from joinedup.synthetic.interface import Chunk, Coded

Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int32]

_PLACEHOLDERS: Final = np.array(["1900-01-01", "1901-01-01"], dtype="datetime64[D]")
_SEXES: Final = ("1", "2")


@dataclass(frozen=True, slots=True)
class Entries:
    """Whom a partner wrote down and in which state: one value an entry in its patient index."""

    row: Ints  # place in the chunk's residents
    earlier_address: Flags
    earlier_surname: Flags
    corrected: Flags  # slips have been put right

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Details:
    """The entries' details as written, slips and gaps included: one value an entry."""

    nhs_number: pa.Array
    forename: pa.DictionaryArray
    surname: pa.DictionaryArray
    birth_date: Dates
    sex: Coded  # "1" male, "2" female, none where not known
    ethnicity: Coded
    street: pa.StringArray  # house and street
    town: pa.DictionaryArray
    postcode: pa.DictionaryArray
    lsoa: Ints
    phone: pa.StringArray


def write_down(
    chunk: Chunk, entries: Entries, habits: Habits, random: np.random.Generator
) -> Details:
    """Write entries down as a partner of these habits does.

    Whether a patient's detail is wrong is drawn once for the patient, so that it is the same in
    all the patient's entries until it is corrected.
    """
    people, row = chunk.residents, entries.row
    size = len(people.person)

    def wrong(rate: float) -> Flags:
        hit: Flags = (random.random(size) < rate)[row] & ~entries.corrected
        return hit

    chances = random.random((size, 7))
    forename = forenames(people, row, habits, wrong(habits.name_slip), chances)
    long_ago = (random.random(size) < habits.earlier_surname)[row]
    surname = surnames(
        people, row, entries.earlier_surname | long_ago, habits, wrong(habits.name_slip), chances
    )
    forename, surname = swapped(forename, surname, np.flatnonzero(wrong(habits.names_swapped)))
    nhs_number = _nhs_numbers(chunk, entries, habits, random)
    birth_date = _birth_dates(people.birth_date[row], habits, entries, size, random)
    sex = people.sex.index[row]
    sex = np.where(wrong(habits.sex_wrong), 1 - sex, sex)
    sex = np.where(wrong(habits.sex_missing), -1, sex).astype(np.int32)
    ethnicity = np.where(
        (random.random(size) < habits.ethnicity_missing)[row], -1, people.ethnicity.index[row]
    )
    street, town, postcode, lsoa = _addresses(chunk, entries, habits, random)
    return Details(
        nhs_number=nhs_number,
        forename=forename,
        surname=surname,
        birth_date=birth_date,
        sex=Coded(sex, people.sex.values),
        ethnicity=Coded(ethnicity.astype(np.int32), people.ethnicity.values),
        street=street,
        town=town,
        postcode=postcode,
        lsoa=lsoa,
        phone=_phones(people.phone[row]),
    )


def _nhs_numbers(
    chunk: Chunk, entries: Entries, habits: Habits, random: np.random.Generator
) -> pa.Array:
    people, row = chunk.residents, entries.row
    size = len(people.person)
    number = people.nhs_number.copy()
    # Somebody else's: the twin's where there is one, else the next person's.
    other = np.where(people.twin_of >= 0, people.twin_of, (np.arange(size) + 1) % size)
    taken_over = random.random(size) < np.where(
        people.twin_of >= 0, habits.nhs_of_another * 20, habits.nhs_of_another
    )
    number = np.where(taken_over, people.nhs_number[other], number)
    slips = np.flatnonzero(random.random(size) < habits.nhs_mistyped)
    number[slips] = mistyped(number[slips], random)
    written = np.where(entries.corrected, people.nhs_number[row], number[row])
    absent = (random.random(size) < habits.nhs_missing)[row]
    array = pa.array(written, mask=absent)
    return spaced(array) if habits.spaced_number else array


def _birth_dates(
    true: Dates, habits: Habits, entries: Entries, size: int, random: np.random.Generator
) -> Dates:
    row = entries.row

    def wrong(rate: float) -> Flags:
        hit: Flags = (random.random(size) < rate)[row] & ~entries.corrected
        return hit

    year = true.astype("datetime64[Y]")
    month = true.astype("datetime64[M]").astype(np.int64) % 12
    day = (true - true.astype("datetime64[M]")).astype(np.int64)
    turned = (year.astype("datetime64[M]") + day).astype("datetime64[D]") + month
    made = np.where(wrong(habits.birth_swapped) & (day < 12), turned, true)
    years_out = random.choice(np.array([-10, -1, 1, 10]), size)[row]
    shifted = year + years_out
    other_year = (shifted.astype("datetime64[M]") + month).astype("datetime64[D]")
    other_year = other_year + np.minimum(day, 27)
    possible = other_year <= np.datetime64("2023-03-31")
    made = np.where(wrong(habits.birth_mistyped) & possible, other_year, made)
    placeholder = _PLACEHOLDERS[random.integers(0, 2, size)[row]]
    made = np.where(wrong(habits.birth_placeholder), placeholder, made)
    absent = wrong(habits.birth_missing)
    return np.where(absent, np.datetime64("NaT"), made)


def _addresses(
    chunk: Chunk, entries: Entries, habits: Habits, random: np.random.Generator
) -> tuple[pa.StringArray, pa.DictionaryArray, pa.DictionaryArray, Ints]:
    people, moves, row = chunk.residents, chunk.moves, entries.row
    size = len(people.person)
    move = np.full(size, -1, np.int64)
    move[moves.row] = np.arange(len(moves.row))
    here = np.where(entries.earlier_address, move[row], -1)
    old = here >= 0
    house = np.where(old, moves.earlier_house[here] if len(moves.row) else 0, people.house[row])
    street = _either(people.street.take(row), moves.earlier_street, here)
    town = _either(people.town.take(row), moves.earlier_town, here).arrow()
    postcode = _either(people.postcode.take(row), moves.earlier_postcode, here).arrow()
    lsoa = np.where(old, moves.earlier_lsoa[here] if len(moves.row) else 0, people.lsoa[row])
    line = pc.binary_join_element_wise(
        pc.cast(pa.array(house), pa.string()), street.arrow().cast(pa.string()), " "
    )
    slips = np.flatnonzero((random.random(size) < habits.address_slip)[row])
    line = with_values(
        line, slips, with_slips(line.take(pa.array(slips)), random.random((len(slips), 4)))
    )
    postcode = _postcode_slips(postcode, row, size, habits, random)
    if habits.upper_case:
        line = pc.utf8_upper(line)
        town = pa.DictionaryArray.from_arrays(town.indices, pc.utf8_upper(town.dictionary))
    return line, town, postcode, lsoa.astype(np.int32)


def _postcode_slips(
    postcode: pa.DictionaryArray,
    row: Ints,
    size: int,
    habits: Habits,
    random: np.random.Generator,
) -> pa.DictionaryArray:
    slips = np.flatnonzero((random.random(size) < habits.postcode_mistyped)[row])
    wrong = with_slips(
        postcode.take(pa.array(slips)).cast(pa.string()), random.random((len(slips), 4))
    )
    postcode = with_values(postcode, slips, pc.utf8_upper(wrong))
    absent = np.flatnonzero((random.random(size) < habits.postcode_missing)[row])
    return with_values(postcode, absent, pa.nulls(len(absent), pa.string()))


def _either(now: Coded, earlier: Coded, place: NDArray[np.int64]) -> Coded:
    """The earlier value where `place` names one (0 on), else the one of now."""
    if not len(earlier.index):
        return now
    known = len(now.values)
    index = np.where(place >= 0, known + earlier.index[place], now.index)
    return Coded(index.astype(np.int32), now.values + earlier.values)


def _phones(numbers: NDArray[np.int64]) -> pa.StringArray:
    text = pc.binary_join_element_wise("0", pc.cast(pa.array(numbers), pa.string()), "")
    return pc.if_else(pa.array(numbers > 0), text, pa.scalar(None, pa.string()))

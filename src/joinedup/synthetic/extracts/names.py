"""Names as partners write them: shortened, unaccented, unhyphenated, in capitals, swapped."""

from __future__ import annotations

import unicodedata
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import with_values
from joinedup.synthetic.extracts.habits import Habits
from joinedup.synthetic.extracts.words import with_slips
from joinedup.synthetic.interface import Coded, Residents

Flags = NDArray[np.bool_]
Ints = NDArray[np.int32]

_ACCENTED: Final = {
    "Zoe": "Zoë", "Chloe": "Chloë", "Renee": "Renée", "Sean": "Seán", "Jose": "José",
    "Andre": "André", "Sinead": "Sinéad", "Siobhan": "Siobhán", "Esme": "Esmé", "Helene": "Hélène",
    "Beyza": "Béyza", "Aine": "Áine", "Maria": "María", "Sofia": "Sofía", "Martin": "Martín",
    "Garcia": "García", "Gomez": "Gómez", "Lopez": "López", "Rodriguez": "Rodríguez",
    "Muller": "Müller", "Nunez": "Núñez", "Fernandez": "Fernández", "Bronte": "Brontë",
    "Martinez": "Martínez", "Gonzalez": "González", "Perez": "Pérez", "Sanchez": "Sánchez",
}  # fmt: skip
# Nine in ten of those who could have an accent write none.
_HAS_ACCENT: Final = 0.1
_LOSES_PUNCTUATION: Final = 0.15  # of O'Brien and Smith-Jones (illustrative)


def forenames(
    people: Residents, row: Ints, habits: Habits, slipped: Flags, chances: NDArray[np.float64]
) -> pa.DictionaryArray:
    """Forenames of some residents; `chances` are seven random numbers a resident."""
    known = len(people.forename.values)
    index = people.forename.index[row].copy()
    short = people.nickname.index[row]
    use_short = (short >= 0) & (chances[row, 0] < habits.nickname)
    index = np.where(use_short, known + short, index)
    both = Coded(index.astype(np.int32), people.forename.values + people.nickname.values)
    written = _spelled(both, habits, chances[row])
    initial = (people.middle_initial.index[row] >= 0) & (chances[row, 2] < habits.middle_initial)
    rows = np.flatnonzero(initial)
    letters = people.middle_initial.take(row[rows]).arrow().cast(pa.string())
    with_initial = pc.binary_join_element_wise(
        written.take(pa.array(rows)).cast(pa.string()), letters, " "
    )
    return _slipped(with_values(written, rows, with_initial), slipped, habits, chances[row])


def surnames(
    people: Residents,
    row: Ints,
    earlier: Flags,
    habits: Habits,
    slipped: Flags,
    chances: NDArray[np.float64],
) -> pa.DictionaryArray:
    """Surnames of some residents, the earlier one where `earlier` says so and there is one."""
    known = len(people.surname.values)
    before = people.earlier_surname.index[row]
    index = np.where(earlier & (before >= 0), known + before, people.surname.index[row])
    both = Coded(index.astype(np.int32), people.surname.values + people.earlier_surname.values)
    return _slipped(_spelled(both, habits, chances[row]), slipped, habits, chances[row])


def swapped(
    forename: pa.DictionaryArray, surname: pa.DictionaryArray, rows: NDArray[np.integer]
) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Forename and surname in each other's place in some rows."""
    place = pa.array(rows)
    first = forename.take(place).cast(pa.string())
    last = surname.take(place).cast(pa.string())
    return with_values(forename, rows, last), with_values(surname, rows, first)


def _spelled(names: Coded, habits: Habits, chances: NDArray[np.float64]) -> pa.DictionaryArray:
    """Names with accents and punctuation kept or lost, as this kind of partner does."""
    plain = [_unaccented(name) for name in names.values]
    accented = [_ACCENTED.get(name, name) for name in names.values]
    bare = [name.replace("'", "").replace("-", " ") for name in plain]
    size = len(plain)
    form = np.where(chances[:, 1] < _HAS_ACCENT * habits.accent_kept, 1, 0)
    form = np.where(chances[:, 1] > 1 - _LOSES_PUNCTUATION, 2, form)
    index = np.where(names.index < 0, -1, names.index + form * size).astype(np.int32)
    values = pa.array(plain + accented + bare, pa.string())
    if habits.upper_case:
        values = pc.utf8_upper(values)
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), values)


def _slipped(
    written: pa.DictionaryArray, slipped: Flags, habits: Habits, chances: NDArray[np.float64]
) -> pa.DictionaryArray:
    rows = np.flatnonzero(slipped)
    names = written.take(pa.array(rows)).cast(pa.string())
    made = with_slips(names, chances[rows, 3:])
    return with_values(written, rows, pc.utf8_upper(made) if habits.upper_case else made)


def _unaccented(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))

"""Who each partner's patient really is: for scoring linkage, never read by a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import joined, picked
from joinedup.synthetic.extracts.extract import Extract
from joinedup.synthetic.extracts.general_practice import list_numbers
from joinedup.synthetic.extracts.patients import Patients
from joinedup.synthetic.interface import Chunk, Coded, World

_BANDS: Final = ("0-4", "5-17", "18-39", "40-64", "65-74", "75-84", "85+")
_BAND_ENDS: Final = np.array([5, 18, 40, 65, 75, 85])
_SEXES: Final = {"1": "male", "2": "female"}


def index_truth(
    chunk: Chunk, world: World, partner: str, index: Patients, used: Iterable[Extract]
) -> pa.Table:
    """The truth of one partner's numbers that some row of its files really bears."""
    seen = np.zeros(len(index.row), bool)
    for extract in used:
        seen[index.number_of[extract.entry]] = True
    entry = np.flatnonzero(seen)
    return _truth(chunk, world, partner, index.record_id.take(pa.array(entry)), index.row[entry])


def practice_truth(chunk: Chunk, world: World, partner: str, used: Sequence[Extract]) -> pa.Table:
    """The same for general practice, where a number belongs to a practice."""
    practices = len(world.practice_code)
    seen = np.zeros(len(chunk.residents.person) * practices, bool)
    for extract in used:
        seen[extract.entry] = True
    entry = np.flatnonzero(seen)
    row, practice = (entry // practices).astype(np.int32), (entry % practices).astype(np.int32)
    numbers = pa.array(list_numbers(chunk, world, row, practice))
    record_id = joined(picked(practice, world.practice_code), numbers, between="-")
    return _truth(chunk, world, partner, record_id, row)


def _truth(
    chunk: Chunk, world: World, partner: str, record_id: pa.Array, row: NDArray[np.int32]
) -> pa.Table:
    people = chunk.residents
    age = (world.today - people.birth_date[row]).astype("timedelta64[D]").astype(int) / 365.2425
    decile = np.concatenate([world.lsoa_imd_decile, [0]]).astype(np.int8)
    lsoa = people.lsoa[row]
    outside = ~world.lsoa_here[lsoa]
    sex = Coded(people.sex.index[row], tuple(_SEXES[value] for value in people.sex.values))
    return pa.table(
        {
            "partner": pa.array([partner]).take(pa.array(np.zeros(len(row), np.int32))),
            "record_id": record_id,
            "person": pc.cast(pa.array(people.person[row]), pa.string()),
            "sex": sex.arrow().cast(pa.string()),
            "age_band": picked(np.searchsorted(_BAND_ENDS, age, side="right"), _BANDS).cast(
                pa.string()
            ),
            "imd_decile": pa.array(decile[lsoa], mask=outside),
            "ethnicity": people.ethnicity.take(row).arrow().cast(pa.string()),
        }
    )

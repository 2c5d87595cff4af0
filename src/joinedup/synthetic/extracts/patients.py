"""One partner's patient index: whom it knows, by which number, and what changed when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import days, taken
from joinedup.synthetic.extracts.details import Details, Entries, write_down
from joinedup.synthetic.extracts.habits import Habits
from joinedup.synthetic.extracts.numbers import local_numbers, padded
from joinedup.synthetic.interface import Chunk, Coded, World

Dates = NDArray[np.datetime64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Patients:
    """A partner's patients in one chunk: most have one entry, some a second from a day on."""

    details: Details
    record_id: pa.StringArray  # one value an entry
    row: Ints  # the resident of each entry
    number_of: NDArray[np.int64]  # the entry that first had this entry's record_id
    first: NDArray[np.int64]  # by resident: place of the first entry, -1 where not known here
    later: NDArray[np.int64]  # by resident: place of the second, -1 where there is none
    changed: Dates  # by resident: the day from which the second is used

    def entries(self, row: Ints, when: Dates) -> NDArray[np.int64]:
        """Which entry was used for some residents on some days."""
        day = when.astype("datetime64[D]")
        second = (self.later[row] >= 0) & (day >= self.changed[row])
        return np.where(second, self.later[row], self.first[row])

    def column(self, name: str, entries: NDArray[np.int64]) -> pa.Array:
        """One detail at some entries."""
        value = self.record_id if name == "record_id" else getattr(self.details, name)
        if isinstance(value, Coded):
            return value.take(entries).arrow()
        return taken(value, entries)

    def birth_dates(self, entries: NDArray[np.int64], form: str) -> pa.DictionaryArray:
        """Birth dates at some entries in one form."""
        return days(self.details.birth_date[entries], form)


def patients(
    chunk: Chunk,
    world: World,
    owner: str,
    prefix: str,
    known: NDArray[np.bool_],
    habits: Habits,
    random: np.random.Generator,
) -> Patients:
    """The index of one partner over the residents that it knows.

    News of a move or a new surname arrives late or never; slips are corrected; some patients are
    given a second number by mistake. Each makes a second entry from that day on.
    """
    people = chunk.residents
    size = len(people.person)
    changed, news, second, corrected = _changes(chunk, world, habits, random)
    row = np.flatnonzero(known).astype(np.int32)
    twice = row[~np.isnat(changed[row])]
    every = np.concatenate([row, twice])
    is_later = np.arange(len(every)) >= len(row)
    entries = Entries(
        row=every,
        earlier_address=~is_later | ~news[every],
        earlier_surname=(~is_later | ~news[every]) & _renamed_lately(chunk, world)[every],
        corrected=is_later & corrected[every],
    )
    numbers = local_numbers(people.person[every], is_later & second[every], owner)
    first, later = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    first[row] = np.arange(len(row))
    later[twice] = len(row) + np.arange(len(twice))
    kept = is_later & ~second[every]
    number_of = np.where(kept, first[every], np.arange(len(every)))
    return Patients(
        details=write_down(chunk, entries, habits, random),
        record_id=padded(numbers, 8, prefix),
        row=every,
        number_of=number_of,
        first=first,
        later=later,
        changed=changed,
    )


def _renamed_lately(chunk: Chunk, world: World) -> NDArray[np.bool_]:
    lately: NDArray[np.bool_] = chunk.residents.surname_changed >= world.start
    return lately


def _changes(
    chunk: Chunk, world: World, habits: Habits, random: np.random.Generator
) -> tuple[Dates, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """By resident: the day of the second entry, and whether news, a number or a correction."""
    people, moves = chunk.residents, chunk.moves
    size = len(people.person)
    never = np.datetime64("NaT", "D")
    happened = np.full(size, never)
    happened[moves.row] = moves.moved.astype("datetime64[D]")
    renamed = np.where(_renamed_lately(chunk, world), people.surname_changed, never)
    happened = np.fmax(happened, renamed.astype("datetime64[D]"))
    lag = random.exponential(habits.lag_days, size).astype(np.int64)
    missed = random.random(size) < habits.news_missed
    learnt = np.where(missed, never, happened + lag)
    some_day = world.start.astype("datetime64[D]") + random.integers(0, 1096, size)
    second = random.random(size) < habits.second_record
    # Only a slip can be corrected; most corrections change nothing, so few are drawn.
    corrected = random.random(size) < habits.corrected * 0.1
    other = np.where((second | corrected) & np.isnat(learnt), some_day, learnt)
    return other, ~np.isnat(learnt), second, corrected

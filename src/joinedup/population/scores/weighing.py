"""Published scores of each person, and the conditions behind them.

What a person's codes show is gathered as the bits of a few whole numbers, a bit a condition, in one
pass over the codes, however many scores; weights and hierarchy are then worked out once a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.scores.found import (
    ICD10,
    ListedCode,
    found_by_codes,
    icd10_meanings,
    plain_icd10_codes,
)
from joinedup.population.scores.maps import HUNDREDTHS, Condition, ScoreMap
from joinedup.population.scores.window import (
    AS_AT,
    KEYS,
    Window,
    codes_within,
    dated_people,
)

# Bits of a whole number of 64 that leave its sign alone.
_BITS: Final = 60


@ibis.udf.agg.builtin(name="bit_or", signature=(("int64",), "int64"))  # type: ignore[untyped-decorator]
def _all_bits(word: int) -> int:
    """Every bit that any row has. DuckDB and Spark name it alike; Ibis has it not for Spark."""
    raise NotImplementedError


def weigh(codes: ir.Table, people: ir.Table, window: Window, scored: ScoreMap) -> ir.Table:
    """One row a person and as-at date.

    Columns person_id, as_at_date, score, conditions, diagnoses, refused. score: sum of weights,
    null where no well-formed diagnosis was read: unknown is not nought. conditions: how many count.
    diagnoses, refused: ICD-10 codes read, and not well formed.
    """
    all_of_them = scores_at_once(codes, people, window, [scored])
    return all_of_them.rename(score=f"{scored.name}_score", conditions=f"{scored.name}_conditions")


def scores_at_once(
    codes: ir.Table, people: ir.Table, window: Window, several: Sequence[ScoreMap]
) -> ir.Table:
    """Several scores in one pass: as `weigh`, with NAME_score and NAME_conditions for each."""
    marks = _Marks(tuple(several))
    seen = _seen(codes, people, window, marks)
    everybody = dated_people(people, window).left_join(seen, list(_keys(window)))
    return everybody.select(
        *KEYS,
        **{
            name: value
            for scored in several
            for name, value in _score(everybody, scored, marks).items()
        },
        diagnoses=everybody.diagnoses.coalesce(0),
        refused=everybody.refused.coalesce(0),
    )


def weighed_conditions(
    codes: ir.Table, people: ir.Table, window: Window, scored: ScoreMap
) -> ir.Table:
    """Why a score is what it is: person_id, as_at_date, condition, name, first_date, points.

    points: what it adds to the score, nought where a graver condition counts in its place; a
    person's points sum to the score.
    """
    found = found_by_codes(codes, listed_codes(scored), people, window)
    about = ibis.memtable(
        [(one.key, one.name, one.weight_hundredths, one.gives_way_to) for one in scored.conditions],
        schema={"key": "string", "name": "string", "hundredths": "int64", "graver": "string"},
    )
    named = found.inner_join(about, found.condition == about.key)
    others = found.select(other_id="person_id", other_date=AS_AT, other="condition").view()
    beside = named.left_join(
        others,
        [
            named.person_id == others.other_id,
            named.as_at_date == others.other_date,
            named.graver == others.other,
        ],
    )
    counted = beside.other.isnull().ifelse(beside.hundredths, 0)
    return beside.select(
        *KEYS, "condition", "name", "first_date", points=_in_units(counted, scored)
    )


def listed_codes(scored: ScoreMap) -> tuple[ListedCode, ...]:
    """The codes of a published map, one by one."""
    return tuple(
        ListedCode(one.key, ICD10, code) for one in scored.conditions for code in one.codes
    )


class _Marks:
    """Which bit of which word stands for which condition of which score."""

    def __init__(self, several: tuple[ScoreMap, ...]) -> None:
        self._several = several
        keys = [f"{scored.name}:{one.key}" for scored in several for one in scored.conditions]
        self._places = {key: place for place, key in enumerate(keys)}
        self.words = tuple(f"word_{n}" for n in range((len(keys) - 1) // _BITS + 1))

    def has(self, seen: ir.Table, scored: ScoreMap, key: str) -> ir.BooleanValue:
        """Whether a person's words show a condition."""
        place = self._places[f"{scored.name}:{key}"]
        return (seen[self.words[place // _BITS]] & self._bit(place)) != 0

    def listed(self) -> tuple[ListedCode, ...]:
        """The codes of all the scores, their conditions named by score."""
        return tuple(
            ListedCode(f"{scored.name}:{one.condition}", one.system, one.code)
            for scored in self._several
            for one in listed_codes(scored)
        )

    def bits(self) -> ir.Table:
        """Each condition and its bit: condition, and a column for each word."""
        rows = [
            (key, *(self._bit(place) if n == place // _BITS else 0 for n in range(len(self.words))))
            for key, place in self._places.items()
        ]
        return ibis.memtable(
            rows, schema={"condition": "string", **dict.fromkeys(self.words, "int64")}
        )

    def of_codes(self, codes: ir.Table) -> ir.Table:
        """Each distinct well-formed code, as `marked`, and the bits of what it stands for."""
        meant = icd10_meanings(codes, self.listed()).inner_join(self.bits(), "condition")
        marks = meant.group_by("code").aggregate(
            **{word: _all_bits(meant[word]) for word in self.words}
        )
        plain = plain_icd10_codes(codes)
        joined = plain.filter(plain.plain.notnull()).left_join(marks, "code")
        return joined.select(
            marked="code", **{word: joined[word].coalesce(0) for word in self.words}
        )

    @staticmethod
    def _bit(place: int) -> int:
        return 1 << (place % _BITS)


def _seen(codes: ir.Table, people: ir.Table, window: Window, marks: _Marks) -> ir.Table:
    """What each person's ICD-10 codes show, as bits; and how many were read and refused."""
    ours = codes.filter(codes.system == ICD10)
    within = codes_within(ours, people, window)
    of_codes = marks.of_codes(ours)
    marked = within.left_join(of_codes, within.code == of_codes.marked)
    return marked.group_by(*_keys(window)).aggregate(
        diagnoses=marked.marked.count(),
        refused=marked.count() - marked.marked.count(),
        **{word: _all_bits(marked[word]) for word in marks.words},
    )


def _score(seen: ir.Table, scored: ScoreMap, marks: _Marks) -> dict[str, ir.Value]:
    def counts(one: Condition) -> ir.BooleanValue:
        shown = marks.has(seen, scored, one.key)
        return shown & ~marks.has(seen, scored, one.gives_way_to) if one.gives_way_to else shown

    counted = [(counts(one), one.weight_hundredths) for one in scored.conditions]
    total = _sum([is_so.ifelse(weight, 0) for is_so, weight in counted if weight])
    score = (seen.diagnoses > 0).ifelse(_in_units(total, scored), ibis.null())
    how_many = _sum([is_so.ifelse(1, 0) for is_so, _ in counted]).cast("int64").coalesce(0)
    return {f"{scored.name}_score": score, f"{scored.name}_conditions": how_many}


def _sum(parts: list[ir.IntegerValue]) -> ir.IntegerValue:
    """The sum, in halves: 109 parts one inside the other are deep for a compiler of queries."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return _sum(parts[:half]) + _sum(parts[half:])


def _in_units(hundredths: ir.IntegerValue, scored: ScoreMap) -> ir.NumericValue:
    if scored.is_whole:
        return (hundredths // HUNDREDTHS).cast("int64")
    return hundredths.cast("float64") / float(HUNDREDTHS)


def _keys(window: Window) -> tuple[str, ...]:
    """What tells rows apart: where all have one date, the person alone, which is quicker."""
    return ("person_id",) if window.on is not None else KEYS

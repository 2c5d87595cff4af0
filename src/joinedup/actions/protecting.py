"""Measures as they may leave the pseudonymous zone: small numbers hidden, the rest rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup import tables
from joinedup.methods import crude_rate, proportion
from joinedup.population import Measure
from joinedup.safeguards.disclosure import (
    PUBLISHED_RULE,
    DisclosureRule,
    Sum,
    protect,
    sums_of_areas,
    sums_of_breakdowns,
)
from joinedup.tables.code_sets import BREAKDOWNS
from joinedup.terms import DisclosureError

_TOTAL: Final = ("all", BREAKDOWNS["all"])
# A standardised rate is made of many counts; three digits of it give back none of them.
_DIGITS: Final = 3
# Footprints that lie within one another: networks and councils may differ from neighbourhoods and
# places by a few streets, and what lies between could be worked out.
RESIDENT_AND_REGISTERED: Final = (
    "neighbourhood", "place", "system", "practice", "registered_network", "registered_system",
)  # fmt: skip
PROVIDERS: Final = ("provider",)
HANDED_ON: Final = (*RESIDENT_AND_REGISTERED, *PROVIDERS)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What is tried to be handed on together.

    `most_small`: the share of the counts of one measure, kind of footprint, period and breakdown
    that may be small.
    """

    most_small: float
    breakdowns: tuple[str, ...] = tuple(BREAKDOWNS)
    footprints: tuple[str, ...] = HANDED_ON


# The next is tried where no hiding would do with the one before: few people, or footprints that
# are nearly the same.
_ATTEMPTS: Final = (
    _Attempt(0.05),
    _Attempt(0.0),
    _Attempt(0.0, ("all",)),
    _Attempt(0.0, tuple(BREAKDOWNS), ("system", *PROVIDERS)),
    _Attempt(0.0, ("all",), ("system", *PROVIDERS)),
)
_METHODS: Final = ("proportion", "rate", "standardised_rate")


def protected_values(
    values: pa.Table,
    measures: Sequence[Measure],
    units: Sequence[pa.Table],
    rule: DisclosureRule = PUBLISHED_RULE,
) -> pa.Table:
    """`tables.MEASURES` of `tables.MEASURE_VALUES`: of `HANDED_ON` footprints.

    `units`: for each way in which people are placed (where they live, where they are registered)
    a table of unit, footprint_kind and area, by which areas add up. A measure is left out for a
    kind of footprint, period and breakdown in which too many of its counts are small: what could
    still be shown would tell little. Where no hiding would do, still more is left out.
    """
    per = {one.about.id: one.per for one in measures}
    found = [tables.MEASURES.schema().to_pyarrow().empty_table()]
    for footprints in (RESIDENT_AND_REGISTERED, PROVIDERS):
        of_these = values.filter(pc.is_in(values["footprint"], pa.array(footprints)))
        sums = [area for one in units for area in sums_of_areas(_of(one, footprints))]
        found.append(_protected(of_these, measures, sums, per, rule))
    return pa.concat_tables(found).sort_by([(name, "ascending") for name in tables.MEASURES.key])


def _of(units: pa.Table, footprints: Sequence[str]) -> pa.Table:
    return units.filter(pc.is_in(units["footprint_kind"], pa.array(footprints)))


def _protected(
    values: pa.Table,
    measures: Sequence[Measure],
    sums: Sequence[Sum],
    per: Mapping[str, int],
    rule: DisclosureRule,
) -> pa.Table:
    """What may be handed on of some values: the more, the fewer small counts stand in the way."""
    for one in _ATTEMPTS:
        asked = values.filter(
            pc.and_(
                pc.is_in(values["breakdown"], pa.array(one.breakdowns)),
                pc.is_in(values["footprint"], pa.array(one.footprints)),
            )
        )
        kept = asked.filter(pc.invert(_is_too_fine(asked, rule, one.most_small)))
        cells = _cells(kept, measures)
        try:
            shown = protect(cells, rule, [*sums_of_breakdowns(cells, _TOTAL), *sums]).table
        except DisclosureError:
            continue
        return _promised(kept, shown, per, rule)
    return tables.MEASURES.schema().to_pyarrow().empty_table()


def _is_too_fine(values: pa.Table, rule: DisclosureRule, most_small: float) -> pa.Array:
    """The rows of blocks of which more than a share of counts would be suppressed."""
    block = pc.binary_join_element_wise(
        values["measure_id"],
        values["footprint"],
        values["breakdown"],
        pc.strftime(values["period_start"], "%Y-%m-%d"),
        "|",
    )
    coded = block.combine_chunks().dictionary_encode().indices.to_numpy()
    is_small = np.asarray(pc.less_equal(values["numerator"], rule.threshold))
    share = np.bincount(coded, weights=is_small) / np.bincount(coded)
    return pa.array(share[coded] > most_small)


def _cells(values: pa.Table, measures: Sequence[Measure]) -> pa.Table:
    who = {one.about.id: _population_of(one) for one in measures}
    period = pc.binary_join_element_wise(
        pc.strftime(values["period_start"], "%Y-%m-%d"),
        pc.strftime(values["period_end"], "%Y-%m-%d"),
        "/",
    )
    return pa.table(
        {
            "measure_id": values["measure_id"],
            "footprint_kind": values["footprint"],
            "area": values["area"],
            "period": period,
            "breakdown": values["breakdown"],
            "category": values["category"],
            "numerator": pc.cast(pc.round(values["numerator"]), pa.int64()),
            # Person-years in whole days, as only whole numbers add up.
            "denominator": pc.cast(
                pc.round(pc.multiply(values["denominator"], _days(values))), pa.int64()
            ),
            "population_id": pa.array([who[one] for one in values["measure_id"].to_pylist()]),
            "is_proportion": pc.equal(values["method"], "proportion"),
        }
    )


def _days(values: pa.Table) -> pa.ChunkedArray:
    """Days in a year of each row's denominator: 1 where it is people or events."""
    length = pc.subtract(
        pc.cast(pc.cast(values["period_end"], pa.int32()), pa.int64()),
        pc.cast(pc.cast(values["period_start"], pa.int32()), pa.int64()),
    )
    return pc.if_else(pc.equal(values["method"], "proportion"), 1, length)


def _population_of(measure: Measure) -> str:
    """The same for measures of the same denominator."""
    if measure.is_of_events:
        return measure.about.id
    people = measure.people
    registers = "+".join(sorted(people.registers))
    counted = "years" if measure.is_rate else "people"
    return f"{counted} {people.from_age} {people.to_age} {people.sex} {registers}"


def _promised(
    values: pa.Table, shown: pa.Table, per: Mapping[str, int], rule: DisclosureRule
) -> pa.Table:
    top = _floats(shown["numerator"])
    below = _floats(shown["denominator"]) / _floats(_days(values))
    times = np.array([per[one] for one in values["measure_id"].to_pylist()], dtype=np.float64)
    found = np.full((3, len(top)), np.nan)
    method = np.array(values["method"].to_pylist(), dtype=object)
    for name in _METHODS:
        here = (method == name) & ~np.isnan(top) & ~np.isnan(below) & (below > 0)
        found[:, here] = _figures(name, values, top, below, times, here)
    columns = {name: values[name] for name in values.column_names}
    columns |= {
        "numerator": pc.cast(shown["numerator"], pa.int64()),
        "denominator": pa.array(np.round(below), pa.float64(), from_pandas=True).cast(pa.int64()),
        **{
            name: pa.array(found[place], pa.float64(), from_pandas=True)
            for place, name in enumerate(("value", "lower", "upper"))
        },
        "status": _status(shown, found[0]),
        "rule": pa.array([f"{rule.id} {rule.version}"] * values.num_rows),
    }
    schema = tables.MEASURES.schema().to_pyarrow()
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _figures(
    method: str, values: pa.Table, top: NDArray[np.float64], below: NDArray[np.float64],
    times: NDArray[np.float64], here: NDArray[np.bool_],
) -> NDArray[np.float64]:  # fmt: skip
    """Value and interval of some rows: from the counts as shown, so that they tell no more."""
    if method == "standardised_rate":
        exact = [_floats(values[name])[here] for name in ("value", "lower", "upper")]
        return np.stack([_to_digits(one) for one in exact])
    if method == "rate":
        interval = crude_rate(top[here], below[here], multiplier=1)
    else:
        interval = proportion(np.minimum(top, below)[here], below[here])
    return np.stack([interval.value, interval.lower, interval.upper]) * times[here]


def _to_digits(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.abs(numbers))))
        rounded = np.round(numbers * scale) / scale
    return np.where(numbers == 0, 0.0, rounded)


def _status(shown: pa.Table, value: NDArray[np.float64]) -> pa.Array:
    """Why a row reads as it does: the worse of its two counts; too few for a standardised rate."""
    top, below = shown["numerator_status"].to_pylist(), shown["denominator_status"].to_pylist()
    hidden = ("missing", "suppressed", "withheld_secondary")
    found = []
    for one, other, number in zip(top, below, value.tolist(), strict=True):
        worst = next((status for status in hidden if status in (one, other)), None)
        found.append(worst or ("too_few" if number != number else one))
    return pa.array(found, pa.string())


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)

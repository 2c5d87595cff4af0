"""Emergency use of each neighbourhood beside what its people's age, sex and need foretell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import ibis.expr.types as ir

from joinedup import flow, population
from joinedup.actions.flow.answer import NOT_SHOWN, Answer, Cell, Part
from joinedup.actions.flow.period import Dates, Look, look
from joinedup.actions.flow.small_numbers import Figure, shown_rows
from joinedup.methods import indirectly_standardised_ratio
from joinedup.terms import NotFoundError

_STRATA: Final = ("band", "sex_name", "segment")
_AREA: Final = "neighbourhood"
_COLUMNS: Final = (
    "use", "neighbourhood", "name", "people", "observed", "expected", "ratio", "lower", "upper",
    "reading",
)  # fmt: skip


def look_at_demand(folder: Path, dates: Dates) -> Answer:
    """Emergency attendances and admissions by neighbourhood: observed, expected, and their ratio.

    Indirectly standardised by age band, sex and segment over all residents; intervals are Byar's,
    from the counts as shown. NotFoundError where the snapshot has no segments.
    """
    with look(folder, dates) as looked:
        people = _people(looked)
        held = flow.between(looked.contacts(), looked.start, looked.end)
        uses = (
            ("emergency attendances", _of(held, "attendance", held.setting == "emergency")),
            ("emergency admissions", _of(held, "spell", held.urgency == "emergency")),
        )
        names = looked.area_names(_AREA)
        rows = tuple(row for use, events in uses for row in _rows(use, people, events, names))
        part = Part("demand", "Emergency use against expectation", _COLUMNS, rows)
        return looked.answer("Demand", (part,), *_notes())


def _people(looked: Look) -> ir.Table:
    """Residents alive at the end of the period, with area and strata."""
    system = looked.system
    segments = system.segments
    # Several segmentations would each give their own answer: the first by name is taken.
    kind = segments.segmentation.min().to_pyarrow().as_py()
    if kind is None:
        raise NotFoundError(
            "nobody is in a segment in the serving snapshot.",
            where=looked.system.snapshot.id,
            cure="Declare a segmentation in measures/ and run 'joinedup run'.",
        )
    need = segments.filter(segments.segmentation == kind).select("person_id", "segment")
    there = population.people_in_period(system.persons, looked.start, looked.end)
    there = there.filter(there.is_at_end).select("person_id", "band", "sex_name")
    homes = population.home_of(system.residences, looked.last)
    areas = population.memberships_on(
        system.footprints, member_kind="lsoa", of_kind=_AREA, on=looked.last
    )
    lives = homes.inner_join(areas, homes.lsoa_code == areas.member).select("person_id", "area")
    return there.inner_join(lives, "person_id").left_join(need, "person_id").drop("person_id_right")


def _of(contacts: ir.Table, kind: str, is_wanted: ir.BooleanValue) -> ir.Table:
    return contacts.filter((contacts.kind == kind) & is_wanted)


def _rows(
    use: str, people: ir.Table, events: ir.Table, names: Mapping[str, str]
) -> list[tuple[Cell, ...]]:
    areas = flow.emergency_demand(people, events, _STRATA).order_by("area")
    found = areas.to_pyarrow().to_pylist()
    counts = [[row["people"], row["observed"]] for row in found]
    # Expected sums to observed, so that the total is as good as published.
    groups = [range(len(found))] if found else []
    shown = shown_rows(("people", "observed"), counts, groups=groups)
    rows = []
    for row, (residents, observed) in zip(found, shown, strict=False):
        code = row["area"]
        figures = _ratio(observed, row["expected"])
        rows.append((use, code, names.get(code, code), residents, observed, *figures))
    return rows


def _ratio(observed: Figure, expected: float) -> tuple[Cell, ...]:
    """Expected, ratio, its interval and how to read it."""
    if observed is NOT_SHOWN or observed is None:
        return NOT_SHOWN, NOT_SHOWN, NOT_SHOWN, NOT_SHOWN, "hidden"
    rounded = round(expected, 1)
    if not rounded:
        return rounded, None, None, None, "nothing expected"
    # One band whose rate is 1 and whose person-years are those expected: observed over expected.
    found = indirectly_standardised_ratio(
        [observed], [[rounded]], reference_events=[1.0], reference_person_years=[1.0]
    )
    value, lower, upper = (
        round(float(each[0]), 2) for each in (found.value, found.lower, found.upper)
    )
    reading = (
        "more than expected" if lower > 1 else "less than expected" if upper < 1 else "as expected"
    )
    return rounded, value, lower, upper, reading


def _notes() -> tuple[str, ...]:
    return (
        "Expected: the rates of all residents of the same age band, sex and segment, times the "
        "neighbourhood's people. Compare each with all, not with each other.",
        "Of residents alive at the end of the period. Segments are as at the newest extract: where "
        "they are made from emergency use, they explain away what is looked for.",
        "Ratios and Byar's 95% intervals are of the counts as shown.",
    )

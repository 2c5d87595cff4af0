"""Sum what people add to each measure, by footprint, breakdown and age band: small tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from joinedup.population.counting import COUNTED
from joinedup.population.people import deprivation_fifth
from joinedup.tables.code_sets import BREAKDOWNS

# Footprints by where people live, and by the practice that they are registered with.
RESIDENT: Final = ("neighbourhood", "place", "council", "network", "system")
REGISTERED: Final = ("practice", "registered_network", "registered_system")

_COLUMN_OF: Final = {
    "sex": "sex_name",
    "age_group": "age_group",
    "deprivation": "deprivation",
    "ethnicity": "ethnicity_group",
}


@dataclass(frozen=True, slots=True)
class Grouping:
    """One footprint by one breakdown: the columns of `placed` people that it takes."""

    footprint: str
    breakdown: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where people count: `homes` (person_id, lsoa_code), `practices` (person_id, practice_code);
    `areas_of` each footprint (member, area) by its name; `small_areas` (lsoa_code, imd_decile).
    """

    homes: ir.Table
    practices: ir.Table
    areas_of: Mapping[str, ir.Table]
    small_areas: ir.Table


def placed(people: ir.Table, places: Places) -> ir.Table:
    """People with a column for each footprint, null outside, and their `deprivation` fifth."""
    homes = places.homes.select(home_id="person_id", lsoa_code="lsoa_code")
    practices = places.practices.select(listed_id="person_id", practice_code="practice_code")
    wide = people.left_join(homes, people.person_id == homes.home_id)
    wide = wide.left_join(practices, wide.person_id == practices.listed_id)
    columns = []
    for footprint, areas in places.areas_of.items():
        by = "practice_code" if footprint in REGISTERED else "lsoa_code"
        named = areas.select(**{f"{footprint}__": areas.member, footprint: areas.area})
        wide = wide.left_join(named, wide[by] == named[f"{footprint}__"])
        columns.append(footprint)
    deciles = places.small_areas.select(small_area="lsoa_code", imd_decile="imd_decile")
    wide = wide.left_join(deciles, wide.lsoa_code == deciles.small_area)
    return wide.select(*people.columns, *columns, deprivation=deprivation_fifth(wide.imd_decile))


def groupings() -> tuple[Grouping, ...]:
    """Every footprint by every breakdown, and what `placed` people are grouped by for it."""
    return tuple(
        Grouping(
            footprint,
            breakdown,
            (footprint, *([_COLUMN_OF[breakdown]] if breakdown != "all" else []), "band"),
        )
        for footprint in (*RESIDENT, *REGISTERED)
        for breakdown in BREAKDOWNS
    )


def cells_of(sums: pa.Table, grouping: Grouping) -> pa.Table:
    """Sums of one grouping with columns area, category and band; what lies outside is left out."""
    area = sums[grouping.footprint]
    category = (
        sums[_COLUMN_OF[grouping.breakdown]]
        if grouping.breakdown != "all"
        else pa.array([BREAKDOWNS["all"]] * sums.num_rows, pa.string())
    )
    named = {name: sums[name] for name in sums.column_names if name.startswith(COUNTED)}
    cells = pa.table({"area": area, "category": category, "band": sums["band"], **named})
    return cells.filter(pc.is_valid(cells["area"]))

"""The step that tells who is on which register, and every measure for every footprint."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from statistics import median
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from joinedup import population, tables
from joinedup.actions.protecting import protected_values
from joinedup.actions.steps import SHARED_CODE, code_version, step_key
from joinedup.actions.take_in import TakenIn
from joinedup.actions.work import Work
from joinedup.engines import GROUPING
from joinedup.population import (
    Definitions,
    Measure,
    Period,
    Places,
    Records,
    Register,
    cells_of,
    counts_by_person,
    counts_by_provider,
    values_of,
)
from joinedup.population.cells import REGISTERED, RESIDENT
from joinedup.population.counting import COUNTED
from joinedup.tables.code_sets import BREAKDOWNS

STEP: Final = "measure"
# A year counts where none of its months has less than this share of the usual month's events.
_COVERED: Final = 0.5
_CONTACTS: Final = ("appointment", "attendance", "spell", "contact", "incident")


def measure(work: Work, taken: TakenIn) -> None:
    """Write `register_members` and `measure_values`."""
    definitions = population.read_definitions(
        [population.shipped_definitions(), work.system.measures]
    )
    as_at = newest_extract(taken)
    digest = hashlib.sha256(repr(definitions).encode()).hexdigest()
    code = code_version(
        "population",
        "methods",
        "safeguards",
        "actions/measuring.py",
        "actions/protecting.py",
        *SHARED_CODE,
    )
    basis = step_key(STEP, code, digest, work.system.measure_years)
    where = [work.made[one.name].files for one in (tables.MEMBERSHIPS, tables.SMALL_AREAS)]
    key = step_key(basis, work.step_keys["record"], as_at, where)
    with work.steps.measured(STEP, "Telling who is on which register, and every measure") as step:
        step.reused = work.take_over(STEP, key, basis)
        if not step.reused:
            _measure(work, definitions, as_at)


def newest_extract(taken: TakenIn) -> dt.date:
    """The day as at which people are counted: of the newest extract taken in, or today."""
    today = dt.datetime.now(dt.UTC).date()
    dates = [one.extract_date for one in taken.accounts if one.outcome == "accepted"]
    return min(max((day for day in dates if day), default=today), today)


def _measure(work: Work, definitions: Definitions, as_at: dt.date) -> None:
    needed = {name for one in definitions.ready_registers for name in one.needs_lists}
    needed |= {name for one in definitions.ready_measures for name in one.needs_lists}
    lists = {name: one for name, one in definitions.lists.items() if name in needed}
    codes = work.read(tables.CODES)
    listed = work.keep("listed", population.in_lists(codes, population.list_codes(lists)))
    members = _members(work, definitions.ready_registers, listed, as_at, "now")
    work.write_by_person(STEP, tables.REGISTER_MEMBERS, [members])
    living = population.living(work.read(tables.PERSONS), as_at)
    segmented = [
        population.segment_people(one, living=living, members=members, on=as_at)
        for one in definitions.segmentations.values()
    ]
    work.write_by_person(STEP, tables.SEGMENTS, segmented)
    found = []
    for period in _periods(work.read(tables.EVENTS), as_at, work.system.measure_years):
        found += _values_in(work, definitions, listed, period)
    empty = tables.MEASURE_VALUES.schema().to_pyarrow().empty_table()
    values = pa.concat_tables([empty, *found]).sort_by(
        [(name, "ascending") for name in tables.MEASURE_VALUES.key]
    )
    declared = tables.MEASURE_VALUES
    work.write(STEP, declared, ibis.memtable(values, schema=declared.schema()))
    shown = protected_values(values, definitions.ready_measures, _units(work, as_at))
    work.write(STEP, tables.MEASURES, ibis.memtable(shown, schema=tables.MEASURES.schema()))


def _units(work: Work, as_at: dt.date) -> tuple[pa.Table, pa.Table]:
    """What every footprint is made of: LSOAs of where people live, practices of where they are
    registered; unit, footprint_kind and area.
    """
    memberships = work.read(tables.MEMBERSHIPS)
    areas_of = _areas_of(memberships, as_at)
    found = []
    for kinds in (RESIDENT, REGISTERED):
        named = [
            areas_of[kind].select(unit="member", footprint_kind=ibis.literal(kind), area="area")
            for kind in kinds
        ]
        found.append(ibis.union(*named).to_pyarrow())
    return found[0], found[1]


def _areas_of(memberships: ir.Table, on: dt.date) -> dict[str, ir.Table]:
    """What each footprint holds on a day: member and area, by the footprint's name."""

    def held(member_kind: str, of_kind: str) -> ir.Table:
        return population.memberships_on(
            memberships, member_kind=member_kind, of_kind=of_kind, on=on
        )

    practices = held("practice", "system")
    return {
        **{kind: held("lsoa", kind) for kind in RESIDENT},
        "practice": practices.select("member", area="member"),
        "registered_network": held("practice", "network"),
        "registered_system": practices,
    }


def _members(
    work: Work, registers: Sequence[Register], listed: ir.Table, on: dt.date, name: str
) -> ir.Table:
    """Members of all registers as at a date, those that need no other register first."""
    living = population.living(work.read(tables.PERSONS), on)
    facts = work.keep(f"facts_{name}", population.facts_by_person(listed, on))
    told: dict[str, int] = {}
    for one in registers:
        told[one.about.id] = max((told[n] + 1 for n in one.needs_registers), default=0)
    members = ibis.memtable([], schema=population.MEMBERS)
    for depth in range(max(told.values(), default=-1) + 1):
        found = population.members_of(
            [one for one in registers if told[one.about.id] == depth],
            persons=living,
            listed=listed,
            facts=facts,
            events=work.read(tables.EVENTS),
            others=members,
            on=on,
        )
        members = work.keep(f"members_{name}_{depth}", members.union(found))
    return members


def _periods(events: ir.Table, as_at: dt.date, most: int) -> list[Period]:
    """The last years of twelve whole months of which every month has its events."""
    end = (as_at + dt.timedelta(days=1)).replace(day=1)
    contacts = events.filter(events.kind.isin(_CONTACTS))
    month = contacts.start_at.year() * 12 + contacts.start_at.month() - 1
    counted = contacts.group_by(month=month).aggregate(events=lambda t: t.count())
    by_month = {row["month"]: row["events"] for row in counted.to_pyarrow().to_pylist()}
    usual = median(by_month.values()) if by_month else 0
    periods = []
    for years in range(1, most + 1):
        start = end.replace(year=end.year - years)
        first = start.year * 12 + start.month - 1
        if all(by_month.get(first + n, 0) > usual * _COVERED for n in range(12)):
            periods.append(Period(start, start.replace(year=start.year + 1)))
    return periods


def _values_in(
    work: Work, definitions: Definitions, listed: ir.Table, period: Period
) -> list[pa.Table]:
    measures = definitions.ready_measures
    members = _members(work, definitions.ready_registers, listed, period.last, f"{period.start}")
    records = Records(work.read(tables.EVENTS), listed, members)
    people = population.people_in_period(work.read(tables.PERSONS), period.start, period.end)
    placed = work.keep("placed", population.placed(people, _places(work, period)))
    wide = work.keep("wide", counts_by_person(measures, placed, records, period))
    found = []
    groupings = population.groupings()
    names = [name for name in wide.columns if name.startswith(COUNTED)]
    sums = work.engine.sum_by(wide, [one.keys for one in groupings], names)
    for place, one in enumerate(groupings):
        mine = sums.filter(pc.equal(sums[GROUPING], place))
        values = values_of(
            cells_of(mine, one), measures, period.days, is_by_age=one.breakdown == "age_group"
        )
        found.append(_promised(values, one.footprint, one.breakdown, period))
    return [*found, _by_provider(measures, records, period)]


def _by_provider(measures: Sequence[Measure], records: Records, period: Period) -> pa.Table:
    of_events = [one for one in measures if one.is_of_events]
    if not of_events:
        return tables.MEASURE_VALUES.schema().to_pyarrow().empty_table()
    counted = counts_by_provider(of_events, records, period)
    cells = counted.rename(area="organisation").mutate(
        category=ibis.literal(BREAKDOWNS["all"]), band=ibis.null("int64")
    )
    values = values_of(cells.to_pyarrow(), of_events, period.days)
    return _promised(values, "provider", "all", period)


def _promised(values: pa.Table, footprint: str, breakdown: str, period: Period) -> pa.Table:
    schema = tables.MEASURE_VALUES.schema().to_pyarrow()
    same = {
        "footprint": footprint,
        "breakdown": breakdown,
        "period_start": period.start,
        "period_end": period.end,
    }
    columns = [
        pa.array([same[name]] * values.num_rows, schema.field(name).type)
        if name in same
        else values[name]
        for name in schema.names
    ]
    return pa.table(columns, schema=schema)


def _places(work: Work, period: Period) -> Places:
    small = work.read(tables.SMALL_AREAS)
    vintage = small.lsoa_vintage.min().as_scalar()
    return Places(
        homes=_at_end_or_start(population.home_of, work.read(tables.RESIDENCES), period),
        practices=_at_end_or_start(population.practice_of, work.read(tables.REGISTRATIONS), period),
        areas_of=_areas_of(work.read(tables.MEMBERSHIPS), period.last),
        small_areas=small.filter(small.lsoa_vintage == vintage),
    )


def _at_end_or_start(where, stated: ir.Table, period: Period) -> ir.Table:  # type: ignore[no-untyped-def]
    """Where people were on the last day, or, having died or left since, on the first."""
    last = where(stated, period.last)
    first = where(stated, period.start)
    return last.union(first.anti_join(last, "person_id"))

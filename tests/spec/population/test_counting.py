"""What each person adds to a measure, and what areas' sums come to."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from joinedup.engines import GROUPING, Engine
from joinedup.population import (
    About,
    Count,
    EventRule,
    Measure,
    People,
    Period,
    Places,
    Records,
    ValueRule,
    cells_of,
    counts_by_person,
    counts_by_provider,
    groupings,
    people_in_period,
    placed,
    values_of,
)
from joinedup.population.cells import REGISTERED, RESIDENT
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

YEAR = Period(dt.date(2025, 4, 1), dt.date(2026, 4, 1))
PERSONS = drawn(
    """
    person_id | sex    | birth_month | death_date | ethnicity
    PA        | female | 1950-02-01  | -          | A
    PB        | male   | 2025-10-01  | -          | H
    PC        | male   | 1990-01-01  | 2025-04-11 | -
    PD        | -      | -           | -          | S
    PE        | female | 1980-01-01  | 2025-03-31 | A
    """,
    birth_month="date",
    death_date="date",
)
EVENTS = drawn(
    """
    event_id | person_id | organisation | setting   | kind       | urgency   | service | outcome        | start_at            | ready_at            | end_at
    1        | PA        | RZ1          | inpatient | spell      | emergency | 300     | -              | 2025-03-30 10:00:00 | 2025-04-02 10:00:00 | 2025-04-05 10:00:00
    2        | PA        | RZ1          | inpatient | spell      | emergency | 300     | -              | 2025-12-30 10:00:00 | -                   | 2026-01-01 10:00:00
    3        | PC        | RZ2          | inpatient | spell      | emergency | 300     | -              | 2025-04-09 10:00:00 | 2025-04-10 10:00:00 | 2025-04-11 01:00:00
    4        | PA        | RZ2          | inpatient | spell      | routine   | 300     | -              | 2026-03-30 10:00:00 | -                   | -
    5        | PA        | Z00001       | general_practice | appointment | - | -       | attended       | 2025-05-01 10:00:00 | -                   | 2025-05-01 10:10:00
    6        | PA        | Z00001       | general_practice | appointment | - | -       | did_not_attend | 2025-06-01 10:00:00 | -                   | -
    7        | PD        | Z00001       | general_practice | appointment | - | -       | attended       | 2025-06-01 10:00:00 | -                   | -
    8        | PD        | Z00001       | general_practice | appointment | - | -       | attended       | 2026-04-01 00:00:00 | -                   | -
    """,  # noqa: E501
    event_id="int64",
    start_at="timestamp(6)",
    ready_at="timestamp(6)",
    end_at="timestamp(6)",
)
LISTED = drawn(
    """
    person_id | event_id | list      | position | value | date
    PA        | 1        | pneumonia | 1        | -     | 2025-03-30
    PA        | 2        | pneumonia | 2        | -     | 2025-12-30
    PC        | 3        | pneumonia | 1        | -     | 2025-04-09
    PA        | 9        | pressure  | 1        | 150.0 | 2025-06-01
    PA        | 10       | pressure  | 1        | 139.0 | 2025-07-01
    PD        | 11       | pressure  | 1        | 130.0 | 2024-07-01
    """,
    event_id="int64",
    position="int64",
    value="float64",
    date="date",
)
MEMBERS = drawn(
    """
    person_id | register     | since_date
    PA        | hypertension | 2010-01-01
    PD        | hypertension | 2010-01-01
    """,
    since_date="date",
)
SPELLS = EventRule(settings=("inpatient",), kinds=("spell",), urgencies=("emergency",))


def about(name: str) -> About:
    return About(name, name, name, "made up", "1")


ADMISSIONS = Measure(about("admissions"), Count(events=SPELLS), per=1000)
BED_DAYS = Measure(about("bed_days"), Count(events=SPELLS, days="stay"))
DELAYS = Measure(about("delays"), Count(events=SPELLS, days="delay"))
PNEUMONIA = Measure(
    about("pneumonia"),
    Count(events=EventRule(kinds=("spell",), lists=("pneumonia",), is_primary=True)),
)
CONTROLLED = Measure(
    about("controlled"),
    Count(value=ValueRule("pressure", at_most=140)),
    people=People(registers=("hypertension",)),
)
PREVALENCE = Measure(
    about("prevalence"), Count(register="hypertension"), people=People(from_age=18)
)
APPOINTMENTS = EventRule(kinds=("appointment",), outcomes=("attended", "did_not_attend"))
MISSED = Measure(
    about("missed"),
    Count(events=EventRule(kinds=("appointment",), outcomes=("did_not_attend",))),
    denominator=Count(events=APPOINTMENTS),
)
ALL = (ADMISSIONS, BED_DAYS, DELAYS, PNEUMONIA, CONTROLLED, PREVALENCE, MISSED)
RECORDS = Records(EVENTS, LISTED, MEMBERS)


def counted(measure: Measure) -> list[tuple[object, ...]]:
    people = people_in_period(PERSONS, YEAR.start, YEAR.end)
    found = counts_by_person((measure,), people, RECORDS, YEAR).order_by("person_id")
    name = measure.about.id
    return shown(found, "person_id", f"n__{name}", f"d__{name}")


def test_a_rate_is_of_the_days_that_people_lived_in_the_period() -> None:
    # PA's first spell began before it; PB was born half-way; PC died on the eleventh day.
    assert counted(ADMISSIONS) == [
        ("PA", "1", "365"), ("PB", "0", "182"), ("PC", "1", "10"), ("PD", "0", "365"),
    ]  # fmt: skip


def test_days_count_as_far_as_they_fall_within() -> None:
    # PA: four nights of the first spell, two of the second; PC: two.
    assert [row[:2] for row in counted(BED_DAYS)] == [
        ("PA", "6"), ("PB", "0"), ("PC", "2"), ("PD", "0"),
    ]  # fmt: skip
    assert [row[1] for row in counted(DELAYS)] == ["3", "0", "1", "0"]


def test_a_first_diagnosis_is_the_one_in_first_place() -> None:
    assert [row[1] for row in counted(PNEUMONIA)] == ["0", "0", "1", "0"]


def test_a_proportion_is_of_the_people_who_are_there_at_the_end() -> None:
    # PD's pressure was taken in the year before; PD's age is not known, so no limit lets PD in.
    assert counted(CONTROLLED) == [
        ("PA", "1", "1"), ("PB", "0", "0"), ("PC", "0", "0"), ("PD", "0", "1"),
    ]  # fmt: skip
    assert counted(PREVALENCE) == [
        ("PA", "1", "1"), ("PB", "0", "0"), ("PC", "0", "0"), ("PD", "0", "0"),
    ]  # fmt: skip


def test_events_are_counted_among_events_of_people_and_of_providers() -> None:
    assert counted(MISSED) == [
        ("PA", "1", "2"), ("PB", "0", "0"), ("PC", "0", "0"), ("PD", "0", "1"),
    ]  # fmt: skip
    found = counts_by_provider((MISSED,), RECORDS, YEAR).order_by("organisation")
    assert [row for row in shown(found) if row[0] == "Z00001"] == [("Z00001", "1", "3")]


def test_every_measure_at_once_gives_what_each_gives_alone() -> None:
    people = people_in_period(PERSONS, YEAR.start, YEAR.end)
    together = counts_by_person(ALL, people, RECORDS, YEAR).order_by("person_id")
    for one in ALL:
        name = one.about.id
        assert shown(together, "person_id", f"n__{name}", f"d__{name}") == counted(one)


def test_sums_are_by_area_and_part_and_what_lies_outside_is_in_none(engine: Engine) -> None:
    areas = drawn(
        """
        member | area
        L1     | N1
        L2     | N1
        """
    )
    homes = drawn(
        """
        person_id | lsoa_code
        PA        | L1
        PB        | L2
        PC        | L9
        """
    )
    practices = drawn(
        """
        person_id | practice_code
        PA        | Z00001
        PD        | Z00001
        """
    )
    own = drawn(
        """
        member | area
        Z00001 | Z00001
        """
    )
    deciles = drawn(
        """
        lsoa_code | imd_decile
        L1        | 1
        L2        | 10
        """,
        imd_decile="int64",
    )
    people = people_in_period(PERSONS, YEAR.start, YEAR.end)
    homed = placed(
        people,
        Places(
            homes, practices,
            {**dict.fromkeys(RESIDENT, areas), **dict.fromkeys(REGISTERED, own)}, deciles,
        ),
    )  # fmt: skip
    wide = counts_by_person((ADMISSIONS,), homed, RECORDS, YEAR)
    every = groupings()
    sums = engine.sum_by(wide, [one.keys for one in every], ["n__admissions", "d__admissions"])

    def cells(footprint: str, breakdown: str) -> pa.Table:
        place = next(
            n
            for n, one in enumerate(every)
            if (one.footprint, one.breakdown) == (footprint, breakdown)
        )
        mine = sums.filter(pc.equal(sums[GROUPING], place))
        found = values_of(cells_of(mine, every[place]), (ADMISSIONS,), YEAR.days)
        return found.select(["area", "category", "numerator", "denominator"]).to_pylist()

    half = 182 / 365
    assert cells("neighbourhood", "all") == [
        {"area": "N1", "category": "Everyone", "numerator": 1, "denominator": 1 + half}
    ]
    assert cells("neighbourhood", "deprivation") == [
        {"area": "N1", "category": "1 most deprived", "numerator": 1, "denominator": 1},
        {"area": "N1", "category": "5 least deprived", "numerator": 0, "denominator": half},
    ]
    assert cells("practice", "age_group") == [
        {"area": "Z00001", "category": "75 to 84", "numerator": 1, "denominator": 1},
        {"area": "Z00001", "category": "Not known", "numerator": 0, "denominator": 1},
    ]
    assert [row["category"] for row in cells("practice", "ethnicity")] == ["Other", "White"]

"""Where people live and are registered, as at a date."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from joinedup.population import home_of, living, memberships_on, people_by_area, practice_of
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

ON = dt.date(2026, 4, 1)
DATES = {"start_date": "date", "end_date": "date", "known_date": "date"}

PERSONS = drawn(
    """
    person_id | birth_month | death_date
    PA        | 1950-02-01  | -
    PB        | 1962-11-01  | 2025-12-31
    PC        | -           | -
    PD        | 2026-05-01  | -
    PE        | 1980-01-01  | 2026-04-02
    """,
    birth_month="date",
    death_date="date",
)


def test_the_living_are_those_born_and_not_known_to_have_died() -> None:
    assert shown(living(PERSONS, ON).order_by("person_id"), "person_id") == [
        ("PA",),
        ("PC",),
        ("PE",),
    ]


def test_a_home_is_the_latest_that_holds_on_the_day() -> None:
    residences = drawn(
        """
        person_id | partner | lsoa_code | start_date | end_date   | known_date
        PA        | QZZ     | L1        | 2010-01-01 | 2024-06-01 | 2026-04-01
        PA        | QZZ     | L2        | 2024-06-01 | -          | 2026-04-01
        PA        | RZ1     | L1        | -          | -          | 2025-03-01
        PB        | RZ1     | L3        | -          | -          | 2026-04-01
        PB        | RZ2     | L4        | -          | -          | 2026-04-01
        PB        | RZC     | L4        | -          | -          | 2026-04-01
        PC        | RZ1     | L9        | -          | -          | 2026-04-01
        PC        | RZ2     | L8        | -          | -          | 2026-04-01
        PD        | QZZ     | L5        | 2026-04-02 | -          | 2026-04-01
        """,
        **DATES,
    )
    expected = [("PA", "L2"), ("PB", "L4"), ("PC", "L8")]
    assert shown(home_of(residences, ON).order_by("person_id")) == expected
    # A move is a move: before it, the old home holds.
    before = home_of(residences.filter(residences.partner == "QZZ"), dt.date(2024, 5, 31))
    assert shown(before) == [("PA", "L1")]


def test_a_person_has_one_practice_at_a_time() -> None:
    registrations = drawn(
        """
        person_id | partner | practice_code | start_date | end_date   | known_date
        PA        | QZZ     | Z00001        | 2001-01-01 | -          | 2026-04-01
        PA        | QZZ     | Z00002        | 2020-01-01 | -          | 2026-04-01
        PB        | QZZ     | Z00001        | 2001-01-01 | 2026-04-01 | 2026-04-01
        """,
        **DATES,
    )
    assert shown(practice_of(registrations, ON)) == [("PA", "Z00002")]


MEMBERSHIPS = drawn(
    """
    member_kind | member | of_kind       | of | share | start_date | end_date
    lsoa        | L1     | neighbourhood | N1 | 1.0   | -          | -
    lsoa        | L2     | neighbourhood | N1 | 0.4   | -          | -
    lsoa        | L2     | neighbourhood | N2 | 0.6   | -          | -
    lsoa        | L3     | neighbourhood | N2 | 1.0   | -          | 2026-04-01
    lsoa        | L3     | neighbourhood | N3 | 1.0   | 2026-04-01 | -
    lsoa        | L1     | place         | P1 | 1.0   | -          | -
    """,
    share="float64",
    start_date="date",
    end_date="date",
)


def test_membership_is_as_at_the_day_and_goes_to_the_largest_share() -> None:
    asked = {"member_kind": "lsoa", "of_kind": "neighbourhood"}
    now = memberships_on(MEMBERSHIPS, **asked, on=ON).order_by("member")
    assert shown(now) == [("L1", "N1"), ("L2", "N2"), ("L3", "N3")]
    before = memberships_on(MEMBERSHIPS, **asked, on=dt.date(2026, 3, 31)).order_by("member")
    assert shown(before)[-1] == ("L3", "N2")


def test_somewhere_else_is_not_the_same_as_nowhere_stated() -> None:
    where = drawn("""
        person_id | lsoa_code
        PA        | L1
        PB        | L1
        PC        | L7
    """)
    areas = drawn("""
        member | area
        L1     | N1
        L2     | N2
    """)
    counted = people_by_area(PERSONS, where, areas)
    in_words = counted.select("area", "is_known", "people").order_by(
        ibis.desc("people"), ibis.desc("is_known")
    )
    assert shown(in_words) == [
        ("N1", "True", "2"),
        (None, "False", "2"),
        (None, "True", "1"),
    ]

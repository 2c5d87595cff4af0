"""Who is on a register as at a day, and since when."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pytest

from joinedup.population import (
    MEMBERS,
    About,
    Code,
    CodeList,
    EventRule,
    People,
    Register,
    ValueRule,
    facts_by_person,
    in_lists,
    list_codes,
    members_of,
)
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

ON = dt.date(2026, 3, 31)
ABOUT = About("diabetes", "Diabetes", "Has diabetes.", "made up", "1")
PERSONS = drawn(
    """
    person_id | sex    | birth_month
    PA        | female | 1950-02-01
    PB        | male   | 2009-04-01
    PC        | male   | 2009-03-01
    PD        | female | -
    """,
    birth_month="date",
)
LISTED = drawn(
    """
    person_id | event_id | list     | position | value | date
    PA        | 1        | diabetes | 1        | -     | 2001-05-01
    PA        | 2        | diabetes | 1        | -     | 2020-05-01
    PA        | 3        | resolved | 1        | -     | 2019-05-01
    PB        | 4        | diabetes | 1        | -     | 2020-05-01
    PC        | 5        | diabetes | 1        | -     | 2020-05-01
    PC        | 6        | resolved | 1        | -     | 2020-05-01
    PD        | 7        | diabetes | 1        | -     | 2026-04-01
    PD        | 8        | weight   | 1        | 31.0  | 2025-06-01
    PD        | 9        | weight   | 1        | 29.0  | 2025-06-01
    PC        | 10       | weight   | 1        | 35.0  | 2025-06-01
    PC        | 11       | weight   | 1        | 30.0  | 2026-01-01
    PB        | 12       | weight   | 1        | 29.9  | 2026-01-01
    """,
    event_id="int64",
    position="int64",
    value="float64",
    date="date",
)
EVENTS = drawn(
    """
    person_id | setting     | kind    | urgency | service | outcome | start_at            | end_at
    PA        | social_care | package | -       | nursing | -       | 2025-01-01 00:00:00 | 2025-06-01 00:00:00
    PB        | social_care | package | -       | nursing | -       | 2025-01-01 00:00:00 | -
    PC        | social_care | package | -       | at home | -       | 2025-01-01 00:00:00 | -
    PD        | social_care | package | -       | nursing | -       | 2026-04-01 00:00:00 | -
    """,  # noqa: E501
    start_at="timestamp(6)",
    end_at="timestamp(6)",
)
NOBODY = ibis.memtable([], schema=MEMBERS)


def members(register: Register, others: ir.Table = NOBODY) -> list[tuple[object, ...]]:
    found = members_of(
        [register], persons=PERSONS, listed=LISTED, facts=facts_by_person(LISTED, ON),
        events=EVENTS, others=others, on=ON,
    )  # fmt: skip
    return shown(found.order_by("person_id"), "person_id", "since_date")


def test_a_code_counts_since_it_was_first_there() -> None:
    # PD's code is of the day after.
    assert members(Register(ABOUT, lists=("diabetes",))) == [
        ("PA", "2001-05-01"), ("PB", "2020-05-01"), ("PC", "2020-05-01"),
    ]  # fmt: skip


def test_a_later_or_same_day_code_that_it_is_resolved_takes_it_away() -> None:
    register = Register(ABOUT, lists=("diabetes",), resolved_by=("resolved",))
    # PA has it coded again after it was resolved.
    assert [who for who, _ in members(register)] == ["PA", "PB"]


def test_a_code_may_count_for_so_many_days_only() -> None:
    days = (ON - dt.date(2020, 5, 1)).days
    for within, expected in ((days, []), (days + 1, ["PA", "PB", "PC"])):
        register = Register(ABOUT, lists=("diabetes",), within_days=within)
        assert [who for who, _ in members(register)] == expected


def test_age_is_completed_years_and_where_it_is_unknown_a_limit_keeps_out() -> None:
    grown = Register(ABOUT, lists=("diabetes", "weight"), people=People(from_age=17))
    assert [who for who, _ in members(grown)] == ["PA", "PC"]
    young = Register(ABOUT, lists=("diabetes", "weight"), people=People(to_age=16))
    assert [who for who, _ in members(young)] == ["PB"]
    women = Register(ABOUT, lists=("diabetes", "weight"), people=People(sex="female"))
    assert [who for who, _ in members(women)] == ["PA", "PD"]


def test_the_latest_value_decides_and_of_one_day_the_highest() -> None:
    register = Register(ABOUT, value=ValueRule("weight", at_least=30), within_days=365)
    assert members(register) == [("PC", "2026-01-01"), ("PD", "2025-06-01")]
    low = Register(ABOUT, value=ValueRule("weight", at_most=30), within_days=365)
    assert [who for who, _ in members(low)] == ["PB", "PC"]


def test_an_arrangement_counts_while_it_is_open() -> None:
    rule = EventRule(settings=("social_care",), kinds=("package",), services=("nursing",))
    assert members(Register(ABOUT, events=rule)) == [("PB", "2025-01-01")]


def test_what_has_ended_may_count_for_so_many_days() -> None:
    rule = EventRule(settings=("social_care",), kinds=("package",), services=("nursing",))
    days = (ON - dt.date(2025, 6, 1)).days
    for within, expected in ((days, ["PB"]), (days + 1, ["PA", "PB"])):
        register = Register(ABOUT, events=rule, within_days=within)
        assert [who for who, _ in members(register)] == expected


def test_registers_count_registers() -> None:
    others = drawn(
        """
        person_id | register | since_date
        PA        | copd     | 2010-01-01
        PA        | asthma   | 2012-01-01
        PB        | asthma   | 2013-01-01
        PC        | stroke   | 2014-01-01
        """,
        since_date="date",
    ).cast({"since_date": "date"})
    many = Register(ABOUT, of=("copd", "asthma"), least=2)
    assert members(many, others) == [("PA", "2012-01-01")]
    without = Register(ABOUT, lists=("diabetes",), without=("copd",))
    assert [who for who, _ in members(without, others)] == ["PB", "PC"]
    within = Register(ABOUT, lists=("diabetes",), people=People(registers=("asthma",)))
    assert [who for who, _ in members(within, others)] == ["PA", "PB"]


def test_codes_are_found_whole_or_by_how_they_begin_without_their_dots() -> None:
    codes = drawn(
        """
        person_id | event_id | system    | code      | position | value | recorded_date
        PA        | 1        | ICD-10    | E11.9     | 1        | -     | 2020-01-01
        PB        | 2        | ICD-10    | e119      | 2        | -     | 2020-01-01
        PC        | 3        | ICD-10    | E1        | 1        | -     | 2020-01-01
        PD        | 4        | SNOMED-CT | 44054006  | 1        | -     | 2020-01-01
        PE        | 5        | SNOMED-CT | 440540061 | 1        | -     | 2020-01-01
        PF        | 6        | LOCAL     | 44054006  | 1        | -     | 2020-01-01
        """,
        event_id="int64",
        position="int64",
        value="float64",
        recorded_date="date",
    )
    lists = {
        "diabetes": CodeList(
            "diabetes", (Code("ICD-10", "E11", is_prefix=True), Code("SNOMED-CT", "44054006")),
            "1", "made up", "none", "a.csv",
        )
    }  # fmt: skip
    found = in_lists(codes, list_codes(lists)).order_by("person_id")
    assert shown(found, "person_id", "list", "position") == [
        ("PA", "diabetes", "1"), ("PB", "diabetes", "2"), ("PD", "diabetes", "1"),
    ]  # fmt: skip

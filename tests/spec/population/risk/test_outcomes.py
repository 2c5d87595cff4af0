"""What came of people in the year after, and what counts as a rise in need."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.population.risk import (
    HOSPITAL_OR_EMERGENCY_VISIT,
    check_observed,
    outcome,
    rising_need,
)
from joinedup.terms import SettingError
from tests.drawn import drawn, shown
from tests.spec.population.risk.people import EVENT, ON

pytestmark = pytest.mark.usefixtures("by_engine")

PERSONS = drawn(
    """
    person_id | birth_month | death_date
    PA        | 1945-04-01  | -
    PB        | 1985-05-01  | 2025-12-01
    PC        | 1990-01-01  | 2026-04-01
    PD        | 1930-01-01  | 2025-03-31
    PE        | 1950-01-01  | -
    """,
    birth_month="date",
    death_date="date",
)
HEAD = """
    event_id | person_id | setting | kind | urgency | start_at | end_at | outcome | service | known_date
"""  # noqa: E501
AFTER = drawn(
    HEAD
    + """
    1 | PA | inpatient | spell      | emergency | 2025-04-01T00:00 | - | - | - | 2026-04-01
    2 | PA | inpatient | spell      | emergency | 2025-09-01T00:00 | - | - | - | 2026-04-01
    3 | PB | inpatient | spell      | routine   | 2025-09-01T00:00 | - | - | - | 2026-04-01
    4 | PC | inpatient | spell      | emergency | 2026-04-01T00:00 | - | - | - | 2026-04-01
    5 | PE | emergency | attendance | emergency | 2026-03-31T23:59 | - | - | - | 2026-07-01
    6 | PD | inpatient | spell      | emergency | 2025-03-30T00:00 | - | - | - | 2026-04-01
    """,
    **EVENT,
)


def test_an_emergency_admission_in_the_365_days_from_the_date() -> None:
    # PB dies without one, which counts as without; PC comes, and dies, a day too late to count.
    assert shown(outcome(PERSONS, AFTER, ON).order_by("person_id")) == [
        ("PA", "True", "False"),
        ("PB", "False", "True"),
        ("PC", "False", "False"),
        ("PE", "False", "False"),
    ]


def test_where_no_urgency_is_told_any_stay_or_visit_is_asked_for() -> None:
    found = outcome(PERSONS, AFTER, ON, HOSPITAL_OR_EMERGENCY_VISIT).order_by("person_id")
    assert [row[1] for row in shown(found)] == ["True", "True", "False", "True"]


def many(person: str, first: int, count: int, day: str) -> str:
    return "".join(
        f"    {first + n} | {person} | community | contact | routine | {day}T00:00 | - | attended "
        "| - | 2026-04-01\n"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("before", "after", "rose"),
    [(0, 11, "False"), (0, 12, "True"), (13, 25, "False"), (12, 24, "True"), (5, 4, "False")],
)
def test_need_rises_where_contacts_double_and_grow_by_one_a_month(
    before: int, after: int, rose: str
) -> None:
    text = HEAD + many("PA", 1, before, "2024-06-01") + many("PA", 100, after, "2025-06-01")
    text += (
        "    999 | PB | community | contact | routine | 2023-01-01T00:00 | - | - | - | 2023-04-01\n"
    )
    found = shown(rising_need(PERSONS, drawn(text, **EVENT), ON).order_by("person_id"))
    assert found[0] == ("PA", rose, "False")


PACKAGE = "social_care | package | - "


@pytest.mark.parametrize(
    ("rows", "rose"),
    [
        # The first package; a second; one after another that ended long ago; a first care home.
        (("2025-06-01T00:00 | - | - | Home Support",), "True"),
        (("2023-01-01T00:00 | - | - | Home Support", "2025-06-01T00:00 | - | - | Day Support"),
         "False"),
        (("2020-01-01T00:00 | 2024-03-31T00:00 | - | Home Support",
          "2025-06-01T00:00 | - | - | Day Support"), "True"),
        (("2023-01-01T00:00 | - | - | Home Support",
          "2025-06-01T00:00 | - | - | Long Term Support: Residential Care"), "True"),
    ],
)  # fmt: skip
def test_need_rises_with_a_first_package_and_a_first_care_home(
    rows: tuple[str, ...], rose: str
) -> None:
    text = HEAD + "".join(
        f"    {n} | PA | {PACKAGE} | {row} | 2026-04-01\n" for n, row in enumerate(rows)
    )
    found = shown(rising_need(PERSONS, drawn(text, **EVENT), ON).order_by("person_id"))
    assert found[0] == ("PA", rose, "False")


def test_a_window_that_is_not_over_is_refused() -> None:
    check_observed(AFTER, ON)
    with pytest.raises(SettingError, match="end on 2026-07-02"):
        check_observed(AFTER, dt.date(2025, 7, 2))

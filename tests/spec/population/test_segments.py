"""Everybody is in one segment, the first that fits, with the reason."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.population import About, Segment, Segmentation, segment_people, transitions
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

ON = dt.date(2026, 4, 1)
PARTS = Segmentation(
    About("parts", "Parts", "Parts.", "made up", "1"),
    (
        Segment("dying", "Near the end of life", ("end_of_life",)),
        Segment("frail", "Frail", ("frailty", "dementia")),
        Segment("infants", "Infants", to_age=0),
        Segment("ill", "With a condition", ("asthma",)),
        Segment("healthy", "Healthy"),
    ),
)
LIVING = drawn(
    """
    person_id | birth_month
    PA        | 1930-01-01
    PB        | 1940-01-01
    PC        | 2025-05-01
    PD        | 2025-04-01
    PE        | -
    """,
    birth_month="date",
)
MEMBERS = drawn(
    """
    person_id | register
    PA        | asthma
    PA        | end_of_life
    PA        | dementia
    PB        | dementia
    PB        | frailty
    PC        | asthma
    PD        | gout
    """
)


def test_each_person_is_in_the_first_segment_that_fits() -> None:
    found = segment_people(PARTS, living=LIVING, members=MEMBERS, on=ON).order_by("person_id")
    assert shown(found, "person_id", "segment", "reason") == [
        ("PA", "dying", "end_of_life"),
        ("PB", "frail", "frailty"),
        ("PC", "infants", "age"),
        # A year old today; no segment asks for gout.
        ("PD", "healthy", "none of the others"),
        ("PE", "healthy", "none of the others"),
    ]


def test_who_moved_between_two_dates_is_counted_with_those_who_came_and_went() -> None:
    before = drawn(
        """
        person_id | segment
        PA        | ill
        PB        | ill
        PC        | healthy
        PD        | healthy
        """
    )
    after = drawn(
        """
        person_id | segment
        PA        | dying
        PB        | ill
        PC        | healthy
        PE        | healthy
        """
    )
    assert sorted(shown(transitions(before, after)), key=str) == sorted(
        [
            ("ill", "dying", "1"),
            ("ill", "ill", "1"),
            ("healthy", "healthy", "1"),
            ("healthy", None, "1"),
            (None, "healthy", "1"),
        ],
        key=str,
    )

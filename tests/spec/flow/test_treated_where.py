"""Who is treated where, what crosses a boundary, and what if the boundary changes."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.flow import (
    activity_that_changes,
    between,
    care_contacts,
    flows_across,
    members_who_change,
    people_who_change,
    reach_of_teams,
    treated_where,
)
from tests.drawn import drawn, shown
from tests.spec.flow.flow_tables import events

pytestmark = pytest.mark.usefixtures("by_engine")

AS_AT = dt.date(2026, 4, 1)
EVENTS = events(
    """
    id | person | org | start         | cost
    1  | PA     | RZ1 | 2026-01-01T09 | 1000
    2  | PA     | RZ1 | 2026-01-02T09 | -
    3  | PB     | RZ1 | 2026-01-03T09 | 500
    4  | PA     | RQ9 | 2026-01-04T09 | -
    5  | PC     | RZ1 | 2026-01-05T09 | -
    6  | PD     | RZ1 | 2026-01-06T09 | -
    7  | PA     | RZ1 | 2025-12-31T09 | -
    """,
    setting="outpatient",
    kind="appointment",
)
CONTACTS = between(care_contacts(EVENTS, AS_AT), dt.date(2026, 1, 1), AS_AT)
# PA lives in system S1, PB in S2, PC beyond both, and nobody says where PD lives.
HOMES = drawn("person_id | lsoa_code\nPA | L1\nPB | L2\nPC | L9")
SYSTEMS = drawn("member | area\nL1 | S1\nL2 | S2")
PRACTICES = drawn("person_id | practice_code\nPA | Z1\nPB | Z1")
PRACTICE_SYSTEMS = drawn("member | area\nZ1 | S1")
PROVIDERS = drawn("member | area\nRZ1 | S1\nRQ9 | S2")


def test_each_contact_is_in_one_cell() -> None:
    matrix = treated_where(CONTACTS, HOMES, SYSTEMS, PRACTICES, PRACTICE_SYSTEMS)
    columns = (
        "home_area", "is_home_known", "organisation", "registered_area", "is_registered",
        "contacts", "persons",
    )  # fmt: skip
    assert sorted(shown(matrix, *columns), key=str) == [
        ("S1", "True", "RQ9", "S1", "True", "1", "1"),
        ("S1", "True", "RZ1", "S1", "True", "2", "1"),
        ("S2", "True", "RZ1", "S1", "True", "1", "1"),  # lives in one, registered in the other
        (None, "False", "RZ1", None, "False", "1", "1"),
        (None, "True", "RZ1", None, "False", "1", "1"),
    ]


def test_what_comes_in_and_what_goes_out() -> None:
    flows = flows_across(CONTACTS, HOMES, SYSTEMS, PROVIDERS, "S1")
    assert sorted(shown(flows)) == [
        ("RQ9", "outpatient", "outflow", "1", "1"),
        ("RZ1", "outpatient", "home_not_known", "1", "1"),
        ("RZ1", "outpatient", "inflow", "2", "2"),
        ("RZ1", "outpatient", "inside", "2", "1"),
    ]


def test_a_service_may_reach_further_than_the_system() -> None:
    found = reach_of_teams(CONTACTS, HOMES, SYSTEMS, "S1").order_by("organisation")
    columns = (
        "organisation", "contacts", "from_outside", "share_outside", "home_areas", "is_wide"
    )  # fmt: skip
    # Of RZ1's five contacts one has no home; of the four, two are from outside.
    assert shown(found, *columns) == [
        ("RQ9", "1", "0", "0.0", "1", "False"),
        ("RZ1", "5", "2", "0.5", "3", "True"),
    ]
    narrow = reach_of_teams(CONTACTS, HOMES, SYSTEMS, "S1", wide_share=0.6)
    assert shown(narrow.filter(narrow.is_wide), "organisation") == []


THEN = drawn("member | area\nL1 | S1\nL2 | S1\nL9 | S2")


def test_a_new_boundary_moves_people_and_care_to_the_other_side() -> None:
    assert sorted(shown(members_who_change(SYSTEMS, THEN), "member", "from_area", "to_area")) == [
        ("L2", "S2", "S1"),
        ("L9", None, "S2"),
    ]
    moved = people_who_change(HOMES, SYSTEMS, THEN)
    assert sorted(shown(moved), key=str) == [("S2", "S1", "1"), (None, "S2", "1")]
    care = activity_that_changes(EVENTS, HOMES, SYSTEMS, THEN)
    columns = ("from_area", "to_area", "organisation", "events", "cost_pence", "without_cost")
    assert sorted(shown(care, *columns), key=str) == [
        ("S2", "S1", "RZ1", "1", "500", "0"),
        (None, "S2", "RZ1", "1", None, "1"),
    ]


def test_no_change_of_boundary_moves_nobody() -> None:
    assert shown(people_who_change(HOMES, SYSTEMS, SYSTEMS)) == []
    assert shown(activity_that_changes(EVENTS, HOMES, SYSTEMS, SYSTEMS)) == []

"""Teams that share people, and people whom many teams see and nobody coordinates."""

from __future__ import annotations

import pytest

from joinedup.flow import shared_people, uncoordinated
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

CONTACTS = drawn(
    """
    person_id | organisation | setting
    PA        | RZ1          | emergency
    PA        | RZ1          | outpatient
    PA        | RZ1          | outpatient
    PA        | RZC          | community
    PB        | RZ1          | emergency
    PB        | RZC          | community
    PC        | RZC          | community
    """
)


def test_two_teams_share_those_whom_both_saw() -> None:
    found = shared_people(CONTACTS)
    assert sorted(shown(found)) == [
        ("RZ1", "emergency", "2", "RZ1", "outpatient", "1", "1"),
        ("RZ1", "emergency", "2", "RZC", "community", "3", "2"),
        ("RZ1", "outpatient", "1", "RZC", "community", "3", "1"),
    ]


def test_many_teams_and_no_named_coordinator() -> None:
    nobody = drawn("person_id")
    assert sorted(shown(uncoordinated(CONTACTS, nobody, many_teams=2))) == [
        ("PA", "3", "2"),
        ("PB", "2", "2"),
    ]
    named = drawn("person_id\nPA\nPZ")
    assert shown(uncoordinated(CONTACTS, named, many_teams=2)) == [("PB", "2", "2")]
    assert shown(uncoordinated(CONTACTS, nobody)) == []  # five or more, where nothing else is said

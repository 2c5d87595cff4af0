"""What is seen to follow a discharge, and when nothing can be said."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.flow import after_discharge, spells, unseen_by_organisation
from tests.drawn import drawn, shown
from tests.spec.flow.flow_tables import events, referrals

pytestmark = pytest.mark.usefixtures("by_engine")

AS_AT = dt.date(2026, 4, 1)


def test_nothing_seen_is_said_only_where_something_could_have_been() -> None:
    in_hospital = events(
        """
        id | person | start         | end           | outcome
        1  | PA     | 2026-01-01T08 | 2026-01-05T12 | completed
        2  | PB     | 2026-01-01T08 | 2026-01-05T12 | completed
        3  | PC     | 2026-01-01T08 | 2026-01-05T12 | completed
        4  | PD     | 2026-01-01T08 | 2026-01-05T12 | completed
        5  | PE     | 2026-01-01T08 | 2026-01-05T12 | completed
        6  | PF     | 2026-01-01T08 | 2026-01-05T12 | died
        7  | PG     | 2026-03-20T08 | 2026-03-25T12 | completed
        """,
        org="RZ1",
        setting="inpatient",
        kind="spell",
    )
    at_the_practice = events(
        """
        id | person | kind         | start      | outcome
        11 | PA     | entry        | 2026-01-19 | -
        12 | PB     | entry        | 2026-01-20 | -
        13 | PB     | prescription | 2026-01-06 | -
        14 | PB     | appointment  | 2026-01-07 | did_not_attend
        15 | PD     | appointment  | 2025-06-01 | attended
        16 | PE     | appointment  | 2025-06-01 | attended
        17 | PG     | appointment  | 2025-06-01 | attended
        """,
        org="Z00001",
        setting="general_practice",
    )
    given = in_hospital.union(at_the_practice)
    sent = referrals(
        """
        id | person | sent          | accepted
        1  | PD     | 2026-01-04T09 | 2026-01-04T12
        2  | PB     | 2025-12-01T09 | 2026-01-06T12
        """,
        to="RZC",
    )
    persons = drawn(
        """
        person_id | death_date
        PA        | -
        PE        | 2026-01-10
        """,
        death_date="date",
    )
    found = after_discharge(spells(given, AS_AT), given, sent, persons, AS_AT)
    told = found.order_by("person_id")
    assert shown(told, "person_id", "gp_date", "accepted_date", "nothing_seen_after") == [
        ("PA", "2026-01-19", None, "False"),  # on the fourteenth day
        # On the fifteenth. A prescription, a missed visit and an older referral say nothing.
        ("PB", None, None, "True"),
        ("PC", None, None, None),  # no practice has ever sent anything of this person
        ("PD", None, "2026-01-04", "False"),  # arranged before leaving
        ("PE", None, None, None),  # died within the days
        ("PG", None, None, None),  # the days are not over
    ]  # who died in hospital was not discharged to anybody
    counted = unseen_by_organisation(found).order_by("month")
    assert shown(counted) == [
        ("RZ1", "2026-01-01", "5", "2", "1", "2"),
        ("RZ1", "2026-03-01", "1", "0", "0", "1"),
    ]

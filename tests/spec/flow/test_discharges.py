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
    given = events(
        """
        event_id | person_id | organisation | setting          | kind         | start_at         | end_at           | outcome
        1        | PA        | RZ1          | inpatient        | spell        | 2026-01-01T08:00 | 2026-01-05T12:00 | completed
        2        | PA        | Z00001       | general_practice | entry        | 2026-01-19T00:00 | -                | -
        3        | PB        | RZ1          | inpatient        | spell        | 2026-01-01T08:00 | 2026-01-05T12:00 | completed
        4        | PB        | Z00001       | general_practice | entry        | 2026-01-20T00:00 | -                | -
        5        | PC        | RZ1          | inpatient        | spell        | 2026-01-01T08:00 | 2026-01-05T12:00 | completed
        6        | PD        | RZ1          | inpatient        | spell        | 2026-01-01T08:00 | 2026-01-05T12:00 | completed
        7        | PD        | Z00001       | general_practice | appointment  | 2025-06-01T09:00 | -                | attended
        8        | PE        | RZ1          | inpatient        | spell        | 2026-01-01T08:00 | 2026-01-05T12:00 | completed
        9        | PE        | Z00001       | general_practice | appointment  | 2025-06-01T09:00 | -                | attended
        10       | PF        | RZ1          | inpatient        | spell        | 2026-01-01T08:00 | 2026-01-05T12:00 | died
        11       | PG        | RZ1          | inpatient        | spell        | 2026-03-20T08:00 | 2026-03-25T12:00 | completed
        12       | PG        | Z00001       | general_practice | appointment  | 2025-06-01T09:00 | -                | attended
        13       | PB        | Z00001       | general_practice | prescription | 2026-01-06T00:00 | -                | -
        14       | PB        | Z00001       | general_practice | appointment  | 2026-01-07T00:00 | -                | did_not_attend
        """
    )
    sent = referrals(
        """
        referral_id | person_id | to_organisation | sent_at          | accepted_at
        1           | PD        | RZC             | 2026-01-04T09:00 | 2026-01-04T12:00
        2           | PB        | RZC             | 2025-12-01T09:00 | 2026-01-06T12:00
        """
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

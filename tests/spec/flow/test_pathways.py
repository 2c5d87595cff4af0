"""Episodes of need: contacts and referrals of one person, one after another."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.flow import care_contacts, episodes_of_need
from tests.drawn import shown
from tests.spec.flow.flow_tables import events, referrals

pytestmark = pytest.mark.usefixtures("by_engine")

AS_AT = dt.date(2026, 4, 1)
NO_REFERRALS = referrals("id | person | to | sent")


def test_what_counts_as_a_contact_and_when_it_ends() -> None:
    given = events(
        """
        id | org    | setting     | kind         | start         | end           | outcome
        1  | RZ1    | inpatient   | spell        | 2026-03-20T10 | -             | -
        2  | RZ1    | inpatient   | episode      | 2026-03-20T10 | -             | -
        3  | Z00001 | outpatient  | appointment  | 2026-03-01T09 | 2026-03-01T10 | attended
        4  | Z00001 | outpatient  | appointment  | 2026-03-02T09 | 2026-03-02T10 | did_not_attend
        5  | Z00001 | community   | prescription | 2026-03-03T09 | -             | -
        6  | C1     | social_care | package      | 2025-01-01T00 | -             | -
        7  | RZ1    | outpatient  | appointment  | 2026-04-01T09 | -             | -
        8  | RZ1    | community   | contact      | 2026-02-03T12 | 2026-02-03T11 | -
        """,
        person="PA",
    )
    held = care_contacts(given, AS_AT).order_by("event_id")
    assert shown(held, "event_id", "end_at") == [
        ("1", "2026-04-01 00:00:00"),  # still in hospital: so far, until the as-at date
        ("3", "2026-03-01 10:00:00"),
        ("6", "2025-01-01 00:00:00"),  # a package begins with a contact; it is not one for years
        ("8", "2026-02-03 12:00:00"),  # it cannot end before it begins
    ]  # booked after the as-at date, not attended, part of a spell, a prescription: none of these


def test_a_gap_of_more_than_thirty_days_begins_a_new_episode() -> None:
    contacts = care_contacts(
        events(
            """
            id | person | org    | setting          | kind        | start         | end
            1  | PA     | Z00001 | general_practice | appointment | 2025-01-01T09 | -
            2  | PA     | RZ1    | emergency        | attendance  | 2025-01-31T22 | -
            3  | PA     | RZ1    | inpatient        | spell       | 2025-01-31T23 | 2025-03-01T12
            4  | PA     | RZC    | community        | contact     | 2025-02-10T12 | -
            5  | PA     | Z00001 | general_practice | appointment | 2025-03-31T09 | -
            6  | PA     | Z00001 | general_practice | appointment | 2025-05-01T09 | -
            7  | PB     | Z00001 | general_practice | appointment | 2025-01-02T09 | -
            """
        ),
        AS_AT,
    )
    found = episodes_of_need(contacts, NO_REFERRALS).order_by("person_id", "episode")
    # 30 days after the last end, not after the last start: the spell lasts until 1 March, and goes
    # on through the community contact of February. The visit of 1 May is 31 days after 31 March.
    assert shown(found, "person_id", "episode", "contacts", "handoffs") == [
        ("PA", "1", "5", "3"),  # practice to RZ1, RZ1 to RZC, RZC to practice
        ("PA", "2", "1", "0"),
        ("PB", "1", "1", "0"),
    ]
    assert shown(
        found, "start_at", "end_at", "organisations", "settings", "first_organisation",
        "first_setting", "last_organisation", "last_setting",
    )[0] == (
        "2025-01-01 09:00:00", "2025-03-31 09:00:00", "3", "4", "Z00001",
        "general_practice", "Z00001", "general_practice",
    )  # fmt: skip


def test_a_referral_ties_what_a_long_wait_would_part() -> None:
    contacts = care_contacts(
        events(
            """
            id | person | org    | setting          | kind        | start         | end
            1  | PA     | Z00001 | general_practice | appointment | 2025-01-01T09 | -
            2  | PA     | RZ1    | outpatient       | appointment | 2025-06-01T09 | -
            3  | PB     | Z00001 | general_practice | appointment | 2025-01-01T09 | -
            4  | PB     | RZ1    | outpatient       | appointment | 2025-06-01T09 | -
            5  | PC     | Z00001 | general_practice | appointment | 2025-01-01T09 | -
            6  | PC     | RZ1    | emergency        | attendance  | 2025-06-01T09 | -
            """
        ),
        AS_AT,
    )
    sent = referrals(
        """
        id | person | sent          | accepted | contact       | closed | outcome
        1  | PA     | 2025-01-02T09 | -        | 2025-06-01T09 | -      | -
        2  | PB     | 2025-01-02T09 | -        | -             | -      | -
        3  | PC     | 2025-01-02T09 | -        | -             | -      | -
        4  | PD     | 2025-01-02T09 | -        | -             | -      | -
        """,
        **{"from": "Z00001"},
        to="RZ1",
        urgency="routine",
    )
    found = episodes_of_need(contacts, sent).order_by("person_id", "episode")
    assert shown(found, "person_id", "contacts", "referrals", "handoffs", "last_organisation") == [
        ("PA", "2", "1", "1", "RZ1"),  # as the source says
        ("PB", "2", "1", "1", "RZ1"),  # the source does not say: the first contact there answers
        ("PC", "1", "1", "0", "Z00001"),  # an emergency does not answer a routine referral
        ("PC", "1", "0", "0", "RZ1"),
        ("PD", "0", "1", "0", None),  # asked for, and nobody seen to answer
    ]


def test_a_shorter_gap_can_only_make_more_episodes() -> None:
    contacts = care_contacts(
        events(
            """
            id | person | start         | end
            1  | PA     | 2025-01-01T09 | -
            2  | PA     | 2025-01-08T09 | -
            3  | PA     | 2025-01-16T09 | -
            """,
            org="Z00001",
            setting="general_practice",
            kind="appointment",
        ),
        AS_AT,
    )
    counts = [
        len(shown(episodes_of_need(contacts, NO_REFERRALS, gap_days=gap), "episode"))
        for gap in (8, 7, 6)
    ]
    assert counts == [1, 2, 3]

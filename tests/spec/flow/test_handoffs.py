"""Handoffs between organisations, and the matrix of who hands to whom."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.flow import care_contacts, handoff_matrix, handoffs
from tests.drawn import drawn, shown
from tests.spec.flow.flow_tables import events, referrals

pytestmark = pytest.mark.usefixtures("by_engine")

AS_AT = dt.date(2026, 4, 1)
NOBODY = events("event_id | person_id | organisation | setting | kind | start_at")


def test_a_referral_waits_to_be_accepted_and_to_be_seen() -> None:
    sent = referrals(
        """
        referral_id | person_id | from_organisation | to_organisation | sent_at          | accepted_at      | first_contact_at | closed_at        | outcome
        1           | PA        | Z00001            | RZ1             | 2026-01-01T23:00 | 2026-01-02T01:00 | 2026-01-11T09:00 | -                | accepted
        2           | PB        | Z00001            | RZ1             | 2026-03-03T09:00 | -                | -                | -                | -
        3           | PC        | Z00001            | RZ1             | 2026-03-04T09:00 | -                | -                | -                | -
        4           | PD        | Z00001            | RZ1             | 2026-01-01T09:00 | -                | -                | 2026-01-03T00:00 | rejected
        5           | PE        | -                 | RZ1             | 2026-01-01T09:00 | 2025-12-31T09:00 | -                | -                | -
        6           | PF        | RZ1               | RZ1             | 2026-01-01T09:00 | -                | -                | -                | -
        7           | PG        | Z00001            | RZ1             | 2026-04-01T09:00 | -                | -                | -                | -
        """
    )
    found = handoffs(care_contacts(NOBODY, AS_AT), sent, AS_AT).order_by("handoff_id")
    assert shown(found, "handoff_id", "days_to_accept", "days_to_contact", "is_stuck") == [
        ("1", "1", "10", "False"),
        ("2", None, None, "True"),  # 29 days on the first of April
        ("3", None, None, "False"),  # 28
        ("4", None, None, "False"),  # sent back: not stuck, answered
        ("5", None, None, "True"),  # accepted before it was sent: how long is not known
    ]  # within one organisation, and not sent yet: no handoff
    assert set(shown(found, "kind", "has_referral")) == {("referral", "True")}


def test_a_handoff_is_seen_where_the_next_contact_is_elsewhere() -> None:
    contacts = care_contacts(
        events(
            """
            event_id | person_id | organisation | setting          | kind        | start_at         | end_at
            1        | PA        | Z00001       | general_practice | appointment | 2026-01-01T09:00 | -
            2        | PA        | RZ1          | outpatient       | appointment | 2026-01-15T09:00 | -
            3        | PA        | RZ1          | outpatient       | appointment | 2026-01-20T09:00 | -
            4        | PA        | RZC          | community        | contact     | 2026-02-20T09:00 | -
            5        | PB        | RZ1          | inpatient        | spell       | 2026-01-01T09:00 | 2026-01-31T09:00
            6        | PB        | RZC          | community        | assessment  | 2026-01-20T09:00 | -
            7        | PB        | RZC          | community        | contact     | 2026-02-04T09:00 | -
            """
        ),
        AS_AT,
    )
    sent = referrals(
        """
        referral_id | person_id | from_organisation | to_organisation | sent_at          | first_contact_at
        9           | PA        | Z00001            | RZ1             | 2026-01-02T09:00 | 2026-01-15T09:00
        """
    )
    found = handoffs(contacts, sent, AS_AT)
    seen = found.filter(found.kind == "observed").order_by("handoff_id")
    assert shown(
        seen,
        "handoff_id",
        "from_organisation",
        "to_organisation",
        "days_to_contact",
        "has_referral",
    ) == [
        ("2", "Z00001", "RZ1", "14", "True"),
        ("6", "RZ1", "RZC", "0", "False"),  # seen on the ward: no wait
    ]  # 4 is 31 days after 3, and so no handoff


def test_the_matrix_counts_and_keeps_the_middle_and_the_long_waits() -> None:
    each = drawn(
        """
        from_organisation | to_organisation | kind     | accepted_at      | first_contact_at | days_to_accept | days_to_contact | is_stuck
        Z00001            | RZ1             | referral | 2026-01-02T00:00 | 2026-01-02T00:00 | 1              | 0               | no
        Z00001            | RZ1             | referral | 2026-01-02T00:00 | 2026-01-11T00:00 | 2              | 10              | no
        Z00001            | RZ1             | referral | -                | 2026-01-21T00:00 | -              | 20              | no
        Z00001            | RZ1             | referral | -                | -                | -              | -               | yes
        Z00001            | RZ1             | observed | -                | 2026-01-21T00:00 | -              | 4               | no
        """,
        accepted_at="timestamp(6)", first_contact_at="timestamp(6)", days_to_accept="int64",
        days_to_contact="int64", is_stuck="boolean",
    )  # fmt: skip
    matrix = handoff_matrix(each).order_by("kind")
    # Of 0, 10 and 20 the ninth tenth lies at 1.8 steps from the first: 10 + 0.8 × 10.
    assert shown(matrix) == [
        ("Z00001", "RZ1", "observed", "1", "0", "1", "0", None, None, "4.0", "4.0"),
        ("Z00001", "RZ1", "referral", "4", "2", "3", "1", "1.5", "1.9", "10.0", "18.0"),
    ]

"""Handoffs between organisations, and the matrix of who hands to whom."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.flow import care_contacts, handoff_matrix, handoffs
from tests.drawn import shown
from tests.spec.flow.flow_tables import events, referrals

pytestmark = pytest.mark.usefixtures("by_engine")

AS_AT = dt.date(2026, 4, 1)
NOBODY = events("id | person | org | setting | kind | start")


def test_a_referral_waits_to_be_accepted_and_to_be_seen() -> None:
    sent = referrals(
        """
        id | person | from | sent          | accepted      | contact    | closed     | outcome
        1  | PA     | Z1   | 2026-01-01T23 | 2026-01-02T01 | 2026-01-11 | -          | accepted
        2  | PB     | Z1   | 2026-03-03    | -             | -          | -          | -
        3  | PC     | Z1   | 2026-03-04    | -             | -          | -          | -
        4  | PD     | Z1   | 2026-01-01    | -             | -          | 2026-01-03 | rejected
        5  | PE     | -    | 2026-01-01    | 2025-12-31    | -          | -          | -
        6  | PF     | RZ1  | 2026-01-01    | -             | -          | -          | -
        7  | PG     | Z1   | 2026-04-01    | -             | -          | -          | -
        """,
        to="RZ1",
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
            id | person | org    | setting          | kind        | start         | end
            1  | PA     | Z1     | general_practice | appointment | 2026-01-01T09 | -
            2  | PA     | RZ1    | outpatient       | appointment | 2026-01-15T09 | -
            3  | PA     | RZ1    | outpatient       | appointment | 2026-01-20T09 | -
            4  | PA     | RZC    | community        | contact     | 2026-02-20T09 | -
            5  | PB     | RZ1    | inpatient        | spell       | 2026-01-01T09 | 2026-01-31T09
            6  | PB     | RZC    | community        | assessment  | 2026-01-20T09 | -
            7  | PB     | RZC    | community        | contact     | 2026-02-04T09 | -
            """
        ),
        AS_AT,
    )
    sent = referrals(
        """
        id | person | from   | to  | sent          | contact
        9  | PA     | Z1     | RZ1 | 2026-01-02T09 | 2026-01-15T09
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
        ("2", "Z1", "RZ1", "14", "True"),
        ("6", "RZ1", "RZC", "0", "False"),  # seen on the ward: no wait
    ]  # 4 is 31 days after 3, and so no handoff


def test_the_matrix_counts_and_keeps_the_middle_and_the_long_waits() -> None:
    sent = referrals(
        """
        id | person | from   | sent       | accepted   | contact
        1  | PA     | Z1     | 2026-01-01 | 2026-01-02 | 2026-01-01
        2  | PB     | Z1     | 2026-01-01 | 2026-01-03 | 2026-01-11
        3  | PC     | Z1     | 2026-01-01 | -          | 2026-01-21
        4  | PD     | Z1     | 2026-01-01 | -          | -
        5  | PD     | -      | 2026-01-01 | -          | 2026-01-05
        """,
        to="RZ1",
    )
    each = handoffs(care_contacts(NOBODY, AS_AT), sent, AS_AT)
    matrix = handoff_matrix(each).order_by("handoffs")
    # Of 0, 10 and 20 the ninth tenth lies 1.8 steps from the first: 10 + 0.8 * 10.
    assert shown(matrix) == [
        (None, "RZ1", "referral", "1", "0", "1", "0", None, None, "4.0", "4.0"),
        ("Z1", "RZ1", "referral", "4", "2", "3", "1", "1.5", "1.9", "10.0", "18.0"),
    ]

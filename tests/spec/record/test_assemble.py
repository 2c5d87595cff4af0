"""Rows from many partners become one person's history."""

from __future__ import annotations

import ibis
import pytest

from joinedup import tables
from joinedup.record import (
    UnitCost,
    assemble_persons,
    attach_person,
    cost_events,
    residences_from_postcodes,
)
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

LINKS = drawn("""
    partner | record_id | person_id
    RZ1     | 1         | PA
    RZ2     | 1         | PB
    QZZ     | Z1-9      | PA
""")


def test_the_same_local_number_at_two_partners_is_two_people() -> None:
    received = drawn(
        """
        referral_id | record_id | partner | to_organisation | sent_at             | source_row
        10          | 1         | RZ1     | RZC             | 2025-01-01T09:00:00 | 2
        11          | 1         | RZ2     | RZC             | 2025-01-02T09:00:00 | 2
        """,
        referral_id="int64",
        sent_at="timestamp(6)",
        source_row="int64",
    )
    missing = {
        c.name: ibis.null(c.type)
        for c in tables.REFERRALS.as_received().columns
        if c.name not in received.columns
    }
    referrals = attach_person(tables.REFERRALS, received.mutate(**missing), LINKS)
    assert shown(referrals.order_by("referral_id"), "referral_id", "person_id") == [
        ("10", "PA"),
        ("11", "PB"),
    ]
    assert tuple(referrals.columns) == tables.REFERRALS.column_names


def test_a_person_has_the_sex_most_often_recorded_and_a_birth_month_but_no_day() -> None:
    identities = drawn(
        """
        partner | record_id | sex    | birth_date | ethnicity | death_date
        RZ1     | 1         | female | 1950-02-17 | A         | -
        RZ1     | 1         | female | 1950-02-17 | -         | -
        QZZ     | Z1-9      | male   | 1950-02-18 | A         | 2025-03-04
        RZ2     | 1         | -      | -          | -         | -
        """,
        birth_date="date",
        death_date="date",
    )
    persons = assemble_persons(identities, LINKS)
    assert shown(persons) == [
        ("PA", "female", "1950-02-01", "2025-03-04", "A", "2", "2"),
        ("PB", None, None, None, None, "1", "1"),
    ]


def test_a_tie_goes_to_the_value_that_sorts_first_whatever_the_order_of_rows() -> None:
    text = """
        partner | record_id | sex    | birth_date | ethnicity | death_date
        RZ1     | 1         | male   | 1950-02-17 | -         | -
        QZZ     | Z1-9      | female | 1949-12-01 | -         | -
    """
    head, *body = text.strip().splitlines()
    for lines in (body, body[::-1]):
        table = drawn("\n".join([head, *lines]), birth_date="date", death_date="date")
        person = shown(assemble_persons(table, LINKS), "sex", "birth_month")
        assert person[0] == ("female", "1949-12-01")


def test_no_price_is_invented_and_the_source_s_own_cost_stands() -> None:
    events = drawn(
        """
        setting   | kind       | urgency   | cost_pence
        emergency | attendance | emergency | -
        emergency | attendance | -         | 9900
        inpatient | spell      | routine   | -
        inpatient | spell      | emergency | -
        """,
        cost_pence="int64",
    )
    costs = (
        UnitCost("emergency", "attendance", 16_000, "2024/25", "given"),
        UnitCost("inpatient", "spell", 250_000, "2024/25", "given", urgency="emergency"),
    )
    costed = cost_events(events, costs)
    assert shown(costed, "cost_pence") == [("16000",), ("9900",), (None,), ("250000",)]


def test_a_postcode_places_a_record_once_from_when_the_partner_first_said_so() -> None:
    identities = drawn(
        """
        partner | record_id | postcode | known_date | file_id | source_row
        RZ1     | 1         | zz1 1aa  | 2025-04-01 | b       | 7
        RZ1     | 1         | ZZ11AA   | 2025-01-01 | a       | 9
        RZ1     | 1         | ZZ9 9ZZ  | 2025-01-01 | a       | 10
        """,
        known_date="date",
        source_row="int64",
    )
    postcodes = drawn(
        """
        postcode | lsoa_code | lsoa_vintage
        ZZ1 1AA  | E01Z00001 | 2011
        """,
        lsoa_vintage="int64",
    )
    placed = residences_from_postcodes(identities, postcodes)
    assert set(placed.columns) == set(tables.RESIDENCES.as_received().column_names)
    assert shown(placed, "record_id", "lsoa_code", "known_date", "source_row") == [
        ("1", "E01Z00001", "2025-01-01", "9")
    ]

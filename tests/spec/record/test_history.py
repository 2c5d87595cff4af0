"""Who is involved now: those who saw the person lately, or hold something open."""

from __future__ import annotations

import datetime as dt

from joinedup.record import Contact, involved_now
from tests.drawn import rows

AS_AT = dt.datetime(2026, 4, 1, 23, 59, 59)


def contacts(text: str) -> list[Contact]:
    return [
        Contact(
            organisation=row["organisation"] or "",
            setting=row["setting"] or "",
            kind=row["kind"] or "",
            start_at=dt.datetime.fromisoformat(row["start"] or ""),
            end_at=dt.datetime.fromisoformat(row["end"]) if row["end"] else None,
        )
        for row in rows(text)
    ]


def test_those_who_saw_the_person_lately_or_hold_an_open_package_are_involved() -> None:
    found = involved_now(
        contacts("""
        organisation | setting     | kind       | start            | end
        RZ1          | inpatient   | spell      | 2026-03-01T10:00 | 2026-03-05T10:00
        RZ1          | inpatient   | spell      | 2024-01-01T10:00 | 2024-01-02T10:00
        RZ2          | outpatient  | attendance | 2025-09-01T10:00 | -
        E06Z00001    | social_care | package    | 2024-05-01T00:00 | -
        E06Z00002    | social_care | package    | 2024-05-01T00:00 | 2024-09-01T00:00
        ONS          | civil_registration | death | 2026-03-30T00:00 | -
        RZC          | community   | contact    | 2026-04-02T09:00 | -
        """),
        AS_AT,
    )
    assert [(one.organisation, one.contacts, one.has_open) for one in found] == [
        ("RZ1", 2, False),
        ("E06Z00001", 1, True),
    ]
    assert found[0].first_at == dt.datetime(2024, 1, 1, 10)
    assert found[0].last_at == dt.datetime(2026, 3, 1, 10)


def test_the_last_day_that_counts_is_the_180th() -> None:
    last = AS_AT - dt.timedelta(days=180)
    for start, is_involved in ((last, True), (last - dt.timedelta(seconds=1), False)):
        one = Contact("RZ1", "outpatient", "attendance", start, None)
        assert bool(involved_now([one], AS_AT)) is is_involved


def test_nobody_is_involved_with_somebody_never_seen() -> None:
    assert involved_now([], AS_AT) == ()

"""A few people with a history, drawn as tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis.expr.types as ir

from joinedup.population.risk import History
from tests.drawn import drawn

ON = dt.date(2025, 4, 1)
EVENT = {
    "event_id": "int64",
    "start_at": "timestamp(6)",
    "end_at": "timestamp(6)",
    "known_date": "date",
}

PERSONS = """
    person_id | sex    | birth_month | death_date | ethnicity
    PA        | female | 1945-04-01  | -          | A
    PB        | male   | 1985-05-01  | -          | H
    PC        | -      | -           | -          | -
    PD        | male   | 1930-01-01  | 2025-03-31 | A
    PE        | female | 2025-05-01  | -          | A
"""
EVENTS = """
    event_id | person_id | setting          | kind         | urgency   | start_at         | end_at           | outcome        | service                          | known_date
    1        | PA        | emergency        | attendance   | emergency | 2025-03-01T10:00 | 2025-03-01T14:00 | -              | 01                               | 2025-04-01
    2        | PA        | emergency        | attendance   | -         | 2024-04-01T00:00 | 2024-04-01T02:00 | did_not_attend | 01                               | 2025-04-01
    3        | PA        | emergency        | attendance   | emergency | 2024-03-31T23:59 | 2024-04-01T02:00 | -              | 01                               | 2024-04-01
    4        | PA        | inpatient        | spell        | emergency | 2025-03-01T15:00 | 2025-03-04T09:00 | -              | 300                              | 2025-04-01
    5        | PA        | inpatient        | spell        | routine   | 2025-03-30T08:00 | 2025-04-02T12:00 | -              | 110                              | 2025-04-01
    6        | PA        | outpatient       | attendance   | routine   | 2024-06-01T09:00 | -                | attended       | 110                              | 2025-04-01
    7        | PA        | outpatient       | appointment  | routine   | 2024-06-08T09:00 | -                | did_not_attend | 110                              | 2025-04-01
    8        | PA        | general_practice | appointment  | routine   | 2024-12-31T09:00 | -                | attended       | -                                | 2025-04-01
    9        | PA        | general_practice | appointment  | routine   | 2024-12-30T09:00 | -                | -              | -                                | 2025-04-01
    10       | PA        | general_practice | prescription | -         | 2025-02-01T00:00 | -                | -              | -                                | 2025-04-01
    11       | PA        | general_practice | prescription | -         | 2024-05-01T00:00 | -                | -              | -                                | 2025-04-01
    12       | PA        | social_care      | package      | -         | 2022-01-01T00:00 | -                | -              | Long Term Support: Community     | 2022-04-01
    13       | PB        | social_care      | package      | -         | 2022-01-01T00:00 | 2025-03-31T00:00 | -              | Long Term Support: Nursing Care  | 2025-04-01
    14       | PB        | ambulance        | incident     | urgent    | 2025-01-15T00:00 | -                | -              | -                                | 2025-06-01
    15       | PB        | community        | contact      | routine   | 2025-01-15T00:00 | -                | attended       | -                                | 2025-04-01
"""  # noqa: E501
CODES = """
    event_id | person_id | system | code      | position
    10       | PA        | BNF    | 0212000B0 | 1
    10       | PA        | BNF    | 0212000Y0 | 2
    11       | PA        | BNF    | 0601022B0 | 1
    4        | PA        | ICD-10 | J44.1     | 1
    4        | PA        | ICD-10 | E119      | 2
"""
CONDITIONS = """
    person_id | condition     | from_date  | known_date
    PA        | copd          | 2015-01-01 | 2025-04-01
    PA        | copd          | 2016-01-01 | 2025-04-01
    PA        | heart_failure | 2024-01-01 | 2025-04-01
    PB        | copd          | 2025-04-01 | 2025-04-01
    PB        | heart_failure | 2020-01-01 | 2025-04-02
"""


def events(text: str = EVENTS) -> ir.Table:
    return drawn(text, **EVENT)


def history(**other: Any) -> History:
    tables = {
        "persons": drawn(PERSONS, birth_month="date", death_date="date"),
        "events": events(),
        "codes": drawn(CODES, event_id="int64", position="int64"),
        "conditions": drawn(CONDITIONS, from_date="date", known_date="date"),
        "homes": drawn("""
            person_id | lsoa_code
            PA        | L1
            PB        | L9
        """),
        "deprivation": drawn(
            """
            lsoa_code | decile
            L1        | 3
            """,
            decile="int64",
        ),
    }
    return History(**(tables | other))


def as_rows(table: ir.Table) -> dict[str, dict[str, Any]]:
    """Rows by person."""
    return {row["person_id"]: row for row in table.to_pyarrow().to_pylist()}

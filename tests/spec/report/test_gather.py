"""The report's facts, from a snapshot's tables."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pytest

from joinedup.actions.report import (
    AgeCount,
    FeedTitle,
    LinkageFacts,
    ReasonFacts,
    RefusedFile,
    ReportFacts,
    ReportTables,
    RuleWords,
    SettingCount,
    SnapshotWords,
    Unplaced,
    gather_facts,
)
from tests.drawn import drawn

pytestmark = pytest.mark.usefixtures("by_engine")

DATES = {"start_date": "date", "end_date": "date", "known_date": "date"}
COUNTS = dict.fromkeys(
    ("lines", "accepted", "quarantined", "accepted_lines", "quarantined_lines", "header_or_blank"),
    "int64",
)

PERSONS = drawn(
    """
    person_id | sex    | birth_month | death_date
    PA        | female | 1950-02-01  | -
    PB        | male   | 1962-11-01  | -
    PC        | male   | 1980-01-01  | 2026-03-31
    PD        | female | 1990-01-01  | -
    PE        | -      | -           | -
    """,
    birth_month="date",
    death_date="date",
)
RESIDENCES = drawn(
    """
    person_id | partner | lsoa_code | start_date | end_date | known_date
    PA        | QZZ     | L1        | -          | -        | 2026-04-01
    PB        | QZZ     | L2        | -          | -        | 2026-04-01
    PC        | QZZ     | L1        | -          | -        | 2026-04-01
    PD        | QZZ     | FAR       | -          | -        | 2026-04-01
    """,
    **DATES,
)
REGISTRATIONS = drawn(
    """
    person_id | partner | practice_code | start_date | end_date | known_date
    PA        | QZZ     | Z1            | -          | -        | 2026-04-01
    PB        | QZZ     | Z1            | -          | -        | 2026-04-01
    PD        | QZZ     | Z1            | -          | -        | 2026-04-01
    """,
    **DATES,
)
MEMBERSHIPS = drawn(
    """
    member_kind | member | of_kind       | of | share | start_date | end_date
    lsoa        | L1     | neighbourhood | N1 | 1.0   | -          | -
    lsoa        | L2     | neighbourhood | N2 | 1.0   | -          | -
    practice    | Z1     | neighbourhood | N1 | 1.0   | -          | -
    """,
    share="float64",
    start_date="date",
    end_date="date",
)
AREAS = drawn(
    """
    kind          | code | name   | residents
    neighbourhood | N2   | Wold   | 30000
    neighbourhood | N1   | Quay   | 40000
    place         | P1   | Coast  | 70000
    """,
    residents="int64",
)
ORGANISATIONS = drawn(
    """
    code | name      | start_date
    RZ1  | Old name  | 2001-01-01
    RZ1  | Hospitals | 2020-10-01
    """,
    start_date="date",
)
FILES = drawn(
    """
    file_id | partner | feed | file      | extract_date | outcome  | lines | accepted | quarantined | accepted_lines | quarantined_lines | header_or_blank | reason
    f1      | RZ1     | apc  | RZ1/a.csv | 2026-04-01   | accepted | 10    | 7        | 2           | 7              | 2                 | 1               | -
    f2      | RZ1     | apc  | RZ1/b.csv | 2026-05-01   | rejected | 4     | 0        | 4           | 0              | 4                 | 0               | header_missing: no header
    f3      | QZZ     | gp   | QZZ/c.csv | 2026-03-01   | accepted | 6     | 5        | 0           | 5              | 0                 | 1               | -
    f3x     | QZZ     | gp   | QZZ/d.csv | 2026-03-01   | same_as_earlier | 6 | 0     | 0           | 0              | 6                 | 0               | twice
    """,  # noqa: E501
    extract_date="date",
    **COUNTS,
)
FLAGS = drawn(
    """
    file_id | rule                   | severity | rows
    f1      | before_birth           | refuse   | 2
    f1      | type:START DATE        | flag     | 3
    f3      | ready_after_discharge  | flag     | 1
    f2      | header_missing         | refuse   | 4
    """,
    rows="int64",
)
EVENTS = drawn("""
    setting
    inpatient
    general_practice
    general_practice
""")


def facts(**replaced: ir.Table) -> ReportFacts:
    tables = {
        "persons": PERSONS, "residences": RESIDENCES, "registrations": REGISTRATIONS,
        "events": EVENTS, "areas": AREAS, "memberships": MEMBERSHIPS,
        "organisations": ORGANISATIONS, "files": FILES, "flags": FLAGS,
    }  # fmt: skip
    return gather_facts(
        ReportTables(**{**tables, **replaced}),
        SnapshotWords("Test", "QZZ", "S1", dt.datetime(2026, 4, 10, tzinfo=dt.UTC)),
        feeds=[
            FeedTitle("RZ1", "apc", "Admissions"),
            FeedTitle("QZZ", "gp", "Patients"),
            FeedTitle("QZZ", "rx", "Prescriptions"),
        ],
        rules={
            "before_birth": RuleWords("it happened before birth", "Correct it."),
            "type": RuleWords("it cannot be read"),
            "QZZ/gp/ready_after_discharge": RuleWords("ready after leaving", "Swap them."),
        },
        linkage=LinkageFacts(5),
        outlines={"L1": [[(0, 0), (1, 0), (1, 1)]], "L2": [[(1, 0), (2, 0), (2, 1)]]},
    )


def test_people_are_counted_as_at_the_newest_file_taken_in() -> None:
    found = facts()
    assert found.as_at == dt.date(2026, 4, 1)
    assert (found.persons, found.living, found.events) == (5, 4, 3)
    assert [(n.name, n.residents, n.registered) for n in found.neighbourhoods] == [
        ("Quay", 1, 3),
        ("Wold", 1, 0),
    ]
    assert found.neighbourhoods[0].rings == ([(0, 0), (1, 0), (1, 1)],)
    assert found.unplaced == Unplaced(
        live_elsewhere=1, home_unknown=1, registered_elsewhere=0, not_registered=1
    )


def test_ages_are_of_living_residents_of_the_area() -> None:
    assert set(facts().ages) == {AgeCount(75, "female", 1), AgeCount(60, "male", 1)}


def test_settings_go_from_most_events_to_fewest() -> None:
    assert facts().settings == (
        SettingCount("general_practice", 2),
        SettingCount("inpatient", 1),
    )


def test_every_feed_is_there_whether_or_not_a_file_came() -> None:
    feeds = {(one.partner, one.feed): one for one in facts().feeds}
    assert feeds["QZZ", "rx"].files == 0
    assert feeds["QZZ", "rx"].newest_extract is None
    admissions = feeds["RZ1", "apc"]
    assert admissions.partner_name == "Hospitals"
    # A refused file makes no feed fresher, and its lines are in the books.
    assert admissions.newest_extract == dt.date(2026, 4, 1)
    assert (admissions.lines, admissions.accepted, admissions.quarantined) == (14, 7, 6)
    assert admissions.balances
    assert facts().partners == 2
    assert facts().repeated_files == 1


def test_reasons_say_what_was_wrong_and_what_to_do() -> None:
    assert facts().reasons == (
        ReasonFacts("RZ1", "apc", "type", "flag", 3, "It cannot be read", "", "START DATE"),
        ReasonFacts(
            "RZ1", "apc", "before_birth", "refuse", 2, "It happened before birth", "Correct it."
        ),
        ReasonFacts(
            "QZZ", "gp", "ready_after_discharge", "flag", 1, "Ready after leaving", "Swap them."
        ),
    )


def test_what_refused_a_whole_file_is_told_once_with_the_file() -> None:
    assert facts().refused_files == (
        RefusedFile("RZ1", "apc", "RZ1/b.csv", 4, "header_missing", "No header"),
    )


def test_the_order_of_rows_changes_nothing() -> None:
    turned = {"residences": RESIDENCES.order_by(ibis.desc("person_id")),
              "files": FILES.order_by(ibis.desc("file_id"))}  # fmt: skip
    assert facts(**turned) == facts()

"""What differs between two snapshots' tables."""

from __future__ import annotations

from joinedup.record.differences import (
    links_changed,
    people_changed,
    register_changed,
    rows_by_file,
)
from tests.drawn import drawn, shown


def test_rows_are_told_by_the_file_that_they_came_from() -> None:
    before = drawn("""
        file_id | source_row
        corrected | 2
        corrected | 3
        same      | 2
        withdrawn | 2
    """)
    after = drawn("""
        file_id | source_row
        corrected | 3
        same      | 2
        arrived   | 2
        arrived   | 3
    """)
    assert shown(rows_by_file(before, after).order_by("file_id")) == [
        ("arrived", "0", "2"),
        ("corrected", "2", "1"),
        ("withdrawn", "1", "0"),
    ]


def test_tables_that_say_the_same_differ_in_nothing() -> None:
    table = drawn("""
        file_id | source_row
        one     | 2
    """)
    assert shown(rows_by_file(table, table)) == []


def test_people_come_go_and_are_corrected() -> None:
    before = drawn(
        """
        person_id | sex    | birth_month | death_date | ethnicity
        P1        | male   | 1950-02-01  | -          | A
        P2        | male   | 1962-11-01  | -          | -
        P3        | female | 1962-11-01  | -          | -
    """,
        birth_month="date",
        death_date="date",
    )
    after = drawn(
        """
        person_id | sex    | birth_month | death_date | ethnicity
        P1        | female | 1950-02-01  | 2026-03-09 | A
        P3        | female | 1962-11-01  | -          | -
        P4        | male   | -           | -          | -
        P5        | male   | -           | -          | -
    """,
        birth_month="date",
        death_date="date",
    )
    found = people_changed(before, after)
    assert shown(found, "came", "went") == [("2", "1")]
    assert shown(found, "sex", "birth_month", "death_date", "ethnicity") == [("1", "0", "1", "0")]


def test_nobody_in_either_snapshot_is_nought_and_not_unknown() -> None:
    nobody = drawn(
        """
        person_id | sex | birth_month | death_date | ethnicity
    """,
        birth_month="date",
        death_date="date",
    )
    assert shown(people_changed(nobody, nobody), "came", "went", "sex") == [("0", "0", "0")]


def test_a_person_split_over_several_counts_once_under_the_reason_of_most_records() -> None:
    changes = drawn(
        """
        old_person_id | new_person_id | change | identities | why                   | run
        P1            | P2            | merged | 2          | valid NHS number      | 000002
        P3            | P4            | split  | 1          | match weight 9.1 bits | 000002
        P3            | P5            | split  | 3          | valid NHS number      | 000002
        P6            | P2            | merged | 1          | valid NHS number      | 000002
        P7            | P2            | merged | 1          | match weight 7.2 bits | 000002
        P8            | P2            | merged | 1          | match weight 9.9 bits | 000002
    """,
        identities="int64",
    )
    assert shown(links_changed(changes).order_by("change", "why")) == [
        ("merged", "a match weight above the threshold", "2"),
        ("merged", "valid NHS number", "2"),
        ("split", "valid NHS number", "1"),
    ]


def test_a_register_gains_loses_and_renames() -> None:
    before = drawn("""
        code | name        | start_date
        R0D  | Dorset      | 2020-10-01
        RBD  | Dorset West | -
        RDZ  | Bournemouth | -
    """)
    after = drawn("""
        code | name        | start_date
        R0D  | University  | 2020-10-01
        RBD  | Dorset West | -
        J81  | A practice  | -
    """)
    found = register_changed(before, after, ("code", "start_date"))
    assert shown(found.order_by("code"), "change", "code", "name") == [
        ("added", "J81", "A practice"),
        ("changed", "R0D", "University"),
        ("removed", "RDZ", "Bournemouth"),
    ]

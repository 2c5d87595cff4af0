"""Which records are one person, case by case."""

# ruff: noqa: E501 - a drawn row is one line
from __future__ import annotations

import pytest

from joinedup.engines import DuckDBEngine
from tests.spec.linkage.people import linked, people, together

# Valid by Modulus 11: 943 476 5919 is the NHS Data Dictionary's own example; 999 000 0018 and
# 999 000 0026 are in the range that is kept for tests. Checked by hand in test_numbers.py.

CASES = {
    "the same number in another case and writing": (
        """
        partner | record_id | nhs_number   | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919   | Maria    | O'Brien | 1950-02-03 | BH1 1AA
        QVV     | b         | 943 476 5919 | MARIA    | O BRIEN | 1950-02-03 | bh11aa
        """,
        ("a b",),
    ),
    "a mistyped number, all else the same": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 1950-02-03 | BH1 1AA
        QVV     | b         | 9434765991 | Maria    | Okafor  | 1950-02-03 | BH1 1AA
        """,
        ("a b",),
    ),
    "a mistyped number and a mistyped name": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 1950-02-03 | BH1 1AA
        QVV     | b         | 9434765991 | Marai    | Okafor  | 1950-02-03 | BH1 1AA
        """,
        ("a b",),
    ),
    "twins": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | sex    | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 2010-02-03 | female | BH1 1AA
        R0D     | b         | 9990000018 | Martha   | Okafor  | 2010-02-03 | female | BH1 1AA
        """,
        ("a", "b"),
    ),
    "twins of whom a third partner knows one without a number": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | sex    | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 2010-02-03 | female | BH1 1AA
        R0D     | b         | 9990000018 | Joan     | Okafor  | 2010-02-03 | female | BH1 1AA
        RZC     | c         | -          | Joan     | Okafor  | 2010-02-03 | female | BH1 1AA
        """,
        ("a", "b c"),
    ),
    "a twin whose forename nobody wrote down stays alone": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | sex    | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 2010-02-03 | female | BH1 1AA
        R0D     | b         | 9990000018 | Joan     | Okafor  | 2010-02-03 | female | BH1 1AA
        RZC     | c         | -          | -        | Okafor  | 2010-02-03 | female | BH1 1AA
        """,
        ("a", "b", "c"),
    ),
    "somebody else's number does not merge two people": (
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1950-02-03 | BH1 1AA
        QVV     | b         | 9434765919 | Maria    | Okafor   | 1950-02-03 | BH1 1AA
        RZC     | c         | 9434765919 | Trevor   | Langdale | 1987-11-30 | DT4 7ZZ
        """,
        ("a b", "c"),
    ),
    "somebody else's number, and the right person known by details": (
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1950-02-03 | BH1 1AA
        QVV     | b         | 9434765919 | Maria    | Okafor   | 1950-02-03 | BH1 1AA
        QVV     | d         | 9990000018 | Trevor   | Langdale | 1987-11-30 | DT4 7ZZ
        RZC     | c         | 9434765919 | Trevor   | Langdale | 1987-11-30 | DT4 7ZZ
        """,
        ("a b", "c d"),
    ),
    "two verified numbers never merge": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode | phone
        R0D     | a         | 9434765919 | Maria    | Okafor  | 1950-02-03 | BH1 1AA  | 01202000001
        QVV     | b         | 9990000018 | Maria    | Okafor  | 1950-02-03 | BH1 1AA  | 01202000001
        """,
        ("a", "b"),
    ),
    "two verified numbers with the same details: a third record joins neither": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 1950-02-03 | BH1 1AA
        QVV     | b         | 9990000018 | Maria    | Okafor  | 1950-02-03 | BH1 1AA
        RZC     | c         | -          | Maria    | Okafor  | 1950-02-03 | BH1 1AA
        """,
        ("a", "b", "c"),
    ),
    "a married name, by number": (
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1980-02-03 | BH1 1AA
        QVV     | b         | 9434765919 | Maria    | Langdale | 1980-02-03 | BH2 2BB
        """,
        ("a b",),
    ),
    "a married name, by details": (
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | sex    | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1980-02-03 | female | BH1 1AA
        QVV     | b         | -          | Maria    | Langdale | 1980-02-03 | female | BH1 1AA
        """,
        ("a b",),
    ),
    "day and month swapped": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | sex    | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 1980-02-03 | female | BH1 1AA
        QVV     | b         | -          | Maria    | Okafor  | 1980-03-02 | female | BH1 1AA
        """,
        ("a b",),
    ),
    "a placeholder birth date neither joins nor parts": (
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | postcode | phone
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1980-02-03 | BH1 1AA  | 01202000001
        QVV     | b         | -          | Maria    | Okafor   | 1900-01-01 | BH1 1AA  | 01202000001
        RZC     | c         | -          | Trevor   | Langdale | 1900-01-01 | DT4 7ZZ  | -
        """,
        ("a b", "c"),
    ),
    "forename and surname swapped": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 1980-02-03 | BH1 1AA
        QVV     | b         | -          | Okafor   | Maria   | 1980-02-03 | BH1 1AA
        """,
        ("a b",),
    ),
    "a short form, accents, a title and a pseudo-postcode": (
        """
        partner | record_id | nhs_number | forename  | surname | birth_date | address    | postcode
        R0D     | a         | 9434765919 | Elizabeth | Núñez   | 1980-02-03 | 1 High St  | BH1 1AA
        QVV     | b         | -          | Mrs Liz   | NUNEZ   | 1980-02-03 | 1 HIGH ST. | ZZ99 3VZ
        """,
        ("a b",),
    ),
    "nothing known stays alone": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | -          | -        | -       | -          | -
        QVV     | b         | -          | Unknown  | Unknown | 1900-01-01 | ZZ99 3WZ
        RZC     | c         | 0000000000 | Baby     | -       | -          | -
        """,
        ("a", "b", "c"),
    ),
    "a common name and nothing else stays alone": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919 | John     | Smith   | 1980-02-03 | BH1 1AA
        QVV     | b         | -          | John     | Smith   | -          | -
        """,
        ("a", "b"),
    ),
    "people without numbers make a new person of each other": (
        """
        partner | record_id | forename | surname | birth_date | postcode | phone
        R0D     | a         | Maria    | Okafor  | 1980-02-03 | BH1 1AA  | 01202000001
        QVV     | b         | Maria    | Okafor  | 1980-02-03 | BH1 1AA  | -
        RZC     | c         | Marai    | Okafor  | 1980-02-03 | BH1 1AA  | -
        """,
        ("a b c",),
    ),
    "a twin without a number, whose twin has one": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | sex    | address   | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor  | 2010-02-03 | female | 1 High St | BH1 1AA
        RZC     | b         | -          | Martha   | Okafor  | 2010-02-03 | female | 1 High St | BH1 1AA
        """,
        ("a", "b"),
    ),
    "twins of whom neither has a number": (
        """
        partner | record_id | forename | surname | birth_date | sex    | address   | postcode
        R0D     | a         | Joan     | Okafor  | 2010-02-03 | female | 1 High St | BH1 1AA
        RZC     | b         | Martha   | Okafor  | 2010-02-03 | female | 1 High St | BH1 1AA
        """,
        ("a", "b"),
    ),
    "father and son of one name, of whom neither has a number": (
        """
        partner | record_id | forename | surname | birth_date | sex  | address   | postcode
        R0D     | a         | Peter    | Okafor  | 1950-02-03 | male | 1 High St | BH1 1AA
        RZC     | b         | Peter    | Okafor  | 1984-09-17 | male | 1 High St | BH1 1AA
        """,
        ("a", "b"),
    ),
    "father and son of one name": (
        """
        partner | record_id | nhs_number | forename | surname | birth_date | postcode
        R0D     | a         | 9434765919 | Peter    | Okafor  | 1950-02-03 | BH1 1AA
        QVV     | b         | -          | Peter    | Okafor  | 1984-09-17 | BH1 1AA
        """,
        ("a", "b"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_is_with_whom(engine: DuckDBEngine, case: str) -> None:
    drawing, expected = CASES[case]
    assert together(linked(engine, drawing).links) == people(*expected)


def test_rows_of_one_patient_are_one_person(engine: DuckDBEngine) -> None:
    """A partner says so itself, however little the rows have in common."""
    found = linked(
        engine,
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1980-02-03 | BH1 1AA
        R0D     | a         | -          | Maria    | Langdale | 1980-02-03 | DT4 7ZZ
        QVV     | b         | -          | Maria    | Langdale | 1980-02-03 | DT4 7ZZ
        """,
    )
    assert together(found.links) == people("a b")
    assert found.links.count().to_pyarrow().as_py() == 2


def test_a_patient_with_two_verified_numbers_goes_with_the_better_and_is_reviewed(
    engine: DuckDBEngine,
) -> None:
    found = linked(
        engine,
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | postcode
        QVV     | x         | 9434765919 | Maria    | Okafor   | 1980-02-03 | BH1 1AA
        QVV     | y         | 9990000018 | Trevor   | Langdale | 1987-11-30 | DT4 7ZZ
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1980-02-03 | BH1 1AA
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1980-02-03 | BH1 1AB
        R0D     | a         | 9990000018 | Trevor   | Langdale | 1987-11-30 | DT4 7ZZ
        """,
    )
    assert together(found.links) == people("x a", "y")
    assert found.review.to_pyarrow().to_pylist()[0]["reason"] == "two verified NHS numbers"


def test_a_link_says_how_it_was_made(engine: DuckDBEngine) -> None:
    found = linked(
        engine,
        """
        partner | record_id | nhs_number | forename | surname  | birth_date | sex    | postcode
        R0D     | a         | 9434765919 | Maria    | Okafor   | 1950-02-03 | female | BH1 1AA
        QVV     | b         | 9434765919 | Maria    | Okafor   | 1950-02-03 | female | BH1 1AA
        RZC     | c         | -          | Maria    | Okafor   | 1950-02-03 | female | BH1 1AA
        RZA     | d         | -          | Marai    | Okafor   | 1950-02-03 | female | BH1 1AA
        RZA     | e         | -          | Trevor   | Langdale | 1987-11-30 | male   | DT4 7ZZ
        """,
    )
    rows = {row["record_id"]: row for row in found.links.to_pyarrow().to_pylist()}
    assert [rows[name]["method"] for name in "abcde"] == [
        "nhs_number", "nhs_number", "same_record", "probabilistic", "alone",
    ]  # fmt: skip
    assert rows["d"]["match_weight"] > 8
    assert all(rows[name]["match_weight"] is None for name in "abce")
    assert rows["e"]["matched_record_id"] is None
    assert {rows[name]["run"] for name in "abcde"} == {"000001"}


def test_no_rows_give_no_links(engine: DuckDBEngine) -> None:
    found = linked(engine, "partner | record_id")
    assert found.links.count().to_pyarrow().as_py() == 0

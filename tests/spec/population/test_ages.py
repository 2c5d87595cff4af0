"""How old people are as at a date."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.population import band_name, people_by_age_and_sex
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")


def test_people_are_counted_by_five_year_band_and_sex() -> None:
    persons = drawn(
        """
        person_id | sex    | birth_month
        PA        | female | 2026-04-01
        PB        | female | 2021-05-01
        PC        | male   | 2021-04-01
        PD        | male   | 1936-05-01
        PE        | female | 1936-04-01
        PF        | female | 1920-01-01
        PG        | -      | 1970-06-01
        PH        | male   | -
        """,
        birth_month="date",
    )
    counted = people_by_age_and_sex(persons, dt.date(2026, 4, 1))
    assert sorted(shown(counted), key=str) == sorted(
        [
            ("0", "female", "2"),
            ("5", "male", "1"),
            ("85", "male", "1"),
            ("90", "female", "2"),
            ("55", None, "1"),
            (None, "male", "1"),
        ],
        key=str,
    )


def test_bands_read_as_words() -> None:
    assert [band_name(age) for age in (0, 85, 90)] == ["0 to 4", "85 to 89", "90 and over"]

"""Scores in words: what a record holds that goes with a score above others of the same age."""

from __future__ import annotations

import math

import pytest

from joinedup.population.risk import contributions, top_reasons
from joinedup.terms import SettingError
from tests.spec.population.risk.fitted import people, regression
from tests.spec.population.risk.people import as_rows
from tests.spec.population.risk.test_score import trees

pytestmark = pytest.mark.usefixtures("by_engine")

PEOPLE = people(
    ("PA", 80, 0, 3, 1, 1), ("PB", 30, 1, 0, 0, 0), ("PC", 80, 0, 1, 0, 1), ("PD", 70, 1, 12, 0, 0)
)


def test_a_contribution_is_against_the_average_of_same_age_and_sex() -> None:
    found = {
        (row["person_id"], row["subject"]): (row["amount"], row["contribution"])
        for row in contributions(regression(), PEOPLE).to_pyarrow().to_pylist()
    }
    # The average of 65 and over: 0.5 of the year's logarithm, 0.1 of the quarter's, 0.25 of COPD.
    attended = math.log(4) + 0.2 * math.log(2) - (0.5 + 0.2 * 0.1)
    assert found["PA", "emergency_attendances"] == (3, pytest.approx(attended))
    assert found["PA", "condition_copd"] == (1, pytest.approx(0.8 * 0.75))
    assert found["PB", "condition_copd"] == (0, pytest.approx(-0.2))
    assert len(found) == 2 * 4  # age is nobody's reason


def test_reasons_are_in_words_the_largest_first() -> None:
    found = as_rows(top_reasons(regression(), PEOPLE))
    assert {person: row["reasons"] for person, row in found.items()} == {
        "PA": "three emergency attendances in the last year; COPD",
        "PB": "",
        "PC": "COPD; one emergency attendance in the last year",
        "PD": "12 emergency attendances in the last year",
    }
    one = as_rows(top_reasons(regression(), PEOPLE, at_most=1))
    assert one["PA"]["reasons"] == "three emergency attendances in the last year"


def test_no_words_speak_of_causes() -> None:
    said = " ".join(row["reasons"] for row in as_rows(top_reasons(regression(), PEOPLE)).values())
    assert not {"because", "due", "causes", "caused", "cause", "leads", "owing"} & set(said.split())


def test_trees_give_no_reasons() -> None:
    with pytest.raises(SettingError, match="of trees"):
        top_reasons(trees(), PEOPLE)

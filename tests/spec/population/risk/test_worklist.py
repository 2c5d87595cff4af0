"""Whom to see next: what can be done counts, and everybody else is accounted for."""

from __future__ import annotations

import datetime as dt

import pytest

from joinedup.population.risk import (
    Apart,
    Bound,
    Known,
    Limits,
    Rule,
    needs,
    sensitive_admissions,
    with_reasons,
    worklist,
)
from joinedup.terms import SettingError
from tests.drawn import drawn, shown
from tests.spec.population.risk.fitted import people, regression
from tests.spec.population.risk.people import ON, as_rows, history

pytestmark = pytest.mark.usefixtures("by_engine")

NEEDS = drawn(
    """
    person_id | risk | emergency_attendances_12m | risk_ratio | risk_rise
    PA        | 0.60 | 0                         | 1.0        | 0.0
    PB        | 0.20 | 4                         | 2.0        | 0.1
    PC        | 0.50 | 3                         | 1.0        | 0.0
    PD        | 0.50 | 3                         | -          | -
    PE        | 0.90 | 9                         | 1.2        | 0.2
    PF        | 0.04 | 5                         | 1.0        | 0.0
    PG        | 0.10 | 3                         | 1.0        | 0.0
    PH        | 0.80 | 4                         | 1.0        | 0.0
    PI        | 0.70 | 4                         | 1.0        | 0.0
    """,
    risk="float64",
    emergency_attendances_12m="float64",
    risk_ratio="float64",
    risk_rise="float64",
)
APART = Apart(
    dead=drawn("person_id\nPE\nPX"),
    opted_out=drawn("person_id\nPH\nPE"),
    in_hospital=drawn("person_id\nPI\nPI"),
)


def test_risk_counts_by_how_much_there_is_to_do() -> None:
    made = worklist(NEEDS, ON, apart=APART, limits=Limits(at_most=3))
    # PB has 3 points at 0.20, PC and PD one at 0.50; PA has the highest risk, and nothing to do.
    listed = [row[:2] for row in shown(made.people, "person_id", "rank", "points")]
    assert listed == [("PB", "1"), ("PC", "2"), ("PD", "3")]
    row = as_rows(made.people)["PB"]
    assert row["points"] == 3
    assert row["needs"] == (
        "risk has risen by half or more; three or more emergency attendances in the last year"
    )
    assert row["actions"] == (
        "Ask what has changed, and review the plan; Agree a plan for urgent care with the person"
    )


def test_nobody_is_dropped_without_a_word() -> None:
    made = worklist(NEEDS, ON, apart=APART, limits=Limits(at_most=3))
    assert shown(made.left_out) == [
        ("PA", "no rule finds anything for the team to do"),
        ("PE", "has died"),
        ("PF", "risk is below 5%"),
        ("PG", "beyond the list's 3 places"),
        ("PH", "has opted out"),
        ("PI", "is in hospital now"),
    ]
    assert made.not_applied == ("sensitive_admission", "gap_in_care", "frailty_without_plan")


FEEDBACK = drawn(
    """
    person_id | decision | reason           | decided_date | until_date
    PB        | declined | seen last week   | 2025-03-01   | -
    PC        | declined | moved            | 2024-09-01   | -
    PD        | deferred | family asked     | 2025-03-20   | 2025-04-02
    PG        | accepted | -                | 2025-01-01   | -
    PF        | deferred | -                | 2025-03-04   | -
    PE        | accepted | -                | 2025-04-02   | -
    PH        | declined | -                | 2025-01-01   | -
    PH        | deferred | -                | 2025-02-01   | 2025-02-08
    """,
    decided_date="date",
    until_date="date",
)


def test_what_the_team_answered_changes_the_next_list() -> None:
    made = worklist(NEEDS, ON, feedback=FEEDBACK)
    left_out = dict(shown(made.left_out))
    assert left_out == {
        "PA": "no rule finds anything for the team to do",
        "PB": "the team declined: seen last week",
        "PD": "the team put it off: family asked",
        "PF": "risk is below 5%",  # put off without a date: 28 days, which are over
        "PG": "the team has taken them up",
    }
    # PC was declined more than 180 days ago; PE's answer is of tomorrow; PH's last has run out.
    assert [row[0] for row in shown(made.people)] == ["PE", "PH", "PI", "PC"]


def test_an_answer_that_is_none_is_refused() -> None:
    wrong = FEEDBACK.mutate(decision=FEEDBACK.decision.upper())
    with pytest.raises(SettingError, match="accepted, deferred, declined"):
        worklist(NEEDS, ON, feedback=wrong)


def test_a_rule_is_data_and_needs_its_column() -> None:
    rule = Rule("low", "low", "Do it", 4, (Bound("risk", at_most=0.1),))
    made = worklist(NEEDS, ON, rules=[rule], limits=Limits(least_risk=0.0))
    assert shown(made.people, "person_id", "actions") == [("PG", "Do it"), ("PF", "Do it")]
    with pytest.raises(SettingError, match="no rule can be applied"):
        worklist(NEEDS, ON, rules=[Rule("x", "x", "x", 1, (Bound("nowhere", at_least=1),))])


def test_needs_are_put_together_from_what_there_is() -> None:
    features = people(("PA", 80, 0, 3, 1, 1), ("PB", 30, 1, 0, 0, 0))
    dates = {"review_date": "date"}
    found = as_rows(
        needs(
            features,
            drawn("person_id | risk\nPA | 0.3\nPB | 0.1", risk="float64"),
            ON,
            Known(
                earlier=drawn("person_id | risk\nPA | 0.2", risk="float64"),
                reviews=drawn(
                    "person_id | review_date\nPA | 2024-03-31\nPA | 2023-01-01\nPB | 2025-04-02",
                    **dates,
                ),
                frailty=drawn("person_id | level\nPA | 2", level="int64"),
                plans=drawn("person_id\nPB\nPB"),
                sensitive=drawn("person_id | admissions\nPA | 1", admissions="int64"),
            ),
        )
    )
    assert found["PA"]["risk_ratio"] == pytest.approx(1.5)
    assert found["PA"]["risk_rise"] == pytest.approx(0.1)
    assert (found["PB"]["risk_ratio"], found["PB"]["frailty"]) == (None, None)
    # A review after the date has not been: PB has never had one.
    assert found["PA"]["days_since_review"] == 366
    assert found["PB"]["days_since_review"] > 9999
    assert [found[one]["has_plan"] for one in ("PA", "PB")] == [0, 1]
    assert found["PA"]["sensitive_admissions_12m"] == 1


def test_admissions_that_community_care_can_manage_go_by_the_first_diagnosis() -> None:
    past = history()
    found = sensitive_admissions(past.events, past.codes, ON)
    assert shown(found) == [("PA", "1")]  # J44.1 first; diabetes is second and does not count
    assert shown(sensitive_admissions(past.events, past.codes, ON, icd10=("E11",))) == []
    assert shown(sensitive_admissions(past.events, past.codes, dt.date(2025, 3, 1))) == []


def test_a_list_says_why_each_score_is_high() -> None:
    features = people(("PA", 80, 0, 3, 1, 1), ("PB", 30, 1, 4, 0, 0), ("PZ", 30, 1, 4, 0, 0))
    listed = worklist(NEEDS, ON, limits=Limits(at_most=9)).people
    made = with_reasons(listed.filter(listed.person_id == "PB"), regression(), features)
    assert shown(made, "person_id", "reasons") == [
        ("PB", "four emergency attendances in the last year")
    ]

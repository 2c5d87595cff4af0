"""What is counted of a person as at a date, and that nothing after it is."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from joinedup.population.risk import (
    condition_names,
    feature_names,
    features,
    lateness,
)
from joinedup.terms import SettingError
from tests.drawn import drawn, shown
from tests.spec.population.risk.people import (
    CODES,
    CONDITIONS,
    EVENTS,
    ON,
    as_rows,
    events,
    history,
)

pytestmark = pytest.mark.usefixtures("by_engine")

CHOSEN = ("copd", "heart_failure")


def test_each_living_person_has_one_row_and_what_is_unknown_is_null() -> None:
    found = as_rows(features(history(), ON, conditions=CHOSEN))
    assert sorted(found) == ["PA", "PB", "PC"]  # PD has died, PE is not yet born
    assert [found[one]["age_years"] for one in ("PA", "PB", "PC")] == [80.0, 39.0, None]
    assert [found[one]["is_male"] for one in ("PA", "PB", "PC")] == [0.0, 1.0, 0.0]
    assert [found[one]["is_sex_unknown"] for one in ("PA", "PB", "PC")] == [0.0, 0.0, 1.0]
    assert [found[one]["deprivation_decile"] for one in ("PA", "PB", "PC")] == [3.0, None, None]
    counts = {name: value for name, value in found["PC"].items() if name.endswith(("12m", "3m"))}
    assert set(counts.values()) == {0.0}


def test_contacts_are_counted_in_the_year_and_the_quarter_before() -> None:
    found = as_rows(features(history(), ON, conditions=CHOSEN))["PA"]
    expected = {
        # Event 3 began a minute before the year; event 2 with it. Who leaves has still come.
        "emergency_attendances_12m": 2, "emergency_attendances_3m": 1,
        "emergency_admissions_12m": 1, "other_admissions_12m": 1,
        "outpatient_contacts_12m": 1, "did_not_attends_12m": 1, "did_not_attends_3m": 0,
        # 91 days before 1 April 2025 is 31 December 2024: event 8 is in, event 9 is not.
        "gp_contacts_12m": 2, "gp_contacts_3m": 1,
        "prescriptions_12m": 2, "prescriptions_3m": 1,
        # Chapters 02 and 06, from three codes.
        "bnf_chapters_12m": 2,
        # Three nights of event 4, and two of event 5, which for all we know goes on.
        "bed_days_12m": 5,
        "has_package": 1, "has_care_home": 0,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_a_package_that_has_ended_is_no_longer_in_force() -> None:
    found = as_rows(features(history(), ON, conditions=CHOSEN))["PB"]
    assert (found["has_package"], found["has_care_home"]) == (0, 0)
    before = as_rows(
        features(history(), dt.date(2025, 3, 30), conditions=CHOSEN, late_knowledge=True)
    )["PB"]
    assert (before["has_package"], before["has_care_home"]) == (1, 1)


def test_conditions_count_once_and_only_as_known_at_the_date() -> None:
    found = as_rows(features(history(), ON, conditions=CHOSEN))
    assert [found["PA"][f"condition_{name}"] for name in CHOSEN] == [1, 1]
    # Weights of Quan 2011: chronic pulmonary disease 1, heart failure 2.
    assert (found["PA"]["conditions_count"], found["PA"]["comorbidity_weight"]) == (2, 3)
    assert found["PB"]["conditions_count"] == 0
    late = as_rows(features(history(), ON, conditions=CHOSEN, late_knowledge=True))["PB"]
    assert (late["condition_copd"], late["condition_heart_failure"]) == (0, 1)
    fewer = as_rows(features(history(), ON, conditions=("copd",)))["PA"]
    assert (fewer["conditions_count"], fewer["comorbidity_weight"]) == (1, 1)


def test_what_was_learned_late_is_left_out_unless_asked_for() -> None:
    assert as_rows(features(history(), ON, conditions=CHOSEN))["PB"]["ambulance_incidents_12m"] == 0
    late = as_rows(features(history(), ON, conditions=CHOSEN, late_knowledge=True))["PB"]
    assert (late["ambulance_incidents_12m"], late["ambulance_incidents_3m"]) == (1, 1)


@pytest.mark.parametrize("late_knowledge", [False, True])
def test_a_planted_leak_changes_nothing(late_knowledge: bool) -> None:
    asked = {"conditions": CHOSEN, "late_knowledge": late_knowledge}
    before = as_rows(features(history(), ON, **asked))
    planted = history(
        events=events(
            EVENTS
            + """
    90 | PA | inpatient        | spell        | emergency | 2025-04-01T00:00 | 2025-04-09T00:00 | -              | 300 | 2025-04-01
    91 | PA | emergency        | attendance   | emergency | 2025-04-02T00:00 | 2025-04-02T04:00 | -              | 01  | 2025-04-01
    92 | PC | outpatient       | appointment  | routine   | 2026-03-01T00:00 | -                | did_not_attend | 110 | 2025-03-01
    93 | PB | social_care      | package      | -         | 2025-04-01T00:00 | -                | -              | Long Term Support: Residential Care | 2025-04-01
    94 | PC | general_practice | prescription | -         | 2025-04-05T00:00 | -                | -              | -   | 2025-04-01
    """  # noqa: E501
        ),
        codes=drawn(
            CODES + "    94 | PC | BNF | 0301011R0 | 1\n", event_id="int64", position="int64"
        ),
        conditions=drawn(
            CONDITIONS + "    PC | copd | 2025-04-01 | 2025-04-01\n",
            from_date="date",
            known_date="date",
        ),
    )
    assert as_rows(features(planted, ON, **asked)) == before


def test_when_a_stay_ends_is_not_known_before_it_does() -> None:
    open_still = EVENTS.replace("| 2025-04-02T12:00 |", "| -                |")
    assert open_still != EVENTS
    after = features(history(events=events(open_still)), ON, conditions=CHOSEN)
    assert as_rows(after) == as_rows(features(history(), ON, conditions=CHOSEN))


def test_how_much_was_known_in_time_can_be_asked() -> None:
    known = shown(lateness(events(), ON), "setting", "events", "known_by_then")
    assert ("ambulance", "1", "0") in known
    assert ("inpatient", "2", "2") in known


def test_a_condition_names_a_column() -> None:
    assert condition_names(history().conditions) == CHOSEN
    assert feature_names(CHOSEN)[-2:] == ("condition_copd", "condition_heart_failure")
    for wrong in ("Heart failure", "COPD", "1st", ""):
        with pytest.raises(SettingError, match="cannot name a condition"):
            features(history(), ON, conditions=(wrong,))
    undated = ibis.memtable([{"person_id": "PA", "condition": "copd"}])
    found = as_rows(features(history(conditions=undated), ON, conditions=CHOSEN))
    assert found["PA"]["conditions_count"] == 1

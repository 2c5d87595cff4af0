"""Emergency use beside what the people of an area would be expected to use."""

from __future__ import annotations

import pytest

from joinedup.flow import emergency_demand
from joinedup.terms import SettingError
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

PEOPLE = drawn(
    """
    person_id | area | age_band | segment
    P1        | N1   | old      | frail
    P2        | N1   | old      | frail
    P3        | N1   | young    | well
    P4        | N2   | old      | frail
    P5        | N2   | young    | well
    P6        | N2   | young    | well
    P7        | N2   | young    | well
    P8        | -    | -        | well
    """
)
EMERGENCIES = drawn("person_id\nP1\nP1\nP4\nP5\nP8\nPZ")


def test_expected_is_each_stratums_rate_times_the_areas_people() -> None:
    # Old and frail: 3 events of 3 people, so 1 each. Young and well: 1 of 4, so a quarter each.
    # PZ is not of the population, and counts nowhere.
    found = emergency_demand(PEOPLE, EMERGENCIES, ["age_band", "segment"])
    assert sorted(shown(found, "area", "people", "observed", "expected"), key=str) == [
        ("N1", "3", "2", "2.25"),
        ("N2", "4", "2", "1.75"),
        (None, "1", "1", "1.0"),
    ]


@pytest.mark.parametrize("strata", [[], ["age_bnad"]])
def test_a_stratum_that_is_no_column_is_refused(strata: list[str]) -> None:
    with pytest.raises(SettingError, match="no column of people"):
        emergency_demand(PEOPLE, EMERGENCIES, strata)

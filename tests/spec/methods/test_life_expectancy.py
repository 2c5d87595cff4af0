"""Life expectancy: a published table, one by hand, and what is withheld."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.methods import LIFE_TABLE_AGES, Withheld, life_expectancy
from joinedup.terms import SourceDataError

# The worked example of the life expectancy function in PHEindicatormethods, and its published
# answers, checked there against Public Health England's calculator. Its limits use 1.96.
DEATHS = [
    17, 9, 4, 8, 20, 15, 24, 33, 50, 71, 100, 163, 263, 304, 536, 872, 1390, 1605, 1936, 1937,
]  # fmt: skip
PEOPLE = [
    7060, 35059, 46974, 48489, 43219, 38561, 46009, 57208, 61435, 55601, 50209, 56416, 46411,
    39820, 37978, 37039, 33288, 23306, 11936, 11936,
]  # fmt: skip
PUBLISHED = [
    # age, value, lower, upper
    (0, 80.1696, 79.8827, 80.4565),
    (1, 79.3625, 79.0899, 79.6350),
    (65, 18.7686, 18.5757, 18.9614),
    (85, 6.1639, 5.9784, 6.3495),
    (90, 6.1621, 5.8877, 6.4365),
]


@pytest.mark.parametrize(("age", "value", "lower", "upper"), PUBLISHED)
def test_the_published_table(age: int, value: float, lower: float, upper: float) -> None:
    found = life_expectancy(DEATHS, PEOPLE)
    at = LIFE_TABLE_AGES.index(age)
    assert found.value[at] == pytest.approx(value, abs=6e-5)
    assert found.lower[at] == pytest.approx(lower, abs=6e-5)
    assert found.upper[at] == pytest.approx(upper, abs=6e-5)


def test_if_nobody_dies_before_ninety_one_lives_ninety_years_and_the_last_bands_mean() -> None:
    # 250 deaths in 1,000 person-years: 4 more years; their spread is 4 / sqrt(250).
    deaths = [0] * 19 + [250]
    found = life_expectancy(deaths, [1_000] * 20)
    assert found.value[0] == pytest.approx(94)
    assert found.value[-1] == pytest.approx(4)
    assert found.upper[0] - found.value[0] == pytest.approx(1.96 * 4 / np.sqrt(250), rel=1e-4)


def test_babies_who_die_live_a_tenth_of_their_year() -> None:
    # A rate of 0.1 in the first year: q = 0.1 / (1 + 0.1 x 0.9) = 0.091743; then none until 90.
    found = life_expectancy([100, *[0] * 18, 250], [1_000] * 20)
    alive = 1 - 0.1 / 1.09
    assert found.value[0] == pytest.approx(alive + 0.1 * (1 - alive) + alive * 93)


def changed(at: int, deaths: float, people: float) -> tuple[list[float], list[float]]:
    """The published table with one band changed."""
    died, lived = [float(x) for x in DEATHS], [float(x) for x in PEOPLE]
    died[at], lived[at] = deaths, people
    return died, lived


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (changed(5, float("nan"), 10_000), Withheld.UNKNOWN),
        (changed(5, 0, 0), Withheld.NO_POPULATION),
        (changed(5, 500, 400), Withheld.MORE_DEATHS_THAN_PEOPLE),
        (changed(19, 0, 12_000), Withheld.NO_DEATHS_IN_LAST_BAND),
        (([1.0] * 20, [249.9] * 20), Withheld.FEW_PERSON_YEARS),
    ],
)
def test_a_table_that_will_not_do_is_withheld_and_the_next_is_not(
    table: tuple[list[float], list[float]], reason: Withheld
) -> None:
    found = life_expectancy([table[0], DEATHS], [table[1], PEOPLE])
    assert set(found.withheld[0]) == {reason}
    assert np.isnan(found.value[0]).all()
    assert np.isnan(found.upper[0]).all()
    assert found.value[1, 0] == pytest.approx(80.1696, abs=6e-5)


def test_five_thousand_person_years_are_enough() -> None:
    found = life_expectancy([5.0] * 20, [250] * 20)
    assert Withheld.FEW_PERSON_YEARS not in found.withheld


def test_a_band_without_deaths_is_well() -> None:
    found = life_expectancy(*changed(2, 0, 46_974))
    assert not np.isnan(found.value).any()


def test_a_value_of_which_little_is_known_is_withheld_but_its_limits_stay() -> None:
    # Two deaths in the last band: a mean of 125 years, and a spread of 125 / sqrt 2.
    found = life_expectancy([1.0] * 19 + [2], [250] * 20)
    assert found.withheld[0] == Withheld.WIDE_INTERVAL
    assert np.isnan(found.value[0])
    assert np.isfinite(found.lower[0])


def test_an_age_that_nobody_reaches_has_no_expectancy() -> None:
    # As many die at 85 to 89 as live there a year: nobody turns 90.
    found = life_expectancy(*changed(18, 11_936, 11_936))
    assert found.withheld[-1] == Withheld.UNDEFINED
    assert found.withheld[0] == Withheld.SHOWN


def test_other_bands_are_refused() -> None:
    with pytest.raises(SourceDataError, match="20 age bands"):
        life_expectancy(DEATHS[1:], PEOPLE[1:])

"""Standardised rates by hand, on few bands."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.methods import (
    AGE_BANDS_OF_19,
    EUROPEAN_STANDARD_POPULATION_2013,
    Withheld,
    directly_standardised_rate,
    indirectly_standardised_rate,
    indirectly_standardised_ratio,
)
from joinedup.terms import SourceDataError

NAN = float("nan")
# Two bands: the standard is half young, half old.
HALVES = (50, 50)


def test_the_standard_population_is_eurostats() -> None:
    # doi:10.2785/11470: a hundred thousand people, 19.5% of them 65 and over.
    weights = dict(zip(AGE_BANDS_OF_19, EUROPEAN_STANDARD_POPULATION_2013, strict=True))
    assert sum(weights.values()) == 100_000
    assert sum(people for age, people in weights.items() if age >= 65) == 19_500
    assert (weights[0], weights[40], weights[90]) == (5_000, 7_000, 1_000)


def test_a_direct_standard_by_hand() -> None:
    # Young 10 of 1,000, old 30 of 500: (0.01 + 0.06) / 2 = 3,500 per 100,000, though the crude rate
    # is 2,667. Variance: 0.25 (10/1000² + 30/500²) = 3.25e-5; sqrt(3.25e-5 / 40) = 9.0139e-4.
    # Byar's limits of 40: 28.57 and 54.47.
    rate = directly_standardised_rate([10, 30], [1000, 500], standard=HALVES)
    assert float(rate.value) == pytest.approx(3_500)
    stretch = 100_000 * 9.0139e-4
    assert float(rate.lower) == pytest.approx(3_500 - (40 - 28.57) * stretch, abs=1)
    assert float(rate.upper) == pytest.approx(3_500 + (54.47 - 40) * stretch, abs=1)


def test_a_group_with_the_standards_ages_keeps_its_crude_rate_and_byars_limits() -> None:
    rate = directly_standardised_rate([40, 60], [5_000, 5_000], standard=HALVES)
    assert float(rate.value) == pytest.approx(1_000)
    assert float(rate.lower) == pytest.approx(813.6, abs=0.1)
    assert float(rate.upper) == pytest.approx(1216.3, abs=0.1)


def test_below_ten_events_a_direct_standard_is_withheld() -> None:
    rate = directly_standardised_rate(
        [[4, 5], [5, 5], [0, 0], [NAN, 20], [9, 9]],
        [[100, 100], [100, 100], [100, 100], [100, 100], [0, 100]],
        standard=HALVES,
    )
    assert rate.withheld.tolist() == [
        Withheld.FEW_EVENTS, Withheld.SHOWN, Withheld.FEW_EVENTS, Withheld.UNKNOWN,
        Withheld.NO_POPULATION,
    ]  # fmt: skip
    hidden = [True, False, True, True, True]
    assert np.isnan(rate.value).tolist() == hidden
    assert np.isnan(rate.lower).tolist() == hidden


def test_many_measures_share_one_population() -> None:
    events = np.arange(24.0).reshape(2, 6, 2) + 10
    people = np.full((6, 2), 1_000.0)
    assert directly_standardised_rate(events, people, standard=HALVES).value.shape == (2, 6)


def test_an_indirect_standard_by_hand() -> None:
    # At the reference's rates of 0.01 and 0.05, 400 young and 200 old would have 4 + 10 = 14.
    reference = {"reference_events": [10, 50], "reference_person_years": [1_000, 1_000]}
    ratio = indirectly_standardised_ratio([21, 0], [[400, 200], [400, 200]], **reference)
    assert ratio.value.tolist() == pytest.approx([1.5, 0])
    assert ratio.upper[1] == pytest.approx(-np.log(0.025) / 14)
    # The reference's crude rate is 60 of 2,000.
    rate = indirectly_standardised_rate([21], [[400, 200]], **reference)
    assert rate.value.tolist() == pytest.approx([4_500])


def test_nobody_has_no_indirect_standard() -> None:
    ratio = indirectly_standardised_ratio(
        [0], [[0, 0]], reference_events=[1, 1], reference_person_years=[9, 9]
    )
    assert ratio.withheld.tolist() == [Withheld.NO_POPULATION]


def test_a_reference_without_people_of_an_age_is_refused() -> None:
    with pytest.raises(SourceDataError, match="an age band with nobody"):
        indirectly_standardised_rate(
            [1], [[5, 5]], reference_events=[1, 0], reference_person_years=[9, 0]
        )


def test_bands_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SourceDataError, match="have 18, 18, 19 age bands"):
        directly_standardised_rate(np.ones(18), np.ones(18))
    with pytest.raises(SourceDataError, match="age bands"):
        directly_standardised_rate(1, 1)

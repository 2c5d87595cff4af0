"""The figures of an assessment, on numbers that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.population.risk import assess
from joinedup.population.risk.discrimination import (
    c_statistic,
    calibration_in_the_large,
    calibration_slope,
    net_benefit,
    observed_to_expected,
    wilson,
)
from joinedup.terms import SourceDataError


def test_c_counts_the_pairs_that_are_in_order_and_ties_as_half() -> None:
    risk = np.array([0.1, 0.2, 0.2, 0.9])
    happened = np.array([False, True, False, True])
    # Pairs: 0.2 beats 0.1, ties with 0.2; 0.9 beats both: 3.5 of 4.
    assert c_statistic(risk, happened).value == 3.5 / 4
    perfect = c_statistic(np.array([0.1, 0.9]), np.array([False, True]))
    assert (perfect.value, perfect.low, perfect.high) == (1.0, 1.0, 1.0)


def test_risks_that_are_true_have_slope_one_and_intercept_nought() -> None:
    # 1,000 people at a risk of 10%, 20% and 50%, with just as many outcomes.
    risk = np.repeat([0.1, 0.2, 0.5], 1000)
    happened = np.concatenate([np.arange(1000) < count for count in (100, 200, 500)])
    slope = calibration_slope(risk, happened)
    assert slope is not None
    assert slope.value == pytest.approx(1, abs=1e-9)
    large = calibration_in_the_large(risk, happened)
    assert large is not None
    assert large.value == pytest.approx(0, abs=1e-9)
    assert large.low < 0 < large.high
    odds = np.log(risk / (1 - risk))
    bold = 1 / (1 + np.exp(-2 * odds))
    twice = calibration_slope(bold, happened)
    assert twice is not None
    assert twice.value == pytest.approx(0.5, abs=1e-9)
    shifted = calibration_in_the_large(1 / (1 + np.exp(-(odds - 0.3))), happened)
    assert shifted is not None
    assert shifted.value == pytest.approx(0.3, abs=1e-9)


def test_a_slope_that_cannot_be_told_is_not_given() -> None:
    happened = np.arange(100) >= 80
    assert calibration_slope(np.full(100, 0.2), happened) is None
    parted = np.where(happened, 0.9, 0.1)
    assert calibration_slope(parted, happened) is None
    assert calibration_in_the_large(parted, happened) is not None


def test_wilsons_interval_is_as_published() -> None:
    # Newcombe 1998 (Statistics in Medicine 17:857), table I: 81 of 263 and 0 of 20.
    one = wilson(81, 263)
    assert (round(one.low, 4), round(one.high, 4)) == (0.2553, 0.3662)
    none = wilson(0, 20)
    assert (round(none.low, 4), round(none.high, 4)) == (0.0, 0.1611)


def test_observed_over_expected() -> None:
    risk = np.full(100, 0.1)
    happened = np.arange(100) < 20
    found = observed_to_expected(risk, happened)
    assert found.value == pytest.approx(2.0)
    # The exact 95% limits of a Poisson count of 20 are 12.217 and 30.888 (Ulm 1990).
    assert (found.low, found.high) == (
        pytest.approx(1.2217, abs=2e-3),
        pytest.approx(3.0888, abs=2e-3),
    )


def test_net_benefit_weighs_false_alarms_by_the_odds_of_the_threshold() -> None:
    risk = np.array([0.1, 0.3, 0.3, 0.8, 0.05])
    happened = np.array([False, True, False, True, False])
    assert net_benefit(risk, happened, 0.2) == pytest.approx((2 - 1 * 0.2 / 0.8) / 5)
    assert net_benefit(np.ones(5), happened, 0.5) == pytest.approx((2 - 3) / 5)


def test_a_tenth_of_people_holds_its_share_of_outcomes() -> None:
    risk = np.linspace(0.001, 0.999, 100)
    happened = np.arange(100) >= 85
    found = assess(risk, happened, {"sex": np.array(["a", None] * 50, dtype=object)})
    assert [one.outcomes for one in found.tenths] == [0] * 8 + [5, 10]
    top = {one.share: (one.people, one.outcomes, one.captured.value) for one in found.captures}
    assert top[0.1] == (10, 10, 10 / 15)
    assert top[0.2] == (20, 15, 1.0)
    groups = {one.group: (one.people, one.outcomes) for one in found.groups}
    assert groups == {"a": (50, 7), "not known": (50, 8)}
    assert found.groups[0].c_statistic is None  # 7 outcomes say nothing


def test_too_few_to_judge_by_is_said() -> None:
    with pytest.raises(SourceDataError, match="too few people to judge by"):
        assess(np.linspace(0.1, 0.9, 50), np.arange(50) < 9)

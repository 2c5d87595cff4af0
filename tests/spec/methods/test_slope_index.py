"""The slope index by hand, and what its simulated limits must come to where there is a formula."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.methods import Scale, Simulation, Withheld, slope_index, standard_error
from joinedup.terms import SettingError, SourceDataError

NAN = float("nan")
EQUAL = [100.0] * 5


def test_a_straight_line_is_found_end_to_end() -> None:
    # Five equal quantiles stand at 0.1, 0.3 ... 0.9; values 70 + 10 x there.
    found = slope_index([71, 73, 75, 77, 79], [1.0] * 5, EQUAL)
    assert found.slope.value == pytest.approx([10])
    assert found.relative.value == pytest.approx([80 / 70])


def test_quantiles_weigh_by_their_people() -> None:
    # Half the people in the first of three: shares 0.5, 0.25, 0.25 stand at 0.25, 0.625, 0.875.
    # About the mean rank 0.5: -0.25, 0.125, 0.375. Sum of squares 0.0703125; with values 1, 2, 4,
    # sum of products -0.125 + 0.0625 + 0.375 = 0.3125. Slope 4.4444; start 2 - 4.4444 / 2.
    found = slope_index([1, 2, 4], [0.1] * 3, [200, 100, 100])
    assert found.slope.value == pytest.approx([40 / 9])
    assert found.relative.value == pytest.approx([(2 + 20 / 9) / (2 - 20 / 9)])


def test_on_a_linear_scale_limits_are_near_the_normal_ones() -> None:
    # A slope is a weighted sum of the values. Equal shares 0.2 at -0.4 ... 0.4 from the middle give
    # weights 0.2 x / 0.08, whose squares sum to 2.5: with errors of 1, the slope's is sqrt(2.5).
    found = slope_index([71, 73, 75, 77, 79], [1.0] * 5, EQUAL)
    expected = 1.96 * np.sqrt(2.5)
    assert found.slope.lower[0] == pytest.approx(10 - expected, abs=0.05)
    assert found.slope.upper[0] == pytest.approx(10 + expected, abs=0.05)


def test_without_spread_there_is_no_doubt() -> None:
    for scale in Scale:
        found = slope_index([0.1, 0.2, 0.3], [0.0] * 3, [1, 1, 1], scale=scale)
        assert found.slope.lower == pytest.approx(found.slope.value)
        assert found.relative.upper == pytest.approx(found.relative.value)


def test_rates_vary_on_the_logarithmic_scale() -> None:
    # With one error for all and the same value in two equal quantiles, each end's draw is
    # 2 exp(u) - exp(v) or so; the limits are not symmetric, as the normal ones would be.
    found = slope_index([100, 200], [0.5, 0.0], [1, 1], scale=Scale.LOG)
    # Only the first varies: slope = 2 (200 - 100 exp(0.5 z)), at z = ±1.96.
    assert found.slope.value == pytest.approx([200])
    assert found.slope.lower[0] == pytest.approx(2 * (200 - 100 * np.exp(0.98)), rel=0.02)
    assert found.slope.upper[0] == pytest.approx(2 * (200 - 100 * np.exp(-0.98)), rel=0.02)


def test_a_curve_can_be_fitted_on_its_own_scale() -> None:
    # 10 x 16^rank at ranks 0.25 and 0.75 is 20 and 80: straight on the logarithmic scale.
    found = slope_index([20, 80], [0.1, 0.1], [1, 1], scale=Scale.LOG, fit_on_scale=True)
    assert found.slope.value == pytest.approx([150])
    assert found.relative.value == pytest.approx([16])


def test_a_groups_limits_do_not_depend_on_its_company_or_its_place() -> None:
    values = np.array([[1.0, 2, 3], [9, 5, 1], [2, 2, 2]])
    together = slope_index(values, np.ones((3, 3)), np.ones(3))
    alone = slope_index(values[1], np.ones(3), np.ones(3))
    assert together.slope.lower[1] == alone.slope.lower[0]


def test_the_seed_is_a_parameter() -> None:
    first, again, other = (
        slope_index([1, 2, 3], [1, 1, 1], [1, 1, 1], simulation=Simulation(2_000, seed))
        for seed in (1, 1, 2)
    )
    assert first.slope.lower == again.slope.lower
    assert first.slope.lower != other.slope.lower


def test_gaps_in_the_data_are_withheld_each_with_its_reason() -> None:
    found = slope_index(
        [[1, 2, 3], [1, NAN, 3], [1, 2, 3], [0, 2, 3]],
        np.ones((4, 3)),
        [[1, 1, 1], [1, 1, 1], [1, 0, 1], [1, 1, 1]],
        scale=Scale.LOG,
        simulation=Simulation(1_000),
    )
    assert found.slope.withheld.tolist() == [
        Withheld.SHOWN, Withheld.UNKNOWN, Withheld.NO_POPULATION, Withheld.UNDEFINED,
    ]  # fmt: skip
    assert np.isnan(found.relative.upper).tolist() == [False, True, True, True]


def test_standard_errors_come_back_out_of_intervals() -> None:
    assert standard_error(10 - 1.959964 * 3, 10 + 1.959964 * 3) == pytest.approx(3)
    low, high = 10 * np.exp(-1.959964 * 0.2), 10 * np.exp(1.959964 * 0.2)
    assert standard_error(low, high, scale=Scale.LOG) == pytest.approx(0.2)
    assert np.isnan(standard_error([0.0], [2.0], scale=Scale.LOG)).all()


def test_too_few_repetitions_and_wrong_errors_are_refused() -> None:
    with pytest.raises(SettingError, match="too few"):
        Simulation(repetitions=10)
    with pytest.raises(SourceDataError, match="standard errors"):
        slope_index([1, 2], [-1, 1], [1, 1])

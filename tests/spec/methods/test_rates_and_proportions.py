"""Rates, proportions, means and gaps, against figures by hand and from papers."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.methods import (
    Interval,
    Withheld,
    absolute_gap,
    crude_rate,
    mean_interval,
    poisson_limits,
    proportion,
    relative_gap,
)
from joinedup.terms import SettingError, SourceDataError

NAN = float("nan")


def limits(interval: Interval) -> tuple[float, float]:
    """Lower and upper limit of one group."""
    return float(interval.lower), float(interval.upper)


# Exact 95% limits of a Poisson mean: Pearson and Hartley, Biometrika Tables for Statisticians I,
# table 40, to its two or three decimals.
@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.242, 7.225), (5, 1.62, 11.67), (9, 4.12, 17.08)],
)
def test_few_events_have_exact_limits(events: int, lower: float, upper: float) -> None:
    found = poisson_limits([events])
    assert found[0][0] == pytest.approx(lower, abs=6e-3)
    assert found[1][0] == pytest.approx(upper, abs=6e-3)


def test_no_events_end_at_a_closed_form() -> None:
    # P(0 events | mean) = exp(-mean) = 0.025
    assert limits(crude_rate(0, 1000, multiplier=1000)) == pytest.approx((0, -np.log(0.025)))


def test_from_ten_events_limits_are_byars() -> None:
    # 100 (1 - 1/900 - 1.96/30)^3 = 81.36 and 101 (1 - 1/909 + 1.96/(3 sqrt 101))^3 = 121.63
    assert limits(crude_rate(100, 100_000)) == pytest.approx((81.36, 121.63), abs=0.01)


def test_an_area_without_events_leaves_the_others_alone() -> None:
    rate = crude_rate([0, 20], [500, 1000])
    assert rate.value.tolist() == [0, 2000]
    assert not np.isnan(rate.upper).any()


def test_nobody_and_not_known_are_told_apart_and_are_not_nought() -> None:
    rate = crude_rate([0, NAN, 3, 0], [0, 100, NAN, 100])
    assert rate.withheld.tolist() == [
        Withheld.NO_POPULATION, Withheld.UNKNOWN, Withheld.UNKNOWN, Withheld.SHOWN,
    ]  # fmt: skip
    assert np.isnan(rate.value).tolist() == [True, True, True, False]
    assert np.isnan(rate.upper).tolist() == [True, True, True, False]


def test_any_shape_goes_in_and_comes_out() -> None:
    assert crude_rate(np.ones((2, 3, 4)), np.ones(4)).value.shape == (2, 3, 4)
    assert crude_rate(12, 100).upper.shape == ()


# Newcombe, Statistics in Medicine 17, 1998, pages 857 to 872, table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_proportions_are_wilsons(part: int, whole: int, lower: float, upper: float) -> None:
    assert limits(proportion(part, whole)) == pytest.approx((lower, upper), abs=5e-5)


def test_all_and_none_end_at_the_ends() -> None:
    found = proportion([0, 7], [7, 7], multiplier=100)
    assert (found.lower[0], found.upper[1]) == (0, 100)


def test_a_proportion_of_nobody_is_withheld() -> None:
    found = proportion([0, 0], [0, 5])
    assert np.isnan(found.value).tolist() == [True, False]
    assert found.withheld[0] == Withheld.NO_POPULATION


def test_more_than_all_is_refused_without_showing_counts() -> None:
    with pytest.raises(SourceDataError, match="1 numerators exceed their denominators"):
        proportion([3, 8], [7, 7])


def test_means_have_students_limits() -> None:
    # t of 9 degrees of freedom at 97.5% is 2.262: 5 ± 2.262 x 2 / sqrt 10
    found = mean_interval([5.0, 5.0, 0.0], [2.0, NAN, NAN], [10, 1, 0])
    assert (found.lower[0], found.upper[0]) == pytest.approx((3.569, 6.431), abs=5e-4)
    assert found.value[1] == 5
    assert np.isnan(found.lower[1])
    assert np.isnan(found.value[2])


def test_a_gap_of_proportions_is_newcombes() -> None:
    # Newcombe, Statistics in Medicine 17, 1998, pages 873 to 890, table II, (a), method 10.
    gap = absolute_gap(proportion(56, 70), proportion(48, 80))
    assert float(gap.value) == pytest.approx(0.2)
    assert limits(gap) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_a_relative_gap_leaves_out_one_just_where_the_absolute_leaves_out_nought() -> None:
    # At the limit of no difference both ask the same question.
    one = Interval(np.array(5.0), np.array(4.0), np.array(7.0), np.array(0, dtype=np.int8))
    for other_value in np.linspace(2, 9, 29):
        value = np.array(other_value)
        other = Interval(value, value - 1, value + 2, np.array(0, dtype=np.int8))
        difference, ratio = absolute_gap(one, other), relative_gap(one, other)
        assert (difference.lower > 0) == (ratio.lower > 1)
        assert (difference.upper < 0) == (ratio.upper < 1)


def test_a_relative_gap_to_what_may_be_nought_has_no_upper_limit() -> None:
    ratio = relative_gap(crude_rate([5, 5], [100, 100]), crude_rate([1, 0], [100, 100]))
    assert np.isfinite(ratio.upper[0])
    assert ratio.withheld.tolist() == [Withheld.SHOWN, Withheld.UNDEFINED]
    may_be_none = Interval(*(np.array([x]) for x in (1.0, 0.0, 5.0)), np.array([0], np.int8))
    assert np.isinf(relative_gap(crude_rate([5], [100]), may_be_none).upper[0])


def test_a_gap_to_what_is_withheld_is_withheld_for_its_reason() -> None:
    gap = absolute_gap(crude_rate([5, 5], [9, 9]), crude_rate([0, NAN], [0, 9]))
    assert gap.withheld.tolist() == [Withheld.NO_POPULATION, Withheld.UNKNOWN]


@pytest.mark.parametrize("confidence", [95, 1, 0, 0.4, NAN])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(SettingError, match=r"Write 0\.95 for 95%"):
        crude_rate(1, 1, confidence=confidence)


@pytest.mark.parametrize("wrong", [-1, np.inf])
def test_what_cannot_be_a_count_is_refused(wrong: float) -> None:
    with pytest.raises(SourceDataError, match="1 of 2 events are negative or infinite"):
        crude_rate([wrong, 1], [5, 5])


def test_what_is_no_number_is_refused_without_showing_it() -> None:
    with pytest.raises(SourceDataError) as refused:
        crude_rate(["Ann Example", 1], [5, 5])
    assert "not all numbers" in str(refused.value)
    assert "Ann" not in str(refused.value)
    assert refused.value.__cause__ is None

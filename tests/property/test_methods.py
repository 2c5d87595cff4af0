"""What statistics keep whatever the figures: order, scale, company, and the value within."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from joinedup.methods import (
    HEALTH_CARE_DATA_GUIDE,
    MAKING_DATA_COUNT,
    WESTERN_ELECTRIC,
    Interval,
    Polarity,
    RuleSet,
    Simulation,
    absolute_gap,
    crude_rate,
    directly_standardised_rate,
    find_signals,
    indirectly_standardised_ratio,
    life_expectancy,
    place_counts,
    place_proportions,
    poisson_limits,
    proportion,
    relative_gap,
    slope_index,
    variation,
    xmr_chart,
)

events = hnp.arrays(np.int64, 12, elements=st.integers(0, 3_000))
people = hnp.arrays(np.int64, 12, elements=st.integers(0, 90_000))
by_band = hnp.arrays(np.int64, (4, 19), elements=st.integers(0, 200))
band_people = hnp.arrays(np.int64, (4, 19), elements=st.integers(1, 5_000))
orders = st.permutations(range(12))
confidences = st.floats(0.5, 0.9999)
rule_sets = st.sampled_from([MAKING_DATA_COUNT, HEALTH_CARE_DATA_GUIDE, WESTERN_ELECTRIC])
# Whole numbers, so that a shifted or doubled series is exactly that.
series = hnp.arrays(np.int64, (3, 24), elements=st.integers(-50, 50)).map(lambda x: x.astype(float))


def assert_holds_its_value(found: Interval) -> None:
    """The limits about the value, all three NaN or none, and NaN exactly where withheld."""
    hidden = found.withheld != 0
    for part in (found.value, found.lower, found.upper):
        assert (np.isnan(part) == hidden).all()
    tiny = 1e-9 * np.abs(found.value[~hidden]) + 1e-12
    assert (found.lower[~hidden] <= found.value[~hidden] + tiny).all()
    assert (found.value[~hidden] <= found.upper[~hidden] + tiny).all()


@given(events, people, confidences)
def test_rates_and_proportions_lie_within_their_limits(
    count: np.ndarray, at_risk: np.ndarray, confidence: float
) -> None:
    assert_holds_its_value(crude_rate(count, at_risk, confidence=confidence))
    share = proportion(np.minimum(count, at_risk), at_risk, confidence=confidence)
    assert_holds_its_value(share)
    shown = share.withheld == 0
    assert (share.lower[shown] >= 0).all()
    assert (share.upper[shown] <= 1 + 1e-12).all()


@given(events, people, orders)
def test_the_order_of_areas_changes_nothing(
    count: np.ndarray, at_risk: np.ndarray, order: list[int]
) -> None:
    straight, shuffled = crude_rate(count, at_risk), crude_rate(count[order], at_risk[order])
    np.testing.assert_array_equal(straight.lower[order], shuffled.lower)
    for place in (place_counts, place_proportions):
        part = np.minimum(count, at_risk)
        np.testing.assert_array_equal(
            place(part, at_risk)[order], place(part[order], at_risk[order])
        )


@given(events, confidences)
def test_more_confidence_is_wider_and_more_events_lie_higher(
    count: np.ndarray, confidence: float
) -> None:
    lower, upper = poisson_limits(count, confidence=confidence)
    wider_lower, wider_upper = poisson_limits(count, confidence=(1 + confidence) / 2)
    assert (wider_lower <= lower).all()
    assert (wider_upper >= upper).all()
    # From 9 exact to 10 by Byar's, the limits still rise.
    assert (np.diff(poisson_limits(np.sort(count), confidence=confidence)) >= 0).all()


@given(by_band, band_people, st.integers(2, 50))
def test_standards_do_not_depend_on_units_or_on_the_order_of_bands(
    count: np.ndarray, at_risk: np.ndarray, times: int
) -> None:
    rate = directly_standardised_rate(count, at_risk)
    assert_holds_its_value(rate)
    per_month = directly_standardised_rate(count, at_risk * times, multiplier=100_000 * times)
    np.testing.assert_allclose(rate.upper, per_month.upper)
    weights = np.arange(1.0, 20)
    backwards = directly_standardised_rate(
        count[:, ::-1], at_risk[:, ::-1], standard=weights[::-1] * 7
    )
    np.testing.assert_allclose(
        directly_standardised_rate(count, at_risk, standard=weights).lower, backwards.lower,
        atol=1e-6,
    )  # fmt: skip


@given(by_band, band_people)
def test_all_groups_together_have_the_ratio_one(count: np.ndarray, at_risk: np.ndarray) -> None:
    ratio = indirectly_standardised_ratio(
        [count.sum()],
        at_risk.sum(axis=0)[None],
        reference_events=count.sum(axis=0),
        reference_person_years=at_risk.sum(axis=0),
    )
    assert_holds_its_value(ratio)
    assert count.sum() == 0 or ratio.value[0] == pytest.approx(1)


@given(events, events)
def test_gaps_turn_round(one_count: np.ndarray, other_count: np.ndarray) -> None:
    one, other = (crude_rate(count + 1, 5_000) for count in (one_count, other_count))
    there, back = absolute_gap(one, other), absolute_gap(other, one)
    assert_holds_its_value(there)
    np.testing.assert_allclose(there.lower, -back.upper, atol=1e-9)
    over, under = relative_gap(one, other), relative_gap(other, one)
    assert_holds_its_value(over)
    np.testing.assert_allclose(over.lower, 1 / under.upper, rtol=1e-6)


@given(
    hnp.arrays(float, (3, 5), elements=st.floats(1, 100)),
    hnp.arrays(float, (3, 5), elements=st.floats(0.01, 3)),
    hnp.arrays(np.int64, (3, 5), elements=st.integers(1, 9_999)),
)
def test_a_slope_turns_with_the_order_of_quantiles(
    values: np.ndarray, errors: np.ndarray, count: np.ndarray
) -> None:
    few = Simulation(repetitions=1_000)
    there = slope_index(values, errors, count, simulation=few)
    back = slope_index(values[:, ::-1], errors[:, ::-1], count[:, ::-1], simulation=few)
    np.testing.assert_allclose(there.slope.value, -back.slope.value, atol=1e-8)
    assert (there.slope.lower <= there.slope.upper).all()
    more = slope_index(values + 10, errors, count, simulation=few)
    np.testing.assert_allclose(there.slope.lower, more.slope.lower, atol=1e-8)


@given(
    hnp.arrays(np.int64, (3, 20), elements=st.integers(1, 60)),
    hnp.arrays(np.int64, (3, 20), elements=st.integers(300, 5_000)),
)
def test_who_lives_longer_at_every_age_is_expected_to(
    deaths: np.ndarray, lived: np.ndarray
) -> None:
    longer, shorter = life_expectancy(deaths, lived), life_expectancy(deaths + 5, lived)
    both = (longer.withheld == 0) & (shorter.withheld == 0)
    assert (longer.value[both] > shorter.value[both]).all()
    ages = np.isfinite(longer.upper)
    assert (longer.upper[ages] >= longer.lower[ages]).all()


@given(series, rule_sets, st.integers(-5, 5), st.sampled_from([0.5, 2.0, 4.0]))
def test_special_points_do_not_depend_on_where_nought_is_or_on_the_unit(
    points: np.ndarray, rules: RuleSet, shift: int, times: float
) -> None:
    first = find_signals(xmr_chart(points), rules)
    # Powers of two and whole numbers lose nothing in binary but the mean's last digit.
    near = np.abs(points - xmr_chart(points).centre) < 1e-9
    other = find_signals(xmr_chart(points * times), rules)
    np.testing.assert_array_equal(first.special, other.special)
    if not near.any():
        upside_down = find_signals(xmr_chart(-points + shift), rules)
        np.testing.assert_array_equal(first.shift, upside_down.shift)
        np.testing.assert_array_equal(first.trend, -upside_down.trend)


@given(series, rule_sets)
def test_each_series_is_judged_alone(points: np.ndarray, rules: RuleSet) -> None:
    chart = xmr_chart(points)
    signals = find_signals(chart, rules)
    icons = variation(chart, signals, Polarity.LOWER_IS_BETTER)
    alone = xmr_chart(points[1])
    np.testing.assert_array_equal(signals.special[1], find_signals(alone, rules).special[0])
    assert icons[1] == variation(alone, find_signals(alone, rules), Polarity.LOWER_IS_BETTER)[0]


def test_exact_limits_hold_the_truth_at_least_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    for mean in (0.5, 2.0, 6.0, 40.0, 400.0):
        lower, upper = poisson_limits(rng.poisson(mean, 40_000))
        held = ((lower <= mean) & (mean <= upper)).mean()
        assert held > 0.947, mean


def test_dobsons_limits_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(12)
    risk, at_risk = np.linspace(0.001, 0.02, 19), rng.integers(50, 900, 19)
    found = directly_standardised_rate(rng.poisson(risk * at_risk, (20_000, 19)), at_risk)
    truth = directly_standardised_rate(risk * 1e9, np.full(19, 1e9)).value
    assert ((found.lower <= truth) & (truth <= found.upper)).mean() == pytest.approx(
        0.95, abs=0.015
    )

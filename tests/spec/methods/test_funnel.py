"""Funnels: limits where they can be worked out by hand, and who lies outside them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from joinedup.methods import (
    Standing,
    average_of,
    count_limits,
    person_years_behind,
    place_counts,
    place_proportions,
    proportion_limits,
)
from joinedup.terms import SourceDataError

NAN = float("nan")


def test_limits_of_a_proportion_by_hand() -> None:
    # Half of 100: 1.96 and 3.09 standard errors of 0.05.
    limits = proportion_limits([100], average=0.5, multiplier=100)
    assert limits.average == 50
    assert limits.lower_95 == pytest.approx([50 - 9.80], abs=5e-3)
    assert limits.upper_998 == pytest.approx([50 + 15.45], abs=5e-3)


def test_limits_of_a_proportion_stay_between_none_and_all() -> None:
    limits = proportion_limits([2, 2], average=0.95)
    assert limits.upper_95.tolist() == [1, 1]
    assert proportion_limits([2], average=0.05).lower_998.tolist() == [0]


def test_limits_of_counts_are_those_of_poisson_at_whole_counts() -> None:
    # A whole count lies on or below the lower limit just where so few or fewer come with 2.5% or
    # less, and on or above the upper one where so many or more do.
    for count in (1, 4, 30):
        means = np.linspace(0.5, 80, 4_000)
        rare = poisson.cdf(count, means) <= 0.025
        lower = count_limits(means).lower_95 * means
        assert ((lower >= count - 1e-9) == rare).all()
        many = poisson.sf(count - 1, means) <= 0.025
        upper = count_limits(means).upper_95 * means
        # The limit is drawn through between whole counts, and never below one event.
        assert ((upper <= count + 1e-9) == many)[means > 0.026].all()


def test_where_few_are_expected_none_is_no_surprise() -> None:
    # exp(-3) is 5%, so nobody with 3 expected events lies below.
    limits = count_limits([3, 0])
    assert limits.lower_95[0] == 0
    assert np.isnan(limits.upper_95[1])


def test_limits_of_rates_are_on_their_scale() -> None:
    of_ratio, of_rate = count_limits([25]), count_limits([25], average=300)
    assert of_rate.upper_95 == pytest.approx(300 * of_ratio.upper_95)


def test_proportions_find_their_place() -> None:
    # The limits of 100 about 0.5: 0.345, 0.402, 0.598, 0.655.
    found = place_proportions([34, 40, 45, 60, 66, 0, NAN], [*[100] * 5, 0, 9], average=0.5)
    assert found.tolist() == [
        Standing.FAR_BELOW, Standing.BELOW, Standing.WITHIN, Standing.ABOVE, Standing.FAR_ABOVE,
        Standing.NOT_PLACED, Standing.NOT_PLACED,
    ]  # fmt: skip


def test_counts_find_their_place() -> None:
    # With 10 expected, the exact 95% limits of 3 and 4 events end at 8.77 and 10.24; Byar's of 17
    # and 19 begin at 9.90 and 11.43; the 99.8% limits of 1 end at 9.23, and of 24 begin at 11.3.
    found = place_counts([1, 3, 4, 17, 19, 24, NAN], [10] * 7)
    assert found.tolist() == [
        Standing.FAR_BELOW, Standing.BELOW, Standing.WITHIN, Standing.WITHIN, Standing.ABOVE,
        Standing.FAR_ABOVE, Standing.NOT_PLACED,
    ]  # fmt: skip


def test_no_events_can_lie_below() -> None:
    # exp(-4) is 1.8%, exp(-7) less than 0.1%.
    assert place_counts([0, 0, 0], [3, 4, 7]).tolist() == [
        Standing.WITHIN, Standing.BELOW, Standing.FAR_BELOW,
    ]  # fmt: skip


def test_few_events_are_not_placed_where_the_rate_is_standardised() -> None:
    assert place_counts([9, 10], [30, 30], fewest_events=10).tolist() == [
        Standing.NOT_PLACED, Standing.FAR_BELOW,
    ]  # fmt: skip


def test_by_default_groups_are_held_against_all_together() -> None:
    assert average_of([1, NAN, 5], [10, 10, NAN]) == pytest.approx(0.1)
    assert place_proportions([500, 100], [1000, 1000]).tolist() == [
        Standing.FAR_ABOVE, Standing.FAR_BELOW,
    ]  # fmt: skip
    assert place_proportions([0], [0]).tolist() == [Standing.NOT_PLACED]


def test_person_years_behind_a_standardised_rate() -> None:
    found = person_years_behind([50, 0, 5], [500, 0, NAN])
    assert found[0] == 10_000
    assert np.isnan(found[1:]).all()


def test_an_average_that_is_no_proportion_is_refused() -> None:
    with pytest.raises(SourceDataError, match="between 0 and 1"):
        proportion_limits([10], average=50)

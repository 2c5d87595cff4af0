"""XmR charts: limits by hand, rules point by point, and what the icons say."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.methods import (
    HEALTH_CARE_DATA_GUIDE,
    MAKING_DATA_COUNT,
    WESTERN_ELECTRIC,
    Assurance,
    Polarity,
    Rebase,
    RuleSet,
    Signals,
    Variation,
    XmrChart,
    ZoneRule,
    assurance,
    find_signals,
    suggest_rebase,
    variation,
    xmr_chart,
)
from joinedup.terms import SettingError, SourceDataError

NAN = float("nan")


def chart_about_nought(points: list[float]) -> XmrChart:
    """A chart of these points whose centre is 0 and whose limits are -3 and 3, by a baseline.

    1.128 apart by turns about nought: 2.66 x 1.128 = 3.0005.
    """
    steady = [0.564, -0.564] * 10
    return xmr_chart([steady + points], baseline_points=20, screen_ranges=False)


def flags(points: list[float], rule: str, rules: RuleSet = MAKING_DATA_COUNT) -> str:
    """Which of the points a rule marks: 'x' or '.', the steady baseline before them left out."""
    marked = getattr(find_signals(chart_about_nought(points), rules), rule)[0, 20:]
    return "".join("x" if one else "." for one in marked)


# --- limits


def test_limits_by_hand() -> None:
    # Sum 24 of 5 points; ranges 2, 4, 2, 4: mean 3; 2.66 x 3 = 7.98.
    chart = xmr_chart([4, 6, 2, 4, 8])
    assert chart.centre[0, 0] == pytest.approx(4.8)
    assert chart.mean_moving_range[0, 0] == pytest.approx(3)
    assert (chart.lower[0, 0], chart.upper[0, 0]) == pytest.approx((4.8 - 7.98, 4.8 + 7.98))
    assert chart.points_used.tolist() == [[5]]


def test_an_outlying_range_is_left_out_of_the_mean_once() -> None:
    # Ranges: eight of 1, then 99 and 99: mean 20.6, 3.267 times which is 67.3. Left out: mean 1.
    points = [0, 1, 0, 1, 0, 1, 0, 1, 0, 99, 0]
    assert xmr_chart(points).mean_moving_range[0, 0] == pytest.approx(1)
    kept = xmr_chart(points, screen_ranges=False).mean_moving_range[0, 0]
    assert kept == pytest.approx(20.6)


def test_a_series_that_never_changes_has_limits_on_itself_and_nothing_special() -> None:
    # Thirds and tenths are not exact in binary: their mean must not miss them.
    chart = xmr_chart([[0.1] * 36, [1 / 3] * 36, [0.0] * 36])
    assert (chart.upper == chart.centre).all()
    for rules in (MAKING_DATA_COUNT, HEALTH_CARE_DATA_GUIDE, WESTERN_ELECTRIC):
        assert not find_signals(chart, rules).special.any()


def test_a_baseline_fixes_the_limits_after_it() -> None:
    chart = xmr_chart([1, 3, 1, 3, 50, 60, 70], baseline_points=4)
    assert (chart.centre[0, 0], chart.mean_moving_range[0, 0]) == (2, 2)


def test_limits_begin_anew_at_a_rebase_and_the_reason_is_kept() -> None:
    moved = Rebase(3, "the ward moved to the new site")
    chart = xmr_chart([1, 2, 3, 11, 13, 15], rebases=[moved])
    assert chart.centre.tolist() == [[2, 13]]
    assert chart.mean_moving_range.tolist() == [[1, 2]]  # the step of 8 is in neither
    assert chart.by_point(chart.centre).tolist() == [[2, 2, 2, 13, 13, 13]]
    assert chart.rebases == (moved,)


def test_points_that_are_not_known_make_no_limits() -> None:
    chart = xmr_chart([[1, 2, NAN, 2, 1], [NAN, NAN, 5, NAN, NAN]])
    assert chart.mean_moving_range[0, 0] == 1
    assert chart.points_used.tolist() == [[4], [1]]
    assert np.isnan(chart.upper[1, 0])
    assert not find_signals(chart).special.any()


@pytest.mark.parametrize(
    ("rebases", "words"),
    [([0], "different points"), ([6], "different points"), ([2, 2], "different points")],
)
def test_a_rebase_out_of_place_is_refused(rebases: list[int], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        xmr_chart([1, 2, 3, 4, 5, 6], rebases=[Rebase(at, "a reason") for at in rebases])


def test_a_rebase_without_a_reason_is_refused() -> None:
    with pytest.raises(SettingError, match="no reason"):
        Rebase(3, "  ")


def test_numbers_without_end_and_baselines_of_one_are_refused() -> None:
    with pytest.raises(SourceDataError, match="finite"):
        xmr_chart([1, np.inf])
    with pytest.raises(SourceDataError, match="finite"):
        xmr_chart([])
    with pytest.raises(SettingError, match="two points"):
        xmr_chart([1, 2, 3], baseline_points=1)


# --- rules of Making Data Count


def test_the_baseline_of_these_tests_is_what_it_says() -> None:
    chart = chart_about_nought([])
    assert chart.upper[0, 0] == pytest.approx(3, abs=1e-3)
    assert not find_signals(chart).special.any()


@pytest.mark.parametrize(
    ("points", "marked"),
    [([2.9, -2.9], ".."), ([3.1, -3.1], "xx"), ([0, 9, 0], ".x.")],
)
def test_a_point_outside_the_limits(points: list[float], marked: str) -> None:
    assert flags(points, "outside") == marked


# The baseline ends below the centre, so that a run above begins with the first point.
@pytest.mark.parametrize(
    ("points", "marked"),
    [
        ([1] * 6 + [-1], "......."),
        ([1] * 7 + [-1], "xxxxxxx."),
        ([1] * 8 + [-1], "xxxxxxxx."),
        ([1, -1] + [-1] * 6, ".xxxxxxx"),
        ([1, 1, 1, 0, 1, 1, 1, 1], "........"),  # a point on the centre ends a run
        ([1, 1, 1, NAN, 1, 1, 1, 1], "........"),  # and so does one not known
    ],
)
def test_a_shift_of_seven(points: list[float], marked: str) -> None:
    assert flags(points, "shift") == marked


@pytest.mark.parametrize(
    ("points", "marked"),
    [
        ([-1, -0.7, -0.4, -0.1, 0.2, 0.5], "......"),  # six points
        ([-1, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8], "xxxxxxx"),
        ([-1, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8, -1], "xxxxxxx."),
        ([-1, -0.7, -0.4, -0.4, 0.2, 0.5, 0.8, 1.1], "........"),  # a step with no rise
        ([0.9, 0.6, 0.3, 0, -0.3, -0.6, -0.9, 0.9], "xxxxxxx."),  # falling
        ([-1, -0.7, -0.4, -0.1, 0.2, 0.5, NAN, 0.8], "........"),
    ],
)
def test_a_trend_of_seven(points: list[float], marked: str) -> None:
    assert flags(points, "trend") == marked


@pytest.mark.parametrize(
    ("points", "marked"),
    [
        ([2.5, -1, 2.5, -1], "...."),  # all three must be on one side
        ([2.5, 1, 2.5, -1], "x.x."),  # the middle one is not near
        ([2.5, 2.5, 1, -1], "xx.."),
        ([1, 2.5, 2.5, -1], ".xx."),
        ([2.5, 1, 1, 2.5], "...."),  # not within three
        ([-2.5, -1, -2.5, 1], "x.x."),
        ([2.5, -2.5, 1, 1], "...."),  # on opposite sides
        ([3.5, 2.5, 1, -1], "...."),  # outside is another rule, and counts only there
        ([1.9, 1.9, 1.9, -1], "...."),  # nearer than two thirds
        ([2.5, 2.5, 2.5, -1], "xxx."),
    ],
)
def test_two_of_three_near_a_limit(points: list[float], marked: str) -> None:
    assert flags(points, "zone") == marked


def test_runs_begin_anew_at_a_rebase() -> None:
    rising = [float(x) for x in range(12)]
    together = find_signals(xmr_chart(rising))
    parted = find_signals(xmr_chart(rising, rebases=[Rebase(6, "new counting rule")]))
    assert (together.trend == 1).all()
    assert (parted.trend == 0).all()


# --- other published sets


def test_the_health_care_data_guide_has_eight_and_six() -> None:
    guide = HEALTH_CARE_DATA_GUIDE
    assert flags([1] * 7 + [-1], "shift", guide) == "........"
    assert flags([1] * 8 + [-1], "shift", guide) == "xxxxxxxx."
    assert flags([-1, -0.7, -0.4, -0.1, 0.2, 0.5], "trend", guide) == "xxxxxx"
    # Two of three near a limit, wherever the third lies; one outside is beyond two thirds too.
    assert flags([2.5, -1, 2.5, -1], "zone", guide) == "x.x."
    assert flags([3.5, 2.5, 1, -1], "zone", guide) == "xx.."


def test_fifteen_about_the_centre_are_special_but_neither_high_nor_low() -> None:
    hugging = [0.9, -0.9] * 8
    assert flags(hugging, "hugging", HEALTH_CARE_DATA_GUIDE) == "x" * 16
    assert flags(hugging, "hugging") == "." * 16
    chart = chart_about_nought(hugging)
    signals = find_signals(chart, HEALTH_CARE_DATA_GUIDE)
    assert signals.special[0, -1]
    assert variation(chart, signals, Polarity.NEITHER).tolist() == [Variation.COMMON_CAUSE]


def test_western_electric_has_four_of_five_and_no_trend() -> None:
    assert flags([1.5, 1.5, 0.5, 1.5, 1.5, -1], "zone", WESTERN_ELECTRIC) == "xx.xx."
    assert flags([1.5, 1.5, 0.5, 0.5, 1.5, 1.5], "zone", WESTERN_ELECTRIC) == "......"
    assert flags([-1 + 0.2 * x for x in range(10)], "trend", WESTERN_ELECTRIC) == "." * 10


def test_the_answer_names_its_rules_and_each_set_its_source() -> None:
    assert find_signals(xmr_chart([1, 2, 1]), WESTERN_ELECTRIC).rules is WESTERN_ELECTRIC
    for rules in (MAKING_DATA_COUNT, HEALTH_CARE_DATA_GUIDE, WESTERN_ELECTRIC):
        assert rules.source


def test_rules_that_are_none_are_refused() -> None:
    with pytest.raises(SettingError, match="no rule"):
        ZoneRule(4, 3, 0.5)
    with pytest.raises(SettingError, match="no rule"):
        RuleSet("ours", "us", shift_points=1, trend_points=None)


# --- icons

HIGH = [*[0.0, 1.0] * 10, 9.0]
LOW = [*[0.0, 1.0] * 10, -9.0]
STEADY = [*[0.0, 1.0] * 10, 0.0]
UNKNOWN = [*[0.0, 1.0] * 10, NAN]


@pytest.mark.parametrize(
    ("polarity", "icons"),
    [
        (Polarity.HIGHER_IS_BETTER, [Variation.IMPROVEMENT_HIGH, Variation.CONCERN_LOW]),
        (Polarity.LOWER_IS_BETTER, [Variation.CONCERN_HIGH, Variation.IMPROVEMENT_LOW]),
        (Polarity.NEITHER, [Variation.NEITHER_HIGH, Variation.NEITHER_LOW]),
    ],
)
def test_the_last_point_gives_the_icon(polarity: Polarity, icons: list[Variation]) -> None:
    chart = xmr_chart([HIGH, LOW, STEADY, UNKNOWN])
    found = variation(chart, find_signals(chart), polarity)
    assert found.tolist() == [*icons, Variation.COMMON_CAUSE, Variation.NOT_KNOWN]


def test_a_special_point_before_the_last_gives_none() -> None:
    chart = xmr_chart([[*HIGH, 0.0, 1.0]])
    found = variation(chart, find_signals(chart), Polarity.NEITHER)
    assert found.tolist() == [Variation.COMMON_CAUSE]


def test_a_target_against_the_limits() -> None:
    # Limits 0.5 ± 2.66: -2.16 and 3.16.
    chart = xmr_chart([[0.0, 1.0] * 10] * 5)
    targets = [-3, 0.5, 4, NAN, chart.upper[0, 0]]
    pass_, fail, both, none = Assurance.PASS, Assurance.FAIL, Assurance.HIT_AND_MISS, Assurance.NONE
    better_high = assurance(chart, targets, Polarity.HIGHER_IS_BETTER)
    better_low = assurance(chart, targets, Polarity.LOWER_IS_BETTER)
    assert better_high.tolist() == [pass_, both, fail, none, both]
    assert better_low.tolist() == [fail, both, pass_, none, both]
    assert set(assurance(chart, targets, Polarity.NEITHER)) == {none}


def test_a_target_is_held_against_the_last_limits() -> None:
    chart = xmr_chart([[0.0, 1.0] * 5 + [50.0, 51.0] * 5], rebases=[Rebase(10, "second theatre")])
    assert assurance(chart, 20, Polarity.HIGHER_IS_BETTER).tolist() == [Assurance.PASS]


def test_without_limits_there_is_no_assurance() -> None:
    assert assurance(xmr_chart([[5.0]]), 1, Polarity.HIGHER_IS_BETTER).tolist() == [Assurance.NONE]


# --- suggestion


def suggested(points: list[float], **asked: int) -> int:
    """Where new limits are suggested for one series."""
    chart = xmr_chart([points], baseline_points=20)
    found: Signals = find_signals(chart)
    return int(suggest_rebase(chart, found, **asked)[0])


def test_a_lasting_shift_suggests_where_limits_might_begin() -> None:
    assert suggested([0.0, 1.0] * 10 + [2.0] * 12) == 19  # the last of the baseline is above too
    assert suggested([0.0, 1.0] * 10 + [-2.0] * 12) == 20
    assert suggested([0.0, 1.0] * 10 + [-2.0] * 11) == -1
    assert suggested([0.0, 1.0] * 10 + [-2.0] * 11, fewest_points=8) == 20
    assert suggested([0.0, 1.0] * 10 + [-2.0] * 12 + [2.0]) == -1  # it did not last


def test_a_suggestion_changes_nothing() -> None:
    chart = xmr_chart([[0.0, 1.0] * 10 + [-2.0] * 12], baseline_points=20)
    suggest_rebase(chart, find_signals(chart))
    assert chart.rebases == ()
    assert chart.starts == (0,)

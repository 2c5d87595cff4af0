"""The model of beds: what a small hospital shows, what scenarios change, what is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from joinedup.flow import (
    SCENARIOS,
    BedModel,
    Present,
    Scenario,
    backtest,
    calibrate,
    chance_above,
    changed,
    daily_delays,
    expected_occupied,
    outlook,
    simulate,
)
from joinedup.terms import SettingError, SourceDataError

MONDAY = dt.date(2026, 4, 6)
# Everybody stays two nights; one in two then waits four nights more.
STAY, DELAY = np.array([0, 0, 1.0]), np.array([0.5, 0, 0, 0, 0.5])
EVERY_DAY = BedModel(np.full(7, 10.0), STAY, DELAY)


def test_by_littles_law_beds_are_arrivals_times_nights() -> None:
    assert expected_occupied(EVERY_DAY) == pytest.approx(10 * (2 + 2))


def test_without_chance_the_wards_fill_as_they_must() -> None:
    # Nobody comes; of 30 in treatment all came within two days, and of 8 who wait all within four.
    empty = BedModel(np.zeros(7), STAY, np.array([0, 0, 0, 0, 1.0]))
    run = simulate(empty, start=MONDAY, days=8, seed=1, present=Present(30, 8), replications=2)
    assert (run.occupied[:, -1] == 0).all()
    assert (np.diff(run.occupied, axis=1) <= 0).all()
    assert (run.occupied >= run.delayed).all()
    assert (run.delayed[:, 1] >= 30).all()  # all of the 30 are ready by the second midnight


def test_the_same_seed_is_the_same_run_and_another_is_not() -> None:
    asked = {"start": MONDAY, "days": 30, "replications": 20}
    one, same = simulate(EVERY_DAY, seed=7, **asked), simulate(EVERY_DAY, seed=7, **asked)
    assert (one.occupied == same.occupied).all()
    assert (one.occupied != simulate(EVERY_DAY, seed=8, **asked).occupied).any()


def test_a_quiet_sunday_shows_on_sunday_night() -> None:
    weekly = BedModel(np.array([10, 10, 10, 10, 10, 10, 0.0]), np.array([0, 1.0]), np.ones(1))
    mean = outlook(simulate(weekly, start=MONDAY, days=14, seed=1).occupied).mean
    assert mean[[6, 13]] == pytest.approx([0, 0])  # each patient stays one night
    assert (mean[:6] > 9).all()


def test_scenarios_change_what_they_say() -> None:
    today, fewer_delays, more_arrivals = (
        expected_occupied(changed(EVERY_DAY, each)) for each in SCENARIOS
    )
    assert today == pytest.approx(40)
    assert fewer_delays == pytest.approx(10 * (2 + 0.8 * 2))
    assert more_arrivals == pytest.approx(1.05 * 40)


def test_the_interval_holds_what_it_says_and_beds_run_short_above_it() -> None:
    run = simulate(EVERY_DAY, start=MONDAY, days=1, seed=3, replications=2000)
    seen = outlook(run.occupied)
    within = (run.occupied >= seen.low) & (run.occupied <= seen.high)
    assert 0.94 <= within.mean() <= 0.97
    assert chance_above(run, int(seen.high[0]))[0] <= 0.025
    assert chance_above(run, -1)[0] == 1


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ((np.ones(6), STAY, DELAY), "seven numbers"),
        ((np.full(7, -1.0), STAY, DELAY), "seven numbers"),
        ((np.full(7, np.nan), STAY, DELAY), "seven numbers"),
        ((np.ones(7), np.array([0.5, 0.4]), DELAY), "do not sum to 1"),
        ((np.ones(7), STAY, np.ones((3, 1))), "delay_days is not a list"),
        ((np.ones(7), np.array([]), DELAY), "stay_days is not a list"),
        ((np.ones(7), STAY, DELAY, 0.5), "overdispersion"),
        ((np.ones(7), STAY, DELAY, 1.0, -0.1), "coefficient of variation"),
    ],
)
def test_what_cannot_be_is_refused(model: tuple[object, ...], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        BedModel(*model)  # type: ignore[arg-type]


def test_more_delayed_than_there_are_is_refused() -> None:
    with pytest.raises(SettingError, match="more people than there are"):
        changed(EVERY_DAY, Scenario("delays three times as many", delay_times=3))
    with pytest.raises(SettingError, match="no day"):
        simulate(EVERY_DAY, start=MONDAY, days=0, seed=1)


def test_flows_follow_from_the_two_daily_counts() -> None:
    # 20 are ready and 12 leave: 8 wait. Next day 18 are ready: 10 became so. A day on which fewer
    # are ready than waited is a mistake, and what became ready is not known.
    found = daily_delays(MONDAY, np.array([20.0, 18, 5, 30]), np.array([12.0, 9, 5, 10]))
    np.testing.assert_array_equal(found.waiting, [8, 9, 0, 20])
    np.testing.assert_array_equal(found.ready, [np.nan, 10, np.nan, 30])


def test_calibration_finds_what_made_the_series() -> None:
    # Each day 100 become ready on a weekday and 50 at the weekend; of these 80% leave at once, and
    # of those who wait a quarter leaves each day: by hand, no chance in it.
    waiting, not_meeting, left = 0.0, [], []
    for day in range(400):
        ready = 50.0 if day % 7 > 4 else 100.0
        gone = 0.8 * ready + 0.25 * waiting
        not_meeting.append(waiting + ready)
        left.append(gone)
        waiting += ready - gone
    model = calibrate(daily_delays(MONDAY, np.array(not_meeting), np.array(left)))
    assert model.arrivals_per_day == pytest.approx([100] * 5 + [50] * 2)
    assert model.delay_days[:, 0] == pytest.approx(0.8, abs=0.005)
    assert model.delay_days[:, 1] == pytest.approx(0.2 * 0.25, abs=0.002)
    assert expected_occupied(model) == pytest.approx(
        np.mean(np.array(not_meeting)[-56:] - left[-56:])
    )


def test_a_series_too_thin_to_learn_from_is_refused() -> None:
    thin = daily_delays(MONDAY, np.full(100, np.nan), np.full(100, np.nan))
    with pytest.raises(SourceDataError, match="only 0 of the last 56 days"):
        calibrate(thin)
    with pytest.raises(SourceDataError, match="no day of the series"):
        backtest(thin, first_origin=60, seed=1)

"""The model of beds against closed forms, an event-by-event simulation, and what happened."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pytest
from scipy import stats

from joinedup.flow import (
    BedModel,
    Present,
    backtest,
    daily_delays,
    expected_occupied,
    geometric,
    simulate,
)
from tests.shared_material import SHARED, needs_shared

MONDAY = dt.date(2026, 4, 6)
STAYS = {
    "each night as likely the last": geometric(6.0),
    "all alike": np.eye(1, 7, 6)[0],
    "most short, some long": np.array([0.7, *[0.0] * 19, 0.3]),
}


@pytest.mark.parametrize("stay", STAYS.values(), ids=STAYS.keys())
def test_occupied_beds_are_poisson_whatever_the_stay(stay: np.ndarray) -> None:
    """M/G/infinity: Poisson with the mean of Little's law, for any stay (Takacs 1962)."""
    model = BedModel(np.full(7, 5.0), stay, geometric(1.0))
    run = simulate(model, start=MONDAY, days=1, seed=11, replications=4000)
    mean = expected_occupied(model)
    beds = run.occupied[:, 0]
    # The chance of a mean or a variance so far off is below one in ten thousand.
    assert beds.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / 4000))
    assert beds.var() == pytest.approx(mean, rel=4 * np.sqrt(2 / 4000))
    edges = stats.poisson(mean).ppf([0.1, 0.25, 0.5, 0.75, 0.9])
    for edge in edges:
        assert (beds <= edge).mean() == pytest.approx(stats.poisson(mean).cdf(edge), abs=0.032)


def test_delayed_and_treated_are_each_poisson_and_apart() -> None:
    """Stations of a tandem without limit are independent (Eick, Massey, Whitt 1993)."""
    model = BedModel(np.full(7, 5.0), geometric(4.0), geometric(2.0))
    run = simulate(model, start=MONDAY, days=1, seed=5, replications=4000)
    delayed, treated = run.delayed[:, 0], (run.occupied - run.delayed)[:, 0]
    assert delayed.mean() == pytest.approx(10, abs=0.25)
    assert delayed.var() == pytest.approx(10, rel=0.1)
    assert np.corrcoef(delayed, treated)[0, 1] == pytest.approx(0, abs=0.065)


def test_the_present_wears_off_as_the_closed_form_says() -> None:
    """Each night as likely the last: of those present a fixed share stays each night."""
    model = BedModel(np.zeros(7), np.ones(1), geometric(3.0))
    run = simulate(model, start=MONDAY, days=6, seed=2, present=Present(0, 1000), replications=500)
    assert run.delayed.mean(axis=0) == pytest.approx(1000 * 0.75 ** np.arange(1, 7), rel=0.02)


def test_an_event_by_event_simulation_gives_the_same() -> None:
    """SimPy, one process a patient: arrivals by weekday, a stay, then a delay by weekday."""
    simpy = pytest.importorskip("simpy", reason="simpy is the oracle here")
    arrivals = np.array([9.0, 8, 8, 8, 7, 4, 3])
    stay = np.array([0.2, 0.3, 0.2, 0.1, 0.1, 0.1])
    delay = np.tile([0.7, 0.1, 0.1, 0.1], (7, 1))
    delay[4:6] = [0.5, 0.0, 0.0, 0.5]  # ready on a Friday or Saturday: many wait for Monday
    model = BedModel(arrivals, stay, delay)
    rng = np.random.default_rng(99)
    warm, days = 14, 7 * 400
    counts = np.zeros((2, warm + days))

    def patient(env: object, day: int) -> object:
        nights = int(rng.choice(len(stay), p=stay))
        yield env.timeout(nights)  # type: ignore[attr-defined]
        counts[0, day : day + nights] += 1
        ready = day + nights
        more = int(rng.choice(delay.shape[1], p=delay[ready % 7]))
        yield env.timeout(more)  # type: ignore[attr-defined]
        counts[1, ready : ready + more] += 1

    def door(env: object) -> object:
        for day in range(warm + days):
            for _ in range(rng.poisson(arrivals[day % 7])):
                env.process(patient(env, day))  # type: ignore[attr-defined]
            yield env.timeout(1)  # type: ignore[attr-defined]

    env = simpy.Environment()
    env.process(door(env))
    env.run()
    by_weekday = counts[:, warm:].reshape(2, -1, 7).mean(axis=1)
    run = simulate(model, start=MONDAY, days=7, seed=4, replications=3000)
    assert run.delayed.mean(axis=0) == pytest.approx(by_weekday[1], abs=0.6)
    assert run.occupied.mean(axis=0) == pytest.approx(by_weekday.sum(axis=0), abs=1.2)


@needs_shared
def test_it_foretells_who_waits_at_large_trusts_better_than_last_week_does() -> None:
    """Fitted on the past, judged on the last third of three years: four weeks ahead, day by day.

    The seven trusts that discharge most patients and whose counts have few breaks; what all trusts
    gave is in docs/explanation/flow.md.
    """
    found = [_backtest(trust) for trust in ("RWE", "RYR", "R0A", "R0D", "RTG", "RX1", "RWA")]
    ours = np.mean([each.error for each in found])
    naive = np.mean([each.naive_error for each in found])
    assert ours < naive
    assert ours < 0.12
    assert np.mean([each.coverage for each in found]) == pytest.approx(0.95, abs=0.06)


def _backtest(trust: str):  # type: ignore[no-untyped-def]
    activity = SHARED / "activity"
    rows = duckdb.execute(
        """
        SELECT date, do_not_meet_criteria_to_reside, discharged_total
        FROM read_parquet(?) AS ready JOIN read_parquet(?) AS gone USING (nhs_trust22_code, date)
        WHERE nhs_trust22_code = ? ORDER BY date
        """,
        [
            str(activity / "england_trust_criteria_to_reside.parquet"),
            str(activity / "england_trust_discharged_patients.parquet"),
            trust,
        ],
    ).fetchnumpy()
    counts = [np.ma.filled(rows[name].astype(float), np.nan) for name in list(rows)[1:]]
    series = daily_delays(dt.date.fromisoformat(str(rows["date"][0])), *counts)
    return backtest(series, first_origin=len(series) * 2 // 3, seed=1)

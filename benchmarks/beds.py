"""The what-if model of beds: its speed beside SimPy and Ciw, and its forecasts of real trusts.

python benchmarks/beds.py --arrivals 180 --days 365 --replications 20 [--activity DIR]
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
from figures import note

from joinedup.flow import (
    BedModel,
    DailyDelays,
    backtest,
    calibrate,
    daily_delays,
    expected_occupied,
    geometric,
    nights_in_treatment,
    outlook,
    simulate,
)
from joinedup.terms import SourceDataError

START = dt.date(2026, 1, 5)
WARM_DAYS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--arrivals", type=float, default=180, help="patients a day")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--activity", type=Path, help="folder of the national daily series")
    options = parser.parse_args()
    compare_engines(options.arrivals, options.days, options.replications)
    if options.activity:
        report_backtests(options.activity)


def compare_engines(arrivals: float, days: int, replications: int) -> None:
    """Seconds of each engine for the same hospital, and the mean beds that each finds."""
    model = BedModel(np.full(7, arrivals), geometric(5.5), geometric(1.3))
    print(f"{arrivals:g} a day, {days} days, {replications} replications")
    print(f"beds by Little's law: {expected_occupied(model):,.0f}")
    engines: dict[str, Callable[[int], float]] = {
        "numpy": lambda times: float(
            simulate(model, start=START, days=days, seed=1, replications=times).occupied.mean()
        ),
        "simpy": lambda times: float(np.mean([with_simpy(model, days, n) for n in range(times)])),
        "ciw": lambda times: float(np.mean([with_ciw(model, days, n) for n in range(times)])),
    }
    for name, run in engines.items():
        if find_spec(name) is None:
            print(f"{name:6} not installed")
            continue
        # The peers take so long that one replication is timed and multiplied.
        times = replications if name == "numpy" else 1
        began = time.perf_counter()
        beds = run(times)
        seconds = (time.perf_counter() - began) * replications / times
        print(f"{name:6} {seconds:9.2f} s   mean beds {beds:,.0f}")
        if name == "numpy":
            note(f"beds, {arrivals:g} a day, {days} days x {replications}", {"seconds": seconds})


def with_simpy(model: BedModel, days: int, seed: int) -> float:
    """Mean occupied beds of one replication, a process for each patient."""
    import simpy

    rng = np.random.default_rng(seed)
    stay, delay = model.stay_days, model.delay_days[0]
    env = simpy.Environment()
    present, nights = [0], []

    def patient(length: int):  # type: ignore[no-untyped-def]
        present[0] += 1
        yield env.timeout(length)
        present[0] -= 1

    def door():  # type: ignore[no-untyped-def]
        for day in range(WARM_DAYS + days):
            coming = rng.poisson(model.arrivals_per_day[day % 7])
            lengths = rng.choice(len(stay), coming, p=stay) + rng.choice(
                len(delay), coming, p=delay
            )
            for length in lengths:
                env.process(patient(int(length)))
            yield env.timeout(0.5)
            if day >= WARM_DAYS:
                nights.append(present[0])
            yield env.timeout(0.5)

    env.process(door())
    env.run()
    return float(np.mean(nights))


def with_ciw(model: BedModel, days: int, seed: int) -> float:
    """Mean people in a bed of one replication, by Little's law from Ciw's records."""
    import ciw

    # Stays that are geometric by night are exponential by hour, with the same mean.
    stay = float(model.stay_days @ np.arange(len(model.stay_days)))
    delay = float(model.delay_days[0] @ np.arange(model.delay_days.shape[1]))
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(float(model.arrivals_per_day.mean())), None],
        service_distributions=[ciw.dists.Exponential(1 / stay), ciw.dists.Exponential(1 / delay)],
        routing=[[0.0, 1.0], [0.0, 0.0]],
        number_of_servers=[float("inf"), float("inf")],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(WARM_DAYS + days)
    nights = sum(
        min(r.exit_date, WARM_DAYS + days) - max(r.arrival_date, WARM_DAYS)
        for r in simulation.get_all_records()
        if r.exit_date > WARM_DAYS
    )
    return nights / days


def report_backtests(activity: Path) -> None:
    """Forecasts four weeks ahead of who waits, and a month ahead of beds, for every trust."""
    daily, beds = read_daily(activity), read_beds(activity)
    made = {}
    for trust, series in daily.items():
        try:
            made[trust] = backtest(series, first_origin=len(series) * 2 // 3, seed=1)
        except SourceDataError as error:
            print(f"{trust}: {error}")
    print(f"waiting, each day of four weeks ahead: {len(made)} trusts")
    for name in ("error", "naive_error", "coverage", "naive_coverage"):
        each = np.array([getattr(one, name) for one in made.values()])
        print(f"  {name:15} median {np.median(each):.3f}  mean {each.mean():.3f}")
    better = np.mean([one.error < one.naive_error for one in made.values()])
    print(f"  better than naive at {better:.0%} of trusts")
    months = [m for trust, each in beds.items() if trust in daily
              for m in monthly_errors(daily[trust], each)]  # fmt: skip
    ours, naive, inside = np.array(months).T
    print(f"adult beds occupied, the month ahead: {len(months)} forecasts")
    print(f"  model {ours.mean():.4f}, same as last month {naive.mean():.4f} (mean error)")
    print(f"  model {np.median(ours):.4f}, same as last month {np.median(naive):.4f} (median)")
    print(f"  coverage of the 95% interval {inside.mean():.3f}")


def read_daily(activity: Path) -> dict[str, DailyDelays]:
    """Each trust's daily counts that are known on nine days in ten and are of 20 people or more."""
    ready = activity / "england_trust_criteria_to_reside.parquet"
    gone = activity / "england_trust_discharged_patients.parquet"
    rows = duckdb.execute(
        """
        SELECT nhs_trust22_code, date, do_not_meet_criteria_to_reside, discharged_total
        FROM read_parquet(?) AS ready JOIN read_parquet(?) AS gone USING (nhs_trust22_code, date)
        ORDER BY ALL
        """,
        [str(ready), str(gone)],
    ).fetchnumpy()
    trusts, dates, meet, left = (np.ma.filled(each) if each.dtype == object else
                                 np.ma.filled(each.astype(float), np.nan)
                                 for each in rows.values())  # fmt: skip
    found = {}
    for trust in sorted(set(trusts)):
        of = trusts == trust
        series = daily_delays(dt.date.fromisoformat(dates[of][0]), meet[of], left[of])
        if np.isfinite(series.ready).mean() > 0.9 and np.nanmean(series.waiting) >= 20:
            found[trust] = series
    return found


def read_beds(activity: Path) -> dict[str, dict[dt.date, float]]:
    """Each trust's adult general and acute beds occupied, by month."""
    rows = duckdb.execute(
        """
        SELECT nhs_trust22_code, strptime(date, '%B %Y')::DATE, adult_general_acute_beds_occupied
        FROM read_parquet(?) WHERE adult_general_acute_beds_occupied > 0
        """,
        [str(activity / "england_critical_general_acute_beds.parquet")],
    ).fetchall()
    found: dict[str, dict[dt.date, float]] = {}
    for trust, month, occupied in rows:
        found.setdefault(trust, {})[month] = occupied
    return found


def monthly_errors(
    series: DailyDelays, beds: dict[dt.date, float]
) -> list[tuple[float, float, bool]]:
    """For each month of the last third: error of the model, of "as last month", and coverage."""
    errors = []
    for month in sorted(beds):
        following = (month + dt.timedelta(days=32)).replace(day=1)
        before = (month - dt.timedelta(days=1)).replace(day=1)
        first, until = (before - series.start).days, (following - series.start).days
        known = {before, month, following} <= beds.keys()
        if not known or first < len(series) * 2 // 3 or until + 28 > len(series):
            continue
        try:
            # Two months of beds, about the eight weeks that the level of arrivals is taken from.
            stay = nights_in_treatment(series.part(first, until), (beds[before] + beds[month]) / 2)
            model = calibrate(series.part(0, until), geometric(stay))
        except SourceDataError:
            continue
        run = simulate(model, start=following, days=28, seed=until, replications=60)
        means = run.occupied.mean(axis=1, keepdims=True)
        seen, came = outlook(means), beds[following]
        errors.append((
            abs(expected_occupied(model) - came) / came, abs(beds[month] - came) / came,
            bool(seen.low[0] <= came <= seen.high[0]),
        ))  # fmt: skip
    return errors


if __name__ == "__main__":
    main()

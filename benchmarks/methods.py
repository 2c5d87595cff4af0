"""Statistics over many areas at once, beside the Fingertips port where it has them.

    python benchmarks/methods.py --areas 7000 --series 140000

Directly standardised rates with intervals of 20 measures by 19 age bands: promised to take at most
a hundredth of the time of PHStatsMethods, which is given the same figures in the same run. XmR
charts with signals and icons of 36 months: promised within a second or so.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from figures import note

from joinedup.methods import (
    EUROPEAN_STANDARD_POPULATION_2013,
    Polarity,
    assurance,
    directly_standardised_rate,
    find_signals,
    variation,
    xmr_chart,
)

MEASURES, BANDS, MONTHS = 20, 19, 36
TURNS = 5
LEAST_RATIO = 100


def timed(work: Callable[[], object], turns: int = 1) -> tuple[float, float]:
    """Median seconds, by the clock and of processors."""
    taken = []
    for _ in range(turns):
        began, cpu_began = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began, time.process_time() - cpu_began))
    seconds, cpu_seconds = zip(*taken, strict=True)
    return statistics.median(seconds), statistics.median(cpu_seconds)


def standards(areas: int, *, with_peer: bool) -> None:
    rng = np.random.default_rng(1)
    people = rng.integers(20, 300, (areas, BANDS))
    events = rng.poisson(people * np.linspace(0.002, 0.2, BANDS), (MEASURES, areas, BANDS))
    ours = timed(lambda: directly_standardised_rate(events, people), TURNS)
    name = f"standardised rates of {areas:,} areas, {MEASURES} measures"
    note(name, {"seconds": ours[0], "cpu_seconds": ours[1]})
    print(f"{name}: {ours[0]:.3f} s, {ours[1]:.3f} cpu s")
    if with_peer:
        beside_peer(events, people, ours)


def beside_peer(events: np.ndarray, people: np.ndarray, ours: tuple[float, float]) -> None:
    """The same figures from PHStatsMethods, and that they are the same."""
    import pandas as pd
    import PHStatsMethods as peer  # noqa: N813 (its authors' capitals)

    measures, areas, bands = events.shape
    frame = pd.DataFrame(
        {
            "group": np.repeat(np.arange(measures * areas), bands),
            "events": events.ravel(),
            "people": np.tile(people.ravel(), measures),
            "standard": np.tile(EUROPEAN_STANDARD_POPULATION_2013, measures * areas),
        }
    )
    found = {}

    def standardise() -> None:
        found["rates"] = peer.ph_dsr(
            frame, "events", "people", "standard", group_cols="group", euro_standard_pops=False
        )

    theirs = timed(standardise)
    rates = directly_standardised_rate(events, people)
    for name, mine in (("Value", rates.value), ("lower_95_ci", rates.lower)):
        np.testing.assert_allclose(mine.ravel(), found["rates"][name], rtol=1e-9)
    ratio = theirs[0] / ours[0]
    print(
        f"PHStatsMethods, the same figures: {theirs[0]:.1f} s, {theirs[1]:.1f} cpu s; "
        f"{ratio:,.0f} times as long (promised {LEAST_RATIO}: "
        f"{'kept' if ratio >= LEAST_RATIO else 'NOT KEPT'})"
    )


def charts(series: int) -> None:
    values = np.random.default_rng(2).normal(50, 5, (series, MONTHS))

    def chart() -> None:
        made = xmr_chart(values)
        signals = find_signals(made)
        variation(made, signals, Polarity.LOWER_IS_BETTER)
        assurance(made, 40, Polarity.LOWER_IS_BETTER)

    seconds, cpu_seconds = timed(chart, TURNS)
    name = f"XmR charts of {series:,} series, {MONTHS} months"
    note(name, {"seconds": seconds, "cpu_seconds": cpu_seconds})
    print(f"{name}: {seconds:.3f} s, {cpu_seconds:.3f} cpu s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--areas", type=int, default=7_000)
    parser.add_argument("--series", type=int, default=140_000)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    standards(options.areas, with_peer=not options.no_peer)
    charts(options.series)


if __name__ == "__main__":
    main()

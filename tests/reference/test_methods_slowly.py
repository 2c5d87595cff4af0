"""Methods that have no peer here, beside plain loops and a general solver of least squares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from joinedup.methods import (
    LIFE_TABLE_AGES,
    MAKING_DATA_COUNT,
    Rebase,
    RuleSet,
    Scale,
    Simulation,
    find_signals,
    life_expectancy,
    slope_index,
    xmr_chart,
)

RNG = np.random.default_rng(20)


def slow_life_expectancy(deaths: np.ndarray, people: np.ndarray) -> list[tuple[float, float]]:
    """Expectancy and standard error at each age, one band at a time."""
    alive, years, spreads, widths, parts = [100_000.0], [], [], [], []
    for age, (died, lived) in enumerate(zip(deaths, people, strict=True)):
        rate = died / lived
        if age == len(deaths) - 1:
            years.append(alive[-1] / rate)
            break
        width = LIFE_TABLE_AGES[age + 1] - LIFE_TABLE_AGES[age]
        part = 0.1 if age == 0 else 0.5
        dying = min(1.0, width * rate / (1 + width * (1 - part) * rate))
        spreads.append(dying**2 * (1 - dying) / died if died else 0.0)
        alive.append(alive[-1] * (1 - dying))
        years.append(width * (alive[-1] + part * (alive[-2] - alive[-1])))
        widths.append(width)
        parts.append(part)
    expectancy = [sum(years[age:]) / alive[age] for age in range(len(deaths))]
    found = []
    for age in range(len(deaths)):
        variance = (alive[-1] * people[-1] / deaths[-1]) ** 2 / deaths[-1]
        for later in range(age, len(deaths) - 1):
            reach = (1 - parts[later]) * widths[later] + expectancy[later + 1]
            variance += spreads[later] * (alive[later] * reach) ** 2
        found.append((expectancy[age], variance**0.5 / alive[age]))
    return found


def test_life_expectancy() -> None:
    people = RNG.integers(300, 9_000, (200, 20)).astype(float)
    risk = np.concatenate([[0.004, 0.0003], 0.0001 * 1.5 ** np.arange(18)])
    deaths = RNG.poisson(people * risk).astype(float)
    deaths[:, -1] = np.maximum(deaths[:, -1], 5)
    found = life_expectancy(deaths, people)
    assert (found.withheld == 0).mean() > 0.95
    for group in range(len(people)):
        for age, (value, error) in enumerate(slow_life_expectancy(deaths[group], people[group])):
            if found.withheld[group, age] == 0:
                assert found.value[group, age] == pytest.approx(value, rel=1e-9)
                reach = found.upper[group, age] - found.value[group, age]
                assert reach == pytest.approx(1.959963984540054 * error, rel=1e-9)


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("fit_on_scale", [False, True])
def test_slopes_are_weighted_least_squares(scale: Scale, fit_on_scale: bool) -> None:
    people = RNG.integers(1_000, 30_000, (100, 10)).astype(float)
    values = RNG.uniform(0.05, 0.6, (100, 10))
    found = slope_index(
        values, np.zeros((100, 10)), people, scale=scale, fit_on_scale=fit_on_scale,
        simulation=Simulation(1_000),
    )  # fmt: skip
    there = {
        Scale.LINEAR: lambda y: y,
        Scale.LOG: np.log,
        Scale.LOGIT: lambda y: np.log(y / (1 - y)),
    }
    back = {
        Scale.LINEAR: lambda y: y,
        Scale.LOG: np.exp,
        Scale.LOGIT: lambda y: 1 / (1 + np.exp(-y)),
    }
    for group in range(100):
        share = people[group] / people[group].sum()
        rank = np.array([share[:quantile].sum() + share[quantile] / 2 for quantile in range(10)])
        root = np.sqrt(share)
        outcome = there[scale](values[group]) if fit_on_scale else values[group]
        design = np.column_stack([root, root * rank])
        (start, slope), *_ = np.linalg.lstsq(design, root * outcome, rcond=None)
        first, last = start, start + slope
        if fit_on_scale:
            first, last = back[scale](first), back[scale](last)
        assert found.slope.value[group] == pytest.approx(last - first, rel=1e-9, abs=1e-12)
        assert found.relative.value[group] == pytest.approx(last / first, rel=1e-9)


@pytest.mark.parametrize("scale", Scale)
def test_simulated_limits_are_those_of_another_simulation(scale: Scale) -> None:
    # Another generator, every draw refitted by the general solver.
    people = np.array([5e3, 4e3, 6e3, 5e3, 3e3])
    values, errors = np.array([0.30, 0.26, 0.22, 0.20, 0.15]), np.full(5, 0.02)
    if scale is not Scale.LINEAR:
        errors = errors * 4
    share = people / people.sum()
    rank = np.cumsum(share) - share / 2
    root = np.sqrt(share)
    there, back = {
        Scale.LINEAR: (lambda y: y, lambda y: y),
        Scale.LOG: (np.log, np.exp),
        Scale.LOGIT: (lambda y: np.log(y / (1 - y)), lambda y: 1 / (1 + np.exp(-y))),
    }[scale]
    draws = np.random.Generator(np.random.MT19937(3)).normal(there(values), errors, (200_000, 5))
    design = np.column_stack([root, root * rank])
    (start, slope), *_ = np.linalg.lstsq(design, (root * back(draws)).T, rcond=None)
    found = slope_index(values, errors, people, scale=scale)
    width = found.slope.upper[0] - found.slope.lower[0]
    expected = np.quantile(slope, [0.025, 0.975])
    assert [found.slope.lower[0], found.slope.upper[0]] == pytest.approx(expected, abs=width / 80)
    expected = np.quantile((start + slope) / start, [0.025, 0.975])
    width = found.relative.upper[0] - found.relative.lower[0]
    limits = [found.relative.lower[0], found.relative.upper[0]]
    assert limits == pytest.approx(expected, abs=width / 80)


def slow_signals(points: list[float], rules: RuleSet) -> list[bool]:
    """Special points of one series without gaps, looking at every run from every start."""
    count = len(points)
    centre = sum(points) / count
    ranges = [abs(after - before) for before, after in pairwise(points)]
    mean = sum(ranges) / len(ranges)
    kept = [one for one in ranges if one <= 3.267 * mean]
    reach = 2.66 * sum(kept) / len(kept)
    special = [abs(point - centre) > reach for point in points]
    outside = list(special)

    def mark(first: int, length: int) -> None:
        special[first : first + length] = [True] * length

    for first in range(count):
        run = points[first : first + (rules.shift_points or 0)]
        if len(run) == rules.shift_points and (min(run) > centre or max(run) < centre):
            mark(first, len(run))
        run = points[first : first + (rules.trend_points or 0)]
        steps = {np.sign(after - before) for before, after in pairwise(run)}
        if len(run) == rules.trend_points and steps in ({1}, {-1}):
            mark(first, len(run))
        three = range(first, min(first + 3, count))
        for side in (1, -1):
            near = [
                at for at in three
                if side * (points[at] - centre) > 2 / 3 * reach and not outside[at]
            ]  # fmt: skip
            all_there = all(side * (points[at] - centre) > 0 for at in three)
            if len(three) == 3 and len(near) >= 2 and all_there:
                for at in near:
                    mark(at, 1)
    return special


def test_special_points() -> None:
    series = RNG.normal(0, 1, (600, 40)).round(1)
    series[:200] += np.linspace(0, 2, 40)
    series[200:400, 20:] += 1.5
    found = find_signals(xmr_chart(series), MAKING_DATA_COUNT).special
    assert 0.05 < found.mean() < 0.8
    for row, marks in zip(series, found, strict=True):
        assert marks.tolist() == slow_signals(row.tolist(), MAKING_DATA_COUNT)


def test_special_points_of_each_phase() -> None:
    series = RNG.normal(0, 1, (200, 40)).round(1)
    chart = xmr_chart(series, rebases=[Rebase(15, "a new clinic")])
    found = find_signals(chart).special
    for row, marks in zip(series.tolist(), found, strict=True):
        expected = slow_signals(row[:15], MAKING_DATA_COUNT)
        assert marks.tolist() == expected + slow_signals(row[15:], MAKING_DATA_COUNT)

"""Beside PHStatsMethods, the Python port of the statistics behind Fingertips (GPL: only compared).

Thousands of random groups, to 1e-9. Where the port stops, at an area without events, the closed
form of the exact limits decides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from joinedup.methods import (
    EUROPEAN_STANDARD_POPULATION_2013,
    Interval,
    Standing,
    average_of,
    count_limits,
    crude_rate,
    directly_standardised_rate,
    indirectly_standardised_rate,
    indirectly_standardised_ratio,
    mean_interval,
    person_years_behind,
    place_counts,
    place_proportions,
    proportion,
    proportion_limits,
)

peer = pytest.importorskip("PHStatsMethods", reason="phstatsmethods is not installed: an oracle")

GROUPS = 3_000
BANDS = 19
LEVELS = {0.95: "95_ci", 0.998: "99_8_ci"}
PLACES = {
    "Low (0.001)": Standing.FAR_BELOW,
    "Low (0.025)": Standing.BELOW,
    "Not significant": Standing.WITHIN,
    "High (0.025)": Standing.ABOVE,
    "High (0.001)": Standing.FAR_ABOVE,
    "Not applicable for events less than 10 for DSRs": Standing.NOT_PLACED,
}


def counts(seed: int, *, fewest: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Events and person-years of some thousand areas: many with few events."""
    rng = np.random.default_rng(seed)
    people = rng.integers(50, 50_000, GROUPS)
    events = rng.poisson(people * rng.gamma(0.7, 0.004, GROUPS))
    return np.maximum(np.minimum(events, people), fewest), people


def assert_same(ours: Interval, theirs: pd.DataFrame, level: str) -> None:
    """Value and limits to 1e-9, NaN where theirs are."""
    for mine, name in (
        (ours.value, "Value"),
        (ours.lower, f"lower_{level}"),
        (ours.upper, f"upper_{level}"),
    ):
        expected = theirs[name].to_numpy(dtype=float)
        np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("level", LEVELS)
def test_crude_rates(level: float) -> None:
    events, people = counts(1, fewest=1)
    theirs = peer.ph_rate(
        pd.DataFrame({"events": events, "people": people}), "events", "people", confidence=level
    )
    assert (events < 10).sum() > 500
    assert_same(crude_rate(events, people, confidence=level), theirs, LEVELS[level])


def test_one_area_without_events_stops_the_peer_and_not_us() -> None:
    events, people = counts(2)
    frame = pd.DataFrame({"events": events, "people": people})
    assert (events == 0).any()
    with pytest.raises(ValueError, match="must be a positive number"):
        peer.ph_rate(frame, "events", "people")
    ours = crude_rate(events, people)
    none = events == 0
    assert (ours.value[none] == 0).all()
    assert (ours.lower[none] == 0).all()
    np.testing.assert_allclose(
        ours.upper[none], chi2.ppf(0.975, 2) / 2 / people[none] * 100_000, rtol=1e-12
    )
    theirs = peer.ph_rate(frame[~none], "events", "people")
    np.testing.assert_allclose(ours.upper[~none], theirs["upper_95_ci"], rtol=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_proportions(level: float) -> None:
    events, people = counts(3)
    theirs = peer.ph_proportion(
        pd.DataFrame({"events": events, "people": people}),
        "events", "people", confidence=level, multiplier=100,
    )  # fmt: skip
    ours = proportion(events, people, multiplier=100, confidence=level)
    assert_same(ours, theirs, LEVELS[level])


def test_means() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"area": np.repeat(np.arange(500), 8), "days": rng.gamma(2.0, 3.0, 4_000)})
    theirs = peer.ph_mean(frame, "days", "area")
    grouped = frame.groupby("area")["days"]
    assert_same(mean_interval(grouped.mean(), grouped.std(), grouped.size()), theirs, "95_ci")


def by_age(seed: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Events and person-years (areas, bands), and the same as the peer's rows."""
    rng = np.random.default_rng(seed)
    people = rng.integers(20, 3_000, (GROUPS, BANDS))
    risk = np.linspace(0.0005, 0.02, BANDS) * rng.gamma(1.0, 0.4, (GROUPS, 1))
    events = rng.poisson(people * risk)
    frame = pd.DataFrame(
        {
            "area": np.repeat(np.arange(GROUPS), BANDS),
            "events": events.ravel(),
            "people": people.ravel(),
            "standard": np.tile(EUROPEAN_STANDARD_POPULATION_2013, GROUPS),
            "reference_events": np.tile(events.sum(axis=0), GROUPS),
            "reference_people": np.tile(people.sum(axis=0), GROUPS),
        }
    )
    return events, people, frame


@pytest.mark.parametrize("level", LEVELS)
def test_directly_standardised_rates(level: float) -> None:
    events, people, frame = by_age(5)
    theirs = peer.ph_dsr(
        frame, "events", "people", "standard", group_cols="area", confidence=level,
        euro_standard_pops=False,
    )  # fmt: skip
    ours = directly_standardised_rate(events, people, confidence=level)
    few = events.sum(axis=1) < 10
    assert few.sum() > 50
    assert (np.isnan(ours.value) == few).all()
    assert_same(ours, theirs, LEVELS[level])


def test_the_standard_population_is_the_peers() -> None:
    assert list(EUROPEAN_STANDARD_POPULATION_2013) == list(
        peer.euro_standard_pop()["euro_standard_pops"]
    )


@pytest.mark.parametrize("level", LEVELS)
def test_indirectly_standardised_ratios_and_rates(level: float) -> None:
    events, people, frame = by_age(6)
    total = events.sum(axis=1)
    some = total > 0  # with one area without events the peer stops
    frame = frame[np.repeat(some, BANDS)]
    reference = {
        "reference_events": events.sum(axis=0),
        "reference_person_years": people.sum(axis=0),
        "confidence": level,
    }
    columns = ("events", "people", "reference_events", "reference_people", "area")
    ratios = peer.ph_ISRatio(frame, *columns, confidence=level, refvalue=100)
    ours = indirectly_standardised_ratio(total[some], people[some], multiplier=100, **reference)
    assert_same(ours, ratios, LEVELS[level])
    rates = peer.ph_ISRate(frame, *columns, confidence=[level])
    ours = indirectly_standardised_rate(total[some], people[some], **reference)
    assert_same(ours, rates, LEVELS[level])


def test_proportions_in_a_funnel() -> None:
    events, people = counts(7)
    frame = pd.DataFrame({"events": events, "people": people})
    theirs = peer.assign_funnel_significance(frame, "events", "proportion", "people")
    expected = theirs["significance"].map(PLACES).to_numpy()
    assert set(expected) == set(Standing) - {Standing.NOT_PLACED}
    assert (place_proportions(events, people) == expected).all()
    drawn = peer.calculate_funnel_limits(frame, "events", "proportion", 100, "people")
    limits = proportion_limits(
        drawn["Population"], average=average_of(events, people), multiplier=100
    )
    for ours, name in (
        (limits.lower_95, "lower_2s_limit"),
        (limits.upper_95, "upper_2s_limit"),
        (limits.lower_998, "lower_3s_limit"),
        (limits.upper_998, "upper_3s_limit"),
    ):
        np.testing.assert_allclose(ours, drawn[name].to_numpy(float), rtol=1e-9, atol=1e-9)


def test_ratios_in_a_funnel() -> None:
    rng = np.random.default_rng(8)
    expected = rng.uniform(0.5, 60, GROUPS)
    observed = rng.poisson(expected * rng.gamma(4, 0.25, GROUPS))
    frame = pd.DataFrame({"observed": observed, "expected": expected})
    theirs = peer.assign_funnel_significance(frame, "observed", "ratio", "expected")
    theirs = theirs["significance"].map(PLACES).to_numpy()
    assert set(theirs) == set(Standing) - {Standing.NOT_PLACED}
    assert (place_counts(observed, expected) == theirs).all()


@pytest.mark.parametrize("kind", ["crude", "dsr"])
def test_rates_in_a_funnel(kind: str) -> None:
    events, people = counts(9)
    rate = np.where(events > 0, events / people * 1e5, 0.0)
    if kind == "dsr":
        rate *= np.random.default_rng(1).uniform(0.8, 1.25, GROUPS)
    frame = pd.DataFrame({"events": events, "people": people, "rate": rate})
    theirs = peer.assign_funnel_significance(
        frame, "events", "rate", "people", rate="rate", rate_type=kind, multiplier=100_000
    )
    behind = person_years_behind(events, rate)
    if kind == "crude":
        behind = np.where(events == 0, people, behind)
    # The peer averages over areas that it does not place.
    average = np.nansum(np.where(np.isnan(behind), 0, events)) / np.nansum(behind)
    ours = place_counts(events, average * behind, fewest_events=10 if kind == "dsr" else 0)
    assert (ours == theirs["significance"].map(PLACES).to_numpy()).all()


def test_drawn_limits_of_rates() -> None:
    # The peer looks for its limits by halving, and stops at about 1e-6.
    events, people = counts(10, fewest=1)
    frame = pd.DataFrame({"events": events, "people": people, "rate": events / people * 1e5})
    drawn = peer.calculate_funnel_limits(
        frame, "events", "rate", 100_000, "people", rate="rate", rate_type="crude", years_of_data=1
    )
    average = average_of(events, people)
    for side, name in (("lower", "lower_2s"), ("upper", "upper_2s"), ("lower", "lower_3s")):
        expected = drawn[f"{name}_population_1_year"].to_numpy(float) * average
        limits = count_limits(expected, average=average * 100_000)
        ours = getattr(limits, f"{side}_95" if "2s" in name else f"{side}_998")
        np.testing.assert_allclose(ours, drawn[f"{name}_limit"].to_numpy(float), rtol=1e-4)

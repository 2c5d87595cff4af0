"""The curves of growth: fitted where the answer is known, and drawn so that each can be told."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from benchmarks.growth_fit import ENGLAND, Size, england, fit, pairs
from benchmarks.growth_picture import draw_growth


def size(people: int, seconds: float, peak_mb: int = 3000, memory_mb: int = 4000) -> Size:
    return Size(
        people=people,
        seconds=seconds,
        cpu_seconds=seconds * 2,
        peak_mb=peak_mb,
        memory_mb=memory_mb,
        inbox_bytes=people * 4_000,
        lake_bytes=people * 1_000,
        spilled_mb=0,
    )


@pytest.mark.parametrize(("slope", "factor"), [(1.0, 0.002), (1.3, 0.5), (0.7, 30.0)])
def test_a_power_is_found_again(slope: float, factor: float) -> None:
    points = [(people, factor * people**slope) for people in (50_000, 200_000, 1_000_000)]
    curve = fit(points)
    assert curve is not None
    assert curve.slope == pytest.approx(slope)
    assert curve.factor == pytest.approx(factor)
    assert curve.at(10_000) == pytest.approx(factor * 10_000**slope)


def test_one_size_makes_no_curve() -> None:
    assert fit([(50_000, 10.0)]) is None
    assert england([size(50_000, 10.0)]) is None


def test_the_promise_is_of_each_size_and_the_next() -> None:
    # Ten times the people: 11 times the seconds are allowed, 11.1 are not.
    kept, broken = pairs([size(1_000_000, 110.0), size(100_000, 10.0), size(10_000_000, 1221.0)])
    assert (kept.times, kept.is_kept) == (pytest.approx(1.1), True)
    assert (broken.times, broken.is_kept) == (pytest.approx(1.11), False)


def test_memory_is_bounded_by_the_setting_and_500_mb() -> None:
    assert size(1, 1.0, peak_mb=4500).is_bounded
    assert not size(1, 1.0, peak_mb=4501).is_bounded


def test_england_is_in_proportion_where_the_curve_is_flatter() -> None:
    # 3 million people, 3,600 processor seconds: one hour; England is 19.2301 times that.
    estimate = england([size(1_000_000, 900.0), size(3_000_000, 1800.0)])
    assert estimate is not None
    assert estimate.cpu_hours == pytest.approx(ENGLAND / 3_000_000)
    assert estimate.large_hours == pytest.approx(estimate.cpu_hours / 32)
    assert estimate.inbox_tb == pytest.approx(ENGLAND * 4_000 / 1e12)


def test_england_follows_a_curve_that_is_steeper() -> None:
    # Seconds as people ** 2, and two processor seconds for each.
    estimate = england([size(people, 1e-9 * people**2) for people in (100_000, 1_000_000)])
    assert estimate is not None
    assert estimate.cpu_hours == pytest.approx(2e-9 * ENGLAND**2 / 3600)


def test_the_picture_names_every_line_and_differs_without_colour() -> None:
    steps = ("whole run", "take in", "link", "record", "guard", "report")
    lines = {name: [(1000, 10.0 + n), (8000, 30.0 + n)] for n, name in enumerate(steps)}
    picture = draw_growth(lines, {"setting 4,000 MB": [(1000, 500.0), (8000, 900.0)]})
    drawn = ElementTree.fromstring(picture)
    assert drawn.get("role") == "img"
    words = "".join(drawn.itertext())
    for name in (*steps, "setting 4,000 MB", "1k", "8k", "in proportion"):
        assert name in words
    dashes = [
        one.get("stroke-dasharray", "none")
        for one in drawn.iter("{http://www.w3.org/2000/svg}path")
        if one.get("stroke-width") == "1.8"
    ]
    assert len(dashes) == 7
    assert len(set(dashes[:6])) == 6, "each step's line has dashes of its own"

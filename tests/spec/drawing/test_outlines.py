"""Small areas become one shape, true to scale."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from joinedup.drawing.outlines import (
    Frame,
    Ring,
    area_of,
    frame_around,
    label_point,
    outline,
    path,
)
from joinedup.drawing.scale import class_edges, ticks

FLAT = Frame(0, -0.5, 1, 0.5, width=100)


def square(west: float, south: float, size: float) -> Ring:
    return [
        (west, south),
        (west + size, south),
        (west + size, south + size),
        (west, south + size),
        (west, south),
    ]


def test_two_adjoining_squares_become_one_oblong() -> None:
    left, right = square(0, -0.5, 0.5), square(0.5, -0.5, 0.5)
    (ring,) = outline([left, list(reversed(right))], FLAT)
    assert len(ring) == 4
    assert abs(area_of(ring)) == 100 * 50


def test_areas_apart_stay_two_shapes() -> None:
    assert len(outline([square(0, -0.5, 0.2), square(0.6, -0.5, 0.2)], FLAT)) == 2


def test_an_area_smaller_than_a_dot_is_no_shape() -> None:
    assert outline([square(0.5, 0, 0.0001)], FLAT) == []


def test_a_mile_up_is_a_mile_across() -> None:
    # At 60 degrees north a degree of longitude is half a degree of latitude.
    frame = frame_around([[(0, 59.5), (1, 60.5)]], margin=0)
    assert frame.height == 2 * frame.width
    assert frame.place(0, 60.5) == (0, 0)
    assert frame.place(1, 59.5) == (1000, 2000)


def test_a_label_stands_inside_a_crescent() -> None:
    crescent = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 90), (85, 90), (85, 10), (0, 10)]
    x, y = label_point([crescent])
    assert x > 85 or not 10 <= y <= 90


def test_a_path_is_closed_and_relative() -> None:
    assert path([[(1, 2), (4, 2), (4, 6)]]) == "M1 2l3 0l0 4z"


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=30))
def test_classes_are_at_most_five_even_and_hold_every_value(values: list[int]) -> None:
    edges = class_edges(values, most=5)
    assert 2 <= len(edges) <= 6
    assert edges[0] <= min(values)
    assert max(values) < edges[-1]
    assert len({high - low for low, high in pairwise(edges)}) == 1


@given(st.integers(0, 10_000_000))
def test_an_axis_reaches_the_highest_value_and_not_far_beyond(highest: int) -> None:
    axis = ticks(highest, most=2)
    assert axis[0] == 0
    assert highest <= axis[-1] <= max(2, 2 * highest)

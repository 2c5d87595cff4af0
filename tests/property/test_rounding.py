"""Rounding people to whole numbers loses nobody and strays by less than one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from joinedup.synthetic.margins import round_cells, share_out

weights = hnp.arrays(float, st.integers(1, 40), elements=st.floats(0.001, 1e5))
cells = hnp.arrays(
    float, st.tuples(st.integers(1, 12), st.integers(1, 6), st.just(2)), elements=st.floats(0, 1e4)
)


@given(weights, st.integers(0, 10_000))
def test_shares_sum_to_the_whole_and_stray_by_less_than_one(each: np.ndarray, total: int) -> None:
    whole = share_out(total, each)
    assert whole.sum() == total
    assert np.abs(whole - each * total / each.sum()).max() < 1 + 1e-6


@given(cells.filter(lambda drawn: drawn.sum() > 1), st.integers(0, 5_000))
def test_areas_keep_their_totals_whatever_is_carried(expected: np.ndarray, total: int) -> None:
    whole = round_cells(expected, total)
    assert whole.sum() == total
    assert (whole >= 0).all()
    areas = expected.sum(axis=(1, 2)) * total / expected.sum()
    assert np.abs(whole.sum(axis=(1, 2)) - areas).max() < 1 + 1e-6

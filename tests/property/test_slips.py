"""Whatever the names, a slip stays a slip."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.synthetic.extracts.columns import with_values
from joinedup.synthetic.extracts.words import with_slips

NAMES = st.lists(st.text(st.characters(exclude_characters="\x00"), max_size=20), max_size=8)
DRAW = st.floats(0, 1, exclude_max=True)


@settings(deadline=None)
@given(NAMES, st.data())
def test_a_slip_changes_a_name_by_a_letter_or_two(names: list[str], data: st.DataObject) -> None:
    draws = np.array([[data.draw(DRAW) for _ in range(4)] for _ in names]).reshape(len(names), 4)
    made = with_slips(pa.array(names, pa.string()), draws).to_pylist()
    assert len(made) == len(names)
    for before, after in zip(names, made, strict=True):
        assert abs(len(after) - len(before)) <= 1


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1, max_size=20), st.data())
def test_other_values_go_where_they_are_put_and_nowhere_else(
    values: list[str | None], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(values) - 1), unique=True))
    texts = [data.draw(st.one_of(st.none(), st.text(max_size=5))) for _ in rows]
    expected = list(values)
    for row, text in zip(rows, texts, strict=True):
        expected[row] = text
    plain = pa.array(values, pa.string())
    for column in (plain, plain.dictionary_encode()):
        made = with_values(column, np.array(rows, dtype=np.int64), pa.array(texts, pa.string()))
        assert made.to_pylist() == expected

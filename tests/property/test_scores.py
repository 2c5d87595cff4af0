"""A score does not hang on the order of rows, on repeats, or on how a code is written."""

from __future__ import annotations

import datetime as dt
import random as randoms
from typing import Any

import ibis
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.population.scores import Window, score_map, scores_at_once
from joinedup.population.scores.weighing import listed_codes

SEVERAL = [score_map(name) for name in ("charlson", "elixhauser", "hospital_frailty")]
ON = dt.date(2026, 4, 1)
LISTED = sorted({one.code for scored in SEVERAL for one in listed_codes(scored)})
WRITTEN = (
    lambda code: code,
    lambda code: f"{code[:3]}.{code[3:]}" if code[3:] else f"{code}.X",
    lambda code: code.lower(),
    lambda code: f"{code}X-D" if len(code) == 3 else f"{code}-A",
    lambda code: f"{code}XD" if len(code) == 3 else f"{code}D",
)

persons = st.sampled_from(["PA", "PB", "PC"])
plain = st.sampled_from(LISTED) | st.from_regex("[A-Z][0-9]{2,3}", fullmatch=True)
recorded = st.lists(st.tuples(persons, plain), min_size=1, max_size=30)


def scored(rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Scores and conditions of three people, without the counts of rows."""
    codes = ibis.memtable(
        [(person, "ICD-10", code, ON) for person, code in rows],
        schema={
            "person_id": "string", "system": "string", "code": "string", "recorded_date": "date",
        },
    )  # fmt: skip
    people = ibis.memtable({"person_id": ["PA", "PB", "PC"]})
    table = scores_at_once(codes, people, Window(on=ON), SEVERAL).drop("diagnoses", "refused")
    found: list[dict[str, Any]] = table.order_by("person_id").to_pyarrow().to_pylist()
    return found


@settings(max_examples=12)
@given(recorded, st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(
    rows: list[tuple[str, str]], random: randoms.Random
) -> None:
    mixed = [*rows, *random.choices(rows, k=5)]
    random.shuffle(mixed)
    assert scored(mixed) == scored(rows)


@settings(max_examples=12)
@given(recorded, st.data())
def test_how_a_code_is_written_changes_nothing(
    rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    written = [(person, data.draw(st.sampled_from(WRITTEN))(code)) for person, code in rows]
    assert scored(written) == scored(rows)


@settings(max_examples=20)
@given(recorded)
def test_a_score_is_what_a_plain_reading_of_the_map_gives(rows: list[tuple[str, str]]) -> None:
    found = scored(rows)
    for row in found:
        codes = {code for person, code in rows if person == row["person_id"]}
        for one in SEVERAL:
            shown = {
                condition.key: condition
                for condition in one.conditions
                if any(code.startswith(condition.codes) for code in codes)
            }
            counted = [each for each in shown.values() if each.gives_way_to not in shown]
            expected = sum(each.weight_hundredths for each in counted) / 100 if codes else None
            assert row[f"{one.name}_score"] == expected
            assert row[f"{one.name}_conditions"] == len(counted)

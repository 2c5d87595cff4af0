"""A million random codes, malformed ones among them, scored as the independent pycomorb does.

pycomorb (MIT) has its own copies of the published maps and compares beginnings with no look at the
shape, so the two are equal person by person once malformed codes are taken away; and what pycomorb
makes of those is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pytest

from joinedup.population.scores import (
    ScoreMap,
    Window,
    score_map,
    scores_at_once,
    weigh,
    weighed_conditions,
)
from joinedup.terms.codes import is_well_formed

pytest.importorskip("pycomorb", reason="the independent scores: pip install pycomorb")
import polars as pl
from pycomorb import comorbidity

CODES, PEOPLE = 1_000_000, 60_000
ON = dt.date(2026, 4, 1)
EVER = Window(on=ON)
# Ours, and what pycomorb calls the score, its weights and the column of its result.
SCORES = [
    (("charlson", "charlson_1987"), ("charlson", "charlson", "Charlson Comorbidity Index")),
    (("charlson", "quan_2011"), ("charlson", "quan", "Charlson Comorbidity Index")),
    (("elixhauser", None), ("elixhauser", "van_walraven", "Elixhauser Comorbidity Index")),
    (("hospital_frailty", None), ("hfrs", None, "HFRS Score")),
]
OF_PYCOMORB = {"id", "Charlson Age-Comorbidity Score", "Age Score", *(s[1][2] for s in SCORES)}


def writings(random: np.random.Generator) -> list[str]:
    """Every code of two digits and every third or fourth, as people write them, and slips."""
    plain = [
        f"{letter}{number:02d}" for letter in "ABCDEFGHIJKLMNPQRSTUVWXYZ" for number in range(100)
    ]
    fourth = [f"{code}{digit}" for code in plain for digit in range(10)]
    chosen = random.choice(len(fourth), 9_000, replace=False)
    sound = [
        *plain, *(f"{code}X" for code in plain), *fourth,
        *(f"{fourth[n][:3]}.{fourth[n][3]}" for n in chosen[:3_000]),
        *(fourth[n].lower() for n in chosen[3_000:5_000]),
        *(f"{fourth[n]}{mark}" for n in chosen[5_000:] for mark in ("D", "-A", "5")),
    ]  # fmt: skip
    slips = [
        *(code[:2] for code in plain[::10]), *(f"{code}YY" for code in plain[::7]), "YYYY", "",
        *(f"{code}XX" for code in plain[::9]), *(f"{code[0]}O{code[2]}" for code in plain[::5]),
        *(f"{code}123" for code in plain[::11]), *(code[::-1] for code in plain[::8]),
        *(f"{fourth[n]}?" for n in chosen[:500]),
    ]  # fmt: skip
    return [*sound, *slips]


@pytest.fixture(scope="module")
def coded() -> pl.DataFrame:
    """Columns id, code, is_sound, age: a million rows."""
    random = np.random.default_rng(20261123)
    pool = np.array(writings(random))
    is_sound = np.array([is_well_formed(str(code), "ICD-10") for code in pool])
    # Few codes a person for most and many for some; one code in ten malformed.
    weights = np.where(is_sound, 0.9 / is_sound.sum(), 0.1 / (~is_sound).sum())
    picked = random.choice(len(pool), CODES, p=weights)
    person = np.minimum(random.exponential(PEOPLE / 4, CODES).astype(int), PEOPLE - 1)
    return pl.DataFrame(
        {"id": person, "code": pool[picked], "is_sound": is_sound[picked], "age": 80}
    ).with_columns(pl.col("id").cast(pl.String))


@pytest.fixture(scope="module")
def codes(coded: pl.DataFrame) -> Iterator[ibis.Table]:
    """The same as the promised table `codes`."""
    connection = ibis.duckdb.connect()
    rows = coded.select(
        event_id=pl.int_range(pl.len()), person_id="id", system=pl.lit("ICD-10"), code="code",
        recorded_date=pl.lit(ON),
    )  # fmt: skip
    yield connection.create_table("codes", rows.to_arrow())
    connection.disconnect()


def peers(coded: pl.DataFrame, name: str, weights: str | None, column: str) -> dict[str, Any]:
    """Person → score and how many conditions, as pycomorb has them."""
    found = comorbidity(name, coded, weights=weights, return_categories=True)
    conditions = [one for one in found.columns if one not in OF_PYCOMORB]
    counted = found.select("id", column, many=pl.sum_horizontal(conditions))
    return {person: (float(score), many) for person, score, many in counted.iter_rows()}


def ours(codes: ibis.Table, scored: ScoreMap) -> dict[str, Any]:
    """The same as we have them, of those with a sound code."""
    people = codes.select("person_id").distinct()
    table = weigh(codes, people, EVER, scored).filter(ibis._.diagnoses > 0)
    rows = table.select("person_id", "score", "conditions").to_pyarrow().to_pylist()
    return {row["person_id"]: (float(row["score"]), row["conditions"]) for row in rows}


@pytest.mark.parametrize(("mine", "peer"), SCORES, ids=lambda one: "-".join(map(str, one)))
def test_every_person_scores_alike(
    coded: pl.DataFrame, codes: ibis.Table, mine: tuple[str, str | None], peer: tuple[str, Any, str]
) -> None:
    found = ours(codes, score_map(*mine))
    expected = peers(coded.filter("is_sound"), *peer)
    assert len(expected) > 40_000
    assert len({score for score, _ in expected.values()}) > 10
    assert found == expected


@pytest.mark.parametrize(
    ("code", "points"),
    [
        ("C1", 2),  # a cancer, by the beginning "C1" that stands for C10 to C19
        ("C1?", 2),
        ("I21?", 1),  # an infarction, whatever follows
        ("B24XX", 6),
        ("YYYY", 1),  # the code that stands for "age" in pycomorb's file of weights
    ],
)
def test_what_pycomorb_makes_of_malformed_codes(code: str, points: int) -> None:
    one = pl.DataFrame({"id": ["P"], "code": [code], "age": [80]})
    [(_, score)] = comorbidity("charlson", one).select("id", SCORES[0][1][2]).iter_rows()
    assert score == points
    table = ibis.memtable(
        [("P", "ICD-10", code, ON)],
        schema={
            "person_id": "string", "system": "string", "code": "string", "recorded_date": "date",
        },
    )  # fmt: skip
    [row] = weigh(table, table, EVER, score_map("charlson")).to_pyarrow().to_pylist()
    assert (row["score"], row["diagnoses"], row["refused"]) == (None, 0, 1)


def test_where_malformed_codes_are_left_in_only_those_with_one_differ(
    coded: pl.DataFrame, codes: ibis.Table
) -> None:
    mine, (name, weights, column) = SCORES[0]
    found, expected = ours(codes, score_map(*mine)), peers(coded, name, weights, column)
    differ = {one for one in found if found[one] != expected[one]}
    with_slips = set(coded.filter(~pl.col("is_sound"))["id"])
    assert differ
    assert differ <= with_slips
    # Each adds, as a beginning that happens to stand for something; none takes away a condition
    # that a sound code showed, unless a graver one is taken for recorded.
    assert all(expected[one][0] >= found[one][0] for one in differ)


def test_every_row_is_read_or_refused_and_points_sum_to_the_score(
    coded: pl.DataFrame, codes: ibis.Table
) -> None:
    people = codes.select("person_id").distinct()
    several = [score_map(name) for name in ("charlson", "elixhauser", "hospital_frailty")]
    at_once = scores_at_once(codes, people, EVER, several)
    [total] = at_once.aggregate(
        read=at_once.diagnoses.sum(),
        refused=at_once.refused.sum(),
        **{one.name: at_once[f"{one.name}_score"].sum() for one in several},
    ).to_pyarrow().to_pylist()  # fmt: skip
    assert total["read"] == coded["is_sound"].sum()
    assert total["refused"] == CODES - coded["is_sound"].sum()
    for one in several:
        points = weighed_conditions(codes, people, EVER, one).points.sum().to_pyarrow().as_py()
        assert points == pytest.approx(total[one.name])

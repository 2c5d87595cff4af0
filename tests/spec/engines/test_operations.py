"""Operations of tables that population logic may use, and their one answer on every engine.

Those that do not port are in tests/gaps.py, with what to use instead.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pytest

from joinedup.engines import Engine
from tests.drawn import drawn

T = drawn(
    """
    k | v    | x    | s      | d          | at
    a | 1    | 0.5  | Éa     | 2024-01-31 | 2024-03-31T00:30:00
    a | 2    | 2.25 | zb     | 2024-02-29 | 2024-03-31T01:30:00
    b | -7   | 4.0  | -      | -          | -
    b | 3    | -    | B-9 c  | 2023-12-31 | 2024-10-27T01:30:00
    - | 10   | 1.0  | _      | 2024-12-01 | 2024-12-01T23:59:59.5
    """,
    v="int64", x="float64", d="date", at="timestamp(6)",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What is asked of the table, and the answer's rows in any order."""

    ask: Callable[[], ir.Table]
    answer: list[tuple[Any, ...]]


def _each(value: Callable[[ir.Table], ir.Value]) -> Callable[[], ir.Table]:
    return lambda: T.select("v", found=value(T))


def _hash_of_zb() -> str:
    (found,) = duckdb.sql("SELECT hash('zb')::VARCHAR").fetchall()[0]
    return str(found)


def _days(*given: tuple[int, dt.date | None]) -> list[tuple[Any, ...]]:
    return list(given)


CASES = {
    "row numbers in a group": Case(
        lambda: T.select("v", n=ibis.row_number().over(group_by="k", order_by=T.v.desc())),
        [(1, 1), (2, 0), (-7, 1), (3, 0), (10, 0)],
    ),
    "the row before": Case(
        lambda: T.select("v", was=T.v.lag().over(group_by="k", order_by="v")),
        [(1, None), (2, 1), (-7, None), (3, -7), (10, None)],
    ),
    "nulls come last": Case(
        lambda: T.select("v", n=ibis.row_number().over(order_by=[T.s.asc(), T.v.asc()])),
        [(3, 0), (10, 1), (2, 2), (1, 3), (-7, 4)],  # by bytes: B, _, z, É
    ),
    "the month of a day": Case(
        _each(lambda t: t.d.truncate("M")),
        _days(
            (1, dt.date(2024, 1, 1)), (2, dt.date(2024, 2, 1)), (-7, None),
            (3, dt.date(2023, 12, 1)), (10, dt.date(2024, 12, 1)),
        ),
    ),
    "the day of a moment": Case(
        _each(lambda t: t.at.cast("date")),
        _days(
            (1, dt.date(2024, 3, 31)), (2, dt.date(2024, 3, 31)), (-7, None),
            (3, dt.date(2024, 10, 27)), (10, dt.date(2024, 12, 1)),
        ),
    ),
    "days between": Case(
        _each(lambda t: t.d.delta(ibis.date("2024-01-01"), unit="day")),
        [(1, 30), (2, 59), (-7, None), (3, -1), (10, 335)],
    ),
    "text of a day": Case(
        _each(lambda t: t.d.strftime("%Y%m%d")),
        [(1, "20240131"), (2, "20240229"), (-7, None), (3, "20231231"), (10, "20241201")],
    ),
    "whole division and remainder": Case(
        lambda: T.select("v", whole=T.v // 2, rest=T.v % 3),
        [(1, 0, 1), (2, 1, 2), (-7, -4, -1), (3, 1, 0), (10, 5, 1)],
    ),
    "rounding from nought": Case(
        _each(lambda t: (t.v / 2).round()),
        [(1, 1), (2, 1), (-7, -4), (3, 2), (10, 5)],
    ),
    "part of a text": Case(
        _each(lambda t: t.s.substr(0, 2)),
        [(1, "Éa"), (2, "zb"), (-7, None), (3, "B-"), (10, "_")],
    ),
    "text by a pattern": Case(
        _each(lambda t: t.s.re_replace(r"[^A-Za-z0-9]", "")),
        [(1, "a"), (2, "zb"), (-7, None), (3, "B9c"), (10, "")],
    ),
    "white space off the ends": Case(
        _each(lambda t: (ibis.literal("\t\n\x0b\x0c\r ") + t.s + ibis.literal(" \x0b")).strip()),
        [(1, "Éa"), (2, "zb"), (-7, None), (3, "B-9 c"), (10, "_")],
    ),
    "a fraction is a double": Case(
        _each(lambda t: (t.v + 0.1) / 3),
        [(v, (v + 0.1) / 3) for v in (1, 2, -7, 3, 10)],
    ),
    "letters stay at the ends": Case(
        _each(lambda t: (ibis.literal("fv") + t.s + ibis.literal("vf\x0b")).strip()),
        [(1, "fvÉavf"), (2, "fvzbvf"), (-7, None), (3, "fvB-9 cvf"), (10, "fv_vf")],
    ),
    "text within a text": Case(
        _each(lambda t: t.s.find("b")),
        [(1, -1), (2, 1), (-7, None), (3, -1), (10, -1)],
    ),
    "a digest": Case(
        lambda: T.filter(T.v == 2).select(found=T.s.hexdigest("md5")),
        [(hashlib.md5(b"zb").hexdigest(),)],
    ),
    "median": Case(lambda: T.aggregate(found=T.v.median()), [(2.0,)]),
    "quantile": Case(lambda: T.aggregate(found=T.v.quantile(0.25)), [(1.0,)]),
    "how many different": Case(lambda: T.aggregate(found=T.k.nunique()), [(2,)]),
    "a list made rows": Case(
        lambda: T.filter(T.v > 2).select("v", found=ibis.array([T.v, -T.v]).unnest()),
        [(3, 3), (3, -3), (10, 10), (10, -10)],
    ),
    "join by an interval": Case(
        lambda: _joined(),
        [(1, 2), (1, 3), (2, 3)],
    ),
    "the last row before another": Case(
        lambda: _asof(), [(2, 1), (3, 2)],
    ),
    "a list in order": Case(
        lambda: T.filter(T.k == "a").aggregate(found=T.v.collect(order_by=T.v.desc())),
        [([2, 1],)],
    ),
    "the first in order": Case(
        lambda: T.filter(T.k == "a").aggregate(found=T.v.first(order_by=T.v.desc())), [(2,)]
    ),
    "joined text in order": Case(
        lambda: T.filter(T.k == "a").aggregate(found=T.s.group_concat("+", order_by=T.v.desc())),
        [("zb+Éa",)],
    ),
    "kurtosis": Case(lambda: T.filter(T.v < 0).aggregate(found=T.v.kurtosis(how="pop")), [(None,)]),
    "a sample by seed": Case(
        lambda: T.sample(0.999999, method="row", seed=1).select("v"),
        [(1,), (2,), (-7,), (3,), (10,)],
    ),
    "a hash": Case(
        lambda: T.filter(T.v == 2).select(found=T.s.hash().cast("string")), [(_hash_of_zb(),)]
    ),
    "an estimated quantile": Case(
        lambda: ibis.range(1000).unnest().name("n").as_table().aggregate(
            found=ibis._.n.approx_quantile(0.333).round(3)
        ),
        [(332.5,)],  # 333 of 1,000 lie below, counted from the middle of each
    ),
    "the largest of numbers of which one is none": Case(
        lambda: T.select(x=ibis.ifelse(T.v == 1, ibis.literal(float("nan")), T.x)).aggregate(
            found=ibis._.x.isnull().sum()
        ),
        [(1,)],
    ),
}  # fmt: skip


def _joined() -> ir.Table:
    one, two = T.filter(T.v > 0).filter(T.v < 10), T.view()
    both = one.inner_join(two, [one.v < two.v, two.v < 10])
    return both.select(one.v, other=two.v)


def _asof() -> ir.Table:
    one = T.filter(T.v > 1).filter(T.v < 10).select("v")
    two = T.filter(T.v > 0).select(other="v")
    joined = one.asof_join(two, one.v > two.other)
    return joined.select("v", "other")


@pytest.mark.parametrize("name", CASES)
def test_an_operation_gives_the_same_on_every_engine(engine: Engine, name: str) -> None:
    case = CASES[name]
    rows = engine.connection.to_pyarrow(case.ask()).to_pylist()
    found = [tuple(row.values()) for row in rows]
    assert sorted(found, key=repr) == sorted(case.answer, key=repr)

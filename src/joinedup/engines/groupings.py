"""Sums by several sets of columns in one pass: SQL's GROUPING SETS, which Ibis cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

# Which of the groupings a row of the result belongs to, by its place among them.
GROUPING: Final = "grouping__"
_FLAG: Final = "grouped__"


def grouping_sql(
    select: str, groupings: Sequence[Sequence[str]], sums: Sequence[str], quote: str
) -> str:
    """The query over `select`: keys, a flag for each key that is 1 where it was not grouped by."""

    def named(name: str) -> str:
        return f"{quote}{name}{quote}"

    keys = _keys(groupings)
    flags = [f"GROUPING({named(key)}) AS {named(_FLAG + key)}" for key in keys]
    added = [f"SUM({named(name)}) AS {named(name)}" for name in sums]
    sets = ", ".join(f"({', '.join(named(key) for key in one)})" for one in groupings)
    columns = ", ".join([*(named(key) for key in keys), *flags, *added])
    return f"SELECT {columns} FROM ({select}) AS t GROUP BY GROUPING SETS ({sets})"  # noqa: S608


def with_grouping(
    rows: pa.Table, groupings: Sequence[Sequence[str]], sums: Sequence[str]
) -> pa.Table:
    """The keys, GROUPING and the sums as whole numbers, of what `grouping_sql` gave."""
    keys = _keys(groupings)
    bits = pa.array([0] * rows.num_rows, pa.int64())
    for place, key in enumerate(keys):
        flag = pc.cast(rows[_FLAG + key], pa.int64())
        bits = pc.add(bits, pc.multiply(pc.subtract(1, flag), 2**place))
    numbers = [sum(2 ** keys.index(key) for key in one) for one in groupings]
    grouping = pc.index_in(bits, pa.array(numbers, pa.int64()))
    added = {name: pc.cast(rows[name], pa.int64()) for name in sums}
    return pa.table({**{key: rows[key] for key in keys}, GROUPING: grouping, **added})


def _keys(groupings: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(key for one in groupings for key in one))

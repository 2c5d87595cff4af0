"""How alike two texts are, on Spark: by the very library that DuckDB has it from, so that pairs on
the edge of a threshold fall on the same side on both engines.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa


def similarity(function: str) -> Any:
    """A function of two columns of text for Spark to run, by DuckDB's function of that name."""
    from pyspark.sql.functions import pandas_udf

    whole = function.endswith("levenshtein")

    def compare(one: pd.Series, other: pd.Series) -> pd.Series:
        return _compared(function, one, other)

    return pandas_udf(compare, returnType="bigint" if whole else "double")


def _compared(function: str, one: pd.Series, other: pd.Series) -> pd.Series:
    import duckdb

    pairs = pa.table({
        "place": pa.array(range(len(one)), pa.int32()),
        "one": pa.Array.from_pandas(one, type=pa.string()),
        "other": pa.Array.from_pandas(other, type=pa.string()),
    })  # fmt: skip
    with duckdb.connect() as own:
        own.execute("SET threads = 1")
        own.register("pairs", pairs)
        # The name is one of ours.
        found = own.execute(
            f"SELECT {function}(one, other) AS alike FROM pairs ORDER BY place"  # noqa: S608
        ).to_arrow_table()
    return found["alike"].to_pandas()

"""Splink's way into each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splink import DuckDBAPI
from splink.internals.database_api import DatabaseAPI

from joinedup.engines import Engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def splink_on(engine: Engine) -> DatabaseAPI[Any]:
    """Splink over the engine's own tables."""
    if engine.name == "spark":
        return _on_spark(engine)
    return DuckDBAPI(engine.connection.con)


def _on_spark(engine: Engine) -> DatabaseAPI[Any]:
    # Only here: whoever has no Spark can do without it.
    from splink import SparkAPI

    class Lazy(SparkAPI):
        """Writes nothing between its steps: what Splink gives is kept once, by `Scratch`."""

        def _break_lineage_and_repartition(
            self, spark_df: DataFrame, templated_name: str, physical_name: str
        ) -> DataFrame:
            return spark_df

    # The engine has the likeness of names from DuckDB; Splink's own, in Java, differs on long ones.
    return Lazy(spark_session=engine.connection._session, register_udfs_automatically=False)

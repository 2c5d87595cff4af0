"""Open the engine that a system's settings name."""

from __future__ import annotations

from importlib.util import find_spec

from joinedup.engines.duckdb import DuckDBEngine
from joinedup.engines.engine import Engine
from joinedup.partners import System
from joinedup.terms import SettingError


def open_engine(system: System, *, files_are_final: bool = False) -> Engine:
    """The system's engine, within its limits. SettingError where Spark is asked for and not there.

    `files_are_final`: nothing that is read will be written again, so footers may be kept.
    """
    if system.engine == "spark":
        return _open_spark(system)
    return open_duckdb(system, files_are_final=files_are_final)


def open_duckdb(system: System, *, files_are_final: bool = False) -> DuckDBEngine:
    """DuckDB, within the system's limits, whatever engine its settings name."""
    return DuckDBEngine(
        spill=system.identified / "spill",
        memory_limit_mb=system.limits.memory_mb,
        threads=system.limits.threads,
        files_are_final=files_are_final,
    )


def _open_spark(system: System) -> Engine:
    missing = [name for name in ("pyspark", "pandas") if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"Spark needs {' and '.join(missing)}, which this Python does not have.",
            where=str(system.path / "system.toml"),
            cure="Run: pip install 'joinedup[spark]'. Or set engine = \"duckdb\".",
        )
    # Only here: whoever has no Spark can do without it.
    from joinedup.engines.spark import SparkEngine
    from joinedup.engines.spark_session import start_session

    limits = system.limits
    session = start_session(system.spark, memory_mb=limits.memory_mb, threads=limits.threads)
    return SparkEngine(session, spill=system.identified / "spill", memory_limit_mb=limits.memory_mb)

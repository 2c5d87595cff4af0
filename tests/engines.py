"""The engines that the suite runs on, and Spark started once for all tests of a process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import ibis
import pytest

from joinedup.engines import DuckDBEngine, Engine
from joinedup.partners import SparkSettings

ENGINES = ("duckdb", "spark")
# .ci/run says that the tests on Spark must not be passed over.
MUST_RUN = os.environ.get("JOINEDUP_NEEDS_SPARK") == "1"
# What is written once is tested on every engine: below these, all tests that take an `engine`.
ON_EVERY_ENGINE = (
    "spec/engines/test_cells.py",
    "spec/engines/test_operations.py",
    "spec/engines/test_portable.py",
    # One linkage is half a minute of Spark: who is who is compared whole in tests/acceptance.
    "spec/linkage/test_ids_persist.py",
    "spec/flow/",
    "spec/population/",
    "spec/record/",
    "spec/report/",
    "spec/safeguards/",
)
# Where one test is seconds of Spark's own overhead.
_LONG_ON_SPARK = ("spec/linkage/",)
# For tables of a few rows, code made for each query costs more than it saves.
_SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


def parameters(path: Path) -> list[object]:
    """The engines for the tests of one file; those on Spark go to one process."""
    name = path.as_posix()
    if not any(f"tests/{part}" in name for part in ON_EVERY_ENGINE):
        return ["duckdb"]
    marks = [pytest.mark.xdist_group("spark")]
    if any(f"tests/{part}" in name for part in _LONG_ON_SPARK):
        marks.append(pytest.mark.soak)
    return ["duckdb", pytest.param("spark", marks=marks)]


@pytest.fixture(scope="session")
def needs_spark() -> None:
    """Pass over, aloud, where Spark is not installed; fail there in .ci/run."""
    missing = [name for name in ("pyspark", "pandas") if find_spec(name) is None]
    if shutil.which("java") is None:
        missing.append("java")
    if missing and not MUST_RUN:
        pytest.skip(f"Spark needs {', '.join(missing)} (docs/how-to/run-on-spark.md)")


@pytest.fixture(scope="session")
def spark(needs_spark: None) -> object:
    """Spark, started for small tables."""
    from joinedup.engines.spark_session import start_session

    return start_session(SparkSettings(conf=_SMALL), memory_mb=1500, threads=2)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine of its own for each test."""
    opened: Engine
    if getattr(request, "param", "duckdb") == "spark":
        session = request.getfixturevalue("spark")
        from joinedup.engines.spark import SparkEngine

        opened = SparkEngine(session, spill=tmp_path / "spill", memory_limit_mb=1500)
        for name, value in _SMALL.items():
            opened.session.conf.set(name, value)
    else:
        opened = DuckDBEngine(spill=tmp_path / "spill", memory_limit_mb=2000)
    with opened:
        yield opened


@pytest.fixture
def by_engine(engine: Engine) -> Iterator[None]:
    """Tables drawn in the test are worked out by the engine."""
    before = ibis.options.default_backend
    ibis.set_backend(engine.connection)
    yield
    ibis.options.default_backend = before

"""Start Spark, or find it started: one for each process, whatever opens it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from joinedup.partners import SparkSettings
from joinedup.terms import SettingError

# Splits of a shuffle for each core of this machine; Spark's own 200 is meant for a cluster.
_SPLITS_A_CORE: Final = 4
# Settings that a system may overrule in its [spark] conf.
_USUAL: Final[Mapping[str, str]] = {
    "spark.app.name": "joinedup",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "200",
    # Names of people and places: what is kept on the way is nobody's to read but the user's.
    "spark.hadoop.fs.permissions.umask-mode": "077",
}


def start_session(settings: SparkSettings, *, memory_mb: int, threads: int | None) -> SparkSession:
    """A session on `settings.master`; the one that this process has, if it has one.

    `memory_mb` and `threads` hold for a local master; SettingError where Spark does not start.
    """
    started = SparkSession.getActiveSession()
    if started is not None:
        return started
    builder = SparkSession.builder.master(_master(settings, threads))
    for name, value in _conf(settings, memory_mb, threads).items():
        builder = builder.config(name, value)
    # Workers find their Python by the same path; a [spark] conf may name another.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise SettingError(
            "Spark does not start.",
            where="system.toml, engine",
            cure="Install Java 17 (on Debian: apt-get install openjdk-17-jre-headless), or set "
            'engine = "duckdb".',
        ) from error


def _master(settings: SparkSettings, threads: int | None) -> str:
    if settings.master == "local[*]" and threads is not None:
        return f"local[{threads}]"
    return settings.master


def _conf(settings: SparkSettings, memory_mb: int, threads: int | None) -> dict[str, str]:
    conf = dict(_USUAL)
    if settings.master.startswith("local"):
        splits = (threads or os.cpu_count() or 1) * _SPLITS_A_CORE
        conf["spark.sql.shuffle.partitions"] = str(splits)
        conf["spark.driver.memory"] = f"{memory_mb}m"
    else:
        conf["spark.executor.memory"] = f"{settings.executor_memory_mb}m"
    return {**conf, **settings.conf}

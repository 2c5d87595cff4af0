"""How a system runs on Spark: the [spark] section of `system.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from joinedup.partners.settings import Section

LOCAL: Final = "local[*]"
# Splink, DuckDB and Arrow work outside the executor's own memory, on each core.
_EXECUTOR_MB: Final = 4000
_PREFIX: Final = "spark."


@dataclass(frozen=True, slots=True)
class SparkSettings:
    """The master, the memory of each executor, and any other setting of Spark's by its name."""

    master: str = LOCAL
    executor_memory_mb: int = _EXECUTOR_MB
    conf: Mapping[str, str] = field(default_factory=dict)


def read_spark(section: Section) -> SparkSettings:
    """The section's settings; SettingError where one is none of Spark's."""
    settings = SparkSettings(
        master=section.text("master", LOCAL),
        executor_memory_mb=section.whole("executor_memory_mb", _EXECUTOR_MB, at_least=500),
        conf=section.text_map("conf", {}),
    )
    for name in settings.conf:
        if not name.startswith(_PREFIX):
            raise section.error(
                f"conf.{name}",
                f"'{name}' is no setting of Spark.",
                f"They begin with '{_PREFIX}': https://spark.apache.org/docs/4.0.1/configuration.html",
            )
    return settings

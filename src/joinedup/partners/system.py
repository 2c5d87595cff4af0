"""A system is a folder: its settings in `system.toml`, and where its parts lie."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from joinedup.partners.settings import Section, read_settings
from joinedup.partners.spark import SparkSettings, read_spark
from joinedup.terms import NotFoundError

ENGINES: Final = ("duckdb", "spark")
# Beyond any machine and any need; larger numbers are slips, and DuckDB reads none of them.
_MOST_MB: Final = 100_000_000
_MOST_THREADS: Final = 4096
_MOST_KEPT: Final = 100_000
_MOST_YEARS: Final = 30
_INIT = "Make a system folder with `joinedup init DIR --invented` or `--area PACK`."


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use: memory in megabytes, threads (None: all); and how long snapshots stay.

    The last `keep_snapshots` stay, and all those of the last `keep_days` days.
    """

    memory_mb: int = 4000
    threads: int | None = None
    keep_snapshots: int = 5
    keep_days: int = 0


@dataclass(frozen=True, slots=True)
class System:
    """One integrated care system's folder. `area` is the folder of its area pack.

    `measure_years`: how many whole years back measures are counted.
    """

    path: Path
    name: str
    ods_code: str
    area: Path
    engine: str
    limits: Limits
    spark: SparkSettings = field(default_factory=SparkSettings)
    measure_years: int = 3

    @property
    def partners_file(self) -> Path:
        """The TOML that lists its partners."""
        return self.path / "partners.toml"

    @property
    def feeds(self) -> Path:
        """The folder of feed TOMLs."""
        return self.path / "feeds"

    @property
    def inbox(self) -> Path:
        """Extracts as they arrive, a folder a partner; never changed by Joinedup."""
        return self.path / "inbox"

    @property
    def measures(self) -> Path:
        """Local definitions of measures and registers."""
        return self.path / "measures"

    @property
    def care_models(self) -> Path:
        """Logic models."""
        return self.path / "care_models"

    @property
    def agreements(self) -> Path:
        """Unit costs, control totals, pools and shares."""
        return self.path / "agreements"

    @property
    def identified(self) -> Path:
        """The identified zone: who is who, quarantined rows, and the key."""
        return self.path / "identified"

    @property
    def key_file(self) -> Path:
        """The secret from which pseudonyms are made; never leaves the identified zone."""
        return self.identified / "key"

    @property
    def lake(self) -> Path:
        """Snapshots of the pseudonymous tables."""
        return self.path / "lake"

    @property
    def truth(self) -> Path:
        """Who is who in invented data; read by scoring alone, never by a run."""
        return self.path / "truth"

    @property
    def report(self) -> Path:
        """The page that a run writes."""
        return self.path / "report"


def read_system(path: Path) -> System:
    """Read `system.toml` of a system folder; the file itself may be named as well."""
    folder = path.parent if path.name == "system.toml" else path
    if not folder.is_dir():
        raise NotFoundError("There is no such folder.", where=str(folder), cure=_INIT)
    top = read_settings(folder / "system.toml", missing=_INIT)
    system = System(
        path=folder,
        name=top.text("name"),
        ods_code=top.text("ods_code"),
        area=folder / top.text("area", "area"),
        engine=top.text("engine", "duckdb", codes=ENGINES),
        limits=_limits(top.section("limits")),
        spark=read_spark(top.section("spark")),
        measure_years=top.section("measures").whole("years", 3, at_least=0, at_most=_MOST_YEARS),
    )
    top.finish()
    if not system.area.is_dir():
        raise top.error(
            "area",
            f"There is no folder {system.area}.",
            "Name the folder of the area pack, as seen from this file.",
        )
    return system


def with_engine(system: System, engine: str) -> System:
    """The system with another engine than its settings name; as it is where `engine` is empty."""
    return replace(system, engine=engine) if engine else system


def _limits(section: Section) -> Limits:
    return Limits(
        # DuckDB itself wants some 125 MB a thread; less than 500 MB runs out at once.
        memory_mb=section.whole("memory_mb", 4000, at_least=500, at_most=_MOST_MB),
        threads=section.whole_or_none("threads", at_least=1, at_most=_MOST_THREADS),
        keep_snapshots=section.whole("keep_snapshots", 5, at_least=1, at_most=_MOST_KEPT),
        keep_days=section.whole("keep_days", 0, at_least=0, at_most=_MOST_KEPT),
    )

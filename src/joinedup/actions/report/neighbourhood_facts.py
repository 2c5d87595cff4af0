"""What a neighbourhood's page says: each measure beside the system's, and how it has moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from joinedup.drawing import Verdict
from joinedup.population import Measure, Polarity

_TOTAL: Final = "all"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95% interval; all None where it is not shown, and `status` says why."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    status: str = "not handed on"


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure of one neighbourhood in its newest year.

    `earlier` are its values in the years before, the newest first. `verdict` is None where either
    value is not shown.
    """

    id: str
    title: str
    says: str
    unit: str
    here: Figure
    system: Figure
    verdict: Verdict | None
    earlier: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One neighbourhood: its measures, its registers' prevalence, and its parts by deprivation."""

    code: str
    name: str
    measures: tuple[MeasureLine, ...]
    registers: tuple[MeasureLine, ...]
    by_deprivation: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, slots=True)
class NeighbourhoodReport:
    """All neighbourhoods of a snapshot; `years` are its periods' ends, the newest first.

    `compared` is the measure by which neighbourhoods are drawn beside each other, None where it was
    not handed on.
    """

    years: tuple[dt.date, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    compared: Measure | None


def gather_neighbourhoods(
    rows: Sequence[Mapping[str, Any]],
    areas: Iterable[Mapping[str, Any]],
    measures: Mapping[str, Measure],
    *,
    registers: Iterable[str],
    compared: str,
) -> NeighbourhoodReport:
    """The pages' facts from rows of `measures` and `areas`; `registers` are prevalence measures."""
    figures = {_key(row): _figure(row) for row in rows}
    years = tuple(sorted({row["period_end"] for row in rows}, reverse=True))
    system = next((row["area"] for row in rows if row["footprint"] == "system"), "")
    prevalences = set(registers)

    def line(measure: Measure, area: str) -> MeasureLine:
        def at(footprint: str, where: str, year: dt.date) -> Figure:
            return figures.get((measure.about.id, footprint, where, year, _TOTAL, ""), Figure())

        here = at("neighbourhood", area, years[0])
        whole = at("system", system, years[0])
        return MeasureLine(
            measure.about.id, measure.about.title, measure.about.says, unit_in_words(measure),
            here, whole, verdict(here, whole, measure.polarity),
            tuple(at("neighbourhood", area, year) for year in years[1:]),
        )  # fmt: skip

    def neighbourhood(area: Mapping[str, Any]) -> Neighbourhood:
        code = area["code"]
        asked = (compared, "neighbourhood", code, years[0], "deprivation")
        parts = {str(key[-1]): one for key, one in figures.items() if key[:-1] == asked}
        lines = [line(one, code) for _, one in sorted(measures.items())]
        return Neighbourhood(
            code,
            area["name"],
            tuple(one for one in lines if one.id not in prevalences),
            tuple(one for one in lines if one.id in prevalences),
            tuple(sorted(parts.items(), key=lambda part: part[0])),
        )

    found = sorted(
        (one for one in areas if one["kind"] == "neighbourhood"),
        key=lambda one: (one["name"], one["code"]),
    )
    return NeighbourhoodReport(
        years, tuple(neighbourhood(one) for one in found) if years else (), measures.get(compared)
    )


def verdict(here: Figure, system: Figure, polarity: Polarity) -> Verdict | None:
    """How the interval here lies to the system's value; None where either is not shown."""
    if here.lower is None or here.upper is None or system.value is None:
        return None
    if here.lower <= system.value <= here.upper:
        return Verdict.SIMILAR
    is_higher = here.lower > system.value
    if polarity is Polarity.NEITHER:
        return Verdict.HIGHER if is_higher else Verdict.LOWER
    return Verdict.BETTER if is_higher == (polarity is Polarity.HIGH) else Verdict.WORSE


def unit_in_words(measure: Measure) -> str:
    """What a value is: "%", "per 1,000 a year"."""
    if not measure.is_rate:
        return "%" if measure.per == 100 else f"per {measure.per:,}"
    return "a person a year" if measure.per == 1 else f"per {measure.per:,} a year"


def _key(row: Mapping[str, Any]) -> tuple[object, ...]:
    category = "" if row["breakdown"] == _TOTAL else row["category"]
    return (
        row["measure_id"], row["footprint"], row["area"], row["period_end"], row["breakdown"],
        category,
    )  # fmt: skip


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(row["value"], row["lower"], row["upper"], row["status"])

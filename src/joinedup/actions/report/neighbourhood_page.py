"""A page for each neighbourhood: how it lies to the system, in words, tables and pictures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jinja2

from joinedup import drawing
from joinedup.actions.report.facts import ReportFacts
from joinedup.actions.report.neighbourhood_facts import (
    Figure,
    MeasureLine,
    Neighbourhood,
    NeighbourhoodReport,
    unit_in_words,
)
from joinedup.drawing import (
    NARROW_PX,
    WIDE_PX,
    Absence,
    GapChart,
    GapGroup,
    IntervalChart,
    IntervalRow,
    Unit,
    Verdict,
)

_STATUS: Final = {
    "suppressed": "too few to show",
    "withheld_secondary": "hidden to protect others",
    "too_few": "too few for this rate",
    "missing": "not known",
    "not handed on": "too many small numbers",
}
_ADDED_STYLE: Final = """
.narrow-only { display: none; }
@media (max-width: 40rem) { .narrow-only { display: block; } }
.verdict { font-weight: bold; white-space: nowrap; }
"""


def write_neighbourhoods(
    facts: ReportFacts, report: NeighbourhoodReport, folder: Path
) -> tuple[Path, ...]:
    """Write a page for each neighbourhood and one that lists them; each aside and then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{one.code}.html": one for one in report.neighbourhoods}
    written = []
    for name, one in pages.items():
        path = folder / name
        aside = path.with_name(name + ".part")
        aside.write_text(render_neighbourhood(facts, report, one), encoding="utf-8", newline="\n")
        aside.replace(path)
        written.append(path)
    for left in folder.glob("*.html"):
        if left.name not in pages:
            left.unlink()
    return tuple(written)


def render_neighbourhood(
    facts: ReportFacts, report: NeighbourhoodReport, one: Neighbourhood
) -> str:
    """One neighbourhood's page as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("joinedup.actions.report", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = figure_in_words
    environment.filters["interval"] = _interval
    environment.filters["day"] = _last_day
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return environment.get_template("neighbourhood.html.jinja").render(
        facts=facts,
        report=report,
        one=one,
        style=style + _ADDED_STYLE,
        stands_out=[line for line in one.measures if line.verdict in _ODD],
        pictures=_pictures(report, one),
    )


_ODD: Final = (Verdict.BETTER, Verdict.WORSE, Verdict.HIGHER, Verdict.LOWER)


def figure_in_words(figure: Figure) -> str:
    """A value as a table has it: a number, or why there is none."""
    if figure.value is None:
        return _STATUS.get(figure.status, figure.status)
    return _number(figure.value)


def _last_day(past: dt.date) -> str:
    """The last day of a period, of which the first day after is given."""
    last = past - dt.timedelta(days=1)
    return f"{last.day} {last:%B %Y}"


def _interval(figure: Figure) -> str:
    if figure.lower is None or figure.upper is None:
        return ""
    return f"{_number(figure.lower)} to {_number(figure.upper)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def _pictures(report: NeighbourhoodReport, one: Neighbourhood) -> list[Mapping[str, str]]:
    """Each picture twice: for a screen, and for a telephone."""
    measure = report.compared
    if measure is None:
        return []
    lines = {area.name: _line(area, measure.about.id) for area in report.neighbourhoods}
    overall = lines[one.name].system.value
    if overall is None:
        return []
    unit = unit_in_words(measure)
    intervals = IntervalChart(
        [_row(name, line) for name, line in lines.items()],
        overall,
        measure=f"{measure.about.title}, {unit}",
        unit=Unit.RATE,
        focus=frozenset({one.name}),
    )
    found: list[Mapping[str, str]] = [
        {
            width: drawing.draw_intervals(
                intervals,
                name=f"compared-{width}",
                title=f"{measure.about.title}: {one.name} beside the others",
                description="Each neighbourhood's value with its 95% interval, the highest first. "
                "The table below has this neighbourhood's figures.",
                width_px=pixels,
            )
            for width, pixels in (("wide", WIDE_PX), ("narrow", NARROW_PX))
        }
    ]
    if one.by_deprivation:
        groups = [
            GapGroup(name, _drawn(figure), figure.lower, figure.upper)
            for name, figure in one.by_deprivation
        ]
        gap = GapChart(groups, f"{measure.about.title}, {unit}", Unit.RATE, overall, "The system")
        found.append(
            {
                width: drawing.draw_gap(
                    gap,
                    name=f"gap-{width}",
                    title=f"{measure.about.title} by deprivation fifth of England",
                    description="The value of each fifth of small areas in this neighbourhood, "
                    "from the most deprived, with its 95% interval.",
                    width_px=pixels,
                )
                for width, pixels in (("wide", WIDE_PX), ("narrow", NARROW_PX))
            }
        )
    return found


def _line(area: Neighbourhood, measure_id: str) -> MeasureLine:
    return next(line for line in area.measures if line.id == measure_id)


def _row(name: str, line: MeasureLine) -> IntervalRow:
    here = line.here
    return IntervalRow(name, _drawn(here), here.lower, here.upper, line.verdict or Verdict.SIMILAR)


def _drawn(figure: Figure) -> float | Absence:
    return Absence.NOT_SHOWN if figure.value is None else figure.value

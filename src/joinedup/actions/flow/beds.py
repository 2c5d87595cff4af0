"""What would happen to the beds of a trust if delay days fell, or more people came."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir
import numpy as np

from joinedup import flow
from joinedup.actions.flow.answer import NOT_SHOWN, Answer, Cell, Part, write_text
from joinedup.actions.flow.period import Dates, Look, look
from joinedup.actions.flow.small_numbers import RULE
from joinedup.drawing import Band, BandPoint, LineChart, Series, TimePoint, draw_lines
from joinedup.flow import BedModel, DailyDelays, Outlook, Present, Scenario
from joinedup.terms import NotFoundError, SourceDataError
from joinedup.terms.nearest import nearest

DAYS_AHEAD: Final = 28
# The same answer each time that it is asked, and runs enough to tell 1% of the beds apart.
_SEED: Final = 1
_REPLICATIONS: Final = 2000
_LEVEL_DAYS: Final = 56
# Of the past, as much as is looked ahead and as much again, so that the eye has a level.
_DRAWN_DAYS: Final = 56
_COLUMNS: Final = (
    "scenario", "date", "occupied", "lower", "upper", "ready_to_leave",
)  # fmt: skip
_SUMMARY: Final = ("scenario", "mean_occupied", "lower", "upper", "long_run_change")


def look_at_beds(folder: Path, dates: Dates, trust: str, svg: Path | None = None) -> Answer:
    """Occupied beds of a trust for four weeks after the period, under each scenario.

    Calibrated on the trust's own spells of the period; 95% intervals over 2,000 seeded runs.
    NotFoundError with the nearest for a trust without spells; SourceDataError where too few of its
    beds are seen for figures that may be shown.
    """
    with look(folder, dates) as looked:
        each = _spells(looked, trust.strip().upper())
        days = _by_day(each, looked)
        occupied = days.occupied
        if occupied[-_LEVEL_DAYS:].mean() <= RULE.threshold:
            raise SourceDataError(
                f"{RULE.threshold} beds or fewer are occupied on a usual day: too few to show.",
                where=looked.name(trust.strip().upper()),
                cure="Ask for a larger trust, or for --from and --to of a time with more.",
            )
        model = _model(each, days, looked)
        outlooks = _outlooks(model, days, looked.end)
        parts = (_summary(model, outlooks), _daily(outlooks, looked.end))
        answer = looked.answer(f"Beds of {looked.name(trust.strip().upper())}", parts, *_notes())
        if svg:
            write_text(svg, _drawn(answer, days, looked))
    return answer


class _Days:
    """The trust's days of the period: arrivals, and who is in a bed at each day's end."""

    def __init__(self, start: dt.date, counted: dict[str, np.ndarray]) -> None:
        self.admitted = counted["admitted"]
        self.occupied = np.cumsum(counted["admitted"] - counted["left"]) + counted["in_bed"]
        self.waiting = np.cumsum(counted["ready"] - counted["left"]) + counted["waiting"]
        self.delays = DailyDelays(
            start,
            *(one.astype(np.float64) for one in (counted["ready"], counted["left"], self.waiting)),
        )


def _spells(looked: Look, trust: str) -> ir.Table:
    every = flow.spells(looked.events(), looked.end)
    known = every.select("organisation").distinct().to_pyarrow()["organisation"].to_pylist()
    if trust not in known:
        by_name = {looked.name(code): code for code in known}
        near = nearest(trust, known) or nearest(trust.title(), by_name)
        raise NotFoundError(
            f"No hospital spell is at a trust '{trust}'.",
            cure=f"Did you mean '{by_name.get(near, near)}'?"
            if near
            else f"There are spells at: {', '.join(sorted(known)) or 'no trust'}.",
        )
    return every.filter(every.organisation == trust)


def _by_day(each: ir.Table, looked: Look) -> _Days:
    """Arrivals, ready and left on each day; who nobody said was ready became so on leaving."""
    ready = each.ready_date.coalesce(each.discharged_date)
    marked = each.mutate(ready_day=ready)
    length = (looked.end - looked.start).days
    counted: dict[str, np.ndarray] = {}
    for name, column in (("admitted", "admitted_date"), ("ready", "ready_day"),
                         ("left", "discharged_date")):  # fmt: skip
        found = marked.group_by(day=marked[column]).aggregate(n=lambda t: t.count())
        rows = [row for row in found.to_pyarrow().to_pylist() if row["day"] is not None]
        daily = np.zeros(length, np.int64)
        for row in rows:
            if looked.start <= row["day"] < looked.end:
                daily[(row["day"] - looked.start).days] = row["n"]
        counted[name] = daily
        counted[f"{name}_before"] = np.array(
            sum(row["n"] for row in rows if row["day"] < looked.start)
        )
    counted["in_bed"] = counted["admitted_before"] - counted["left_before"]
    counted["waiting"] = counted["ready_before"] - counted["left_before"]
    return _Days(looked.start, counted)


def _model(each: ir.Table, days: _Days, looked: Look) -> BedModel:
    """Delays as the last eight weeks had them; arrivals and nights in treatment by the spells."""
    recent = days.admitted[-_LEVEL_DAYS:]
    first = looked.end - dt.timedelta(days=len(recent))
    weekday = (first.weekday() + np.arange(len(recent))) % 7
    arrivals = np.array([recent[weekday == day].mean() for day in range(7)])
    model = flow.calibrate(days.delays, stay_days=_nights(each, looked))
    return replace(model, arrivals_per_day=arrivals)


def _nights(each: ir.Table, looked: Look) -> np.ndarray:
    """Chances of 0, 1, 2 … nights from admission until ready, of those who left in the period."""
    gone = each.filter((each.discharged_date >= looked.start) & (each.discharged_date < looked.end))
    ready = gone.ready_date.coalesce(gone.discharged_date)
    nights = ready.delta(gone.admitted_date, unit="day").cast("int64")
    found = gone.group_by(nights=nights).aggregate(n=lambda t: t.count()).to_pyarrow().to_pylist()
    chances = np.zeros(1 + max((row["nights"] for row in found), default=0))
    for row in found:
        chances[row["nights"]] = row["n"]
    if not chances.sum():
        raise SourceDataError(
            "nobody left the trust's beds in the period.", cure="Ask for a longer --from and --to."
        )
    return chances / chances.sum()


def _outlooks(
    model: BedModel, days: _Days, start: dt.date
) -> list[tuple[Scenario, Outlook, Outlook, np.ndarray]]:
    waiting = int(days.waiting[-1])
    present = Present(int(days.occupied[-1]) - waiting, waiting)
    found = []
    for scenario in flow.SCENARIOS:
        run = flow.simulate(
            flow.changed(model, scenario),
            start=start, days=DAYS_AHEAD, seed=_SEED, present=present, replications=_REPLICATIONS,
        )  # fmt: skip
        found.append((scenario, flow.outlook(run.occupied), flow.outlook(run.delayed),
                      run.occupied[:, -7:].mean(axis=1)))  # fmt: skip
    return found


def _summary(
    model: BedModel, outlooks: list[tuple[Scenario, Outlook, Outlook, np.ndarray]]
) -> Part:
    """The last week ahead, each scenario held against today's."""
    today = flow.expected_occupied(model)
    rows = []
    for scenario, _, _, week in outlooks:
        low, high = np.quantile(week, [0.025, 0.975])
        change = round(flow.expected_occupied(flow.changed(model, scenario)) - today, 1)
        rows.append((scenario.name, _beds(week.mean()), _beds(low), _beds(high), change))
    return Part("week_four", "Occupied beds at midnight, mean of the fourth week", _SUMMARY,
                tuple(rows))  # fmt: skip


def _daily(outlooks: list[tuple[Scenario, Outlook, Outlook, np.ndarray]], start: dt.date) -> Part:
    rows: list[tuple[Cell, ...]] = []
    for scenario, occupied, delayed, _ in outlooks:
        for day in range(DAYS_AHEAD):
            figures = (each[day] for each in (occupied.mean, occupied.low, occupied.high))
            rows.append(
                (scenario.name, start + dt.timedelta(days=day), *map(_beds, figures),
                 _beds(delayed.mean[day]))
            )  # fmt: skip
    return Part("daily", "Occupied beds at each midnight", _COLUMNS, tuple(rows))


def _beds(people: Any) -> Cell:
    """Beds of the model in whole numbers: as near to those of today's people as any may be."""
    return NOT_SHOWN if people <= RULE.threshold + 0.5 else round(float(people))


def _notes() -> tuple[str, ...]:
    return (
        "A model of beds, calibrated on the spells of the period: arrivals of the last eight weeks "
        "by weekday, nights until ready, and delays. Figures are the mean of "
        f"{_REPLICATIONS:,} runs; lower and upper hold 95% of them, and all are whole beds.",
        "The question is what would change, not what will be. Freed beds are not closed beds: "
        "arrivals do not answer to room here, as they may do in a hospital.",
        "Long-run change: beds more or fewer than today once the change has worked through, by "
        "Little's law.",
        "Spells without a discharge-ready date count as never delayed.",
    )


def _drawn(answer: Answer, days: _Days, looked: Look) -> str:
    shown = min(_DRAWN_DAYS, len(days.occupied))
    first = looked.end - dt.timedelta(days=shown)
    seen = [
        TimePoint(first + dt.timedelta(days=at), NOT_SHOWN if n <= RULE.threshold else
                  RULE.rounded(int(n)))
        for at, n in enumerate(days.occupied[-shown:])
    ]  # fmt: skip
    rows = answer.parts[1].rows
    ahead = [
        Series(one.name, [TimePoint(row[1], row[2]) for row in rows if row[0] == one.name])  # type: ignore[arg-type]
        for one in flow.SCENARIOS
    ]
    band = [
        BandPoint(row[1], row[3], row[4])  # type: ignore[arg-type]
        for row in rows
        if row[0] == flow.SCENARIOS[0].name and isinstance(row[3], int)
    ]
    return draw_lines(
        LineChart(
            [Series("seen", seen), *ahead],
            bands=[Band("as today: 95% of runs", band)],
            forecast_from=looked.end, measure="People in a bed at midnight", note=answer.notes[-1],
        ),
        name="beds", title=answer.question,
        description="Occupied beds of the past weeks, and of four weeks ahead by scenario.",
    )  # fmt: skip

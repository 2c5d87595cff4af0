"""Train a risk model on a system's own snapshot, judge it on a later year, and keep both."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis.expr.types as ir

from joinedup.actions.measures import definitions_of
from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.actions.risk_dates import IndexDates, index_dates, newest_extract
from joinedup.actions.risk_history import history_as_at, read_facts
from joinedup.actions.risk_models import OUTCOMES, faults_of, keep_model
from joinedup.population.risk import (
    Assessment,
    Estimate,
    Method,
    Plan,
    Split,
    Study,
    develop,
    lateness,
)
from joinedup.safeguards import Purpose, shown_count
from joinedup.terms import NotFoundError

_YEAR_DAYS: Final = 365
# An outcome of stays in hospital is seen only where hospitals sent their stays.
_SEEN_IN: Final = {"emergency_admission": ("inpatient",)}
# Less of a kind of event than this, known in time, hardly counts.
_MOSTLY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to train, and how; `late_knowledge` counts what was learned after an index date."""

    outcome: str = "emergency_admission"
    method: str = "regression"
    late_knowledge: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """How one model did on the people and the year that it had not seen."""

    c_statistic: Estimate
    slope: Estimate | None
    in_the_large: Estimate | None
    brier: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was trained, judged and kept. Small counts are None, others rounded.

    `faults` say why it should not be used; `notices` what to bear in mind.
    """

    outcome: str
    method: str
    version: str
    snapshot: str
    train_on: dt.date
    test_on: dt.date
    late_knowledge: bool
    trained_people: int | None
    trained_outcomes: int | None
    tested_people: int | None
    tested_outcomes: int | None
    model: Figures
    baseline: Figures
    faults: tuple[str, ...]
    notices: tuple[str, ...]
    model_file: Path
    card_file: Path


def train_risk(folder: Path, wanted: Wanted) -> Trained:
    """Train, judge and keep a model of the serving snapshot's people.

    SourceDataError where the history is too short, or outcomes are too few.
    """
    if wanted.outcome not in OUTCOMES:
        raise NotFoundError(
            f"there is no outcome '{wanted.outcome[:40]}'.",
            cure=f"There are: {', '.join(OUTCOMES)}.",
        )
    with open_system(folder, Purpose.POPULATION_HEALTH) as system:
        as_at = newest_extract(system.files)
        events = system.events
        dates = index_dates(events, as_at, settings=_SEEN_IN.get(wanted.outcome, ()))
        with ExitStack() as kept:
            study = _study(system, dates, wanted, kept)
        notices = _notices(events, dates, wanted)
        model_file, card_file = keep_model(system.system, wanted.outcome, study)
        return _told(wanted, system.snapshot.id, study, notices, (model_file, card_file))


def _study(system: OpenSystem, dates: IndexDates, wanted: Wanted, kept: ExitStack) -> Study:
    people = system.persons
    facts = read_facts(system, definitions_of(system.system), people, kept)
    training, test = (
        history_as_at(system, facts, people, on, late_knowledge=wanted.late_knowledge)
        for on in (dates.train_on, dates.test_on)
    )
    plan = Plan(
        Split(dates.train_on, dates.test_on),
        OUTCOMES[wanted.outcome],
        Method(wanted.method),
        wanted.late_knowledge,
    )
    return develop(training, test, plan)


def _notices(events: ir.Table, dates: IndexDates, wanted: Wanted) -> tuple[str, ...]:
    found = []
    if dates.look_back_days < _YEAR_DAYS:
        found.append(
            f"The history begins {dates.look_back_days} days before {dates.train_on}, not a year: "
            "training saw fewer contacts than there will be in use."
        )
    if not wanted.late_knowledge:
        rows = lateness(events, dates.train_on).to_pyarrow().to_pylist()
        late = [
            f"{row['setting']} {row['kind']}".replace("_", " ")
            for row in rows
            if row["known_by_then"] < _MOSTLY * row["events"]
        ]
        if late:
            found.append(
                f"Most of these were told after {dates.train_on} and hardly count: "
                f"{', '.join(late)}. --late-knowledge counts them."
            )
    return tuple(found)


def _told(
    wanted: Wanted, snapshot: str, study: Study, notices: tuple[str, ...], files: tuple[Path, Path]
) -> Trained:
    origin = study.model.origin
    return Trained(
        outcome=wanted.outcome,
        method=wanted.method,
        version=study.model.version,
        snapshot=snapshot,
        train_on=study.plan.split.train_on,
        test_on=study.plan.split.test_on,
        late_knowledge=wanted.late_knowledge,
        trained_people=shown_count(origin.people),
        trained_outcomes=shown_count(origin.outcomes),
        tested_people=shown_count(study.assessment.people),
        tested_outcomes=shown_count(study.assessment.outcomes),
        model=_figures(study.assessment),
        baseline=_figures(study.of_baseline),
        faults=faults_of(study),
        notices=notices,
        model_file=files[0],
        card_file=files[1],
    )


def _figures(found: Assessment) -> Figures:
    return Figures(found.c_statistic, found.slope, found.in_the_large, found.brier)

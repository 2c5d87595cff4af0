"""Scores do not depend on the order of rows, nor on anything that happened after the date."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import astuple

import ibis
import ibis.expr.types as ir
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup.population.risk import assess, features, outcome, score
from joinedup.population.risk.discrimination import c_statistic
from joinedup.population.risk.model import Regression
from joinedup.population.risk.terms import plan_terms
from tests.drawn import drawn
from tests.spec.population.risk.fitted import ORIGIN
from tests.spec.population.risk.people import EVENTS, ON, as_rows, events, history

SETTINGS = ("emergency", "inpatient", "outpatient", "general_practice", "social_care", "ambulance")
KINDS = ("attendance", "spell", "appointment", "package", "prescription", "incident", "request")
few = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HEAD = EVENTS.strip().splitlines()[0]


@st.composite
def happening(draw: st.DrawFn, first: int, last: int) -> str:
    """One event, `first` to `last` days from the date, as a drawn row without its id."""
    start = dt.datetime.combine(ON, dt.time()) + dt.timedelta(
        days=draw(st.integers(first, last)), minutes=draw(st.integers(0, 1439))
    )
    end = draw(st.one_of(st.none(), st.integers(0, 60)))
    ended = "-" if end is None else (start + dt.timedelta(days=end)).isoformat()
    cells = (
        draw(st.sampled_from(("PA", "PB", "PC"))),
        draw(st.sampled_from(SETTINGS)),
        draw(st.sampled_from(KINDS)),
        draw(st.sampled_from(("emergency", "routine", "-"))),
        start.isoformat(),
        ended,
        draw(st.sampled_from(("attended", "did_not_attend", "-"))),
        draw(st.sampled_from(("Long Term Support: Nursing Care", "Home Support", "-"))),
        draw(st.sampled_from(("2024-04-01", "2025-04-01", "2026-04-01"))),
    )
    return " | ".join(cells)


past = st.lists(happening(-800, -1), max_size=12)
future = st.lists(happening(0, 500), min_size=1, max_size=8)


def table(rows: list[str]) -> ir.Table:
    return events(HEAD + "\n" + "\n".join(f"{n} | {row}" for n, row in enumerate(rows, start=1)))


def model() -> Regression:
    """A model in which every feature counts."""
    names = tuple(
        name
        for name in features(history(), ON, conditions=("copd",)).columns
        if name != "person_id"
    )
    planned = plan_terms(names, {}, frozenset({"age_years", "deprivation_decile"}))
    weighed = tuple(
        type(term)(term.feature, term.form, term.filled, term.knots, term.part, 0.0, 1.0, 0.01 * n)
        for n, term in enumerate(planned, start=1)
    )
    return Regression(ORIGIN, -3.0, weighed, ())


def risks(rows: list[str], *, late: bool = False) -> dict[str, float]:
    made = features(history(events=table(rows)), ON, conditions=("copd",), late_knowledge=late)
    return {person: row["risk"] for person, row in as_rows(score(model(), made)).items()}


@few
@given(rows=past, more=future, late=st.booleans())
def test_what_happens_later_changes_no_score(
    by_engine: None, rows: list[str], more: list[str], late: bool
) -> None:
    assert risks([*rows, *more], late=late) == risks(rows, late=late)


@few
@given(rows=past, more=future, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(
    by_engine: None, rows: list[str], more: list[str], seed: int
) -> None:
    every = [*rows, *more]
    shuffled = random.Random(seed).sample(every, len(every))
    assert risks(shuffled) == risks(every)
    persons = history().persons
    came = [
        as_rows(outcome(people, table(these), ON))
        for people, these in (
            (persons, every),
            (persons.order_by(ibis.desc("person_id")), shuffled),
        )
    ]
    assert came[0] == came[1]


@settings(max_examples=60, derandomize=True)
@given(
    cases=st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=40, max_size=120).filter(
        lambda them: 10 <= sum(one[1] for one in them) <= len(them) - 10
    ),
    seed=st.integers(0, 99),
)
def test_figures_hold_together(cases: list[tuple[int, bool]], seed: int) -> None:
    risk = np.array([one[0] for one in cases]) / 100
    happened = np.array([one[1] for one in cases])
    found = c_statistic(risk, happened)
    assert 0 <= found.low <= found.value <= found.high <= 1
    # Turned round, what beat now loses; stretched without a change of order, nothing changes.
    assert np.isclose(c_statistic(1 - risk, happened).value, 1 - found.value)
    assert np.isclose(c_statistic(risk**3, happened).value, found.value)
    groups = {"half": np.array([str(n % 2) for n in range(len(risk))], dtype=object)}
    whole = assess(risk, happened, groups)
    assert sum(one.outcomes for one in whole.tenths) == whole.outcomes
    assert sum(one.people for one in whole.groups) == whole.people
    order = np.array(random.Random(seed).sample(range(len(risk)), len(risk)))
    again = assess(risk[order], happened[order])
    assert (again.slope is None) == (whole.slope is None)
    if whole.slope is not None and again.slope is not None:
        assert np.isclose(again.slope.value, whole.slope.value)
    # Sums in another order may differ in the last digit.
    assert np.allclose(astuple(again.c_statistic), astuple(whole.c_statistic), rtol=0, atol=1e-12)


def test_drawn_rows_read_as_events(by_engine: None) -> None:
    row = "PA | emergency | attendance | - | 2025-03-01T00:00 | - | - | - | 2025-04-01"
    assert drawn(HEAD).columns == tuple(cell.strip() for cell in HEAD.split("|"))
    assert table([row]).count().to_pyarrow().as_py() == 1

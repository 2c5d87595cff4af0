"""A regression small enough to work out by hand."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from joinedup.population.risk import Regression
from joinedup.population.risk.model import Average, Origin, with_version
from joinedup.population.risk.terms import Form, Term

ORIGIN = Origin(
    outcome="emergency_admissions", horizon_days=365, trained_on=dt.date(2024, 4, 1), people=1000,
    outcomes=90, conditions=("copd",), late_knowledge=False, left_out=(), code_version="0",
)  # fmt: skip
TERMS = (
    Term("age_years", Form.AS_IT_IS, filled=40.0, mean=40.0, deviation=20.0, coefficient=0.4),
    Term("emergency_attendances_12m", Form.LOGARITHM, mean=0.2, deviation=0.5, coefficient=0.5),
    Term("emergency_attendances_3m", Form.LOGARITHM, mean=0.1, deviation=0.5, coefficient=0.1),
    Term("condition_copd", Form.AS_IT_IS, mean=0.1, deviation=0.3, coefficient=0.24),
)


def regression() -> Regression:
    """Log odds: -4 + 0.02 age + ln(1 + year's) + 0.2 ln(1 + quarter's) + 0.8 COPD."""
    averages = tuple(
        Average(first, past, male, (float(first), 0.5, 0.1, 0.25))
        for first, past in ((0, 65), (65, 200))
        for male in (False, True)
    )
    made = with_version(Regression(ORIGIN, -4.0, TERMS, averages))
    assert isinstance(made, Regression)
    return made


def people(*rows: tuple[str, float | None, float, float, float, float]) -> ir.Table:
    """Person, age, is male, attendances in a year and a quarter, COPD."""
    names = ("age_years", "is_male", "emergency_attendances_12m", "emergency_attendances_3m",
             "condition_copd")  # fmt: skip
    schema = {"person_id": "string"} | dict.fromkeys(names, "float64")
    return ibis.memtable(
        [dict(zip(schema, row, strict=True)) for row in rows], schema=ibis.schema(schema)
    )

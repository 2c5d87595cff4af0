"""The terms of a regression: each one number of a person, for the engine and for NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from joinedup.population.risk.contacts import COUNTED
from joinedup.population.risk.features import WINDOWS

Floats: TypeAlias = NDArray[np.float64]

# Use is high in infancy, low in youth and rises from middle age: the knots stand where it turns.
AGE_KNOTS: Final = (2.0, 10.0, 25.0, 45.0, 65.0, 78.0, 90.0)
# Counts of contacts act by their logarithm: the tenth adds less than the first.
_BY_LOGARITHM: Final = frozenset(
    {f"{one.name}_{window}" for one in COUNTED for _, window in WINDOWS}
    | {"bed_days_12m", "bnf_chapters_12m"}
)


class Form(StrEnum):
    """How a feature enters the sum."""

    AS_IT_IS = "as_it_is"
    LOGARITHM = "logarithm"  # natural, of one more than the feature
    SPLINE = "spline"  # a part of a restricted cubic spline
    UNKNOWN = "unknown"  # 1 where the feature is null, else 0


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what it is of a person; in the training data; and its weight in the sum.

    `filled` stands in for a null feature. `coefficient` is per standard deviation. `knots` and
    `part` (from 1) are of splines alone.
    """

    feature: str
    form: Form
    filled: float = 0.0
    knots: tuple[float, ...] = ()
    part: int = 0
    mean: float = 0.0
    deviation: float = 1.0
    coefficient: float = 0.0

    @property
    def name(self) -> str:
        """What tells it from other terms."""
        return f"{self.feature} {self.form}{f' {self.part}' if self.part else ''}"

    @property
    def slope(self) -> float:
        """The weight per unit of the term."""
        return self.coefficient / self.deviation


def plan_terms(
    names: tuple[str, ...], filled: Mapping[str, float], unknown: frozenset[str]
) -> tuple[Term, ...]:
    """The terms of some features; `filled` for those that may be null, `unknown` where some are."""
    terms: list[Term] = []
    for name in names:
        instead = filled.get(name, 0.0)
        form = Form.LOGARITHM if name in _BY_LOGARITHM else Form.AS_IT_IS
        terms.append(Term(name, form, instead))
        if name == "age_years":
            parts = range(1, len(AGE_KNOTS) - 1)
            terms += [Term(name, Form.SPLINE, instead, AGE_KNOTS, part) for part in parts]
        if name in unknown:
            terms.append(Term(name, Form.UNKNOWN))
    return tuple(terms)


def term_value(table: ir.Table, term: Term) -> ir.FloatingValue:
    """A term as an Ibis expression over the features."""
    given = table[term.feature].cast("float64")
    if term.form is Form.UNKNOWN:
        return given.isnull().cast("float64")
    known = given.fill_null(term.filled)
    if term.form is Form.LOGARITHM:
        return (known + 1.0).ln()
    if term.form is Form.SPLINE:
        total: ir.FloatingValue | None = None
        for knot, weight in _cubics(term):
            above = known - knot
            part = ibis.ifelse(above > 0, above * above * above, 0.0) * weight
            total = part if total is None else total + part
        assert total is not None
        return total
    return known


def term_column(columns: Mapping[str, Floats], term: Term) -> Floats:
    """A term as a NumPy column; unknown features are not-a-number."""
    given = columns[term.feature]
    if term.form is Form.UNKNOWN:
        return np.isnan(given).astype(np.float64)
    known = np.where(np.isnan(given), term.filled, given)
    if term.form is Form.LOGARITHM:
        return np.asarray(np.log(known + 1.0))
    if term.form is Form.SPLINE:
        parts = [np.maximum(known - knot, 0.0) ** 3 * weight for knot, weight in _cubics(term)]
        return np.asarray(np.sum(parts, axis=0))
    return known


def _cubics(term: Term) -> tuple[tuple[float, float], ...]:
    """Knots and weights of the cubes that make one part of a restricted cubic spline.

    Straight beyond the outer knots; in units of the feature (Harrell, Regression Modeling
    Strategies, 2nd edition, section 2.4.5).
    """
    knots, own = term.knots, term.knots[term.part - 1]
    inner, last = knots[-2], knots[-1]
    size = (last - knots[0]) ** 2
    return (
        (own, 1 / size),
        (inner, -(last - own) / (last - inner) / size),
        (last, (inner - own) / (last - inner) / size),
    )

"""The figures and scores of risk models against scikit-learn's and SciPy's own."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import numpy as np
import pytest

from joinedup.population.risk import Aim, Sample, fit_boosting, fit_regression, score, score_batches
from joinedup.population.risk.discrimination import brier, c_statistic, calibration_slope
from joinedup.population.risk.fit import matrix_of, raw_scores
from joinedup.population.risk.terms import (
    AGE_KNOTS,
    Form,
    Term,
    plan_terms,
    term_column,
    term_value,
)

pytestmark = pytest.mark.usefixtures("by_engine")

sklearn_linear = pytest.importorskip("sklearn.linear_model", reason="the oracle of the scores")
sklearn_ensemble = pytest.importorskip("sklearn.ensemble", reason="the oracle of the trees")
metrics = pytest.importorskip("sklearn.metrics", reason="the oracle of the figures")
interpolate = pytest.importorskip("scipy.interpolate", reason="the oracle of the spline")

NAMES = ("age_years", "is_male", "deprivation_decile", "emergency_attendances_12m",
         "condition_copd", "has_care_home")  # fmt: skip
AIM = Aim("emergency_admissions", 365, dt.date(2024, 4, 1), ("copd",))


def invented(people: int = 3000, seed: int = 1) -> Sample:
    """People with a known risk; some ages and homes unknown; nobody in a care home."""
    rng = np.random.default_rng(seed)
    age = rng.integers(0, 100, people).astype(float)
    attended = rng.poisson(0.5, people).astype(float)
    copd = (rng.random(people) < 0.1).astype(float)
    odds = -3 + 0.02 * age + 0.8 * np.log1p(attended) + 0.7 * copd
    happened = rng.random(people) < 1 / (1 + np.exp(-odds))
    decile = rng.integers(1, 11, people).astype(float)
    age[::50], decile[::20] = np.nan, np.nan
    male = (rng.random(people) < 0.5).astype(float)
    columns = (age, male, decile, attended, copd, np.zeros(people))
    return Sample(dict(zip(NAMES, columns, strict=True)), happened, {})


def as_table(sample: Sample) -> ir.Table:
    """The same people as an Ibis table; unknown is null."""
    rows = [
        {"person_id": f"P{n:015X}"}
        | {
            name: None if np.isnan(value) else float(value)
            for name, value in zip(NAMES, values, strict=True)
        }
        for n, values in enumerate(matrix_of(sample.columns, NAMES))
    ]
    return ibis.memtable(rows, schema={"person_id": "string"} | dict.fromkeys(NAMES, "float64"))


def test_the_engine_scores_as_scikit_learn_does() -> None:
    sample = invented()
    model = fit_regression(sample, AIM, looseness=1.0)
    assert model.origin.left_out == ("has_care_home",)
    # The same terms built here, and scikit-learn's own way to its own coefficients.
    planned = plan_terms(
        NAMES[:-1],
        {name: float(np.nanmedian(sample.columns[name])) for name in NAMES},
        frozenset({"age_years", "deprivation_decile"}),
    )
    raw = np.column_stack([term_column(sample.columns, term) for term in planned])
    standard = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    oracle = sklearn_linear.LogisticRegression(solver="newton-cholesky", tol=1e-8, max_iter=200)
    oracle.fit(standard, sample.happened)
    expected = oracle.predict_proba(standard)[:, 1]
    found = score(model, as_table(sample)).order_by("person_id").to_pyarrow()["risk"].to_numpy()
    assert np.abs(found - expected).max() < 1e-9
    again = 1 / (1 + np.exp(-raw_scores(model, sample)))
    assert np.abs(again - expected).max() < 1e-9


def test_trees_that_were_written_down_score_as_scikit_learns() -> None:
    sample = invented()
    model = fit_boosting(sample, AIM, trees=40)
    oracle = sklearn_ensemble.HistGradientBoostingClassifier(
        max_iter=40, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=50,
        l2_regularization=1.0, monotonic_cst=[0, 0, 0, 1, 1], early_stopping=False, random_state=0,
    )  # fmt: skip
    matrix = matrix_of(sample.columns, NAMES[:-1])
    oracle.fit(matrix, sample.happened)
    expected = oracle.predict_proba(matrix)[:, 1]
    batches = score_batches(model, as_table(sample).order_by("person_id"), batch_people=700)
    found = np.concatenate([batch["risk"].to_numpy() for batch in batches])
    assert np.abs(found - expected).max() < 1e-9


def test_c_statistic_and_brier_are_scikit_learns() -> None:
    sample = invented()
    rng = np.random.default_rng(2)
    for risk in (rng.random(sample.people), rng.integers(1, 9, sample.people) / 10):
        found = c_statistic(risk, sample.happened)
        assert found.value == pytest.approx(metrics.roc_auc_score(sample.happened, risk), abs=1e-12)
        assert brier(risk, sample.happened) == pytest.approx(
            metrics.brier_score_loss(sample.happened, risk), abs=1e-12
        )


def test_delongs_variance_is_that_of_the_pairs_one_by_one() -> None:
    # Equation 5 of DeLong 1988, pair by pair.
    rng = np.random.default_rng(3)
    happened = rng.random(200) < 0.3
    risk = np.round(rng.random(200) * 0.6 + happened * 0.2, 1)
    yes, no = risk[happened], risk[~happened]
    order = (yes[:, None] > no) + 0.5 * (yes[:, None] == no)
    variance = order.mean(axis=1).var(ddof=1) / len(yes) + order.mean(axis=0).var(ddof=1) / len(no)
    found = c_statistic(risk, happened)
    odds = [np.log(at / (1 - at)) for at in (found.low, found.value, found.high)]
    spread = np.sqrt(variance) / (found.value * (1 - found.value))
    assert odds[2] - odds[1] == pytest.approx(1.959964 * spread, rel=1e-6)
    assert odds[1] - odds[0] == pytest.approx(1.959964 * spread, rel=1e-6)


def test_the_calibration_slope_is_an_unpenalised_logistic_regression() -> None:
    sample = invented()
    risk = 1 / (1 + np.exp(-(raw_scores(fit_regression(sample, AIM), sample) * 0.7 - 0.2)))
    odds = np.log(risk / (1 - risk))[:, None]
    oracle = sklearn_linear.LogisticRegression(C=np.inf, tol=1e-10).fit(odds, sample.happened)
    slope = calibration_slope(risk, sample.happened)
    assert slope is not None
    assert slope.value == pytest.approx(float(oracle.coef_[0, 0]), abs=1e-4)
    assert slope.low < slope.value < slope.high


def test_the_spline_is_natural() -> None:
    # A restricted cubic spline is the natural cubic spline through its own values at the knots.
    ages = np.arange(0, 111.0)
    table = ibis.memtable({"n": list(range(111)), "age_years": ages.tolist()})
    for part in range(1, len(AGE_KNOTS) - 1):
        term = Term("age_years", Form.SPLINE, knots=AGE_KNOTS, part=part)
        found = term_column({"age_years": ages}, term)
        knots = np.array(AGE_KNOTS)
        through = term_column({"age_years": knots}, term)
        natural = interpolate.CubicSpline(knots, through, bc_type="natural")
        within = (ages >= knots[0]) & (ages <= knots[-1])
        assert np.abs(found[within] - natural(ages[within])).max() < 1e-9
        beyond = np.diff(found[ages > knots[-1]], n=2)
        assert np.abs(beyond).max() < 1e-9
        asked = table.mutate(term=term_value(table, term)).order_by("n").to_pyarrow()
        assert np.abs(asked["term"].to_numpy() - found).max() < 1e-9

"""Fit a model to a sample: a regression that can be read, or trees where these do better."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from joinedup._version import __version__
from joinedup.population.risk.matrix import Sample
from joinedup.population.risk.model import (
    Average,
    Boosting,
    Model,
    Origin,
    Regression,
    Tree,
    with_version,
)
from joinedup.population.risk.terms import Floats, Term, plan_terms, term_column
from joinedup.terms import SourceDataError

Flags = NDArray[np.bool_]

# Fewer outcomes than this teach nothing that would hold elsewhere: ten a term would be hundreds,
# and the least that Riley and others (BMJ 2020, 368:m441) find for any model is about a hundred.
FEWEST_OUTCOMES: Final = 50
# Inverse strengths of the ridge that are tried, the most careful first; and the folds to try on.
LOOSENESSES: Final = (0.0001, 0.001, 0.01, 0.1, 1.0)
FOLDS: Final = 5
AGE_GROUPS: Final = (0, 5, 18, 40, 65, 75, 85, 200)
# A mean over fewer people would tell of them; theirs is then the mean of everybody.
_FEWEST_AVERAGED: Final = 50
# What may only add to a risk; age, sex and deprivation may go either way.
_EITHER_WAY: Final = ("age_years", "is_male", "is_sex_unknown", "deprivation_decile")


@dataclass(frozen=True, slots=True)
class Aim:
    """What a model is to foretell, and as at when it was trained.

    `more_is_riskier`: that more use or illness never makes the outcome less likely. It holds of an
    admission, not of a rise, which is rarer from high up.
    """

    outcome: str
    horizon_days: int
    trained_on: dt.date
    conditions: tuple[str, ...]
    late_knowledge: bool = False
    more_is_riskier: bool = True


def fit_regression(
    sample: Sample, aim: Aim, *, names: tuple[str, ...] = (), looseness: float | None = None
) -> Regression:
    """Logistic regression with a ridge (L2) on standardised terms.

    `names` are the features to use, all where none is named. Those in which nobody differs are
    left out and listed. `looseness` is the ridge's inverse strength, C to scikit-learn; where none
    is given, that of `LOOSENESSES` which foretells best within the training sample, so that fewer
    people make a more careful model. SourceDataError where the sample has too few outcomes.
    """
    _check(sample)
    used, left_out = _varied(sample, names)
    planned = plan_terms(used, _medians(sample, used), _unknown(sample, used))
    terms, matrix = _standardised(planned, sample)
    chosen = _best_looseness(matrix, sample.happened) if looseness is None else looseness
    fitted = _ridge(chosen, matrix, sample.happened)
    weighed = tuple(
        replace(term, coefficient=float(one))
        for term, one in zip(terms, fitted.coef_[0], strict=True)
    )
    intercept = float(fitted.intercept_[0]) - sum(term.slope * term.mean for term in weighed)
    averages = _averages(sample, weighed)
    model = Regression(_origin(aim, sample, left_out), intercept, weighed, averages)
    named = with_version(model)
    assert isinstance(named, Regression)
    return named


def fit_boosting(
    sample: Sample, aim: Aim, *, names: tuple[str, ...] = (), trees: int = 200
) -> Boosting:
    """Gradient-boosted trees of up to 15 leaves.

    Where `aim.more_is_riskier`, more use or illness never lowers a risk. Same sample, same trees.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    _check(sample)
    used, left_out = _varied(sample, names)
    ways = [0 if name in _EITHER_WAY or not aim.more_is_riskier else 1 for name in used]
    fitted = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=50,
        l2_regularization=1.0, monotonic_cst=ways, early_stopping=False, random_state=0,
    )  # fmt: skip
    fitted.fit(matrix_of(sample.columns, used), sample.happened)
    grown = tuple(_tree(one[0].nodes) for one in fitted._predictors)
    start = float(np.ravel(fitted._baseline_prediction)[0])
    named = with_version(Boosting(_origin(aim, sample, left_out), start, used, grown))
    assert isinstance(named, Boosting)
    return named


def matrix_of(columns: Mapping[str, Floats], names: tuple[str, ...]) -> Floats:
    """Some columns side by side: people by features."""
    return np.column_stack([columns[name] for name in names])


def term_matrix(columns: Mapping[str, Floats], terms: tuple[Term, ...]) -> Floats:
    """The terms side by side, not standardised: people by terms."""
    return np.column_stack([term_column(columns, term) for term in terms])


def raw_scores(model: Model, sample: Sample) -> Floats:
    """The log odds of each person of a sample by a model."""
    if isinstance(model, Regression):
        slopes = np.array([term.slope for term in model.terms])
        return np.asarray(term_matrix(sample.columns, model.terms) @ slopes + model.intercept)
    from joinedup.population.risk.score import tree_scores

    return tree_scores(model, matrix_of(sample.columns, model.features))


def _ridge(looseness: float, matrix: Floats, happened: Flags) -> Any:
    """Scikit-learn's regression, by Newton's method: few terms, and the same answer every time."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=looseness, solver="newton-cholesky", tol=1e-8, max_iter=200)
    return fitted.fit(matrix, happened)


def _best_looseness(matrix: Floats, happened: Flags) -> float:
    """The looseness with the least mean log loss on folds that it was not fitted to.

    A person's fold goes by their place in the sample, which is in order of the pseudonym's digits.
    """
    fold = np.arange(len(matrix)) % FOLDS
    losses = []
    for looseness in LOOSENESSES:
        loss = 0.0
        for one in range(FOLDS):
            fitted = _ridge(looseness, matrix[fold != one], happened[fold != one])
            odds = fitted.decision_function(matrix[fold == one])
            loss += float(np.logaddexp(0, np.where(happened[fold == one], -odds, odds)).sum())
        losses.append(loss)
    return LOOSENESSES[int(np.argmin(losses))]


def _check(sample: Sample) -> None:
    fewest = min(sample.outcomes, sample.people - sample.outcomes)
    if fewest < FEWEST_OUTCOMES:
        raise SourceDataError(
            f"too few people to learn from: fewer than {FEWEST_OUTCOMES} with the outcome, or "
            "without it.",
            where="training",
            cure="Take more people or an earlier date, or foretell something that is less rare.",
        )


def _varied(sample: Sample, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The features in which people differ, and the others."""
    asked = names or tuple(sample.columns)
    used = tuple(name for name in asked if len(np.unique(_known(sample.columns[name]))) > 1)
    return used, tuple(name for name in asked if name not in used)


def _known(column: Floats) -> Floats:
    return column[~np.isnan(column)]


def _medians(sample: Sample, names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(np.median(_known(sample.columns[name]))) for name in names}


def _unknown(sample: Sample, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in names if np.isnan(sample.columns[name]).any())


def _standardised(planned: tuple[Term, ...], sample: Sample) -> tuple[tuple[Term, ...], Floats]:
    """The terms with their means and deviations, and the matrix in units of these."""
    raw = term_matrix(sample.columns, planned)
    means, deviations = raw.mean(axis=0), raw.std(axis=0)
    varied = deviations > 0
    terms = tuple(
        replace(term, mean=float(mean), deviation=float(deviation))
        for term, mean, deviation in zip(planned, means, deviations, strict=True)
        if deviation > 0
    )
    return terms, (raw[:, varied] - means[varied]) / deviations[varied]


def _averages(sample: Sample, terms: tuple[Term, ...]) -> tuple[Average, ...]:
    """The mean of each term by age group and sex."""
    raw = term_matrix(sample.columns, terms)
    everybody = raw.mean(axis=0)
    age, is_male = sample.columns["age_years"], sample.columns["is_male"] > 0
    found = []
    for first, past in pairwise(AGE_GROUPS):
        for male in (False, True):
            these = (age >= first) & (age < past) & (is_male == male)
            means = raw[these].mean(axis=0) if these.sum() >= _FEWEST_AVERAGED else everybody
            found.append(Average(first, past, male, tuple(map(float, means))))
    return tuple(found)


def _origin(aim: Aim, sample: Sample, left_out: tuple[str, ...]) -> Origin:
    return Origin(
        outcome=aim.outcome, horizon_days=aim.horizon_days, trained_on=aim.trained_on,
        people=sample.people, outcomes=sample.outcomes, conditions=aim.conditions,
        late_knowledge=aim.late_knowledge, left_out=left_out, code_version=__version__,
    )  # fmt: skip


def _tree(nodes: Any) -> Tree:
    """One tree out of scikit-learn's array of nodes."""
    return Tree(
        is_leaf=tuple(map(bool, nodes["is_leaf"])),
        feature=tuple(map(int, nodes["feature_idx"])),
        # The last threshold of a feature may be infinite, which JSON cannot say.
        threshold=tuple(float(min(one, 1e300)) for one in nodes["num_threshold"]),
        null_left=tuple(map(bool, nodes["missing_go_to_left"])),
        left=tuple(map(int, nodes["left"])),
        right=tuple(map(int, nodes["right"])),
        value=tuple(map(float, nodes["value"])),
    )

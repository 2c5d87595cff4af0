"""Each person's risk: a regression in the engine, trees by batches through NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from joinedup.population.risk.matrix import float_column
from joinedup.population.risk.model import Boosting, Regression, Tree
from joinedup.population.risk.terms import Floats, term_value
from joinedup.terms import SettingError

_BATCH_PEOPLE: Final = 100_000
SCORED: Final = pa.schema([("person_id", pa.string()), ("risk", pa.float64())])


def log_odds(model: Regression, features: ir.Table) -> ir.FloatingValue:
    """The model's sum as an expression over the features: on any engine, nothing pulled."""
    check_features(model, features)
    total: ir.FloatingValue = ibis.literal(model.intercept, type="float64")
    for term in model.terms:
        total = total + term_value(features, term) * term.slope
    return total


def score(model: Regression, features: ir.Table) -> ir.Table:
    """One row a person: person_id, risk (0 to 1) of the outcome within the model's horizon."""
    odds = (-log_odds(model, features)).exp()
    return features.select("person_id", risk=1.0 / (1.0 + odds))


def score_batches(
    model: Boosting, features: ir.Table, *, batch_people: int = _BATCH_PEOPLE
) -> Iterator[pa.RecordBatch]:
    """As `score` for trees: batches of person_id and risk, so that memory does not grow."""
    check_features(model, features)
    asked = features.select("person_id", *model.features)
    for batch in asked.to_pyarrow_batches(chunk_size=batch_people):
        table = pa.Table.from_batches([batch])
        matrix = np.column_stack([float_column(table[name]) for name in model.features])
        risk = 1.0 / (1.0 + np.exp(-tree_scores(model, matrix)))
        yield pa.record_batch([batch["person_id"].cast(pa.string()), risk], schema=SCORED)


def tree_scores(model: Boosting, matrix: Floats) -> Floats:
    """The log odds of people by a model's trees; `matrix` is people by the model's features."""
    total = np.full(len(matrix), model.intercept)
    for tree in model.trees:
        total += _leaf_values(tree, matrix)
    return total


def check_features(model: Regression | Boosting, features: ir.Table) -> None:
    """SettingError where a table lacks a feature that the model reads."""
    missing = [name for name in model.features if name not in features.columns]
    if missing:
        raise SettingError(
            f"the model reads features that the table has not: {', '.join(missing[:5])}.",
            where=f"risk model {model.version}",
            cure="Make the features with the model's own conditions: model.origin.conditions.",
        )


def _leaf_values(tree: Tree, matrix: Floats) -> Floats:
    """The value of the leaf that each person comes to, all people one step down at a time."""
    is_leaf, feature = np.array(tree.is_leaf), np.array(tree.feature)
    threshold, null_left = np.array(tree.threshold), np.array(tree.null_left)
    left, right = np.array(tree.left), np.array(tree.right)
    node = np.zeros(len(matrix), dtype=np.int64)
    walking = np.flatnonzero(~is_leaf[node])
    while len(walking):
        at = node[walking]
        value = matrix[walking, feature[at]]
        goes_left = np.where(np.isnan(value), null_left[at], value <= threshold[at])
        node[walking] = np.where(goes_left, left[at], right[at])
        walking = walking[~is_leaf[node[walking]]]
    return np.array(tree.value)[node]

"""A regression is a sum that anybody can do; a model is kept and read back as it was."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from joinedup.population.risk import read_model, score, score_batches, write_model
from joinedup.population.risk.model import Boosting, Tree, with_version
from joinedup.terms import NotFoundError, SettingError
from tests.spec.population.risk.fitted import ORIGIN, people, regression
from tests.spec.population.risk.people import as_rows

pytestmark = pytest.mark.usefixtures("by_engine")

PEOPLE = people(("PA", 80, 0, 3, 1, 1), ("PB", 30, 1, 0, 0, 0), ("PC", None, 0, 0, 0, 0))


def test_a_score_is_the_sum_of_its_terms() -> None:
    found = as_rows(score(regression(), PEOPLE))
    sums = {
        "PA": -4 + 0.02 * 80 + math.log(4) + 0.2 * math.log(2) + 0.8,
        "PB": -4 + 0.02 * 30,
        "PC": -4 + 0.02 * 40,  # an unknown age is taken for the median
    }
    for person, total in sums.items():
        assert found[person]["risk"] == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-12)


def trees() -> Boosting:
    """One tree: without an age, or at 65 and below, -1; above it, -0.5 or with COPD 1."""
    tree = Tree(
        is_leaf=(False, True, False, True, True), feature=(0, 0, 1, 0, 0),
        threshold=(65.0, 0.0, 0.5, 0.0, 0.0), null_left=(True, False, False, False, False),
        left=(1, 0, 3, 0, 0), right=(2, 0, 4, 0, 0), value=(0.0, -1.0, 0.0, -0.5, 1.0),
    )  # fmt: skip
    made = with_version(Boosting(ORIGIN, -2.0, ("age_years", "condition_copd"), (tree,)))
    assert isinstance(made, Boosting)
    return made


def test_trees_score_by_batches() -> None:
    found = {
        person: risk
        for batch in score_batches(trees(), PEOPLE, batch_people=2)
        for person, risk in zip(
            batch["person_id"].to_pylist(), batch["risk"].to_pylist(), strict=True
        )
    }
    expected = {"PA": -1.0, "PB": -3.0, "PC": -3.0}
    assert found == {p: pytest.approx(1 / (1 + math.exp(-at))) for p, at in expected.items()}


def test_a_model_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    for model in (regression(), trees()):
        write_model(model, tmp_path / "risk" / "model.json")
        assert read_model(tmp_path / "risk" / "model.json") == model


def test_a_model_that_was_changed_by_hand_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    with pytest.raises(NotFoundError, match="no risk model"):
        read_model(path)
    write_model(regression(), path)
    plain = json.loads(path.read_text())
    for text in (
        json.dumps(plain | {"intercept": -3.0}),
        json.dumps(plain | {"format": 2}),
        json.dumps({"format": 1}),
        "[]",
        "not json",
    ):
        path.write_text(text)
        with pytest.raises(SettingError, match="not a risk model as it was written"):
            read_model(path)


def test_a_table_without_the_models_features_is_refused() -> None:
    with pytest.raises(SettingError, match="condition_copd"):
        score(regression(), PEOPLE.drop("condition_copd"))

"""A model card says what a model is for, how it did and where it stops; small numbers stay out."""

from __future__ import annotations

import datetime as dt

import numpy as np

from joinedup.population.risk import (
    Plan,
    Split,
    Study,
    assess,
    card_markdown,
    model_card,
)
from tests.spec.population.risk.fitted import regression


def study() -> Study:
    """1,000 people, a risk that is right in the mean, and 7 people of whom 3 have the outcome."""
    risk = np.linspace(0.01, 0.5, 1000)
    happened = (np.arange(1000) % 4) == 3
    group = np.array(["many"] * 993 + ["few"] * 7, dtype=object)
    happened[993:] = [True, True, True, False, False, False, False]
    found = assess(risk, happened, {"town": group})
    model = regression()
    split = Split(dt.date(2024, 4, 1), dt.date(2025, 4, 1))
    return Study(Plan(split), model, model, found, found)


def test_a_small_group_shows_no_figures() -> None:
    few, many = model_card(study()).groups
    assert (few.group, few.people) == ("few", 5)
    assert (few.outcomes, few.c_statistic, few.observed_to_expected, few.taken_up) == (None,) * 4
    assert many.outcomes == 250  # 248 by hand, shown to the nearest 5
    assert many.c_statistic is not None


def test_the_page_has_all_that_a_card_must_say() -> None:
    page = card_markdown(model_card(study(), more_limits=("Tried on invented people alone.",)))
    for part in (
        f"# Risk model {regression().version}: emergency admissions within 365 days",
        "## Not for", "refuse, ration or delay", "2024-04-01", "2025-04-01", "## Performance",
        "## Fairness", "| town: few | 5 | - | - | - | - | - |", "Tried on invented people alone.",
        "c-statistic of age, sex and conditions alone",
    ):  # fmt: skip
        assert part in page
    assert page.count("\n# ") == 0

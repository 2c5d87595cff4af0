"""From history to a judged model in one call: train at one date, test at a later one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import ibis.expr.types as ir
import numpy as np

from joinedup.population.risk.assess import Assessment, assess
from joinedup.population.risk.contacts import EMERGENCY_ADMISSION, Contact
from joinedup.population.risk.features import features
from joinedup.population.risk.fit import Aim, fit_boosting, fit_regression, raw_scores
from joinedup.population.risk.groups import fairness_groups
from joinedup.population.risk.history import History, condition_names
from joinedup.population.risk.matrix import MOST_PEOPLE, Sample, draw_sample
from joinedup.population.risk.model import Model, Regression
from joinedup.population.risk.outcomes import check_observed, outcome, rising_need
from joinedup.population.risk.split import Split, check_pseudonyms, is_held_out
from joinedup.terms import SettingError

# What any model must beat: who somebody is and what they live with, and nothing of their use.
BASELINE: Final = ("age_years", "is_male", "comorbidity_weight")
RISING_NEED: Final = "rising_need"


class Method(StrEnum):
    """How a model is made."""

    REGRESSION = "regression"
    BOOSTING = "boosting"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to foretell, when and by which method. `what` is a contact, or `RISING_NEED`."""

    split: Split
    what: Contact | str = EMERGENCY_ADMISSION
    method: Method = Method.REGRESSION
    late_knowledge: bool = False
    at_most: int = MOST_PEOPLE

    def __post_init__(self) -> None:
        if isinstance(self.what, str) and self.what != RISING_NEED:
            raise SettingError(
                f"'{self.what[:40]}' is not an outcome.",
                where="plan",
                cure=f"Give a Contact, or '{RISING_NEED}'.",
            )

    @property
    def outcome_name(self) -> str:
        """The outcome by name."""
        return self.what if isinstance(self.what, str) else self.what.name


@dataclass(frozen=True, slots=True)
class Study:
    """A model and its baseline, each judged on the same held-out people at the later date."""

    plan: Plan
    model: Model
    baseline: Regression
    assessment: Assessment
    of_baseline: Assessment


_Fit: TypeAlias = Callable[[Sample, Aim], Model]


def develop(training: History, test: History, plan: Plan) -> Study:
    """Train on `training` and judge on `test`: what was known at the split's two dates.

    They may be one and the same where homes and conditions carry their dates or hardly change.
    SettingError where a window is not over; SourceDataError where outcomes are too few.
    """
    split = plan.split
    check_pseudonyms(test.persons)
    check_observed(test.events, split.test_on, days=split.horizon_days)
    conditions = condition_names(training.conditions)
    aim = Aim(
        plan.outcome_name, split.horizon_days, split.train_on, conditions, plan.late_knowledge,
        more_is_riskier=plan.what != RISING_NEED,
    )  # fmt: skip
    learned = _sample(training, plan, conditions, held_out=False)
    judged = _sample(test, plan, conditions, held_out=True)
    fit: _Fit = fit_regression if plan.method is Method.REGRESSION else fit_boosting
    model, baseline = fit(learned, aim), fit_regression(learned, aim, names=BASELINE)
    return Study(plan, model, baseline, _judge(model, judged), _judge(baseline, judged))


def _sample(history: History, plan: Plan, conditions: tuple[str, ...], *, held_out: bool) -> Sample:
    split = plan.split
    on = split.test_on if held_out else split.train_on
    side = is_held_out(history.persons.person_id, split)
    people = history.persons.filter(side if held_out else ~side)
    known = History(
        people, history.events, history.codes, history.conditions, history.homes,
        history.deprivation,
    )  # fmt: skip
    found = features(known, on, conditions=conditions, late_knowledge=plan.late_knowledge)
    return draw_sample(
        found,
        _outcomes(people, history.events, plan, held_out=held_out),
        fairness_groups(known) if held_out else None,
        at_most=plan.at_most,
    )


def _outcomes(people: ir.Table, events: ir.Table, plan: Plan, *, held_out: bool) -> ir.Table:
    split = plan.split
    on = split.test_on if held_out else split.train_on
    if isinstance(plan.what, Contact):
        return outcome(people, events, on, plan.what, days=split.horizon_days)
    return rising_need(people, events, on, days=split.horizon_days)


def _judge(model: Model, judged: Sample) -> Assessment:
    risk = 1.0 / (1.0 + np.exp(-raw_scores(model, judged)))
    return assess(np.asarray(risk), judged.happened, judged.groups)

"""Risk of emergency admission and of rising need: trained on the past, judged, and put to use."""

from joinedup.population.risk.assess import (
    Assessment,
    Benefit,
    Capture,
    GroupFigures,
    Tenth,
    assess,
)
from joinedup.population.risk.card import ModelCard, card_markdown, model_card
from joinedup.population.risk.contacts import (
    EMERGENCY_ADMISSION,
    HOSPITAL_OR_EMERGENCY_VISIT,
    Contact,
)
from joinedup.population.risk.develop import RISING_NEED, Method, Plan, Study, develop
from joinedup.population.risk.discrimination import Estimate
from joinedup.population.risk.features import feature_names, features
from joinedup.population.risk.fit import Aim, fit_boosting, fit_regression
from joinedup.population.risk.groups import fairness_groups
from joinedup.population.risk.history import History, condition_names, lateness
from joinedup.population.risk.matrix import Sample, draw_sample
from joinedup.population.risk.model import (
    Boosting,
    Model,
    Regression,
    read_model,
    write_model,
)
from joinedup.population.risk.outcomes import HORIZON_DAYS, check_observed, outcome, rising_need
from joinedup.population.risk.reasons import contributions, top_reasons
from joinedup.population.risk.rules import (
    RULES,
    Bound,
    Known,
    Rule,
    needs,
    sensitive_admissions,
)
from joinedup.population.risk.score import score, score_batches
from joinedup.population.risk.split import Split, is_held_out, sample
from joinedup.population.risk.worklist import Apart, Limits, Worklist, with_reasons, worklist

__all__ = [
    "EMERGENCY_ADMISSION",
    "HORIZON_DAYS",
    "HOSPITAL_OR_EMERGENCY_VISIT",
    "RISING_NEED",
    "RULES",
    "Aim",
    "Apart",
    "Assessment",
    "Benefit",
    "Boosting",
    "Bound",
    "Capture",
    "Contact",
    "Estimate",
    "GroupFigures",
    "History",
    "Known",
    "Limits",
    "Method",
    "Model",
    "ModelCard",
    "Plan",
    "Regression",
    "Rule",
    "Sample",
    "Split",
    "Study",
    "Tenth",
    "Worklist",
    "assess",
    "card_markdown",
    "check_observed",
    "condition_names",
    "contributions",
    "develop",
    "draw_sample",
    "fairness_groups",
    "feature_names",
    "features",
    "fit_boosting",
    "fit_regression",
    "is_held_out",
    "lateness",
    "model_card",
    "needs",
    "outcome",
    "read_model",
    "rising_need",
    "sample",
    "score",
    "score_batches",
    "sensitive_admissions",
    "top_reasons",
    "with_reasons",
    "worklist",
    "write_model",
]

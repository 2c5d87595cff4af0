"""The model card: what a model is for, what it was made from, how it did, and where it must stop.

After Mitchell and others, Model cards for model reporting (2019, doi 10.1145/3287560.3287596), with
what TRIPOD+AI (BMJ 2024, 385:e078378) asks to be told of a prediction model.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from joinedup.population.risk.assess import TAKEN_UP, Assessment, GroupFigures
from joinedup.population.risk.develop import Study
from joinedup.population.risk.discrimination import Estimate
from joinedup.population.risk.model import Regression
from joinedup.safeguards import count_in_words, shown_count

PURPOSE: Final = (
    "To help a neighbourhood team choose whom to see next, beside what it knows itself, and to "
    "plan how much preventive care an area needs."
)
NOT_FOR: Final = (
    "No one may use it to refuse, ration or delay anybody's care, or to set what care costs them.",
    "No insurer, employer, landlord or immigration body may use it at all.",
    "It does not diagnose, and no clinician may put it before their own judgement.",
    "It must not stand alone: whoever acts on it looks at the person's record first.",
    "It may not be used on another population, or for another outcome or horizon, without being "
    "judged there anew.",
)
LIMITS: Final = (
    "It foretells use of care, which is not need: people who are not seen use little.",
    "It says what goes with a higher risk, not what brings it about; lowering a listed count may "
    "change nothing.",
    "People who died in the window without the outcome are counted as without it.",
    "Calibration drifts as services change: judge it again every year and after any large change.",
    "High risks fall back towards the mean of themselves: a list that looks better a year later "
    "proves nothing without a comparison.",
    "An event that a partner sent again or corrected counts as learned at the last time, so what "
    "was known early is undercounted where late knowledge is left out.",
)
# A share of outcomes would tell of the few in a small group.
_FEWEST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group's figures fit to be shown; None where they are not, which is not zero."""

    kind: str
    group: str
    people: int | None
    outcomes: int | None
    c_statistic: Estimate | None
    slope: Estimate | None
    observed_to_expected: Estimate | None
    taken_up: float | None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model card as data. Counts are rounded; small ones are None."""

    version: str
    code_version: str
    method: str
    outcome: str
    horizon_days: int
    purpose: str
    not_for: tuple[str, ...]
    trained_on: dt.date
    tested_on: dt.date
    late_knowledge: bool
    trained_people: int | None
    trained_outcomes: int | None
    tested_people: int | None
    tested_outcomes: int | None
    features: tuple[str, ...]
    left_out: tuple[str, ...]
    c_statistic: Estimate
    of_baseline: Estimate
    slope: Estimate | None
    in_the_large: Estimate | None
    brier: float
    tenths: tuple[tuple[float, float | None], ...]  # foretold, observed
    captures: tuple[tuple[float, float], ...]  # share of people, share of outcomes
    benefits: tuple[tuple[float, float, float], ...]  # threshold, model, everybody
    groups: tuple[GroupLine, ...]
    limits: tuple[str, ...]


def model_card(
    study: Study, *, purpose: str = PURPOSE, more_limits: tuple[str, ...] = ()
) -> ModelCard:
    """The card of a judged model, with counts rounded and small numbers left out."""
    origin, found = study.model.origin, study.assessment
    is_regression = isinstance(study.model, Regression)
    return ModelCard(
        version=study.model.version, code_version=origin.code_version,
        method="Logistic regression" if is_regression else "Gradient-boosted trees",
        outcome=origin.outcome, horizon_days=origin.horizon_days, purpose=purpose,
        not_for=NOT_FOR, trained_on=origin.trained_on, tested_on=study.plan.split.test_on,
        late_knowledge=origin.late_knowledge, trained_people=shown_count(origin.people),
        trained_outcomes=shown_count(origin.outcomes), tested_people=shown_count(found.people),
        tested_outcomes=shown_count(found.outcomes), features=study.model.features,
        left_out=origin.left_out, c_statistic=found.c_statistic,
        of_baseline=study.of_baseline.c_statistic, slope=found.slope,
        in_the_large=found.in_the_large, brier=found.brier, tenths=_tenths(found),
        captures=tuple((one.share, one.captured.value) for one in found.captures),
        benefits=tuple((b.threshold, b.of_model, b.of_everybody) for b in found.benefits),
        groups=tuple(_line(one) for one in found.groups), limits=LIMITS + more_limits,
    )  # fmt: skip


def card_markdown(card: ModelCard) -> str:
    """The card as a page of Markdown."""
    parts = [
        f"# Risk model {card.version}: {card.outcome.replace('_', ' ')} "
        f"within {card.horizon_days} days",
        card.purpose,
        "## Not for",
        _bullets(card.not_for),
        "## Made from",
        _table(("What", "Training", "Test, on other people"), _made_from(card)),
        f"{card.method}; version {card.version} by code {card.code_version}. "
        + (
            "What was learned after a date, of the time before it, counts."
            if card.late_knowledge
            else "What was learned after a date does not count."
        ),
        f"Features: {', '.join(card.features)}.",
        f"Left out, for nobody differed in them: {', '.join(card.left_out) or 'none'}.",
        "## Performance on the held-out people",
        _table(("Figure", "Value", "95% interval"), _performance(card)),
        _table(("Tenth by risk", "Foretold", "Observed"), _tenth_rows(card)),
        _table(("Highest risks", "Share of all outcomes among them"), _capture_rows(card)),
        _table(("Threshold", "Net benefit", "Of seeing everybody"), _benefit_rows(card)),
        "## Fairness",
        f"Taken up: the share of the group among the {TAKEN_UP:.0%} highest risks. Groups "
        "should have an observed over expected near 1, and differ in what is taken up only as "
        "they differ in need. A dash: too few to say.",
        _table(
            ("Group", "People", "Outcomes", "c-statistic", "Slope", "Observed over expected",
             "Taken up"),
            [_group_row(one) for one in card.groups],
        ),
        "## Limits",
        _bullets(card.limits),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _line(one: GroupFigures) -> GroupLine:
    """A group as it may be shown: with few outcomes, neither these nor what tells of them."""
    hidden = min(one.outcomes, one.people - one.outcomes) < _FEWEST_SHOWN
    return GroupLine(
        one.kind, one.group, shown_count(one.people),
        None if hidden else shown_count(one.outcomes),
        None if hidden else one.c_statistic, None if hidden else one.slope,
        None if hidden else one.observed_to_expected, None if hidden else one.taken_up,
    )  # fmt: skip


def _tenths(found: Assessment) -> tuple[tuple[float, float | None], ...]:
    return tuple(
        (one.foretold, one.observed.value if shown_count(one.outcomes) is not None else None)
        for one in found.tenths
    )


def _made_from(card: ModelCard) -> list[tuple[str, ...]]:
    return [
        ("As at", str(card.trained_on), str(card.tested_on)),
        ("People", count_in_words(card.trained_people), count_in_words(card.tested_people)),
        ("Outcomes", count_in_words(card.trained_outcomes), count_in_words(card.tested_outcomes)),
    ]


def _performance(card: ModelCard) -> list[tuple[str, ...]]:
    estimates = (
        ("c-statistic", card.c_statistic),
        ("c-statistic of age, sex and conditions alone", card.of_baseline),
        ("Calibration slope (1 is right)", card.slope),
        ("Calibration in the large (0 is right)", card.in_the_large),
    )
    rows = [
        (name, "-", "") if one is None else (name, f"{one.value:.3f}", _interval(one))
        for name, one in estimates
    ]
    return [*rows, ("Brier score", f"{card.brier:.4f}", "")]


def _tenth_rows(card: ModelCard) -> list[tuple[str, ...]]:
    return [
        (str(place), f"{foretold:.1%}", "-" if observed is None else f"{observed:.1%}")
        for place, (foretold, observed) in enumerate(card.tenths, start=1)
    ]


def _capture_rows(card: ModelCard) -> list[tuple[str, ...]]:
    return [(f"{share:.1%}", f"{captured:.1%}") for share, captured in card.captures]


def _benefit_rows(card: ModelCard) -> list[tuple[str, ...]]:
    return [(f"{at:.0%}", f"{own:.4f}", f"{all_:.4f}") for at, own, all_ in card.benefits]


def _group_row(one: GroupLine) -> tuple[str, ...]:
    outcomes = "-" if one.outcomes is None else f"{one.outcomes:,}"
    figures = (one.c_statistic, one.slope, one.observed_to_expected)
    shown = ("-" if f is None else f"{f.value:.2f} ({_interval(f, 2)})" for f in figures)
    taken = "-" if one.taken_up is None else f"{one.taken_up:.1%}"
    return (f"{one.kind}: {one.group}", count_in_words(one.people), outcomes, *shown, taken)


def _interval(one: Estimate, places: int = 3) -> str:
    return f"{one.low:.{places}f} to {one.high:.{places}f}"


def _bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

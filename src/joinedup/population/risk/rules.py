"""What a neighbourhood team can do something about, declared as data.

Risk alone lists people for whom nothing can be changed. Impactibility is choosing those for whom
something can (Lewis, Milbank Quarterly 2010, 88:240; NHS England, Next steps for risk
stratification in the NHS, 2015). Points are how much there is to do, and are a team's to set.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.risk.contacts import EMERGENCY_ADMISSION
from joinedup.population.risk.features import YEAR_DAYS
from joinedup.population.risk.history import known_events, midnight

# Chronic ambulatory-care-sensitive conditions by primary diagnosis: NHS Outcomes Framework,
# indicator 2.3.i, specification (ICD-10). Acute bronchitis, which counts there only beside COPD, is
# left out.
SENSITIVE_ICD10: Final = (
    "B180", "B181", "D501", "D508", "D509", "D51", "D52", "E10", "E11", "E12", "E13", "E14",
    "F00", "F01", "F02", "F03", "G40", "G41", "I10", "I110", "I119", "I130", "I20", "I240", "I248",
    "I249", "I25", "I48", "I50", "J41", "J42", "J43", "J44", "J45", "J46", "J47", "J81",
)  # fmt: skip
_NEVER_DAYS: Final = 99_999


@dataclass(frozen=True, slots=True)
class Bound:
    """A column that must lie at or above `at_least` and at or below `at_most`, where given."""

    column: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, needs: ir.Table) -> ir.BooleanValue:
        """Whether it holds of a person; what is not known does not."""
        value = needs[self.column].cast("float64")
        held = value.notnull()
        if self.at_least is not None:
            held = held & (value >= self.at_least).fill_null(False)
        if self.at_most is not None:
            held = held & (value <= self.at_most).fill_null(False)
        return held


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all bounds hold there is something to do: `need` says what is seen, `action` what."""

    name: str
    need: str
    action: str
    points: int
    bounds: tuple[Bound, ...]

    def holds(self, needs: ir.Table) -> ir.BooleanValue:
        """Whether all bounds hold of a person; never null."""
        return reduce(lambda one, other: one & other, (b.holds(needs) for b in self.bounds))


RULES: Final = (
    Rule(
        "rising_risk", "risk has risen by half or more",
        "Ask what has changed, and review the plan", 2,
        (Bound("risk_ratio", at_least=1.5), Bound("risk_rise", at_least=0.03)),
    ),
    Rule(
        "sensitive_admission",
        "emergency admission in the last year for a condition that community care can manage",
        "Review management of the condition and the plan for a flare-up", 2,
        (Bound("sensitive_admissions_12m", at_least=1),),
    ),
    Rule(
        "gap_in_care", "long-term condition without a review in 12 months",
        "Book the overdue review", 2,
        (Bound("days_since_review", at_least=366), Bound("conditions_count", at_least=1)),
    ),
    Rule(
        "frailty_without_plan", "moderate or severe frailty without a care plan",
        "Offer a comprehensive geriatric assessment and a care plan", 2,
        (Bound("frailty", at_least=2), Bound("has_plan", at_most=0)),
    ),
    Rule(
        "unplanned_use", "three or more emergency attendances in the last year",
        "Agree a plan for urgent care with the person", 1,
        (Bound("emergency_attendances_12m", at_least=3),),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of people, where it is; a rule without its table is not applied.

    `earlier` has person_id, risk at an earlier date by the same model; `reviews` person_id and
    review_date; `frailty` person_id and level (0 fit, 1 mild, 2 moderate, 3 severe); `plans`
    person_id of those with a plan; `sensitive` as `sensitive_admissions` gives.
    """

    earlier: ir.Table | None = None
    reviews: ir.Table | None = None
    frailty: ir.Table | None = None
    plans: ir.Table | None = None
    sensitive: ir.Table | None = None


def sensitive_admissions(
    events: ir.Table,
    codes: ir.Table,
    on: dt.date,
    *,
    icd10: tuple[str, ...] = SENSITIVE_ICD10,
    late_knowledge: bool = False,
) -> ir.Table:
    """Emergency admissions of the last 365 days for an ambulatory-care-sensitive condition.

    Columns person_id, admissions. The diagnosis is the first ICD-10 code of the spell, with or
    without its dot.
    """
    known = known_events(events, on, late_knowledge=late_knowledge)
    recent = known.filter(
        EMERGENCY_ADMISSION.holds(known) & (known.start_at >= midnight(on, -YEAR_DAYS))
    ).select("event_id")
    first = codes.filter((codes.system == "ICD-10") & (codes.position == 1))
    code = first.code.upper().replace(".", "")
    is_one = reduce(lambda a, b: a | b, (code.startswith(prefix) for prefix in icd10))
    found = first.filter(is_one).semi_join(recent, "event_id")
    return found.group_by("person_id").aggregate(admissions=found.event_id.nunique())


def needs(features: ir.Table, scored: ir.Table, on: dt.date, known: Known) -> ir.Table:
    """One row a scored person: features, risk, and those columns for which `known` has a table."""
    found = features.inner_join(scored.select("person_id", "risk"), "person_id")
    if known.earlier is not None:
        before = known.earlier.select("person_id", earlier_risk="risk")
        found = _joined(found, before)
        rise = found.risk - found.earlier_risk
        found = found.mutate(risk_rise=rise, risk_ratio=found.risk / found.earlier_risk)
    if known.reviews is not None:
        done = known.reviews.filter(known.reviews.review_date <= ibis.literal(on))
        last = done.group_by("person_id").aggregate(last=lambda t: t.review_date.max())
        found = _joined(found, last)
        days = ibis.literal(on).delta(found["last"], unit="day").cast("float64")
        found = found.mutate(days_since_review=days.fill_null(float(_NEVER_DAYS)))
    if known.frailty is not None:
        level = known.frailty.group_by("person_id").aggregate(frailty=lambda t: t.level.max())
        found = _joined(found, level)
    if known.plans is not None:
        having = known.plans.select("person_id").distinct().mutate(plan=ibis.literal(1))
        found = _joined(found, having).mutate(has_plan=lambda t: t.plan.fill_null(0))
    if known.sensitive is not None:
        counted = known.sensitive.select("person_id", sensitive_admissions_12m="admissions")
        found = _joined(found, counted)
    return found


def _joined(people: ir.Table, more: ir.Table) -> ir.Table:
    return people.left_join(more, "person_id").drop("person_id_right")

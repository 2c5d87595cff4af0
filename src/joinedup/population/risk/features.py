"""One row of features a person as at an index date, as Ibis, never looking past it."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.ages import age_years
from joinedup.population.places import living
from joinedup.population.risk.contacts import COUNTED, PACKAGE, in_care_home
from joinedup.population.risk.history import (
    History,
    check_conditions,
    known_conditions,
    known_events,
    midnight,
)

YEAR_DAYS: Final = 365
QUARTER_DAYS: Final = 91
WINDOWS: Final = ((YEAR_DAYS, "12m"), (QUARTER_DAYS, "3m"))
_BNF_CHAPTER: Final = 2  # a BNF code begins with two digits for the chapter (NHSBSA, BNF codes)

# Charlson's conditions with the weights that Quan and others found in 2011 (American Journal of
# Epidemiology 173:676, doi 10.1093/aje/kwq433), by the names that registers commonly have. Like
# it, not it: registers are not hospital codes, and severity is not told apart.
CHARLSON_LIKE: Final = (
    ("cancer", 2),
    ("chronic_kidney_disease", 1),
    ("copd", 1),
    ("dementia", 2),
    ("heart_failure", 2),
    ("hiv", 4),
    ("liver_disease", 2),
    ("metastatic_cancer", 6),
    ("paraplegia", 2),
    ("rheumatoid_arthritis", 1),
)


def features(
    history: History,
    on: dt.date,
    *,
    conditions: tuple[str, ...],
    late_knowledge: bool = False,
) -> ir.Table:
    """One row a person living on `on`: person_id, then `feature_names(conditions)`.

    Counts are of the 365 or 91 days that end at the midnight beginning `on`. Nothing that happened
    after that, nor (unless `late_knowledge`) that we were told after `on`, has any effect. What is
    not known (age, deprivation) is null; a count is never null.
    """
    check_conditions(conditions)
    events = known_events(history.events, on, late_knowledge=late_knowledge)
    held = known_conditions(history.conditions, on, late_knowledge=late_knowledge)
    parts = (
        _from_events(events, on),
        _from_codes(events, history.codes, on),
        _from_conditions(held.filter(held.condition.isin(conditions)), conditions),
    )
    found = _people(history, on)
    for part in parts:
        found = found.left_join(part, "person_id").drop("person_id_right")
    nullable = ("age_years", "deprivation_decile")
    counted = [name for name in feature_names(conditions) if name not in nullable]
    zeros = {name: found[name].cast("float64").fill_null(0.0) for name in counted}
    return found.mutate(**zeros).select("person_id", *feature_names(conditions))


def feature_names(conditions: tuple[str, ...]) -> tuple[str, ...]:
    """The names of all features, in the order of the table's columns."""
    counts = [f"{one.name}_{window}" for one in COUNTED for _, window in WINDOWS]
    return (
        "age_years",
        "is_male",
        "is_sex_unknown",
        "deprivation_decile",
        *counts,
        "bed_days_12m",
        "bnf_chapters_12m",
        "has_package",
        "has_care_home",
        "conditions_count",
        "comorbidity_weight",
        *(f"condition_{name}" for name in conditions),
    )


def _people(history: History, on: dt.date) -> ir.Table:
    """Age, sex and deprivation of the living: one row a person."""
    people = living(history.persons, on)
    own = people.select(
        "person_id",
        age_years=age_years(people.birth_month, on).cast("float64"),
        is_male=(people.sex == "male").fill_null(False),
        is_sex_unknown=~people.sex.isin(("male", "female")).fill_null(False),
    )
    areas = history.deprivation.group_by("lsoa_code").aggregate(
        deprivation_decile=lambda t: t.decile.min().cast("float64")
    )
    # Should somebody have two homes, the one whose code sorts first; never two rows.
    homes = history.homes.group_by("person_id").aggregate(lsoa_code=lambda t: t.lsoa_code.min())
    placed = homes.inner_join(areas, "lsoa_code").select("person_id", "deprivation_decile")
    return own.left_join(placed, "person_id").drop("person_id_right")


def _from_events(events: ir.Table, on: dt.date) -> ir.Table:
    """Counts of contacts, days in bed, and care in force: in one pass over the events."""
    sums: dict[str, ir.Value] = {}
    for days, window in WINDOWS:
        recent = events.start_at >= midnight(on, -days)
        for one in COUNTED:
            sums[f"{one.name}_{window}"] = (one.holds(events) & recent).cast("int64").sum()
    goes_on = events.end_at.isnull()
    sums["bed_days_12m"] = _bed_days(events, on).sum()
    sums["has_package"] = (PACKAGE.holds(events) & goes_on).cast("int64").max()
    sums["has_care_home"] = (in_care_home(events) & goes_on).cast("int64").max()
    return events.group_by("person_id").aggregate(**sums)


def _bed_days(events: ir.Table, on: dt.date) -> ir.IntegerValue:
    """Midnights of a spell within the year before `on`; a spell with no end yet lasts to `on`."""
    first, last = ibis.literal(on - dt.timedelta(days=YEAR_DAYS)), ibis.literal(on)
    begun, ended = events.start_at.date(), events.end_at.date()
    since = ibis.ifelse(begun > first, begun, first)
    until = ibis.ifelse(ended.isnull(), last, ended)
    days = until.delta(since, unit="day")
    is_stay = (events.setting == "inpatient") & (events.kind == "spell")
    return ibis.ifelse(is_stay & (days > 0), days, 0).cast("int64")


def _from_codes(events: ir.Table, codes: ir.Table, on: dt.date) -> ir.Table:
    """In how many chapters of the British National Formulary medicines were issued in the year."""
    issued = events.filter(
        (events.kind == "prescription") & (events.start_at >= midnight(on, -YEAR_DAYS))
    ).select("event_id")
    bnf = codes.filter(codes.system == "BNF").select("event_id", "person_id", "code")
    chapters = bnf.semi_join(issued, "event_id").mutate(chapter=lambda t: t.code.left(_BNF_CHAPTER))
    return chapters.group_by("person_id").aggregate(bnf_chapters_12m=lambda t: t.chapter.nunique())


def _from_conditions(held: ir.Table, conditions: tuple[str, ...]) -> ir.Table:
    """Which conditions, how many, and their weight."""
    # A condition that training did not have counts for nothing: it has no part in the model.
    weight = ibis.cases(
        *((held.condition == name, points) for name, points in CHARLSON_LIKE), else_=0
    )
    has = {f"condition_{name}": (held.condition == name).cast("int64").max() for name in conditions}
    return held.group_by("person_id").aggregate(
        conditions_count=held.condition.nunique(), comorbidity_weight=weight.sum(), **has
    )

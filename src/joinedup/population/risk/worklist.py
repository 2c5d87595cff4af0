"""Whom a team should see next: ranked by what can be done, with everybody else accounted for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.risk.model import Model
from joinedup.population.risk.reasons import top_reasons
from joinedup.population.risk.rules import RULES, Rule
from joinedup.terms import SettingError

DECISIONS: Final = ("accepted", "deferred", "declined")
# Priorities are compared to so many places, so that all engines order alike.
_PLACES: Final = 9


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a list is, who is too unlikely to need it, and how long an answer stands.

    An accepted person is the team's, so not on a list of whom to see next, for `accepted_days`; a
    declined one stays away for `declined_days`; a deferred one to the date given, or
    `deferred_days`. Afterwards each comes back if still in need.
    """

    at_most: int = 50
    least_risk: float = 0.05
    accepted_days: int = 365
    declined_days: int = 180
    deferred_days: int = 28


@dataclass(frozen=True, slots=True)
class Apart:
    """Who is not to be listed: each a table with person_id, or None where nobody is."""

    dead: ir.Table | None = None
    opted_out: ir.Table | None = None
    in_hospital: ir.Table | None = None


@dataclass(frozen=True, slots=True)
class Worklist:
    """The list, all who are not on it with why, and the rules for which there was no table.

    `people`: person_id, rank (from 1), risk, points, needs, actions. `left_out`: person_id, why.
    Together they have each person of the needs once.
    """

    people: ir.Table
    left_out: ir.Table
    not_applied: tuple[str, ...]


def worklist(
    needs: ir.Table,
    on: dt.date,
    *,
    rules: Sequence[Rule] = RULES,
    apart: Apart | None = None,
    feedback: ir.Table | None = None,
    limits: Limits | None = None,
) -> Worklist:
    """Rank people by impactable need: risk times the points of the rules that hold.

    Ties go to the higher risk, then by person_id. `feedback` has person_id, decision, reason,
    decided_date and until_date; a person's last answer by `on` counts. SettingError where no rule
    can be applied.
    """
    set_ = limits or Limits()
    applied = [r for r in rules if all(b.column in needs.columns for b in r.bounds)]
    if not applied:
        raise SettingError(
            "no rule can be applied to these people.",
            where="worklist",
            cure="Give a rule whose columns are among the needs.",
        )
    judged = _judged(needs, applied)
    reasons = [*_apart(judged, apart or Apart()), *_answers(judged, feedback, on, set_)]
    for name, table, why in reasons:
        judged = judged.left_join(table.select("person_id", **{name: why}), "person_id").drop(
            "person_id_right"
        )
    why = ibis.coalesce(*(judged[name] for name, _, _ in reasons), _short_of(judged, set_))
    marked = judged.mutate(why=why)
    first = ibis.row_number().over(
        group_by="why",
        order_by=[
            ibis.desc((marked.risk * marked.points).round(_PLACES)),
            ibis.desc(marked.risk.round(_PLACES)),
            ibis.asc("person_id"),
        ],
    )
    ranked = marked.mutate(rank=first + 1)
    is_listed = ranked.why.isnull() & (ranked["rank"] <= set_.at_most)
    listed = ranked.filter(is_listed).select(
        "person_id", "rank", "risk", "points", "needs", "actions"
    )
    others = ranked.filter(~is_listed)
    too_many = f"beyond the list's {set_.at_most} places"
    left_out = others.select("person_id", why=others.why.fill_null(too_many))
    not_applied = tuple(r.name for r in rules if r not in applied)
    return Worklist(listed.order_by("rank"), left_out.order_by("person_id"), not_applied)


def _judged(needs: ir.Table, rules: Sequence[Rule]) -> ir.Table:
    """Points, and what is seen and to be done in words, of each person."""
    met = [rule.holds(needs) for rule in rules]
    points = [ibis.ifelse(one, rule.points, 0) for one, rule in zip(met, rules, strict=True)]
    return needs.select(
        "person_id",
        "risk",
        points=reduce(lambda a, b: a + b, points).cast("int64"),
        needs=_listed(met, [rule.need for rule in rules]),
        actions=_listed(met, [rule.action for rule in rules]),
    )


def _listed(met: Sequence[ir.BooleanValue], words: Sequence[str]) -> ir.StringValue:
    parts = [ibis.ifelse(one, f"; {said}", "") for one, said in zip(met, words, strict=True)]
    return reduce(lambda a, b: a + b, parts).substr(2)


_Reason = tuple[str, ir.Table, ir.StringValue]


def _apart(people: ir.Table, apart: Apart) -> list[_Reason]:
    """Those whom no list may hold, the gravest reason first."""
    known = (
        ("is_dead", apart.dead, "has died"),
        ("is_opted_out", apart.opted_out, "has opted out"),
        ("is_in_hospital", apart.in_hospital, "is in hospital now"),
    )
    return [
        (name, table.select("person_id").distinct(), ibis.literal(why))
        for name, table, why in known
        if table is not None
    ]


def _answers(
    people: ir.Table, feedback: ir.Table | None, on: dt.date, limits: Limits
) -> list[_Reason]:
    """The team's last answer about each person, where it still stands."""
    if feedback is None:
        return []
    unknown = feedback.filter(~feedback.decision.isin(DECISIONS).fill_null(False)).count()
    if unknown.to_pyarrow().as_py():
        raise SettingError(
            "the feedback has decisions that are none.",
            where="feedback",
            cure=f"Write one of: {', '.join(DECISIONS)}.",
        )
    given = feedback.filter(feedback.decided_date <= ibis.literal(on))
    last = ibis.row_number().over(
        group_by="person_id",
        order_by=[
            ibis.desc("decided_date"), ibis.asc("decision"), ibis.asc("until_date"),
            ibis.asc("reason"),
        ],
    )  # fmt: skip
    ranked = given.mutate(place=last)
    one = ranked.filter(ranked.place == 0)
    day = ibis.literal(on)
    since = day.delta(one.decided_date, unit="day")
    waits = ibis.ifelse(one.until_date.isnull(), since < limits.deferred_days, one.until_date > day)
    stands = ibis.cases(
        (one.decision == "accepted", since < limits.accepted_days),
        (one.decision == "declined", since < limits.declined_days),
        else_=waits,
    )
    standing = one.filter(stands)
    said = ibis.cases(
        (standing.decision == "accepted", "the team has taken them up"),
        (standing.decision == "declined", "the team declined"),
        else_="the team put it off",
    )
    reason = standing.reason.fill_null("")
    why = said + ibis.ifelse(reason == "", "", ibis.literal(": ") + reason)
    return [("answer", standing, why)]


def _short_of(people: ir.Table, limits: Limits) -> ir.StringValue:
    """Why somebody whom nothing else keeps off is not for this list; null where they are."""
    return ibis.cases(
        (people.risk.isnull(), "has no score"),
        (people.points == 0, "no rule finds anything for the team to do"),
        (people.risk < limits.least_risk, f"risk is below {limits.least_risk:.0%}"),
    )


def with_reasons(listed: ir.Table, model: Model, features: ir.Table) -> ir.Table:
    """A list's people with `reasons`, the score in words, worked out for these people alone."""
    theirs = features.semi_join(listed, "person_id")
    said = top_reasons(model, theirs)
    joined = listed.inner_join(said, "person_id")
    return joined.select(
        "person_id", "rank", "risk", "points", "reasons", "needs", "actions"
    ).order_by("rank")

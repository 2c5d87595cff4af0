"""Whether people are as old as a score is meant for."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.population.scores.window import AS_AT


def with_is_of_age(scored: ir.Table, people: ir.Table, from_age_years: int) -> ir.Table:
    """Add `is_of_age`: of that age on the as-at date; null where the birth month is not known.

    people: with `birth_month`, else nobody's is known. Years are counted from the first day of the
    month of birth, so a birthday comes a little early.
    """
    if "birth_month" not in people.columns:
        return scored.mutate(is_of_age=ibis.null("boolean"))
    born = people.group_by("person_id").aggregate(born=people.birth_month.max())
    beside = scored.left_join(born, "person_id")
    on, birth = beside[AS_AT], beside.born
    months = (on.year() - birth.year()) * 12 + (on.month() - birth.month())
    return beside.select(*scored.columns, is_of_age=months >= from_age_years * 12)

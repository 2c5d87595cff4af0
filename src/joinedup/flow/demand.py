"""Emergency use beside what the people of each area would be expected to use."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from joinedup.terms import SettingError


def emergency_demand(people: ir.Table, contacts: ir.Table, strata: Sequence[str]) -> ir.Table:
    """Observed and expected emergencies by area: columns area, people, observed, expected.

    `people` has one row a person: person_id, area and the strata (age band, sex, segment of need);
    `contacts` are emergencies of the period, chosen by the caller. Expected by indirect
    standardisation: each stratum's rate over all of `people`, times the area's people in it, so
    that the sums of observed and expected are equal (Breslow and Day, Statistical methods in
    cancer research II, 1987, chapter 2). A null area or stratum is kept as one of its own.
    SettingError where a stratum is not a column of `people`, or none is given.

    The interval (Byar's) is the caller's: observed and expected are all that it needs. Areas are
    compared with the whole, not with each other.
    """
    missing = [name for name in strata if name not in people.columns]
    if missing or not strata:
        raise SettingError(
            f"no column of people for strata: {', '.join(missing) or 'none given'}",
            cure="Name columns of people, such as an age band and sex.",
        )
    used = contacts.group_by(user="person_id").aggregate(events=lambda t: t.count())
    both = people.left_join(used, people.person_id == used.user)
    cells = both.group_by("area", *strata).aggregate(
        people=both.count(), observed=both.events.fill_null(0).sum()
    )
    by_stratum = ibis.window(group_by=list(strata))
    rate = cells.observed.sum().over(by_stratum).cast("float64") / cells.people.sum().over(
        by_stratum
    )
    expected = cells.mutate(expected=rate * cells.people)
    return expected.group_by("area").aggregate(
        people=expected.people.sum(),
        observed=expected.observed.sum(),
        expected=expected.expected.sum(),
    )

"""Scores of general practice, where their codes are given: frailty by deficits, and multimorbidity.

Their codes are not shipped. Conditions that a code list cannot show (five medicines at once, a
prescription within a year, a first cancer within five) are found by rules of their own and added to
the rest: what these functions take is any table of who has what.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.scores.ages import with_is_of_age
from joinedup.population.scores.code_lists import Weight, missing_of
from joinedup.population.scores.maps import HUNDREDTHS, score_map
from joinedup.population.scores.window import KEYS
from joinedup.terms import NotFoundError

# Clegg et al., Age and Ageing 2016;45(3):353-60: of 65 and over; the categories' upper ends.
CLEGG_AGE_YEARS: Final = 65
DEFICITS: Final = tuple(one.key for one in score_map("electronic_frailty").conditions)
_UP_TO_HUNDREDTHS: Final = ((12, "fit"), (24, "mild"), (36, "moderate"))
CAMBRIDGE_CONDITIONS: Final = tuple(one.key for one in score_map("cambridge").conditions)
CAMBRIDGE_WEIGHTS: Final = tuple(
    Weight(one.key, one.weight_hundredths) for one in score_map("cambridge").conditions
)


def electronic_frailty(
    found: ir.Table,
    people: ir.Table,
    *,
    sought: Collection[str],
    from_age_years: int = CLEGG_AGE_YEARS,
) -> ir.Table:
    """The share of 36 deficits: person_id, as_at_date, score, deficits, category, is_of_age.

    found: person_id, as_at_date, condition, as `found_by_codes` gives, others added; conditions
    beside the 36 are passed over. people: person_id and as_at_date of everybody with a record to
    look in. sought: the deficits looked for. category: fit (to 0.12), mild (to 0.24), moderate (to
    0.36), severe. Raises NotFoundError where a deficit was not looked for: the share of what is
    left would be another index.
    """
    _refuse_missing("electronic frailty index", DEFICITS, sought)
    counted = _counted(found, people, tuple(Weight(one, HUNDREDTHS) for one in DEFICITS))
    # 4 of 36 is under 0.12 and 5 of 36 over: in whole numbers nothing hangs on rounding.
    per_hundred = counted.conditions * HUNDREDTHS
    category = ibis.cases(
        *((per_hundred <= most * len(DEFICITS), name) for most, name in _UP_TO_HUNDREDTHS),
        else_="severe",
    )
    scored = counted.select(
        *KEYS,
        score=counted.conditions.cast("float64") / float(len(DEFICITS)),
        deficits=counted.conditions,
        category=category,
    )
    return with_is_of_age(scored, people, from_age_years)


def cambridge_multimorbidity(
    found: ir.Table,
    people: ir.Table,
    *,
    sought: Collection[str],
    weights: tuple[Weight, ...] = CAMBRIDGE_WEIGHTS,
) -> ir.Table:
    """The Cambridge Multimorbidity Score: person_id, as_at_date, score, conditions.

    found, people, sought: as for `electronic_frailty`. weights: those of the general outcome with
    20 conditions, or a list's own. Source: Payne et al., CMAJ 2020;192(5):E107-14. Raises
    NotFoundError where a weighed condition was not looked for.
    """
    _refuse_missing("Cambridge Multimorbidity Score", [one.condition for one in weights], sought)
    return _counted(found, people, weights)


def _counted(found: ir.Table, people: ir.Table, weights: tuple[Weight, ...]) -> ir.Table:
    rows = [(one.condition, one.hundredths) for one in weights]
    table = ibis.memtable(rows, schema={"condition": "string", "hundredths": "int64"})
    each = found.select(*KEYS, "condition").distinct().inner_join(table, "condition")
    summed = each.group_by(*KEYS).aggregate(
        hundredths=each.hundredths.sum().cast("int64"), conditions=each.count()
    )
    everybody = people.select(*KEYS).distinct().left_join(summed, list(KEYS))
    return everybody.select(
        *KEYS,
        score=everybody.hundredths.coalesce(0).cast("float64") / float(HUNDREDTHS),
        conditions=everybody.conditions.coalesce(0),
    )


def _refuse_missing(name: str, wanted: Collection[str], sought: Collection[str]) -> None:
    missing = missing_of(wanted, sought)
    if missing:
        raise NotFoundError(
            f"The {name} waits for codes of {', '.join(missing)}.",
            where="sought",
            cure="Bring a list with codes for each, or find them by another rule and name them.",
        )

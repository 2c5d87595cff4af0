"""The Hospital Frailty Risk Score: frailty as hospital diagnoses show it, at 75 and over.

Gilbert et al., Lancet 2018;391:1775-82, doi 10.1016/S0140-6736(18)30668-8.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.scores.ages import with_is_of_age
from joinedup.population.scores.maps import score_map
from joinedup.population.scores.weighing import weigh
from joinedup.population.scores.window import Window

# Two years, the stay in hand included; people of 75 and over; bands: the paper, methods.
GILBERT_LOOK_BACK_DAYS: Final = 730
GILBERT_AGE_YEARS: Final = 75
_INTERMEDIATE_FROM: Final = 5
_INTERMEDIATE_TO: Final = 15


def hospital_frailty(
    codes: ir.Table,
    people: ir.Table,
    window: Window,
    *,
    from_age_years: int = GILBERT_AGE_YEARS,
) -> ir.Table:
    """The score of each person: columns as `weigh`, then band and is_of_age.

    band: low (under 5), intermediate (5 to 15), high (over 15); null where the score is. is_of_age:
    whether the person is as old as the score is meant for, by `people.birth_month`. The paper looks
    back two years: Window(on=..., look_back_days=GILBERT_LOOK_BACK_DAYS).
    """
    scored = weigh(codes, people, window, score_map("hospital_frailty"))
    band = ibis.cases(
        (scored.score < _INTERMEDIATE_FROM, "low"),
        (scored.score <= _INTERMEDIATE_TO, "intermediate"),
        (scored.score > _INTERMEDIATE_TO, "high"),
        else_=ibis.null("string"),
    )
    return with_is_of_age(scored.mutate(band=band), people, from_age_years)

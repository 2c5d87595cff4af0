"""Prescriptions: long-term medicines every eight or twelve weeks, and short courses.

`medicines.csv` gives, for each medicine, the condition that it is for and the share of people with
it who take it, or without a condition the courses a person a year (illustrative). Codes are the
first nine characters of BNF codes (chemical substance) or, for two groups, the section's six.
People take fewer medicines here than in England, so that a large system's files stay workable.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import date_of, draw_days
from joinedup.synthetic.conditions import CONDITIONS
from joinedup.synthetic.draws import chance, coded, place_in_group
from joinedup.synthetic.interface import Ints, Prescriptions
from joinedup.synthetic.need import Lives, draw_counts
from joinedup.synthetic.presentations import read_rows


def draw_prescriptions(rng: Generator, lives: Lives) -> Prescriptions:
    """All prescriptions of people registered in the area, in order of person and date."""
    rows = read_rows("medicines.csv")
    parts: list[tuple[Ints, Ints, Ints]] = []
    for place, row in enumerate(rows):
        days, share = int(row["days"]), float(row["share"])
        if row["condition"] and days >= 28:
            parts.append(_repeats(rng, lives, place, row["condition"], share, days))
        else:
            parts.append(_courses(rng, lives, place, row["condition"], share))
    who, medicine, day = (np.concatenate([part[k] for part in parts]) for k in range(3))
    order = np.lexsort((medicine, day, who))
    who, medicine, day = who[order], medicine[order], day[order]
    quantity = np.array([float(row["quantity"]) for row in rows])
    days_each = np.array([int(row["days"]) for row in rows], dtype=np.int32)
    units = tuple(sorted({row["unit"] for row in rows}))
    unit = np.array([units.index(row["unit"]) for row in rows], dtype=np.int32)
    return Prescriptions(
        row=who, issued=date_of(day),
        bnf=coded([row["bnf"] for row in rows], medicine),
        name=coded([row["name"] for row in rows], medicine),
        quantity=quantity[medicine], unit=coded(units, unit[medicine]), days=days_each[medicine],
        practice=lives.practice_on(who, day),
    )  # fmt: skip


def _repeats(
    rng: Generator, lives: Lives, place: int, condition: str, share: float, every: int
) -> tuple[Ints, Ints, Ints]:
    """Issues of a long-term medicine, from the beginning of the condition on."""
    begins = lives.onset_day[:, CONDITIONS.index(condition)]
    takes = lives.registered_here & (begins < lives.past_day)
    takes &= chance(rng, share, lives.people)
    taker = np.flatnonzero(takes).astype(np.int32)
    start = np.maximum(begins[taker] + 10, lives.from_day[taker])
    start = start + np.floor(rng.random(len(taker)) * every).astype(np.int64)
    many = np.maximum((lives.past_day[taker] - start - 1) // every + 1, 0)
    who = np.repeat(taker, many)
    day = np.repeat(start, many) + place_in_group(who) * every + rng.integers(-4, 5, len(who))
    # A tenth of issues are missed.
    kept = (day < lives.past_day[who]) & (day >= lives.from_day[who])
    kept &= rng.random(len(who)) < 0.9
    return who[kept], np.full(int(kept.sum()), place, dtype=np.int32), day[kept].astype(np.int32)


def _courses(
    rng: Generator, lives: Lives, place: int, condition: str, share: float
) -> tuple[Ints, Ints, Ints]:
    """Short courses, more of them in winter."""
    who_may = lives.having(condition) if condition else np.ones(lives.people, dtype=bool)
    yearly = share * who_may * lives.registered_here * lives.need**0.4
    who = draw_counts(rng, lives, np.asarray(yearly))
    day = draw_days(rng, "respiratory", lives.from_day[who], lives.past_day[who])
    return who, np.full(len(who), place, dtype=np.int32), day

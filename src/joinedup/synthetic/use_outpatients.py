"""Outpatient pathways: a referral, its appointments, and for some a place on a waiting list.

Rates and waits are illustrative, of the order of what NHS England publishes: well over one
attendance a person a year, 7% not attended, a median wait of about 14 weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import (
    DAYS,
    at_time,
    date_of,
    draw_days,
    draw_seconds,
)
from joinedup.synthetic.draws import chance, coded, pick, pick_each, place_in_group
from joinedup.synthetic.interface import Floats, Ints, Outpatients, World
from joinedup.synthetic.need import Lives, by_age, gradient
from joinedup.synthetic.specialties import specialties

ATTENDED = ("5", "3", "2", "4")
_ATTENDED_SHARE = (0.82, 0.065, 0.065, 0.05)
_WAIT_DAYS = (1.3, 70.0)  # gamma shape and scale of the wait from referral to a first appointment
_LIST_WAIT_DAYS = (1.4, 75.0)  # from being listed to admission
_BETWEEN_DAYS = (1.6, 55.0)


@dataclass(frozen=True, slots=True)
class Listings:
    """Patients put on a waiting list at an appointment, and the day of their admission."""

    row: Ints
    day: Ints
    decided: Ints
    specialty: Ints  # in `specialties`
    trust: Ints
    outpatient: Ints


def referral_rate(lives: Lives) -> Floats:
    """New outpatient referrals a year for each person."""
    base = by_age(
        lives, (0, 0.34), (5, 0.26), (15, 0.22), (30, 0.30), (50, 0.36), (65, 0.52), (78, 0.72),
        (90, 0.55),
    )  # fmt: skip
    many = 1 + 0.10 * lives.has.sum(axis=1)
    women = np.where(lives.female & (lives.age > 16) & (lives.age < 50), 1.35, 1.0)
    return np.asarray(1.13 * base * np.sqrt(lives.need) * many * women * gradient(lives, 1.15))


def draw_outpatients(rng: Generator, world: World, lives: Lives) -> tuple[Outpatients, Listings]:
    """All appointments in order of person and time, and who was listed at one."""
    kinds = specialties()
    # Referrals of the months before the window have appointments in it.
    run_in = 270
    row = np.repeat(
        np.arange(lives.people, dtype=np.int32),
        rng.poisson(referral_rate(lives) * (lives.years + run_in / 365.25)),
    )
    size = len(row)
    first_day, past = lives.from_day[row] - run_in, lives.past_day[row]
    referred = np.floor(first_day + rng.random(size) * (past - first_day)).astype(np.int64)
    referred = np.maximum(referred, lives.born_day[row])
    specialty = pick_each(rng, kinds.weights(lives.age[row], lives.female[row], lives.has[row]))
    priority = pick(rng, (0.74, 0.16, 0.10), size)
    wait = rng.gamma(_WAIT_DAYS[0], _WAIT_DAYS[1], size) * np.array([1.0, 0.35, 0.0])[priority]
    wait = np.where(priority == 2, 4 + rng.random(size) * 14, wait + 5)
    many = 1 + rng.geometric(1 / (1 + kinds.follow_ups[specialty])) - 1
    pathway = np.repeat(np.arange(size, dtype=np.int32), many)
    place = place_in_group(pathway)
    between = 7 + rng.gamma(_BETWEEN_DAYS[0], _BETWEEN_DAYS[1], len(pathway))
    so_far = np.cumsum(np.where(place == 0, 0.0, between))
    so_far -= so_far[np.flatnonzero(place == 0)][pathway]
    day = (referred + wait)[pathway] + so_far
    return _appointments(
        rng, world, lives, row, referred, specialty, priority, pathway, place, many,
        _working_day(rng, day),
    )  # fmt: skip


def _working_day(rng: Generator, day: Floats) -> Ints:
    """A day on which clinics run, in the week from `day` on; unchanged outside the window."""
    whole = np.floor(day).astype(np.int64)
    moved = draw_days(rng, "booked", np.clip(whole, 0, DAYS - 1), np.clip(whole + 7, 1, DAYS))
    return np.where((whole >= 0) & (whole < DAYS - 7), moved, whole).astype(np.int32)


def _appointments(
    rng: Generator, world: World, lives: Lives, row: Ints, referred: np.ndarray, specialty: Ints,
    priority: Ints, pathway: Ints, place: np.ndarray, many: np.ndarray, day: Ints,
) -> tuple[Outpatients, Listings]:  # fmt: skip
    """Appointments that fall in the window, in order, and the listings that came of them."""
    kinds = specialties()
    who = row[pathway]
    kept = (day >= lives.from_day[who]) & (day < np.minimum(lives.past_day[who], DAYS - 7))
    kept &= day >= referred[pathway]
    final = place == many[pathway] - 1
    seconds = draw_seconds(rng, "clinic", len(day), minutes=5)
    home = np.maximum(lives.acute[row], 0)
    away = chance(rng, 0.12, len(row))
    trust = np.where(away, rng.integers(0, max(len(world.acute), 1), len(row)), home)
    source = pick(rng, (0.66, 0.10, 0.08, 0.16), len(row))
    listed_share = kinds.elective[specialty]
    listed = chance(rng, listed_share, len(row))
    order = np.flatnonzero(kept)
    order = order[np.lexsort((seconds[order], day[order], who[order]))]
    path, size = pathway[order], len(order)
    distance = chance(rng, np.where(place[order] == 0, 0.14, 0.22), size)
    keep_away = np.array([0.065, 0.04])[(lives.age[who[order]] > 60).astype(int)]
    poor = (
        keep_away
        * gradient(lives, 2.2)[who[order]]
        * (1 + 0.2 * lives.having("severe_mental_illness")[who[order]])
    )
    status = pick(rng, np.array([1, 0, 0.08, 0.06]), size)
    status = np.where((status == 0) & chance(rng, poor, size), 1, status)
    outcome = np.where(final[order], 0, pick(rng, (0, 0.7, 0.3), size))
    first = np.where(place[order] == 0, 0, 1) + 2 * distance
    table = Outpatients(
        row=who[order], pathway=path, referred=date_of(referred[path]),
        start=at_time(day[order], seconds[order]),
        attended=coded(ATTENDED, status),
        first=coded(("1", "2", "3", "4"), first),
        outcome=coded(("1", "2", "3"), np.where(status == 0, outcome, -1)),
        priority=coded(("1", "2", "3"), priority[path]),
        source=coded(("03", "04", "01", "05"), source[path]),
        specialty=coded(kinds.code, specialty[path]), provider=coded(world.acute, trust[path]),
    )  # fmt: skip
    # Listed at the first appointment that was kept.
    seen = np.flatnonzero(listed[path] & (status == 0) & (place[order] == 0))
    wait = 6 + rng.gamma(_LIST_WAIT_DAYS[0], _LIST_WAIT_DAYS[1], len(seen))
    wait = np.where(priority[path[seen]] == 2, 6 + rng.random(len(seen)) * 25, wait)
    decided = day[order][seen]
    planned = _working_day(rng, decided + wait)
    return table, Listings(
        row=table.row[seen], day=planned, decided=decided, specialty=specialty[path[seen]],
        trust=trust[path[seen]].astype(np.int32), outpatient=seen.astype(np.int32),
    )  # fmt: skip

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
from joinedup.synthetic.interface import Flags, Floats, Ints, Longs, Outpatients, World
from joinedup.synthetic.need import Lives, by_age, gradient
from joinedup.synthetic.presentations import presentations
from joinedup.synthetic.specialties import specialties
from joinedup.synthetic.use_emergency import Crises

ATTENDED = ("5", "3", "2", "4")
SOURCES = ("03", "04", "01", "05")  # GP, emergency department, after admission, consultant
_RUN_IN = 270  # days before the window whose referrals have appointments in it
_AFTER_ADMISSION, _AFTER_VISIT = 0.22, 0.10  # share of crises with a follow-up; illustrative
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
    return np.asarray(1.04 * base * np.sqrt(lives.need) * many * women * gradient(lives, 1.15))


@dataclass(frozen=True, slots=True)
class _Pathways:
    """Referrals before their appointments; `referred` is a day, `source` a place in SOURCES."""

    row: Ints
    referred: Longs
    specialty: Ints
    priority: Ints
    source: Ints
    trust: Ints


def draw_outpatients(
    rng: Generator, world: World, lives: Lives, crises: Crises
) -> tuple[Outpatients, Listings]:
    """All appointments in order of person and time, and who was listed at one."""
    parts = (_referred(rng, world, lives), _followed_up(rng, lives, crises))
    names = _Pathways.__slots__
    paths = _Pathways(*(np.concatenate([getattr(part, n) for part in parts]) for n in names))
    size, follow_ups = len(paths.row), specialties().follow_ups
    wait = (
        rng.gamma(_WAIT_DAYS[0], _WAIT_DAYS[1], size) * np.array([1.0, 0.35, 0.0])[paths.priority]
    )
    wait = np.where(paths.priority == 2, 4 + rng.random(size) * 14, wait + 5)
    many = rng.geometric(1 / (1 + follow_ups[paths.specialty]))
    pathway = np.repeat(np.arange(size, dtype=np.int32), many)
    place = place_in_group(pathway)
    between = 7 + rng.gamma(_BETWEEN_DAYS[0], _BETWEEN_DAYS[1], len(pathway))
    so_far = np.cumsum(np.where(place == 0, 0.0, between))
    so_far -= so_far[np.flatnonzero(place == 0)][pathway]
    day = _working_day(rng, (paths.referred + wait)[pathway] + so_far)
    kept = (day >= lives.from_day[paths.row[pathway]]) & (day >= paths.referred[pathway])
    kept &= day < np.minimum(lives.past_day[paths.row[pathway]], DAYS)
    seconds = draw_seconds(rng, "clinic", len(day), minutes=5)
    order = np.flatnonzero(kept)
    order = order[np.lexsort((seconds[order], day[order], paths.row[pathway[order]]))]
    path, final = pathway[order], (place == many[pathway] - 1)[order]
    return _appointments(
        rng, world, lives, paths, path, place[order], final, day[order], seconds[order]
    )


def _referred(rng: Generator, world: World, lives: Lives) -> _Pathways:
    """Referrals by GPs and consultants, those of the months before the window among them."""
    kinds = specialties()
    row = np.repeat(
        np.arange(lives.people, dtype=np.int32),
        rng.poisson(referral_rate(lives) * (lives.years + _RUN_IN / 365.25)),
    )
    size = len(row)
    first_day, past = lives.from_day[row] - _RUN_IN, lives.past_day[row]
    referred = np.floor(first_day + rng.random(size) * (past - first_day)).astype(np.int64)
    home = np.maximum(lives.acute[row], 0)
    other = rng.integers(0, max(len(world.acute), 1), size)
    return _Pathways(
        row=row,
        referred=np.maximum(referred, lives.born_day[row]),
        specialty=pick_each(rng, kinds.weights(lives.age[row], lives.female[row], lives.has[row])),
        priority=pick(rng, (0.74, 0.16, 0.10), size),
        source=pick(rng, (0.78, 0.0, 0.0, 0.22), size),
        trust=np.where(chance(rng, 0.12, size), other, home).astype(np.int32),
    )


def _followed_up(rng: Generator, lives: Lives, crises: Crises) -> _Pathways:
    """Referrals that follow an emergency admission, or a visit without one, within days."""
    kinds, listed = specialties(), presentations().specialty
    share = np.where(crises.admitted, _AFTER_ADMISSION, np.where(crises.minor, 0.01, _AFTER_VISIT))
    after = np.flatnonzero(chance(rng, share, len(crises.row)) & ~crises.last)
    row, size = crises.row[after], len(after)
    place = {code: index for index, code in enumerate(kinds.code)}
    of_kind = np.array([place.get(code, place["300"]) for code in listed], dtype=np.int32)
    child = lives.age[row] < 16
    own = np.where(child, place["420"], of_kind[crises.kind[after]])
    return _Pathways(
        row=row,
        referred=crises.second[after] // 86_400 + rng.integers(1, 12, size),
        specialty=own.astype(np.int32),
        priority=pick(rng, (0.55, 0.45, 0.0), size),
        source=np.where(crises.admitted[after], 2, 1).astype(np.int32),
        trust=crises.trust[after],
    )


def _working_day(rng: Generator, day: Floats) -> Ints:
    """A day on which clinics run, in the week from `day` on; unchanged outside the window."""
    whole = np.floor(day).astype(np.int64)
    moved = draw_days(rng, "booked", np.clip(whole, 0, DAYS - 1), np.clip(whole + 7, 1, DAYS))
    return np.where((whole >= 0) & (whole < DAYS), moved, whole).astype(np.int32)


def _appointments(
    rng: Generator, world: World, lives: Lives, paths: _Pathways, path: Ints, place: Longs,
    final: Flags, day: Ints, seconds: Longs,
) -> tuple[Outpatients, Listings]:  # fmt: skip
    """The appointments, in order, each with its pathway, and the listings that came of them."""
    kinds, size = specialties(), len(path)
    row = paths.row[path]
    listed = chance(rng, kinds.elective[paths.specialty], len(paths.row))
    distance = chance(rng, np.where(place == 0, 0.14, 0.22), size)
    keeps_away = np.where(lives.age[row] > 60, 0.04, 0.065) * gradient(lives, 2.2)[row]
    keeps_away = keeps_away * np.where(lives.having("severe_mental_illness")[row], 1.6, 1.0)
    status = pick(rng, (1.0, 0.0, 0.08, 0.06), size)
    status = np.where((status == 0) & chance(rng, keeps_away, size), 1, status)
    outcome = np.where(final, 0, pick(rng, (0, 0.7, 0.3), size))
    table = Outpatients(
        row=row, pathway=path, referred=date_of(paths.referred[path]),
        start=at_time(day, seconds),
        attended=coded(ATTENDED, status),
        first=coded(("1", "2", "3", "4"), np.where(place == 0, 0, 1) + 2 * distance),
        outcome=coded(("1", "2", "3"), np.where(status == 0, outcome, -1)),
        priority=coded(("1", "2", "3"), paths.priority[path]),
        source=coded(SOURCES, paths.source[path]),
        specialty=coded(kinds.code, paths.specialty[path]),
        provider=coded(world.acute, paths.trust[path]),
    )  # fmt: skip
    # Listed at the first appointment, where it was kept.
    seen = np.flatnonzero(listed[path] & (status == 0) & (place == 0))
    wait = 6 + rng.gamma(_LIST_WAIT_DAYS[0], _LIST_WAIT_DAYS[1], len(seen))
    urgent = paths.priority[path[seen]] == 2
    wait = np.where(urgent, 6 + rng.random(len(seen)) * 25, wait)
    return table, Listings(
        row=row[seen], day=_working_day(rng, day[seen] + wait), decided=day[seen],
        specialty=paths.specialty[path[seen]], trust=paths.trust[path[seen]],
        outpatient=seen.astype(np.int32),
    )  # fmt: skip

"""Crises: what brings people to emergency care, by which way, and who is admitted.

Rates a year are illustrative, of the order of NHS England's A&E attendances (about 0.4 a person a
year, most in infancy and great age) and of ambulance incidents (about 0.12). Need acts in full
proportion, so that those who came often will come often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import DAYS, draw_seconds, when
from joinedup.synthetic.conditions import CONDITIONS
from joinedup.synthetic.draws import chance, coded, pick, pick_each
from joinedup.synthetic.interface import (
    AmbulanceIncidents,
    Emergencies,
    Flags,
    Floats,
    Ints,
    Longs,
    World,
)
from joinedup.synthetic.need import (
    Lives,
    by_age,
    draw_counts,
    draw_event_days,
    gradient,
)
from joinedup.synthetic.presentations import presentations

DAY = 86_400
HOUR = 3_600
_OWN_TRUST = 0.88  # who use their main acute trust; illustrative
_LAST_MONTHS_CRISES = 1.1  # more than usual, in the last half year of life; illustrative
_SERIOUS = (
    "heart_failure", "copd", "cancer", "stroke", "dementia", "severe_mental_illness",
    "chronic_kidney_disease", "alcohol_dependence", "epilepsy", "coronary_heart_disease",
)  # fmt: skip

# SNOMED CT codes of the Emergency Care Data Set.
ARRIVALS = ("1048031000000100", "1048071000000103", "1048061000000105")  # ambulance, own, public
ACUITIES = (
    "1064891000000107",  # immediate
    "1064911000000105",  # very urgent
    "1064901000000108",  # urgent
    "1077241000000103",  # standard
    "1077251000000100",  # low
)
SOURCES = ("507291000000100", "276491000", "889801000000100")  # self, GP, emergency services
DESTINATIONS = (
    "306689006",  # home
    "306706006",  # ward
    "1066331000000109",  # emergency short stay ward
    "306694006",  # nursing home
    "305398007",  # mortuary
)


@dataclass(frozen=True, slots=True)
class Crises:
    """Sudden illness and injury, in order of person and time; `second` counts from START."""

    row: Ints
    second: Longs
    kind: Ints  # in `presentations`
    last: Flags  # the illness that the person dies of in hospital
    stay: Longs  # days, of `last` alone
    admitted: Flags
    direct: Flags  # admitted by a GP, not through an emergency department
    minor: Flags
    ambulance: Flags
    acuity: Ints
    trust: Ints  # in World.acute


def draw_crises(rng: Generator, world: World, lives: Lives, died_in_hospital: Flags) -> Crises:
    """All crises of the chunk."""
    row, second, kind, last, stay = _happen(rng, lives, died_in_hospital)
    list_ = presentations()
    age, size = lives.age[row], len(row)
    minor = chance(rng, list_.minor[kind] * 0.85, size) & ~last
    rate = list_.admission_chance(kind, age) * np.where(lives.frailty[row] >= 2, 1.12, 1.0)
    admitted = (chance(rng, rate, size) & ~minor) | last
    direct = admitted & chance(rng, np.where(list_.minor[kind] > 0, 0.04, 0.14), size) & ~last
    older = np.interp(age, (0, 10, 20, 60, 85), (0.35, 0.4, 0.55, 0.72, 0.95))
    ambulance = ~direct & ~minor & chance(rng, list_.ambulance[kind] * older, size)
    severity = 2.6 - 1.3 * admitted - 0.7 * ambulance + 1.0 * minor + rng.normal(0, 0.7, size)
    home = np.maximum(lives.acute[row], 0)
    other = rng.integers(0, max(len(world.acute), 1), size)
    trust = np.where(chance(rng, _OWN_TRUST, size), home, other)
    return Crises(
        row=row, second=second, kind=kind, last=last, stay=stay, admitted=admitted, direct=direct,
        minor=minor, ambulance=ambulance,
        acuity=np.clip(np.round(severity), 0, 4).astype(np.int32), trust=trust.astype(np.int32),
    )  # fmt: skip


def crisis_rate(lives: Lives) -> Floats:
    """Crises a year for each person."""
    base = by_age(
        lives, (0, 0.62), (2, 0.50), (6, 0.30), (14, 0.27), (22, 0.36), (40, 0.29), (60, 0.25),
        (72, 0.30), (82, 0.48), (95, 0.80),
    )  # fmt: skip
    many = lives.has[:, [CONDITIONS.index(name) for name in _SERIOUS]].sum(axis=1)
    frail = np.array([1.0, 1.15, 1.4, 1.7])[lives.frailty]
    return np.asarray(0.95 * base * lives.need * gradient(lives, 1.8) * (1 + 0.22 * many) * frail)


def _happen(
    rng: Generator, lives: Lives, died_in_hospital: Flags
) -> tuple[Ints, Longs, Ints, Flags, Longs]:
    """Who falls ill when, and with what; the last illness of those who die in hospital with it."""
    row = draw_counts(rng, lives, crisis_rate(lives))
    dying = np.flatnonzero(lives.death_day < DAYS).astype(np.int32)
    extra = np.repeat(dying, rng.poisson(_LAST_MONTHS_CRISES, len(dying)))
    before = np.floor(rng.exponential(55, len(extra))).astype(np.int64) + 1
    near = lives.death_day[extra] - before
    extra, near = extra[near >= lives.from_day[extra]], near[near >= lives.from_day[extra]]
    last = np.flatnonzero(died_in_hospital).astype(np.int32)
    stay = np.minimum(rng.geometric(0.11, len(last)) - 1, 60)
    stay = np.minimum(stay, lives.death_day[last] - lives.from_day[last])
    rows = np.concatenate([row, extra, last])
    kind = _kinds(rng, lives, rows)
    day = _days(rng, lives, rows, kind)
    day[len(row) : len(row) + len(extra)] = near
    if len(last):
        day[-len(last) :] = lives.death_day[last] - stay
    second = day.astype(np.int64) * DAY + draw_seconds(rng, "emergency", len(rows))
    is_last = np.arange(len(rows)) >= len(rows) - len(last)
    stays = np.concatenate([np.zeros(len(rows) - len(last), dtype=np.int64), stay])
    # Who dies on the day of admission came in the small hours of it.
    sudden = is_last & (stays == 0)
    second = np.where(sudden, day.astype(np.int64) * DAY + second % (6 * HOUR), second)
    order = np.lexsort((second, rows))
    return rows[order], second[order], kind[order], is_last[order], stays[order]


def _kinds(rng: Generator, lives: Lives, row: Ints) -> Ints:
    return pick_each(rng, presentations().weights(lives.age[row], lives.has[row]))


def _days(rng: Generator, lives: Lives, row: Ints, kind: Ints) -> NDArray[np.int64]:
    """Days in the season of each presentation."""
    seasons = presentations().season
    day = np.zeros(len(row), dtype=np.int64)
    for season in sorted(set(seasons)):
        these = np.isin(kind, [place for place, name in enumerate(seasons) if name == season])
        day[these] = draw_event_days(rng, lives, row[these], season)
    return day


def emergencies(
    rng: Generator, world: World, lives: Lives, crises: Crises, came: Flags,
    spell_of: Ints, admitted_at: Longs,
) -> Emergencies:  # fmt: skip
    """The crises that `came` to an emergency department. `spell_of` is each one's spell or -1.

    `admitted_at` is when each spell began, which is when its patient left the department.
    """
    visit = np.flatnonzero(came)
    size, list_ = len(visit), presentations()
    row, kind, minor = crises.row[visit], crises.kind[visit], crises.minor[visit]
    spell = spell_of[visit]
    admitted = spell >= 0
    arrived = crises.second[visit]
    # Every patient who was admitted stayed half an hour or more, so the steps fit in that.
    assessed = arrived + (60 * np.minimum(3 + rng.exponential(10, size), 20)).astype(np.int64)
    winter = np.cos(2 * np.pi * (arrived / DAY + 90 - 15) / 365.25)
    wait = 60 * rng.gamma(1.6, np.where(minor, 20, 38 + 10 * winter), size)
    wait = np.where(admitted, np.minimum(wait, 9 * 60), wait)
    seen = assessed + wait.astype(np.int64)
    work = 60 * rng.gamma(2.0, np.where(minor, 20, 44), size)
    departed = seen + work.astype(np.int64) + 300
    if admitted.any():
        departed = np.where(admitted, admitted_at[np.maximum(spell, 0)], departed)
    decided = seen + ((departed - seen) * (0.3 + 0.5 * rng.random(size))).astype(np.int64)
    return Emergencies(
        row=row, arrived=when(arrived), assessed=when(assessed), seen=when(seen),
        decided_to_admit=np.where(admitted, when(decided), np.datetime64("NaT")),
        departed=when(departed),
        department=coded(("01", "03"), minor.astype(np.int32)),
        arrival_mode=coded(
            ARRIVALS, np.where(crises.ambulance[visit], 0, pick(rng, (0, 0.92, 0.08), size))
        ),
        acuity=coded(ACUITIES, crises.acuity[visit]),
        complaint=coded(list_.complaint, kind),
        diagnosis=coded(list_.diagnosis, np.where(rng.random(size) < 0.12, -1, kind)),
        attendance_source=coded(
            SOURCES, np.where(crises.ambulance[visit], 2, pick(rng, (0.88, 0.12), size))
        ),
        destination=coded(DESTINATIONS, _destinations(rng, lives, row, admitted)),
        provider=coded(world.acute, crises.trust[visit]),
        ambulance_row=np.full(size, -1, dtype=np.int32),
        admission_row=spell.astype(np.int32),
    )  # fmt: skip


def _destinations(rng: Generator, lives: Lives, row: Ints, admitted: Flags) -> Ints:
    """Places in DESTINATIONS."""
    short = chance(rng, 0.18, len(row))
    home = np.where(lives.care_home[row], 3, 0)
    return np.where(admitted, np.where(short, 2, 1), home).astype(np.int32)


def ambulance_incidents(
    rng: Generator, world: World, lives: Lives, crises: Crises, visit_of: Ints
) -> AmbulanceIncidents:
    """Calls: those that ended in an emergency department, and as many again by half that did not.

    `visit_of` is each crisis's place among the emergency attendances, -1 where there is none. About
    half of incidents are conveyed to hospital (NHS England, ambulance quality indicators).
    """
    taken = np.flatnonzero(crises.ambulance & (visit_of >= 0))
    left = draw_counts(
        rng, lives, 0.05 * crisis_rate(lives) * by_age(lives, (15, 0.4), (60, 1.2), (90, 4))
    )
    kind = np.concatenate([crises.kind[taken], _kinds(rng, lives, left)])
    row = np.concatenate([crises.row[taken], left])
    size, conveyed = len(row), np.arange(len(row)) < len(taken)
    heard = ~conveyed & chance(rng, 0.28, size)
    day = draw_event_days(rng, lives, left, "emergency").astype(np.int64)
    calls = day * DAY + draw_seconds(rng, "ambulance", len(left))
    acuity = np.concatenate([crises.acuity[taken], 1 + pick(rng, (0.25, 0.45, 0.3), len(left))])
    category = np.clip(acuity + (rng.random(size) < 0.3), 0, 3).astype(np.int32)
    # Mean response by category, minutes: order of NHS England ambulance indicators, 2023-25.
    response = 60 * rng.gamma(2.0, np.array([8.5, 36, 125, 150])[category] / 2)
    on_scene = 60 * rng.gamma(4.0, 9.0, size)
    journey = 60 * rng.gamma(3.0, 6.0, size)
    handover = 60 * (8 + rng.gamma(1.1, 22.0, size))
    before = response + on_scene + journey
    called = np.concatenate([crises.second[taken] - before[: len(taken)].astype(np.int64), calls])
    called = np.maximum(called, 0)
    allocated = called + (response * 0.6).astype(np.int64)
    scene = called + response.astype(np.int64)
    gone = scene + on_scene.astype(np.int64)
    arrived = np.concatenate(
        [np.maximum(crises.second[taken], gone[: len(taken)]), gone[len(taken) :]]
    )
    handed = arrived + handover.astype(np.int64)
    clear = np.where(conveyed, handed + 900, np.where(heard, called + 1500, gone + 600))
    nowhere = np.datetime64("NaT")
    order = np.lexsort((called, row))
    visit = np.concatenate([visit_of[taken], np.full(len(left), -1, dtype=np.int32)])
    trust = np.concatenate([crises.trust[taken], np.full(len(left), -1, dtype=np.int32)])

    def on_road(seconds: Longs, who: Flags) -> NDArray[np.datetime64]:
        return np.where(who, when(seconds), nowhere)[order]

    return AmbulanceIncidents(
        row=row[order].astype(np.int32), called=when(called)[order],
        allocated=on_road(allocated, ~heard), at_scene=on_road(scene, ~heard),
        left_scene=on_road(gone, conveyed), at_hospital=on_road(arrived, conveyed),
        handed_over=on_road(handed, conveyed), clear=when(clear)[order],
        category=coded(("C1", "C2", "C3", "C4"), category[order]),
        complaint=coded(presentations().name, kind[order]),
        outcome=coded(
            ("conveyed", "see and treat", "hear and treat"),
            np.where(conveyed, 0, np.where(heard, 2, 1))[order],
        ),
        hospital=coded(world.acute, trust[order]),
        provider=coded(world.ambulance, lives.ambulance[row[order]]),
        emergency_row=visit[order].astype(np.int32),
    )  # fmt: skip

"""Adult social care and charities.

A chain in client-level data is a request, what it led to (an assessment, short-term reablement, a
long-term service) and reviews. Rates are illustrative, of the order of NHS England's adult social
care activity: about 4.5 new requests a year for each 100 adults, and 1.5 to 2 in 100 adults with
long-term support at some time in a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import DAYS, at_time, date_of, draw_seconds
from joinedup.synthetic.draws import chance, coded, pick
from joinedup.synthetic.interface import (
    CharityActivities,
    Flags,
    Floats,
    Ints,
    Longs,
    SocialCareEvents,
)
from joinedup.synthetic.need import Lives, by_age, draw_counts, draw_event_days, gradient
from joinedup.synthetic.use_admissions import Spells

KINDS = ("Request", "Assessment", "Service", "Review")
ROUTES = ("Discharge from Hospital", "Community / Other route", "Planned entry (Transition)")
SERVICES = (
    "Short Term Support: ST-Max", "Long Term Support: Community",
    "Long Term Support: Residential Care", "Long Term Support: Nursing Care",
    "Short Term Support: Ongoing Low Level", "Carer Support: Direct to Carer",
)  # fmt: skip
COMPONENTS = (
    "Reablement", "Home Support", "Long Term Residential Care", "Long Term Nursing Care",
    "Community Equipment", "Carer Respite", "Direct Payment", "Day Support",
)  # fmt: skip
MECHANISMS = ("CASSR Managed Personal Budget", "Direct Payment", "CASSR Commissioned Support")
OUTCOMES = (
    "Progress to Reablement/ST-Max", "Progress to Assessment",
    "Progress to Support Planning / Services", "NFA - Information & Advice / Signposting only",
    "NFA - Self-funded client (inc. 12wk disregard)", "NFA - Support declined",
    "Service ended as planned", "No change in package",
    "Progress to Re-assessment / Unplanned Review",
    "NFA - Deceased", "Admitted to hospital", "Provision of service",
)  # fmt: skip
REASONS = (
    "Physical Support: Access & mobility only", "Physical Support: Personal care support",
    "Support with Memory & Cognition", "Learning Disability Support", "Mental Health Support",
    "Social Support: Support to Carer",
)  # fmt: skip
CLIENTS = ("Service User", "Carer")
# Pounds a week: home care about 12 hours at £24, residential about £900, nursing about £1,050
# (order of magnitude of NHS England, adult social care activity and finance, 2023-24).
_WEEKLY = {1: 290.0, 2: 900.0, 3: 1050.0}
_NONE = -1


@dataclass(frozen=True, slots=True)
class _Events:
    """Events of one kind while chains are put together; days count from the window's first."""

    row: Ints
    chain: Ints
    kind: int
    start: Longs
    end: Longs  # DAYS or later: not ended
    service: Ints
    component: Ints
    outcome: Ints
    route: Ints
    spell: Ints


def request_rate(lives: Lives) -> Floats:
    """Requests for support a year, those on discharge from hospital apart."""
    base = by_age(lives, (18, 0.0), (19, 0.003), (50, 0.004), (65, 0.007), (80, 0.030), (92, 0.075))
    frail = np.array([0.6, 1.4, 2.6, 3.4])[lives.frailty] * (lives.age >= 18)
    special = 0.07 * lives.having("learning_disability") + 0.03 * lives.having(
        "severe_mental_illness"
    )
    special = special + 0.05 * lives.having("dementia")
    rate = 0.70 * base * frail * lives.need**0.6 + special * (lives.age >= 18)
    return np.asarray(rate * gradient(lives, 1.5) * (lives.council >= 0))


def draw_social_care(rng: Generator, lives: Lives, spells: Spells) -> SocialCareEvents:
    """All chains of the chunk's adults, in order of person, chain and start."""
    asked = draw_counts(rng, lives, request_rate(lives))
    day = draw_event_days(rng, lives, asked, "community").astype(np.int64)
    spell, day_out = _from_hospital(rng, lives, spells)
    known = _known_before(rng, lives)
    row = np.concatenate([asked, spells.row[spell], known]).astype(np.int32)
    start = np.concatenate([day, day_out, -1 - rng.integers(0, 1400, len(known))]).astype(np.int64)
    of_spell = np.concatenate([
        np.full(len(asked), _NONE), spell, np.full(len(known), _NONE)
    ]).astype(np.int32)  # fmt: skip
    old = np.arange(len(row)) >= len(asked) + len(spell)
    order = np.lexsort((start, row))
    return _chains(rng, lives, row[order], start[order], of_spell[order], old[order])


def _from_hospital(rng: Generator, lives: Lives, spells: Spells) -> tuple[Ints, Longs]:
    """Spells whose discharge led to a request, and the day: while still in, or the day out."""
    row = spells.row
    may = (lives.age[row] >= 18) & (lives.council[row] >= 0) & ~spells.died & ~spells.day_case
    may &= (spells.crisis >= 0) & ~lives.care_home[row] & (spells.discharged < DAYS * 86_400)
    share = np.array([0.004, 0.03, 0.12, 0.2])[lives.frailty[row]] + 0.28 * (spells.delay > 1)
    spell = np.flatnonzero(may & chance(rng, share, len(row))).astype(np.int32)
    day = spells.discharged[spell] // 86_400 - np.minimum(spells.delay[spell], 6)
    return spell, np.maximum(day, spells.admitted[spell] // 86_400)


def _known_before(rng: Generator, lives: Lives) -> Ints:
    """People with a long-term service since before the window."""
    share = np.where(lives.care_home, 0.35, 0.0)  # about half are paid for by councils
    share = share + 0.35 * lives.having("learning_disability") + 0.06 * (lives.frailty == 3)
    share = share + 0.05 * lives.having("severe_mental_illness")
    may = (lives.age >= 18) & (lives.council >= 0) & (lives.from_day == 0)
    return np.flatnonzero(may & chance(rng, share, lives.people)).astype(np.int32)


def _chains(
    rng: Generator, lives: Lives, row: Ints, start: Longs, spell: Ints, known: Flags
) -> SocialCareEvents:
    """Events of each chain. `known` chains began before the window and are still in service."""
    size = len(row)
    chain = np.arange(size, dtype=np.int32)
    dead = lives.death_day[row].astype(np.int64)
    hospital = spell >= 0
    # Outcome of a request; about a third of requests lead to support.
    outcome = np.where(
        hospital, pick(rng, (0.52, 0.30, 0.06, 0.06, 0.05, 0.01), size),
        pick(rng, (0.10, 0.34, 0.04, 0.40, 0.07, 0.05), size),
    )  # fmt: skip
    outcome = np.where(known, 1, outcome)
    asked_end = start + np.floor(rng.random(size) * 6).astype(np.int64)
    none = np.full(size, _NONE, dtype=np.int32)
    route = np.where(hospital, 0, np.where(lives.age[row] < 19.5, 2, 1)).astype(np.int32)
    request = _Events(row, chain, 0, start, asked_end, none, none, outcome, route, spell)
    reabled = outcome == 0
    begins = np.maximum(asked_end + 1, start + 1)
    ends = begins + 7 + np.minimum(rng.gamma(3.0, 9.0, size), 35).astype(np.int64)
    short = _Events(
        row, chain, 2, begins, ends, np.zeros(size, np.int32), np.zeros(size, np.int32),
        np.where(rng.random(size) < 0.7, 6, 1).astype(np.int32), none, spell,
    )  # fmt: skip
    judged = np.where(
        reabled, ends + 1, asked_end + 3 + np.floor(rng.random(size) * 25).astype(np.int64)
    )
    assessed = (outcome == 1) | (reabled & (short.outcome == 1))
    served = assessed & (chance(rng, 0.62, size) | known)
    judged_end = judged + np.floor(rng.random(size) * 14).astype(np.int64)
    found = np.where(served, 2, pick(rng, (0, 0, 0, 0.5, 0.4, 0.1), size)).astype(np.int32)
    assessment = _Events(row, chain, 1, judged, judged_end, none, none, found, none, spell)
    service, component = _services(rng, lives, row)
    from_day = judged_end + 2 + np.floor(rng.random(size) * 12).astype(np.int64)
    lasts = rng.exponential(np.where(service >= 2, 1100, 700), size).astype(np.int64) + 20
    lasts = np.where(known, np.maximum(lasts, 60 - from_day), lasts)
    until = np.minimum(from_day + lasts, dead)
    long_end = np.where(until == dead, 9, 6).astype(np.int32)
    long_term = _Events(row, chain, 2, from_day, until, service, component, long_end, none, spell)
    parts = [
        (request, ~known | (start >= -400)), (short, reabled), (assessment, assessed),
        (long_term, served),
    ]  # fmt: skip
    parts += _reviews(rng, row, chain, served, from_day, until, spell)
    return _table(rng, lives, dead, parts)


def _services(rng: Generator, lives: Lives, row: Ints) -> tuple[Ints, Ints]:
    """Long-term service and its component: residential or nursing care in a care home."""
    size, home = len(row), lives.care_home[row]
    carer = lives.carer[row] & (lives.frailty[row] == 0) & chance(rng, 0.4, size)
    service = np.where(home, 2 + (rng.random(size) < 0.4), np.where(carer, 5, 1))
    low = ~home & ~carer & chance(rng, 0.22, size)
    service = np.where(low, 4, service)
    at_home = np.where(rng.random(size) < 0.2, 6, np.where(rng.random(size) < 0.12, 7, 1))
    component = np.choose(service, [np.zeros(size, int), at_home, 2, 3, 4, 5])
    return service.astype(np.int32), component.astype(np.int32)


def _reviews(
    rng: Generator,
    row: Ints,
    chain: Ints,
    served: Flags,
    from_day: Longs,
    until: Longs,
    spell: Ints,
) -> list[tuple[_Events, Flags]]:
    """A review about once a year while a long-term service goes on."""
    size, parts = len(row), []
    none = np.full(size, _NONE, dtype=np.int32)
    for year in range(1, 7):
        start = from_day + 365 * year + rng.integers(-60, 90, size)
        outcome = np.where(rng.random(size) < 0.75, 7, 8).astype(np.int32)
        end = start + rng.integers(0, 10, size)
        kept = served & (start < until) & chance(rng, 0.6, size) & (start >= -365)
        parts.append((_Events(row, chain, 3, start, end, none, none, outcome, none, spell), kept))
    return parts


def _table(
    rng: Generator, lives: Lives, dead: Longs, parts: list[tuple[_Events, Flags]]
) -> SocialCareEvents:
    """The events that began in the window's span and before death, as one table."""
    picked: dict[str, list[np.ndarray]] = {name: [] for name in _Events.__slots__}
    for events, wanted in parts:
        kept = np.flatnonzero(wanted & (events.start < np.minimum(dead, DAYS)))
        for name in _Events.__slots__:
            value = getattr(events, name)
            picked[name].append(
                np.full(len(kept), value, dtype=np.int32) if name == "kind" else value[kept]
            )
    joined = {name: np.concatenate(columns) for name, columns in picked.items()}
    ended_by_death = np.minimum(joined["end"], lives.death_day[joined["row"]])
    service = joined["kind"] == 2
    on = service & (ended_by_death >= DAYS)
    kept = np.flatnonzero(service | (ended_by_death < DAYS))
    kept = kept[np.lexsort((joined["kind"][kept], joined["start"][kept], joined["chain"][kept]))]
    row, code = joined["row"][kept], joined["service"][kept]
    size = len(kept)
    weekly = np.array([_WEEKLY.get(place, np.nan) for place in range(len(SERVICES))] + [np.nan])[
        code
    ]
    mechanism = np.where(joined["component"][kept] == 6, 1, np.where(code >= 2, 2, 0))
    mechanism = np.where(service[kept], mechanism, _NONE)
    end = date_of(np.minimum(ended_by_death[kept], DAYS))
    carer = code == 5
    return SocialCareEvents(
        row=row, chain=joined["chain"][kept], kind=coded(KINDS, joined["kind"][kept]),
        start=date_of(joined["start"][kept]),
        end=np.where(on[kept], np.datetime64("NaT"), end),
        service=coded(SERVICES, code), component=coded(COMPONENTS, joined["component"][kept]),
        mechanism=coded(MECHANISMS, mechanism),
        outcome=coded(OUTCOMES, np.where(on[kept], 11, joined["outcome"][kept])),
        route=coded(ROUTES, joined["route"][kept]),
        reason=coded(REASONS, _reasons(lives, row)),
        weekly_cost_pounds=np.round(weekly * rng.gamma(9, 1 / 9, size), 2),
        client=coded(CLIENTS, carer.astype(np.int32)), admission_row=joined["spell"][kept],
    )  # fmt: skip


def _reasons(lives: Lives, row: Ints) -> Ints:
    """Primary support reason, from the person's conditions."""
    return np.select(
        [
            lives.having("learning_disability")[row], lives.having("dementia")[row],
            lives.having("severe_mental_illness")[row], lives.frailty[row] >= 2,
        ],
        [3, 2, 4, 1], 0,
    ).astype(np.int32)  # fmt: skip


ACTIVITIES = (
    "Befriending visit", "Lunch club", "Carers' group", "Welfare advice", "Falls exercise class",
    "Hospice day service", "Bereavement support", "Community transport",
)  # fmt: skip
REFERRERS = ("Self", "GP social prescriber", "Hospital discharge team", "Council", "Family")


def draw_charity(rng: Generator, lives: Lives) -> CharityActivities:
    """Charity sessions: a few people, each of whom comes again and again."""
    lonely = lives.lives_alone & (lives.age > 65)
    weights = np.stack(
        [
            3.0 * lonely + 2.0 * lives.housebound, 2.5 * lonely, 1.8 * lives.carer,
            0.02 + 0.5 * (lives.deprivation > 0.2) * (lives.age > 18),
            1.5 * (lives.frailty >= 1) * (lives.age > 65),
            4.0 * (lives.having("cancer") & (lives.death_day < 2 * DAYS)),
            0.05 + 0.4 * (lives.partner < 0) * (lives.age > 60), 1.0 * (lives.frailty >= 2),
        ],
        axis=1,
    )  # fmt: skip
    known = (lives.age >= 16) & chance(
        rng, np.minimum(0.009 * weights.sum(axis=1), 0.5), lives.people
    )
    who = np.flatnonzero(known).astype(np.int32)
    cumulative = np.cumsum(weights[who], axis=1)
    at = rng.random(len(who)) * cumulative[:, -1]
    activity = (cumulative <= at[:, None]).sum(axis=1)
    referred_by = pick(rng, (0.30, 0.28, 0.12, 0.12, 0.18), len(who))
    times = 1 + rng.poisson(rng.gamma(0.9, 6.0, len(who)))
    place = np.repeat(np.arange(len(who)), times)
    row = who[place]
    day = draw_event_days(rng, lives, row, "booked").astype(np.int64)
    second = draw_seconds(rng, "clinic", len(row), minutes=15)
    order = np.lexsort((second, day, row))
    minutes = np.array([60, 120, 90, 45, 60, 240, 60, 30], dtype=np.int32)
    return CharityActivities(
        row=row[order], start=at_time(day[order], second[order]),
        minutes=minutes[activity[place[order]]],
        activity=coded(ACTIVITIES, activity[place[order]]),
        referred_by=coded(REFERRERS, referred_by[place[order]]),
    )  # fmt: skip

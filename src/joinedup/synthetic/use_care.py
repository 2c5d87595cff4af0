"""Community and mental-health care: a referral to a team, and the contacts that follow.

`teams.csv` says who is likely to be referred to which team and how many contacts follow; it is
illustrative. Part of community referrals follow a discharge from hospital.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import DAYS, at_time, date_of, draw_days, draw_seconds, when
from joinedup.synthetic.conditions import CONDITIONS
from joinedup.synthetic.draws import chance, coded, pick, pick_each, place_in_group
from joinedup.synthetic.interface import CareContacts, CareReferrals, Flags, Floats, Ints, Longs
from joinedup.synthetic.need import Lives, by_age, gradient
from joinedup.synthetic.presentations import read_rows
from joinedup.synthetic.use_admissions import Spells

SOURCES = ("GP", "hospital", "self", "social care", "ambulance", "school")
CLOSE_REASONS = ("completed", "rejected", "withdrawn", "died")
ATTENDANCE = ("5", "3", "2", "4")
_BANDS = ("child", "young", "middle", "old")
_RUN_IN = 120  # days before the window whose referrals have contacts in it

COMMUNITY_TEAMS = tuple(r["name"] for r in read_rows("teams.csv") if r["setting"] == "community")
MENTAL_HEALTH_TEAMS = tuple(
    r["name"] for r in read_rows("teams.csv") if r["setting"] == "mental_health"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Referrals before their contacts: person, second of receipt, team, and the spell before."""

    row: Ints
    second: Longs
    team: Ints
    spell: Ints


def community_rate(lives: Lives) -> Floats:
    """Community referrals a year, those after a discharge apart."""
    base = by_age(
        lives, (0, 1.1), (2, 0.30), (6, 0.12), (18, 0.04), (45, 0.06), (65, 0.11), (80, 0.28),
        (92, 0.50),
    )  # fmt: skip
    frail = np.array([1.0, 1.3, 1.9, 2.5])[lives.frailty]
    return np.asarray(0.80 * base * lives.need**0.8 * frail)


def mental_health_rate(lives: Lives) -> Floats:
    """Mental-health referrals a year."""
    base = by_age(lives, (4, 0.0), (9, 0.03), (15, 0.06), (25, 0.06), (50, 0.035), (75, 0.04))
    ill = 1 + 2.2 * lives.having("depression") + 1.2 * lives.having("anxiety")
    ill = ill + 8 * lives.having("severe_mental_illness") + 4 * lives.having("dementia")
    ill = ill + 4 * lives.having("learning_disability") + 4 * lives.having("alcohol_dependence")
    return np.asarray(0.78 * base * lives.need**0.8 * ill * gradient(lives, 2.0))


def draw_care(
    rng: Generator, lives: Lives, setting: str, provider: tuple[str, ...], spells: Spells
) -> tuple[CareReferrals, CareContacts]:
    """Referrals and contacts of one setting, each in order of person and time."""
    teams = [row for row in read_rows("teams.csv") if row["setting"] == setting]
    community = setting == "community"
    asked = _from_outside(
        rng, lives, teams, community_rate(lives) if community else mental_health_rate(lives)
    )
    if community:
        after = _after_discharge(rng, lives, spells, [row["name"] for row in teams])
        asked = Asked(
            *(np.concatenate([getattr(asked, k), getattr(after, k)]) for k in Asked.__slots__)
        )
    order = np.lexsort((asked.second, asked.row))
    asked = Asked(*(getattr(asked, name)[order] for name in Asked.__slots__))
    return _follow(rng, lives, teams, provider, asked)


def _from_outside(
    rng: Generator, lives: Lives, teams: list[dict[str, str]], yearly: Floats
) -> Asked:
    """Referrals by GPs and others, from a little before the window on."""
    row = np.repeat(
        np.arange(lives.people, dtype=np.int32),
        rng.poisson(yearly * (lives.years + _RUN_IN / 365.25)),
    )
    first = np.maximum(lives.from_day[row] - _RUN_IN, lives.born_day[row])
    day = np.floor(first + rng.random(len(row)) * (lives.past_day[row] - first)).astype(np.int64)
    weights = np.array([[float(team[band]) for team in teams] for band in _BANDS])
    weights = weights[np.digitize(lives.age[row], (16, 45, 75))] + 1e-6
    for place, team in enumerate(teams):
        if team["condition"]:
            held = lives.has[row, CONDITIONS.index(team["condition"])]
            weights[:, place] *= np.where(held, float(team["boost"]), 1.0)
    second = day * 86_400 + draw_seconds(rng, "clinic", len(row))
    return Asked(row, second, pick_each(rng, weights), np.full(len(row), -1, dtype=np.int32))


def _after_discharge(rng: Generator, lives: Lives, spells: Spells, names: list[str]) -> Asked:
    """Referrals on the day of discharge: recovery for the frail and delayed, nursing for others."""
    row = spells.row
    frail = lives.frailty[row]
    old = (lives.age[row] >= 65) & ~spells.died & ~spells.day_case
    old &= (spells.discharged < DAYS * 86_400) & (spells.crisis >= 0)
    recovery = old & chance(
        rng, np.array([0.04, 0.10, 0.28, 0.38])[frail] + 0.3 * (spells.delay > 0), len(row)
    )
    nursing = old & ~recovery & chance(rng, 0.12, len(row))
    spell = np.flatnonzero(recovery | nursing).astype(np.int32)
    team = np.where(
        recovery[spell], names.index("Reablement and Home First"), names.index("District nursing")
    )
    # Sent on the day before, or on the day itself.
    second = spells.discharged[spell] - rng.integers(600, 20_000, len(spell))
    second = np.maximum(second, spells.admitted[spell] + 600)
    return Asked(row[spell], second, team.astype(np.int32), spell)


def _follow(
    rng: Generator,
    lives: Lives,
    teams: list[dict[str, str]],
    provider: tuple[str, ...],
    asked: Asked,
) -> tuple[CareReferrals, CareContacts]:
    """What becomes of each referral: accepted or not, contacts, closure."""
    size, row, team = len(asked.row), asked.row, asked.team
    received = asked.second // 86_400
    urgent = chance(rng, np.array([_is_urgent(t) for t in teams])[team], size)
    fate = pick(rng, (0.90, 0.06, 0.04), size)
    fate = np.where(asked.spell >= 0, 0, fate)
    wait = np.where(
        urgent | (asked.spell >= 0), rng.exponential(1.2, size), rng.gamma(1.2, 16, size)
    )
    accepted = received + np.minimum(wait * 0.4, 20).astype(np.int64)
    weeks = np.array([float(t["weeks"]) for t in teams])[team]
    mean = np.array([float(t["contacts"]) for t in teams])[team]
    length = np.maximum(rng.gamma(1.5, weeks * 7 / 1.5), 1)
    dead = lives.death_day[row].astype(np.int64)
    many = np.where(fate == 0, 1 + rng.poisson(rng.gamma(0.8, np.maximum(mean - 1, 0.2) / 0.8)), 0)
    contacts = _contacts(
        rng, lives, teams, asked, received + wait.astype(np.int64), length, many, urgent
    )
    # Closed after the last contact; the latest contact of a referral is never after it.
    closed = received + wait.astype(np.int64) + length.astype(np.int64) + 7
    closed = np.where(
        fate == 0, closed, received + 1 + np.floor(rng.random(size) * 14).astype(np.int64)
    )
    died = dead < closed
    closed = np.minimum(closed, dead)
    opened = closed < DAYS
    none = np.datetime64("NaT")
    kept = received < np.minimum(lives.past_day[row], DAYS)
    assert kept.all()
    source = np.array([SOURCES.index(t["source"]) for t in teams])[team]
    varied = pick(rng, (0.5, 0.2, 0.12, 0.1, 0.08, 0.0), size)
    source = np.where(asked.spell >= 0, 1, np.where(chance(rng, 0.25, size), varied, source))
    taken_on = (fate != 1) & (accepted < np.minimum(DAYS, closed + 1))
    shared = provider if provider else ("",)
    referrals = CareReferrals(
        row=row, received=when(asked.second),
        accepted=np.where(taken_on, date_of(accepted), none),
        closed=np.where(opened, date_of(np.minimum(closed, DAYS)), none),
        close_reason=coded(CLOSE_REASONS, np.where(opened, np.where(died, 3, fate), -1)),
        source=coded(SOURCES, source), team=coded([t["name"] for t in teams], team), urgent=urgent,
        reason=coded([t["reason"] for t in teams], team),
        provider=coded(shared, (lives.lsoa[row] % len(shared)).astype(np.int32)),
        admission_row=asked.spell,
    )  # fmt: skip
    return referrals, contacts


def _is_urgent(team: dict[str, str]) -> float:
    return 0.8 if float(team["weeks"]) <= 3 else 0.12


def _contacts(
    rng: Generator, lives: Lives, teams: list[dict[str, str]], asked: Asked, first: Longs,
    length: Floats, many: Ints, urgent: Flags,
) -> CareContacts:  # fmt: skip
    """Contacts spread over the length of each referral, the first on its first day."""
    referral = np.repeat(np.arange(len(asked.row), dtype=np.int32), many)
    place = place_in_group(referral)
    along = np.where(place == 0, 0.0, rng.random(len(referral)) * length[referral])
    target = (first[referral] + along).astype(np.int64)
    inside = (target >= 0) & (target < DAYS)
    # Moved to a day on which the team works, within three days.
    day = draw_days(rng, "community", np.clip(target, 0, DAYS - 1), np.clip(target + 3, 1, DAYS))
    row = asked.row[referral]
    inside &= (day >= lives.from_day[row]) & (day < lives.past_day[row])
    second = draw_seconds(rng, "clinic", len(referral), minutes=5)
    inside &= day.astype(np.int64) * 86_400 + second >= asked.second[referral]
    at = np.flatnonzero(inside)
    at = at[np.lexsort((second[at], day[at], row[at]))]
    team, size = asked.team[referral[at]], len(at)
    home_share = np.array([float(t["home"]) for t in teams])[team]
    at_home = chance(rng, np.where(lives.housebound[row[at]], 0.95, home_share), size)
    medium = np.where(at_home, 0, pick(rng, (0.70, 0.24, 0.06), size))
    minutes = np.array([float(t["minutes"]) for t in teams])[team] * rng.gamma(8, 1 / 8, size)
    return CareContacts(
        row=row[at].astype(np.int32), referral=referral[at], start=at_time(day[at], second[at]),
        minutes=np.maximum(np.round(minutes / 5) * 5, 5).astype(np.int32),
        attended=coded(ATTENDANCE, pick(rng, (0.88, 0.05, 0.04, 0.03), size)),
        medium=coded(("01", "02", "03"), medium), at_home=at_home,
    )  # fmt: skip

"""Hospital spells: emergency, planned and maternity; lengths of stay, readiness and delay.

Lengths of stay and the share delayed are illustrative, of the order of what NHS England publishes:
about half of emergency spells last under two days, and on a given day about one bed in eight holds
someone who no longer needs to be there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import DAYS, date_of, draw_seconds, when
from joinedup.synthetic.conditions import CONDITIONS, conditions
from joinedup.synthetic.draws import chance, coded, pick
from joinedup.synthetic.interface import Admissions, Flags, Ints, Longs, World
from joinedup.synthetic.need import Lives
from joinedup.synthetic.presentations import presentations, read_rows
from joinedup.synthetic.specialties import specialties
from joinedup.synthetic.use_emergency import DAY, HOUR, Crises
from joinedup.synthetic.use_outpatients import Listings

METHODS = ("11", "12", "13", "21", "22", "31", "82")
_EMERGENCY, _BY_GP, _DELIVERY, _BIRTH = 3, 4, 5, 6
_SECONDARY = 6
_NONE = -1


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells while they are being put together; seconds count from the window's first midnight."""

    row: Ints
    admitted: Longs
    ready: Longs
    discharged: Longs
    method: Ints
    day_case: Flags
    died: Flags
    decided: Longs  # day
    specialty: Ints  # in `treatment_functions`
    primary: Ints  # in `diagnosis_codes`
    procedure: Ints  # in `specialties().operations`
    trust: Ints
    delay: Longs  # days
    crisis: Ints
    listing: Ints

    def take(self, places: NDArray[np.integer]) -> Spells:
        """The spells at some places."""
        return Spells(*(getattr(self, name)[places] for name in self.__slots__))


def draw_spells(rng: Generator, lives: Lives, crises: Crises, listings: Listings) -> Spells:
    """All spells, in order of person and time, none beginning within another of the same person."""
    parts = [_emergency(rng, lives, crises), _planned(rng, lives, listings), _births(rng, lives)]
    names = Spells.__slots__
    spells = Spells(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    spells = spells.take(np.lexsort((spells.admitted, spells.row)))
    return _apart(lives, spells)


def _emergency(rng: Generator, lives: Lives, crises: Crises) -> Spells:
    crisis = np.flatnonzero(crises.admitted).astype(np.int32)
    row, kind, size = crises.row[crisis], crises.kind[crisis], len(crisis)
    winter = np.cos(2 * np.pi * (crises.second[crisis] / DAY + 75) / 365.25)
    # Hours from arrival: until seen and decided, then for a bed, longer in winter.
    hours = 0.5 + rng.gamma(3.0, 0.85, size) + rng.gamma(0.9, 3.2 + 1.5 * winter)
    admitted = crises.second[crisis] + (HOUR * np.minimum(hours, 47)).astype(np.int64)
    age, frail = lives.age[row], lives.frailty[row]
    mean = presentations().stay_days[kind] * np.interp(
        age, (0, 16, 50, 85), (0.55, 0.6, 0.85, 1.15)
    )
    days = np.floor(rng.gamma(0.85, mean * np.array([0.95, 1.05, 1.25, 1.35])[frail] / 0.85))
    days = np.minimum(days, 150).astype(np.int64)
    delayed = chance(rng, np.array([0.03, 0.12, 0.34, 0.45])[frail] * (days >= 2), size)
    delay = np.where(delayed, 1 + rng.gamma(1.1, 6.5, size).astype(np.int64), 0)
    last = crises.last[crisis]
    ready, discharged = _leaving(rng, admitted, days, delay)
    end = lives.death_day[row].astype(np.int64) * DAY + 9 * HOUR + rng.integers(0, 14 * HOUR, size)
    admitted = np.where(last, np.minimum(admitted, end - 2 * HOUR), admitted)
    discharged, ready = np.where(last, end, discharged), np.where(last, end, ready)
    young = (age < 16) & np.isin(kind, _general())
    specialty = np.where(young, _place("420"), _presentation_specialty()[kind])
    return Spells(
        row=row, admitted=admitted, ready=ready, discharged=discharged,
        method=np.where(crises.direct[crisis], _BY_GP, _EMERGENCY).astype(np.int32),
        day_case=np.zeros(size, dtype=bool), died=last, decided=admitted // DAY,
        specialty=specialty.astype(np.int32), primary=kind.astype(np.int32),
        procedure=_operation_for(kind, rng), trust=crises.trust[crisis],
        delay=np.where(last, 0, delay), crisis=crisis, listing=_no_link(size),
    )  # fmt: skip


def _leaving(rng: Generator, admitted: Longs, days: Longs, delay: Longs) -> tuple[Longs, Longs]:
    """Times ready to leave and discharged, after so many days and then so many days of delay."""
    size = len(days)
    same_day = days + delay == 0
    short = admitted + (HOUR * (2 + rng.gamma(2.0, 3.0, size))).astype(np.int64)
    left = (admitted // DAY + days + delay) * DAY + draw_seconds(rng, "discharge", size)
    discharged = np.where(same_day, short, np.maximum(left, admitted + 2 * HOUR))
    lately = discharged - (HOUR * (0.5 + 4 * rng.random(size))).astype(np.int64)
    early = (discharged // DAY - delay) * DAY + 9 * HOUR + rng.integers(0, 6 * HOUR, size)
    ready = np.where(delay > 0, np.minimum(early, lately), lately)
    return np.maximum(ready, admitted + 1800), np.maximum(discharged, admitted + 3600)


def _planned(rng: Generator, lives: Lives, listings: Listings) -> Spells:
    """Spells of patients listed at an outpatient appointment."""
    size, kinds = len(listings.row), specialties()
    day_case = chance(rng, kinds.day_case[listings.specialty], size)
    admitted = listings.day.astype(np.int64) * DAY + draw_seconds(rng, "theatre", size)
    days = np.where(day_case, 0, 1 + rng.poisson(kinds.stay_days[listings.specialty]))
    ready, discharged = _leaving(
        rng, admitted, days.astype(np.int64), np.zeros(size, dtype=np.int64)
    )
    evening = admitted + 13 * HOUR
    discharged = np.where(day_case, np.minimum(discharged, evening), discharged)
    ready = np.minimum(ready, discharged)
    function = np.array([_place(code) for code in kinds.code], dtype=np.int32)
    return Spells(
        row=listings.row, admitted=admitted, ready=ready, discharged=discharged,
        method=pick(rng, (0.58, 0.24, 0.18), size), day_case=day_case,
        died=np.zeros(size, dtype=bool), decided=listings.decided.astype(np.int64),
        specialty=function[listings.specialty],
        primary=len(presentations().icd10) + kinds.draw_diagnosis(rng, listings.specialty),
        procedure=kinds.draw_operation(rng, listings.specialty), trust=listings.trust,
        delay=np.zeros(size, dtype=np.int64), crisis=_no_link(size), listing=listings.outpatient,
    )  # fmt: skip


def _births(rng: Generator, lives: Lives) -> Spells:
    """A spell for each birth in the window: the mother's and the baby's."""
    baby = np.flatnonzero((lives.born_day >= 0) & (lives.mother >= 0)).astype(np.int32)
    baby = baby[lives.female[lives.mother[baby]]]
    # Twins are born at once: one delivery for the two.
    first = (lives.twin[baby] < 0) | (lives.twin[baby] > baby)
    mother = lives.mother[baby]
    day = lives.born_day[baby].astype(np.int64)
    there = first & (day >= lives.from_day[mother]) & (day < lives.past_day[mother])
    size = len(baby)
    born = day * DAY + rng.integers(6 * HOUR, DAY - HOUR, size)
    caesarean = chance(rng, 0.4, size)  # about 4 in 10 births in England (NHS maternity statistics)
    days = 1 + rng.poisson(np.where(caesarean, 1.4, 0.5))
    left = (day + days) * DAY + draw_seconds(rng, "discharge", size)
    codes = len(presentations().icd10) + len(specialties().diagnoses)
    both = []
    for who, method, primary, start, these in (
        (
            mother,
            _DELIVERY,
            codes + np.where(caesarean, 1, 0),
            born - rng.integers(0, 6 * HOUR, size),
            there,
        ),
        (baby, _BIRTH, np.full(size, codes + 2), born, np.full(size, True)),
    ):
        n = int(these.sum())
        both.append(Spells(
            row=who[these], admitted=start[these], ready=(left - 2 * HOUR)[these],
            discharged=left[these], method=np.full(n, method, dtype=np.int32),
            day_case=np.zeros(n, dtype=bool), died=np.zeros(n, dtype=bool), decided=day[these],
            specialty=np.full(n, _place("501" if method == _DELIVERY else "420"), dtype=np.int32),
            primary=np.asarray(primary)[these].astype(np.int32), procedure=_no_link(n),
            trust=lives.acute[who[these]], delay=np.zeros(n, dtype=np.int64),
            crisis=_no_link(n), listing=_no_link(n),
        ))  # fmt: skip
    return Spells(*(np.concatenate([getattr(b, name) for b in both]) for name in Spells.__slots__))


def _apart(lives: Lives, spells: Spells) -> Spells:
    """Without spells that begin within another; the spell in which a person dies always stays."""
    from_day, past = lives.from_day[spells.row], lives.past_day[spells.row]
    inside = (spells.admitted >= from_day * DAY) & (spells.admitted < past.astype(np.int64) * DAY)
    dies = np.full(lives.people, np.iinfo(np.int64).max)
    dies[spells.row[spells.died]] = spells.admitted[spells.died]
    dead = lives.death_day[spells.row].astype(np.int64) * DAY
    whole = spells.died | (spells.discharged < np.minimum(dies[spells.row], dead))
    spells = spells.take(np.flatnonzero(inside & whole))
    # Ends are made to rise from person to person, so that one running maximum serves all.
    shift = spells.row.astype(np.int64) * (4 * DAYS * DAY)
    ends = np.maximum.accumulate(spells.discharged + shift)
    free = np.ones(len(ends), dtype=bool)
    free[1:] = (spells.admitted + shift)[1:] > ends[:-1]
    return spells.take(np.flatnonzero(free | spells.died))


def spell_at(spells: Spells, row: Ints, second: Longs) -> Ints:
    """The spell in which each person was at each time, -1 where in none."""
    if len(spells.row) == 0:
        return np.full(len(row), _NONE, dtype=np.int32)
    person = np.int64(4 * DAYS * DAY)
    begins = spells.row * person + spells.admitted
    latest = np.searchsorted(begins, row * person + second, side="right") - 1
    spell = np.maximum(latest, 0)
    within = (latest >= 0) & (spells.row[spell] == row) & (second < spells.discharged[spell])
    return np.where(within, spell, _NONE).astype(np.int32)


def admissions(
    rng: Generator, world: World, lives: Lives, spells: Spells, visit_of: Ints
) -> Admissions:
    """The spells as a provider records them. `visit_of` is each crisis's emergency attendance."""
    size, row = len(spells.row), spells.row
    still = spells.discharged >= DAYS * DAY
    past = spells.ready >= DAYS * DAY
    none = np.datetime64("NaT")
    died, home = spells.died, lives.care_home[row]
    frail = (lives.frailty[row] >= 2) & (lives.age[row] >= 70)
    to_home = home | (frail & (spells.delay > 3) & chance(rng, 0.35, size))
    other = chance(rng, np.where(spells.day_case, 0.0, 0.012), size)
    hospice = ~to_home & chance(
        rng, np.where(lives.death_day[row] < spells.discharged // DAY + 30, 0.15, 0), size
    )
    destination = np.select([still, died, other, hospice, to_home], [-1, 2, 1, 4, 3], 0)
    source = np.where(
        spells.method == _BIRTH, 3, np.where(home, 1, np.where(chance(rng, 0.01, size), 2, 0))
    )
    own = chance(rng, 0.012, size) & ~spells.day_case
    leave = np.where(still, -1, np.where(died, 2, own.astype(int)))
    # Why patients who are ready do not leave: `delays.csv`.
    delays = read_rows("delays.csv")
    reasons = pick(rng, [float(delay["share"]) for delay in delays], size)
    crisis = (
        np.where(spells.crisis >= 0, visit_of[np.maximum(spells.crisis, 0)], _NONE)
        if len(visit_of)
        else _no_link(size)
    )
    return Admissions(
        row=row, admitted=when(spells.admitted),
        ready=np.where(past | died, none, when(spells.ready)),
        discharged=np.where(still, none, when(spells.discharged)),
        decided=date_of(np.minimum(spells.decided, spells.admitted // DAY)),
        method=coded(METHODS, spells.method),
        source=coded(("19", "85", "51", "79"), source),
        destination=coded(("19", "51", "79", "85", "88"), destination),
        discharge_method=coded(("1", "2", "4"), leave),
        classification=coded(("1", "2"), spells.day_case.astype(np.int32)),
        specialty=coded(treatment_functions(), spells.specialty),
        provider=coded(world.acute, spells.trust),
        diagnoses=_diagnoses(rng, lives, spells), icd10=diagnosis_codes(),
        procedures=spells.procedure[:, None].astype(np.int16), opcs=specialties().operations,
        procedure_date=np.where(spells.procedure >= 0, date_of(spells.admitted // DAY), none),
        delay_reason=coded(
            [delay["reason"] for delay in delays], np.where((spells.delay > 1), reasons, -1)
        ),
        emergency_row=crisis.astype(np.int32), outpatient_row=spells.listing,
    )  # fmt: skip


def _diagnoses(rng: Generator, lives: Lives, spells: Spells) -> NDArray[np.int16]:
    """Primary diagnosis, then up to six of the person's conditions in no fixed order."""
    listed, codes = _listed_diagnoses(), diagnosis_codes()
    first = len(listed) - len(CONDITIONS)
    begun = lives.onset_day[spells.row] <= (spells.admitted // DAY)[:, None]
    order = np.argsort(np.where(begun, rng.random(begun.shape), 2.0), axis=1)[:, :_SECONDARY]
    held = np.take_along_axis(begun, order, axis=1)
    # A day case is coded with fewer of them.
    held &= rng.random(held.shape) < np.where(spells.day_case, 0.45, 0.85)[:, None]
    code = np.array([codes.index(each) for each in listed], dtype=np.int16)
    primary = code[spells.primary]
    secondary = np.where(held, code[order + first], -1)
    secondary = np.where(secondary == primary[:, None], -1, secondary)
    secondary = np.take_along_axis(
        secondary, np.argsort(secondary < 0, axis=1, kind="stable"), axis=1
    )
    return np.concatenate([primary[:, None], secondary], axis=1).astype(np.int16)


def diagnosis_codes() -> tuple[str, ...]:
    """The distinct ICD-10 codes of spells."""
    return tuple(dict.fromkeys(_listed_diagnoses()))


def _listed_diagnoses() -> tuple[str, ...]:
    """ICD-10 codes: of presentations, of planned care, of births, and of conditions."""
    long_term = tuple(condition.icd10 for condition in conditions())
    return presentations().icd10 + specialties().diagnoses + ("O800", "O820", "Z380") + long_term


def treatment_functions() -> tuple[str, ...]:
    """All treatment function codes of spells and appointments."""
    return tuple(sorted({*specialties().code, *presentations().specialty, "501", "420", "180"}))


def _place(code: str) -> int:
    return treatment_functions().index(code)


def _presentation_specialty() -> Ints:
    return np.array([_place(code) for code in presentations().specialty], dtype=np.int32)


def _general() -> Ints:
    listed = enumerate(presentations().specialty)
    return np.array(
        [place for place, code in listed if code in ("300", "100", "340")], dtype=np.int32
    )


def _operation_for(kind: Ints, rng: Generator) -> Ints:
    """The operation of an emergency: hip fractures and appendicitis mostly have one."""
    names, operations = presentations().name, specialties().operations
    code = np.full(len(names), -1, dtype=np.int32)
    code[names.index("hip fracture")] = operations.index("W371")
    code[names.index("gallbladder inflammation")] = operations.index("J183")
    return np.where(rng.random(len(kind)) < 0.75, code[kind], -1).astype(np.int32)


def _no_link(size: int) -> Ints:
    return np.full(size, -1, dtype=np.int32)

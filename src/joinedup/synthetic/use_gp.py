"""General practice: appointments and coded entries.

About five appointments a person a year, two thirds face to face and under 5% not attended (NHS
England, appointments in general practice). Measurements follow a person: each has a level of their
own, moved by conditions and age, and varies about it from visit to visit (illustrative).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import DAYS, at_time, day_of, draw_days, draw_seconds
from joinedup.synthetic.conditions import CANCER_TERMS, conditions
from joinedup.synthetic.draws import chance, coded, pick, pick_each
from joinedup.synthetic.interface import Floats, GpAppointments, GpEntries, Ints, Onsets
from joinedup.synthetic.need import Lives, by_age, draw_counts, draw_event_days, gradient
from joinedup.synthetic.presentations import read_rows


def appointment_rate(lives: Lives) -> Floats:
    """GP appointments a year for each person."""
    base = by_age(
        lives, (0, 6.5), (3, 4.0), (10, 2.4), (20, 3.6), (40, 4.1), (60, 5.3), (75, 7.6), (88, 9.0)
    )
    many = 1 + 0.09 * lives.has.sum(axis=1)
    women = np.where(lives.female & (lives.age > 15) & (lives.age < 50), 1.4, 1.0)
    rate = 0.99 * base * lives.need**0.55 * many * women * gradient(lives, 1.15)
    return np.asarray(rate * lives.registered_here)


def draw_appointments(rng: Generator, lives: Lives) -> GpAppointments:
    """All appointments of people registered in the area, in order of person and time."""
    row = draw_counts(rng, lives, appointment_rate(lives))
    day = draw_event_days(rng, lives, row, "practice").astype(np.int64)
    start = day * 86_400 + draw_seconds(rng, "clinic", len(row), minutes=5)
    order = np.argsort(row * np.int64(DAYS * 86_400) + start, kind="stable")
    row, day, start = row[order], day[order], start[order]
    size = len(row)
    status = pick(rng, (0.915, 0.042, 0.043), size)
    home = lives.housebound[row] | lives.care_home[row]
    mode = pick(rng, (0.66, 0.27, 0.008, 0.062), size)
    mode = np.where(home & chance(rng, 0.45, size), 2, mode).astype(np.int32)
    wait = np.where(rng.random(size) < 0.44, 0, 1 + rng.gamma(0.9, 11, size)).astype(np.int64)
    early = np.where(
        wait == 0, 8 * 3600 + rng.integers(0, 1200, size), rng.integers(29_000, 66_000, size)
    )
    booked = np.maximum((day - wait) * 86_400 + early, lives.born_day[row] * np.int64(86_400))
    booked = np.minimum(booked, start - 300)
    minutes = np.where(status == 0, np.maximum(1, rng.gamma(4.0, 2.9, size)), 0)
    return GpAppointments(
        row=row, booked=at_time(booked // 86_400, booked % 86_400),
        start=at_time(day, start % 86_400), minutes=minutes.astype(np.int32),
        status=coded(("Attended", "DNA", "Cancelled"), status),
        mode=coded(("Face-to-Face", "Telephone", "Home Visit", "Video/Online"), mode),
        role=coded(
            ("GP", "Nurse", "Other Practice staff", "Pharmacist"),
            pick(rng, (0.47, 0.22, 0.25, 0.06), size),
        ),
        practice=lives.practice_on(row, day),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Levels:
    """Each person's own level of what is measured."""

    systolic: Floats
    diastolic: Floats
    hba1c: Floats
    bmi: Floats
    egfr: Floats
    cholesterol: Floats


# SNOMED CT code, term, unit, spread from visit to visit, decimals, of each measurement.
_MEASURES = {
    "systolic": ("271649006", "Systolic blood pressure", "mmHg", 8.0, 0),
    "diastolic": ("271650006", "Diastolic blood pressure", "mmHg", 5.0, 0),
    "hba1c": ("999791000000106", "Haemoglobin A1c level - IFCC standardised", "mmol/mol", 4.0, 0),
    "bmi": ("60621009", "Body mass index", "kg/m2", 0.6, 1),
    "egfr": ("1011481000000105", "eGFR using creatinine CKD-EPI per 1.73 square metres",
             "mL/min/1.73m2", 5.0, 0),
    "cholesterol": ("1005671000000105", "Serum cholesterol level", "mmol/L", 0.4, 1),
}  # fmt: skip
_SMOKING = (
    ("77176002", "Smoker"), ("8517006", "Ex-smoker"), ("266919005", "Never smoked tobacco"),
)  # fmt: skip
_STATES = (
    ("925791000000100", "Mild frailty"), ("925831000000107", "Moderate frailty"),
    ("925861000000102", "Severe frailty"), ("224484003", "Patient themselves providing care"),
    ("160689007", "Housebound"), ("105529008", "Lives alone"),
    ("160734000", "Lives in a nursing home"),
)  # fmt: skip
_ROUTINE = (("86198006", "Influenza vaccination"), ("182836005", "Review of medication"))
_AUTUMNS = ("2023-09-15", "2024-10-03", "2025-10-01")


def draw_entries(rng: Generator, lives: Lives, onsets: Onsets) -> GpEntries:
    """All coded entries, in order of person and time; diagnoses go back before the window."""
    terms: list[tuple[str, str]] = []
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []

    def add(row: Ints, day: Ints, term: Ints, value: Floats | None = None) -> None:
        nothing = np.full(len(row), np.nan)
        parts.append((row, day.astype(np.int32), term, nothing if value is None else value))

    _add_diagnoses(lives, onsets, terms, add)
    _add_measures(rng, lives, terms, add)
    _add_states(rng, lives, terms, add)
    _add_routine(rng, lives, terms, add)
    _add_complaints(rng, lives, terms, add)
    row, day, term, value = (np.concatenate([part[k] for part in parts]) for k in range(4))
    second = draw_seconds(rng, "clinic", len(row))
    order = np.lexsort((term, second, day, row))
    row, day, term, value = row[order], day[order], term[order], value[order]
    units = tuple(sorted({measure[2] for measure in _MEASURES.values()}))
    unit_of = {measure[0]: units.index(measure[2]) for measure in _MEASURES.values()}
    unit = np.array([unit_of.get(code, -1) for code, _ in terms], dtype=np.int32)
    return GpEntries(
        row=row, when=at_time(day, second[order]),
        snomed=coded([code for code, _ in terms], term),
        term=coded([name for _, name in terms], term), value=value,
        unit=coded(units, unit[term]), practice=lives.practice_on(row, day),
    )  # fmt: skip


_Add = Callable[..., None]


def _add_diagnoses(lives: Lives, onsets: Onsets, terms: list[tuple[str, str]], add: _Add) -> None:
    """The day on which each condition was first coded, whenever it was."""
    first = len(terms)
    names = {condition.snomed: condition.term for condition in conditions()}
    names |= CANCER_TERMS
    terms += [(code, names[code]) for code in onsets.snomed.values]
    known = lives.registered_here[onsets.row]
    add(onsets.row[known], day_of(onsets.onset[known]), first + onsets.snomed.index[known])


def _levels(rng: Generator, lives: Lives) -> _Levels:
    """Levels by age and condition; the order of magnitude of the Health Survey for England."""
    size, age = lives.people, lives.age
    high = lives.having("hypertension")
    type_1 = lives.having("type_1_diabetes")
    systolic = 112 + 0.28 * np.clip(age - 15, 0, 70) + 9 * high + rng.normal(0, 9, size)
    hba1c = 37 + 0.05 * np.clip(age - 30, 0, 60) + rng.normal(0, 2.0, size)
    hba1c = np.where(lives.having("prediabetes"), 43.5 + rng.normal(0, 1.2, size), hba1c)
    poor = 52 + rng.gamma(2.0, 5.5, size) + 3 * lives.deprivation
    hba1c = np.where(lives.having("diabetes") | type_1, poor + 8 * type_1, hba1c)
    bmi = np.interp(age, (2, 10, 18, 45, 70, 90), (16.2, 17.5, 23, 26.8, 26.8, 24.5))
    bmi = bmi + rng.normal(0, 3.0, size) + 7.5 * lives.having("obesity")
    egfr = 112 - 0.62 * np.clip(age - 20, 0, 75) - 24 * lives.having("chronic_kidney_disease")
    statin = lives.having("coronary_heart_disease") | lives.having("diabetes")
    return _Levels(
        systolic=systolic, diastolic=0.42 * systolic + 22 + rng.normal(0, 4, size), hba1c=hba1c,
        bmi=np.maximum(bmi, 13), egfr=np.maximum(egfr + rng.normal(0, 8, size), 12),
        cholesterol=np.maximum(5.2 - 1.0 * statin + rng.normal(0, 0.8, size), 2.2),
    )  # fmt: skip


def _measure_rates(lives: Lives) -> dict[str, Floats]:
    """How often a year each thing is measured."""
    diabetes = lives.having("diabetes") | lives.having("type_1_diabetes")
    heart = lives.having("coronary_heart_disease") | lives.having("stroke")
    pressure = (
        0.16 * (lives.age > 17) + 1.0 * lives.having("hypertension") + 0.5 * (diabetes | heart)
    )
    kidney = lives.having("chronic_kidney_disease")
    sugar = 1.6 * diabetes + 0.8 * lives.having("prediabetes") + 0.04 * (lives.age > 40)
    return {
        "systolic": np.asarray(pressure),
        "hba1c": np.asarray(sugar),
        "bmi": 0.10 + 0.5 * diabetes + 0.3 * lives.having("obesity"),
        "egfr": 0.05 * (lives.age > 40)
        + 0.6 * (diabetes | lives.having("hypertension"))
        + 0.8 * kidney,
        "cholesterol": 0.05 * (lives.age > 40) + 0.7 * (diabetes | heart),
    }


def _add_measures(rng: Generator, lives: Lives, terms: list[tuple[str, str]], add: _Add) -> None:
    levels, first = _levels(rng, lives), len(terms)
    terms += [(measure[0], measure[1]) for measure in _MEASURES.values()]
    for name, yearly in _measure_rates(lives).items():
        row = draw_counts(rng, lives, yearly * lives.registered_here)
        day = draw_event_days(rng, lives, row, "practice")
        # Systolic and diastolic are two entries of one reading.
        for each in ("systolic", "diastolic") if name == "systolic" else (name,):
            _, _, _, spread, decimals = _MEASURES[each]
            value = getattr(levels, each)[row] + rng.normal(0, spread, len(row))
            place = first + list(_MEASURES).index(each)
            add(row, day, np.full(len(row), place, dtype=np.int32), np.round(value, decimals))


def _add_states(rng: Generator, lives: Lives, terms: list[tuple[str, str]], add: _Add) -> None:
    """Smoking, and what is coded of frailty and circumstances, once or so each."""
    first = len(terms)
    terms += [*_SMOKING, *_STATES]
    adult = (lives.age > 15) & lives.registered_here
    row = draw_counts(rng, lives, np.where(adult, 0.22, 0.0))
    # About one adult in eight smokes (ONS, Adult smoking habits), twice as many where poorest.
    smokes = 0.125 * gradient(lives, 2.6) * np.where(lives.having("copd"), 2.0, 1.0)
    habit = np.where(
        rng.random(lives.people) < smokes, 0, np.where(rng.random(lives.people) < 0.33, 1, 2)
    )
    add(row, draw_event_days(rng, lives, row, "practice"), (first + habit[row]).astype(np.int32))
    frail = lives.age >= 65
    for place, who, share in (
        (0, frail & (lives.frailty == 1), 0.45), (1, frail & (lives.frailty == 2), 0.65),
        (2, frail & (lives.frailty == 3), 0.75), (3, lives.carer, 0.40), (4, lives.housebound, 0.8),
        (5, lives.lives_alone & (lives.age > 60), 0.35), (6, lives.care_home, 0.8),
    ):  # fmt: skip
        held = who & lives.registered_here & chance(rng, share, lives.people)
        some = np.flatnonzero(held).astype(np.int32)
        day = draw_event_days(rng, lives, some, "practice")
        place = first + len(_SMOKING) + place
        add(some, day, np.full(len(some), place, dtype=np.int32))


def _add_routine(rng: Generator, lives: Lives, terms: list[tuple[str, str]], add: _Add) -> None:
    """Influenza vaccination each autumn, and medication reviews."""
    first = len(terms)
    terms += list(_ROUTINE)
    # Uptake about 76% at 65 and over, 43% at risk below it, 40% of infants (UKHSA, 2023-25).
    at_risk = lives.has[:, :].sum(axis=1) > 0
    uptake = np.select([lives.age >= 65, lives.age < 4, at_risk], [0.76, 0.40, 0.43], 0.06)
    uptake = uptake * np.clip(1 - 0.25 * lives.deprivation, 0.5, 1.1)
    for autumn in _AUTUMNS:
        day = int(day_of(np.array(autumn, dtype="datetime64[D]")))
        may = lives.registered_here & (lives.from_day <= day) & (lives.past_day > day + 75)
        row = np.flatnonzero(may & chance(rng, uptake, lives.people)).astype(np.int32)
        days = draw_days(rng, "practice", np.full(len(row), day), np.full(len(row), day + 75))
        add(row, days, np.full(len(row), first, dtype=np.int32))
    review = 0.35 * np.minimum(lives.has.sum(axis=1), 3) / 2 * lives.registered_here
    row = draw_counts(rng, lives, np.asarray(review, dtype=float))
    days = draw_event_days(rng, lives, row, "practice")
    add(row, days, np.full(len(row), first + 1, dtype=np.int32))


def _add_complaints(rng: Generator, lives: Lives, terms: list[tuple[str, str]], add: _Add) -> None:
    """Short illnesses and symptoms, from `complaints.csv`."""
    first, rows = len(terms), read_rows("complaints.csv")
    terms += [(row["snomed"], row["term"]) for row in rows]
    row = draw_counts(rng, lives, 0.10 * appointment_rate(lives))
    by_band = np.array(
        [[float(r[band]) for r in rows] for band in ("child", "young", "middle", "old")]
    )
    kind = pick_each(rng, by_band[np.digitize(lives.age[row], (15, 45, 75))])
    winter = np.array([r["season"] == "respiratory" for r in rows])[kind]
    day = draw_event_days(rng, lives, row, "practice")
    day[winter] = draw_event_days(rng, lives, row[winter], "respiratory")
    add(row, day, (first + kind).astype(np.int32))

"""Invented use: in order, linked, seasonal, and more of it where need persists."""

from __future__ import annotations

import csv
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from joinedup.synthetic import Chunk
from tests.spec.synthetic.conftest import Population

DAY = np.timedelta64(1, "D")
# Setting, its column of time, and how many a person in three years, within a quarter either way.
VOLUMES = {
    "gp_appointments": ("start", 15.0),
    "gp_entries": ("when", 8.0),
    "prescriptions": ("issued", 11.0),
    "admissions": ("admitted", 0.7),
    "emergencies": ("arrived", 1.1),
    "outpatients": ("start", 4.0),
    "community_contacts": ("start", 2.8),
    "mental_health_contacts": ("start", 1.1),
    "ambulance": ("called", 0.36),
    "social_care": ("start", 0.13),
}


@pytest.mark.parametrize(("setting", "expected"), [(k, v[1]) for k, v in VOLUMES.items()])
def test_volumes_are_of_the_planned_order(
    population: Population, setting: str, expected: float
) -> None:
    many = len(population.use(setting, "row")) / len(population)
    assert many == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize(("setting", "time"), [(k, v[0]) for k, v in VOLUMES.items()])
def test_nothing_happens_before_birth_after_death_or_after_today(
    population: Population, setting: str, time: str
) -> None:
    row = population.use(setting, "row")
    at = population.use(setting, time).astype("datetime64[D]")
    death = population.person("death_date")[row]
    assert (at >= population.person("birth_date")[row]).all()
    assert ((at <= death) | np.isnat(death)).all()
    assert (at <= population.world.today).all()
    if setting not in ("gp_entries", "social_care"):  # diagnoses and services go back further
        assert (at >= population.world.start).all()


@pytest.mark.parametrize(("setting", "time"), [(k, v[0]) for k, v in VOLUMES.items()])
def test_events_are_ordered_by_person_and_time(
    population: Population, setting: str, time: str
) -> None:
    row, at = population.use(setting, "row"), population.use(setting, time)
    assert (np.diff(row) >= 0).all()
    if setting != "social_care":  # by chain before time
        assert (np.diff(at)[np.diff(row) == 0] >= np.timedelta64(0)).all()


def test_a_spell_is_admitted_then_ready_then_discharged(population: Population) -> None:
    admitted, ready, discharged = (
        population.use("admissions", name) for name in ("admitted", "ready", "discharged")
    )
    ended = ~np.isnat(discharged)
    assert (admitted[ended] < discharged[ended]).all()
    known = ~np.isnat(ready)
    assert (admitted[known] <= ready[known]).all()
    assert (ready[known & ended] <= discharged[known & ended]).all()
    assert (population.use("admissions", "decided") <= admitted.astype("datetime64[D]")).all()
    died = population.use("admissions", "discharge_method") == "4"
    assert (known == (ended & ~died) | (known & ~ended)).all()


def test_nobody_is_in_two_beds_at_once(population: Population) -> None:
    row, admitted = (population.use("admissions", name) for name in ("row", "admitted"))
    discharged = population.use("admissions", "discharged")
    same = row[1:] == row[:-1]
    assert (admitted[1:] >= discharged[:-1])[same].all()


def test_deaths_in_hospital_end_a_spell(population: Population) -> None:
    died = population.use("admissions", "discharge_method") == "4"
    row = population.use("admissions", "row")[died]
    last = population.use("admissions", "discharged")[died].astype("datetime64[D]")
    assert (last == population.person("death_date")[row]).all()
    # OHID palliative and end of life care profiles: 43% of deaths are in hospital.
    dead = (~np.isnat(population.person("death_date"))).sum()
    assert 0.35 < died.sum() / dead < 0.55


def test_an_emergency_visit_goes_forward_in_time(population: Population) -> None:
    steps = [population.use("emergencies", n) for n in ("arrived", "assessed", "seen", "departed")]
    for before, after in pairwise(steps):
        assert (before <= after).all()
    decided = population.use("emergencies", "decided_to_admit")
    admitted = population.use("emergencies", "admission_row") >= 0
    assert (np.isnat(decided) == ~admitted).all()


def test_links_lead_to_the_same_person_and_back(population: Population) -> None:
    for chunk in population.chunks:
        use = chunk.use
        for table, link, of in (
            (use.emergencies, "admission_row", use.admissions),
            (use.emergencies, "ambulance_row", use.ambulance),
            (use.admissions, "emergency_row", use.emergencies),
            (use.admissions, "outpatient_row", use.outpatients),
            (use.ambulance, "emergency_row", use.emergencies),
            (use.community_referrals, "admission_row", use.admissions),
            (use.social_care, "admission_row", use.admissions),
            (use.community_contacts, "referral", use.community_referrals),
            (use.mental_health_contacts, "referral", use.mental_health_referrals),
        ):
            place = getattr(table, link)
            linked = np.flatnonzero(place >= 0)
            assert len(linked) > 20, link
            assert (of.row[place[linked]] == table.row[linked]).all(), link
        back = use.admissions.emergency_row
        came = np.flatnonzero(back >= 0)
        assert (use.emergencies.admission_row[back[came]] == came).all()
        conveyed = np.flatnonzero(use.ambulance.emergency_row >= 0)
        visit = use.ambulance.emergency_row[conveyed]
        assert (use.emergencies.ambulance_row[visit] == conveyed).all()


def test_a_patient_leaves_the_department_when_admitted(population: Population) -> None:
    for chunk in population.chunks:
        spell = chunk.use.emergencies.admission_row
        came = np.flatnonzero(spell >= 0)
        admitted = chunk.use.admissions.admitted[spell[came]]
        assert (chunk.use.emergencies.departed[came] == admitted).all()


def test_care_follows_discharge(population: Population) -> None:
    for chunk in population.chunks:
        referrals, spells = chunk.use.community_referrals, chunk.use.admissions
        after = np.flatnonzero(referrals.admission_row >= 0)
        spell = referrals.admission_row[after]
        assert (referrals.received[after] <= spells.discharged[spell]).all()
        assert (referrals.received[after] >= spells.admitted[spell]).all()


def test_contacts_follow_their_referral(population: Population) -> None:
    for chunk in population.chunks:
        for referrals, contacts in (
            (chunk.use.community_referrals, chunk.use.community_contacts),
            (chunk.use.mental_health_referrals, chunk.use.mental_health_contacts),
        ):
            received = referrals.received[contacts.referral]
            closed = referrals.closed[contacts.referral]
            assert (contacts.start >= received).all()
            assert ((contacts.start.astype("datetime64[D]") <= closed) | np.isnat(closed)).all()


def test_history_predicts_the_future(population: Population) -> None:
    day = (population.use("emergencies", "arrived").astype("datetime64[D]")).astype(int)
    row, start = population.use("emergencies", "row"), population.world.start.astype(int)
    year = (day - start) // 366
    first, third = (np.bincount(row[year == n], minlength=len(population)) for n in (0, 2))
    here = np.isnat(population.person("death_date"))
    here &= population.person("arrived") < population.world.start
    first, third = first[here], third[here]
    order = np.argsort(-first, kind="stable")
    top, rest = order[: len(order) // 10], order[len(order) // 10 :]
    assert third[top].mean() > 3 * third[rest].mean()
    assert np.corrcoef(first, third)[0, 1] > 0.3


def monthly(at: NDArray[Any], months: tuple[int, ...]) -> float:
    return float(np.isin(at.astype("datetime64[M]").astype(int) % 12 + 1, months).sum())


def test_winter_is_busier_for_lungs_and_a_little_for_all(population: Population) -> None:
    arrived = population.use("emergencies", "arrived")
    chest = population.use("emergencies", "diagnosis") == "50417007"
    winter, summer = (12, 1, 2), (6, 7, 8)
    assert monthly(arrived[chest], winter) > 1.5 * monthly(arrived[chest], summer)
    assert monthly(arrived, winter) > 1.03 * monthly(arrived, summer)


def test_clinics_rest_at_the_weekend_and_emergencies_do_not(population: Population) -> None:
    def weekend(setting: str, time: str) -> float:
        days = population.use(setting, time).astype("datetime64[D]").astype(int)
        return float(((days + 3) % 7 >= 5).mean())

    assert weekend("outpatients", "start") < 0.05
    assert weekend("gp_appointments", "start") < 0.05
    assert 0.24 < weekend("emergencies", "arrived") < 0.31


def test_use_does_not_fall_away_as_years_go_by(population: Population) -> None:
    day = population.use("emergencies", "arrived").astype("datetime64[D]")
    year = (day - population.world.start).astype(int) // 366
    counts = np.bincount(year, minlength=3)
    assert counts.max() < 1.06 * counts.min()


def test_more_care_near_death(population: Population) -> None:
    row = population.use("admissions", "row")
    to_death = population.person("death_date")[row] - population.use(
        "admissions", "admitted"
    ).astype("datetime64[D]")
    within = (to_death < 90 * DAY).sum()
    earlier = ((to_death >= 90 * DAY) & (to_death < 365 * DAY)).sum() / 3
    assert within > 1.8 * earlier


def test_no_time_falls_in_the_hour_that_spring_skips(population: Population) -> None:
    for setting, (time, _) in VOLUMES.items():
        at = population.use(setting, time)
        for day in ("2024-03-31", "2025-03-30", "2026-03-29"):
            start = np.datetime64(f"{day}T01:00:00")
            assert not ((at >= start) & (at < start + np.timedelta64(3600, "s"))).any()


def test_use_outside_the_area_is_not_in_its_practices(population: Population) -> None:
    here = population.world.practice_here
    for setting in ("gp_appointments", "gp_entries", "prescriptions"):
        row = population.use(setting, "row")
        assert here[population.person("practice")[row]].all()


def codes_of(column: str, *tables: str) -> list[str]:
    return [
        row[column]
        for table in tables
        for row in csv.DictReader(
            files("joinedup.synthetic").joinpath(table).read_text(encoding="utf-8").splitlines()
        )
    ]


def verhoeff(number: str) -> int:
    """The check of a SNOMED CT identifier: 0 where it is right (SNOMED CT, check digit)."""
    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    check = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = step[value]
        check = dihedral(check, value)
    return check


def dihedral(a: int, b: int) -> int:
    """Multiplication in the dihedral group of order ten."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def test_the_check_knows_a_right_code_from_a_wrong_one() -> None:
    assert verhoeff("38341003") == 0
    assert verhoeff("38341004") != 0


def test_snomed_codes_have_right_check_digits(population: Population) -> None:
    codes = set(codes_of("snomed", "conditions.csv", "complaints.csv"))
    codes |= set(codes_of("complaint", "presentations.csv"))
    codes |= set(codes_of("diagnosis", "presentations.csv"))
    chunk: Chunk = population.chunks[0]
    codes |= set(chunk.use.gp_entries.snomed.values) | set(chunk.onsets.snomed.values)
    for column in ("arrival_mode", "acuity", "attendance_source", "destination"):
        codes |= set(getattr(chunk.use.emergencies, column).values)
    assert len(codes) > 80
    assert [code for code in sorted(codes) if verhoeff(code)] == []


def test_every_condition_has_its_source() -> None:
    assert all(codes_of("source", "conditions.csv"))


def test_nobody_in_hospital_is_seen_by_their_practice_or_at_home(population: Population) -> None:
    for chunk in population.chunks:
        spells = chunk.use.admissions
        for contacts in (chunk.use.gp_appointments, chunk.use.community_contacts):
            both = np.concatenate([spells.row, contacts.row]).astype(np.int64)
            start = np.concatenate([spells.admitted, contacts.start])
            order = np.lexsort((np.arange(len(both)) >= len(spells.row), start, both))
            # The latest spell before each contact, by carrying places of spells forward.
            place = np.where(order < len(spells.row), np.arange(len(order)), -1)
            latest = order[np.maximum.accumulate(place)]
            contact = np.flatnonzero(
                (order >= len(spells.row)) & (np.maximum.accumulate(place) >= 0)
            )
            spell = latest[contact]
            same = both[order[contact]] == spells.row[spell]
            end = spells.discharged[spell][same]
            assert (start[order[contact]][same] >= end).all()


def test_follow_up_clinics_follow_an_emergency(population: Population) -> None:
    followed = 0
    for chunk in population.chunks:
        use = chunk.use
        after = np.flatnonzero(np.array(use.outpatients.source.values) == "01")
        one = np.flatnonzero(np.isin(use.outpatients.source.index, after))
        referred = use.outpatients.referred[one]
        row = np.concatenate([use.emergencies.row, use.admissions.row]).astype(np.int64)
        day = np.concatenate([use.emergencies.arrived, use.admissions.admitted])
        key = np.sort(row * 100_000 + day.astype("datetime64[D]").astype(int))
        want = use.outpatients.row[one].astype(np.int64) * 100_000 + referred.astype(int)
        before = key[np.maximum(np.searchsorted(key, want, side="right") - 1, 0)]
        followed += int(((want - before) <= 14).sum())
        assert len(one) > 500
    everyone = sum(
        int(
            (
                np.array(c.use.outpatients.source.values)[c.use.outpatients.source.index] == "01"
            ).sum()
        )
        for c in population.chunks
    )
    assert followed > 0.97 * everyone


def test_planned_admissions_follow_a_clinic(population: Population) -> None:
    for chunk in population.chunks:
        spells, clinics = chunk.use.admissions, chunk.use.outpatients
        planned = np.flatnonzero(np.isin(spells.method.index, [0, 1, 2]))
        clinic = spells.outpatient_row[planned]
        assert spells.method.values[:3] == ("11", "12", "13")
        assert (clinic >= 0).all()
        assert (np.array(clinics.attended.values)[clinics.attended.index[clinic]] == "5").all()
        listed = clinics.start[clinic].astype("datetime64[D]")
        assert (spells.decided[planned] == listed).all()
        assert (spells.admitted[planned].astype("datetime64[D]") > listed).all()

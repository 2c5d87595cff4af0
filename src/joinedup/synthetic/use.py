"""Three years of use, setting by setting, with what is linked kept linked."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from joinedup.synthetic.calendar import DAYS, seconds_of
from joinedup.synthetic.deaths import draw_places, register_deaths
from joinedup.synthetic.draws import coded, stream
from joinedup.synthetic.interface import (
    CareContacts,
    CharityActivities,
    Coded,
    GpAppointments,
    Ints,
    Onsets,
    Outpatients,
    Residents,
    Use,
    World,
)
from joinedup.synthetic.need import Lives
from joinedup.synthetic.use_admissions import Spells, admissions, draw_spells, spell_at
from joinedup.synthetic.use_care import draw_care
from joinedup.synthetic.use_emergency import (
    Crises,
    ambulance_incidents,
    draw_crises,
    emergencies,
)
from joinedup.synthetic.use_gp import draw_appointments, draw_entries
from joinedup.synthetic.use_medicines import draw_prescriptions
from joinedup.synthetic.use_outpatients import ATTENDED, Listings, draw_outpatients
from joinedup.synthetic.use_social import draw_charity, draw_social_care

_Booked = TypeVar("_Booked", GpAppointments, CareContacts, CharityActivities)


def draw_use(world: World, chunk: int, residents: Residents, onsets: Onsets, lives: Lives) -> Use:
    """All use of a chunk's people. Each setting draws from a stream of its own."""

    def rng(purpose: str) -> np.random.Generator:
        return stream(world.seed, chunk, purpose)

    died = np.flatnonzero(lives.death_day < DAYS)
    place = draw_places(rng("deaths"), lives.care_home[died])
    in_hospital = np.zeros(lives.people, dtype=bool)
    in_hospital[died[place == 0]] = True
    crises = draw_crises(rng("crises"), world, lives, in_hospital)
    outpatients, listings = draw_outpatients(rng("outpatients"), world, lives, crises)
    spells = draw_spells(rng("spells"), lives, crises, listings)
    spell_of = _spell_of(crises, spells)
    # Who falls ill while in hospital is not brought to it.
    free = spell_at(spells, crises.row, crises.second) < 0
    came = ~crises.direct & (free | (spell_of >= 0))
    visit_of = np.where(came, np.cumsum(came) - 1, -1).astype(np.int32)
    visits = emergencies(rng("emergencies"), world, lives, crises, came, spell_of, spells.admitted)
    ambulance = ambulance_incidents(rng("ambulance"), world, lives, crises, visit_of)
    taken = np.flatnonzero(ambulance.emergency_row >= 0)
    visits.ambulance_row[ambulance.emergency_row[taken]] = taken
    community = draw_care(rng("community"), lives, "community", world.community, spells)
    mental = draw_care(rng("mental health"), lives, "mental_health", world.mental_health, spells)
    return Use(
        gp_appointments=_elsewhere(draw_appointments(rng("appointments"), lives), spells),
        gp_entries=draw_entries(rng("entries"), lives, onsets),
        prescriptions=draw_prescriptions(rng("prescriptions"), lives),
        admissions=admissions(rng("admissions"), world, lives, spells, visit_of),
        emergencies=visits,
        outpatients=_kept(outpatients, listings, spells),
        community_referrals=community[0],
        community_contacts=_elsewhere(community[1], spells),
        mental_health_referrals=mental[0],
        mental_health_contacts=mental[1],
        ambulance=ambulance,
        social_care=draw_social_care(rng("social care"), lives, spells),
        charity=_elsewhere(draw_charity(rng("charity"), lives), spells),
        deaths=register_deaths(rng("registration"), residents, place),
    )


def _spell_of(crises: Crises, spells: Spells) -> Ints:
    """Each crisis's spell, -1 where it led to none."""
    spell = np.full(len(crises.row), -1, dtype=np.int32)
    linked = np.flatnonzero(spells.crisis >= 0)
    spell[spells.crisis[linked]] = linked
    return spell


def _elsewhere(table: _Booked, spells: Spells) -> _Booked:
    """The events of a table whose person was not in hospital at the time."""
    free = np.flatnonzero(spell_at(spells, table.row, seconds_of(table.start)) < 0)
    columns: dict[str, Any] = {field.name: getattr(table, field.name) for field in fields(table)}
    for name, value in columns.items():
        columns[name] = value.take(free) if isinstance(value, Coded) else value[free]
    return replace(table, **columns)


def _kept(outpatients: Outpatients, listings: Listings, spells: Spells) -> Outpatients:
    """The appointments, those that fell in a stay in hospital being cancelled by the provider."""
    within = spell_at(spells, outpatients.row, seconds_of(outpatients.start)) >= 0
    within[listings.outpatient] = False
    attended = np.where(within, ATTENDED.index("4"), outpatients.attended.index)
    outcome = np.where(within, -1, outpatients.outcome.index)
    return replace(
        outpatients,
        attended=coded(ATTENDED, attended),
        outcome=coded(outpatients.outcome.values, outcome),
    )

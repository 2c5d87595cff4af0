"""What a community and mental-health trust sends: contacts, each with its referral.

Field names and codes are those of the Community Services Data Set and the Mental Health Services
Data Set, flattened to one row a contact; a referral without a contact has a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from joinedup.synthetic.extracts.columns import clock, days, picked, recoded, same
from joinedup.synthetic.extracts.extract import Extract, Later
from joinedup.synthetic.extracts.habits import HABITS
from joinedup.synthetic.extracts.numbers import padded, row_numbers
from joinedup.synthetic.extracts.patients import Patients, patients
from joinedup.synthetic.interface import CareContacts, CareReferrals, Chunk, Coded, World

Places = NDArray[np.int64]

# SERVICE OR TEAM TYPE REFERRED TO (COMMUNITY CARE), by the plain names of `teams.csv`.
COMMUNITY_TEAMS: Final = {
    "District nursing": "12",
    "Rapid response and intermediate care": "51",
    "Reablement and Home First": "52",
    "Community physiotherapy": "26",
    "Podiatry": "27",
    "Occupational therapy": "23",
    "Speech and language therapy": "33",
    "Health visiting": "16",
    "School nursing": "32",
    "Continence service": "07",
    "Heart failure and respiratory nurses": "19",
    "Diabetes nurses": "11",
    "Community palliative care": "47",
}
# SERVICE OR TEAM TYPE REFERRED TO (MENTAL HEALTH)
MENTAL_HEALTH_TEAMS: Final = {
    "Talking therapies": "A13",
    "Community mental health team": "A06",
    "Crisis resolution and home treatment": "A02",
    "Psychiatric liaison": "A11",
    "Older people's mental health": "A07",
    "Memory assessment": "A17",
    "Children and young people's services": "Z01",
    "Learning disability team": "E01",
    "Early intervention in psychosis": "A14",
    "Drug and alcohol service": "D01",
}
_CLOSED: Final = {"completed": "02", "withdrawn": "07", "died": "06"}
_CLOSURE: Final = (
    "SERVICE DISCHARGE DATE",
    "REFERRAL CLOSURE REASON",
    "REFERRAL REJECTION DATE",
    "REFERRAL REJECTION REASON",
)
_REJECTED: Final = ("01", "02", "03")  # duplicate, inappropriate, incomplete


@dataclass(frozen=True, slots=True)
class _DataSet:
    """What differs between the two data sets: names of fields, and their codes."""

    feed: str
    service: str
    teams: Mapping[str, str]
    other_team: str
    source: str
    sources: Mapping[str, str]
    priority: str
    urgent: str
    routine: str
    names: bool


_COMMUNITY: Final = _DataSet(
    feed="community",
    service="SERVICE OR TEAM TYPE REFERRED TO (COMMUNITY CARE)",
    teams=COMMUNITY_TEAMS,
    other_team="45",
    source="SOURCE OF REFERRAL FOR COMMUNITY",
    sources={
        "GP": "01", "self": "02", "hospital": "06", "social care": "11", "ambulance": "22",
        "school": "10",
    },
    priority="PRIORITY TYPE CODE",
    urgent="2",
    routine="1",
    names=True,
)  # fmt: skip
_MENTAL_HEALTH: Final = _DataSet(
    feed="mental_health",
    service="SERVICE OR TEAM TYPE REFERRED TO (MENTAL HEALTH)",
    teams=MENTAL_HEALTH_TEAMS,
    other_team="Z01",
    source="SOURCE OF REFERRAL FOR MENTAL HEALTH",
    sources={
        "GP": "A1", "self": "B1", "hospital": "H2", "social care": "C1", "ambulance": "M6",
        "school": "C2",
    },
    priority="CLINICAL RESPONSE PRIORITY TYPE",
    urgent="2",
    routine="3",
    names=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one trust: a place in the contacts (-1: none) and one in the referrals each."""

    contact: Places
    referral: Places
    row: NDArray[np.int32]
    when: NDArray[np.datetime64]


def care_services(
    chunk: Chunk, world: World, partner: str, random: np.random.Generator
) -> tuple[Patients, Iterator[Extract]]:
    """One trust's patient index, which both its services share, and its two feeds."""
    use = chunk.use
    community = _rows(use.community_referrals, use.community_contacts, partner)
    mental_health = _rows(use.mental_health_referrals, use.mental_health_contacts, partner)
    known = np.zeros(len(chunk.residents.person), bool)
    known[community.row] = True
    known[mental_health.row] = True
    index = patients(chunk, world, partner, "", known, HABITS["community_trust"], random)

    def feeds() -> Iterator[Extract]:
        if len(community.row):
            parts = use.community_referrals, use.community_contacts
            yield _extract(chunk, world, partner, index, community, parts, _COMMUNITY)
        if len(mental_health.row):
            parts = use.mental_health_referrals, use.mental_health_contacts
            yield _extract(chunk, world, partner, index, mental_health, parts, _MENTAL_HEALTH)

    return index, feeds()


def _rows(referrals: CareReferrals, contacts: CareContacts, partner: str) -> _Rows:
    if partner not in referrals.provider.values:
        empty = np.zeros(0, np.int64)
        return _Rows(empty, empty, np.zeros(0, np.int32), np.zeros(0, "datetime64[s]"))
    ours = referrals.provider.index == referrals.provider.values.index(partner)
    contact = np.flatnonzero(ours[contacts.referral])
    seen = np.zeros(len(ours), bool)
    seen[contacts.referral] = True
    waiting = np.flatnonzero(ours & ~seen)
    referral = np.concatenate([contacts.referral[contact], waiting])
    when = np.concatenate([contacts.start[contact], referrals.received[waiting]])
    place = np.concatenate([contact, np.full(len(waiting), -1)])
    return _Rows(place, referral, referrals.row[referral], when)


def _extract(
    chunk: Chunk,
    world: World,
    partner: str,
    index: Patients,
    rows: _Rows,
    parts: tuple[CareReferrals, CareContacts],
    data_set: _DataSet,
) -> Extract:
    referrals, contacts = parts
    entry = index.entries(rows.row, rows.when)
    columns = {
        "LOCAL PATIENT IDENTIFIER (EXTENDED)": index.column("record_id", entry),
        "NHS NUMBER": index.column("nhs_number", entry),
    }
    if data_set.names:
        columns["PERSON GIVEN NAME"] = index.column("forename", entry)
        columns["PERSON FAMILY NAME"] = index.column("surname", entry)
    columns |= {
        "PERSON BIRTH DATE": index.birth_dates(entry, "%Y-%m-%d"),
        "PERSON STATED GENDER CODE": index.column("sex", entry),
        "ETHNIC CATEGORY": index.column("ethnicity", entry),
        "POSTCODE OF USUAL ADDRESS": index.column("postcode", entry),
        "PERSON DEATH DATE": days(chunk.residents.death_date[rows.row]),
        "ORGANISATION IDENTIFIER (CODE OF PROVIDER)": same(partner, len(rows.row)),
    }
    columns |= _referral_columns(chunk, world, partner, rows, referrals, data_set)
    columns |= _contact_columns(chunk, rows, contacts, referrals)
    # A referral is sent again when it closes: the row of its first contact, or its only row.
    bears_referral = np.array(columns["CONSULTATION TYPE"].fill_null("01")) == "01"
    nobody = np.zeros(len(rows.row), bool)
    later = (
        Later(_CLOSURE, referrals.closed[rows.referral], bears_referral),
        Later(("PERSON DEATH DATE",), chunk.residents.death_date[rows.row], nobody),
    )
    return Extract(partner, data_set.feed, pa.table(columns), rows.when, entry, later)


def _referral_columns(
    chunk: Chunk,
    world: World,
    partner: str,
    rows: _Rows,
    referrals: CareReferrals,
    data_set: _DataSet,
) -> dict[str, pa.Array]:
    at = rows.referral
    reason = referrals.close_reason.take(at)
    rejected = _is(reason, "rejected")
    closed = referrals.closed[at]
    never = np.datetime64("NaT", "D")
    numbers = row_numbers(chunk.number, len(referrals.row))[at]
    urgent = referrals.urgent[at].astype(np.int32)
    return {
        "SERVICE REQUEST IDENTIFIER": padded(numbers, 14, "C" if data_set.names else "M"),
        "REFERRAL REQUEST RECEIVED DATE": days(referrals.received[at]),
        "REFERRAL REQUEST RECEIVED TIME": clock(referrals.received[at]),
        data_set.source: recoded(referrals.source.take(at), data_set.sources),
        "ORGANISATION IDENTIFIER (REFERRING)": _senders(chunk, world, partner, rows, referrals),
        data_set.priority: picked(urgent, (data_set.routine, data_set.urgent)),
        data_set.service: recoded(referrals.team.take(at), data_set.teams, data_set.other_team),
        "SERVICE DISCHARGE DATE": days(np.where(rejected, never, closed)),
        "REFERRAL CLOSURE REASON": recoded(reason, _CLOSED),
        "REFERRAL REJECTION DATE": days(np.where(rejected, closed, never)),
        "REFERRAL REJECTION REASON": picked(np.where(rejected, numbers % 3, -1), _REJECTED),
    }


def _is(column: Coded, value: str) -> NDArray[np.bool_]:
    if value not in column.values:
        return np.zeros(len(column.index), bool)
    same_value: NDArray[np.bool_] = column.index == column.values.index(value)
    return same_value


def _senders(
    chunk: Chunk, world: World, partner: str, rows: _Rows, referrals: CareReferrals
) -> pa.DictionaryArray:
    """Who referred: the practice, the hospital, the council, the ambulance trust, or nobody."""
    people = chunk.residents
    source = referrals.source.take(rows.referral)
    practices = len(world.practice_code)
    council = world.lsoa_council.take(people.lsoa[rows.row])
    values = (
        *world.practice_code, *world.lsoa_council.values, *world.acute[:1], *world.ambulance[:1],
    )  # fmt: skip
    acute = practices + len(world.lsoa_council.values)
    spell = referrals.admission_row[rows.referral]
    provider = chunk.use.admissions.provider.take(spell)
    index = np.full(len(rows.row), -1, np.int64)
    index = np.where(_is(source, "GP"), people.practice[rows.row], index)
    by_council = _is(source, "social care") & (council.index >= 0)
    index = np.where(by_council, practices + council.index, index)
    index = np.where(_is(source, "hospital"), acute, index)
    index = np.where(_is(source, "ambulance") & bool(world.ambulance), acute + 1, index)
    # A discharge names its own hospital.
    index = np.where(provider.index >= 0, len(values) + provider.index, index)
    return picked(index, (*values, *provider.values))


def _contact_columns(
    chunk: Chunk, rows: _Rows, contacts: CareContacts, referrals: CareReferrals
) -> dict[str, pa.Array]:
    at, has = rows.contact, rows.contact >= 0
    never = np.datetime64("NaT", "s")
    start = np.where(has, contacts.start[at], never) if len(contacts.row) else rows.when[:0]
    firsts = np.zeros(len(contacts.row), bool)
    firsts[np.unique(contacts.referral, return_index=True)[1]] = True
    first = np.where(has, firsts[at], False)
    # A referral that waits for its first contact: an initial consultation, with no date yet.
    rejected = _is(referrals.close_reason.take(rows.referral), "rejected")
    first = first | (~has & ~rejected)
    kind = np.where(first, 0, np.where(has, 1, -1))
    numbers = np.where(has, row_numbers(chunk.number, len(contacts.row))[at], 0)
    home = np.where(has, np.where(contacts.at_home[at], 0, 1), -1)
    return {
        "CARE CONTACT IDENTIFIER": pa.array(numbers),
        "CARE CONTACT DATE": days(start),
        "CARE CONTACT TIME": clock(start),
        "CONSULTATION TYPE": picked(kind, ("01", "02")),
        "CONSULTATION MEDIUM USED": contacts.medium.take(at).arrow(),
        "ACTIVITY LOCATION TYPE CODE": picked(home, ("A01", "B01")),
        "CLINICAL CONTACT DURATION OF CARE CONTACT": pa.array(contacts.minutes[at], mask=~has),
        "ATTENDED OR DID NOT ATTEND CODE": contacts.attended.take(at).arrow(),
    }

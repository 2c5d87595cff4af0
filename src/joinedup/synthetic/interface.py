"""What the invented lives hand to those who write them as partners' files.

One `Chunk` is some tens of thousands of people with three years of use. Every column is a NumPy
array, one value a person (`Residents`, `Moves`, `Onsets`) or an event (`Use`), true and undamaged.

- `row` of an event is the place of its person in the chunk's `Residents`, from 0.
- Times are local clock time in England (`datetime64[s]`), which is what partners write; `NaT` is
  "has not happened". No time falls in the hour that spring skips.
- A column of few values is `Coded`: places in a tuple of codes. Codes are those of the data set
  that the partner sends (NHS Data Dictionary, ECDS, OPCS-4, ICD-10, SNOMED CT, client-level data).
- A link between events (`..._row`) is the place of the linked event in its own table of the same
  chunk; -1 is none. Households, twins and links never cross chunks.
- Events of a table are ordered by person, then time; an id made from (chunk, place) is unique.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Dates = NDArray[np.datetime64]
Times = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few values: `index` into `values`, -1 where there is none."""

    index: Ints
    values: tuple[str, ...]

    def arrow(self) -> pa.DictionaryArray:
        """The column for Arrow, null where there is none."""
        return pa.DictionaryArray.from_arrays(
            pa.array(self.index, mask=self.index < 0), pa.array(self.values, pa.string())
        )

    def take(self, places: NDArray[np.integer]) -> Coded:
        """The same column at some places, in their order; a place of -1 gives none."""
        picked = self.index[places]
        return Coded(np.where(places < 0, -1, picked).astype(np.int32), self.values)


@dataclass(frozen=True, slots=True)
class Residents:
    """Everyone in the chunk: one value a person, as at `World.today` or at death.

    Residents and registered patients who live outside the area (`lsoa` at or above the number of
    the pack's LSOAs) alike. An address is the household's; `postcode` is in `World.postcodes`.
    """

    person: Longs  # 1..N over the system; the truth's name of the person
    nhs_number: Longs  # ten digits, Modulus 11 valid, from the 9xx that is never issued; unique
    forename: Coded
    nickname: Coded  # what some partners write as forename; none where the name has none
    middle_initial: Coded  # one letter; none for some
    surname: Coded
    earlier_surname: Coded  # before marriage; none where it never changed
    surname_changed: Dates  # day of the change, before or in the three years; NaT where never
    sex: Coded  # "1" male, "2" female (NHS Data Dictionary: PERSON STATED GENDER CODE)
    birth_date: Dates
    ethnicity: Coded  # NHS Data Dictionary ETHNIC CATEGORY CODE 2001: A to S; never not stated
    household: Longs  # unique over the system; a care home is one household
    house: Ints  # house number; with `street`, `town`, `postcode`
    street: Coded
    town: Coded
    postcode: Coded  # "JB12 3CD": well formed, in a postcode area that was never issued
    lsoa: Ints  # place in World.lsoa_code
    practice: Ints  # place in World.practice_code
    registered_from: Dates  # first day on that practice's list
    arrived: Dates  # first day in the area (birth or long ago for most); use begins then
    death_date: Dates  # NaT while alive
    death_cause: Coded  # ICD-10, four characters with the dot left out
    twin_of: Ints  # row of the twin in this chunk; -1
    carer: Flags  # unpaid carer
    cared_for_by: Ints  # row of a carer in the same household; -1
    care_home: Flags
    housebound: Flags
    lives_alone: Flags
    frailty: NDArray[np.int8]  # 0 fit, 1 mild, 2 moderate, 3 severe (eFI categories)
    need: Floats  # persistent need, mean 1 over the population: what history predicts the future by
    phone: Longs  # "07" and 9 digits as the number 7xxxxxxxxx; 0 is none
    has_email: Flags  # an address is made of forename, surname and person


@dataclass(frozen=True, slots=True)
class Moves:
    """One household's move inside the area, one row a person who moved (at most one each)."""

    row: Ints
    moved: Dates  # first day at the address in `Residents`
    earlier_house: Ints
    earlier_street: Coded
    earlier_town: Coded
    earlier_postcode: Coded
    earlier_lsoa: Ints
    earlier_practice: Ints  # the same as now where the practice was kept
    earlier_registered_from: Dates


@dataclass(frozen=True, slots=True)
class Onsets:
    """One long-term condition of one person, and the day it began."""

    row: Ints
    condition: Coded  # names of `conditions.CONDITIONS`, such as "diabetes"
    onset: Dates
    snomed: Coded  # SNOMED CT concept
    icd10: Coded  # ICD-10


@dataclass(frozen=True, slots=True)
class GpAppointments:
    """One booked GP appointment, kept or not."""

    row: Ints
    booked: Times
    start: Times
    minutes: Ints  # actual duration; 0 where not attended
    status: Coded  # Attended, DNA, Cancelled
    mode: Coded  # Face-to-Face, Telephone, Home Visit, Video/Online
    role: Coded  # GP, Nurse, Other Practice staff, Pharmacist
    practice: Ints  # place in World.practice_code


@dataclass(frozen=True, slots=True)
class GpEntries:
    """One coded entry in a GP record: a diagnosis, a measurement or a process of care."""

    row: Ints
    when: Times
    snomed: Coded
    term: Coded
    value: Floats  # NaN where the entry has no value; systolic and diastolic are two entries
    unit: Coded
    practice: Ints


@dataclass(frozen=True, slots=True)
class Prescriptions:
    """One medicine issued by a practice."""

    row: Ints
    issued: Dates
    bnf: Coded  # BNF code: chemical substance (nine characters), for two a section (six)
    name: Coded
    quantity: Floats
    unit: Coded
    days: Ints
    practice: Ints


@dataclass(frozen=True, slots=True)
class Admissions:
    """One hospital spell, day cases included.

    `diagnoses[i, j]` is a place in `icd10`, -1 for none; j=0 is the primary diagnosis.
    `procedures` likewise, with `procedure_date`. `ready` is the discharge-ready time: never after
    `discharged`; NaT while in hospital and for those who died there, else always filled.
    """

    row: Ints
    admitted: Times
    ready: Times
    discharged: Times  # NaT: still in on World.today
    decided: Dates  # decision to admit: elective waiting list, else the day of admission
    method: Coded  # ADMISSION METHOD CODE: 11 12 13 21 22 31 82
    source: Coded  # SOURCE OF ADMISSION CODE: 19 85 51 79
    destination: Coded  # DISCHARGE DESTINATION CODE: 19 51 79 85 88; none while in hospital
    discharge_method: Coded  # 1 2 4; none while in hospital
    classification: Coded  # PATIENT CLASSIFICATION: 1 ordinary, 2 day case
    specialty: Coded  # TREATMENT FUNCTION CODE
    provider: Coded  # ODS code of the trust
    diagnoses: NDArray[np.int16]
    icd10: tuple[str, ...]
    procedures: NDArray[np.int16]
    opcs: tuple[str, ...]
    procedure_date: Dates
    delay_reason: Coded  # why not away when ready; none where no delay over a day
    emergency_row: Ints  # the emergency attendance that it came from
    outpatient_row: Ints  # the outpatient appointment that listed the patient


@dataclass(frozen=True, slots=True)
class Emergencies:
    """One attendance at an emergency department or urgent treatment centre."""

    row: Ints
    arrived: Times
    assessed: Times
    seen: Times
    decided_to_admit: Times  # NaT unless admitted
    departed: Times
    department: Coded  # EMERGENCY CARE DEPARTMENT TYPE: 01 major, 03 other
    arrival_mode: Coded  # SNOMED CT (ECDS): ambulance, own transport, ...
    acuity: Coded  # SNOMED CT (ECDS) initial acuity
    complaint: Coded  # SNOMED CT chief complaint
    diagnosis: Coded  # SNOMED CT; none for some
    attendance_source: Coded  # SNOMED CT (ECDS): self, GP, ambulance, 111
    destination: Coded  # SNOMED CT (ECDS) discharge destination
    provider: Coded
    ambulance_row: Ints
    admission_row: Ints


@dataclass(frozen=True, slots=True)
class Outpatients:
    """One outpatient appointment; a pathway is a referral and its appointments."""

    row: Ints
    pathway: Ints  # number of the referral within the chunk
    referred: Dates
    start: Times
    attended: Coded  # ATTENDED OR DID NOT ATTEND CODE: 2 3 4 5
    first: Coded  # FIRST ATTENDANCE CODE: 1 2 3 4
    outcome: Coded  # OUTCOME OF ATTENDANCE CODE: 1 2 3; none where not attended
    priority: Coded  # PRIORITY TYPE CODE: 1 2 3
    source: Coded  # SOURCE OF REFERRAL FOR OUT-PATIENTS: 03 04 01 05
    specialty: Coded  # TREATMENT FUNCTION CODE
    provider: Coded


@dataclass(frozen=True, slots=True)
class CareReferrals:
    """One referral to community or to mental-health services."""

    row: Ints
    received: Times
    accepted: Dates  # NaT where rejected
    closed: Dates  # NaT while open
    close_reason: Coded  # "completed", "rejected", "withdrawn", "died"; none while open
    source: Coded  # "GP", "hospital", "self", "social care", "ambulance", "school"
    team: Coded  # plain name of the service, `use_care.COMMUNITY_TEAMS`, `MENTAL_HEALTH_TEAMS`
    urgent: Flags
    reason: Coded  # plain primary reason for referral
    provider: Coded
    admission_row: Ints  # the spell whose discharge it followed


@dataclass(frozen=True, slots=True)
class CareContacts:
    """One contact under a community or mental-health referral."""

    row: Ints
    referral: Ints  # place in the CareReferrals of the same setting
    start: Times
    minutes: Ints
    attended: Coded  # ATTENDANCE STATUS: 5 attended, 3 did not attend, 2, 4
    medium: Coded  # CONSULTATION MECHANISM: 01 face to face, 02 telephone, 03 telemedicine
    at_home: Flags


@dataclass(frozen=True, slots=True)
class AmbulanceIncidents:
    """One emergency or urgent call that an ambulance answered."""

    row: Ints
    called: Times
    allocated: Times  # NaT where answered by telephone alone
    at_scene: Times  # NaT where answered by telephone alone
    left_scene: Times  # NaT where not conveyed
    at_hospital: Times  # NaT where not conveyed
    handed_over: Times  # NaT where not conveyed
    clear: Times
    category: Coded  # response category: C1 to C4
    complaint: Coded  # plain chief complaint
    outcome: Coded  # "conveyed", "see and treat", "hear and treat"
    hospital: Coded  # ODS code of the trust; none where not conveyed
    provider: Coded
    emergency_row: Ints


@dataclass(frozen=True, slots=True)
class SocialCareEvents:
    """One event of adult social care client-level data; a chain has one `chain` number."""

    row: Ints
    chain: Ints
    kind: Coded  # Event_Type: Request, Assessment, Service, Review
    start: Dates
    end: Dates  # NaT only for a service that goes on
    service: Coded  # Service_Type; none unless a service
    component: Coded  # plain component, such as "Home care"; none unless a service
    mechanism: Coded  # Delivery_Mechanism; none unless a service
    outcome: Coded  # Event_Outcome
    route: Coded  # Request_Route_of_Access; none unless a request
    reason: Coded  # Primary_Support_Reason
    weekly_cost_pounds: Floats  # NaN unless a long-term service
    client: Coded  # Client_Type
    admission_row: Ints  # the spell whose discharge it followed


@dataclass(frozen=True, slots=True)
class CharityActivities:
    """One session or visit of a charity."""

    row: Ints
    start: Times
    minutes: Ints
    activity: Coded
    referred_by: Coded


@dataclass(frozen=True, slots=True)
class Deaths:
    """One registered death. Cause and date are also in `Residents`."""

    row: Ints
    died: Dates
    registered: Dates  # by World.today; later ones are not known yet, and have no row
    underlying: Coded  # ICD-10
    contributory: Coded  # ICD-10; none for some
    place: Coded  # "hospital", "home", "care home", "hospice", "elsewhere"


@dataclass(frozen=True, slots=True)
class Use:
    """Three years of use of a chunk's people, setting by setting."""

    gp_appointments: GpAppointments
    gp_entries: GpEntries
    prescriptions: Prescriptions
    admissions: Admissions
    emergencies: Emergencies
    outpatients: Outpatients
    community_referrals: CareReferrals
    community_contacts: CareContacts
    mental_health_referrals: CareReferrals
    mental_health_contacts: CareContacts
    ambulance: AmbulanceIncidents
    social_care: SocialCareEvents
    charity: CharityActivities
    deaths: Deaths


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some tens of thousands of people and all that happened to them."""

    number: int
    residents: Residents
    moves: Moves
    onsets: Onsets
    use: Use


@dataclass(frozen=True, slots=True)
class World:
    """What all chunks share; made once by `prepare`, small, and fit to send to a process.

    `lsoa_code` is the pack's LSOAs in order, then those outside from which patients are
    registered. `practice_code` is the pack's practices, then those outside where residents are
    registered (`practice_here` false: their records do not reach this system).
    """

    people: int
    seed: int
    chunks: int
    start: np.datetime64  # 2023-04-01
    today: np.datetime64  # 2026-03-31, the last day
    lsoa_code: tuple[str, ...]
    lsoa_here: Flags
    lsoa_council: Coded  # council code; none outside
    lsoa_imd_decile: NDArray[np.int8]  # 1 most deprived
    practice_code: tuple[str, ...]
    practice_name: tuple[str, ...]
    practice_here: Flags
    acute: tuple[str, ...]  # ODS codes of the trusts open in the three years
    community: tuple[str, ...]
    mental_health: tuple[str, ...]
    ambulance: tuple[str, ...]
    councils: tuple[str, ...]
    postcodes: pa.Table  # postcode, lsoa_code
    plan: object  # the private part: margins, registrations and names that the drawing needs

"""Which contacts are counted of a person before an index date, declared as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

# Booked care counts where it took place; that somebody did not come is counted by itself.
_NOT_KEPT: Final = ("did_not_attend", "cancelled_by_patient", "cancelled_by_provider")
_BOOKED: Final = ("outpatient", "general_practice", "community", "mental_health")


@dataclass(frozen=True, slots=True)
class Contact:
    """A kind of event to count. An empty tuple asks for nothing in particular.

    `one` and `many` are how it reads in a person's reasons. `urgencies` holds those asked for, or
    with `but_not` those left out, where an urgency that is not stated stays in.
    """

    name: str
    one: str
    many: str
    settings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    but_not: bool = False
    outcomes: tuple[str, ...] = ()
    booked: bool = False

    def holds(self, events: ir.Table) -> ir.BooleanValue:
        """Whether an event is of this kind; never null."""
        asked = ibis.literal(True)
        if self.settings:
            asked = asked & events.setting.isin(self.settings)
        if self.kinds:
            asked = asked & events.kind.isin(self.kinds)
        if self.urgencies:
            is_one = events.urgency.isin(self.urgencies).fill_null(False)
            asked = asked & (~is_one if self.but_not else is_one)
        if self.outcomes:
            asked = asked & events.outcome.isin(self.outcomes).fill_null(False)
        if self.booked:
            asked = asked & ~events.outcome.isin(_NOT_KEPT).fill_null(False)
        return asked


EMERGENCY_ADMISSION: Final = Contact(
    "emergency_admissions", "emergency admission", "emergency admissions",
    settings=("inpatient",), kinds=("spell",), urgencies=("emergency",),
)  # fmt: skip
# For data that do not tell an emergency admission from another: see docs/explanation/risk.md.
HOSPITAL_OR_EMERGENCY_VISIT: Final = Contact(
    "hospital_visits", "hospital stay or emergency visit", "hospital stays or emergency visits",
    settings=("inpatient", "emergency"), kinds=("spell", "attendance"),
)  # fmt: skip

# Each is counted over the last 12 months and the last 3.
COUNTED: Final = (
    Contact(
        "emergency_attendances", "emergency attendance", "emergency attendances",
        settings=("emergency",), kinds=("attendance",),
    ),
    EMERGENCY_ADMISSION,
    Contact(
        "other_admissions", "planned or other admission", "planned or other admissions",
        settings=("inpatient",), kinds=("spell", "attendance"),
        urgencies=("emergency",), but_not=True,
    ),
    Contact(
        "outpatient_contacts", "outpatient attendance", "outpatient attendances",
        settings=("outpatient",), kinds=("attendance", "appointment"), booked=True,
    ),
    Contact(
        "gp_contacts", "general practice contact", "general practice contacts",
        settings=("general_practice",), kinds=("appointment", "attendance", "contact"),
        booked=True,
    ),
    Contact(
        "community_contacts", "community contact", "community contacts",
        settings=("community",), booked=True,
    ),
    Contact(
        "mental_health_contacts", "mental-health contact", "mental-health contacts",
        settings=("mental_health",), booked=True,
    ),
    Contact(
        "ambulance_incidents", "ambulance call", "ambulance calls",
        settings=("ambulance",), kinds=("incident",),
    ),
    Contact(
        "social_care_contacts", "social-care request or assessment",
        "social-care requests or assessments",
        settings=("social_care",), kinds=("request", "assessment", "contact"),
    ),
    Contact(
        "did_not_attends", "missed appointment", "missed appointments",
        settings=_BOOKED, outcomes=("did_not_attend",),
    ),
    Contact("prescriptions", "prescription", "prescriptions", kinds=("prescription",)),
)  # fmt: skip

PACKAGE: Final = Contact(
    "packages", "package of care", "packages of care", settings=("social_care",), kinds=("package",)
)
# How a council's service type says a care home: "Long Term Support: Residential Care" and
# "... Nursing Care" (Department of Health and Social Care, Client Level Data, Service_Type).
CARE_HOME_WORDS: Final = ("residential", "nursing")


def in_care_home(events: ir.Table) -> ir.BooleanValue:
    """Whether a package is a place in a care home, by the words of its service; never null."""
    service = events.service.lower().fill_null("")
    said = ibis.literal(False)
    for word in CARE_HOME_WORDS:
        said = said | service.contains(word)
    return PACKAGE.holds(events) & said

"""How people move between organisations: episodes, handoffs, delays, flows and what-ifs."""

from joinedup.flow.bed_backtest import Backtest, backtest
from joinedup.flow.bed_calibration import (
    DailyDelays,
    calibrate,
    daily_delays,
    geometric,
    nights_in_treatment,
)
from joinedup.flow.beds import (
    REPLICATIONS,
    SCENARIOS,
    BedModel,
    BedRun,
    Outlook,
    Present,
    Scenario,
    chance_above,
    changed,
    expected_occupied,
    outlook,
    simulate,
)
from joinedup.flow.boundaries import activity_that_changes, members_who_change, people_who_change
from joinedup.flow.contacts import CONTACT_KINDS, between, care_contacts
from joinedup.flow.delay_reasons import DelayReason, national_delay_reasons
from joinedup.flow.delays import (
    delay_days,
    delay_days_by_actor,
    delay_days_by_reason,
    nights_by_month,
)
from joinedup.flow.demand import emergency_demand
from joinedup.flow.discharges import SEEN_WITHIN_DAYS, after_discharge, unseen_by_organisation
from joinedup.flow.handoffs import STUCK_DAYS, handoff_matrix, handoffs
from joinedup.flow.overlap import MANY_TEAMS, shared_people, uncoordinated
from joinedup.flow.pathways import GAP_DAYS, episodes_of_need
from joinedup.flow.readmissions import WITHIN_DAYS, readmission_rates, readmissions
from joinedup.flow.spells import TRANSFER_CODES, TRANSFER_DAYS, spells, stays
from joinedup.flow.treated_where import (
    WIDE_SHARE,
    flows_across,
    reach_of_teams,
    treated_where,
)

__all__ = [
    "CONTACT_KINDS",
    "GAP_DAYS",
    "MANY_TEAMS",
    "REPLICATIONS",
    "SCENARIOS",
    "SEEN_WITHIN_DAYS",
    "STUCK_DAYS",
    "TRANSFER_CODES",
    "TRANSFER_DAYS",
    "WIDE_SHARE",
    "WITHIN_DAYS",
    "Backtest",
    "BedModel",
    "BedRun",
    "DailyDelays",
    "DelayReason",
    "Outlook",
    "Present",
    "Scenario",
    "activity_that_changes",
    "after_discharge",
    "backtest",
    "between",
    "calibrate",
    "care_contacts",
    "chance_above",
    "changed",
    "daily_delays",
    "delay_days",
    "delay_days_by_actor",
    "delay_days_by_reason",
    "emergency_demand",
    "episodes_of_need",
    "expected_occupied",
    "flows_across",
    "geometric",
    "handoff_matrix",
    "handoffs",
    "members_who_change",
    "national_delay_reasons",
    "nights_by_month",
    "nights_in_treatment",
    "outlook",
    "people_who_change",
    "reach_of_teams",
    "readmission_rates",
    "readmissions",
    "shared_people",
    "simulate",
    "spells",
    "stays",
    "treated_where",
    "uncoordinated",
    "unseen_by_organisation",
]

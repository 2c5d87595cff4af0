"""Spells by day, delay days, stays through several hospitals, and readmission."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from joinedup.flow import (
    DelayReason,
    delay_days,
    delay_days_by_actor,
    delay_days_by_reason,
    national_delay_reasons,
    nights_by_month,
    readmission_rates,
    readmissions,
    spells,
    stays,
)
from joinedup.terms import SettingError
from tests.drawn import drawn, shown
from tests.spec.flow.flow_tables import events

pytestmark = pytest.mark.usefixtures("by_engine")

AS_AT = dt.date(2026, 4, 1)
FIRST_QUARTER = {"start": dt.date(2026, 1, 1), "end": AS_AT}

IN_HOSPITAL = events(
    """
    id | person | start         | end           | ready
    1  | PA     | 2026-01-10T12 | 2026-01-20T10 | 2026-01-15T00
    2  | PB     | 2026-01-30T12 | 2026-02-05T10 | 2026-01-31T00
    3  | PC     | 2026-03-20T12 | -             | 2026-03-30T00
    4  | PD     | 2026-01-12T08 | 2026-01-12T18 | 2026-01-12T00
    5  | PE     | 2026-01-13T08 | 2026-01-16T18 | -
    6  | PF     | 2026-01-13T08 | 2026-01-16T18 | 2026-01-01T00
    7  | PG     | 2026-04-01T08 | -             | -
    """,
    org="RZ1",
    setting="inpatient",
    kind="spell",
)


def test_nights_are_counted_by_midnights_and_cut_to_the_months() -> None:
    nights = nights_by_month(spells(IN_HOSPITAL, AS_AT), **FIRST_QUARTER)
    assert shown(
        nights.order_by("event_id", "month"), "event_id", "month", "bed_days", "delay_days"
    ) == [
        ("1", "2026-01-01", "10", "5"),
        ("2", "2026-01-01", "2", "1"),  # the nights to 31 January and to 1 February
        ("2", "2026-02-01", "4", "4"),
        ("3", "2026-03-01", "12", "2"),  # open: until the first of April
        ("4", "2026-01-01", "0", "0"),  # a day case holds no bed at midnight
        ("5", "2026-01-01", "3", "0"),
        ("6", "2026-01-01", "3", "3"),  # ready before admission: the whole stay and no more
    ]


def test_delay_days_are_a_share_of_the_beds_and_unknown_is_said() -> None:
    found = delay_days(spells(IN_HOSPITAL, AS_AT), **FIRST_QUARTER).order_by("month")
    columns = (
        "organisation", "month", "spells", "delayed_spells", "bed_days", "delay_days",
        "share_of_bed_days", "ready_not_known",
    )  # fmt: skip
    assert shown(found, *columns) == [
        ("RZ1", "2026-01-01", "5", "3", "18", "9", "0.5", "1"),
        ("RZ1", "2026-02-01", "1", "1", "4", "4", "1.0", "0"),
        ("RZ1", "2026-03-01", "1", "1", "12", "2", str(2 / 12), "0"),
    ]


def test_days_are_shared_between_the_reasons_of_a_spell() -> None:
    causes = drawn(
        """
        event_id | reason
        1        | Capacity - Residential/nursing home care not yet available (Pathway 3)
        1        | HOSPITAL PROCESS \u2013 Awaiting patient transport services
        2        | The boiler
        """,
        event_id="int64",
    )
    january = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 2, 1)}
    found = delay_days_by_reason(spells(IN_HOSPITAL, AS_AT), causes, **january)
    told = found.select("reason", "who_acts", "spells", "delay_days", "share_of_bed_days")
    assert sorted(shown(told), key=str) == sorted(
        [
            (
                "Capacity \u2013 Residential/nursing home care not yet available (Pathway 3)",
                "council", "1", "2.5", str(2.5 / 18),
            ),
            (
                "Hospital process \u2013 Awaiting patient transport services",
                "hospital", "1", "2.5", str(2.5 / 18),
            ),
            ("The boiler", None, "1", "1.0", str(1 / 18)),  # a reason that the map does not have
            (None, None, "1", "3.0", str(3 / 18)),  # no reason given
        ],
        key=str,
    )  # fmt: skip
    actors = delay_days_by_actor(found).select("who_acts", "delay_days")
    assert sorted(shown(actors), key=str) == [
        ("council", "2.5"),
        ("hospital", "2.5"),
        (None, "4.0"),
    ]


def test_a_system_may_read_the_reasons_otherwise() -> None:
    causes = drawn("event_id | reason\n2 | The boiler", event_id="int64")
    ours = (DelayReason("The boiler", "landlord", "tenancy agreement"),)
    found = delay_days_by_reason(spells(IN_HOSPITAL, AS_AT), causes, **FIRST_QUARTER, reasons=ours)
    told = found.filter(found.who_acts == "landlord").order_by("month")
    assert shown(told, "month", "delay_days") == [("2026-01-01", "1.0"), ("2026-02-01", "4.0")]


def test_the_map_has_each_national_reason_once_with_who_acts_and_why() -> None:
    reasons = national_delay_reasons()
    assert len({each.reason for each in reasons}) == len(reasons) == 37
    assert all(each.who_acts and each.basis for each in reasons)


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(SettingError, match="holds no day"):
        delay_days(spells(IN_HOSPITAL, AS_AT), start=AS_AT, end=AS_AT)


MOVED = events(
    """
    id | person | org | urgency   | start         | end           | source | destination | outcome
    1  | PA     | RZ1 | emergency | 2026-01-01T08 | 2026-01-05T12 | 19     | 51          | completed
    2  | PA     | RZ2 | routine   | 2026-01-06T08 | 2026-01-10T12 | 51     | 19          | completed
    3  | PA     | RZ1 | emergency | 2026-02-08T08 | 2026-02-10T12 | 19     | 19          | died
    4  | PB     | RZ1 | routine   | 2026-01-01T08 | 2026-01-02T12 | 19     | 19          | completed
    5  | PB     | RZ1 | emergency | 2026-02-01T08 | 2026-02-03T12 | 19     | 19          | completed
    6  | PC     | RZ1 | emergency | 2026-01-01T08 | 2026-01-02T12 | 19     | 19          | completed
    7  | PC     | RZ1 | routine   | 2026-01-10T08 | 2026-01-11T12 | 19     | 19          | completed
    8  | PC     | RZ2 | emergency | 2026-01-11T20 | 2026-01-12T12 | 19     | 19          | completed
    9  | PD     | RZ1 | emergency | 2026-03-20T08 | 2026-03-25T12 | 19     | 19          | completed
    """,
    kind="spell",
)


def test_a_stay_runs_through_a_transfer() -> None:
    found = stays(spells(MOVED, AS_AT)).order_by("person_id", "stay")
    assert shown(
        found, "person_id", "stay", "admitted_date", "discharged_date", "organisation", "spells"
    )[:3] == [
        ("PA", "1", "2026-01-01", "2026-01-10", "RZ2", "2"),
        ("PA", "2", "2026-02-08", "2026-02-10", "RZ1", "1"),
        ("PB", "1", "2026-01-01", "2026-01-02", "RZ1", "1"),
    ]
    # Home in the morning and back in the evening is not a transfer.
    assert shown(found.filter(found.person_id == "PC"), "spells") == [("1",), ("1",), ("1",)]


def test_back_within_thirty_days_as_an_emergency() -> None:
    nothing = drawn("event_id", event_id="int64")
    found = readmissions(spells(MOVED, AS_AT), nothing, **FIRST_QUARTER, as_at=AS_AT)
    told = found.order_by("person_id", "discharged_date")
    assert shown(told, "person_id", "discharged_date", "days_after", "is_readmitted") == [
        ("PA", "2026-01-10", "29", "True"),  # 29 days is within 30; 30 is not
        ("PB", "2026-01-02", None, "False"),  # back on day 30
        ("PB", "2026-02-03", None, "False"),
        ("PC", "2026-01-02", None, "False"),  # the next admission was planned
        ("PC", "2026-01-11", "0", "True"),  # on the day itself
        ("PC", "2026-01-12", None, "False"),
        ("PD", "2026-03-25", None, None),  # a week has passed: not known yet
    ]  # who died in hospital cannot come back
    rates = readmission_rates(found).order_by("organisation", "month")
    assert shown(rates) == [
        ("RZ1", "2026-01-01", "3", "1", "0"),
        ("RZ1", "2026-02-01", "1", "0", "0"),
        ("RZ1", "2026-03-01", "0", "0", "1"),
        ("RZ2", "2026-01-01", "2", "1", "0"),
    ]


@pytest.mark.parametrize(("left_out", "back"), [(3, []), (8, ["2026-01-10"])])
def test_what_is_excluded_counts_on_neither_side(left_out: int, back: list[str]) -> None:
    # Spell 3 is PA's return and spell 8 is PC's: each takes one readmission away.
    excluded = ibis.memtable({"event_id": [left_out]}, schema={"event_id": "int64"})
    found = readmissions(spells(MOVED, AS_AT), excluded, **FIRST_QUARTER, as_at=AS_AT)
    was_back = found.filter(found.is_readmitted & (found.person_id == "PA"))
    assert [day for (day,) in shown(was_back, "discharged_date")] == back
    assert len(shown(found, "person_id")) == (7 if left_out == 3 else 6)

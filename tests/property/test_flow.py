"""Whatever happened to people, the counts of flow add up and do not depend on the order of rows."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup.flow import (
    BedModel,
    Scenario,
    care_contacts,
    changed,
    delay_days,
    delay_days_by_reason,
    emergency_demand,
    episodes_of_need,
    expected_occupied,
    handoff_matrix,
    handoffs,
    nights_by_month,
    readmission_rates,
    readmissions,
    shared_people,
    spells,
    stays,
    treated_where,
)
from joinedup.tables import EVENTS, REFERRALS, Table

START, AS_AT = dt.datetime(2026, 1, 1), dt.date(2026, 4, 1)
PERIOD = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 5, 1)}
Rows = list[dict[str, Any]]

moments = st.integers(0, 120 * 4).map(lambda quarter: START + dt.timedelta(hours=6 * quarter))
lengths = st.one_of(st.none(), st.integers(-1, 60).map(lambda days: dt.timedelta(days=days)))
people = st.sampled_from(["PA", "PB", "PC"])
places = st.sampled_from(["RZ1", "RZ2", "RZC", "Z1"])
# Each example is several queries, whose compiling is what takes the time.
few = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def event(draw: st.DrawFn) -> dict[str, Any]:
    start, length, ready = draw(moments), draw(lengths), draw(lengths)
    return {
        "person_id": draw(people),
        "organisation": draw(places),
        "setting": draw(st.sampled_from(["inpatient", "emergency", "community"])),
        "kind": draw(st.sampled_from(["spell", "spell", "contact", "package", "entry"])),
        "start_at": start,
        "end_at": None if length is None else start + length,
        "ready_at": None if ready is None else start + ready,
        "urgency": draw(st.sampled_from(["emergency", "routine", None])),
        "source_code": draw(st.sampled_from(["19", "51", None])),
        "outcome": draw(st.sampled_from(["completed", "died", "did_not_attend", None])),
    }


@st.composite
def referral(draw: st.DrawFn) -> dict[str, Any]:
    sent, accepted, contact = draw(moments), draw(lengths), draw(lengths)
    return {
        "person_id": draw(people),
        "from_organisation": draw(st.one_of(st.none(), places)),
        "to_organisation": draw(places),
        "sent_at": sent,
        "accepted_at": None if accepted is None else sent + accepted,
        "first_contact_at": None if contact is None else sent + contact,
    }


happened = st.lists(event(), max_size=25)
asked = st.lists(referral(), max_size=8)


def table(declared: Table, rows: Rows, seed: int | None = None) -> ir.Table:
    """Rows as the promised table, numbered as drawn, in another order where there is a seed."""
    names = declared.column_names
    numbered = [{**dict.fromkeys(names), declared.key[0]: at, **row} for at, row in enumerate(rows)]
    if seed is not None:
        random.Random(seed).shuffle(numbered)
    return ibis.memtable(numbered, schema=declared.schema())


def found(asked_for: ir.Table) -> Rows:
    rows: Rows = asked_for.to_pyarrow().to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


NOTHING = ibis.memtable({"event_id": []}, schema={"event_id": "int64"})
ANSWERS: dict[str, Callable[[ir.Table, ir.Table], ir.Table]] = {
    "episodes": lambda e, r: episodes_of_need(care_contacts(e, AS_AT), r),
    "matrix": lambda e, r: handoff_matrix(handoffs(care_contacts(e, AS_AT), r, AS_AT)),
    "delays": lambda e, r: delay_days(spells(e, AS_AT), **PERIOD),
    "stays": lambda e, r: stays(spells(e, AS_AT)),
    "readmissions": lambda e, r: readmission_rates(
        readmissions(spells(e, AS_AT), NOTHING, **PERIOD, as_at=AS_AT)
    ),
    "overlap": lambda e, r: shared_people(care_contacts(e, AS_AT)),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@few
@given(rows=happened, sent=asked, seed=st.integers(0, 99))
def test_the_order_of_rows_means_nothing(
    answer: Callable[[ir.Table, ir.Table], ir.Table], rows: Rows, sent: Rows, seed: int
) -> None:
    straight = answer(table(EVENTS, rows), table(REFERRALS, sent))
    other = answer(table(EVENTS, rows, seed), table(REFERRALS, sent, seed))
    assert found(straight) == found(other)


@few
@given(rows=happened, sent=asked, gap=st.integers(0, 60))
def test_each_contact_and_referral_is_in_one_episode(rows: Rows, sent: Rows, gap: int) -> None:
    contacts, referrals = care_contacts(table(EVENTS, rows), AS_AT), table(REFERRALS, sent)
    each = found(episodes_of_need(contacts, referrals, gap_days=gap))
    assert sum(one["contacts"] for one in each) == len(found(contacts))
    assert sum(one["referrals"] for one in each) == len(sent)
    assert all(one["start_at"] <= one["end_at"] for one in each)
    assert all(one["handoffs"] <= max(one["contacts"] - 1, 0) for one in each)
    closer = found(episodes_of_need(contacts, referrals, gap_days=max(gap - 7, 0)))
    assert len(closer) >= len(each)


@few
@given(rows=happened, sent=asked)
def test_the_matrix_holds_every_handoff(rows: Rows, sent: Rows) -> None:
    contacts = care_contacts(table(EVENTS, rows), AS_AT)
    each = handoffs(contacts, table(REFERRALS, sent), AS_AT)
    rows_of_each, cells = found(each), found(handoff_matrix(each))
    assert sum(cell["handoffs"] for cell in cells) == len(rows_of_each)
    assert len({(row["kind"], row["handoff_id"]) for row in rows_of_each}) == len(rows_of_each)
    assert all(cell["contacted"] + cell["stuck"] <= cell["handoffs"] for cell in cells)
    assert all(row["from_organisation"] != row["to_organisation"] for row in rows_of_each)


@few
@given(rows=happened, cut=st.integers(1, 119))
def test_nights_add_up_however_the_period_is_cut(rows: Rows, cut: int) -> None:
    each = spells(table(EVENTS, rows), AS_AT)
    start, end = PERIOD["start"], PERIOD["end"]
    middle = start + dt.timedelta(days=cut)
    whole = found(nights_by_month(each, start=start, end=end))
    parts = [
        row
        for part in ((start, middle), (middle, end))
        for row in found(nights_by_month(each, start=part[0], end=part[1]))
    ]
    for count in ("bed_days", "delay_days"):
        assert sum(row[count] for row in whole) == sum(row[count] for row in parts)
    assert all(0 <= row["delay_days"] <= row["bed_days"] for row in whole)
    # All spells lie in the period: their nights are what passed from admission to leaving.
    nights = sum((row["left_date"] - row["admitted_date"]).days for row in found(each))
    assert sum(row["bed_days"] for row in whole) == nights


@few
@given(rows=happened, causes=st.lists(st.tuples(st.integers(0, 24), st.sampled_from("ABC"))))
def test_causes_share_all_delay_days_and_no_more(rows: Rows, causes: list[tuple[int, str]]) -> None:
    each = spells(table(EVENTS, rows), AS_AT)
    given_causes = ibis.memtable(
        [{"event_id": at, "reason": why} for at, why in causes],
        schema={"event_id": "int64", "reason": "string"},
    )
    total = sum(row["delay_days"] for row in found(delay_days(each, **PERIOD)))
    shared = found(delay_days_by_reason(each, given_causes, **PERIOD))
    assert sum(row["delay_days"] for row in shared) == pytest.approx(total)


@few
@given(rows=happened, days=st.integers(1, 20))
def test_a_later_day_of_leaving_cannot_lower_delay_or_bed_days(rows: Rows, days: int) -> None:
    later = [
        {**row, "end_at": row["end_at"] and row["end_at"] + dt.timedelta(days=days)} for row in rows
    ]
    counts = [
        [
            (row["bed_days"], row["delay_days"])
            for row in found(_totals(spells(table(EVENTS, one), AS_AT)))
        ]
        for one in (rows, later)
    ]
    for before, after in zip(*counts, strict=True):
        assert after[0] >= before[0]
        assert after[1] >= before[1]


def _totals(each: ir.Table) -> ir.Table:
    nights = nights_by_month(each, **PERIOD)
    return nights.group_by("event_id").aggregate(
        bed_days=nights.bed_days.sum(), delay_days=nights.delay_days.sum()
    )


@few
@given(rows=happened, homes=st.dictionaries(people, st.sampled_from(["L1", "L2", "L9"])))
def test_the_matrix_of_who_is_treated_where_holds_every_contact(
    rows: Rows, homes: dict[str, str]
) -> None:
    contacts = care_contacts(table(EVENTS, rows), AS_AT)
    where = ibis.memtable(
        [{"person_id": who, "lsoa_code": home} for who, home in homes.items()],
        schema={"person_id": "string", "lsoa_code": "string"},
    )
    areas = ibis.memtable({"member": ["L1", "L2"], "area": ["S1", "S2"]})
    cells = found(treated_where(contacts, where, areas, where, areas))
    assert sum(cell["contacts"] for cell in cells) == len(found(contacts))


@few
@given(
    who=st.lists(
        st.tuples(st.sampled_from("NM"), st.sampled_from("abc"), st.integers(0, 3)),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_what_is_expected_sums_to_what_is_observed(who: list[tuple[str, str, int]]) -> None:
    population = ibis.memtable(
        [{"person_id": str(at), "area": area, "band": band}
         for at, (area, band, _) in enumerate(who)]
    )  # fmt: skip
    used = ibis.memtable(
        [{"person_id": str(at)} for at, (_, _, times) in enumerate(who) for _ in range(times)],
        schema={"person_id": "string"},
    )
    each = found(emergency_demand(population, used, ["band"]))
    observed = sum(row["observed"] for row in each)
    assert sum(row["expected"] for row in each) == pytest.approx(observed)
    assert observed == sum(times for _, _, times in who)


@given(
    arrivals=st.lists(st.floats(0, 300), min_size=7, max_size=7),
    delayed=st.floats(0, 1), times=st.floats(0, 1),
)  # fmt: skip
def test_fewer_delay_days_never_fill_more_beds(
    arrivals: list[float], delayed: float, times: float
) -> None:
    model = BedModel(
        np.array(arrivals), np.array([0.0, 0.5, 0.5]), np.array([1 - delayed, 0, 0, delayed])
    )
    better = changed(model, Scenario("better", delay_times=times))
    freed = float(np.mean(arrivals)) * 3 * delayed * (1 - times)
    assert expected_occupied(model) - expected_occupied(better) == pytest.approx(freed, abs=1e-6)

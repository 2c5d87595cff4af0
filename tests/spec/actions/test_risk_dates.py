"""Which years a risk model learns from and is judged on, from what the events cover."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pytest

from joinedup.actions.risk_dates import index_dates
from joinedup.terms import SourceDataError


def monthly(first: dt.date, months: int, told: dt.date, *, but: tuple[int, ...] = ()) -> ir.Table:
    """Six stays in hospital on the tenth of every month from `first`, but for some months."""
    starts = [
        dt.datetime(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 10)
        for n in range(months)
        if n not in but
        for _ in range(6)
    ]
    rows = [
        {"setting": "inpatient", "kind": "spell", "start_at": at, "known_date": told}
        for at in starts
    ]
    return ibis.memtable(
        rows,
        schema={
            "setting": "string", "kind": "string", "start_at": "timestamp(6)", "known_date": "date",
        },
    )  # fmt: skip


def test_the_newest_whole_year_tests_and_the_year_before_trains() -> None:
    told = dt.date(2026, 4, 2)
    dates = index_dates(monthly(dt.date(2023, 4, 1), 36, told), told)
    # The events cover April 2023 to March 2026.
    assert (dates.train_on, dates.test_on) == (dt.date(2024, 4, 1), dt.date(2025, 4, 1))
    assert dates.look_back_days == 366  # to 1 April 2024, a leap year


def test_a_month_that_is_not_over_is_not_counted() -> None:
    told = dt.date(2026, 3, 20)
    dates = index_dates(monthly(dt.date(2023, 3, 1), 37, told), told)
    assert dates.test_on == dt.date(2025, 3, 1)


def test_a_month_that_ends_with_the_extract_counts_but_for_the_day_itself() -> None:
    told = dt.date(2026, 3, 31)
    dates = index_dates(monthly(dt.date(2023, 4, 1), 36, told), told)
    assert dates.test_on == dt.date(2025, 3, 31)


@pytest.mark.parametrize(
    ("months", "but"), [(23, ()), (36, (24,)), (0, ())], ids=["short", "a gap", "nothing"]
)
def test_less_than_two_whole_years_is_said_plainly(months: int, but: tuple[int, ...]) -> None:
    told = dt.date(2026, 4, 2)
    events = monthly(dt.date(2023, 4, 1), months, told, but=but)
    with pytest.raises(SourceDataError, match="too short to train on one year"):
        index_dates(events, told, settings=("inpatient",))

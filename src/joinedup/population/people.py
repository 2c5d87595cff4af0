"""The people whom measures are about, as at the end of a period, and how each is broken down."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.ages import OLDEST_BAND, age_years

# Five-year bands of the European Standard Population 2013, numbered 0 (0 to 4) to 18 (90 on).
BANDS: Final = OLDEST_BAND // 5 + 1
# First ages of the groups that pages show: children, working age in two, and three of the old.
AGE_GROUPS: Final = ((0, "0 to 17"), (18, "18 to 39"), (40, "40 to 64"), (65, "65 to 74"),
                     (75, "75 to 84"), (85, "85 and over"))  # fmt: skip
# The 2001 census's sixteen categories in its five groups (NHS Data Dictionary: ETHNIC CATEGORY).
ETHNIC_GROUPS: Final = {
    "White": ("A", "B", "C"),
    "Mixed": ("D", "E", "F", "G"),
    "Asian or Asian British": ("H", "J", "K", "L"),
    "Black or Black British": ("M", "N", "P"),
    "Other": ("R", "S"),
}
UNKNOWN: Final = "Not known"
_FIFTHS: Final = 5


def people_in_period(persons: ir.Table, start: dt.date, end: dt.date) -> ir.Table:
    """Everyone alive on a day of a period, `start` in and `end` out, with columns:

    person_id, sex, age_group, ethnicity, band (0 to 18, null where no age is known), birth_month,
    is_at_end, days (lived within). Age is as at the end, or on the last day alive.
    """
    first, past = ibis.literal(start), ibis.literal(end)
    born = persons.birth_month.fill_null(start)
    died = persons.death_date.fill_null(end)
    there = persons.filter((born < past) & (died > first))
    from_day = ibis.ifelse(there.birth_month > first, there.birth_month, first).fill_null(start)
    to_day = ibis.ifelse(there.death_date < past, there.death_date, past).fill_null(end)
    days = to_day.delta(from_day, unit="day").cast("int64")
    age = age_years(there.birth_month, end - dt.timedelta(days=1))
    known = there.birth_month.notnull()
    band = ibis.ifelse(age >= OLDEST_BAND, BANDS - 1, age // 5).cast("int64")
    return there.select(
        "person_id",
        "sex",
        "birth_month",
        sex_name=_words_of_sex(there.sex),
        age_group=ibis.ifelse(known, _age_group(age), UNKNOWN),
        ethnicity_group=_ethnic_group(there.ethnicity),
        band=ibis.ifelse(known, band, ibis.null("int64")),
        is_at_end=there.death_date.isnull() | (there.death_date >= past),
        # Whole days, so that sums are the same in whatever order they are made.
        days=ibis.ifelse(days > 0, days, 0),
    )


def deprivation_fifth(decile: ir.IntegerValue) -> ir.StringValue:
    """A fifth in words, from a tenth of which 1 is the most deprived (IMD); where none is known."""
    fifth = ((decile + 1) // 2).cast("int64")
    words = {1: "1 most deprived", 2: "2", 3: "3", 4: "4", 5: f"{_FIFTHS} least deprived"}
    return ibis.cases(*((fifth == n, text) for n, text in words.items()), else_=UNKNOWN)


def _words_of_sex(sex: ir.StringValue) -> ir.StringValue:
    return ibis.cases(
        (sex == "female", "Female"), (sex == "male", "Male"), else_="Other or not known"
    )


def _age_group(age: ir.IntegerValue) -> ir.StringValue:
    *older, youngest = reversed(AGE_GROUPS)
    return ibis.cases(*((age >= first, name) for first, name in older), else_=youngest[1])


def _ethnic_group(code: ir.StringValue) -> ir.StringValue:
    return ibis.cases(
        *((code.isin(codes), name) for name, codes in ETHNIC_GROUPS.items()), else_=UNKNOWN
    )

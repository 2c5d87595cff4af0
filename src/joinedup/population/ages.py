"""How old people are as at a date, in five-year bands, by sex."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

# The bands of the European Standard Population 2013 (Eurostat), its 0 and 1 to 4 as one.
BAND_YEARS: Final = 5
OLDEST_BAND: Final = 90


def age_years(birth_month: ir.DateValue, on: dt.date) -> ir.IntegerValue:
    """Completed years, from the first day of the month: a birthday comes a little early."""
    months = (on.year - birth_month.year()) * 12 + (on.month - birth_month.month())
    return (months / 12).floor().cast("int64")


def people_by_age_and_sex(persons: ir.Table, on: dt.date) -> ir.Table:
    """How many people of each band and sex: columns first_age, sex, people.

    `first_age` is 0, 5, … 90 (90 and over) and null where no birth month is known.
    """
    years = age_years(persons.birth_month, on)
    band = ibis.least(years // BAND_YEARS * BAND_YEARS, OLDEST_BAND).cast("int64")
    # `least` passes over a null on some engines: an unknown age stays unknown.
    first_age = persons.birth_month.isnull().ifelse(ibis.null("int64"), band)
    banded = persons.select(first_age=first_age, sex=persons.sex)
    return (
        banded.group_by("first_age", "sex")
        .aggregate(people=lambda t: t.count())
        .order_by("first_age", "sex")
    )


def band_name(first_age: int) -> str:
    """A band in words: "0 to 4", "90 and over"."""
    if first_age >= OLDEST_BAND:
        return f"{OLDEST_BAND} and over"
    return f"{first_age} to {first_age + BAND_YEARS - 1}"

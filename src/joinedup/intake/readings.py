"""Ibis expressions that turn a partner's text into the promised types, by a feed's TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from joinedup.intake.feed import Form, Mapped, Take, Value
from joinedup.terms import nhs_number
from joinedup.terms.dates import (
    BIRTH_PLACEHOLDERS,
    FIRST_POSSIBLE,
    FURTHEST_AHEAD,
    is_iso,
    read_datetime,
    read_seconds,
    to_utc,
)
from joinedup.terms.money import read_pence

_DATED = (Form.DATE, Form.DATETIME)


@dataclass(frozen=True, slots=True)
class Source:
    """The partner's columns in a text table: name → column, trimmed, null where it is nothing.

    `typed`: columns of a Parquet that were dates or times already, so need no format.
    """

    columns: Mapping[str, ir.StringColumn]
    typed: frozenset[str]

    def column(self, name: str) -> ir.StringColumn | ir.Value:
        """One column; null throughout where an optional one is not in the file."""
        return self.columns.get(name, ibis.null("string"))


def tidy(text: ir.StringColumn, nulls: tuple[str, ...]) -> ir.Value:
    """Text without white space round it; null where it is one of the feed's `nulls`."""
    # Few values have anything to take off, and looking is four times quicker than taking: what
    # begins with white space sorts before "!", the first sign after the space.
    padded = (text < "!") | text.endswith(" ") | text.endswith("\n")
    plain = ibis.ifelse(padded, text.strip(), text).nullif("")
    words = [word for word in nulls if word]
    return reduce(lambda value, word: value.nullif(word), words, plain)


def text_of(mapped: Mapped, source: Source) -> ir.Value:
    """The text that a value is read from.

    A record id of several columns is whole or it is none: a part of it alone, such as the
    practice, would make one patient of many.
    """
    value = mapped.value
    if value.constant is not None:
        return ibis.literal(value.constant)
    columns = [source.column(name) for name in value.columns]
    if len(columns) == 1:
        text = columns[0]
    elif value.take is Take.FIRST:
        text = ibis.coalesce(*columns)
    else:
        text = ibis.literal(value.joiner).join(columns).nullif("")
        if mapped.target.name == "record_id":
            is_whole = reduce(and_, [column.notnull() for column in columns])
            text = ibis.ifelse(is_whole, text, ibis.null("string"))
    return text


def local_of(mapped: Mapped, text: ir.Value, source: Source) -> ir.Value:
    """What the text says before zones and limits: a time, a number, a code, or itself."""
    value = mapped.value
    if mapped.target.name == "nhs_number":
        return nhs_number.ten_digits(text)
    if value.form in _DATED:
        return _read_dated(value, text, source)
    if value.form is Form.NUMBER:
        return text.replace(",", "").try_cast("float64")
    if value.form in (Form.POUNDS, Form.PENCE):
        return read_pence(text, value.form.value)
    if value.pattern:
        return text.re_extract(value.pattern, 1).strip().nullif("")
    return _coded(value, text) if value.codes else text


def _coded(value: Value, text: ir.Value) -> ir.Value:
    otherwise = ibis.literal(value.otherwise or None, "string")
    known = [
        (text == theirs, ibis.literal(ours or None, "string"))
        for theirs, ours in value.codes.items()
    ]
    return ibis.cases((text.isnull(), ibis.null("string")), *known, else_=otherwise)


def _read_dated(value: Value, text: ir.Value, source: Source) -> ir.Value:
    if any(name in source.typed for name in value.columns):
        return text.try_cast("timestamp(6)")
    day, _, time = value.layout.partition(value.joiner)
    if value.take is not Take.JOIN or len(value.columns) != 2 or not time:
        return read_datetime(text, value.layout)
    # A date whose time is missing is that day's midnight, not unreadable.
    first, second = (source.column(name) for name in value.columns)
    if is_iso(value.layout):
        whole = read_datetime(text, value.layout)
        return ibis.ifelse(second.isnull(), read_datetime(first, day), whole)
    # Read apart, since few days and few times make many joined.
    seconds = ibis.ifelse(second.isnull(), 0, read_seconds(second, time))
    return read_datetime(first, day) + seconds.as_interval("s")


@dataclass(frozen=True, slots=True)
class Limits:
    """Which dates are possible, as at the extract."""

    extract_date: ir.DateValue

    def is_impossible(self, when: ir.Value) -> ir.Value:
        """Before 1900, or further ahead of the extract than anything is booked."""
        last = self.extract_date + ibis.interval(days=FURTHEST_AHEAD.days)
        return (when < ibis.literal(FIRST_POSSIBLE, "timestamp(6)")) | (when > last)


def final_of(mapped: Mapped, local: ir.Value, limits: Limits) -> ir.Value:
    """The promised value: in UTC, of the promised type, null where it is impossible."""
    value, target = mapped.value, mapped.target
    if value.form in _DATED and value.constant is None:
        final = ibis.ifelse(limits.is_impossible(local), ibis.null("timestamp(6)"), local)
        if target.type == "date":
            return _known_birth(target.name, final.cast("date"))
        return to_utc(final, value.zone)
    if target.codes and not value.codes and value.constant is None:
        return ibis.ifelse(local.isin(list(target.codes)), local, ibis.null("string"))
    if target.name == "nhs_number":
        whole = nhs_number.as_whole(local)
        return ibis.ifelse(nhs_number.is_placeholder(whole), ibis.null("string"), local)
    return local.cast(target.type)


def _known_birth(name: str, day: ir.Value) -> ir.Value:
    if name != "birth_date":
        return day
    return ibis.ifelse(day.isin(BIRTH_PLACEHOLDERS), ibis.null("date"), day)


def is_unreadable(mapped: Mapped, text: ir.Value, local: ir.Value) -> ir.Value | None:
    """Whether there is text that could not be read; None where that cannot be."""
    value, target = mapped.value, mapped.target
    if value.constant is not None:
        return None
    if value.codes:
        if value.otherwise is not None:
            return None
        return text.notnull() & ~text.isin(list(value.codes))
    if target.codes:
        return text.notnull() & ~text.isin(list(target.codes))
    if value.form is Form.TEXT and not value.pattern:
        return None
    return text.notnull() & local.isnull()


def unreadable_rule(mapped: Mapped) -> str:
    """The rule that text which could not be read fails."""
    if mapped.value.codes or mapped.target.codes:
        return "code_unknown"
    if mapped.value.form in _DATED:
        return "date_unreadable"
    return "text_unreadable" if mapped.value.form is Form.TEXT else "number_unreadable"

"""One row of a partner's file as rows of the promised tables.

`map_rows` lays every promised value of a row beside its text in one wide table, of which each
later step asks for the few columns that it needs; DuckDB then computes no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.intake.feed import Feed, Form, Mapped, Part, Take, Value
from joinedup.intake.readings import (
    Limits,
    Source,
    final_of,
    is_unreadable,
    local_of,
    text_of,
    tidy,
)
from joinedup.terms.nhs_number import as_whole

# Between the columns of a key: no partner's text holds it.
KEY_SEPARATOR: Final = "\x1f"

# Columns of a text table that are not the partner's.
CARRIED: Final = ("source_row", "lines", "extract_date", "first_event_id")


@dataclass(frozen=True, slots=True)
class MappedRows:
    """The wide table, and which of its columns hold what.

    A column is named by the value's place in the feed: `t` its text, `l` what that reads as before
    zones and limits, `v` the promised value.
    """

    table: ir.Table
    feed: Feed
    limits: Limits
    places: Mapping[str, int]
    keys: tuple[str, ...]

    def text(self, mapped: Mapped) -> ir.Value:
        """The partner's text of a value; null where there is none."""
        return self.table[f"t{self._place(mapped)}"]

    def local(self, mapped: Mapped) -> ir.Value:
        """What the text says: a time without its zone, a number, our code."""
        return self.table[f"l{self._place(mapped)}"]

    def value(self, mapped: Mapped) -> ir.Value:
        """The promised value."""
        return self.table[f"v{self._place(mapped)}"]

    def nhs_number(self) -> ir.IntegerValue:
        """The NHS number as a whole number; null where the row has none of ten digits."""
        return self.table.nhs_number

    def unreadable(self, mapped: Mapped) -> ir.Value | None:
        """Whether there is text that could not be read; None where that cannot be."""
        return is_unreadable(mapped, self.text(mapped), self.local(mapped))

    def takes(self, part: Part) -> ir.Value:
        """Whether a part takes the row."""
        when = part.when
        if when is None:
            return ibis.literal(True)
        column = self.table[f"k{self.keys.index(when.column)}"]
        if not when.values:
            return column.isnull() if when.negated else column.notnull()
        among = column.isin(list(when.values)).fill_null(False)
        return ~among if when.negated else among

    def row_key(self) -> ir.Value:
        """The text of the feed's key; null where all of it is missing."""
        columns = [self.table[f"k{self.keys.index(name)}"] for name in self.feed.key]
        if len(columns) == 1:
            return columns[0]
        known = columns[0].notnull()
        for column in columns[1:]:
            known = known | column.notnull()
        filled = [column.fill_null("") for column in columns]
        return ibis.ifelse(known, ibis.literal(KEY_SEPARATOR).join(filled), ibis.null("string"))

    def _place(self, mapped: Mapped) -> int:
        return self.places[value_name(mapped)]


def each_column(mapped: Mapped) -> tuple[Mapped, ...]:
    """A value of several columns that each give one, as that many values."""
    if mapped.value.take is not Take.EACH:
        return (mapped,)
    return tuple(
        replace(mapped, value=replace(mapped.value, columns=(name,), take=Take.JOIN))
        for name in mapped.value.columns
    )


def promised_values(feed: Feed) -> tuple[Mapped, ...]:
    """Every value that fills a promised column, each once."""
    found: dict[str, Mapped] = {}
    for part in feed.all_parts:
        for mapped in part.columns:
            found.update({value_name(one): one for one in each_column(mapped)})
    return tuple(found.values())


def _all_values(feed: Feed) -> tuple[Mapped, ...]:
    """Every value that a row is read for: the promised ones, and what the feed's rules compare."""
    compared = [one for rule in feed.own_rules for one in (rule.first, rule.not_after)]
    found = {value_name(one): one for one in (*promised_values(feed), *compared)}
    return tuple(found.values())


def value_places(feed: Feed) -> Mapping[str, int]:
    """The number by which each value is known, from its name."""
    return {value_name(one): place for place, one in enumerate(_all_values(feed))}


def map_rows(
    feed: Feed, rows: ir.Table, names: Mapping[str, str], typed: frozenset[str]
) -> MappedRows:
    """Lay a feed's values beside its rows.

    `names`: the partner's column → its column of text in `rows`, which has `extract_date` and
    `first_event_id` too, and may have `source_row` and `lines`. `typed`: those that were dates or
    times already.
    """
    used = feed.columns_used
    values = _all_values(feed)
    places = value_places(feed)
    own = [name for name in CARRIED if name in rows.columns]
    tidied = rows.select(
        *own,
        **{
            f"k{place}": tidy(rows[names[name]], feed.layout.nulls)
            if name in names
            else ibis.null("string")
            for place, name in enumerate(used)
        },
    )

    def source(table: ir.Table) -> Source:
        return Source({name: table[f"k{place}"] for place, name in enumerate(used)}, typed)

    texts = tidied.mutate(**{f"t{n}": text_of(one, source(tidied)) for n, one in enumerate(values)})
    locals_ = texts.mutate(
        **{f"l{n}": local_of(one, texts[f"t{n}"], source(texts)) for n, one in enumerate(values)}
    )
    limits = Limits(locals_.extract_date)
    number = feed.identity.find("nhs_number")
    finals = locals_.mutate(
        **{f"v{n}": final_of(one, locals_[f"l{n}"], limits) for n, one in enumerate(values)},
        nhs_number=as_whole(locals_[f"l{places[value_name(number)]}"])
        if number
        else ibis.null("int64"),
    )
    return MappedRows(finals, feed, Limits(finals.extract_date), places, used)


def has_time(value: Value) -> bool:
    """Whether a date comes with its time of day."""
    return value.form is Form.DATETIME and "%H" in value.layout


def value_name(mapped: Mapped) -> str:
    """What tells two values apart: how they are read and what they fill."""
    return repr((mapped.value, mapped.target.name, mapped.target.type))

"""Read one value of a feed's TOML: a column, or columns, or a constant, and how to read it."""

from __future__ import annotations

import re
from typing import Any, Final

from joinedup.intake.feed import Form, Take, Value
from joinedup.partners import Section
from joinedup.tables import Column
from joinedup.terms.dates import ZONES
from joinedup.terms.money import UNITS
from joinedup.terms.patterns import pattern_fault
from joinedup.terms.shown import shown

# The letters of strptime that every engine reads alike, without zones: those are the feed's `zone`.
_LAYOUT: Final = re.compile(r"(?:[^%]|%-?[dHIMSmyj]|%[aAbBfpTY%])++")
_LAYOUT_CHARACTERS: Final = 100
# A map of codes is one expression: more, and the database takes minutes to plan it.
CODES_AT_MOST: Final = 10_000
COLUMNS_AT_MOST: Final = 100
_SOURCES: Final = ("column", "columns", "first_of", "value")
# What a constant of each promised type is written like; dates and times have none.
_CONSTANTS: Final = {
    "int64": re.compile(r"-?[0-9]{1,18}"),
    "float64": re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?"),
    "string": re.compile(r"(?s).*"),
}
_READINGS: Final = ("date", "datetime", "number", "pence", "codes", "pattern")
# Which readings can fill which promised type.
_FITS: Final = {
    "date": (Form.DATE, Form.DATETIME),
    "timestamp(6)": (Form.DATE, Form.DATETIME),
    "float64": (Form.NUMBER,),
    "int64": (Form.NUMBER, Form.POUNDS, Form.PENCE),
    "string": (Form.TEXT,),
}
_CURES: Final = {
    "date": 'Say how it is written, for example { column = "...", date = "%Y-%m-%d" }.',
    "timestamp(6)": 'Say how it is written, for example { column = "...", '
    'datetime = "%Y-%m-%d %H:%M:%S", zone = "Europe/London" }.',
    "float64": 'Write { column = "...", number = true }.',
    "int64": 'Write { column = "...", number = true }, or pence = "pounds".',
    "string": "Leave out date, datetime, number and pence.",
}


def read_value(section: Section, key: str, target: Column, *, each: bool = False) -> Value:
    """The value of `key`, checked against the promised column that it fills.

    `each`: several columns give a value each, not one joined.
    """
    if isinstance(section.raw(key), str):
        value = Value(columns=(section.text(key),))
    else:
        value = _read_table(section.section(key), each=each)
    _check_fit(section, key, target, value)
    _check_codes(section, key, target, value)
    return value


def _read_table(inner: Section, *, each: bool) -> Value:
    given = [name for name in _SOURCES if name in inner]
    if len(given) != 1:
        raise inner.error(
            "",
            "A value has one of `column`, `columns`, `first_of` and `value`.",
            'For example { column = "SEX" }.',
        )
    form, layout = _read_form(inner)
    codes = inner.text_map("codes", {})
    if len(codes) > CODES_AT_MOST:
        raise inner.error(
            "codes", f"There are {len(codes):,} codes.", f"Map {CODES_AT_MOST:,} at most."
        )
    return Value(
        columns=_columns(inner, given[0]),
        take=_take(given[0], each),
        joiner=_free_text(inner, "join", " "),
        constant=_constant(inner) if given[0] == "value" else None,
        form=form,
        layout=layout,
        zone=inner.text("zone", "UTC", codes=ZONES),
        pattern=_pattern(inner),
        codes=codes,
        otherwise=_free_text(inner, "else", None),
    )


def _columns(inner: Section, source: str) -> tuple[str, ...]:
    if source == "value":
        return ()
    columns = (inner.text("column"),) if source == "column" else inner.texts(source)
    if not 1 <= len(columns) <= COLUMNS_AT_MOST:
        raise inner.error(
            source, f"It names {len(columns):,} columns.", f"Name 1 to {COLUMNS_AT_MOST}."
        )
    return columns


def _constant(inner: Section) -> str:
    value = inner.raw("value")
    if not isinstance(value, (str, int, float)):
        raise inner.error("value", "A value is text or a number.", 'For example { value = "R0D" }.')
    return str(value)


def _take(source: str, each: bool) -> Take:
    if source == "first_of":
        return Take.FIRST
    return Take.EACH if each else Take.JOIN


def _free_text(inner: Section, key: str, default: Any) -> Any:
    """Text that may be empty, which `Section.text` refuses."""
    value = inner.raw(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise inner.error(key, f"`{key}` should be text in quotes.", 'For example " ".')
    return value


def _read_form(inner: Section) -> tuple[Form, str]:
    given = [name for name in _READINGS if name in inner]
    if len(given) > 1:
        raise inner.error(
            given[1], f"`{given[0]}` and `{given[1]}` do not go together.", "Keep one of them."
        )
    if "date" in inner:
        return Form.DATE, _layout(inner, "date")
    if "datetime" in inner:
        return Form.DATETIME, _layout(inner, "datetime")
    if "pence" in inner:
        unit = inner.text("pence", codes=UNITS)
        return (Form.POUNDS if unit == "pounds" else Form.PENCE), ""
    if "number" in inner and inner.flag("number"):
        return Form.NUMBER, ""
    return Form.TEXT, ""


def _layout(inner: Section, key: str) -> str:
    layout = inner.text(key)
    is_known = _LAYOUT.fullmatch(layout) and len(layout) <= _LAYOUT_CHARACTERS
    if not is_known or ("%Y" not in layout and "%y" not in layout):
        raise inner.error(
            key, f"'{shown(layout)}' is not a date format.", "For example '%Y-%m-%d' or '%d/%m/%Y'."
        )
    return layout


def _pattern(inner: Section) -> str:
    pattern = inner.text("pattern", "") if "pattern" in inner else ""
    if not pattern:
        return ""
    fault = pattern_fault(pattern)
    if fault:
        raise inner.error(
            "pattern", fault, "Put brackets round what is to be kept, for example '^([A-Z]+)'."
        )
    return pattern


def _check_fit(section: Section, key: str, target: Column, value: Value) -> None:
    if value.constant is not None and target.type in _CONSTANTS:
        if not _CONSTANTS[target.type].fullmatch(value.constant):
            raise section.error(
                key, f"`{key}` is a number, which this is not.", "Give a number, without quotes."
            )
        return
    if value.form not in _FITS[target.type]:
        raise section.error(
            key,
            f"`{key}` is of type {_plain(target.type)}, which this does not give.",
            _CURES[target.type],
        )


def _plain(type_: str) -> str:
    return {"timestamp(6)": "date and time", "string": "text"}.get(type_, type_)


def _check_codes(section: Section, key: str, target: Column, value: Value) -> None:
    """What a feed maps to must be in the promised column's closed set."""
    if not target.codes:
        return
    mapped = [code for code in value.codes.values() if code]
    for code in (*mapped, value.constant, value.otherwise):
        if code and code not in target.codes:
            known = ", ".join(target.codes)
            raise section.error(key, f"`{key}` cannot be '{shown(code)}'.", f"It may be {known}.")

"""Read a feed's TOML; every mistake names the file, the key and the cure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from joinedup import tables
from joinedup.intake.feed import Condition, Feed, Form, Layout, Mapped, OwnRule, Part, Take, Value
from joinedup.intake.read_value import CODES_AT_MOST, COLUMNS_AT_MOST, read_value
from joinedup.intake.rules import BY_ID, OVERRIDABLE, did_you_mean
from joinedup.partners import Section, parse_settings
from joinedup.partners.settings import read_bytes
from joinedup.tables import Column, Table
from joinedup.terms.patterns import PATTERN_CHARACTERS, has_one_group, pattern_fault
from joinedup.terms.shown import shown

ENCODINGS: Final = ("auto", "utf-8", "windows-1252")
# event_id leaves two bits for the event's place in its row.
_PARTS_A_ROW: Final = 4

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")

# Filled by intake itself, so never mapped.
_FILLED: Final = frozenset(
    {"event_id", "referral_id", "partner", "known_date", "file_id", "source_row", "position"}
)
_SECTIONS: Final = (
    ("events", tables.EVENTS),
    ("referrals", tables.REFERRALS),
    ("registrations", tables.REGISTRATIONS),
    ("residences", tables.RESIDENCES),
)


def read_feed(path: Path) -> Feed:
    """Read one feed's TOML."""
    return parse_feed(read_bytes(path), path)


def parse_feed(content: bytes, path: Path) -> Feed:
    """Read a feed from the bytes of its TOML; `path` is only named in errors."""
    top = parse_settings(content, path)
    identity = _read_part(top.section("identity"), tables.IDENTITIES, 0)
    parts = tuple(part for name, table in _SECTIONS for part in _read_parts(top, name, table))
    days = _written_days((identity, *parts))
    feed = Feed(
        partner=top.text("partner"),
        name=_name(top, "feed"),
        title=top.text("title", ""),
        files=_file_pattern(top),
        extract_date=_extract_date(top),
        key=_read_key(top),
        layout=_read_layout(top.section("format")),
        identity=identity,
        parts=parts,
        own_rules=_read_own_rules(top, days),
        severity=_read_severity(top.section("severity")),
        path=path,
        digest=hashlib.sha256(content).hexdigest(),
    )
    top.finish()
    _check_optional(feed, top)
    return feed


def _name(section: Section, key: str) -> str:
    """A name that goes into tables, reasons and commands as it is."""
    name = section.text(key)
    if not _NAME.fullmatch(name):
        raise section.error(
            key, f"'{shown(name)}' is not a name.", "Use letters, digits, `_` and `-`, 60 at most."
        )
    return name


def _refuse_many(section: Section, key: str, count: int, most: int) -> None:
    if count > most:
        raise section.error(key, f"There are {count:,} of them.", f"Give {most:,} at most.")


def _file_pattern(top: Section) -> str:
    pattern = top.text("files")
    if "/" in pattern or "\\" in pattern:
        raise top.error(
            "files",
            "`files` is a pattern of file names, without folders.",
            "Name the files alone; they lie in the partner's folder below inbox/.",
        )
    if len(pattern) > PATTERN_CHARACTERS:
        raise top.error("files", f"It is longer than {PATTERN_CHARACTERS} characters.", "Shorten.")
    return pattern


def _extract_date(top: Section) -> str:
    pattern = top.text("extract_date")
    fault = pattern_fault(pattern)
    if not fault and not has_one_group(pattern):
        fault = "It has several groups in brackets, and should have one."
    if fault:
        raise top.error(
            "extract_date",
            fault,
            r"Put brackets round the date alone, for example 'admissions_(\d{8})'.",
        )
    return pattern


def _read_key(top: Section) -> tuple[str, ...]:
    key = top.texts("key")
    if not key:
        raise top.error(
            "key", "The key is empty.", "Name the columns that make a row the same row when resent."
        )
    _refuse_many(top, "key", len(key), COLUMNS_AT_MOST)
    return key


def _read_layout(section: Section) -> Layout:
    layout = Layout(
        delimiter=section.text("delimiter", ",") if section.raw("delimiter") != "\t" else "\t",
        encoding=section.text("encoding", "auto", codes=ENCODINGS),
        header=section.flag("header", True),
        columns=section.texts("columns", ()),
        nulls=section.texts("nulls", ("", "NULL")),
        optional=section.texts("optional", ()),
    )
    if len(layout.delimiter.encode()) != 1 or layout.delimiter in '"\r\n ':
        raise section.error(
            "delimiter", "The delimiter is one character.", 'Give "," or ";" or "|" or "\\t".'
        )
    _refuse_many(section, "nulls", len(layout.nulls), COLUMNS_AT_MOST)
    if not layout.header and not layout.columns:
        raise section.error(
            "columns",
            "A file without a header needs the names of its columns.",
            'Add `columns = ["FIRST", "SECOND", ...]`.',
        )
    return layout


def _read_severity(section: Section) -> Mapping[str, str]:
    chosen: dict[str, str] = {}
    for rule in section.keys:
        if rule not in OVERRIDABLE:
            raise section.error(
                rule,
                f"There is no rule `{rule}` about rows.",
                did_you_mean(rule, OVERRIDABLE) or "See docs/reference/rules.md.",
            )
        chosen[rule] = section.text(rule, codes=("refuse", "flag"))
    return chosen


def _read_parts(top: Section, name: str, table: Table) -> list[Part]:
    sections = top.sections(name)
    if len(sections) > _PARTS_A_ROW:
        raise top.error(
            name, f"A row makes at most {_PARTS_A_ROW} {name}.", "Make two feeds of it."
        )
    return [_read_part(s, table.as_received(), number) for number, s in enumerate(sections)]


def _read_part(section: Section, table: Table, number: int) -> Part:
    when = _read_condition(section.section("when")) if "when" in section else None
    codes: tuple[Part, ...] = ()
    if table.name == "events":
        blocks = section.sections("codes")
        _refuse_many(section, "codes", len(blocks), COLUMNS_AT_MOST)
        received = tables.CODES.as_received()
        codes = tuple(_read_part(one, received, place) for place, one in enumerate(blocks))
    own = ("when", "codes") if table.name == "events" else ("when",)
    columns = tuple(_read_mapped(section, table, key) for key in section.keys if key not in own)
    part = Part(table, number, columns, when, codes)
    _check_required(section, part)
    return part


def _read_mapped(section: Section, table: Table, key: str) -> Mapped:
    mappable = tuple(name for name in _mappable(table))
    if key not in mappable:
        what = f"The table `{table.name}` has no column `{key}` to fill."
        if key in _FILLED or (key == "record_id" and table.name != "identities"):
            what = f"`{key}` is filled by Joinedup itself."
        raise section.error(
            key, what, did_you_mean(key, mappable) or f"It has {', '.join(mappable)}."
        )
    target = table.column(key)
    return Mapped(target, read_value(section, key, target, each=key == "code"))


def _mappable(table: Table) -> list[str]:
    filled = _FILLED if table.name == "identities" else _FILLED | {"record_id"}
    return [name for name in table.column_names if name not in filled]


def _check_required(section: Section, part: Part) -> None:
    # A code's date is the event's where the feed gives none.
    defaulted = {"recorded_date"} if part.table.name == "codes" else set()
    for name in _mappable(part.table):
        needed = part.table.column(name).required and name not in defaulted
        if needed and part.find(name) is None:
            raise section.error(
                name,
                f"`{part.table.name}` needs `{name}`.",
                f'Add `{name} = "COLUMN"` or `{name} = {{ value = "..." }}`.',
            )


def _read_condition(section: Section) -> Condition:
    column = section.text("column")
    given = [key for key in ("in", "not_in", "present") if key in section]
    if len(given) != 1:
        raise section.error(
            "",
            "A condition has one of `in`, `not_in` and `present`.",
            'For example { column = "TYPE", in = ["A"] }.',
        )
    if given == ["present"]:
        return Condition(column, negated=not section.flag("present"))
    values = section.texts(given[0])
    _refuse_many(section, given[0], len(values), CODES_AT_MOST)
    return Condition(column, values, negated=given == ["not_in"])


def _written_days(parts: Sequence[Part]) -> Mapping[str, str]:
    """How each column that the feed maps writes its days."""
    found: dict[str, str] = {}
    for part in parts:
        for mapped in part.columns:
            value = mapped.value
            if value.form not in (Form.DATE, Form.DATETIME) or not value.columns:
                continue
            layout = value.layout
            if len(value.columns) > 1 and value.take is Take.JOIN:
                layout = layout.partition(value.joiner)[0]
            found.setdefault(value.columns[0], layout)
    return found


def _read_own_rules(top: Section, days: Mapping[str, str]) -> tuple[OwnRule, ...]:
    sections = top.sections("rules")
    _refuse_many(top, "rules", len(sections), COLUMNS_AT_MOST)
    return tuple(_read_own_rule(section, days) for section in sections)


def _read_own_rule(section: Section, days: Mapping[str, str]) -> OwnRule:
    rule = _name(section, "id")
    if rule in BY_ID:
        raise section.error(
            "id", f"There is a rule `{rule}` already.", "Give it a name of its own."
        )
    return OwnRule(
        id=rule,
        refuses=section.text("severity", "flag", codes=("refuse", "flag")) == "refuse",
        first=_read_day(section, "first", days),
        not_after=_read_day(section, "not_after", days),
        cure=section.text("cure", "Correct one of the two at the source."),
    )


def _read_day(section: Section, key: str, days: Mapping[str, str]) -> Mapped:
    """A day to compare: a column that is mapped elsewhere in the feed, or one with its format."""
    day = Column(key, "date", "A date that a feed's own rule compares.")
    name = section.raw(key)
    if isinstance(name, str) and name in days:
        return Mapped(day, Value(columns=(name,), form=Form.DATE, layout=days[name]))
    return Mapped(day, read_value(section, key, day))


def _check_optional(feed: Feed, top: Section) -> None:
    for name in feed.layout.optional:
        if name not in feed.columns_used:
            raise top.error(
                "format.optional",
                f"The feed uses no column '{name}'.",
                did_you_mean(name, feed.columns_used) or "Remove it.",
            )

"""What a feed's TOML says, read and checked: where each promised column comes from.

The grammar is described in docs/reference/feeds.md; `read_feed` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from joinedup.tables import Column, Table


class Form(StrEnum):
    """How the text of a value is to be read."""

    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    NUMBER = "number"
    POUNDS = "pounds"
    PENCE = "pence"


class Take(StrEnum):
    """How several columns make one value."""

    JOIN = "join"
    FIRST = "first_of"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Value:
    """Where one promised value comes from and how it is read.

    `layout` is the strptime pattern of a date or time. `codes` maps the partner's codes to ours;
    "" means known to be unknown. `otherwise` is for codes that it has not.
    """

    columns: tuple[str, ...] = ()
    take: Take = Take.JOIN
    joiner: str = " "
    constant: str | None = None
    form: Form = Form.TEXT
    layout: str = ""
    zone: str = "UTC"
    pattern: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """One promised column and its value."""

    target: Column
    value: Value

    @property
    def label(self) -> str:
        """What to call it in a reason: the first source column, else the promised name."""
        return self.value.columns[0] if self.value.columns else self.target.name


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows a part takes: those whose `column` is (or is not) among `values`.

    Without values: those where it is there.
    """

    column: str
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One promised table's share of each row; `number` tells parts of the same table apart."""

    table: Table
    number: int
    columns: tuple[Mapped, ...]
    when: Condition | None = None
    codes: tuple[Part, ...] = ()

    def find(self, name: str) -> Mapped | None:
        """The mapping of a promised column, if there is one."""
        return next((mapped for mapped in self.columns if mapped.target.name == name), None)


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A feed's own check: the date `first` must not be after the date `not_after`."""

    id: str
    refuses: bool
    first: Mapped
    not_after: Mapped
    cure: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written. `columns` names them where it has no header."""

    delimiter: str = ","
    encoding: str = "auto"
    header: bool = True
    columns: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ("", "NULL")
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One partner's feed. `digest` identifies its settings, so that a change re-reads its files."""

    partner: str
    name: str
    title: str
    files: str
    extract_date: str
    key: tuple[str, ...]
    layout: Layout
    identity: Part
    parts: tuple[Part, ...]
    own_rules: tuple[OwnRule, ...]
    severity: Mapping[str, str]
    path: Path
    digest: str

    @property
    def id(self) -> str:
        """How a feed is named everywhere: partner and name."""
        return f"{self.partner}/{self.name}"

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """The identity, every other part, and the codes of each."""
        found: list[Part] = [self.identity]
        for part in self.parts:
            found += [part, *part.codes]
        return tuple(found)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Every column of the partner's that the feed names, in order of first mention."""
        names: dict[str, None] = {}
        for part in self.all_parts:
            if part.when:
                names[part.when.column] = None
            for mapped in part.columns:
                names.update(dict.fromkeys(mapped.value.columns))
        for rule in self.own_rules:
            names.update(dict.fromkeys(rule.first.value.columns))
            names.update(dict.fromkeys(rule.not_after.value.columns))
        names.update(dict.fromkeys(self.key))
        return tuple(names)

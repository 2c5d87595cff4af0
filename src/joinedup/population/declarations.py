"""What a register and a measure are, declared once: see docs/how-to/add-a-measure.md.

From one declaration come the value for every footprint, period and breakdown, its interval, its
description page and the line in every list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Polarity(StrEnum):
    """Which way is better."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class About:
    """What every definition says of itself. `changes` is its history, a line a version."""

    id: str
    title: str
    says: str
    source: str
    version: str
    why: str = ""
    caveats: str = ""
    owner: str = ""
    changes: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class EventRule:
    """Which events count; an empty tuple is no restriction.

    `lists` are code lists of which the event has a code, in its first position where `is_primary`.
    """

    settings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    is_primary: bool = False
    least_days: int | None = None


@dataclass(frozen=True, slots=True)
class ValueRule:
    """The latest numeric value of a code list, within limits that include their ends."""

    list: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Who may count: by age in completed years, sex, and membership of all of some registers."""

    from_age: int | None = None
    to_age: int | None = None
    sex: str = ""
    registers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """A published prevalence to hold a register against: people in a hundred of its ages."""

    per_100: float
    source: str


@dataclass(frozen=True, slots=True)
class Register:
    """A set of people as at a date: who has it coded, measured, arranged, or is on other registers.

    Any one way in is enough: a code of `lists`, with none of `resolved_by` on a later day; `value`;
    an open event of `events`; at least `least` of the registers `of`. With `within_days` a code,
    value or ended event counts for so long. Then `people` limits by age and sex, and `without`
    takes out.
    """

    about: About
    lists: tuple[str, ...] = ()
    resolved_by: tuple[str, ...] = ()
    value: ValueRule | None = None
    events: EventRule | None = None
    of: tuple[str, ...] = ()
    least: int = 1
    without: tuple[str, ...] = ()
    within_days: int | None = None
    people: People = field(default_factory=People)
    expected: Expected | None = None

    @property
    def needs_lists(self) -> tuple[str, ...]:
        """The code lists without which it cannot be told."""
        from_value = (self.value.list,) if self.value else ()
        return (*self.lists, *self.resolved_by, *from_value, *_lists_of(self.events))

    @property
    def needs_registers(self) -> tuple[str, ...]:
        """The registers that must be told before it."""
        return (*self.of, *self.without, *self.people.registers)


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted for each person in the period: one of these.

    `register`: whether on it at the end; `lists`: whether coded within; `value`: whether the latest
    value within is inside its limits; `events`: how many began, or with `days` how many days of
    them (`stay`: from start to end, `delay`: from ready to leave to end) fell within.
    """

    register: str = ""
    lists: tuple[str, ...] = ()
    value: ValueRule | None = None
    events: EventRule | None = None
    days: str = ""

    @property
    def needs_lists(self) -> tuple[str, ...]:
        """The code lists without which it cannot be counted."""
        from_value = (self.value.list,) if self.value else ()
        return (*self.lists, *from_value, *_lists_of(self.events))


@dataclass(frozen=True, slots=True)
class Measure:
    """A numerator over a denominator, for people or for events.

    `denominator` None: the people of `people`, as persons at the period's end where the numerator
    is whether (a proportion), as person-years where it is how many (a rate). Where it is a count,
    the measure is a proportion of those events. `is_standardised`: by age, directly.
    """

    about: About
    numerator: Count
    denominator: Count | None = None
    people: People = field(default_factory=People)
    per: int = 100
    is_standardised: bool = False
    polarity: Polarity = Polarity.NEITHER

    @property
    def is_of_events(self) -> bool:
        """Whether it counts events among events, so that it can be told of a provider too."""
        return self.denominator is not None

    @property
    def is_rate(self) -> bool:
        """Whether a person may count more than once."""
        return self.numerator.events is not None and not self.is_of_events

    @property
    def needs_lists(self) -> tuple[str, ...]:
        """The code lists without which it cannot be told; those of its registers apart."""
        below = self.denominator.needs_lists if self.denominator else ()
        return (*self.numerator.needs_lists, *below)

    @property
    def needs_registers(self) -> tuple[str, ...]:
        """The registers that it asks for."""
        own = (self.numerator.register,) if self.numerator.register else ()
        return (*own, *self.people.registers)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a population: by any of some registers, or by age in completed years."""

    id: str
    title: str
    registers: tuple[str, ...] = ()
    from_age: int | None = None
    to_age: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether everybody fits."""
        return not self.registers and self.from_age is None and self.to_age is None


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Everybody in one segment, the first that fits; the last takes all who are left."""

    about: About
    segments: tuple[Segment, ...]

    @property
    def needs_registers(self) -> tuple[str, ...]:
        """The registers that it asks for."""
        return tuple(name for one in self.segments for name in one.registers)


def prevalence_of(register: Register) -> Measure:
    """The measure that every register has: how many in a hundred people of its ages are on it."""
    about = About(
        id=f"{register.about.id}_prevalence",
        title=f"{register.about.title}: prevalence",
        says=f"People on the register, of all people of its ages and sex. {register.about.says}",
        source=register.about.source,
        version=register.about.version,
        why=register.about.why,
        caveats=register.about.caveats,
        owner=register.about.owner,
        changes=register.about.changes,
        file=register.about.file,
    )
    return Measure(about, Count(register=register.about.id), people=register.people, per=100)


def _lists_of(rule: EventRule | None) -> tuple[str, ...]:
    return rule.lists if rule else ()

"""Everything that the report says, as plain values: true counts, before any is hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from joinedup.drawing import Ring


@dataclass(frozen=True, slots=True)
class NeighbourhoodFacts:
    """One neighbourhood; `expected` is the area pack's resident population."""

    code: str
    name: str
    residents: int
    registered: int
    expected: int | None = None
    rings: Sequence[Ring] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Living people who are in no neighbourhood: elsewhere, or nobody said where."""

    live_elsewhere: int = 0
    home_unknown: int = 0
    registered_elsewhere: int = 0
    not_registered: int = 0


@dataclass(frozen=True, slots=True)
class AgeCount:
    """Residents of one age band and sex; null where not known."""

    first_age: int | None
    sex: str | None
    people: int


@dataclass(frozen=True, slots=True)
class SettingCount:
    """Events of one kind of care."""

    setting: str
    events: int


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """One feed: what came, and how new it is. No extract date where no file has come."""

    partner: str
    partner_name: str
    feed: str
    title: str
    files: int
    newest_extract: dt.date | None
    lines: int
    accepted: int
    quarantined: int
    accepted_lines: int
    quarantined_lines: int
    header_or_blank: int

    @property
    def balances(self) -> bool:
        """Whether every line of every file of the feed is accounted for."""
        accounted = self.accepted_lines + self.quarantined_lines + self.header_or_blank
        return self.lines == accounted


@dataclass(frozen=True, slots=True)
class ReasonFacts:
    """One rule, in one feed, that rows did not meet; a row may break several rules.

    `column` is the partner's own name for it, empty where the rule is not about one column.
    """

    partner: str
    feed: str
    rule: str
    severity: str
    rows: int
    meaning: str
    cure: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """One file refused as a whole."""

    partner: str
    feed: str
    file: str
    lines: int
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkageFacts:
    """How records became people. The three scores are null until scored against a truth file.

    `records` counts patients of partners (partner and record_id), each linked to one person.
    The expected numbers are the model's own estimate, null where there is none; `contested`
    records carry the verified NHS numbers of two people.
    """

    records: int
    by_method: Mapping[str, int] = field(default_factory=dict)
    merged: int = 0
    split: int = 0
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    expected_false_links: float | None = None
    expected_missed_links: float | None = None
    contested: int = 0


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What one snapshot's report says. `as_at` is the day that the counts of people hold for.

    `repeated_files` were byte for byte the same as earlier ones, and count once; `waiting` are
    files still being copied, left for the next run.
    """

    system: str
    code: str
    snapshot: str
    made_at: dt.datetime
    as_at: dt.date
    is_invented: bool
    persons: int
    living: int
    events: int
    neighbourhoods: tuple[NeighbourhoodFacts, ...]
    unplaced: Unplaced
    ages: tuple[AgeCount, ...]
    settings: tuple[SettingCount, ...]
    feeds: tuple[FeedFacts, ...]
    reasons: tuple[ReasonFacts, ...]
    refused_files: tuple[RefusedFile, ...]
    linkage: LinkageFacts
    repeated_files: int = 0
    repeated_lines: int = 0
    waiting: tuple[str, ...] = ()

    @property
    def partners(self) -> int:
        """How many partners have sent at least one file."""
        return len({feed.partner for feed in self.feeds if feed.files})

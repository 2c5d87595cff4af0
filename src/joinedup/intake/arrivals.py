"""Which files lie in the inbox, which of them are still arriving, and which feed takes each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from joinedup.intake.feed import Feed

# What programs call a file that they are still copying.
_UNFINISHED: Final = (".part", ".tmp", ".partial", ".filepart", ".crdownload")
_HIDDEN: Final = (".", "~$")
_SUFFIXES: Final = (".csv", ".csv.gz", ".txt", ".txt.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file in the inbox: `name` its path below it, `feed` what takes it.

    `fault` is the id of the file rule that refuses it unread.
    """

    path: Path
    name: str
    partner: str
    feed: Feed | None = None
    extract_date: date | None = None
    fault: str = ""
    remark: str = ""

    @property
    def order(self) -> tuple[bool, date, str]:
        """Which of two files of a feed is later: by the extract's date, then by name."""
        return (bool(self.fault), self.extract_date or date.max, self.name)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything found: files to take in, in order, and names of those still arriving."""

    arrivals: tuple[Arrival, ...]
    waiting: tuple[str, ...]


def find_arrivals(inbox: Path, feeds: Sequence[Feed], partners: Sequence[str]) -> Inbox:
    """Every file below the inbox. `partners`: the codes that folders may be named by."""
    arrivals: list[Arrival] = []
    waiting: list[str] = []
    for path in sorted(inbox.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(inbox).as_posix()
        if is_unfinished(path):
            waiting.append(name)
        else:
            arrivals.append(_arrival(path, name, feeds, partners))
    return Inbox(tuple(sorted(arrivals, key=lambda one: one.order)), tuple(waiting))


def is_unfinished(path: Path) -> bool:
    """Whether the name says that the file is still being copied, or is not meant for us."""
    return path.name.lower().endswith(_UNFINISHED) or path.name.startswith(_HIDDEN)


def is_parquet(path: Path) -> bool:
    """Whether the name says that it is a Parquet file."""
    return path.name.lower().endswith(".parquet")


def _arrival(path: Path, name: str, feeds: Sequence[Feed], partners: Sequence[str]) -> Arrival:
    folders = name.split("/")[:-1]
    partner = folders[0] if folders else ""
    if partner not in partners:
        return Arrival(path, name, partner, fault="partner_unknown")
    own = [feed for feed in feeds if feed.partner == partner]
    return match_feed(path, name, partner, own)


def match_feed(path: Path, name: str, partner: str, feeds: Sequence[Feed]) -> Arrival:
    """The arrival of one file at the feed that takes its name."""
    matching = [feed for feed in feeds if takes_name(feed, path.name)]
    if not matching:
        patterns = ", ".join(feed.files for feed in feeds) or "none"
        remark = f"This partner's feeds take {patterns}, ending {', '.join(_SUFFIXES)}."
        return Arrival(path, name, partner, fault="feed_unknown", remark=remark)
    if len(matching) > 1:
        names = ", ".join(feed.id for feed in matching)
        return Arrival(path, name, partner, fault="feed_ambiguous", remark=f"They are {names}.")
    feed = matching[0]
    day = extract_date(feed, path.name)
    if day is None:
        remark = f"`extract_date` is {feed.extract_date}"
        return Arrival(path, name, partner, feed, None, "extract_date_missing", remark)
    return Arrival(path, name, partner, feed, day)


def takes_name(feed: Feed, name: str) -> bool:
    """Whether a feed's pattern takes a file of this name, upper and lower case alike."""
    lower = name.lower()
    return lower.endswith(_SUFFIXES) and fnmatch(lower, feed.files.lower())


def extract_date(feed: Feed, name: str) -> date | None:
    """The extract's date that a file's name gives; None where it gives none."""
    found = re.search(feed.extract_date, name)
    if found is None or not found[1]:
        return None
    digits = re.sub(r"\D", "", found[1])
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None

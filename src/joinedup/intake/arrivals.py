"""Which files lie in the inbox, which of them are still arriving, and which feed takes each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from joinedup.intake.feed import Feed
from joinedup.terms.patterns import first_group
from joinedup.terms.shown import is_plain, visible_line

# What programs call a file that they are still copying.
_UNFINISHED: Final = (".part", ".tmp", ".partial", ".filepart", ".crdownload")
_HIDDEN: Final = (".", "~$")
_SUFFIXES: Final = (".csv", ".csv.gz", ".txt", ".txt.gz", ".parquet")
# Faults of what is not opened at all: nobody knows what it would give, or whether it would end.
_UNOPENED: Final = frozenset({"file_is_link", "file_is_special", "file_not_opened"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file in the inbox: `name` its path below it as it may be shown, `feed` what takes it.

    `fault` is the id of the file rule that refuses it for what it is called or where it lies.
    """

    path: Path
    name: str
    partner: str
    feed: Feed | None = None
    extract_date: date | None = None
    fault: str = ""
    remark: str = ""

    @property
    def is_opened(self) -> bool:
        """Whether its bytes may be read at all."""
        return self.fault not in _UNOPENED

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
    """Everything below the inbox that is no folder; links are told and not followed.

    `partners`: the codes that folders may be named by.
    """
    arrivals: list[Arrival] = []
    waiting: list[str] = []
    for path, fault in _entries(inbox):
        folders = path.relative_to(inbox).parts
        name = "/".join(map(shown_name, folders))
        partner = shown_name(folders[0]) if len(folders) > 1 else ""
        if fault:
            arrivals.append(Arrival(path, name, partner, fault=fault))
        elif not all(map(_is_safe, folders)):
            arrivals.append(Arrival(path, name, partner, fault="file_name_unsafe"))
        elif is_unfinished(path):
            waiting.append(name)
        else:
            arrivals.append(_arrival(path, name, partner, feeds, partners))
    return Inbox(tuple(sorted(arrivals, key=lambda one: one.order)), tuple(waiting))


def _is_safe(name: str) -> bool:
    # What is a name here is a path on Windows, and a pattern's escape to DuckDB.
    return is_plain(name) and "\\" not in name


def shown_name(name: str) -> str:
    """A file's name as it may be shown: no two names are shown alike."""
    return visible_line(name.replace("\\", "\\\\"))


def _entries(inbox: Path) -> Iterator[tuple[Path, str]]:
    """Everything that is no folder, with the rule that keeps it from being opened, if one does."""
    folders = [inbox]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = list(listed)
        except FileNotFoundError:
            continue
        except OSError:
            yield folder, "file_not_opened"
            continue
        for entry in entries:
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            else:
                yield path, _bar(entry)


def _bar(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "file_is_link"
    if not entry.is_file(follow_symlinks=False):
        return "file_is_special"
    return "" if os.access(entry.path, os.R_OK) else "file_not_opened"


def is_unfinished(path: Path) -> bool:
    """Whether the name says that the file is still being copied, or is not meant for us."""
    return path.name.lower().endswith(_UNFINISHED) or path.name.startswith(_HIDDEN)


def is_parquet(path: Path) -> bool:
    """Whether the name says that it is a Parquet file."""
    return path.name.lower().endswith(".parquet")


def _arrival(
    path: Path, name: str, partner: str, feeds: Sequence[Feed], partners: Sequence[str]
) -> Arrival:
    if partner not in partners:
        return Arrival(path, name, partner, fault="partner_unknown")
    own = [feed for feed in feeds if feed.partner == partner]
    return match_feed(path, name, partner, own)


def match_feed(path: Path, name: str, partner: str, feeds: Sequence[Feed]) -> Arrival:
    """The arrival of one file at the feed that takes its name."""
    if not _is_safe(path.name):
        return Arrival(path, name, partner, fault="file_name_unsafe")
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
    digits = re.sub(r"[^0-9]", "", first_group(feed.extract_date, name) or "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None

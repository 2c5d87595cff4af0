"""What serves, how fresh each feed is, and what was refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import ibis

from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.intake import FileAccount
from joinedup.safeguards import Purpose


@dataclass(frozen=True, slots=True)
class FeedFreshness:
    """One feed: its newest extract and how old that is; what was accepted and refused of it."""

    partner: str
    feed: str
    newest_extract_date: dt.date | None
    age_days: int | None
    files: int
    accepted: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Status:
    """The serving snapshot, in figures."""

    system: str
    snapshot: str
    made_at: str
    identities: int
    persons: int
    events: int
    feeds: tuple[FeedFreshness, ...]
    files: tuple[FileAccount, ...]
    waiting: tuple[str, ...]
    # Why this is not the snapshot that should serve, "" where it is.
    notice: str


def status(folder: Path) -> Status:
    """What serves now. NotFoundError before the first run."""
    with open_system(folder, Purpose.DATA_QUALITY, engine="duckdb") as system:
        return read_status(system)


def read_status(system: OpenSystem) -> Status:
    """The status of an open system."""
    manifest = system.snapshot.manifest
    rows = {name: entry["rows"] for name, entry in manifest["tables"].items()}
    files = system.files.order_by("file").to_pyarrow().to_pylist()
    return Status(
        system=system.system.name,
        snapshot=system.snapshot.id,
        made_at=manifest["made_at"],
        identities=rows["links"],
        persons=rows["persons"],
        events=rows["events"],
        feeds=_freshness(system),
        files=tuple(FileAccount(**row) for row in files),
        waiting=tuple(manifest["waiting"]),
        notice=system.notice,
    )


def _freshness(system: OpenSystem) -> tuple[FeedFreshness, ...]:
    today = dt.datetime.now(dt.UTC).date()
    by_feed = system.files.group_by("partner", "feed").aggregate(
        newest_extract_date=ibis._.extract_date.max(where=ibis._.outcome == "accepted"),
        files=ibis._.count(),
        accepted=ibis._.accepted.sum(),
        quarantined=ibis._.quarantined.sum(),
    )
    feeds = []
    for row in by_feed.order_by("partner", "feed").to_pyarrow().to_pylist():
        newest = row["newest_extract_date"]
        feeds.append(FeedFreshness(**row, age_days=(today - newest).days if newest else None))
    return tuple(feeds)

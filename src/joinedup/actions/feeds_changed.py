"""What arrived, was withdrawn or is late between two snapshots, by partner and feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from joinedup.intake import FileAccount

# A feed is late when nothing came for this many times its usual interval; and one or two
# intervals tell nothing of what is usual.
_LATE: Final = 2
_FEWEST_INTERVALS: Final = 3


@dataclass(frozen=True, slots=True)
class FeedChanged:
    """One feed: accepted files that arrived and were withdrawn, with the rows of what arrived.

    `newest_extract_date` is that of the later snapshot, `newest_before` of the earlier one.
    `refused` are files refused as a whole since, each with its reason.
    """

    partner: str
    feed: str
    arrived: int
    withdrawn: int
    accepted: int
    quarantined: int
    newest_before: dt.date | None
    newest_extract_date: dt.date | None
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedLate:
    """A feed of which nothing came for long, or nothing is left; days until the later snapshot.

    `usual_days` is the median interval between its extracts; both None where nothing is left.
    """

    partner: str
    feed: str
    days: int | None
    usual_days: int | None


Feed = tuple[str, str]


def feeds_changed(
    before: Sequence[FileAccount], after: Sequence[FileAccount]
) -> tuple[FeedChanged, ...]:
    """Feeds of which a file arrived, was withdrawn or was refused."""
    then, now = _by_feed(before), _by_feed(after)
    found = []
    for partner, feed in sorted({*then, *now}):
        old, new = then.get((partner, feed), []), now.get((partner, feed), [])
        arrived = _accepted_but_in(new, old)
        withdrawn = _accepted_but_in(old, new)
        known = {one.file_id for one in old}
        refused = [
            f"{one.file}: {one.reason}"
            for one in new
            if one.outcome == "rejected" and one.file_id not in known
        ]
        if arrived or withdrawn or refused:
            found.append(
                FeedChanged(
                    partner=partner,
                    feed=feed,
                    arrived=len(arrived),
                    withdrawn=len(withdrawn),
                    accepted=sum(one.accepted for one in arrived),
                    quarantined=sum(one.quarantined for one in arrived),
                    newest_before=_newest(old),
                    newest_extract_date=_newest(new),
                    refused=tuple(sorted(refused)),
                )
            )
    return tuple(found)


def feeds_late(
    before: Sequence[FileAccount], after: Sequence[FileAccount], *, on: dt.date
) -> tuple[FeedLate, ...]:
    """Feeds that are late by the day of the later snapshot, or of which nothing is left."""
    found = []
    then, now = _by_feed(before), _by_feed(after)
    for feed in sorted({*then, *now}):
        dates = sorted(_dates(now.get(feed, [])))
        if not dates:
            if _dates(then.get(feed, [])):
                found.append(FeedLate(*feed, None, None))
            continue
        intervals = [(later - earlier).days for earlier, later in pairwise(dates)]
        if len(intervals) < _FEWEST_INTERVALS:
            continue
        usual, days = round(median(intervals)), (on - dates[-1]).days
        if days > _LATE * usual:
            found.append(FeedLate(*feed, days, usual))
    return tuple(found)


def _by_feed(files: Iterable[FileAccount]) -> Mapping[Feed, list[FileAccount]]:
    found: dict[Feed, list[FileAccount]] = {}
    for one in files:
        found.setdefault((one.partner, one.feed), []).append(one)
    return found


def _accepted_but_in(files: list[FileAccount], others: list[FileAccount]) -> list[FileAccount]:
    known = {one.file_id for one in others if one.outcome == "accepted"}
    return [one for one in files if one.outcome == "accepted" and one.file_id not in known]


def _dates(files: Iterable[FileAccount]) -> set[dt.date]:
    accepted = (one for one in files if one.outcome == "accepted")
    return {one.extract_date for one in accepted if one.extract_date is not None}


def _newest(files: list[FileAccount]) -> dt.date | None:
    return max(_dates(files), default=None)

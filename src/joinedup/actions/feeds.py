"""The feeds of a system, and what a row of theirs may refer to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from joinedup.intake import Feed, read_feed
from joinedup.partners import Partner, System, organisations, read_pack, read_partners
from joinedup.terms import NotFoundError, SettingError
from joinedup.terms.nearest import nearest
from joinedup.terms.shown import shown


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """The feeds of a system, its partners' codes, and all organisations known to it."""

    feeds: tuple[Feed, ...]
    partners: tuple[str, ...]
    organisations: frozenset[str]

    def feed(self, feed_id: str) -> Feed:
        """The feed of an id such as R0D/admissions."""
        for feed in self.feeds:
            if feed.id == feed_id:
                return feed
        known = [feed.id for feed in self.feeds]
        near = nearest(feed_id, known)
        raise NotFoundError(
            f"There is no feed {shown(feed_id)}.",
            where="feeds/",
            cure=f"Did you mean {near}?" if near else f"There are {', '.join(known) or 'none'}.",
        )

    @property
    def organisations_hash(self) -> str:
        """What changes when the organisations do."""
        return hashlib.sha256(",".join(sorted(self.organisations)).encode()).hexdigest()


def read_feed_settings(system: System) -> FeedSettings:
    """Read every feed of a system; each must belong to one of its partners."""
    pack = read_pack(system.area)
    partners = read_partners(system, pack)
    codes = tuple(partner.code for partner in partners)
    known = frozenset(organisations(pack, partners)["code"].to_pylist()) | {system.ods_code}
    return FeedSettings(_read_feeds(system.feeds, partners), codes, known)


def _read_feeds(folder: Path, partners: Sequence[Partner]) -> tuple[Feed, ...]:
    feeds: dict[str, Feed] = {}
    codes = [partner.code for partner in partners]
    for path in sorted(folder.glob("*.toml")):
        feed = read_feed(path)
        if feed.partner not in codes:
            near = nearest(feed.partner, codes)
            raise SettingError(
                f"partners.toml has no partner '{shown(feed.partner)}'.",
                where=f"{path}, partner",
                cure=f"Did you mean '{near}'?" if near else f"It has {', '.join(codes)}.",
            )
        if feed.id in feeds:
            raise SettingError(
                f"{feed.id} is already {feeds[feed.id].path.name}.",
                where=f"{path}, feed",
                cure="Give each feed of a partner a name of its own.",
            )
        feeds[feed.id] = feed
    return tuple(feeds.values())

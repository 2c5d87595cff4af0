"""The report of a snapshot: its facts gathered, its page written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import ibis

from joinedup.actions.feeds import read_feed_settings
from joinedup.actions.linkage import report_links
from joinedup.actions.measures import definitions_of
from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.actions.report import (
    FeedTitle,
    LinkageFacts,
    NeighbourhoodReport,
    ReportTables,
    RuleWords,
    SnapshotWords,
    gather_facts,
    gather_neighbourhoods,
    write_neighbourhoods,
    write_report,
)
from joinedup.intake import RULES, Feed
from joinedup.partners import System, boundaries, read_pack
from joinedup.safeguards import Purpose

# The measure that neighbourhoods are drawn beside each other by.
_COMPARED: Final = "emergency_admissions"


def report(system: System) -> tuple[Path, str]:
    """Write `report/index.html` on the serving snapshot; also an example of a person's id."""
    with open_system(system.path, Purpose.LINKAGE_QUALITY, engine=system.engine) as opened:
        pack = read_pack(system.area)
        feeds = read_feed_settings(system).feeds
        facts = gather_facts(
            _tables(opened),
            _words(opened),
            feeds=[FeedTitle(feed.partner, feed.name, feed.title) for feed in feeds],
            rules=_rules(feeds),
            linkage=_linkage(opened),
            outlines=boundaries(pack),
        )
        folder = system.path / "report"
        write_neighbourhoods(facts, _neighbourhoods(opened), folder / "neighbourhoods")
        return write_report(facts, folder / "index.html"), _example(opened)


def _neighbourhoods(opened: OpenSystem) -> NeighbourhoodReport:
    found = definitions_of(opened.system)
    measures = opened.measures
    handed_on = measures.filter(
        measures.footprint.isin(("neighbourhood", "system"))
        & measures.breakdown.isin(("all", "deprivation"))
    )
    return gather_neighbourhoods(
        handed_on.to_pyarrow().to_pylist(),
        opened.all_rows("areas"),
        {one.about.id: one for one in found.ready_measures},
        registers=[f"{name}_prevalence" for name in found.registers],
        compared=_COMPARED,
    )


def _tables(opened: OpenSystem) -> ReportTables:
    names = ReportTables.__slots__
    return ReportTables(**{name: opened.table(name) for name in names})


def _words(opened: OpenSystem) -> SnapshotWords:
    return SnapshotWords(
        system=opened.system.name,
        code=opened.system.ods_code,
        snapshot=opened.snapshot.id,
        made_at=dt.datetime.fromisoformat(opened.snapshot.manifest["made_at"]),
        # Only `joinedup synth` writes the truth about people: nobody knows it of real ones.
        is_invented=(opened.system.path / "truth").is_dir(),
        waiting=tuple(opened.snapshot.manifest["waiting"]),
    )


def _rules(feeds: tuple[Feed, ...]) -> dict[str, RuleWords]:
    words = {rule.id: RuleWords(rule.says, rule.cure) for rule in RULES}
    for feed in feeds:
        for rule in feed.own_rules:
            name = f"{feed.partner}/{feed.name}/{rule.id}"
            first, last = (" ".join(one.value.columns) for one in (rule.first, rule.not_after))
            words[name] = RuleWords(f"{first} is later than {last}", rule.cure)
    return words


def _linkage(opened: OpenSystem) -> LinkageFacts:
    quality = report_links(opened.system.path, engine=opened.system.engine)
    changes = opened.link_changes.group_by("change").aggregate(changes=ibis._.count())
    changed = {row["change"]: row["changes"] for row in changes.to_pyarrow().to_pylist()}
    return LinkageFacts(
        records=quality.records,
        by_method=quality.by_method,
        merged=changed.get("merged", 0),
        split=changed.get("split", 0),
        expected_false_links=quality.expected_false_links,
        expected_missed_links=quality.expected_missed_links,
        contested=quality.contested,
    )


def _example(opened: OpenSystem) -> str:
    """Somebody known to many partners, so that a newcomer has an id to try."""
    known = opened.persons.order_by(ibis.desc("partners"), ibis.desc("identities"), "person_id")
    rows = known.select("person_id").limit(1).to_pyarrow().to_pylist()
    return rows[0]["person_id"] if rows else ""

"""Gather the report's facts from a snapshot's tables: small sums, whatever the population."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from joinedup import population
from joinedup.actions.report.facts import (
    AgeCount,
    FeedFacts,
    LinkageFacts,
    NeighbourhoodFacts,
    ReasonFacts,
    RefusedFile,
    ReportFacts,
    SettingCount,
    Unplaced,
)
from joinedup.drawing import Ring


@dataclass(frozen=True, slots=True)
class ReportTables:
    """The promised tables that the report is made from."""

    persons: ir.Table
    residences: ir.Table
    registrations: ir.Table
    events: ir.Table
    areas: ir.Table
    memberships: ir.Table
    organisations: ir.Table
    files: ir.Table
    flags: ir.Table


@dataclass(frozen=True, slots=True)
class SnapshotWords:
    """What the snapshot is: the system's name and code, the snapshot's id and when it was made.

    `waiting` are files that the run left alone because they are still being copied.
    """

    system: str
    code: str
    snapshot: str
    made_at: dt.datetime
    is_invented: bool = False
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedTitle:
    """One feed that the system's settings name, whether or not a file has come."""

    partner: str
    feed: str
    title: str


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule means, and what to do about a row that breaks it."""

    meaning: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class _Counts:
    """People by area: those in each, those elsewhere, those of whom nobody said."""

    by_area: Mapping[str, int] = field(default_factory=dict)
    elsewhere: int = 0
    unknown: int = 0


def gather_facts(
    tables: ReportTables,
    words: SnapshotWords,
    *,
    feeds: Sequence[FeedTitle],
    rules: Mapping[str, RuleWords],
    linkage: LinkageFacts,
    outlines: Mapping[str, Sequence[Ring]],
) -> ReportFacts:
    """The facts of one snapshot.

    `outlines` are the rings of each LSOA; `rules` are by id, a feed's own as PARTNER/FEED/ID.
    People are counted as at the newest extract.
    """
    files = _rows(tables.files)
    # A date to come in a file's name must not make people older than they are.
    as_at = min(_newest(files) or words.made_at.date(), words.made_at.date())
    living = population.living(tables.persons, as_at)
    homes = population.home_of(tables.residences, as_at)
    residents = _people(tables, living, homes, "lsoa", as_at)
    practices = population.practice_of(tables.registrations, as_at)
    registered = _people(tables, living, practices, "practice", as_at)
    return ReportFacts(
        system=words.system,
        code=words.code,
        snapshot=words.snapshot,
        made_at=words.made_at,
        as_at=as_at,
        is_invented=words.is_invented,
        persons=_count(tables.persons),
        living=_count(living),
        events=_count(tables.events),
        neighbourhoods=_neighbourhoods(tables, residents, registered, outlines, as_at),
        unplaced=Unplaced(
            residents.elsewhere, residents.unknown, registered.elsewhere, registered.unknown
        ),
        ages=_ages(tables, living, homes, as_at),
        settings=_settings(tables.events),
        feeds=_feeds(files, feeds, _partner_names(tables.organisations)),
        reasons=_reasons(_rows(tables.flags), files, rules),
        refused_files=_refused_files(files),
        linkage=linkage,
        waiting=words.waiting,
        repeated_files=sum(one["outcome"] == "same_as_earlier" for one in files),
        repeated_lines=sum(one["lines"] for one in files if one["outcome"] == "same_as_earlier"),
    )


def _neighbourhood_of(tables: ReportTables, member_kind: str, on: dt.date) -> ir.Table:
    return population.memberships_on(
        tables.memberships, member_kind=member_kind, of_kind="neighbourhood", on=on
    )


def _people(
    tables: ReportTables, living: ir.Table, where: ir.Table, member_kind: str, on: dt.date
) -> _Counts:
    areas = _neighbourhood_of(tables, member_kind, on)
    rows = _rows(population.people_by_area(living, where, areas))
    return _Counts(
        {row["area"]: row["people"] for row in rows if row["area"] is not None},
        sum(row["people"] for row in rows if row["area"] is None and row["is_known"]),
        sum(row["people"] for row in rows if row["area"] is None and not row["is_known"]),
    )


def _neighbourhoods(
    tables: ReportTables,
    residents: _Counts,
    registered: _Counts,
    outlines: Mapping[str, Sequence[Ring]],
    on: dt.date,
) -> tuple[NeighbourhoodFacts, ...]:
    rings: dict[str, list[Ring]] = {}
    for row in _rows(_neighbourhood_of(tables, "lsoa", on).order_by("member")):
        rings.setdefault(row["area"], []).extend(outlines.get(row["member"], ()))
    areas = tables.areas.filter(tables.areas.kind == "neighbourhood").order_by("name", "code")
    return tuple(
        NeighbourhoodFacts(
            code=area["code"],
            name=area["name"],
            residents=residents.by_area.get(area["code"], 0),
            registered=registered.by_area.get(area["code"], 0),
            expected=area["residents"],
            rings=tuple(rings.get(area["code"], ())),
        )
        for area in _rows(areas)
    )


def _ages(
    tables: ReportTables, living: ir.Table, homes: ir.Table, on: dt.date
) -> tuple[AgeCount, ...]:
    areas = _neighbourhood_of(tables, "lsoa", on)
    here = homes.semi_join(areas, homes.lsoa_code == areas.member)
    residents = living.semi_join(here, "person_id")
    return tuple(
        AgeCount(row["first_age"], row["sex"], row["people"])
        for row in _rows(population.people_by_age_and_sex(residents, on))
    )


def _settings(events: ir.Table) -> tuple[SettingCount, ...]:
    counted = events.group_by("setting").aggregate(events=lambda t: t.count())
    ordered = sorted(_rows(counted), key=lambda row: (-row["events"], row["setting"]))
    return tuple(SettingCount(row["setting"], row["events"]) for row in ordered)


def _partner_names(organisations: ir.Table) -> dict[str, str]:
    rows = _rows(organisations.order_by("start_date"))
    return {row["code"]: row["name"] for row in rows}


def _feeds(
    files: Sequence[Mapping[str, Any]], feeds: Sequence[FeedTitle], names: Mapping[str, str]
) -> tuple[FeedFacts, ...]:
    titles = {(one.partner, one.feed): one.title for one in feeds}
    titles |= {
        (f["partner"], f["feed"]): f["feed"]
        for f in files
        if (f["partner"], f["feed"]) not in titles
    }
    return tuple(
        _feed(partner, names.get(partner, partner), feed, title, _of_feed(files, partner, feed))
        for (partner, feed), title in sorted(
            titles.items(), key=lambda item: (names.get(item[0][0], ""), item[1], item[0])
        )
    )


def _of_feed(
    files: Sequence[Mapping[str, Any]], partner: str, feed: str
) -> list[Mapping[str, Any]]:
    return [one for one in files if (one["partner"], one["feed"]) == (partner, feed)]


def _feed(
    partner: str, name: str, feed: str, title: str, files: list[Mapping[str, Any]]
) -> FeedFacts:
    def total(column: str) -> int:
        return sum(one[column] for one in files)

    dates = [one["extract_date"] for one in files if one["extract_date"]]
    taken = [
        one["extract_date"] for one in files if one["extract_date"] and one["outcome"] != "rejected"
    ]
    return FeedFacts(
        partner,
        name,
        feed,
        title,
        len(files),
        max(taken or dates, default=None),
        total("lines"),
        total("accepted"),
        total("quarantined"),
        total("accepted_lines"),
        total("quarantined_lines"),
        total("header_or_blank"),
    )


def _reasons(
    flags: Sequence[Mapping[str, Any]],
    files: Sequence[Mapping[str, Any]],
    rules: Mapping[str, RuleWords],
) -> tuple[ReasonFacts, ...]:
    # What refused a whole file is told with the file.
    feed_of = {
        one["file_id"]: (one["partner"], one["feed"])
        for one in files
        if one["outcome"] == "accepted"
    }
    rows: dict[tuple[str, str, str, str], int] = {}
    for flag in flags:
        if flag["file_id"] in feed_of:
            partner, feed = feed_of[flag["file_id"]]
            key = (partner, feed, flag["rule"], flag["severity"])
            rows[key] = rows.get(key, 0) + flag["rows"]
    ordered = sorted(rows.items(), key=lambda item: (-item[1], item[0]))
    return tuple(_reason(*key, count, rules) for key, count in ordered)


def _reason(
    partner: str, feed: str, rule: str, severity: str, rows: int, rules: Mapping[str, RuleWords]
) -> ReasonFacts:
    # A rule about one column is written rule:COLUMN.
    plain, _, column = rule.partition(":")
    in_words = RuleWords(plain.replace("_", " "))
    words = rules.get(f"{partner}/{feed}/{plain}") or rules.get(plain) or in_words
    return ReasonFacts(
        partner, feed, plain, severity, rows, _sentence(words.meaning), words.cure, column
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _refused_files(files: Sequence[Mapping[str, Any]]) -> tuple[RefusedFile, ...]:
    refused = [one for one in files if one["outcome"] == "rejected"]
    return tuple(_refused_file(one) for one in sorted(refused, key=lambda one: one["file"]))


def _refused_file(file: Mapping[str, Any]) -> RefusedFile:
    # A file's reason is written `rule: what is wrong and what to do`.
    rule, parted, words = (file["reason"] or "").partition(": ")
    if not parted or " " in rule:
        rule, words = "", file["reason"] or ""
    return RefusedFile(
        file["partner"], file["feed"], file["file"], file["lines"], rule, _sentence(words)
    )


def _newest(files: Sequence[Mapping[str, Any]]) -> dt.date | None:
    """The newest extract date among files that were not refused as a whole."""
    taken = [one["extract_date"] for one in files if one["outcome"] != "rejected"]
    return max((date for date in taken if date), default=None)


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return listed


def _count(table: ir.Table) -> int:
    return int(table.count().to_pyarrow().as_py())

"""A difference between two snapshots reads as plain sentences."""

from __future__ import annotations

import datetime as dt

from joinedup.actions.definitions_changed import DefinitionChanged
from joinedup.actions.diff_in_words import in_words
from joinedup.actions.feeds_changed import FeedChanged, FeedLate
from joinedup.actions.snapshot_diff import (
    Difference,
    PeopleChanged,
    Reason,
    RegisterChanged,
    RowsChanged,
)

NOTHING = Difference(
    before="000001",
    after="000002",
    feeds=(),
    rows=(),
    people=PeopleChanged(1000, 1000, 0, 0, (), ()),
    definitions=(),
    registers=(),
    late=(),
)
ALL = Difference(
    before="000001",
    after="000002",
    feeds=(
        FeedChanged(
            partner="R0D",
            feed="admissions",
            arrived=1,
            withdrawn=2,
            accepted=1200,
            quarantined=3,
            newest_before=dt.date(2026, 2, 28),
            newest_extract_date=dt.date(2026, 3, 31),
            refused=("R0D/april.csv: columns are missing",),
        ),
    ),
    rows=(RowsChanged("R0D", "admissions", "events", 1200, 40, 1, 2, -7),),
    people=PeopleChanged(
        before=1000,
        after=1003,
        came=15,
        went=None,
        corrected=(("death_date", 10),),
        reasons=(
            Reason("merged", "valid NHS number and agreeing details", 10),
            Reason("split", "no record matches any more", None),
        ),
    ),
    definitions=(
        DefinitionChanged("agreements/unit_costs.toml", "changed", ("a: 1 is now 2",)),
        DefinitionChanged("code of linkage", "changed", ()),
    ),
    registers=(RegisterChanged("organisations", 1, 0, 0, ("added: J81 A practice",)),),
    late=(FeedLate("RDZ", "community", 63, 31), FeedLate("RDY", "mental_health", None, None)),
)


def test_each_heading_says_when_there_is_nothing_to_say() -> None:
    assert in_words(NOTHING) == (
        ("What arrived", ("No file came or went.",)),
        ("People", ("1,000 people, as many as before.",)),
        ("Definitions", ("The same definitions made both.",)),
        ("Registers", ("Organisations and areas are the same.",)),
        ("Late or missing", ("No feed is late.",)),
    )


def test_files_are_told_first_then_what_they_did_to_each_table() -> None:
    assert dict(in_words(ALL))["What arrived"] == (
        "R0D admissions: 1 new file with 1,200 rows accepted and 3 quarantined; 2 files no longer "
        "in the inbox; 1 file refused; the newest extract is now of 2026-03-31, and was of "
        "2026-02-28.",
        "R0D admissions, events: 1,200 rows new, from files that arrived; 40 rows gone with files "
        "that were withdrawn; 1 row replaced by what later files say; 2 rows back, as what "
        "replaced them is gone; 7 rows fewer, by the feed's changed definition.",
        "R0D admissions: refused as a whole: R0D/april.csv: columns are missing",
    )


def test_people_are_told_with_the_reason_and_small_counts_in_words() -> None:
    assert dict(in_words(ALL))["People"] == (
        "1,003 people, 3 more than before.",
        "15 people were not in the earlier snapshot.",
        "Fewer than 5 people of the earlier snapshot are not in this one.",
        "10 people have another date of death.",
        "10 people were found to be somebody already known and merged: valid NHS number and "
        "agreeing details.",
        "Fewer than 5 people were found to be more than one person and split: no record matches "
        "any more.",
    )


def test_definitions_registers_and_late_feeds_are_told() -> None:
    told = dict(in_words(ALL))
    assert told["Definitions"] == (
        "agreements/unit_costs.toml: a: 1 is now 2.",
        "code of linkage: changed.",
    )
    assert told["Registers"] == (
        "organisations: 1 added, 0 changed, 0 removed.",
        "organisations: added: J81 A practice.",
    )
    assert told["Late or missing"] == (
        "RDZ community: nothing for 63 days; usually one comes every 31 days.",
        "RDY mental_health: no file of it is left.",
    )

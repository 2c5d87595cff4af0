"""The page that a run ends with: what came in, who it is about, and how far to trust it."""

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
from joinedup.actions.report.gather import (
    FeedTitle,
    ReportTables,
    RuleWords,
    SnapshotWords,
    gather_facts,
)
from joinedup.actions.report.neighbourhood_facts import NeighbourhoodReport, gather_neighbourhoods
from joinedup.actions.report.neighbourhood_page import write_neighbourhoods
from joinedup.actions.report.page import render_report, write_report

__all__ = [
    "AgeCount",
    "FeedFacts",
    "FeedTitle",
    "LinkageFacts",
    "NeighbourhoodFacts",
    "NeighbourhoodReport",
    "ReasonFacts",
    "RefusedFile",
    "ReportFacts",
    "ReportTables",
    "RuleWords",
    "SettingCount",
    "SnapshotWords",
    "Unplaced",
    "gather_facts",
    "gather_neighbourhoods",
    "render_report",
    "write_neighbourhoods",
    "write_report",
]

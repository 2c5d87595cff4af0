"""A small report drawn by hand: four square neighbourhoods, every kind of trouble."""

from __future__ import annotations

import datetime as dt

from joinedup.actions.report import (
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


def square(west: float, south: float, size: float) -> list[tuple[float, float]]:
    """A closed square ring, in degrees."""
    east, north = west + size, south + size
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


NEIGHBOURHOODS = (
    NeighbourhoodFacts("N1", "Harbour", 43_212, 41_007, 43_000, [square(-2.0, 50.7, 0.2)]),
    NeighbourhoodFacts("N2", "Market & Mill", 31_498, 33_121, 31_000, [square(-1.8, 50.7, 0.2)]),
    NeighbourhoodFacts("N3", "<Wold> villages", 3, 0, 30_000, [square(-1.8, 50.9, 0.2)]),
    NeighbourhoodFacts("N4", "Pier", 30_002, 29_998, 30_000, [square(-2.0, 50.9, 0.01)]),
    NeighbourhoodFacts("N5", "Quay", 52_750, 29_998, 30_000, [square(-1.99, 50.9, 0.01)]),
)

FEEDS = (
    FeedFacts("QZZ", "NHS Saltmarsh and Wold", "gp_registrations", "Registered patients",
              2, dt.date(2026, 4, 1), 105_003, 104_990, 10, 104_990, 11, 2),
    FeedFacts("RZ1", "Saltmarsh Hospitals", "admissions", "Admitted patient care",
              1, dt.date(2026, 2, 1), 9_001, 8_876, 124, 8_876, 124, 1),
    FeedFacts("8ZZ01", "Lantern Hospice", "charity", "Hospice support",
              0, None, 0, 0, 0, 0, 0, 0),
)  # fmt: skip

FACTS = ReportFacts(
    system="Saltmarsh and Wold",
    code="QZZ",
    snapshot="20260402T061200Z-1a2b3c",
    made_at=dt.datetime(2026, 4, 2, 6, 12, tzinfo=dt.UTC),
    as_at=dt.date(2026, 4, 1),
    is_invented=True,
    persons=107_531,
    living=105_318,
    events=1_402_118,
    neighbourhoods=NEIGHBOURHOODS,
    unplaced=Unplaced(1_181, 2, 1_804, 1_022),
    ages=(
        *(AgeCount(age, "male", 1_000 + 7 * age) for age in range(0, 91, 5)),
        *(AgeCount(age, "female", 1_013 + 8 * age) for age in range(0, 91, 5)),
        AgeCount(30, "indeterminate", 3),
        AgeCount(None, "male", 12),
    ),
    settings=(
        SettingCount("general_practice", 1_300_000),
        SettingCount("inpatient", 8_876),
        SettingCount("voluntary", 310),
    ),
    feeds=FEEDS,
    reasons=(
        ReasonFacts("RZ1", "admissions", "end_before_start", "refuse", 124,
                    "The end is before the start.", "Ask the trust to send the rows again."),
        ReasonFacts("QZZ", "gp_registrations", "nhs_number_invalid", "flag", 533,
                    "The NHS number fails its check digit.", "Add it to `codes`.", "NHS NUMBER"),
    ),
    refused_files=(
        RefusedFile("RZ1", "emergency", "RZ1/emergency_20260301.csv", 172,
                    "columns_missing", "The column ARRIVAL DATE is missing."),
    ),
    linkage=LinkageFacts(
        records=251_009,
        by_method={"nhs_number": 240_000, "probabilistic": 9_009, "alone": 2_000},
        merged=12,
        split=1,
    ),
)  # fmt: skip

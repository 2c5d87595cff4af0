"""The report of a system about which little or nothing is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from joinedup.actions.report import (
    LinkageFacts,
    ReportFacts,
    Unplaced,
    render_report,
    write_report,
)
from tests.web.example import FACTS

NOTHING = ReportFacts(
    system="Nowhere", code="QZZ", snapshot="1", made_at=dt.datetime(2026, 4, 2, tzinfo=dt.UTC),
    as_at=dt.date(2026, 4, 2), is_invented=False, persons=0, living=0, events=0,
    neighbourhoods=(), unplaced=Unplaced(), ages=(), settings=(), feeds=(), reasons=(),
    refused_files=(), linkage=LinkageFacts(0),
)  # fmt: skip


def test_a_page_about_nobody_says_so_and_draws_no_map() -> None:
    page = render_report(NOTHING)
    assert "0 people in one population" in page
    assert "No row was refused." in page
    assert "Residents by neighbourhood" not in page
    assert "is invented" not in page


def test_a_hidden_count_is_nowhere_in_the_page() -> None:
    few = replace(FACTS.neighbourhoods[0], residents=4, registered=3)
    page = render_report(replace(FACTS, neighbourhoods=(few,)))
    assert "1 Harbour: fewer than 5" in page
    assert "Harbour: 4" not in page
    assert "1 Harbour: not shown" in page


def test_it_looks_like_the_nhs_but_takes_neither_logo_nor_typeface() -> None:
    page = render_report(FACTS)
    assert "Frutiger" not in page
    assert "<script" not in page
    assert "http://www.w3.org/2000/svg" in page
    assert page.count("http") == page.count("http://www.w3.org/2000/svg")


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_report(FACTS, tmp_path / "a" / "index.html").read_bytes()
    second = write_report(FACTS, tmp_path / "b" / "index.html").read_bytes()
    assert first == second
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["index.html"]
    assert b"\r" not in first


def test_a_rule_is_told_once_with_every_place_that_it_was_broken_in() -> None:
    first = FACTS.reasons[0]
    places = (first, replace(first, partner="RZ2", rows=6, column="END DATE"))
    page = render_report(replace(FACTS, reasons=places))
    assert page.count("The end is before the start.") == 1
    assert "RZ1/admissions: 124" in page
    assert "RZ2/admissions, END DATE: 6" in page
    assert ">130<" in page.replace("Rows: </span>", ">")


def test_a_feed_is_late_only_beside_the_others() -> None:
    page = render_report(replace(FACTS, made_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC)))
    # Admissions are two months behind registrations; registrations are only old.
    assert page.count(">Late<") == 1
    assert page.count(">Nothing yet<") == 1


def test_names_in_a_cure_read_as_prose() -> None:
    assert "Add it to “codes”." in render_report(FACTS)


def test_a_file_still_being_copied_is_named() -> None:
    page = render_report(replace(FACTS, waiting=("QZZ/gp_entries_20260501.csv.part",)))
    assert "left for the next run: QZZ/gp_entries_20260501.csv.part." in page
    assert "left for the next run" not in render_report(FACTS)

"""The report's sentences come from its numbers and cannot contradict them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from joinedup.actions.report import wording
from tests.web.example import FACTS, FEEDS


def test_the_headline_counts_people_records_partners_and_events() -> None:
    assert wording.headline(FACTS) == (
        "107,531 people in one population, linked from 251,009 records at 2 partners, with "
        "1,402,118 events of care."
    )


def test_the_books_balance_only_when_every_feed_does() -> None:
    balances, words = wording.books(FACTS)
    assert balances
    assert words == (
        "All 114,004 lines received are accounted for: 113,866 accepted, 135 quarantined, "
        "3 header or blank."
    )
    lost = replace(FEEDS[0], accepted_lines=FEEDS[0].accepted_lines - 1)
    balances, words = wording.books(replace(FACTS, feeds=(lost, *FEEDS[1:])))
    assert not balances
    assert "QZZ/gp_registrations" in words


def test_what_was_refused_is_told_apart_from_what_was_only_sent_twice() -> None:
    assert wording.refused(FACTS) == (
        "134 rows refused, 0.12% of those received; 1 file refused as a whole."
    )
    assert wording.refused(replace(FACTS, repeated_files=2)).endswith(
        "; 2 files sent twice and counted once."
    )


def test_freshness_names_the_oldest_feed_and_the_silent_one() -> None:
    assert wording.freshness(FACTS) == (
        "The newest extract is of 1 April 2026. The oldest feed is Admitted patient care from "
        "Saltmarsh Hospitals, 59 days behind. No file has come from Hospice support from "
        "Lantern Hospice."
    )


def test_a_score_is_given_only_where_there_is_one() -> None:
    assert "has not been scored" in wording.linkage(FACTS.linkage, FACTS.persons)
    scored = replace(FACTS.linkage, f1=0.99761, precision=0.9991, recall=0.9962)
    assert "F1 0.9976, precision 0.9991, recall 0.9962" in wording.linkage(scored, FACTS.persons)


def test_what_the_model_expects_of_itself_is_called_an_estimate() -> None:
    assert wording.expected_errors(FACTS.linkage) == ""
    estimated = replace(
        FACTS.linkage, expected_false_links=0.3, expected_missed_links=23.6, contested=1
    )
    assert wording.expected_errors(estimated) == (
        "The model's own estimate, among the records that it compared: fewer than 1 of its links "
        "wrong, about 24 missed. 1 record carries verified NHS numbers of two people: see to "
        "these first."
    )


def test_lines_of_a_file_sent_twice_are_not_taken_for_refused_rows() -> None:
    _, words = wording.books(replace(FACTS, repeated_files=1, repeated_lines=100))
    assert "135 quarantined (of which 100 in files sent twice), 3 header" in words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 100, "0%"),
        (0, 0, "0%"),
        (1, 1_000_000, "less than 0.01%"),
        (5, 1_000, "0.50%"),
        (124, 1_000, "12.4%"),
    ],
)
def test_a_share_that_is_not_nought_never_reads_nought(part: int, whole: int, words: str) -> None:
    assert wording.share(part, whole) == words


def test_most_and_fewest_are_named_only_when_both_may_be_shown() -> None:
    assert wording.largest_neighbourhoods(FACTS) == ""
    shown = tuple(one for one in FACTS.neighbourhoods if one.residents > 5)
    assert wording.largest_neighbourhoods(replace(FACTS, neighbourhoods=shown)) == (
        "From 30,000 residents in Pier to 52,750 in Quay."
    )

"""What arrived, was withdrawn or is late."""

from __future__ import annotations

import datetime as dt

from joinedup.actions.feeds_changed import FeedLate, feeds_changed, feeds_late
from joinedup.intake import FileAccount


def file(
    name: str, day: str, *, accepted: int = 10, refused: int = 0, reason: str = ""
) -> FileAccount:
    """One file of R0D admissions, of that many rows."""
    return FileAccount(
        file_id=name,
        partner="R0D",
        feed="admissions",
        file=f"R0D/{name}.csv",
        sha256=name,
        bytes=100,
        extract_date=dt.date.fromisoformat(day),
        encoding="utf-8",
        lines=accepted + refused + 1,
        header_or_blank=1,
        accepted=accepted,
        quarantined=refused,
        accepted_lines=accepted,
        quarantined_lines=refused,
        superseded=0,
        outcome="rejected" if reason else "accepted",
        reason=reason or None,
    )


def test_files_that_arrived_and_were_withdrawn_are_counted_with_their_rows() -> None:
    before = [file("january", "2026-01-31"), file("february", "2026-02-28")]
    after = [before[0], file("march", "2026-03-31", accepted=7, refused=3)]
    (found,) = feeds_changed(before, after)
    assert (found.arrived, found.withdrawn) == (1, 1)
    assert (found.accepted, found.quarantined) == (7, 3)
    assert found.newest_before == dt.date(2026, 2, 28)
    assert found.newest_extract_date == dt.date(2026, 3, 31)


def test_a_file_refused_since_is_told_with_its_reason_and_once() -> None:
    refused = file("march", "2026-03-31", accepted=0, reason="columns are missing")
    (found,) = feeds_changed([], [refused])
    assert found.refused == ("R0D/march.csv: columns are missing",)
    assert (found.arrived, found.newest_extract_date) == (0, None)
    assert feeds_changed([refused], [refused]) == ()


def test_the_same_files_are_no_change() -> None:
    files = [file("january", "2026-01-31")]
    assert feeds_changed(files, files) == ()


MONTHLY = [file(day, day) for day in ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")]


def test_a_monthly_feed_is_late_after_more_than_two_months() -> None:
    """Intervals of 31, 28 and 31 days: usually 31, so 62 days are not late and 63 are."""
    assert feeds_late([], MONTHLY, on=dt.date(2026, 6, 2)) == ()
    assert feeds_late([], MONTHLY, on=dt.date(2026, 6, 3)) == (
        FeedLate("R0D", "admissions", 63, 31),
    )


def test_what_is_usual_is_not_told_from_two_intervals() -> None:
    assert feeds_late([], MONTHLY[:3], on=dt.date(2027, 1, 1)) == ()


def test_a_feed_of_which_nothing_is_left_is_missing() -> None:
    assert feeds_late(MONTHLY, [], on=dt.date(2026, 4, 2)) == (
        FeedLate("R0D", "admissions", None, None),
    )

"""Sentences of the report, computed from the facts so that none can contradict them."""

from __future__ import annotations

import datetime as dt

from joinedup.actions.report.facts import FeedFacts, LinkageFacts, ReportFacts
from joinedup.safeguards import shown_count

# A planning meeting is monthly; a feed older than that by more than a week has missed one.
LATE_DAYS = 38


def day(date: dt.date) -> str:
    """A date in words: 1 April 2026."""
    return f"{date.day} {date:%B %Y}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number and its noun: "1 partner", "12 partners"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def headline(facts: ReportFacts) -> str:
    """The page's first sentence."""
    return (
        f"{counted(facts.persons, 'person', 'people')} in one population, linked from "
        f"{counted(facts.linkage.records, 'record')} at {counted(facts.partners, 'partner')}, "
        f"with {counted(facts.events, 'event')} of care."
    )


def books(facts: ReportFacts) -> tuple[bool, str]:
    """Whether every line received is accounted for, and the sentence that says so."""
    lines = sum(feed.lines for feed in facts.feeds)
    wrong = [feed for feed in facts.feeds if not feed.balances]
    if wrong:
        names = ", ".join(f"{feed.partner}/{feed.feed}" for feed in wrong)
        return False, f"The books do not balance in {names}: do not use this snapshot."
    accepted = sum(feed.accepted_lines for feed in facts.feeds)
    quarantined = sum(feed.quarantined_lines for feed in facts.feeds)
    header = sum(feed.header_or_blank for feed in facts.feeds)
    twice = ""
    if facts.repeated_lines:
        twice = f" (of which {facts.repeated_lines:,} in files sent twice)"
    return True, (
        f"All {counted(lines, 'line')} received are accounted for: {accepted:,} accepted, "
        f"{quarantined:,} quarantined{twice}, {header:,} header or blank."
    )


def feeds_received(facts: ReportFacts) -> str:
    """Feeds with at least one file, of all that the settings name: "23 of 24"."""
    return f"{sum(1 for feed in facts.feeds if feed.files)} of {len(facts.feeds)}"


def refused(facts: ReportFacts) -> str:
    """How much was refused, in rows and whole files."""
    rows = sum(feed.quarantined for feed in facts.feeds)
    received = rows + sum(feed.accepted for feed in facts.feeds)
    files = len(facts.refused_files)
    whole = f"; {counted(files, 'file')} refused as a whole" if files else ""
    if facts.repeated_files:
        whole += f"; {counted(facts.repeated_files, 'file')} sent twice and counted once"
    if not rows:
        return f"No row was refused{whole}."
    return f"{counted(rows, 'row')} refused, {share(rows, received)} of those received{whole}."


def freshness(facts: ReportFacts) -> str:
    """The newest and the oldest feed, and those with nothing."""
    dated = [(feed.newest_extract, feed) for feed in facts.feeds if feed.newest_extract]
    missing = [feed for feed in facts.feeds if not feed.files]
    none = f" No file has come from {_names(missing)}." if missing else ""
    if not dated:
        return f"No feed has an extract date.{none}"
    oldest_date, oldest = min(dated, key=lambda pair: (pair[0], pair[1].partner, pair[1].feed))
    newest_date = max(date for date, _ in dated)
    if oldest_date == newest_date:
        return f"Every feed was extracted on {day(newest_date)}.{none}"
    behind = (newest_date - oldest_date).days
    return (
        f"The newest extract is of {day(newest_date)}. The oldest feed is {_name(oldest)}, "
        f"{counted(behind, 'day')} behind.{none}"
    )


def linkage(facts: LinkageFacts, persons: int) -> str:
    """How records became people, and how well, where that was measured."""
    became = (
        f"{counted(facts.records, 'record')} of patients became "
        f"{counted(persons, 'person', 'people')}."
    )
    if facts.f1 is None:
        return f"{became} How many links are right has not been scored here."
    return (
        f"{became} Scored against a truth file: F1 {facts.f1:.4f}, precision "
        f"{facts.precision or 0:.4f}, recall {facts.recall or 0:.4f}."
    )


def expected_errors(facts: LinkageFacts) -> str:
    """What the model expects of its own links; nothing where there is no estimate."""
    if facts.expected_false_links is None or facts.expected_missed_links is None:
        return ""
    contested = ""
    if facts.contested:
        records = counted(facts.contested, "record carries", "records carry")
        contested = f" {records} verified NHS numbers of two people: see to these first."
    return (
        f"The model's own estimate, among the records that it compared: "
        f"{_about(facts.expected_false_links)} of its links wrong, "
        f"{_about(facts.expected_missed_links)} missed.{contested}"
    )


def largest_neighbourhoods(facts: ReportFacts) -> str:
    """Which neighbourhoods have most and fewest residents; nothing where there are not two."""
    if len(facts.neighbourhoods) < 2:
        return ""
    ordered = sorted(facts.neighbourhoods, key=lambda one: (one.residents, one.code))
    fewest, most = shown_count(ordered[0].residents), shown_count(ordered[-1].residents)
    if fewest is None or most is None or fewest == most:
        return ""
    return f"From {fewest:,} residents in {ordered[0].name} to {most:,} in {ordered[-1].name}."


def days_old(feed: FeedFacts, facts: ReportFacts) -> int | None:
    """Days from the feed's newest extract to the day that the snapshot was made."""
    if feed.newest_extract is None:
        return None
    return (facts.made_at.date() - feed.newest_extract).days


def is_late(feed: FeedFacts, facts: ReportFacts) -> bool:
    """Whether a feed has nothing, or is over a month behind the newest feed of the system."""
    dates = [one.newest_extract for one in facts.feeds if one.newest_extract]
    if feed.newest_extract is None:
        return True
    return (max(dates) - feed.newest_extract).days > LATE_DAYS


def share(part: int, whole: int) -> str:
    """A part as a percentage; "less than 0.01%" rather than a nought that is not one."""
    if not whole or not part:
        return "0%"
    value = 100 * part / whole
    if value < 0.01:
        return "less than 0.01%"
    return f"{value:.2f}%" if value < 1 else f"{value:.1f}%"


def _about(number: float) -> str:
    """An expected number, whole; "fewer than 1" rather than a nought that is not one."""
    return "fewer than 1" if number < 1 else f"about {round(number):,}"


def _name(feed: FeedFacts) -> str:
    return f"{feed.title} from {feed.partner_name}"


def _names(feeds: list[FeedFacts]) -> str:
    return "; ".join(_name(feed) for feed in feeds)

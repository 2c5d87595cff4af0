"""A difference between two snapshots in plain sentences, under headings, for an analyst."""

from __future__ import annotations

from collections.abc import Iterator

from joinedup.actions.feeds_changed import FeedChanged, FeedLate
from joinedup.actions.snapshot_diff import Difference, PeopleChanged, RowsChanged
from joinedup.safeguards import count_in_words

_MOST_REASONS = 5
_DETAILS = {
    "sex": "sex",
    "birth_month": "month of birth",
    "death_date": "date of death",
    "ethnicity": "ethnic category",
}
_CHANGES = {
    "merged": "were found to be somebody already known and merged",
    "split": "were found to be more than one person and split",
    "gone": "are gone",
}


def in_words(difference: Difference) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Headings, each with its sentences; a heading with nothing to say says so."""
    return (
        ("What arrived", tuple(_feeds(difference)) or ("No file came or went.",)),
        ("People", tuple(_people(difference.people))),
        ("Definitions", tuple(_definitions(difference)) or ("The same definitions made both.",)),
        ("Registers", tuple(_registers(difference)) or ("Organisations and areas are the same.",)),
        ("Late or missing", tuple(map(_late, difference.late)) or ("No feed is late.",)),
    )


def _feeds(difference: Difference) -> Iterator[str]:
    rows: dict[tuple[str, str], list[RowsChanged]] = {}
    for one in difference.rows:
        rows.setdefault((one.partner, one.feed), []).append(one)
    files = {(one.partner, one.feed): one for one in difference.feeds}
    for partner, feed in sorted({*rows, *files}):
        name = f"{partner} {feed}"
        if (partner, feed) in files:
            yield f"{name}: {_files(files[partner, feed])}."
        for one in rows.get((partner, feed), []):
            yield f"{name}, {one.table}: {_rows(one)}."
        for reason in files[partner, feed].refused if (partner, feed) in files else ():
            yield f"{name}: refused as a whole: {reason}"


def _files(one: FeedChanged) -> str:
    told = []
    if one.arrived:
        told.append(
            f"{_count(one.arrived, 'new file')} with {_count(one.accepted, 'row')} accepted and "
            f"{one.quarantined:,} quarantined"
        )
    if one.withdrawn:
        told.append(f"{_count(one.withdrawn, 'file')} no longer in the inbox")
    if one.refused:
        told.append(f"{_count(len(one.refused), 'file')} refused")
    if one.newest_extract_date != one.newest_before:
        told.append(
            f"the newest extract is now of {one.newest_extract_date or 'no known date'}, "
            f"and was of {one.newest_before or 'no known date'}"
        )
    return "; ".join(told)


def _rows(one: RowsChanged) -> str:
    told = []
    if one.added:
        told.append(f"{_count(one.added, 'row')} new, from files that arrived")
    if one.removed:
        told.append(f"{_count(one.removed, 'row')} gone with files that were withdrawn")
    if one.replaced:
        told.append(f"{_count(one.replaced, 'row')} replaced by what later files say")
    if one.restored:
        told.append(f"{_count(one.restored, 'row')} back, as what replaced them is gone")
    if one.reread:
        more = "more" if one.reread > 0 else "fewer"
        told.append(f"{_count(abs(one.reread), 'row')} {more}, by the feed's changed definition")
    return "; ".join(told)


def _people(people: PeopleChanged) -> Iterator[str]:
    change = (people.after or 0) - (people.before or 0)
    than = "as many as before" if not change else f"{abs(change):,} "
    if change:
        than += "more than before" if change > 0 else "fewer than before"
    yield f"{_people_count(people.after)}, {than}."
    if people.came != 0:
        yield f"{_people_count(people.came)} were not in the earlier snapshot."
    if people.went != 0:
        yield f"{_people_count(people.went)} of the earlier snapshot are not in this one."
    for name, count in people.corrected:
        yield f"{_people_count(count)} have another {_DETAILS[name]}."
    if people.reasons is None:
        yield (
            "Whose records moved is not told: this snapshot is not known to have come of the "
            "earlier one."
        )
        return
    for change_kind, words in _CHANGES.items():
        reasons = [one for one in people.reasons if one.change == change_kind]
        for one in reasons[:_MOST_REASONS]:
            yield f"{_people_count(one.people)} {words}: {one.why}."
        if len(reasons) > _MOST_REASONS:
            more = _count(len(reasons) - _MOST_REASONS, "rarer reason")
            yield f"Others {words}: {more}."


def _definitions(difference: Difference) -> Iterator[str]:
    for one in difference.definitions:
        if not one.keys:
            yield f"{one.name}: {one.how}."
        for key in one.keys:
            yield f"{one.name}: {key}."


def _registers(difference: Difference) -> Iterator[str]:
    for one in difference.registers:
        yield (
            f"{one.table}: {one.added:,} added, {one.changed:,} changed, {one.removed:,} removed."
        )
        for example in one.examples:
            yield f"{one.table}: {example}."


def _late(one: FeedLate) -> str:
    if one.days is None:
        return f"{one.partner} {one.feed}: no file of it is left."
    return (
        f"{one.partner} {one.feed}: nothing for {_count(one.days, 'day')}; usually one comes every "
        f"{_count(one.usual_days or 0, 'day')}."
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _people_count(people: int | None) -> str:
    words = count_in_words(people)
    return f"{words[0].upper()}{words[1:]} people" if people != 1 else "1 person"

"""What changed between two snapshots, and why: rows, people, definitions, registers, feeds.

Files that both snapshots share are not read: what is in them is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.definitions_changed import (
    DefinitionChanged,
    definitions_changed,
    feeds_defined_otherwise,
)
from joinedup.actions.feeds_changed import FeedChanged, FeedLate, feeds_changed, feeds_late
from joinedup.actions.open_system import OpenSystem
from joinedup.actions.snapshots import find_snapshot, lake_of
from joinedup.engines import Act, Lake, Snapshot, promised_files
from joinedup.intake import FileAccount
from joinedup.partners import read_system
from joinedup.record.differences import (
    DETAILS,
    links_changed,
    people_changed,
    register_changed,
    rows_by_file,
)
from joinedup.safeguards import Purpose, shown_count
from joinedup.tables import Table
from joinedup.terms import NotFoundError

_WITH_ROWS: Final = (
    tables.EVENTS, tables.CODES, tables.REFERRALS, tables.REGISTRATIONS, tables.RESIDENCES,
)  # fmt: skip
_REGISTERS: Final = (tables.ORGANISATIONS, tables.AREAS, tables.MEMBERSHIPS)
_EXAMPLES: Final = 5
_KINDS: Final = ("added", "removed", "replaced", "restored", "reread")
_Shown = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """Rows of one table from one feed: what came, less what went, is what the table grew by.

    `added` came with files that arrived, `removed` went with files withdrawn. Of files in both,
    `replaced` rows no longer stand because a later file says otherwise, `restored` ones stand
    again, and `reread` are so many more (or fewer) by the feed's changed definition.
    """

    partner: str
    feed: str
    table: str
    added: int
    removed: int
    replaced: int
    restored: int
    reread: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why people's records moved; `people` is None where too few are hidden."""

    change: str
    why: str
    people: int | None


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """People in all before and after; those who came, went and were corrected.

    All are hidden where fewer than 5 and else rounded, unless exact ones were asked for: an exact
    total would give away by subtraction what is hidden. `reasons` is None where the later snapshot
    did not come of the earlier one, or that is not known: what moved between the two is then not
    told.
    """

    before: int | None
    after: int | None
    came: int | None
    went: int | None
    corrected: tuple[tuple[str, int | None], ...]
    reasons: tuple[Reason, ...] | None


@dataclass(frozen=True, slots=True)
class RegisterChanged:
    """Rows of a register that were added, changed and removed, with a few examples of each."""

    table: str
    added: int
    changed: int
    removed: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed from one snapshot to another."""

    before: str
    after: str
    feeds: tuple[FeedChanged, ...]
    rows: tuple[RowsChanged, ...]
    people: PeopleChanged
    definitions: tuple[DefinitionChanged, ...]
    registers: tuple[RegisterChanged, ...]
    late: tuple[FeedLate, ...]


@dataclass(frozen=True, slots=True)
class _Two:
    """Two snapshots open on one engine."""

    opened: OpenSystem
    before: Snapshot
    after: Snapshot

    def changed(self, declared: Table) -> tuple[ir.Table, ir.Table] | None:
        """A table's rows in files that the other snapshot has not; None where there are none."""
        then, now = _by_hash(self.before, declared), _by_hash(self.after, declared)
        old = sorted(name for sha256, name in then.items() if sha256 not in now)
        new = sorted(name for sha256, name in now.items() if sha256 not in then)
        if not old and not new:
            return None
        read = self.opened.files_of
        return read(declared.name, self.before, old), read(declared.name, self.after, new)

    def files(self, snapshot: Snapshot) -> list[FileAccount]:
        """The account of every file that a snapshot was made from."""
        names = [*_by_hash(snapshot, tables.FILES).values()]
        rows = self.opened.files_of("files", snapshot, names).to_pyarrow().to_pylist()
        return [FileAccount(**row) for row in rows]

    def rows(self, snapshot: Snapshot, name: str) -> int:
        """Rows of a table, by the manifest."""
        return int(snapshot.manifest["tables"][name]["rows"])


def compare_snapshots(
    folder: Path, before: str = "", after: str = "", *, exact: bool = False
) -> Difference:
    """Compare two snapshots; unless named the one that serves, with the one before it.

    Opens pseudonymous and published tables alone; the looks are recorded. With `exact` the counts
    of people are as they are, for work inside the system.
    """
    system = read_system(folder)
    lake = lake_of(system)
    now = find_snapshot(lake, after)
    then = find_snapshot(lake, before) if before else _one_before(lake, now)
    with OpenSystem(system, now, Purpose.DATA_QUALITY) as opened:
        two = _Two(opened, then, now)
        old, new = two.files(then), two.files(now)
        definitions = definitions_changed(then, now)
        anew = feeds_defined_otherwise(then, now, definitions)
        made_on = dt.datetime.fromisoformat(str(now.manifest["made_at"])).date()
        return Difference(
            before=then.id,
            after=now.id,
            feeds=feeds_changed(old, new),
            rows=_rows_changed(two, old, new, anew),
            people=_people_changed(two, lake, exact=exact),
            definitions=definitions,
            registers=_registers_changed(two),
            late=feeds_late(old, new, on=made_on),
        )


def _one_before(lake: Lake, now: Snapshot) -> Snapshot:
    made_after = str(now.manifest.get("made_after", ""))
    earlier = [name for name in lake.ids() if name < now.id]
    if made_after in earlier:
        return lake.snapshot(made_after)
    if not earlier:
        raise NotFoundError(
            "there is no earlier snapshot to compare with.",
            where=now.id,
            cure="Each run makes one; see 'joinedup snapshot list'.",
        )
    return lake.snapshot(earlier[-1])


def _rows_changed(
    two: _Two,
    old: Sequence[FileAccount],
    new: Sequence[FileAccount],
    anew: Collection[tuple[str, str]],
) -> tuple[RowsChanged, ...]:
    feeds = {one.file_id: (one.partner, one.feed) for one in (*old, *new)}
    was = {one.file_id for one in old if one.outcome == "accepted"}
    now = {one.file_id for one in new if one.outcome == "accepted"}
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for declared in _WITH_ROWS:
        changed = two.changed(declared)
        for row in rows_by_file(*changed).to_pyarrow().to_pylist() if changed else ():
            partner, feed = feeds.get(row["file_id"], ("", ""))
            found = counts.setdefault((partner, feed, declared.name), dict.fromkeys(_KINDS, 0))
            difference = row["rows_after"] - row["rows_before"]
            if row["file_id"] not in was:
                found["added"] += difference
            elif row["file_id"] not in now:
                found["removed"] -= difference
            elif (partner, feed) in anew:
                found["reread"] += difference
            elif difference < 0:
                found["replaced"] -= difference
            else:
                found["restored"] += difference
    return tuple(
        RowsChanged(*place, *(found[kind] for kind in _KINDS))
        for place, found in sorted(counts.items())
    )


def _people_changed(two: _Two, lake: Lake, *, exact: bool) -> PeopleChanged:
    shown = _exactly if exact else shown_count
    changed = two.changed(tables.PERSONS)
    found = dict.fromkeys(("came", "went", *DETAILS), 0)
    if changed:
        (found,) = people_changed(*changed).to_pyarrow().to_pylist()
    return PeopleChanged(
        before=shown(two.rows(two.before, "persons")),
        after=shown(two.rows(two.after, "persons")),
        came=shown(found["came"]),
        went=shown(found["went"]),
        corrected=tuple((name, shown(found[name])) for name in DETAILS if found[name]),
        reasons=_reasons(two, lake, shown),
    )


def _exactly(people: int) -> int | None:
    return people


def _reasons(two: _Two, lake: Lake, shown: _Shown) -> tuple[Reason, ...] | None:
    """The later snapshot's link changes are those of all runs that led to it, each with its run."""
    if two.before.id == two.after.id:
        return ()
    if not _descends(lake, two.before, two.after):
        return None
    names = [*_by_hash(two.after, tables.LINK_CHANGES).values()]
    table = two.opened.files_of("link_changes", two.after, names)
    counted = links_changed(table.filter(table.run > two.before.id))
    return tuple(
        Reason(row["change"], row["why"], shown(row["people"]))
        for row in counted.order_by("change", ibis.desc("people"), "why").to_pyarrow().to_pylist()
    )


def _descends(lake: Lake, before: Snapshot, after: Snapshot) -> bool:
    """Whether the later snapshot came of the earlier one, by runs of which some may be pruned."""
    there, current = set(lake.ids()), after
    while current.id > before.id:
        made_after = str(current.manifest.get("made_after", ""))
        if made_after not in there:
            # Without the manifests between, only a lake that never went back tells its line.
            went_back = {Act.ROLLED_BACK, Act.FELL_BACK}
            return bool(made_after) and not any(one.act in went_back for one in lake.history())
        current = lake.snapshot(made_after)
    return current.id == before.id


def _registers_changed(two: _Two) -> tuple[RegisterChanged, ...]:
    found = []
    for declared in _REGISTERS:
        changed = two.changed(declared)
        if changed is None:
            continue
        rows = register_changed(*changed, declared.key).order_by("change", *declared.key)
        counts = {"added": 0, "changed": 0, "removed": 0}
        examples = []
        for row in rows.to_pyarrow().to_pylist():
            counts[row["change"]] += 1
            if counts[row["change"]] <= _EXAMPLES:
                examples.append(f"{row['change']}: {_words(row, declared)}")
        if any(counts.values()):
            found.append(RegisterChanged(declared.name, **counts, examples=tuple(examples)))
    return tuple(found)


def _words(row: dict[str, object], declared: Table) -> str:
    names = [name for name in (*declared.key, "name") if row.get(name) is not None]
    return " ".join(str(row[name]) for name in dict.fromkeys(names))


def _by_hash(snapshot: Snapshot, declared: Table) -> dict[str, str]:
    """The files of a table, by the hash of their bytes."""
    return {
        one.sha256: one.path.name for one in promised_files(snapshot) if one.table == declared.name
    }

"""Take in everything in the inbox: each file once, corrections over what they correct."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from joinedup.actions.feeds import FeedSettings, read_feed_settings
from joinedup.actions.file_intake import FileChangedError, FileTask, Plans, take_in_file
from joinedup.actions.inbox_files import HashedFile, hash_arrivals, still_growing
from joinedup.actions.intake_ahead import intake_engine, take_in_ahead
from joinedup.actions.received import Part, Staged
from joinedup.actions.steps import Tell, code_version
from joinedup.actions.supersede import Earlier, Superseded, find_superseded
from joinedup.engines import DuckDBEngine, Engine
from joinedup.intake import (
    ACCEPTED,
    BY_ID,
    SAME,
    Arrival,
    FileAccount,
    FileResult,
    find_arrivals,
    first_event_id,
)
from joinedup.partners import System
from joinedup.terms import SourceDataError

PARTS: Final = "parts"
SEEN: Final = "seen.json"
# What reads a file, checks it, writes its parts, and reads these.
_READING = ("file_intake", "file_quarantine", "file_rows", "received", "row_checks", "supersede")
_CODE: Final = ("intake", "terms", "tables", "engines", *(f"actions/{one}.py" for one in _READING))
FLAG_SCHEMA: Final = pa.schema([
    ("file_id", pa.string()), ("rule", pa.string()), ("severity", pa.string()),
    ("rows", pa.int64()), ("first_row", pa.int64()),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What intake hands on.

    `parts`: a folder a file, in the order of their extracts, which `received_table` reads as the
    promised tables. `superseded` is a Parquet of (file_id, first_event_id, source_row) of rows that
    a later file corrected, named by the files' parts; `received_table` leaves them out. `flags` are
    rows of the promised table.
    """

    accounts: tuple[FileAccount, ...]
    parts: tuple[Part, ...]
    superseded: Path
    flags: pa.Table
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _TakenFile:
    hashed: HashedFile
    result: FileResult
    part: Part | None = None


def take_in(
    system: System,
    engine: Engine,
    tell: Tell = lambda _: None,
    *,
    earlier: Earlier | None = None,
    afresh: bool = False,
) -> TakenIn:
    """Take in every complete file of a system's inbox.

    Files already taken in under the same settings and code are not read again, unless `afresh`.
    The result does not depend on the order in which files arrived. `earlier` is what the snapshot
    before knew of corrected rows.
    """
    settings = read_feed_settings(system)
    inbox = find_arrivals(system.inbox, settings.feeds, settings.partners)
    growing = still_growing(inbox.arrivals)
    arrivals = [one for one in inbox.arrivals if one.name not in growing]
    folder = system.identified / PARTS
    folder.mkdir(parents=True, exist_ok=True)
    if afresh:
        _remove_others(folder, ())
    taken: list[_TakenFile] = []
    plans: Plans = {}
    hashed_files, changed = hash_arrivals(arrivals, folder / SEEN)
    ahead = [_task(one, one.file_id, settings, folder, plans) for one in hashed_files]
    take_in_ahead(engine, ahead, system.identified / "spill")
    with intake_engine(system, engine) as own:
        for hashed in hashed_files:
            try:
                taken.append(_take(own, hashed, settings, folder, taken, plans, tell))
            except FileChangedError:
                changed |= {hashed.arrival.name}  # the next run takes what it has become
    parts = tuple(one.part for one in taken if one.part is not None)
    superseded = find_superseded(engine, _accepted(taken), folder, earlier)
    if superseded.rows_by_file:
        parts = tuple(replace(part, left_out=superseded.rows) for part in parts)
    _remove_others(folder, parts)
    return TakenIn(
        accounts=tuple(_with_superseded(one.result.account, superseded) for one in taken),
        parts=parts,
        superseded=superseded.rows,
        flags=_flags(one.result for one in taken),
        waiting=_still_there(system.inbox, {*inbox.waiting, *growing, *changed}),
    )


def _still_there(inbox: Path, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if (inbox / name).exists()))


def _take(
    engine: DuckDBEngine,
    hashed: HashedFile,
    settings: FeedSettings,
    folder: Path,
    taken: list[_TakenFile],
    plans: Plans,
    tell: Tell,
) -> _TakenFile:
    arrival, file_id = hashed.arrival, hashed.file_id
    same = _place_of_same(hashed, taken)
    if same is not None and not _corrects_back(hashed, taken[same:]):
        return _TakenFile(hashed, FileResult(_same(hashed, taken[same].result.account), ()))
    if same is None and any(one.result.account.file_id == file_id for one in taken):
        file_id = hashed.other_id  # the same bytes, refused before for where they lay
    task = _task(hashed, file_id, settings, folder, plans)
    tell(f"Taking in {arrival.name}")
    _refuse_same_event_ids(hashed, taken)
    result = take_in_file(engine, task)
    if same is not None:
        before = taken[same]
        taken[same] = _TakenFile(
            before.hashed, FileResult(_same(before.hashed, result.account), ())
        )
    return _TakenFile(hashed, result, _part(task, result))


def _place_of_same(hashed: HashedFile, taken: Sequence[_TakenFile]) -> int | None:
    for place, one in enumerate(taken):
        account = one.result.account
        if account.sha256 == hashed.sha256 and account.outcome == ACCEPTED:
            return place
    return None


def _corrects_back(hashed: HashedFile, since: Sequence[_TakenFile]) -> bool:
    """Whether bytes that came before come again for their feed after another file of it.

    Then what they say holds again, and they count where they came last.
    """
    feed, first, others = hashed.arrival.feed, since[0].hashed.arrival.feed, since[1:]
    if feed is None or first is None or hashed.arrival.fault:
        return False
    if (feed.partner, feed.name) != (first.partner, first.name):
        return False
    return any(
        one.part is not None and (one.part.partner, one.part.feed) == (feed.partner, feed.name)
        for one in others
    )


def _task(
    hashed: HashedFile, file_id: str, settings: FeedSettings, folder: Path, plans: Plans
) -> FileTask:
    return FileTask(
        arrival=hashed.arrival,
        sha256=hashed.sha256,
        file_id=file_id,
        folder=folder / f"{file_id}-{_settings_hash(hashed.arrival, settings)}",
        organisations=settings.organisations,
        state=hashed.state,
        plans=plans,
    )


def _part(task: FileTask, result: FileResult) -> Part:
    arrival, staged = task.arrival, None
    if result.account.outcome == ACCEPTED and arrival.feed and arrival.extract_date:
        staged = Staged(
            feed=arrival.feed,
            sha256=task.sha256,
            known_date=arrival.extract_date,
            first_row=result.first_row,
            repeats=result.repeats,
        )
    feed = arrival.feed.name if arrival.feed else ""
    rows = result.account.accepted
    return Part(arrival.partner, feed, task.file_id, task.folder, rows, staged)


def _settings_hash(arrival: Arrival, settings: FeedSettings) -> str:
    """What, besides its bytes, a file's parts depend on."""
    text = json.dumps([
        arrival.name,
        str(arrival.extract_date),
        arrival.fault,
        arrival.feed.digest if arrival.feed else "",
        settings.organisations_hash,
        code_version(*_CODE),
    ])  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _same(hashed: HashedFile, earlier: FileAccount) -> FileAccount:
    """The account of a file that came before: its lines are all refused, and kept only once."""
    arrival, rule = hashed.arrival, BY_ID["file_same_as_earlier"]
    return replace(
        earlier,
        file_id=hashed.other_id,
        partner=arrival.partner,
        feed=arrival.feed.name if arrival.feed else "",
        file=arrival.name,
        extract_date=arrival.extract_date,
        header_or_blank=0,
        accepted=0,
        quarantined=0,
        accepted_lines=0,
        quarantined_lines=earlier.lines,
        outcome=SAME,
        reason=f"{rule.id}: {rule.says}, {earlier.file}. {rule.cure}",
    )


def _refuse_same_event_ids(hashed: HashedFile, taken: Sequence[_TakenFile]) -> None:
    """Two different files whose hashes begin alike would share event ids: one in two billion."""
    first = first_event_id(hashed.sha256)
    for earlier in taken:
        other = earlier.result.account
        if other.sha256 != hashed.sha256 and first_event_id(other.sha256) == first:
            raise SourceDataError(
                f"its hash begins like that of {other.file}, so their events would be mixed up.",
                where=hashed.arrival.name,
                cure="Add a blank line to the end of the file.",
            )


def _accepted(taken: Iterable[_TakenFile]) -> list[Part]:
    return [
        one.part for one in taken if one.part is not None and one.result.account.outcome == ACCEPTED
    ]


def _with_superseded(account: FileAccount, superseded: Superseded) -> FileAccount:
    return replace(account, superseded=superseded.rows_by_file.get(account.file_id, 0))


def _flags(results: Iterable[FileResult]) -> pa.Table:
    rows: list[dict[str, Any]] = [
        {
            "file_id": result.account.file_id,
            "rule": finding.reason,
            "severity": finding.severity,
            "rows": finding.rows,
            "first_row": finding.first_row,
        }
        for result in results
        for finding in result.findings
    ]
    return pa.Table.from_pylist(rows, schema=FLAG_SCHEMA)


def _remove_others(folder: Path, parts: Iterable[Part]) -> None:
    """Remove what files no longer there, earlier settings or killed runs had left."""
    kept = {part.folder.name for part in parts}
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in kept:
            shutil.rmtree(entry)
        elif entry.name.endswith(".part"):
            entry.unlink()

"""Take in one file: read it, check every row, and write what is accepted and what is not."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from joinedup.actions.file_quarantine import write_quarantine, write_refused_file
from joinedup.actions.file_rows import FileMark, Opened, Received, open_by_line, open_whole, receive
from joinedup.actions.inbox_files import FileState, state_of
from joinedup.actions.received import STAGED
from joinedup.actions.row_checks import CheckedRows, check_rows
from joinedup.engines import DuckDBEngine, settle
from joinedup.engines.csv import (
    READ_ERRORS,
    compile_steps,
    may_be_the_machine,
    write_in_order,
)
from joinedup.intake import (
    ACCEPTED,
    BY_ID,
    LINE_LIMIT_BYTES,
    REJECTED,
    Arrival,
    Books,
    CheckGroups,
    Feed,
    FileAccount,
    FileResult,
    Finding,
    RefusedLines,
    build_checks,
    first_event_id,
    group_checks,
    has_long_value,
    is_sound_parquet,
    map_rows,
    merge_findings,
    read_result,
    stage,
    staged_rows,
    write_result,
)
from joinedup.terms import SourceDataError

RESULT = "account.json"
QUARANTINE = "quarantine.parquet"
WORK = "work"


@dataclass(frozen=True, slots=True)
class Plan:
    """How files of one feed and the same columns are mapped and checked."""

    query: str
    refusing: CheckGroups
    flagging: CheckGroups


Plans = dict[Hashable, Plan]


class FileChangedError(SourceDataError):
    """A file was replaced, written to, cut or taken away while it was read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "the file changed while it was being read.",
            where=name,
            cure="Wait until it is copied whole, then do the same again.",
        )


@dataclass(frozen=True, slots=True)
class FileTask:
    """One file to take in: `folder` is where its parts go, named by all that they depend on.

    `state` is the file's when it was hashed. `plans` are kept from file to file, of systems with
    the same organisations alone.
    """

    arrival: Arrival
    sha256: str
    file_id: str
    folder: Path
    organisations: frozenset[str]
    state: FileState | None = None
    plans: Plans = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Whether the file is no longer what was hashed."""
        return self.state is not None and state_of(self.arrival.path) != self.state


def take_in_file(engine: DuckDBEngine, task: FileTask) -> FileResult:
    """Take in a file, or find it already taken in. Parts appear whole or not at all.

    FileChangedError where it is not, or does not stay, what was hashed.
    """
    kept = task.folder / RESULT
    if kept.is_file():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return read_result(kept)
        shutil.rmtree(task.folder)  # a disk lost what it said that it had
    aside = task.folder.with_name(task.folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    work = aside / WORK
    work.mkdir(parents=True)
    with _unchanged(task):
        result = _take_in(engine, task, aside, work)
    write_result(result, aside / RESULT)
    shutil.rmtree(work)
    settle([aside])
    aside.replace(task.folder)
    return result


@contextmanager
def _unchanged(task: FileTask) -> Iterator[None]:
    """Whatever came of reading a file that changed meanwhile, an error too, is not believed."""
    try:
        yield
    except Exception as error:
        if task.is_changed:
            raise FileChangedError(task.arrival.name) from error
        raise
    if task.is_changed:
        raise FileChangedError(task.arrival.name)


def _take_in(engine: DuckDBEngine, task: FileTask, folder: Path, work: Path) -> FileResult:
    received = receive(engine, task.arrival, work)
    feed, day = task.arrival.feed, task.arrival.extract_date
    if received.fault or feed is None or day is None:
        return _refuse(engine, task, received, folder)
    try:
        read = _read(engine, task, received, feed, day, folder)
        if read is None:
            return _refuse(engine, task, replace(received, fault="file_unreadable"), folder)
        path, arrival = folder / QUARANTINE, task.arrival
        write_quarantine(engine, received, read.lines, read.checked, arrival, task.file_id, path)
    except READ_ERRORS as error:
        fault = _fault_of(received, error)
        if not fault:
            raise
        # A Parquet's rows cannot be told apart in its bytes, so it has none.
        return _refuse(engine, task, replace(received, fault=fault, lines=0), folder)
    return _accept(task, received, read)


def _fault_of(received: Received, error: Exception) -> str:
    """The rule that a Parquet fails which could not be read; "" where the machine is at fault."""
    if received.survey is not None:
        return ""  # a CSV was read by us, line by line
    if not may_be_the_machine(error) or not is_sound_parquet(received.path):
        return "file_unreadable"
    return "value_too_long" if has_long_value(received.path, LINE_LIMIT_BYTES) else ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A file's rows, checked, and the lines that were no rows."""

    checked: CheckedRows
    lines: RefusedLines
    header_or_blank: int
    first_row: int | None


def _read(
    engine: DuckDBEngine, task: FileTask, received: Received, feed: Feed, day: date, folder: Path
) -> _Read | None:
    """Read with DuckDB alone where it can be trusted to lose no line, else line by line."""
    mark = FileMark(day, first_event_id(task.sha256))
    with open_whole(engine, received, feed, mark) as opened:
        if opened is not None:
            read = _stage(engine, task, feed, opened, folder)
            if read is not None:
                return read
    if received.survey is None:
        return None
    with open_by_line(engine, received, feed, mark, folder / WORK) as opened:
        return _stage(engine, task, feed, opened, folder)


def _stage(
    engine: DuckDBEngine, task: FileTask, feed: Feed, opened: Opened, folder: Path
) -> _Read | None:
    """Map and check every record in one pass; None where not all were read."""
    plan = _plan(task, feed, opened)
    path = folder / STAGED
    if write_in_order(engine, plan.query, path) != opened.rows:
        path.unlink(missing_ok=True)
        return None
    staged = staged_rows(engine.read_numbered([path], first_row=opened.first_row), feed)
    checked = check_rows(engine, staged, plan.refusing, plan.flagging, folder)
    return _Read(checked, opened.refused, opened.header_or_blank, opened.first_row)


def _plan(task: FileTask, feed: Feed, opened: Opened) -> Plan:
    """How to map and check the file; as an earlier file of the same feed and columns, if one was.

    Compiling takes longer than reading a small file.
    """
    key = (feed.digest, tuple(opened.names.items()), opened.table.columns)
    made = task.plans.get(key) if opened.is_view else None
    if made is not None:
        return made
    mapped = map_rows(feed, opened.table, opened.names, opened.typed)
    checks = build_checks(mapped, task.organisations)
    refusing = group_checks(checks, refusing=True)
    flagging = group_checks(checks, refusing=False)
    plan = Plan(compile_steps(stage(mapped, refusing, flagging)), refusing, flagging)
    task.plans[key] = plan
    return plan


def _accept(task: FileTask, received: Received, read: _Read) -> FileResult:
    checked, lines = read.checked, read.lines
    books = Books(
        header_or_blank=read.header_or_blank,
        accepted=checked.accepted_rows,
        quarantined=checked.refused_rows + len(lines),
        accepted_lines=checked.accepted_lines,
        quarantined_lines=checked.refused_lines + len(lines),
    )
    found = [Finding(rule, "refuse", count, first) for rule, count, first in lines.counted()]
    account = _account(task, received, books, ACCEPTED, None)
    return FileResult(
        account=account,
        findings=merge_findings([*found, *checked.findings]),
        notes=received.header.notes,
        first_row=read.first_row,
        repeats=pq.read_metadata(checked.repeats).num_rows if checked.repeats else 0,
    )


def _refuse(engine: DuckDBEngine, task: FileTask, received: Received, folder: Path) -> FileResult:
    rule = BY_ID[received.fault or task.arrival.fault]
    path = folder / QUARANTINE
    try:
        written = write_refused_file(engine, received, task.arrival, task.file_id, rule.id, path)
    except READ_ERRORS as error:
        if not _fault_of(received, error):
            raise
        received = replace(received, lines=0)
        written = write_refused_file(engine, received, task.arrival, task.file_id, rule.id, path)
    reason = " ".join(filter(None, (f"{rule.id}: {rule.says}.", received.remark, rule.cure)))
    books = Books(0, 0, written, 0, received.lines)
    account = _account(task, received, books, REJECTED, reason)
    finding = Finding(rule.id, "refuse", written, 1)
    return FileResult(account, (finding,), received.header.notes)


def _account(
    task: FileTask, received: Received, books: Books, outcome: str, reason: str | None
) -> FileAccount:
    arrival = task.arrival
    return FileAccount(
        file_id=task.file_id,
        partner=arrival.partner,
        feed=arrival.feed.name if arrival.feed else "",
        file=arrival.name,
        sha256=task.sha256,
        bytes=received.size,
        extract_date=arrival.extract_date,
        encoding=received.encoding,
        lines=received.lines,
        header_or_blank=books.header_or_blank,
        accepted=books.accepted,
        quarantined=books.quarantined,
        accepted_lines=books.accepted_lines,
        quarantined_lines=books.quarantined_lines,
        superseded=0,
        outcome=outcome,
        reason=reason,
    )

"""Take in one file: read it, check every row, and write what is accepted and what is not."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from joinedup.actions.file_quarantine import write_quarantine, write_refused_file
from joinedup.actions.file_rows import Rows, read_rows
from joinedup.actions.row_checks import CheckedRows, check_rows
from joinedup.engines import DuckDBEngine
from joinedup.intake import (
    ACCEPTED,
    BY_ID,
    REJECTED,
    Arrival,
    Books,
    FileAccount,
    FileMark,
    FileResult,
    Finding,
    Limits,
    MappedRows,
    map_rows,
    merge_findings,
    part_tables,
    read_result,
    row_keys,
    write_result,
)

RESULT = "account.json"
QUARANTINE = "quarantine.parquet"


@dataclass(frozen=True, slots=True)
class FileTask:
    """One file to take in: `folder` is where its parts go, named by all that they depend on."""

    arrival: Arrival
    sha256: str
    file_id: str
    folder: Path
    organisations: frozenset[str]


def take_in_file(engine: DuckDBEngine, task: FileTask) -> FileResult:
    """Take in a file, or find it already taken in. Parts appear whole or not at all."""
    kept = task.folder / RESULT
    if kept.is_file():
        return read_result(kept)
    aside = task.folder.with_name(task.folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    work = aside / "work"
    work.mkdir(parents=True)
    result = _take_in(engine, task, aside, work)
    write_result(result, aside / RESULT)
    shutil.rmtree(work)
    aside.replace(task.folder)
    return result


def _take_in(engine: DuckDBEngine, task: FileTask, folder: Path, work: Path) -> FileResult:
    rows = read_rows(engine, task.arrival, work)
    feed, day = task.arrival.feed, task.arrival.extract_date
    if rows.fault or rows.table is None or feed is None or day is None:
        return _refuse(engine, task, rows, folder)
    limits = Limits(day)
    mapped = map_rows(feed, rows.table, rows.names, rows.typed, limits)
    checked = check_rows(engine, mapped, task.organisations, work)
    _write_parts(
        engine, checked.accepted, FileMark(task.file_id, task.sha256, feed.partner, day), folder
    )
    write_quarantine(engine, rows, checked, task.arrival, task.file_id, folder / QUARANTINE)
    return _accept(task, rows, checked)


def _write_parts(engine: DuckDBEngine, accepted: MappedRows, mark: FileMark, folder: Path) -> None:
    for part in part_tables(accepted, mark):
        engine.write_parquet(part.rows, folder / f"{part.declared.name}.parquet")
    engine.write_parquet(row_keys(accepted), folder / "rows.parquet")


def _accept(task: FileTask, rows: Rows, checked: CheckedRows) -> FileResult:
    books = Books(
        header_or_blank=rows.header_or_blank,
        accepted=checked.accepted_rows,
        quarantined=checked.refused_rows + len(rows.refused),
        accepted_lines=checked.accepted_lines,
        quarantined_lines=checked.refused_lines + len(rows.refused),
    )
    found = [Finding(one.rule, "refuse", 1, one.line) for one in rows.refused]
    account = _account(task, rows, books, ACCEPTED, None)
    return FileResult(account, merge_findings([*found, *checked.findings]), rows.notes)


def _refuse(engine: DuckDBEngine, task: FileTask, rows: Rows, folder: Path) -> FileResult:
    rule = BY_ID[rows.fault or task.arrival.fault]
    written = write_refused_file(
        engine, rows, task.arrival, task.file_id, rule.id, folder / QUARANTINE
    )
    remark = rows.remark or task.arrival.remark
    reason = " ".join(filter(None, (f"{rule.id}: {rule.says}.", remark, rule.cure)))
    account = _account(task, rows, Books(0, 0, written, 0, rows.lines), REJECTED, reason)
    return FileResult(account, (Finding(rule.id, "refuse", written, 1),), rows.notes)


def _account(
    task: FileTask, rows: Rows, books: Books, outcome: str, reason: str | None
) -> FileAccount:
    arrival = task.arrival
    return FileAccount(
        file_id=task.file_id,
        partner=arrival.partner,
        feed=arrival.feed.name if arrival.feed else "",
        file=arrival.name,
        sha256=task.sha256,
        bytes=rows.size,
        extract_date=arrival.extract_date,
        encoding=rows.encoding,
        lines=rows.lines,
        header_or_blank=books.header_or_blank,
        accepted=books.accepted,
        quarantined=books.quarantined,
        accepted_lines=books.accepted_lines,
        quarantined_lines=books.quarantined_lines,
        superseded=0,
        outcome=outcome,
        reason=reason,
    )

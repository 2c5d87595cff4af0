"""Tell what is wrong with one file before it is sent; nothing of it is kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from joinedup.actions.feeds import read_feed_settings
from joinedup.actions.file_intake import QUARANTINE, FileTask, take_in_file
from joinedup.engines import DuckDBEngine
from joinedup.intake import (
    BY_ID,
    FileAccount,
    FileResult,
    hash_file,
    match_feed,
    shown_name,
    split_reason,
)
from joinedup.partners import read_system
from joinedup.terms import NotFoundError

SHOWN_ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One rule that rows of the file do not meet, in words.

    `column` is empty where the rule is not about one.
    """

    rule: str
    column: str
    severity: str
    rows: int
    first_line: int
    says: str
    cure: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused row as received: shown only where patients' values were asked for."""

    line: int
    rules: tuple[str, ...]
    row: str


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a file is like, and everything that was found in it."""

    account: FileAccount
    findings: tuple[CheckFinding, ...]
    notes: tuple[str, ...]
    refused_rows: tuple[RefusedRow, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings and self.account.outcome == "accepted"


def check(folder: Path, file: Path, feed_id: str, *, show_values: bool = False) -> FileCheck:
    """Check a file against a feed of the system in `folder`, such as R0D/admissions.

    `show_values` adds the first refused rows as received, patients' values and all.
    """
    system = read_system(folder)
    settings = read_feed_settings(system)
    feed = settings.feed(feed_id)
    if not file.is_file():
        raise NotFoundError("There is no such file.", where=str(file), cure="Check the path.")
    sha256 = hash_file(file)
    with tempfile.TemporaryDirectory(prefix="joinedup-check-") as name:
        aside = Path(name)
        task = FileTask(
            arrival=match_feed(file, shown_name(file.name), feed.partner, [feed]),
            sha256=sha256,
            file_id=sha256[:16],
            folder=aside / "parts",
            organisations=settings.organisations,
        )
        with DuckDBEngine(
            spill=aside / "spill",
            memory_limit_mb=system.limits.memory_mb,
            threads=system.limits.threads,
        ) as engine:
            result = take_in_file(engine, task)
        rows = _refused_rows(task.folder / QUARANTINE) if show_values else ()
    own = {rule.id: rule.cure for rule in feed.own_rules}
    return replace(_in_words(result, own), refused_rows=rows)


def _in_words(result: FileResult, own_cures: dict[str, str]) -> FileCheck:
    findings = []
    for one in result.findings:
        rule_id, column = split_reason(one.reason)
        rule = BY_ID.get(rule_id)
        findings.append(
            CheckFinding(
                rule=rule_id,
                column=column,
                severity=one.severity,
                rows=one.rows,
                first_line=one.first_row,
                says=rule.says if rule else rule_id.replace("_", " "),
                cure=rule.cure if rule else own_cures.get(rule_id, ""),
            )
        )
    return FileCheck(result.account, tuple(findings), result.notes)


def _refused_rows(path: Path) -> tuple[RefusedRow, ...]:
    table = pq.read_table(path, columns=["source_row", "rules", "row"]).slice(0, SHOWN_ROWS)
    return tuple(
        RefusedRow(row["source_row"], tuple(row["rules"]), row["row"]) for row in table.to_pylist()
    )

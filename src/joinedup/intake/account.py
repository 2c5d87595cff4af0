"""What became of one file, in figures that balance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

ACCEPTED = "accepted"
REJECTED = "rejected"
SAME = "same_as_earlier"


@dataclass(frozen=True, slots=True)
class FileAccount:
    """The account of one file: the columns of the promised table `files`.

    `lines = accepted_lines + quarantined_lines + header_or_blank`, always.
    """

    file_id: str
    partner: str
    feed: str
    file: str
    sha256: str
    bytes: int
    extract_date: date | None
    encoding: str
    lines: int
    header_or_blank: int
    accepted: int
    quarantined: int
    accepted_lines: int
    quarantined_lines: int
    superseded: int
    outcome: str
    reason: str | None

    def __post_init__(self) -> None:
        placed = self.accepted_lines + self.quarantined_lines + self.header_or_blank
        if self.lines != placed:
            raise AssertionError(f"{self.file}: {self.lines} lines, but {placed} placed")


@dataclass(frozen=True, slots=True)
class Books:
    """Where a file's rows and physical lines went."""

    header_or_blank: int
    accepted: int
    quarantined: int
    accepted_lines: int
    quarantined_lines: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason that rows of a file gave: how many rows, and the first of them."""

    reason: str
    severity: str
    rows: int
    first_row: int


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file's account, what was found in it, and remarks that refuse nothing.

    `first_row`: the line of the first staged row where lines follow on from there; None where each
    row has its own number. `repeats`: how many rows repeat the key of an earlier one.
    """

    account: FileAccount
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    first_row: int | None = None
    repeats: int = 0


def write_result(result: FileResult, path: Path) -> None:
    """Keep a result as JSON beside the file's parts."""
    text = json.dumps(asdict(result), ensure_ascii=False, indent=1, default=str)
    path.write_text(text + "\n", encoding="utf-8", newline="")


def read_result(path: Path) -> FileResult:
    """A result that `write_result` kept."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    account = kept["account"]
    if account["extract_date"] is not None:
        account["extract_date"] = date.fromisoformat(account["extract_date"])
    return FileResult(
        account=FileAccount(**account),
        findings=tuple(Finding(**one) for one in kept["findings"]),
        notes=tuple(kept["notes"]),
        first_row=kept["first_row"],
        repeats=kept["repeats"],
    )


def merge_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings with the same reason added up, refusals first, then by rows."""
    found: dict[tuple[str, str], Finding] = {}
    for one in findings:
        key = (one.reason, one.severity)
        same = found.get(key)
        if same is not None:
            first = min(same.first_row, one.first_row)
            one = Finding(one.reason, one.severity, same.rows + one.rows, first)
        found[key] = one
    return tuple(sorted(found.values(), key=lambda f: (f.severity == "flag", -f.rows, f.reason)))

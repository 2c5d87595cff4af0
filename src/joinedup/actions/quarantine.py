"""Refused rows: counted by reason, and written out for whoever mends them."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.actions.open_system import open_system
from joinedup.engines import storage_faults
from joinedup.intake import BY_ID, split_reason
from joinedup.safeguards import Purpose
from joinedup.safeguards.spreadsheets import as_cell

_COLUMNS: Final = ("partner", "feed", "file", "source_row", "lines", "rules", "row")
_BATCH_ROWS: Final = 10_000
_OWNER_ALONE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which refused rows: of a partner, a feed, a rule; all where they are empty."""

    partner: str = ""
    feed: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class RefusedCount:
    """How many rows of one feed were refused by one rule, about one column where it has one."""

    partner: str
    feed: str
    rule: str
    column: str
    rows: int
    cure: str


def count_refused(folder: Path, wanted: Wanted) -> tuple[RefusedCount, ...]:
    """Refused rows of the serving snapshot by feed and reason: no row's content."""
    with open_system(folder, Purpose.DATA_QUALITY) as system:
        rows = _chosen(system.table("quarantine"), wanted)
        reasons = rows.select("partner", "feed", reason=rows.rules.unnest())
        if wanted.rule:
            reasons = reasons.filter(_is_rule(reasons.reason, wanted.rule))
        counted = reasons.group_by("partner", "feed", "reason").aggregate(rows=ibis._.count())
        found = counted.order_by("partner", "feed", ibis.desc("rows"), "reason").to_pyarrow()
    return tuple(_count(**one) for one in found.to_pylist())


def write_refused(folder: Path, wanted: Wanted, path: Path) -> int:
    """Write refused rows as received to a CSV that only its owner may read; return how many.

    Formulas are made text: see `joinedup.safeguards.spreadsheets`.
    """
    aside = path.with_name(path.name + ".part")
    aside.unlink(missing_ok=True)
    written = 0
    with storage_faults(path.parent), open_system(folder, Purpose.DATA_QUALITY) as system:
        rows = _chosen(system.table("quarantine"), wanted)
        if wanted.rule:
            reasons = rows.select("file_id", "source_row", reason=rows.rules.unnest())
            reasons = reasons.filter(_is_rule(reasons.reason, wanted.rule))
            rows = rows.semi_join(reasons, ["file_id", "source_row"])
        ordered = rows.order_by("file", "source_row").select(*_COLUMNS)
        # Windows' spreadsheets know UTF-8 by its byte-order mark alone.
        only_new = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(
            os.open(aside, only_new, _OWNER_ALONE), "w", encoding="utf-8-sig", newline=""
        ) as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(_COLUMNS)
            for batch in ordered.to_pyarrow_batches(chunk_size=_BATCH_ROWS):
                for row in batch.to_pylist():
                    row["rules"] = " ".join(row["rules"])
                    writer.writerow([as_cell(str(row[name])) for name in _COLUMNS])
                    written += 1
    aside.replace(path)
    return written


def _chosen(rows: ir.Table, wanted: Wanted) -> ir.Table:
    for name in ("partner", "feed"):
        value = getattr(wanted, name)
        if value:
            rows = rows.filter(rows[name] == value)
    return rows


def _is_rule(reason: ir.StringValue, rule: str) -> ir.BooleanValue:
    return (reason == rule) | reason.startswith(f"{rule}:")


def _count(partner: str, feed: str, reason: str, rows: int) -> RefusedCount:
    rule, column = split_reason(reason)
    cure = BY_ID[rule].cure if rule in BY_ID else ""
    return RefusedCount(partner, feed, rule, column, rows, cure)

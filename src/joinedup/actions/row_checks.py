"""Part the accepted rows of a staged file from the others, and count what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from joinedup.actions.received import REPEATS
from joinedup.engines import DuckDBEngine
from joinedup.intake import CheckGroups, Finding, StagedRows, failed_in, is_accepted

_REPEATS: Final = ("duplicate_row", "duplicate_key")


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """What was refused with which reasons, and what was found in all rows.

    `refused` has `source_row`, `lines` and a mask a group of checks; `repeats` has `source_row`,
    `lines` and `is_same`. Both are None where there is none.
    """

    refusing: CheckGroups
    refused: Path | None
    repeats: Path | None
    findings: tuple[Finding, ...]
    accepted_rows: int
    accepted_lines: int
    refused_rows: int
    refused_lines: int

    def reasons(self, masks: tuple[int, ...]) -> tuple[str, ...]:
        """The reasons that a refused row's masks hold."""
        groups = zip(masks, self.refusing, strict=True)
        return tuple(reason for found, group in groups for reason in failed_in(found, group))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Rows that failed the same checks."""

    refusing: tuple[int, ...]
    flagging: tuple[int, ...]
    rows: int
    lines: int
    first_row: int

    @property
    def is_kept(self) -> bool:
        return not any(self.refusing)


def check_rows(
    engine: DuckDBEngine,
    staged: StagedRows,
    refusing: CheckGroups,
    flagging: CheckGroups,
    folder: Path,
) -> CheckedRows:
    """Part a file's rows by the masks that they were staged with.

    `folder` takes the small tables of what is refused.
    """
    every = counted = _count(staged.table, len(refusing), len(flagging))
    refused = repeats = None
    if not all(one.is_kept for one in counted):
        refused = _write_refused(engine, staged.table, len(refusing), folder)
        staged = staged.with_table(staged.table.filter(is_accepted(staged.table)))
    found = list(_findings(counted, refusing, flagging))
    repeats = _find_repeats(engine, staged, folder)
    if repeats is not None:
        rows = engine.read_parquet(repeats).select("source_row")
        first = staged.table.anti_join(rows, "source_row")
        counted = _count(first, len(refusing), len(flagging))
        found = [one for one in found if one.severity == "refuse"]
        found += [*_repeat_findings(engine, repeats), *_findings(counted, refusing, flagging)]
    kept = [one for one in counted if one.is_kept]
    kept_rows, kept_lines = sum(one.rows for one in kept), sum(one.lines for one in kept)
    return CheckedRows(
        refusing=refusing,
        refused=refused,
        repeats=repeats,
        findings=tuple(found),
        accepted_rows=kept_rows,
        accepted_lines=kept_lines,
        refused_rows=sum(one.rows for one in every) - kept_rows,
        refused_lines=sum(one.lines for one in every) - kept_lines,
    )


def _write_refused(engine: DuckDBEngine, staged: ir.Table, groups: int, work: Path) -> Path:
    path = work / "refused.parquet"
    masks = [f"r{n}" for n in range(groups)]
    bad = staged.filter(~is_accepted(staged)).select("source_row", "lines", *masks)
    engine.write_parquet(bad.order_by("source_row"), path, in_order=True)
    return path


def _count(staged: ir.Table, refusing: int, flagging: int) -> list[_Counted]:
    """How many rows failed the same checks: few groups, however many rows."""
    names = [f"r{n}" for n in range(refusing)] + [f"f{n}" for n in range(flagging)]
    counted = staged.group_by(*names).aggregate(
        rows=staged.count(), lines_=staged.lines.sum(), first_row=staged.source_row.min()
    )
    return [_counted(row, refusing, flagging) for row in counted.to_pyarrow().to_pylist()]


def _counted(row: dict[str, Any], refusing: int, flagging: int) -> _Counted:
    return _Counted(
        refusing=tuple(row[f"r{n}"] for n in range(refusing)),
        flagging=tuple(row[f"f{n}"] for n in range(flagging)),
        rows=row["rows"],
        lines=row["lines_"],
        first_row=row["first_row"],
    )


def _findings(
    counted: list[_Counted], refusing: CheckGroups, flagging: CheckGroups
) -> Iterator[Finding]:
    """What refused rows were refused for, and what kept rows were flagged for."""
    for one in counted:
        masks = one.flagging if one.is_kept else one.refusing
        groups = flagging if one.is_kept else refusing
        severity = "flag" if one.is_kept else "refuse"
        for found, group in zip(masks, groups, strict=True):
            for reason in failed_in(found, group):
                yield Finding(reason, severity, one.rows, one.first_row)


def _find_repeats(engine: DuckDBEngine, staged: StagedRows, work: Path) -> Path | None:
    """Rows whose key stands on an earlier accepted line; None where there is none."""
    keyed = staged.table.filter(staged.table.row_key.notnull())
    hashed = keyed.select(hash=keyed.row_key.hash())
    often = hashed.group_by("hash").aggregate(times=hashed.count())
    often = often.filter(often.times > 1).select("hash")
    if often.count().to_pyarrow().as_py() == 0:
        return None
    values = {name: keyed[name] for name in keyed.columns if name[0] in "vt"}
    content = ibis.struct(values).hash()
    rows = keyed.select("source_row", "lines", "row_key", content=content)
    rows = rows.mutate(hash=rows.row_key.hash()).semi_join(often, "hash")
    window = ibis.window(group_by="row_key", order_by="source_row")
    placed = rows.mutate(
        place=ibis.row_number().over(window), first=rows.content.first().over(window)
    )
    later = placed.filter(placed.place > 0)
    later = later.select("source_row", "lines", is_same=later.content == later["first"])
    repeats = work / REPEATS
    written = engine.write_parquet(later.order_by("source_row"), repeats, in_order=True)
    return repeats if written else None


def _repeat_findings(engine: DuckDBEngine, repeats: Path) -> list[Finding]:
    table = engine.read_parquet(repeats)
    counted = table.group_by("is_same").aggregate(
        rows=table.count(), first_row=table.source_row.min()
    )
    return [
        Finding(repeat_reason(row["is_same"]), "refuse", row["rows"], row["first_row"])
        for row in counted.to_pyarrow().to_pylist()
    ]


def repeat_reason(is_same: bool) -> str:
    """The reason of a row that repeats an earlier one's key."""
    return _REPEATS[0 if is_same else 1]

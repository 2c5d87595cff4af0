"""Check every row of a file at once, and part the accepted rows from the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.intake import MASK_BITS, Check, Finding, MappedRows, build_checks, failed_in, mask

_REPEATS: Final = ("duplicate_row", "duplicate_key")


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The accepted rows, the others with their reasons, and what was found in all of them.

    `refused` has `source_row`, `lines` and a mask a group of checks; `repeats` has `source_row`,
    `lines` and `is_same`. Both are None where there is none.
    """

    accepted: MappedRows
    checks: tuple[tuple[Check, ...], ...]
    refused: Path | None
    repeats: Path | None
    findings: tuple[Finding, ...]
    accepted_rows: int
    accepted_lines: int
    refused_rows: int
    refused_lines: int

    def reasons(self, masks: tuple[int, ...]) -> tuple[str, ...]:
        """The reasons that a refused row's masks hold."""
        groups = zip(masks, self.checks, strict=True)
        return tuple(reason for found, group in groups for reason in failed_in(found, group))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Rows that failed the same checks."""

    refusing: tuple[int, ...]
    flagging: tuple[int, ...]
    rows: int
    lines: int
    first_row: int


def check_rows(
    engine: DuckDBEngine, mapped: MappedRows, organisations: Collection[str], work: Path
) -> CheckedRows:
    """Check a file's rows. `work` takes the small tables of what is refused."""
    checks = build_checks(mapped, organisations)
    refusing = _groups([check for check in checks if check.refuses])
    flagging = _groups([check for check in checks if not check.refuses])
    masked = mapped.table.select(
        "source_row",
        "lines",
        **{f"r{n}": mask(group) for n, group in enumerate(refusing)},
        **{f"f{n}": mask(group) for n, group in enumerate(flagging)},
    )
    counted = _count(masked, len(refusing), len(flagging))
    refused = None
    if any(any(one.refusing) for one in counted):
        refused = work / "refused.parquet"
        bad = masked.filter(_any_bit(masked, len(refusing))).order_by("source_row")
        names = [f"r{n}" for n in range(len(refusing))]
        engine.write_parquet(bad.select("source_row", "lines", *names), refused, in_order=True)
        masked, mapped = _without(engine, refused, masked, mapped)
    repeats = _find_repeats(engine, mapped, work)
    found = list(_findings([one for one in counted if any(one.refusing)], refusing, "refuse"))
    kept = [one for one in counted if not any(one.refusing)]
    if repeats is not None:
        masked, mapped = _without(engine, repeats, masked, mapped)
        kept = _count(masked, len(refusing), len(flagging))
        found += _repeat_findings(engine, repeats)
    found += _findings(kept, flagging, "flag")
    total_rows, total_lines = sum(c.rows for c in counted), sum(c.lines for c in counted)
    kept_rows, kept_lines = sum(c.rows for c in kept), sum(c.lines for c in kept)
    return CheckedRows(
        accepted=mapped,
        checks=refusing,
        refused=refused,
        repeats=repeats,
        findings=tuple(found),
        accepted_rows=kept_rows,
        accepted_lines=kept_lines,
        refused_rows=total_rows - kept_rows,
        refused_lines=total_lines - kept_lines,
    )


def _groups(checks: list[Check]) -> tuple[tuple[Check, ...], ...]:
    starts = range(0, max(len(checks), 1), MASK_BITS)
    return tuple(tuple(checks[start : start + MASK_BITS]) for start in starts)


def _any_bit(masked: ir.Table, groups: int) -> ir.BooleanValue:
    return reduce(lambda a, b: a | b, [masked[f"r{n}"] != 0 for n in range(groups)])


def _count(masked: ir.Table, refusing: int, flagging: int) -> list[_Counted]:
    """How many rows failed the same checks: few groups, however many rows."""
    names = [f"r{n}" for n in range(refusing)] + [f"f{n}" for n in range(flagging)]
    counted = masked.group_by(*names).aggregate(
        rows=masked.count(), lines_=masked.lines.sum(), first_row=masked.source_row.min()
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
    counted: list[_Counted], groups: tuple[tuple[Check, ...], ...], severity: str
) -> Iterator[Finding]:
    for one in counted:
        masks = one.refusing if severity == "refuse" else one.flagging
        for found, group in zip(masks, groups, strict=True):
            for reason in failed_in(found, group):
                yield Finding(reason, severity, one.rows, one.first_row)


def _without(
    engine: DuckDBEngine, left_out: Path, masked: ir.Table, mapped: MappedRows
) -> tuple[ir.Table, MappedRows]:
    rows = engine.read_parquet(left_out).select("source_row")
    return (
        masked.anti_join(rows, "source_row"),
        replace(mapped, table=mapped.table.anti_join(rows, "source_row")),
    )


def _find_repeats(engine: DuckDBEngine, mapped: MappedRows, work: Path) -> Path | None:
    """Rows whose key stands on an earlier accepted line; None where there is none."""
    keyed = mapped.table.select("source_row", "lines", key=mapped.row_key())
    keyed = keyed.filter(keyed.key.notnull())
    hashed = keyed.select(hash=keyed.key.hash())
    often = hashed.group_by("hash").aggregate(times=hashed.count())
    often = often.filter(often.times > 1).select("hash")
    if often.count().to_pyarrow().as_py() == 0:
        return None
    whole = {name: mapped.table[name] for name in mapped.table.columns if name.startswith("k")}
    rows = mapped.table.select(
        "source_row", "lines", key=mapped.row_key(), content=ibis.struct(whole).hash()
    )
    rows = rows.mutate(hash=rows.key.hash()).semi_join(often, "hash")
    window = ibis.window(group_by="key", order_by="source_row")
    placed = rows.mutate(
        place=ibis.row_number().over(window), first=rows.content.first().over(window)
    )
    later = placed.filter(placed.place > 0)
    repeats = work / "repeats.parquet"
    later = later.select("source_row", "lines", is_same=later.content == later["first"])
    written = engine.write_parquet(later.order_by("source_row"), repeats, in_order=True)
    return repeats if written else None


def _repeat_findings(engine: DuckDBEngine, repeats: Path) -> list[Finding]:
    table = engine.read_parquet(repeats)
    counted = table.group_by("is_same").aggregate(
        rows=table.count(), first_row=table.source_row.min()
    )
    return [
        Finding(_REPEATS[0 if row["is_same"] else 1], "refuse", row["rows"], row["first_row"])
        for row in counted.to_pyarrow().to_pylist()
    ]


def repeat_reason(is_same: bool) -> tuple[str, ...]:
    """The reason of a row that repeats an earlier one's key."""
    return (_REPEATS[0 if is_same else 1],)

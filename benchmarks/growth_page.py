"""Write the measured sizes into docs/explanation/growth.md, and draw them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import growth_fit as fits
from growth_picture import draw_growth

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "explanation" / "growth.md"
PICTURE = DOCS / "images" / "growth.svg"
ALTERNATIVE = "Seconds by step and peak memory, on logarithmic scales"
BEGINS, ENDS = "<!-- measured: begins -->", "<!-- measured: ends -->"
# A step below so many seconds at every size is not drawn: its line would be of noise.
SHOWN_SECONDS = 1.0
_GB = 1e9

Row = Mapping[str, Any]


def write_page(measured: Path) -> str:
    """Write picture and tables from a file of measurements; what was written, in words."""
    rows: list[Row] = json.loads(measured.read_text(encoding="utf-8"))
    usual = _usual(rows)
    sizes = [_size(row) for row in usual]
    seconds, peaks = _by_step(usual), _by_memory(rows)
    PICTURE.write_text(draw_growth(seconds, peaks), encoding="utf-8", newline="\n")
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGINS)[0], text.split(ENDS)[1]
    middle = "\n\n".join(_sections(rows, usual, sizes))
    PAGE.write_text(f"{before}{BEGINS}\n{middle}\n{ENDS}{after}", encoding="utf-8", newline="\n")
    return f"wrote {PICTURE.name} and {PAGE.name} from {len(rows)} measurements"


def _usual(rows: Sequence[Row]) -> list[Row]:
    """Of each size the run with the most memory: what the curves are drawn of."""
    best: dict[int, Row] = {}
    for row in rows:
        if row["people"] not in best or row["memory_mb"] > best[row["people"]]["memory_mb"]:
            best[row["people"]] = row
    return [best[people] for people in sorted(best)]


def _size(row: Row) -> fits.Size:
    steps = row["steps"]
    return fits.Size(
        people=row["people"],
        seconds=sum(step["seconds"] for step in steps),
        cpu_seconds=sum(step["cpu_seconds"] for step in steps),
        peak_mb=max(step["peak_mb"] for step in steps),
        memory_mb=row["memory_mb"],
        inbox_bytes=row["inbox_bytes"],
        lake_bytes=row["lake_bytes"],
        spilled_mb=row["spilled_mb"],
    )


def _by_step(rows: Sequence[Row]) -> dict[str, list[tuple[int, float]]]:
    lines: dict[str, list[tuple[int, float]]] = {
        "whole run": [(row["people"], _size(row).seconds) for row in rows]
    }
    for row in rows:
        for step in row["steps"]:
            lines.setdefault(step["name"], []).append((row["people"], step["seconds"]))
    return {
        name: points for name, points in lines.items() if max(y for _, y in points) > SHOWN_SECONDS
    }


def _by_memory(rows: Sequence[Row]) -> dict[str, list[tuple[int, float]]]:
    lines: dict[str, list[tuple[int, float]]] = {}
    for row in sorted(rows, key=lambda one: (-one["memory_mb"], one["people"])):
        name = f"setting {row['memory_mb']:,} MB"
        lines.setdefault(name, []).append((row["people"], _size(row).peak_mb))
    return lines


def _sections(
    rows: Sequence[Row], usual: Sequence[Row], sizes: Sequence[fits.Size]
) -> Iterator[str]:
    newest = max(rows, key=lambda row: str(row["date"]))
    yield f"![{ALTERNATIVE}](../images/{PICTURE.name})"
    yield f"Measured on: {newest['machine']}; last on {newest['date']}."
    yield _table(
        ["People", "Population", "Lines", "Setting, MB", "Seconds", "CPU seconds", "Peak, MB",
         "Spilled, MB", "Times the copying floor", "Memory bounded"],
        [_run_cells(row) for row in rows],
    )  # fmt: skip
    yield "## Seconds by step"
    names = list(dict.fromkeys(step["name"] for row in usual for step in row["steps"]))
    yield _table(
        ["Step", *(f"{row['people']:,}" for row in usual), "Slope"],
        [_step_cells(name, usual) for name in names],
    )
    yield "## Peak memory by step, MB"
    yield _table(
        ["Step", *(f"{row['people']:,}" for row in usual)],
        [[name, *(f"{_of(row, name, 'peak_mb'):,}" for row in usual)] for name in names],
    )
    yield "## Is the promise kept?"
    yield _table(
        ["From", "To", "Times the people", "Times the seconds", "Seconds over people", "Kept"],
        [_pair_cells(pair) for pair in fits.pairs(sizes)],
    )
    yield "## England, on paper"
    yield _england(sizes)


def _run_cells(row: Row) -> list[str]:
    size = _size(row)
    return [
        f"{size.people:,}", row["area"], f"{row['lines']:,}", f"{size.memory_mb:,}",
        f"{size.seconds:,.1f}", f"{size.cpu_seconds:,.1f}", f"{size.peak_mb:,}",
        f"{size.spilled_mb:,}", f"{size.seconds / row['floor_seconds']:.1f}",
        "yes" if size.is_bounded else "**no**",
    ]  # fmt: skip


def _step_cells(name: str, usual: Sequence[Row]) -> list[str]:
    points = [(row["people"], _of(row, name, "seconds")) for row in usual]
    large = [point for point in points if point[0] >= fits.SMALLEST_FITTED]
    curve = fits.fit(large if len(large) > 1 else points)
    is_small = max(seconds for _, seconds in points) <= SHOWN_SECONDS
    slope = "" if curve is None or is_small else f"{curve.slope:.2f}"
    return [name, *(f"{seconds:,.1f}" for _, seconds in points), slope]


def _of(row: Row, step: str, figure: str) -> Any:
    return next((one[figure] for one in row["steps"] if one["name"] == step), 0)


def _pair_cells(pair: fits.Pair) -> list[str]:
    a, b = pair.smaller, pair.larger
    return [
        f"{a.people:,}", f"{b.people:,}", f"{b.people / a.people:.2f}",
        f"{b.seconds / a.seconds:.2f}", f"{pair.times:.2f}", "yes" if pair.is_kept else "**no**",
    ]  # fmt: skip


def _england(sizes: Sequence[fits.Size]) -> str:
    estimate = fits.england(sizes)
    if estimate is None:
        return "Two sizes at least must be measured first."
    largest = max(sizes, key=lambda one: one.people)
    one, many = fits.LARGE_CORES, fits.CLUSTER_MACHINES * fits.CLUSTER_CORES
    table = _table(
        ["", "Processors", "Kept busy", "Processor hours", "Hours"],
        [
            [f"One large machine, {fits.LARGE_GB} GB, DuckDB", f"{one}", f"{fits.LARGE_BUSY:.0%}",
             f"{estimate.cpu_hours:,.1f}", f"{estimate.large_hours:.1f}"],
            [f"{fits.CLUSTER_MACHINES} machines, Spark", f"{many}", f"{fits.CLUSTER_BUSY:.0%}",
             f"{estimate.cpu_hours * fits.SPARK_TIMES:,.1f}", f"{estimate.cluster_hours:.1f}"],
        ],
    )  # fmt: skip
    beyond = fits.ENGLAND / largest.people
    return (
        f"{fits.ENGLAND:,} people are {beyond:,.0f} times the largest size measured "
        f"({largest.people:,}), so this is paper, not a measurement.\n\n{table}\n\n"
        f"Partners' files would take {estimate.inbox_tb:.2f} TB and a snapshot "
        f"{estimate.lake_tb:.2f} TB."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)

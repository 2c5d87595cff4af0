"""Delay days: who holds people who are ready to leave, in which month, why, and who must act."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from joinedup import flow
from joinedup.actions.flow.answer import Answer, Cell, Part
from joinedup.actions.flow.period import Dates, Look, look
from joinedup.actions.flow.small_numbers import Figure, Within, share, shown_rows, with_people

_COUNTS: Final = ("spells", "delayed_spells", "ready_not_known")
_WITHIN: Final = (Within("spells", ("delayed_spells", "ready_not_known")),)
_FIGURES: Final = (*_COUNTS, "bed_days", "delay_days", "share_of_bed_days")


def look_at_delays(folder: Path, dates: Dates, causes: ir.Table | None = None) -> Answer:
    """Delay days of the period by organisation and month, and by reason where any is given.

    `causes` has event_id and reason. No promised table holds them, so that without it the answer
    says that none are given.
    """
    with look(folder, dates) as looked:
        spells = flow.spells(looked.events(), looked.as_at)
        found = flow.delay_days(spells, start=looked.start, end=looked.end)
        rows = found.order_by("organisation", "month").to_pyarrow().to_pylist()
        parts = _by_organisation(looked, rows)
        if causes is not None:
            parts += _by_reason(looked, spells, causes)
        return looked.answer("Delays", parts, *_notes(has_reasons=causes is not None))


def _by_organisation(looked: Look, rows: list[dict[str, Any]]) -> tuple[Part, ...]:
    """Two tables: each month, and all months together, whose spells are the sum of the months'."""
    held: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        held[row["organisation"]].append(place)
    shown = shown_rows(
        _COUNTS, [[row[name] for name in _COUNTS] for row in rows], _WITHIN, list(held.values())
    )
    monthly = tuple(
        (row["organisation"], looked.name(row["organisation"]), row["month"],
         *_figures(row["bed_days"], row["delay_days"], counts))
        for row, counts in zip(rows, shown, strict=False)
    )  # fmt: skip
    yearly = tuple(
        (code, looked.name(code), *_figures(_sum(rows, places, "bed_days"),
                                            _sum(rows, places, "delay_days"), counts))
        for (code, places), counts in zip(held.items(), shown[len(rows) :], strict=True)
    )  # fmt: skip
    named = ("organisation", "name")
    return (
        Part("by_organisation", "Delay days by organisation (a spell counts in each of its months)",
             (*named, *_FIGURES), yearly),
        Part("by_month", "Delay days by organisation and month", (*named, "month", *_FIGURES),
             monthly),
    )  # fmt: skip


def _figures(bed_days: int, delay_days: int, counts: list[Figure]) -> tuple[Cell, ...]:
    spells, delayed, _ = counts
    in_bed, in_delay = with_people(bed_days, spells), with_people(delay_days, delayed)
    return *counts, in_bed, in_delay, share(in_delay, in_bed)


def _by_reason(looked: Look, spells: ir.Table, causes: ir.Table) -> tuple[Part, ...]:
    each = flow.delay_days_by_reason(spells, causes, start=looked.start, end=looked.end)
    parts = []
    for name, title in (("reason", "Delay days by reason"), ("who_acts", "By who must act")):
        summed = each.group_by(name).aggregate(
            spells=each.spells.sum(), delay_days=each.delay_days.sum()
        )
        rows = summed.order_by(ibis.desc("delay_days"), name).to_pyarrow().to_pylist()
        counts = [[row["spells"]] for row in rows]
        shown = shown_rows(("spells",), counts, groups=[range(len(rows))] if rows else [])
        filled = tuple(
            (row[name] or "not given", of_spells, with_people(row["delay_days"], of_spells))
            for row, (of_spells,) in zip(rows, shown, strict=False)
        )
        parts.append(Part(f"by_{name}", title, (name, "spells", "delay_days"), filled))
    return tuple(parts)


def _sum(rows: list[dict[str, Any]], places: list[int], name: str) -> int:
    return sum(int(rows[place][name]) for place in places)


def _notes(*, has_reasons: bool) -> tuple[str, ...]:
    return (
        "A delay day is a midnight in a bed from the discharge-ready date until the day of "
        "leaving. Spells without that date are under ready_not_known and count as no delay: who "
        "records few such dates looks better than they are.",
        "Days are shown where the people behind them may be; shares are of the rounded days.",
        "A spell that has several reasons shares its days equally among them. Who must act is a "
        "reading of the national reasons."
        if has_reasons
        else "No reasons for delay are given: no feed of the system sends any, so that days cannot "
        "be told by reason nor by who must act.",
    )

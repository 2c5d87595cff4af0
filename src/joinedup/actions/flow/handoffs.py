"""Who hands people on to whom, how long it takes, and who is stuck."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir

from joinedup import flow
from joinedup.actions.flow.answer import NOT_SHOWN, Answer, Cell, Part, write_text
from joinedup.actions.flow.period import Dates, Look, look
from joinedup.actions.flow.small_numbers import (
    RULE,
    Within,
    percentile,
    shown_alone,
    shown_rows,
)
from joinedup.drawing import Flow, SankeyChart, draw_sankey

_ENDS: Final = ("from_organisation", "from_name", "to_organisation", "to_name")
_WAITS: Final = ("median_days_to_contact", "p90_days_to_contact")
_PAIR: Final = ("from_organisation", "to_organisation", "kind")
_COUNTS: Final = ("handoffs", "accepted", "contacted", "stuck")
_WITHIN: Final = (Within("handoffs", ("contacted", "stuck")), Within("handoffs", ("accepted",)))


def look_at_handoffs(folder: Path, dates: Dates, svg: Path | None = None) -> Answer:
    """Handoffs sent in the period from each organisation to each; `svg` draws them.

    A pair with seven people or fewer is left out. There are no totals: they would give it back.
    """
    with look(folder, dates) as looked:
        each = _sent(looked)
        people = each.group_by(_PAIR).aggregate(people=each.person_id.nunique())
        found = flow.handoff_matrix(each).inner_join(people, list(_PAIR), rname="{name}_again")
        pairs = found.to_pyarrow().to_pylist()
        pairs.sort(key=lambda row: (-row["handoffs"], str(row[_PAIR[0]]), row[_PAIR[1]]))
        many = [row for row in pairs if row["people"] > RULE.threshold]
        parts = (_asked(looked, many), _observed(looked, many))
        answer = looked.answer("Handoffs", parts, *_notes(len(pairs) - len(many)))
    if svg:
        write_text(svg, _drawn(answer))
    return answer


def _sent(looked: Look) -> ir.Table:
    referrals = looked.at_trusts(
        looked.at_trusts(looked.system.referrals, "from_organisation"), "to_organisation"
    )
    each = flow.handoffs(looked.contacts(), referrals, looked.as_at)
    day = each.sent_at.cast("date")
    return each.filter((day >= looked.start) & (day < looked.end))


def _asked(looked: Look, pairs: list[dict[str, Any]]) -> Part:
    """Referrals, with their waits."""
    rows = [row for row in pairs if row["kind"] == "referral"]
    # Where no source states any acceptance a nought would say what nobody knows.
    known = [name for name in _COUNTS if name != "accepted" or any(row[name] for row in rows)]
    counts = [[row[name] if name in known else None for name in _COUNTS] for row in rows]
    shown = shown_rows(_COUNTS, counts, _WITHIN)
    filled = tuple(
        (
            *_ends(looked, row),
            *figures,
            percentile(row["median_days_to_contact"], row["contacted"], 0.5),
            percentile(row["p90_days_to_contact"], row["contacted"], 0.9),
        )
        for row, figures in zip(rows, shown, strict=True)
    )
    return Part(
        "referrals", "Referrals from each organisation to each", (*_ENDS, *_COUNTS, *_WAITS), filled
    )


def _observed(looked: Look, pairs: list[dict[str, Any]]) -> Part:
    """What was only seen to happen: nobody accepts it, waits for it or is stuck."""
    rows = tuple(
        (*_ends(looked, row), shown_alone(row["handoffs"]))
        for row in pairs
        if row["kind"] == "observed"
    )
    return Part(
        "observed", "Contacts in turn at different organisations", (*_ENDS, "handoffs"), rows
    )


def _ends(looked: Look, row: dict[str, Any]) -> tuple[Cell, ...]:
    source, target = row["from_organisation"], row["to_organisation"]
    return source, looked.name(source), target, looked.name(target)


def _notes(left_out: int) -> tuple[str, ...]:
    return (
        "A referral is what one organisation asked of another. An observed handoff is two contacts "
        f"in turn at different ones, no more than {flow.GAP_DAYS} days apart. Do not add them up.",
        f"Stuck: no contact after {flow.STUCK_DAYS} days and not closed, as at the newest extract. "
        "Waits are of those who were seen: read them beside stuck.",
        f"{left_out:,} pairs of organisations with {RULE.threshold} people or fewer are left out. "
        "A median or 90th percentile is hidden where no more than that lie beyond it.",
    )


def _drawn(answer: Answer) -> str:
    """Referrals as bands; what was observed where nobody sent a referral."""
    asked, observed = answer.parts
    part = asked if asked.rows else observed
    flows = [
        Flow(str(row[1]), str(row[3]), row[4] if isinstance(row[4], int) else NOT_SHOWN)
        for row in part.rows
    ]
    return draw_sankey(
        SankeyChart(
            flows,
            measure=f"Handoffs, {answer.start} until before {answer.end}",
            note=answer.notes[-1],
        ),
        name="handoffs",
        title=part.title,
        description="Bands from each organisation that sends to each that receives.",
    )

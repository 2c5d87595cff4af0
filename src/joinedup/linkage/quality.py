"""What links are worth when no truth is at hand: the model's own estimate, and what to look at.

A link of w bits is right with probability 2^w / (1 + 2^w), if the model is. The sum of what is
missing from 1 over all links estimates false ones; the sum over what was not linked, misses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage.residual import JOIN_AT

# Bands of weight in bits from which records for clerical review are drawn, about the threshold.
_BANDS = (-1000.0, 4.0, 8.0, 10.0, 12.0, 16.0, 24.0, 1000.0)


@dataclass(frozen=True, slots=True)
class ToReview:
    """One record for a person to look at."""

    partner: str
    record_id: str
    reason: str
    match_weight: float | None
    matched_partner: str | None
    matched_record_id: str | None


@dataclass(frozen=True, slots=True)
class Quality:
    """Estimates from the model alone. `threshold` and all weights are in bits."""

    records: int
    persons: int
    by_method: Mapping[str, int]
    threshold: float
    expected_false_links: float
    expected_missed_links: float
    contested: int
    sample: tuple[ToReview, ...]


def assess(links: ir.Table, review: ir.Table, *, sample: int) -> Quality:
    """Estimate the quality of links; draw up to `sample` records from each band of weight."""
    counts = links.aggregate(records=links.count(), persons=links.person_id.nunique())
    row = counts.to_pyarrow().to_pylist()[0]
    methods = links.group_by("method").agg(n=links.count()).order_by("method")
    weighed = links.filter(links.match_weight.notnull())
    unsure = review.filter(review.match_weight.notnull())
    return Quality(
        records=row["records"],
        persons=row["persons"],
        by_method={one["method"]: one["n"] for one in methods.to_pyarrow().to_pylist()},
        threshold=JOIN_AT / 1000,
        expected_false_links=_total(1 - _chance(weighed)),
        expected_missed_links=_total(_missed(unsure)),
        contested=review.filter(review.match_weight.isnull()).count().to_pyarrow().as_py(),
        sample=_sample(weighed, review, sample) if sample else (),
    )


def _chance(table: ir.Table) -> ir.FloatingColumn:
    # Written so that a large weight cannot overflow.
    return 1 / (1 + (ibis.literal(2.0) ** (-table.match_weight)))


def _missed(unsure: ir.Table) -> ir.FloatingColumn:
    """Of two that match nearly alike at most one is the person: the weights share the chance."""
    rival = ibis.literal(2.0) ** (unsure.next_match_weight - unsure.match_weight)
    return _chance(unsure) / (1 + rival.fill_null(0.0))


def _total(value: ir.FloatingColumn) -> float:
    total = value.sum().to_pyarrow().as_py()
    return round(total or 0.0, 1)


def _sample(weighed: ir.Table, review: ir.Table, size: int) -> tuple[ToReview, ...]:
    linked = weighed.select(
        "partner", "record_id", "match_weight", "matched_partner", "matched_record_id",
        reason=ibis.literal("linked by its match weight"),
    )  # fmt: skip
    others = review.select(
        "partner", "record_id", "match_weight", "reason",
        matched_partner=ibis.null("string"), matched_record_id=ibis.null("string"),
    )  # fmt: skip
    every = linked.union(others.select(*linked.columns))
    weight = every.match_weight.fill_null(0.0)
    banded = every.mutate(band=weight.bucket(_BANDS), off=(weight - JOIN_AT / 1000).abs())
    order = [banded.off.asc(), banded.partner.asc(), banded.record_id.asc()]
    drawn = banded.mutate(place=ibis.row_number().over(group_by=["band", "reason"], order_by=order))
    drawn = drawn.filter(drawn.place < size).order_by("reason", "band", "place")
    return tuple(
        ToReview(**{name: row[name] for name in ToReview.__dataclass_fields__})
        for row in drawn.to_pyarrow().to_pylist()
    )

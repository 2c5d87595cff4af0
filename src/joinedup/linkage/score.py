"""How good links are, against a truth: precision, recall and F1 over pairs of records.

Precision is the share of pairs that were linked and are one person; recall the share of pairs that
are one person and were linked. Linkage error is not fair, so each is also given by group: there a
pair counts once for each of its records that is in the group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Accuracy:
    """`pairs` counts the true pairs; a share of nothing is None."""

    precision: float | None
    recall: float | None
    f1: float | None
    pairs: int


@dataclass(frozen=True, slots=True)
class Score:
    """Accuracy over all pairs, and by each value of each group."""

    overall: Accuracy
    by: Mapping[str, Mapping[str, Accuracy]]


def score(links: ir.Table, truth: ir.Table, *, groups: Sequence[str]) -> Score:
    """Compare `tables.LINKS` with a truth: partner, record_id, person, and a column a group.

    A record of the truth that no link has is linked to nothing. Records of which the truth says
    nothing are left out.
    """
    known = truth.filter(truth.person.notnull()).left_join(links, ["partner", "record_id"])
    known = known.select("partner", "record_id", "person", "person_id", *_apart(groups))
    together = ["person_id", "person"]
    linked = known.person_id.notnull()
    counted = known.mutate(
        right=ibis.ifelse(linked, known.count().over(group_by=together) - 1, 0),
        found=ibis.ifelse(linked, known.count().over(group_by="person_id") - 1, 0),
        true=known.count().over(group_by="person") - 1,
    )
    every = counted.aggregate(**_sums(counted))
    return Score(
        overall=_accuracy(every.to_pyarrow().to_pylist()[0]),
        by={group: _by(counted, group) for group in groups},
    )


def _apart(groups: Sequence[str]) -> list[str]:
    return [group for group in groups if group != "partner"]


def _by(counted: ir.Table, group: str) -> dict[str, Accuracy]:
    named = counted.mutate(value=counted[group].cast("string").fill_null("not known"))
    sums = named.group_by("value").agg(**_sums(named)).order_by("value")
    return {row["value"]: _accuracy(row) for row in sums.to_pyarrow().to_pylist()}


def _sums(counted: ir.Table) -> dict[str, ir.IntegerScalar]:
    # Each pair is met from both its records.
    return {name: counted[name].sum() for name in ("right", "found", "true")}


def _accuracy(row: Mapping[str, int | None]) -> Accuracy:
    right, found, true = (row[name] or 0 for name in ("right", "found", "true"))
    return Accuracy(
        precision=right / found if found else None,
        recall=right / true if true else None,
        f1=2 * right / (found + true) if found + true else None,
        pairs=true // 2,
    )

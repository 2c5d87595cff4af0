"""What does not hold on an engine, each with its reason: tests that are known to fail there.

A gap that closes fails the suite, so that this list says what is so. NOT_YET_OURS is for us to
close, NOT_YET_UPSTREAM for a library that we build on, NEVER for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pytest


class Kind(StrEnum):
    NOT_YET_OURS = "not yet ours"
    NOT_YET_UPSTREAM = "not yet upstream's"
    NEVER = "never"


@dataclass(frozen=True)
class Gap:
    """A test, by how its name ends, that fails on an engine."""

    test: str
    engine: str
    kind: Kind
    reason: str


_OPERATION = "test_operations.py::test_an_operation_gives_the_same_on_every_engine[{}-{}]"


def _operation(name: str, engine: str, kind: Kind, reason: str) -> Gap:
    return Gap(_OPERATION.format(engine, name), engine, kind, reason)


GAPS: tuple[Gap, ...] = (
    _operation(
        "the last row before another",
        "spark",
        Kind.NOT_YET_UPSTREAM,
        "Spark's SQL has no ASOF join (Ibis 12). Use row_number() over what came before.",
    ),
    _operation(
        "a list in order",
        "spark",
        Kind.NOT_YET_UPSTREAM,
        "Ibis 12 does not order collect() on Spark. Use row_number() and join.",
    ),
    _operation(
        "the first in order",
        "spark",
        Kind.NOT_YET_UPSTREAM,
        "Ibis 12 does not order first() on Spark. Use row_number() == 0.",
    ),
    _operation(
        "joined text in order",
        "spark",
        Kind.NOT_YET_UPSTREAM,
        "Ibis 12 does not order group_concat() on Spark.",
    ),
    _operation("kurtosis", "spark", Kind.NOT_YET_UPSTREAM, "Ibis 12 has no kurtosis on Spark."),
    _operation(
        "a sample by seed",
        "spark",
        Kind.NEVER,
        "Engines draw differently, and Spark as its partitions fall. Draw by a hash of a key.",
    ),
    _operation(
        "a hash",
        "spark",
        Kind.NEVER,
        "Engines hash differently: 64 bits in DuckDB, 32 in Spark. Use hexdigest, or key_of where "
        "only this engine sees the key.",
    ),
    _operation(
        "an estimated quantile",
        "spark",
        Kind.NEVER,
        "Engines estimate differently. Use quantile().",
    ),
    _operation(
        "the largest of numbers of which one is none",
        "spark",
        Kind.NEVER,
        "Ibis 12 reads a null as NaN in what it asks of Spark; DuckDB keeps them apart.",
    ),
)


def mark_gaps(items: list[pytest.Item]) -> None:
    """Let the tests of gaps fail, and let no gap go untested."""
    for item in items:
        for gap in GAPS:
            if item.nodeid.endswith(gap.test):
                why = f"{gap.engine}: {gap.kind}: {gap.reason}"
                item.add_marker(pytest.mark.xfail(strict=True, reason=why))

"""Which clusters may have other members, or other reasons, than at the linkage before."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from joinedup.linkage.affected import Renewed
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.state import State

# What a cluster's links are made from, of a patient without a verified number.
_TOLD = ("patient", "anchor", "method", "milli_bits", "matched")


@dataclass(frozen=True, slots=True)
class Touched:
    """All members of the clusters that may be others now, and of those that they were before.

    `sure`: patients with a verified number; `others`: `outcomes`; `were`: partner and record_id.
    """

    sure: ir.Table
    others: ir.Table
    were: ir.Table


def touched(scratch: Scratch, before: State, renewed: Renewed, outcomes: ir.Table) -> Touched:
    """A cluster is touched if a patient came, left, or is there for another reason.

    All others have the members that they had, and so keep their ids and their links.
    """
    then, now = before.outcomes.select(*_TOLD), outcomes.select(*_TOLD)
    differ = then.difference(now).union(now.difference(then)).select("patient")
    moved = scratch.keep(differ.union(renewed.patients, distinct=True), "moved")
    patients, were = renewed.known.patients, before.known.patients
    numbers = patients.only(moved).select("number").union(were.only(moved).select("number"))
    numbers = numbers.filter(numbers.number.notnull())
    placed = outcomes.semi_join(moved, "patient").select("cluster", "anchor")
    placed = placed.union(before.outcomes.semi_join(moved, "patient").select(*placed.columns))
    placed = scratch.keep(placed, "placed")
    joined = placed.filter(placed.cluster >= 0).select(number="cluster")
    numbers = scratch.keep(numbers.union(joined, distinct=True), "numbers")
    others = scratch.keep(_in_clusters(outcomes, numbers, placed), "others")
    names = ("partner", "record_id")
    then = were.now.semi_join(numbers, "number").select(*names)
    then = then.union(_in_clusters(before.outcomes, numbers, placed).select(*names))
    return Touched(
        scratch.keep(patients.now.semi_join(numbers, "number"), "sure"),
        others,
        scratch.keep(then, "were"),
    )


def _in_clusters(outcomes: ir.Table, numbers: ir.Table, placed: ir.Table) -> ir.Table:
    """The outcomes in clusters of `numbers`, or in unnumbered ones with an anchor of `placed`.

    An unnumbered cluster is a number below zero that is good for one run only.
    """
    joined = outcomes.semi_join(numbers, outcomes.cluster == numbers.number)
    groups = placed.filter(placed.cluster < 0)
    apart = outcomes.filter(outcomes.cluster < 0).semi_join(groups, "anchor")
    return joined.union(apart)

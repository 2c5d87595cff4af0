"""Everybody in one segment of a population, with the reason, and who moved between two dates."""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.ages import age_years
from joinedup.population.declarations import Segmentation

# What stands as the reason where no register put somebody into a segment.
BY_AGE: Final = "age"
BY_NOTHING: Final = "none of the others"


def segment_people(
    segmentation: Segmentation, *, living: ir.Table, members: ir.Table, on: dt.date
) -> ir.Table:
    """The segment of each living person as at a date: person_id, segmentation, segment, reason.

    A person is in the first segment that fits; the reason is the first of its registers that the
    person is on. `members` are the register members as at that date.
    """
    found = _by_register(segmentation, members).union(_by_age(segmentation, living, on))
    first = ibis.row_number().over(group_by="person_id", order_by=["place", "turn"])
    chosen = found.mutate(first=first)
    chosen = chosen.filter(chosen.first == 0).select(held_id="person_id", segment="segment",
                                                     reason="reason")  # fmt: skip
    everybody = living.select("person_id")
    placed = everybody.left_join(chosen, everybody.person_id == chosen.held_id)
    rest = segmentation.segments[-1]
    return placed.select(
        "person_id",
        segmentation=ibis.literal(segmentation.about.id),
        segment=placed.segment.fill_null(rest.id),
        reason=placed.reason.fill_null(BY_NOTHING),
    )


def transitions(before: ir.Table, after: ir.Table) -> ir.Table:
    """How many people went from which segment to which: from_segment, to_segment, people.

    A null on one side is who was not there then: born, come, died or gone.
    """
    then = before.select(then_id="person_id", from_segment="segment")
    now = after.select(now_id="person_id", to_segment="segment")
    both = then.outer_join(now, then.then_id == now.now_id)
    counted = both.group_by("from_segment", "to_segment").aggregate(people=lambda t: t.count())
    return counted.order_by("from_segment", "to_segment")


def _by_register(segmentation: Segmentation, members: ir.Table) -> ir.Table:
    rows = [
        {"register": register, "segment": one.id, "place": place, "turn": turn}
        for place, one in enumerate(segmentation.segments)
        for turn, register in enumerate(one.registers)
    ]
    schema = {"register": "string", "segment": "string", "place": "int64", "turn": "int64"}
    named = ibis.memtable(rows, schema=ibis.schema(schema))
    theirs = members.select("person_id", "register").inner_join(named, "register")
    return theirs.select("person_id", "segment", "place", "turn", reason="register")


def _by_age(segmentation: Segmentation, living: ir.Table, on: dt.date) -> ir.Table:
    rows = [
        {"segment": one.id, "place": place, "from_age": one.from_age, "to_age": one.to_age}
        for place, one in enumerate(segmentation.segments)
        if one.from_age is not None or one.to_age is not None
    ]
    schema = {"segment": "string", "place": "int64", "from_age": "int64", "to_age": "int64"}
    limits = ibis.memtable(rows, schema=ibis.schema(schema))
    aged = living.select("person_id", age=age_years(living.birth_month, on))
    pairs = aged.filter(aged.age.notnull()).cross_join(limits)
    fits = pairs.filter(
        (pairs.from_age.isnull() | (pairs.age >= pairs.from_age))
        & (pairs.to_age.isnull() | (pairs.age <= pairs.to_age))
    )
    return fits.select(
        "person_id",
        "segment",
        "place",
        turn=ibis.literal(0, "int64"),
        reason=ibis.literal(BY_AGE),
    )

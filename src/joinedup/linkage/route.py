"""The route from partners' records to persons: see docs/explanation/linkage.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.linkage import calibration as calibrations
from joinedup.linkage import model as models
from joinedup.linkage import numbers, persons
from joinedup.linkage.calibration import Calibration
from joinedup.linkage.profiles import Profiles, collapse
from joinedup.linkage.residual import JOIN_AT, Settled, settle
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.weighing import Scale
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import LINK_CHANGES, LINKS, Table

# Parts partner and record id in one text; no partner's code holds it.
_PART = "\x1f"
# The file of counts within a state folder.
CALIBRATION = "calibration.parquet"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the linkage before left.

    `links`: its `tables.LINKS`, whose ids live on. `state`: its folder; None to link everybody
    anew. `calibration`: its file of counts, which a full linkage takes too; None to count anew.
    """

    links: ir.Table
    state: Path | None = None
    calibration: Path | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of `tables.IDENTITIES` since: rows that came, and rows that went."""

    added: ir.Table
    removed: ir.Table


@dataclass(frozen=True, slots=True)
class Linked:
    """What a linkage gives. The tables live in the engine until it is closed.

    `links` and `link_changes` are the promised tables; `review` lists what a person should look
    at: partner, record_id, reason, match_weight, next_match_weight. `moved` has one row a patient
    whose person is another than before: partner, record_id, old_person_id (null: not there
    before), person_id (null: gone).
    """

    links: ir.Table
    link_changes: ir.Table
    review: ir.Table
    moved: ir.Table


def link(
    engine: Engine,
    identities: ir.Table,
    *,
    key: Key,
    earlier: Earlier | None = None,
    changed: Changed | None = None,
    run: str = "",
    model: models.Model | None = None,
    state: Path | None = None,
) -> Linked:
    """Say of every patient in `tables.IDENTITIES` which person it is.

    `identities` is the whole table, `run` names the new snapshot. With `changed` and the `earlier`
    state only what they touch is linked again, to the same result. `state` is the folder to leave
    for the next linkage; it is made.
    """
    previous = earlier.links if earlier else ibis.memtable([], schema=LINKS.schema())
    with Scratch(engine) as scratch:
        found = collapse(scratch, identities)
        owner = numbers.owners(scratch, found.profiles)
        proof = numbers.verified(scratch, found.profiles, owner)
        by_number = numbers.patients_by_number(scratch, found, proof)
        people = int(owner.count().to_pyarrow().as_py())
        counted = _standing(engine, earlier, found, people)
        scale = Scale(model or models.shipped(), people, counted)
        residual = settle(scratch, found, by_number, scale)
        members = _members(scratch, found, by_number, residual.rows, residual.settled)
        ids = _ids(scratch, members, previous, key)
        links = _links(scratch, members, ids, previous, found, run)
        changes = persons.changes(links, previous, run=run)
        review = _review(found, by_number, residual.rows, residual.settled)
        if state is not None:
            calibrations.write(engine, residual.weighed.calibration, state / CALIBRATION)
        return Linked(
            scratch.release(links),
            scratch.release(scratch.keep(_as_promised(changes, LINK_CHANGES), "link_changes")),
            scratch.release(scratch.keep(review, "review")),
            persons.moved(links, previous),
        )


def _standing(
    engine: Engine, earlier: Earlier | None, found: Profiles, people: int
) -> Calibration | None:
    """The calibration of the linkage before, where it still holds."""
    if earlier is None or earlier.calibration is None:
        return None
    counted = calibrations.read(engine, earlier.calibration)
    profiles = int(found.profiles.count().to_pyarrow().as_py())
    if counted is None or not counted.holds_for(profiles=profiles, has_numbers=people > 0):
        return None
    return counted


def _members(
    scratch: Scratch, found: Profiles, by_number: ir.Table, rows: ir.Table, settled: Settled
) -> ir.Table:
    """One row a patient: partner, record_id, cluster, method, milli_bits, matched, anchor.

    A verified person's cluster is the NHS number, any other's is below zero.
    """
    sure = found.patients.inner_join(by_number, "patient").select(
        "patient", "partner", "record_id", cluster="number", method=ibis.literal("nhs_number"),
        milli_bits=ibis.null("int64"), matched=ibis.null("int64"),
    )  # fmt: skip
    nodes = rows.select("node", "patient", "partner", "record_id").distinct()
    columns = ("patient", "partner", "record_id", "cluster", "method", "milli_bits", "matched")
    joined = nodes.inner_join(settled.joined, "node").rename(cluster="number")
    others = nodes.inner_join(settled.grouped, "node")
    others = others.mutate(cluster=-1 - others.group)
    every = sure.union(joined.select(*columns)).union(others.select(*columns))
    name = every.partner + ibis.literal(_PART) + every.record_id
    every = scratch.keep(every.mutate(name=name), "every")
    sizes = every.group_by("cluster").agg(size=every.count(), first=every.name.min())
    sized = every.inner_join(sizes, "cluster")
    anchor = ibis.ifelse(
        sized.cluster >= 0,
        ibis.literal("nhs:") + sized.cluster.cast("string"),
        ibis.literal("rec:") + sized.first,
    )
    return scratch.keep(sized.mutate(anchor=anchor), "members")


def _ids(scratch: Scratch, members: ir.Table, previous: ir.Table, key: Key) -> ir.Table:
    kept = scratch.keep(persons.kept_ids(scratch, members, previous), "kept_ids")
    clusters = members.select("cluster", "anchor").distinct().anti_join(kept, "cluster")
    fresh = persons.fresh_ids(scratch, clusters, previous.select("person_id").distinct(), key=key)
    return scratch.keep(kept.union(fresh), "ids")


def _links(
    scratch: Scratch,
    members: ir.Table,
    ids: ir.Table,
    previous: ir.Table,
    found: Profiles,
    run: str,
) -> ir.Table:
    holders = _holders(scratch, members, found)
    named = members.left_join(holders, ["matched", "cluster"]).select(
        *members.columns, holder=holders.holder
    )
    other = ibis.coalesce(named.holder.nullif(named.name), named.first.nullif(named.name))
    linked = named.inner_join(ids, "cluster")
    linked = linked.select(
        "partner", "record_id", "person_id",
        method=ibis.ifelse(linked.size == 1, "alone", linked.method),
        match_weight=ibis.ifelse(linked.size == 1, ibis.null("float64"), linked.milli_bits / 1000),
        matched_partner=other.split(_PART)[0], matched_record_id=other.split(_PART)[1],
    )  # fmt: skip
    before = previous.select(
        "partner", "record_id", was="person_id", was_method="method",
        was_partner="matched_partner", was_record="matched_record_id", was_run="run",
    )  # fmt: skip
    both = linked.left_join(before, ["partner", "record_id"])
    is_same = (
        (both.was == both.person_id)
        & (both.was_method == both.method)
        & both.was_partner.identical_to(both.matched_partner)
        & both.was_record.identical_to(both.matched_record_id)
    )
    made = both.mutate(run=ibis.ifelse(is_same.fill_null(False), both.was_run, ibis.literal(run)))
    return scratch.keep(_as_promised(made, LINKS), "links")


def _holders(scratch: Scratch, members: ir.Table, found: Profiles) -> ir.Table:
    """matched, cluster and `holder`, the first patient of the cluster with that profile."""
    wanted = members.filter(members.matched.notnull()).select("matched", "cluster").distinct()
    rows = found.rows.select("patient", matched="profile").semi_join(wanted, "matched")
    named = rows.inner_join(members.select("patient", "cluster", "name"), "patient")
    holders = named.group_by("matched", "cluster").agg(holder=named.name.min())
    return scratch.keep(holders, "holders")


def _review(found: Profiles, by_number: ir.Table, rows: ir.Table, settled: Settled) -> ir.Table:
    contested = found.patients.inner_join(by_number.filter(by_number.is_contested), "patient")
    torn = rows.select("node", "partner", "record_id").distinct()
    torn = torn.inner_join(settled.unsure, "node")
    return contested.select(
        "partner", "record_id", reason=ibis.literal("two verified NHS numbers"),
        match_weight=ibis.null("float64"), next_match_weight=ibis.null("float64"),
    ).union(
        torn.select(
            "partner", "record_id",
            reason=ibis.ifelse(
                torn.milli_bits >= JOIN_AT,
                "two persons match nearly alike", "the match weight is below the threshold",
            ),
            match_weight=torn.milli_bits / 1000, next_match_weight=torn.next_milli_bits / 1000,
        )
    )  # fmt: skip


def _as_promised(table: ir.Table, declared: Table) -> ir.Table:
    schema = declared.schema()
    return table.select(**{name: table[name].cast(dtype) for name, dtype in schema.items()})

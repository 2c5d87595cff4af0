"""The route from partners' records to persons: see docs/explanation/linkage.md."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.linkage import model as models
from joinedup.linkage import numbers, persons, residual
from joinedup.linkage.profiles import Profiles, collapse
from joinedup.linkage.residual import Settled
from joinedup.linkage.scratch import Scratch
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import LINK_CHANGES, LINKS, Table

# Parts partner and record id in one text; no partner's code holds it.
_PART = "\x1f"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a linkage gives. The tables live in the engine until it is closed.

    `links` and `link_changes` are the promised tables; `review` lists what a person should look
    at: partner, record_id, reason, match_weight, next_match_weight.
    """

    links: ir.Table
    link_changes: ir.Table
    review: ir.Table


def link(
    engine: DuckDBEngine,
    identities: ir.Table,
    *,
    key: Key,
    previous_links: ir.Table | None = None,
    run: str = "",
    model: models.Model | None = None,
) -> Linked:
    """Say of every patient in `tables.IDENTITIES` which person it is.

    `previous_links` is `tables.LINKS` of the snapshot before: ids in it live on. `run` names the
    new snapshot.
    """
    previous = (
        ibis.memtable([], schema=LINKS.schema()) if previous_links is None else previous_links
    )
    with Scratch(engine) as scratch:
        found = collapse(scratch, identities)
        owner = numbers.owners(scratch, found.profiles)
        proof = numbers.verified(scratch, found.profiles, owner)
        by_number = numbers.patients_by_number(scratch, found, proof)
        people = int(owner.count().to_pyarrow().as_py())
        rows, settled = residual.settle(
            scratch, found, by_number, model=model or models.shipped(), people=people
        )
        members = _members(scratch, found, by_number, rows, settled)
        ids = _ids(scratch, members, previous, key)
        links = _links(scratch, members, ids, previous, found, run)
        changed = persons.changes(links, previous, run=run)
        return Linked(
            scratch.release(links),
            scratch.release(scratch.keep(_as_promised(changed, LINK_CHANGES), "link_changes")),
            scratch.release(scratch.keep(_review(found, by_number, rows, settled), "review")),
        )


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
                torn.milli_bits >= residual.JOIN_AT,
                "two persons match nearly alike", "the match weight is below the threshold",
            ),
            match_weight=torn.milli_bits / 1000, next_match_weight=torn.next_milli_bits / 1000,
        )
    )  # fmt: skip


def _as_promised(table: ir.Table, declared: Table) -> ir.Table:
    schema = declared.schema()
    return table.select(**{name: table[name].cast(dtype) for name, dtype in schema.items()})

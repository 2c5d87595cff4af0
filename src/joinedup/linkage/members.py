"""From clusters to links: who is in each, by which id, and whom each record matched."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.linkage import persons
from joinedup.linkage.keys import KEY
from joinedup.linkage.residual import JOIN_AT, Residual
from joinedup.linkage.scratch import Scratch
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import LINKS, Table

# Parts partner and record id in one text; no partner's code holds it.
_PART = "\x1f"
_BY_NUMBER, _BY_RECORD = "nhs:", "rec:"


def outcomes(scratch: Scratch, residual: Residual) -> ir.Table:
    """One row a patient without a verified number, and the cluster that it came to.

    patient, partner, record_id, cluster, anchor, method, milli_bits, matched. The cluster is the
    NHS number of the person joined, or below zero; the anchor names it from run to run.
    """
    nodes = residual.rows.select("node", "patient", "partner", "record_id").distinct()
    columns = ("patient", "partner", "record_id", "cluster", "method", "milli_bits", "matched")
    joined = nodes.inner_join(residual.settled.joined, "node").rename(cluster="number")
    others = nodes.inner_join(residual.settled.grouped, "node")
    others = others.mutate(cluster=-1 - others.group)
    first = _name(others).min().over(group_by="cluster")
    return scratch.keep(
        joined.select(*columns, anchor=_number_anchor(joined.cluster)).union(
            others.select(*columns, anchor=ibis.literal(_BY_RECORD) + first)
        ),
        "outcomes",
    )


def members(scratch: Scratch, sure: ir.Table, others: ir.Table) -> ir.Table:
    """One row a patient of whole clusters, as `outcomes`, with name, size and first.

    `sure` are patients with a verified `number`; `others` are `outcomes`.
    """
    verified = sure.select(
        "patient", "partner", "record_id", cluster="number", method=ibis.literal("nhs_number"),
        milli_bits=ibis.null("int64"), matched=ibis.null(KEY),
        anchor=_number_anchor(sure.number),
    )  # fmt: skip
    every = verified.union(others.select(*verified.columns))
    every = scratch.keep(every.mutate(name=_name(every)), "every")
    sizes = every.group_by("cluster").agg(size=every.count(), first=every.name.min())
    return scratch.keep(every.inner_join(sizes, "cluster"), "members")


def ids(
    scratch: Scratch, member: ir.Table, previous: ir.Table, *, taken: ir.Table, key: Key
) -> ir.Table:
    """cluster and person_id. `previous` are the links that these patients had; `taken` all ids."""
    kept = scratch.keep(persons.kept_ids(scratch, member, previous), "kept_ids")
    clusters = member.select("cluster", "anchor").distinct().anti_join(kept, "cluster")
    fresh = persons.fresh_ids(scratch, clusters, taken.select("person_id"), key=key)
    return scratch.keep(kept.union(fresh), "ids")


def links(
    scratch: Scratch,
    member: ir.Table,
    named: ir.Table,
    previous: ir.Table,
    rows: ir.Table,
    *,
    run: str,
) -> ir.Table:
    """`tables.LINKS` of these patients, whose rows are among `rows`; `named` are their `ids`."""
    holders = _holders(scratch, member, rows)
    held = member.left_join(holders, ["matched", "cluster"]).select(
        *member.columns, holder=holders.holder
    )
    other = ibis.coalesce(held.holder.nullif(held.name), held.first.nullif(held.name))
    linked = held.inner_join(named, "cluster")
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
    return scratch.keep(as_promised(made, LINKS), "links")


def review(contested: ir.Table, residual: Residual) -> ir.Table:
    """What a person should look at: contested patients, and those nearly joined."""
    torn = residual.rows.select("node", "partner", "record_id").distinct()
    torn = torn.inner_join(residual.settled.unsure, "node")
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


def as_promised(table: ir.Table, declared: Table) -> ir.Table:
    """The table with the declared columns and types."""
    schema = declared.schema()
    return table.select(**{name: table[name].cast(dtype) for name, dtype in schema.items()})


def _name(table: ir.Table) -> ir.StringValue:
    return table.partner + ibis.literal(_PART) + table.record_id


def _number_anchor(number: ir.IntegerValue) -> ir.StringValue:
    return ibis.literal(_BY_NUMBER) + number.cast("string")


def _holders(scratch: Scratch, member: ir.Table, rows: ir.Table) -> ir.Table:
    """matched, cluster and `holder`, the first patient of the cluster with that profile."""
    wanted = member.filter(member.matched.notnull()).select("matched", "cluster").distinct()
    having = rows.select("patient", matched="profile").semi_join(wanted, "matched")
    named = having.inner_join(member.select("patient", "cluster", "name"), "patient")
    holders = named.group_by("matched", "cluster").agg(holder=named.name.min())
    return scratch.keep(holders, "holders")

"""Which pseudonym each cluster of records has, the same from run to run.

A cluster keeps the id that most of its records had before; an id stays with one cluster. What
moved is said in `link_changes`, so that whatever was written against an old id can follow.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.linkage.scratch import Scratch
from joinedup.safeguards.pseudonyms import Key, pseudonym
from joinedup.terms import SnapshotError

# Each round settles at least the closest pair of what is left; more than a few never happen.
_ROUNDS = 50
_SALTS = 10


def kept_ids(scratch: Scratch, members: ir.Table, previous: ir.Table) -> ir.Table:
    """cluster and person_id for every cluster that keeps an id of the snapshot before.

    `members` has partner, record_id, cluster and `anchor`, which orders clusters that tie.
    """
    both = members.inner_join(
        previous.select("partner", "record_id", "person_id"), ["partner", "record_id"]
    )
    shared = both.group_by("cluster", "person_id").agg(n=both.count(), anchor=both.anchor.min())
    open_pairs = scratch.keep(shared, "shared")
    kept: list[ir.Table] = []
    for _ in range(_ROUNDS):
        chosen = scratch.keep(_mutual_first_choices(open_pairs), "kept")
        if not _count(chosen):
            break
        kept.append(chosen)
        rest = open_pairs.anti_join(chosen, "cluster").anti_join(chosen, "person_id")
        open_pairs = scratch.keep(rest, "shared")
    return ibis.union(*kept) if kept else open_pairs.select("cluster", "person_id")


def _mutual_first_choices(pairs: ir.Table) -> ir.Table:
    of_cluster = ibis.row_number().over(
        group_by="cluster", order_by=[pairs.n.desc(), pairs.person_id.asc()]
    )
    of_person = ibis.row_number().over(
        group_by="person_id", order_by=[pairs.n.desc(), pairs.anchor.asc()]
    )
    ranked = pairs.mutate(of_cluster=of_cluster, of_person=of_person)
    first = ranked.filter((ranked.of_cluster == 0) & (ranked.of_person == 0))
    return first.select("cluster", "person_id")


def fresh_ids(scratch: Scratch, clusters: ir.Table, taken: ir.Table, *, key: Key) -> ir.Table:
    """cluster and a new person_id for each cluster, by its `anchor`; none that is `taken`."""
    waiting, made = clusters, []
    for salt in range(_SALTS):
        message = waiting.anchor + ibis.literal(f"#{salt}") if salt else waiting.anchor
        drawn = scratch.keep(
            waiting.select("cluster", "anchor", person_id=pseudonym(message, key)), "drawn"
        )
        free = drawn.anti_join(taken, "person_id")
        first = free.mutate(
            place=ibis.row_number().over(group_by="person_id", order_by=free.anchor.asc())
        )
        first = scratch.keep(first.filter(first.place == 0).drop("place"), "fresh")
        made.append(first.select("cluster", "person_id"))
        waiting = scratch.keep(drawn.anti_join(first, "cluster"), "waiting")
        if not _count(waiting):
            return ibis.union(*made)
        taken = taken.select("person_id").union(first.select("person_id"))
    raise SnapshotError(
        "new person ids keep colliding with old ones.",
        where="linkage",
        cure="Check that the key in identified/key is the one that earlier runs used.",
    )


def changes(links: ir.Table, previous: ir.Table, *, run: str) -> ir.Table:
    """`tables.LINK_CHANGES`: what became of each old person whose records moved."""
    then = previous.select("partner", "record_id", old_person_id="person_id")
    now = links.select("partner", "record_id", "method", "match_weight", new_person_id="person_id")
    both = then.left_join(now, ["partner", "record_id"]).drop("partner_right", "record_id_right")
    present = both.filter(both.new_person_id.notnull())
    left = present.group_by("old_person_id").agg(still=present.count())
    moved = present.filter(present.old_person_id != present.new_person_id)
    found = _with_reason(moved).left_join(left, "old_person_id")
    went = found.select(
        "old_person_id", "new_person_id",
        change=ibis.ifelse(found.identities == found.still, "merged", "split"),
        identities="identities", why="why",
    )  # fmt: skip
    gone = then.anti_join(present, "old_person_id").group_by("old_person_id")
    lost = gone.agg(identities=ibis._.count()).select(
        "old_person_id", new_person_id=ibis.literal(""), change=ibis.literal("gone"),
        identities="identities", why=ibis.literal("no partner sends the records any more"),
    )  # fmt: skip
    return went.union(lost).mutate(run=ibis.literal(run))


def moved(links: ir.Table, previous: ir.Table) -> ir.Table:
    """Patients whose person is another than before: see `route.Linked`."""
    then = previous.select("partner", "record_id", old_person_id="person_id")
    now = links.select("partner", "record_id", "person_id")
    both = then.outer_join(now, ["partner", "record_id"])
    both = both.select(
        "old_person_id", "person_id",
        partner=ibis.coalesce(both.partner, both.partner_right),
        record_id=ibis.coalesce(both.record_id, both.record_id_right),
    )  # fmt: skip
    stays = both.old_person_id.identical_to(both.person_id)
    return both.filter(~stays).select("partner", "record_id", "old_person_id", "person_id")


def _with_reason(moved: ir.Table) -> ir.Table:
    """One row an old and a new person, with the commonest method of those that moved."""
    by_method = moved.group_by("old_person_id", "new_person_id", "method").agg(
        n=moved.count(), least=moved.match_weight.min()
    )
    pair = ["old_person_id", "new_person_id"]
    ranked = by_method.mutate(
        place=ibis.row_number().over(
            group_by=pair, order_by=[by_method.n.desc(), by_method.method.asc()]
        ),
        identities=by_method.n.sum().over(group_by=pair),
    )
    first = ranked.filter(ranked.place == 0)
    weight = first.least.round(1).cast("string").fill_null("?")
    why = first.method.cases(
        ("nhs_number", ibis.literal("valid NHS number and agreeing details")),
        ("same_record", ibis.literal("the same details as another record")),
        ("probabilistic", ibis.literal("match weight of ") + weight + ibis.literal(" bits")),
        else_=ibis.literal("no record matches any more"),
    )
    return first.select(*pair, "identities", why=why)


def _count(table: ir.Table) -> int:
    number: int = table.count().to_pyarrow().as_py()
    return number

"""Patients whose number proves nothing: whom, if anyone, they are.

In turn: the same details as one verified person; a match weight that stands out; a record that
itself joined a person so; and last, each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage.clusters import components, stars
from joinedup.linkage.profiles import CORE, Profiles
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.weighing import Scale, Weighed, ends, weigh

# Thousandths of a bit. To join a verified person a record needs 8 bits (odds of 256 to 1 by the
# model, of about 20 to 1 in truth, since relatives share more than chance), and the person must
# stand out from the next by 6 bits, since twins come second by little. Records that join nobody
# make a new person of each other at 1.5 bits: there the guard against chains holds families apart.
# Source: read off invented records with known truth; see docs/explanation/linkage.md.
JOIN_AT = 8_000
STAND_OUT_BY = 6_000
GROUP_AT = 1_500


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of each residual node.

    `joined`: node, number, method, milli_bits, matched; those who joined a verified person.
    `grouped`: node, group, method, milli_bits, matched; the others, a person each group.
    `unsure`: node, number, milli_bits, next_milli_bits; the best person that was not joined.
    `matched` is a profile.
    """

    joined: ir.Table
    grouped: ir.Table
    unsure: ir.Table


@dataclass(frozen=True, slots=True)
class Residual:
    """`rows`: see `residual_nodes`; what became of them; and the weights that decided it."""

    rows: ir.Table
    settled: Settled
    weighed: Weighed


def settle(scratch: Scratch, found: Profiles, by_number: ir.Table, scale: Scale) -> Residual:
    """Whom, if anyone, each patient of `found` that is not in `by_number` is."""
    residual = residual_nodes(scratch, found, by_number)
    alike = _with_core(scratch, residual, found.profiles)
    belongs = persons_of_profiles(scratch, found, by_number, alike)
    sure = same_details(scratch, residual, belongs, alike)
    left = scratch.keep(residual.anti_join(sure, "node"), "left")
    group = _same_details_groups(scratch, left, alike)
    weighed = weigh(scratch, left, found.profiles, scale)
    belongs = persons_of_profiles(scratch, found, by_number, ends(weighed.kept))
    belongs = scratch.keep(_with_joined(belongs, residual, sure), "belongs")
    to_persons = _best_persons(scratch, _person_weights(weighed.kept, left, belongs, group))
    direct = to_persons.filter((to_persons.milli_bits >= JOIN_AT) & _stands_out(to_persons))
    direct = scratch.keep(direct, "direct")
    edges = _group_edges(scratch, weighed.kept, left, group)
    hops = _through_another(scratch, edges, direct, to_persons)
    settled = scratch.keep(direct.union(hops.select(*direct.columns)), "settled")
    return Residual(residual, _gather(scratch, sure, group, settled, to_persons, edges), weighed)


def residual_nodes(scratch: Scratch, found: Profiles, by_number: ir.Table) -> ir.Table:
    """One row a residual patient and profile: node, patient, profile, partner, record_id.

    `node` counts patients in the order of partner and record id, so that it is the same whatever
    the order of the rows.
    """
    left = scratch.keep(found.patients.anti_join(by_number, "patient"), "unproved")
    rows = found.rows.semi_join(left, "patient").select("patient", "profile").distinct()
    both = rows.inner_join(left.select("patient", "partner", "record_id"), "patient")
    node = ibis.dense_rank().over(order_by=[both.partner, both.record_id])
    return scratch.keep(both.mutate(node=node), "residual")


def persons_of_profiles(
    scratch: Scratch, found: Profiles, by_number: ir.Table, wanted: ir.Table
) -> ir.Table:
    """Distinct (profile, number): whose each profile of `wanted` is."""
    rows = found.rows.semi_join(wanted, "profile").select("profile", "patient")
    rows = scratch.keep(rows.distinct(), "holding")
    numbered = by_number.select("patient", "number").inner_join(rows, "patient")
    return scratch.keep(numbered.select("profile", "number").distinct(), "belongs")


def same_details(
    scratch: Scratch, residual: ir.Table, belongs: ir.Table, alike: ir.Table
) -> ir.Table:
    """Residual nodes whose core details are those of one verified person and no other.

    node, number, matched: the lowest profile of that person with the details.
    """
    theirs = alike.inner_join(belongs, "profile")
    owners = theirs.group_by(*CORE).agg(
        number=theirs.number.min(), other_number_=theirs.number.max(), matched=theirs.profile.min()
    )
    one = owners.filter(owners.number == owners.other_number_).drop("other_number_")
    seeking = alike.semi_join(residual, "profile").inner_join(one, CORE)
    nodes = residual.inner_join(seeking.select("profile", "number", "matched"), "profile")
    met = nodes.group_by("node").agg(
        number=nodes.number.min(), most=nodes.number.max(), matched=nodes.matched.min()
    )
    return scratch.keep(met.filter(met.number == met.most).drop("most"), "same_details")


def _with_core(scratch: Scratch, residual: ir.Table, profiles: ir.Table) -> ir.Table:
    """Profiles with all core details, those of a residual profile: profile and the details."""
    full = profiles.filter(ibis.and_(*(profiles[name].notnull() for name in CORE)))
    seeking = scratch.keep(full.semi_join(residual, "profile").select(*CORE).distinct(), "seeking")
    return scratch.keep(full.select("profile", *CORE).semi_join(seeking, CORE), "alike")


def _with_joined(belongs: ir.Table, residual: ir.Table, sure: ir.Table) -> ir.Table:
    rows = residual.inner_join(sure.select("node", "number"), "node")
    return belongs.union(rows.select("profile", "number"), distinct=True)


def _same_details_groups(scratch: Scratch, left: ir.Table, alike: ir.Table) -> ir.Table:
    """node and group: residual patients with the same core details are one to begin with."""
    full = left.inner_join(alike, "profile")
    first = full.group_by(*CORE).agg(first=full.node.min())
    edges = full.inner_join(first, CORE).select(a="node", b="first").distinct()
    edges = edges.filter(edges.a != edges.b)
    return components(scratch, left.select("node").distinct(), edges)


def _person_weights(
    weights: ir.Table, left: ir.Table, belongs: ir.Table, group: ir.Table
) -> ir.Table:
    """group, number, milli_bits, matched: the closest that a group comes to a person."""
    back = weights.select(seeker="other", other="seeker", milli_bits="milli_bits")
    outward = weights.select("seeker", "other", "milli_bits").union(back)
    rows = outward.inner_join(left.select("node", "profile"), outward.seeker == left.profile)
    rows = rows.inner_join(group, "node").drop("profile")
    rows = rows.inner_join(belongs, rows.other == belongs.profile)
    order = [rows.milli_bits.desc(), rows.other.asc()]
    ranked = rows.select(
        "group", "number", "milli_bits", matched="other",
        place=ibis.row_number().over(group_by=["group", "number"], order_by=order),
    )  # fmt: skip
    return ranked.filter(ranked.place == 0).drop("place")


def _best_persons(scratch: Scratch, weights: ir.Table) -> ir.Table:
    """Of each group the best person, and `next_milli_bits` of the second, null if none."""
    over = ibis.window(group_by="group", order_by=[weights.milli_bits.desc(), weights.number.asc()])
    ranked = weights.mutate(
        place=ibis.row_number().over(over), next_milli_bits=weights.milli_bits.lead().over(over)
    )
    return scratch.keep(ranked.filter(ranked.place == 0).drop("place"), "best")


def _stands_out(best: ir.Table) -> ir.BooleanValue:
    return (best.milli_bits - best.next_milli_bits >= STAND_OUT_BY).fill_null(True)


def _group_edges(scratch: Scratch, inward: ir.Table, left: ir.Table, group: ir.Table) -> ir.Table:
    """a, b, milli_bits, matched: between groups, by their closest profiles; a below b."""
    where = left.inner_join(group, "node").select("profile", "group").distinct()
    one = inward.inner_join(where, inward.seeker == where.profile)
    one = one.select("seeker", "other", "milli_bits", a="group")
    two = where.view()
    both = one.inner_join(two, one.other == two.profile)
    both = both.select(
        a=ibis.least(both.a, both.group), b=ibis.greatest(both.a, both.group),
        milli_bits="milli_bits",
        of_a=ibis.ifelse(both.a < both.group, both.seeker, both.other),
        of_b=ibis.ifelse(both.a < both.group, both.other, both.seeker),
    )  # fmt: skip
    apart = both.filter(both.a != both.b)
    order = [apart.milli_bits.desc(), apart.of_a.asc(), apart.of_b.asc()]
    ranked = apart.mutate(place=ibis.row_number().over(group_by=["a", "b"], order_by=order))
    return scratch.keep(ranked.filter(ranked.place == 0).drop("place"), "group_edges")


def _through_another(
    scratch: Scratch, edges: ir.Table, direct: ir.Table, to_persons: ir.Table
) -> ir.Table:
    """Groups that match one which joined a person, and no other person nearly as well.

    One step only. A group that was between two persons by itself stays out.
    """
    torn = to_persons.filter((to_persons.milli_bits >= JOIN_AT) & ~_stands_out(to_persons))
    strong = edges.filter(edges.milli_bits >= JOIN_AT)
    ways = strong.select(group="a", via="b", milli_bits="milli_bits", matched="of_b").union(
        strong.select(group="b", via="a", milli_bits="milli_bits", matched="of_a")
    )
    ways = ways.anti_join(direct, "group").anti_join(torn, "group")
    reached = ways.inner_join(direct.select(via="group", number="number"), "via")
    order = [reached.milli_bits.desc(), reached.via.asc()]
    nearest = reached.mutate(
        place=ibis.row_number().over(group_by=["group", "number"], order_by=order)
    )
    nearest = nearest.filter(nearest.place == 0)
    best = _best_persons(scratch, nearest.select("group", "number", "milli_bits", "matched"))
    return best.filter(_stands_out(best))


def _gather(
    scratch: Scratch,
    sure: ir.Table,
    group: ir.Table,
    settled: ir.Table,
    to_persons: ir.Table,
    edges: ir.Table,
) -> Settled:
    by_details = sure.select(
        "node", "number", method=ibis.literal("same_record"),
        milli_bits=ibis.null("int64"), matched="matched",
    )  # fmt: skip
    by_weight = group.inner_join(settled, "group")
    by_weight = by_weight.select(
        "node", "number", method=ibis.literal("probabilistic"), milli_bits="milli_bits",
        matched="matched",
    )  # fmt: skip
    rest = scratch.keep(group.anti_join(settled, "group"), "rest")
    unsure = to_persons.semi_join(rest, "group").inner_join(rest, "group")
    return Settled(
        joined=scratch.keep(by_details.union(by_weight), "joined"),
        grouped=_among_themselves(scratch, rest, edges),
        unsure=scratch.keep(
            unsure.select("node", "number", "milli_bits", "next_milli_bits"), "unsure"
        ),
    )


def _among_themselves(scratch: Scratch, rest: ir.Table, edges: ir.Table) -> ir.Table:
    """New people of those who joined nobody: node, group, method, milli_bits, matched."""
    within = edges.semi_join(rest.select(a="group"), "a").semi_join(rest.select(b="group"), "b")
    nodes = rest.select(node="group").distinct()
    found = stars(scratch, nodes, within, join_at=GROUP_AT)
    first = found.select(first="node", group="group")
    people = rest.select("node", first="group").inner_join(first, "first")
    ways = within.select(first="a", milli_bits="milli_bits", matched="of_b", other="b").union(
        within.select(first="b", milli_bits="milli_bits", matched="of_a", other="a")
    )
    second = found.select(other="node", group="group")
    inside = ways.inner_join(first, "first").inner_join(second, ["other", "group"])
    order = [inside.milli_bits.desc(), inside.other.asc()]
    best = inside.mutate(place=ibis.row_number().over(group_by="first", order_by=order))
    best = best.filter(best.place == 0).select("first", "milli_bits", "matched")
    joined = people.left_join(best, "first")
    return scratch.keep(
        joined.select(
            "node", "group", "milli_bits", "matched",
            method=ibis.ifelse(joined.milli_bits.notnull(), "probabilistic", "same_record"),
        ),
        "grouped",
    )  # fmt: skip

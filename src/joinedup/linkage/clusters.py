"""Groups of records that belong together, and the guard against chains.

A chain is A like B, B like C, but A nothing like C: left alone, chains join families. So every
member of a group must itself match the group's centre.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.linkage.scratch import Scratch

# Each round settles every group whose members all match its centre; what then is left stays apart.
_ROUNDS = 10


def components(scratch: Scratch, nodes: ir.Table, edges: ir.Table) -> ir.Table:
    """`node` and `group`, the lowest node that it can be reached from.

    `nodes` has `node`; `edges` has `a` and `b`, in either order. Labels move along edges, then
    jump to the label's own label, so that long chains settle in few rounds.
    """
    both = scratch.keep(edges.select("a", "b").union(edges.select(a="b", b="a")), "edges")
    linked = both.select(node="a").distinct()
    labels = scratch.keep(linked.mutate(group=linked.node), "labels")
    while True:
        near = both.inner_join(labels, both.b == labels.node)
        least = near.group_by("a").agg(near=near.group.min())
        stepped = labels.left_join(least, labels.node == least.a)
        stepped = stepped.select("node", was="group", group=ibis.least(stepped.group, stepped.near))
        stepped = scratch.keep(stepped, "stepped")
        jump = stepped.select(at="node", jumped="group")
        jumped = stepped.inner_join(jump, stepped.group == jump.at)
        after = scratch.keep(jumped.select("node", "was", group="jumped"), "labels")
        changed = after.filter(after.group != after.was).count().to_pyarrow().as_py()
        labels = after.select("node", "group")
        if not changed:
            break
    alone = nodes.select("node").anti_join(labels, "node")
    return scratch.keep(alone.mutate(group=alone.node).union(labels), "components")


def stars(scratch: Scratch, nodes: ir.Table, edges: ir.Table, *, join_at: int) -> ir.Table:
    """`node` and `group`: components in which every member matches the centre.

    `edges` has `a`, `b` and `milli_bits`. The centre is the node whose edges within the component
    weigh most in all (the lowest of equals). Those without an edge of `join_at` to it try again
    among themselves.
    """
    strong = edges.filter(edges.milli_bits >= join_at)
    waiting, settled = nodes.select("node"), []
    for _ in range(_ROUNDS):
        found = components(scratch, waiting, strong)
        inside = _both_ways(strong).inner_join(found.select("group", a="node"), "a")
        weights = inside.group_by("group", "a").agg(bits=inside.milli_bits.sum())
        ranked = weights.mutate(
            place=ibis.row_number().over(
                group_by="group", order_by=[weights.bits.desc(), weights.a.asc()]
            )
        )
        centres = ranked.filter(ranked.place == 0).select("group", centre="a")
        placed = _placed(scratch, found, centres, strong)
        settled.append(placed.filter(placed.fits).select("node", "group"))
        rest = scratch.keep(placed.filter(~placed.fits).select("node"), "waiting")
        if not rest.count().to_pyarrow().as_py():
            return scratch.keep(ibis.union(*settled), "stars")
        inside = strong.semi_join(rest.select(a="node"), "a").semi_join(rest.select(b="node"), "b")
        strong = scratch.keep(inside, "strong")
        waiting = rest
    return scratch.keep(ibis.union(*settled, waiting.mutate(group=waiting.node)), "stars")


def _both_ways(edges: ir.Table) -> ir.Table:
    return edges.select("a", "b", "milli_bits").union(
        edges.select(a="b", b="a", milli_bits="milli_bits")
    )


def _placed(scratch: Scratch, found: ir.Table, centres: ir.Table, strong: ir.Table) -> ir.Table:
    """Every node with the group of its centre (the lowest node that fits), and whether it fits."""
    with_centre = found.left_join(centres, "group")
    with_centre = with_centre.select(
        "node", centre=ibis.coalesce(with_centre.centre, with_centre.node)
    )
    with_centre = scratch.keep(with_centre, "with_centre")
    edge = _both_ways(strong).select(node="a", centre="b", is_edge=ibis.literal(True)).distinct()
    known = with_centre.left_join(scratch.keep(edge, "edge"), ["node", "centre"])
    fits = (known.node == known.centre) | known.is_edge.fill_null(False)
    known = scratch.keep(known.select("node", "centre", fits=fits), "known")
    lowest = known.filter(known.fits).group_by("centre").agg(group=ibis._.node.min())
    return scratch.keep(
        known.inner_join(lowest, "centre").select("node", "group", "fits"), "placed"
    )

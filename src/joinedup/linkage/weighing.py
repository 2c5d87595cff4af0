"""The match weights of all pairs that are worth comparing, scoring none that was scored before."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from joinedup.linkage import blocking, scoring
from joinedup.linkage.calibration import Calibration, count_names
from joinedup.linkage.model import Model
from joinedup.linkage.scratch import Scratch

# Weights below this are forgotten; those above, if not enough, are listed for clerical review.
KEEP_AT = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """By what pairs are weighed: the model, and counts that stand or, if None, are yet to make.

    `people` is how many have a valid NHS number now. `known` are pairs weighed earlier by the same
    scale, as `Weighed.scored`.
    """

    model: Model
    people: int
    calibration: Calibration | None = None
    known: ir.Table | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pairs of profiles (seeker, other), the lower first, with `milli_bits`.

    `kept` has those of enough weight; `scored` every pair compared, with null for the others.
    """

    kept: ir.Table
    scored: ir.Table
    calibration: Calibration


def weigh(scratch: Scratch, left: ir.Table, profiles: ir.Table, scale: Scale) -> Weighed:
    """Weigh profiles of `left` against all, and so against each other."""
    seekers = scratch.keep(profiles.semi_join(left, "profile"), "seekers")
    rules = scale.calibration.rules if scale.calibration else None
    blocked = blocking.pairs(scratch, seekers, profiles, rules)
    calibration = scale.calibration or Calibration(
        scale.people,
        profiles.count().to_pyarrow().as_py(),
        blocked.rules,
        count_names(scratch, profiles),
    )
    scored = _scored(scratch, blocked.pairs, profiles, scale, calibration)
    return Weighed(scored.filter(scored.milli_bits.notnull()), scored, calibration)


def ends(pairs: ir.Table) -> ir.Table:
    """The profiles that are in a pair."""
    return pairs.select(profile="seeker").union(pairs.select(profile="other"), distinct=True)


def _scored(
    scratch: Scratch,
    pairs: ir.Table,
    profiles: ir.Table,
    scale: Scale,
    calibration: Calibration,
) -> ir.Table:
    if scale.known is None:
        return _score(scratch, pairs, profiles, scale.model, calibration)
    both = ["seeker", "other"]
    known = scratch.keep(scale.known.semi_join(pairs, both), "known")
    fresh = scratch.keep(pairs.anti_join(known, both), "fresh")
    scored = _score(scratch, fresh, profiles, scale.model, calibration)
    return scratch.keep(known.select(*scored.columns).union(scored), "scored")


def _score(
    scratch: Scratch,
    pairs: ir.Table,
    profiles: ir.Table,
    model: Model,
    calibration: Calibration,
) -> ir.Table:
    """seeker, other, milli_bits of every pair, by Splink."""
    met = scratch.keep(profiles.semi_join(ends(pairs), "profile"), "met")
    shares = scoring.rarities(scratch, calibration.names, model)
    nodes = scoring.nodes(scratch, met, shares)
    weights = scoring.weigh(
        scratch, nodes, pairs, model=model, people=calibration.people, at_least=KEEP_AT
    )
    weighed = pairs.left_join(weights, ["seeker", "other"])
    return scratch.keep(weighed.select("seeker", "other", "milli_bits"), "scored")

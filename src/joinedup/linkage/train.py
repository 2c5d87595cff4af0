"""Learn the model's weights from a system's own records.

Records whose NHS number is verified are known to be one person, so what agrees between them, and
how often, is counted and not guessed (m); what agrees between two records taken at random is
nearly always chance (u). Counts are drawn towards the model that went before, as if it had been
seen in a thousand pairs, so that a rare level is not decided by a handful.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.linkage import numbers, scoring
from joinedup.linkage.calibration import count_names
from joinedup.linkage.comparisons import COMPARISONS
from joinedup.linkage.keys import same_key_of
from joinedup.linkage.model import FieldWeights, Level, Model
from joinedup.linkage.profiles import collapse
from joinedup.linkage.scratch import Scratch

# Pairs that the model before counts for.
_PAIRS_BEFORE = 1_000
# Splink's own advice for u is a million pairs or more (docs: estimate_u_using_random_sampling).
_RANDOM_PAIRS = 1_000_000
# Verified profiles that are compared: enough for every level, whatever the size of the system.
_MOST_PROFILES = 150_000
# No level is rarer, so that no single field decides alone.
_LEAST_M, _LEAST_U = 2e-3, 1e-6
# A verified number says nothing about numbers that are not verified, which are all that the model
# weighs.
_KEPT = ("nhs_number",)


def train(engine: Engine, identities: ir.Table, *, before: Model, said: str) -> Model:
    """A model with weights learned from the identities; `said` names them in words."""
    with Scratch(engine) as scratch:
        found = collapse(scratch, identities)
        owner = numbers.owners(scratch, found.profiles)
        proof = numbers.verified(scratch, found.profiles, owner)
        chosen = scratch.keep(_chosen(found.profiles, proof), "chosen")
        shares = scoring.rarities(scratch, count_names(scratch, found.profiles), before)
        nodes = scoring.nodes(scratch, chosen, shares)
        same = scratch.keep(_pairs_of_one(chosen), "same")
        chance = scratch.keep(_pairs_by_chance(chosen), "chance")
        people = int(owner.count().to_pyarrow().as_py())
        matched = scoring.level_counts(scratch, nodes, same, model=before, people=people)
        random = scoring.level_counts(scratch, nodes, chance, model=before, people=people)
    fields = tuple(
        before.field(one.field)
        if one.field in _KEPT
        else _learned(before.field(one.field), matched[one.field], random[one.field])
        for one in COMPARISONS
    )
    return Model(said, fields)


def _chosen(profiles: ir.Table, proof: ir.Table) -> ir.Table:
    """Profiles of verified persons, a fixed choice of persons where there are many."""
    verified = profiles.semi_join(proof, "profile")
    drawn = verified.mutate(lot=same_key_of(verified.number, ibis.literal(0)))
    persons = drawn.select("number", "lot").distinct().order_by("lot", "number")
    return verified.semi_join(persons.limit(_MOST_PROFILES // 3), "number")


def _pairs_of_one(chosen: ir.Table) -> ir.Table:
    """Each profile with the next of the same person, so that nobody counts for many."""
    order = ibis.window(group_by="number", order_by=chosen.profile.asc())
    pairs = chosen.select(seeker="profile", other=chosen.profile.lead().over(order))
    return pairs.filter(pairs.other.notnull())


def _pairs_by_chance(chosen: ir.Table) -> ir.Table:
    """Each profile with some others that chance puts beside it, of other persons."""
    every = chosen.count().to_pyarrow().as_py()
    steps = max(1, min(20, _RANDOM_PAIRS // max(every, 1)))
    lotted = chosen.select("profile", "number", lot=same_key_of(chosen.profile, ibis.literal(1)))
    order = ibis.window(order_by=[lotted.lot.asc(), lotted.profile.asc()])
    near = lotted.mutate(**{
        f"{what}_{step}": lotted[what].lead(step).over(order)
        for step in range(1, steps + 1)
        for what in ("profile", "number")
    })  # fmt: skip
    pairs = [
        near.filter(near[f"number_{step}"] != near.number).select(
            seeker="profile", other=f"profile_{step}"
        )
        for step in range(1, steps + 1)
    ]
    return ibis.union(*pairs)


def _learned(before: FieldWeights, matched: dict[str, int], random: dict[str, int]) -> FieldWeights:
    all_matched, all_random = sum(matched.values()), sum(random.values())
    return FieldWeights(
        before.field,
        tuple(
            Level(
                level.name,
                _share(matched.get(level.name, 0), all_matched, level.m, _LEAST_M),
                _share(random.get(level.name, 0), all_random, level.u, _LEAST_U),
            )
            for level in before.levels
        ),
    )


def _share(seen: int, all_seen: int, before: float, least: float) -> float:
    share = (seen + before * _PAIRS_BEFORE) / (all_seen + _PAIRS_BEFORE)
    return float(f"{max(share, least):.3g}")

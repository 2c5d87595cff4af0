"""Match weights of pairs of profiles, by Splink."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
from splink import Linker
from splink.internals.splink_dataframe import SplinkDataFrame

from joinedup.linkage.calibration import NAMES
from joinedup.linkage.comparisons import COMPARED, COMPARISONS, settings
from joinedup.linkage.model import Model
from joinedup.linkage.relatives import may_be_relatives
from joinedup.linkage.scratch import Scratch, name_of
from joinedup.linkage.splink_on import splink_on
from joinedup.linkage.standardise import short_address

# How many made-up people with names of usual rarity join those of the table.
_USUAL_WEIGHT = 2_000
# In a small table any two records look alike more often than chance in a system would have it:
# the prior is never taken for better than one in this many.
_LEAST_PEOPLE = 5_000


@dataclass(frozen=True, slots=True)
class Rarity:
    """How common each name of one field is: `shares` has the name and a column `tf_...`.

    `unseen` is the share of a name that was counted nowhere.
    """

    field: str
    shares: ir.Table
    unseen: float


def rarities(scratch: Scratch, names: ir.Table, model: Model) -> tuple[Rarity, ...]:
    """Share of profiles that have each forename, root and surname, from `count_names`."""
    totals = names.group_by("field").agg(n=names.n.sum()).to_pyarrow().to_pylist()
    named = {row["field"]: row["n"] for row in totals}
    return tuple(_rarity(scratch, names, field, named.get(field, 0), model) for field in NAMES)


def _rarity(scratch: Scratch, names: ir.Table, field: str, named: int, model: Model) -> Rarity:
    """Shares, drawn towards the expected one where the table is too small to tell."""
    expected = model.field("surname" if field == "surname" else "forename").level("same").u
    usual = expected * _USUAL_WEIGHT
    counts = names.filter(names.field == field)
    share = (counts.n + usual) / (named + _USUAL_WEIGHT)
    shares = scratch.keep(counts.select(**{field: counts.value, f"tf_{field}": share}), "shares")
    return Rarity(field, shares, usual / (named + _USUAL_WEIGHT))


def nodes(scratch: Scratch, profiles: ir.Table, rarity: tuple[Rarity, ...]) -> ir.Table:
    """What Splink compares: one row a profile, with `unique_id` its key."""
    table = profiles.mutate(
        unique_id=profiles.profile,
        birth=profiles.birth_date.strftime("%Y%m%d"),
        address=short_address(profiles.address),
    ).select("unique_id", *COMPARED)
    for one in rarity:
        table = table.left_join(one.shares, one.field).drop(f"{one.field}_right")
        share = table[f"tf_{one.field}"]
        seen = ibis.ifelse(table[one.field].notnull(), share.fill_null(one.unseen), share)
        table = table.mutate(**{f"tf_{one.field}": seen})
    return scratch.keep(table, "nodes")


def weigh(
    scratch: Scratch,
    node_table: ir.Table,
    pair_table: ir.Table,
    *,
    model: Model,
    people: int,
    at_least: float,
) -> ir.Table:
    """Pairs (seeker, other) with `milli_bits`, the match weight in thousandths of a bit.

    Whole numbers, so that ties are ties on every machine. Only weights of `at_least` bits are
    kept, and of pairs that may be relatives none: see `relatives`.
    """
    scored = _predict(
        scratch, node_table, pair_table, model=model, people=people, at_least=at_least
    )
    table = scratch.engine.connection.table(scored.physical_name)
    table = table.filter(~may_be_relatives(table, has_verified=people > 0))
    kept = scratch.keep(
        table.select(
            seeker="unique_id_l",
            other="unique_id_r",
            milli_bits=(table.match_weight * 1000).round().cast("int64"),
        ),
        "weights",
    )
    scored.drop_table_from_database_and_remove_from_cache()
    return kept


def parts(
    scratch: Scratch, node_table: ir.Table, pair_table: ir.Table, *, model: Model, people: int
) -> list[dict[str, Any]]:
    """A few pairs with the level (`gamma_...`) and the weight (`mw_...`) of every field."""
    scored = _predict(scratch, node_table, pair_table, model=model, people=people, at_least=None)
    table = scratch.engine.connection.table(scored.physical_name)
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    scored.drop_table_from_database_and_remove_from_cache()
    return rows


def level_counts(
    scratch: Scratch, node_table: ir.Table, pair_table: ir.Table, *, model: Model, people: int
) -> dict[str, dict[str, int]]:
    """For each field, how many of the pairs are on each level; the unknown are left out."""
    scored = _predict(scratch, node_table, pair_table, model=model, people=people, at_least=None)
    table = scratch.engine.connection.table(scored.physical_name)
    found = {}
    for one in COMPARISONS:
        names = [level.name for level in reversed(one.levels)]
        by_gamma = table.group_by(gamma=table[f"gamma_{one.field}"]).agg(n=table.count())
        found[one.field] = {
            names[row["gamma"]]: row["n"]
            for row in by_gamma.to_pyarrow().to_pylist()
            if row["gamma"] >= 0
        }
    scored.drop_table_from_database_and_remove_from_cache()
    return found


def _predict(
    scratch: Scratch,
    node_table: ir.Table,
    pair_table: ir.Table,
    *,
    model: Model,
    people: int,
    at_least: float | None,
) -> SplinkDataFrame:
    """Splink's table of scored pairs; with every field's part unless there is a threshold."""
    linker = _linker(scratch, node_table, model=model, people=people, show_parts=at_least is None)
    blocked = scratch.keep(
        pair_table.select(
            match_key=ibis.literal("0"), join_key_l=pair_table.seeker, join_key_r=pair_table.other
        ),
        "blocked",
    )
    api = linker._db_api
    linker.table_management.register_blocked_pairs_for_predict(api.register(name_of(blocked)))
    return linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")


def _linker(
    scratch: Scratch, node_table: ir.Table, *, model: Model, people: int, show_parts: bool
) -> Linker:
    logging.getLogger("splink").setLevel(logging.WARNING)
    api = splink_on(scratch.engine)
    shares = [f"tf_{name}" for name in NAMES]
    # Splink would count the shares of names anew, beside those that the table brings.
    plain = scratch.keep(node_table.drop(*shares), "compared")
    linker = Linker(
        api.register(name_of(plain)),
        settings(model, people=max(people, _LEAST_PEOPLE), show_parts=show_parts),
        log_level=None,
        validate_settings=False,
    )
    for name, share in zip(NAMES, shares, strict=True):
        known = node_table.filter(node_table[name].notnull()).select(name, share).distinct()
        lookup = api.register(name_of(scratch.keep(known, share)))
        linker.table_management.register_term_frequency_lookup(lookup, name)
    return linker

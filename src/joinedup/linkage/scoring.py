"""Match weights of pairs of profiles, by Splink."""

from __future__ import annotations

import logging

import ibis
import ibis.expr.types as ir
from splink import DuckDBAPI, Linker

from joinedup.linkage.comparisons import COMPARED, settings
from joinedup.linkage.model import Model
from joinedup.linkage.scratch import Scratch, name_of
from joinedup.linkage.standardise import short_address

# In a small table any two records look alike more often than chance in a system would have it:
# the prior is never taken for better than one in this many.
_LEAST_PEOPLE = 20_000


def rarities(scratch: Scratch, profiles: ir.Table) -> tuple[ir.Table, ir.Table, ir.Table]:
    """Share of profiles that have each forename, root and surname."""
    return tuple(_rarity(scratch, profiles, name) for name in ("forename", "root", "surname"))


def _rarity(scratch: Scratch, profiles: ir.Table, name: str) -> ir.Table:
    named = profiles.filter(profiles[name].notnull())
    counts = named.group_by(name).agg(n=named.count())
    all_named = counts.n.sum().over(ibis.window())
    shares = counts.mutate(share=counts.n / all_named)
    return scratch.keep(shares.select(name, **{f"tf_{name}": shares.share}), f"tf_{name}")


def nodes(
    scratch: Scratch, profiles: ir.Table, shares: tuple[ir.Table, ir.Table, ir.Table]
) -> ir.Table:
    """What Splink compares: one row a profile, with `unique_id` its key."""
    table = profiles.mutate(
        unique_id=profiles.profile,
        birth=profiles.birth_date.strftime("%Y%m%d"),
        address=short_address(profiles.address),
    ).select("unique_id", *COMPARED)
    for name, share in zip(("forename", "root", "surname"), shares, strict=True):
        table = table.left_join(share, name).drop(f"{name}_right")
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

    Whole numbers, so that ties are ties on every machine. Only weights of `at_least` bits are kept.
    """
    linker = _linker(scratch, node_table, model=model, people=people, show_parts=False)
    api = linker._db_api
    blocked = scratch.keep(
        pair_table.select(
            match_key=ibis.literal("0"), join_key_l=pair_table.seeker, join_key_r=pair_table.other
        ),
        "blocked",
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(name_of(blocked)))
    scored = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
    table = scratch.engine.connection.table(scored.physical_name)
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


def _linker(
    scratch: Scratch, node_table: ir.Table, *, model: Model, people: int, show_parts: bool
) -> Linker:
    logging.getLogger("splink").setLevel(logging.WARNING)
    api = DuckDBAPI(scratch.engine.connection.con)
    return Linker(
        api.register(name_of(node_table)),
        settings(model, people=max(people, _LEAST_PEOPLE), show_parts=show_parts),
        log_level=None,
        validate_settings=False,
    )

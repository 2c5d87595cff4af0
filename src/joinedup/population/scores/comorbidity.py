"""Charlson and Elixhauser: how ill people are beside what they are in hospital for."""

from __future__ import annotations

import ibis.expr.types as ir

from joinedup.population.scores.maps import score_map
from joinedup.population.scores.weighing import weigh
from joinedup.population.scores.window import Window


def charlson(
    codes: ir.Table, people: ir.Table, window: Window, *, weights: str = "charlson_1987"
) -> ir.Table:
    """The Charlson index of each person, without points for age: columns as `weigh`.

    weights: "charlson_1987" (0 to 29) or "quan_2011" (0 to 24). Codes: Quan et al. 2005. Raises
    NotFoundError for other weights.
    """
    return weigh(codes, people, window, score_map("charlson", weights))


def elixhauser(
    codes: ir.Table, people: ir.Table, window: Window, *, weights: str = "van_walraven_2009"
) -> ir.Table:
    """The Elixhauser index of each person, -19 to 85 with its hierarchy: columns as `weigh`.

    `conditions` is the index without weights. Codes: Quan et al. 2005; weights: van Walraven et al.
    2009. Raises NotFoundError for other weights.
    """
    return weigh(codes, people, window, score_map("elixhauser", weights))

"""Splink's own FEBRL examples: the same model, settings written anew for Splink 5.

The peer is given every advantage: it is scored on pairs at the best of all its thresholds, which
it could not know without the truth.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_SWAPPED = "l.given_name = r.surname and l.surname = r.given_name"


def best_f1(paths: Sequence[Path]) -> float:
    """F1 over pairs of Splink's example on one file (deduplicated) or two (linked)."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = _linker(paths)
    deterministic = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    linker.training.estimate_probability_two_random_records_match(
        deterministic if len(paths) > 1 else [*deterministic, _SWAPPED_AND_BORN],
        recall=0.8 if len(paths) > 1 else 0.9,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for rule in (block_on("date_of_birth"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=len(paths) > 1
        )
    scored = linker.inference.predict(threshold_match_weight=-20)
    pairs = scored.as_duckdbpyrelation().project(
        "match_weight, split_part(rec_id_l, '-', 2) = split_part(rec_id_r, '-', 2) AS is_true"
    )
    return _best_of_all_thresholds(linker, pairs, paths)


_SWAPPED_AND_BORN = f"{_SWAPPED} and l.date_of_birth = r.date_of_birth"


def _linker(paths: Sequence[Path]) -> Linker:
    connection = duckdb.connect()
    api = DuckDBAPI(connection)
    inputs = []
    for place, path in enumerate(paths):
        connection.execute(f"CREATE TABLE febrl_{place} AS FROM read_parquet('{path}')")
        inputs.append(api.register(f"febrl_{place}"))
    return Linker(
        inputs if len(inputs) > 1 else inputs[0],
        _linking() if len(inputs) > 1 else _deduplicating(),
        log_level=None,
    )


def _deduplicating() -> SettingsCreator:
    return SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on(name)
            for name in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
    )


def _linking() -> SettingsCreator:
    return SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            _SWAPPED,
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d",
                invalid_dates_as_null=True,
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
                term_frequency_adjustments=True
            ),
        ],
    )  # fmt: skip


def _best_of_all_thresholds(
    linker: Linker, pairs: duckdb.DuckDBPyRelation, paths: Sequence[Path]
) -> float:
    """The highest F1 that any threshold gives, over all true pairs, found by blocking or not."""
    connection = linker._db_api.duckdb_con
    if len(paths) > 1:
        sql = """SELECT count(*) FROM febrl_0 a JOIN febrl_1 b
                 ON split_part(a.rec_id, '-', 2) = split_part(b.rec_id, '-', 2)"""
    else:
        sql = """SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM febrl_0
                 GROUP BY split_part(rec_id, '-', 2))"""
    true = connection.execute(sql).fetchall()[0][0]
    rows = sorted(pairs.fetchall(), reverse=True)
    best, right = 0.0, 0
    for found, (_, is_true) in enumerate(rows, start=1):
        right += is_true
        best = max(best, 2 * right / (found + true))
    return float(best)

"""Open linkage sets with known truth, as identities: FEBRL and Splink's fake_1000."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.tables import IDENTITIES
from tests.one_file import take_one

FEEDS = Path(__file__).parents[2] / "docs" / "examples" / "feeds"
# Splink's set was made in 2023; a birth date must lie before.
_MADE = date(2023, 1, 1)


def febrl(engine: DuckDBEngine, path: Path, partner: str, folder: Path) -> ir.Table:
    """One FEBRL file as `tables.IDENTITIES`, with `person` from the record's name.

    Mapped by the example feed's TOML alone; `folder` takes what intake writes.
    """
    toml = (FEEDS / "febrl3.toml").read_text(encoding="utf-8")
    toml = toml.replace('partner = "FEB3"', f'partner = "{partner}"')
    taken = take_one(engine, folder / partner, toml, "febrl3_20030101.parquet", path.read_bytes())
    assert taken.account.quarantined == 0
    identities = taken.table(IDENTITIES)
    return identities.mutate(person=identities.record_id.split("-")[1])


def fake_1000(engine: DuckDBEngine, path: Path) -> ir.Table:
    """Splink's fake_1000 as `tables.IDENTITIES`, with `person` from its cluster."""
    raw = engine.connection.read_csv(str(path))
    return _identities(
        raw.mutate(
            partner=ibis.literal("SPL"), record_id=raw.unique_id.cast("string"),
            forename=raw.first_name, birth_date=raw.dob, town=raw.city,
            person=raw.cluster.cast("string"),
        ),
        _MADE,
    )  # fmt: skip


def _identities(table: ir.Table, made: date) -> ir.Table:
    filled = table.mutate(
        known_date=ibis.literal(made), file_id=ibis.literal("0"), source_row=ibis.literal(1)
    )
    columns = {
        name: (filled[name] if name in filled.columns else ibis.null(dtype)).cast(dtype)
        for name, dtype in IDENTITIES.schema().items()
    }
    return filled.select(**columns, person=filled.person)


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Accuracy over pairs of records."""

    precision: float
    recall: float
    f1: float


def pairwise(
    engine: DuckDBEngine, links: ir.Table, truth: ir.Table, *, across: bool = False
) -> Pairwise:
    """All pairs of records, or with `across` those of two partners."""
    labels = truth.select("partner", "record_id", "person")
    both = links.inner_join(labels, ["partner", "record_id"])
    both = engine.connection.create_table(ibis.util.gen_name("scored"), both, temp=True)

    def pairs(*by: str) -> int:
        sides = both.group_by(*by, "partner").agg(n=both.count())
        groups = sides.group_by(*by).agg(all=sides.n.sum(), same=(sides.n * (sides.n - 1)).sum())
        pairs_of_all = (groups.all * (groups.all - 1)).sum()
        number = pairs_of_all - groups.same.sum() if across else pairs_of_all
        return int(number.to_pyarrow().as_py() or 0) // 2

    right, found, true = pairs("person_id", "person"), pairs("person_id"), pairs("person")
    return Pairwise(right / found, right / true, 2 * right / (found + true))


def labelled(engine: DuckDBEngine, links: ir.Table, path: Path) -> tuple[int, int, int]:
    """Of pairs that people labelled: right links, false links, missed links."""
    labels = engine.connection.read_csv(str(path))
    one = links.select(unique_id_l=links.record_id.cast("int64"), left="person_id")
    two = links.select(unique_id_r=links.record_id.cast("int64"), right="person_id")
    both = labels.inner_join(one, "unique_id_l").inner_join(two, "unique_id_r")
    is_linked, is_match = both.left == both.right, both.clerical_match_score > 0.5
    counted = both.aggregate(
        right=(is_linked & is_match).sum(),
        false=(is_linked & ~is_match).sum(),
        missed=(~is_linked & is_match).sum(),
    )
    row = counted.to_pyarrow().to_pylist()[0]
    return row["right"], row["false"], row["missed"]

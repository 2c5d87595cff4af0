"""Open linkage sets with known truth, as identities: FEBRL and Splink's fake_1000."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.tables import IDENTITIES

# The sets were made in 2002 (FEBRL) and 2023; a birth date must lie before.
_MADE = {"febrl": date(2003, 1, 1), "splink": date(2023, 1, 1)}


def febrl(engine: DuckDBEngine, path: Path, partner: str) -> ir.Table:
    """One FEBRL file as `tables.IDENTITIES`, with `person` from the record's name."""
    raw = engine.read_parquet(path)
    born = raw.date_of_birth
    text = born.left(4) + "-" + born.substr(4, 2) + "-" + born.substr(6, 2)
    address = ibis.literal(" ").join([
        column.fill_null("") for column in (raw.street_number, raw.address_1, raw.address_2)
    ])  # fmt: skip
    return _identities(
        raw.mutate(
            partner=ibis.literal(partner), record_id=raw.rec_id, other_number=raw.soc_sec_id,
            forename=raw.given_name, birth_date=text.try_cast("date"), address=address,
            town=raw.suburb, person=raw.rec_id.split("-")[1],
        ),
        _MADE["febrl"],
    )  # fmt: skip


def fake_1000(engine: DuckDBEngine, path: Path) -> ir.Table:
    """Splink's fake_1000 as `tables.IDENTITIES`, with `person` from its cluster."""
    raw = engine.connection.read_csv(str(path))
    return _identities(
        raw.mutate(
            partner=ibis.literal("SPL"), record_id=raw.unique_id.cast("string"),
            forename=raw.first_name, birth_date=raw.dob, town=raw.city,
            person=raw.cluster.cast("string"),
        ),
        _MADE["splink"],
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


def pairwise(engine: DuckDBEngine, links: ir.Table, truth: ir.Table, *, across: bool = False):  # type: ignore[no-untyped-def]
    """Precision, recall and F1 over pairs of records; `across` counts pairs between partners."""
    one = links.inner_join(truth.select("partner", "record_id", "person"), ["partner", "record_id"])
    one = engine.connection.create_table(ibis.util.gen_name("scored"), one, temp=True)

    def pairs(*by: str) -> int:
        counts = one.group_by(*by).agg(n=one.count(), parts=one.partner.nunique())
        if across:
            first = one.group_by(*by).agg(a=(one.partner == one.partner.min()).sum())
            del first
            sides = one.group_by(*by, "partner").agg(k=one.count())
            both = sides.group_by(*by).agg(total=sides.k.sum(), same=(sides.k * sides.k).sum())
            number = ((both.total * both.total - both.same) // 2).sum()
        else:
            number = (counts.n * (counts.n - 1) // 2).sum()
        return int(number.to_pyarrow().as_py() or 0)

    right, found, true = pairs("person_id", "person"), pairs("person_id"), pairs("person")
    return right / found, right / true, 2 * right / (found + true)

"""Linkage of open sets with known truth, beside Splink's own examples on the same rows."""

from __future__ import annotations

from pathlib import Path

import ibis.expr.types as ir
import pytest

from joinedup.engines import DuckDBEngine
from joinedup.linkage import link
from tests.reference.linkage_sets import fake_1000, febrl, labelled, pairwise
from tests.reference.splink_examples import best_f1
from tests.shared_material import SHARED, needs_shared
from tests.spec.linkage.people import KEY

PEOPLE = SHARED / "people"


def links_of(engine: DuckDBEngine, table: ir.Table) -> ir.Table:
    return link(engine, table.drop("person"), key=KEY).links


@needs_shared
def test_febrl_3_is_deduplicated_as_well_as_by_splinks_example(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    path = PEOPLE / "febrl_dataset3.parquet"
    table = febrl(engine, path, "F", tmp_path)
    scored = pairwise(engine, links_of(engine, table), table)
    assert scored.f1 >= best_f1([path])
    assert scored.precision > 0.999


@needs_shared
def test_febrl_4_is_linked_as_well_as_by_splinks_example(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    paths = [PEOPLE / "febrl_dataset4a.parquet", PEOPLE / "febrl_dataset4b.parquet"]
    one, two = (febrl(engine, path, path.stem[-2:], tmp_path) for path in paths)
    table = one.union(two)
    scored = pairwise(engine, links_of(engine, table), table, across=True)
    assert scored.f1 >= best_f1(paths)
    assert scored.precision > 0.999


@needs_shared
def test_fake_1000_has_no_false_links_among_its_labels(engine: DuckDBEngine) -> None:
    """Half of its records lack a name, and none has a postcode or number: many stay apart."""
    table = fake_1000(engine, PEOPLE / "splink_fake_1000.csv")
    right, false, missed = labelled(
        engine, links_of(engine, table), PEOPLE / "splink_fake_1000_labels.csv"
    )
    assert false == 0
    assert right / (right + missed) > 0.35


@pytest.mark.parametrize("name", ["febrl_dataset1", "febrl_dataset2"])
@needs_shared
def test_other_febrl_sets(engine: DuckDBEngine, tmp_path: Path, name: str) -> None:
    table = febrl(engine, PEOPLE / f"{name}.parquet", "F", tmp_path)
    scored = pairwise(engine, links_of(engine, table), table)
    assert scored.precision > 0.999
    assert scored.f1 > 0.995

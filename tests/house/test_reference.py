"""The generated reference pages are what the code would write today."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from joinedup import tables
from joinedup.tables import Table
from tests.house.repository import DOCS, ROOT


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """The script that writes the pages."""
    spec = importlib.util.spec_from_file_location(
        "write_reference", ROOT / "scripts" / "write_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["tables.md", "command-line.md", "rules.md", "measures.md"])
def test_a_generated_page_is_fresh(writer: ModuleType, page: str) -> None:
    written = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert written == writer.PAGES[page](), "run: make docs"


@pytest.mark.parametrize("table", tables.PROMISED, ids=lambda table: table.name)
def test_every_promised_table_and_column_says_what_it_means(table: Table) -> None:
    assert table.grain
    assert set(table.key) <= set(table.column_names)
    for column in table.columns:
        assert column.meaning.endswith((".", "?")), f"{table.name}.{column.name}"
        assert all(column.codes.values()), f"{table.name}.{column.name}"


def test_units_stand_beside_numbers_that_need_them() -> None:
    unitless = [
        f"{table.name}.{column.name}"
        for table in tables.PROMISED
        for column in table.columns
        if column.name.endswith(("_pence", "_days", "_mb", "_weight")) and not column.unit
    ]
    assert unitless == []

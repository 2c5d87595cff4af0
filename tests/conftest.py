"""Fixtures that more than one suite uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from joinedup.engines import DuckDBEngine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    """An engine of its own for each test."""
    with DuckDBEngine(spill=tmp_path / "spill", memory_limit_mb=2000) as opened:
        yield opened

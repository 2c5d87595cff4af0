"""Fixtures that more than one suite uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from joinedup.engines import DuckDBEngine
from tests.systems import command, invented

__all__ = ["command", "engine", "invented", "pytest_collection_modifyitems"]

# Machines differ and tests share them: how long one example takes proves nothing.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send all tests of the one invented system to one worker, so that it is made once."""
    for item in items:
        if "invented" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("invented"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    """An engine of its own for each test."""
    with DuckDBEngine(spill=tmp_path / "spill", memory_limit_mb=2000) as opened:
        yield opened

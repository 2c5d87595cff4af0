"""Fixtures that more than one suite uses."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.engines import by_engine, engine, needs_spark, parameters, spark
from tests.gaps import mark_gaps
from tests.systems import command, invented

__all__ = [
    "by_engine",
    "command",
    "engine",
    "invented",
    "needs_spark",
    "pytest_collection_modifyitems",
    "pytest_generate_tests",
    "spark",
]

# Machines differ and tests share them: how long one example takes proves nothing.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests of what is written once on every engine."""
    if "engine" in metafunc.fixturenames:
        chosen = parameters(metafunc.definition.path)
        if len(chosen) > 1:
            metafunc.parametrize("engine", chosen, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send all tests of the one invented system to one worker, so that it is made once."""
    for item in items:
        if "invented" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("invented"))
    mark_gaps(items)

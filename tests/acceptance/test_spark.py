"""The main job gives the same on Spark as on DuckDB, table by table and row by row."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.same_tables import differences
from tests.systems import Done, make_system

# Settings for tables of a few thousand rows.
SMALL = """
[spark]
conf = { "spark.sql.codegen.wholeStage" = "false", "spark.sql.codegen.factoryMode" = "NO_CODEGEN", "spark.sql.shuffle.partitions" = "2" }
"""  # noqa: E501


@pytest.mark.soak
@pytest.mark.usefixtures("needs_spark")
@pytest.mark.xdist_group("spark")
def test_every_table_is_the_same_on_both_engines(
    tmp_path: Path, command: Callable[..., Done]
) -> None:
    one = make_system(tmp_path / "one [1]", people=2000, seed=5)
    other = tmp_path / "other"
    shutil.copytree(one, other, symlinks=True)
    with (other / "system.toml").open("a", encoding="utf-8") as settings:
        settings.write(SMALL)
    for folder, engine in ((one, "duckdb"), (other, "spark")):
        done = command("run", folder, "--engine", engine)
        assert done.code in (0, 3), done.err
    assert differences(one, other) == {}
    # The second time nothing is new: everything is taken over, whatever the engine.
    again = command("run", other, "--engine", "spark", "--json")
    assert again.code in (0, 3), again.err
    reused = {step["name"] for step in again.json["steps"] if step["reused"]}
    assert {"link", "record"} <= reused


def test_a_setting_that_is_none_of_sparks_is_refused(
    tmp_path: Path, command: Callable[..., Done]
) -> None:
    command("init", tmp_path / "system", "--invented")
    with (tmp_path / "system" / "system.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[spark]\nconf = { "shuffle.partitions" = "2" }\n')
    done = command("run", tmp_path / "system")
    assert done.code != 0
    assert "'shuffle.partitions' is no setting of Spark" in done.err

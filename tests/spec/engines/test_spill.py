"""Each engine spills into a folder of its own, and what a killed one left is cleared."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from joinedup.engines import DuckDBEngine, clear_spill
from joinedup.engines.spill import SpillFolder


def test_two_engines_share_no_folder_and_leave_none(tmp_path: Path) -> None:
    with DuckDBEngine(spill=tmp_path) as one, DuckDBEngine(spill=tmp_path) as other:
        asked = "SELECT current_setting('temp_directory')"
        folders = {engine.raw(asked).fetchone()[0] for engine in (one, other)}
        assert len(folders) == 2
        assert {Path(name).parent for name in folders} == {tmp_path}
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_use_is_not_cleared(tmp_path: Path) -> None:
    folder = SpillFolder(tmp_path)
    (folder.path / "spilled.tmp").write_bytes(b"in use")
    clear_spill(tmp_path)
    assert (folder.path / "spilled.tmp").is_file()
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_engine_left_is_cleared(tmp_path: Path) -> None:
    # By a spawned process: a fork would hold its parent's locks as well.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=hold_for_ever, args=(tmp_path, there))
    process.start()
    spilled = Path(here.recv())
    clear_spill(tmp_path)
    assert spilled.is_file(), "it is still at work"
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    clear_spill(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_holds_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "of an earlier version").mkdir()
    (tmp_path / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"left")
    clear_spill(tmp_path)
    assert list(tmp_path.iterdir()) == []


def hold_for_ever(spill: Path, there: Connection) -> None:
    folder = SpillFolder(spill)
    spilled = folder.path / "spilled.tmp"
    spilled.write_bytes(b"x")
    there.send(str(spilled))
    signal.pause()

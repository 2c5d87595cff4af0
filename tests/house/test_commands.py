"""The commands in the documentation do what the page says, on a small system."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.console import Command, begins_with_demo, commands, missing
from tests.house.repository import named, pages
from tests.systems import InventedSystem

# Enough for every page's story, and quick.
FEW = "500"
PAGES = [page for page in pages() if page.exists() and list(commands(page))]


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with room for wide tables."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=600,
        stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "200", "PYTHONUTF8": "1"},
    )  # fmt: skip


def smaller(words: tuple[str, ...]) -> tuple[str, ...]:
    """The command with few people, whatever number the page shows."""
    if "--people" in words:
        place = words.index("--people") + 1
        return (*words[:place], FEW, *words[place + 1 :])
    return (*words, "--people", FEW) if words[:2] == ("joinedup", "demo") else words


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, invented: InventedSystem) -> None:
    if begins_with_demo(page):
        shutil.copytree(invented.path, tmp_path / "demo")
    for command in commands(page):
        run_one(command, tmp_path, f"{named(page)}:{command.line}")


def run_one(command: Command, folder: Path, where: str) -> None:
    """Run one command, and compare."""
    if command.python:
        done = python(folder, "-c", command.python)
    else:
        assert command.words[0] == "joinedup", f"{where}: only joinedup runs in console blocks"
        done = python(folder, "-m", *smaller(command.words))
    shown = " ".join(command.words) or "python"
    assert done.returncode == command.exit, f"{where}: {shown}\n{done.stdout}\n{done.stderr}"
    lost = missing(command.expected, done.stdout + done.stderr)
    assert lost == [], f"{where}: {shown}\n{done.stdout}\n{done.stderr}"


def test_the_page_that_teaches_is_among_those_run() -> None:
    assert "docs/tutorials/first-run.md" in {named(page) for page in PAGES}


def test_the_harness_sees_a_line_that_did_not_appear() -> None:
    printed = "12 files: 100 rows accepted\nRead demo/report/index.html\n"
    assert missing(("… files: … rows accepted", "Read …"), printed) == []
    assert missing(("Read …", "… files: …"), printed) == ["… files: …"]
    assert missing(("Wrote …",), printed) == ["Wrote …"]

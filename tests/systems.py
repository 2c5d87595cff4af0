"""One small invented system, made and run once for all tests that only read it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def joinedup(*words: object, folder: Path | None = None) -> Done:
    """Run the command as a user would, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "joinedup", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class InventedSystem:
    """A system folder after its first run, and what the run said."""

    path: Path
    outcome: Any


def make_system(folder: Path, people: int, seed: int = 1, measure_years: int = 0) -> Path:
    """A system folder with an invented population's extracts in its inbox.

    Measures are counted for as many years back: none, as each takes seconds of every run.
    """
    for words in (
        ("init", folder, "--invented"),
        ("synth", folder, "--people", people, "--seed", seed),
    ):
        done = joinedup(*words)
        assert done.code == 0, done.err
    settings = folder / "system.toml"
    text = settings.read_text(encoding="utf-8")
    assert "years = 3\n" in text
    settings.write_text(text.replace("years = 3\n", f"years = {measure_years}\n"), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> InventedSystem:
    """2,000 people with three years of use, run once. Tests must not change it."""
    path = make_system(tmp_path_factory.mktemp("invented") / "salt marsh", 2000, measure_years=1)
    done = joinedup("run", path, "--json")
    assert done.code in (0, 3), done.err
    return InventedSystem(path, done.json)


@pytest.fixture
def command() -> Callable[..., Done]:
    """Run `joinedup` in a process of its own."""
    return joinedup

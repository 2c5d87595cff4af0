"""What the package leans on: each with a reason, pinned by hash, under a licence that allows it."""

from __future__ import annotations

import re
import tomllib
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

from tests.house.repository import DECISIONS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = ROOT / "requirements" / "run.txt"
DEV = ROOT / "requirements" / "dev.txt"
# Licences that ask a user of the package to publish their own code.
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"\b(LGPL|GNU Lesser|GNU Library)", re.IGNORECASE)


def name_of(requirement: str) -> str:
    """The package of a requirement line, as registries write it."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def pinned(path: Path) -> dict[str, str]:
    """Package → the lines that pin it and give its hashes."""
    found: dict[str, str] = {}
    joined = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in joined.splitlines():
        if line and line[0].isalnum():
            found[name_of(line)] = found.get(name_of(line), "") + line
    return found


DEPENDENCIES = [name_of(line) for line in PROJECT["project"]["dependencies"]]
TOOLS = [name_of(line) for line in PROJECT["dependency-groups"]["dev"]]


@pytest.mark.parametrize("dependency", DEPENDENCIES)
def test_each_run_time_dependency_has_its_reason(dependency: str) -> None:
    reasons = "\n".join(path.read_text(encoding="utf-8") for path in DECISIONS.glob("*.md"))
    assert re.search(rf"\b{re.escape(dependency)}\b", reasons, re.IGNORECASE)


def test_requirements_hold_everything_that_the_project_names() -> None:
    assert set(DEPENDENCIES) - set(pinned(RUN)) == set(), "run: make requirements"
    assert {*DEPENDENCIES, *TOOLS} - set(pinned(DEV)) == set(), "run: make requirements"


@pytest.mark.parametrize("path", [RUN, DEV], ids=lambda path: path.name)
def test_every_requirement_is_pinned_by_hash(path: Path) -> None:
    loose = [
        name
        for name, line in pinned(path).items()
        if "==" not in line or "--hash=sha256:" not in line
    ]
    assert loose == []
    assert "://" not in path.read_text(encoding="utf-8")


def test_both_files_pin_the_same_versions() -> None:
    run, dev = pinned(RUN), pinned(DEV)
    assert {name: line for name, line in run.items() if dev.get(name) != line} == {}


@pytest.mark.parametrize("package", sorted(pinned(RUN)))
def test_no_run_time_package_binds_its_users_by_copyleft(package: str) -> None:
    try:
        about: Message = metadata.metadata(package)  # type: ignore[assignment]
    except metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not for this platform")
    stated = " ".join(
        [
            about.get("License-Expression") or "",
            (about.get("License") or "").splitlines()[0] if about.get("License") else "",
            *(line for line in about.get_all("Classifier") or [] if line.startswith("License")),
        ]
    )
    assert not COPYLEFT.search(stated), stated
    assert not LESSER.search(stated), stated

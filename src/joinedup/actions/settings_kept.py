"""The definitions that a snapshot was made with, kept with it so that a change can be told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from joinedup.actions.steps import code_version
from joinedup.engines import Snapshot
from joinedup.partners import System

# Text that people review: kept whole, beside the tables.
_KEPT: Final = (
    "system.toml", "partners.toml", "feeds/*.toml", "agreements/*.toml", "measures/**/*.toml",
    "care_models/*.toml",
)  # fmt: skip
# Packages whose code decides what a snapshot says.
_CODE: Final = (
    "actions",
    "engines",
    "intake",
    "linkage",
    "record",
    "safeguards",
    "tables",
    "terms",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One file of definitions: its bytes and their SHA-256; whether the snapshot has a copy."""

    bytes: int
    sha256: str
    kept: bool


def keep_settings(system: System, draft: Snapshot) -> dict[str, Setting]:
    """Copy the system's TOML into the draft; tell it, the area pack and the reference data by hash.

    Names are paths below the system's folder, with `/`.
    """
    found = {}
    for name, path in _files(system):
        content = path.read_bytes()
        is_kept = path.suffix == ".toml"
        if is_kept:
            copy = draft.path / "settings" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        found[name] = Setting(len(content), hashlib.sha256(content).hexdigest(), is_kept)
    return found


def code_by_package() -> dict[str, str]:
    """A hash of each package's code that decides what a snapshot says."""
    return {package: code_version(package) for package in _CODE}


def _files(system: System) -> Iterator[tuple[str, Path]]:
    for pattern in _KEPT:
        for path in sorted(system.path.glob(pattern)):
            if path.is_file():
                yield path.relative_to(system.path).as_posix(), path
    for path in sorted(system.area.iterdir()):
        if path.is_file():
            yield f"area/{path.name}", path
    for path in (
        system.path / "reference" / "postcodes.parquet",
        system.identified / "linkage_model.json",
    ):
        if path.is_file():
            yield path.relative_to(system.path).as_posix(), path

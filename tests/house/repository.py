"""The repository as the house tests read it: the files that are or will be committed."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "joinedup"
DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
_TEXT = {
    ".py", ".md", ".toml", ".txt", ".jinja", ".css", ".csv", ".cfg", ".yml", ".json", ".geojson",
    "",
}  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """Every file that git tracks, or would on the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if listed.returncode:
        found = [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    else:
        found = [ROOT / name for name in listed.stdout.splitlines()]
    return tuple(sorted(path for path in found if path.is_file()))


def texts() -> tuple[Path, ...]:
    """The files that hold text."""
    return tuple(path for path in files() if path.suffix in _TEXT)


def modules(*folders: Path) -> tuple[Path, ...]:
    """Python modules below some folders; the package where none is named."""
    within = folders or (SOURCE,)
    return tuple(
        path
        for path in files()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in within)
    )


def pages() -> tuple[Path, ...]:
    """Every Markdown page of the documentation, the README first."""
    below = [path for path in files() if path.suffix == ".md" and path.is_relative_to(DOCS)]
    return (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *below)


def named(path: Path) -> str:
    """A path as a failing test names it."""
    return path.relative_to(ROOT).as_posix()

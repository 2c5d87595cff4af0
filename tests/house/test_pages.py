"""The pages hang together: decisions are numbered, links lead somewhere, terms have sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.repository import DECISIONS, DOCS, SOURCE, named, pages


def test_decisions_are_numbered_in_turn_and_alike() -> None:
    decisions = sorted(DECISIONS.glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}: "), named(path)
        for part in ("## Why", "## What follows"):
            assert part in text, f"{named(path)} has no '{part}'"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_page_has_one_title(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(re.findall(r"^# ", text, flags=re.MULTILINE)) == 1


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    below = [path for path in DOCS.rglob("*.md") if path != DOCS / "README.md"]
    missing = [
        path.relative_to(DOCS).as_posix()
        for path in below
        if path.parent != DECISIONS and path.relative_to(DOCS).as_posix() not in index
    ]
    assert missing == []


def terms() -> list[tuple[str, str, str]]:
    """Term, definition and source of each row of the glossary."""
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return [(row[0], row[1], row[2]) for row in cells if row[0] != "Term"]


def test_every_term_has_a_definition_and_its_source() -> None:
    found = terms()
    assert len(found) > 40
    assert [term for term, definition, source in found if not (definition and source)] == []


def test_terms_are_in_order_and_once() -> None:
    names = [term.lower() for term, _, _ in terms()]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    "word",
    ["patient", "person", "identity", "quarantine", "snapshot", "feed", "area pack", "spell",
     "attendance", "neighbourhood", "place", "LSOA", "ODS code", "match weight", "precision",
     "recall", "pseudonym", "discharge-ready date", "footprint"],
)  # fmt: skip
def test_the_words_that_the_code_leans_on_are_defined(word: str) -> None:
    assert word.lower() in {term.lower() for term, _, _ in terms()}


def test_every_room_is_on_the_map_of_the_code() -> None:
    design = (DOCS / "explanation" / "design.md").read_text(encoding="utf-8")
    rooms = [path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if f"{room}/" not in design] == []

"""Words: British spelling, and nothing that belongs to one machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.repository import files, named, pages, texts

# American spelling → ours, for the words that this field uses; code of libraries is exempt.
AMERICAN = {
    r"organi[z]ation": "organisation",
    r"standardi[z]e": "standardise",
    r"pseudonymi[z]e": "pseudonymise",
    r"normali[z]e": "normalise",
    r"recogni[z]e": "recognise",
    r"summari[z]e": "summarise",
    r"behavio[r]\b": "behaviour",
    r"neighbo[r]hood": "neighbourhood",
    r"hono[r]s?\b": "honour",
    r"\bcente[r]s?\b": "centre",
    r"cance[l]ed": "cancelled",
    r"labe[l]ed": "labelled",
    r"license[d] (?:by|to)": "licensed",
    r"\bgra[y]\b": "grey",
    r"\banaly[z]e": "analyse",
}
# A path of somebody's machine, or the address of a package registry.
MACHINE = re.compile(
    r"(?<![\w.])/(?:work|tmp|home|root|opt|Users)/\w"
    r"|\b[A-Z]:\\Users"
    r"|--(?:extra-)?index-url|--find-links"
    r"|https?://[\w.-]*(?:pypi|pythonhosted|npmjs|artifactory|nexus)[\w.-]*",
    re.IGNORECASE,
)
# Where the two may stand: this test, and what git and pip are told.
EXEMPT = {"tests/house/test_words.py", "Makefile"}


def prose(path: Path) -> str:
    """A page without its code."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", pages(), ids=named)
def test_pages_are_in_british_spelling(page: Path) -> None:
    text = prose(page)
    found = {
        match.group(): ours
        for american, ours in AMERICAN.items()
        for match in [re.search(american, text, re.IGNORECASE)]
        if match
    }
    assert found == {}


def test_nothing_names_a_machine_or_a_registry() -> None:
    found = [
        f"{named(path)}: {match.group()}"
        for path in texts()
        if named(path) not in EXEMPT
        for match in [MACHINE.search(path.read_text(encoding="utf-8", errors="replace"))]
        if match
    ]
    assert found == []


def test_nothing_large_is_committed() -> None:
    large = {named(path): size for path in files() if (size := path.stat().st_size) > 2_000_000}
    assert large == {}

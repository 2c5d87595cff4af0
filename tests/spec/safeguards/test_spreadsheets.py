"""What a spreadsheet would work out stays text."""

from __future__ import annotations

import pytest

from joinedup.safeguards.spreadsheets import as_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u00a0=1",
        "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")',
        "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x",
    ],
)  # fmt: skip
def test_what_begins_a_formula_is_quoted(text: str) -> None:
    assert as_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Ann", "1,=2", "a=b", "'=1", '"=1"', "2024-05-01", "é"])
def test_other_text_is_as_it_was(text: str) -> None:
    assert as_cell(text) == text

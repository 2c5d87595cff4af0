"""What partners send cannot command the terminal that shows it."""

from __future__ import annotations

import json

import pytest

from joinedup.cli.output import say, show_error, show_json, show_table

ODD = "a\x1b[2Jb\x9bc\u202ed\ud800\r"
SHOWN = "a\\x1b[2Jb\\x9bc\\u202ed\\ud800\\x0d"


def test_text_is_shown_without_its_controls(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"line {ODD}\nand more")
    assert capsys.readouterr().out == f"line {SHOWN}\nand more\n"


def test_a_cell_stays_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("one", "two"), [("x\ny", ODD)])
    assert capsys.readouterr().out.splitlines()[1] == f"  x\\ny  {SHOWN}"


def test_an_error_is_of_one_line_and_its_cure_of_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_error("no\nSnapshot 7 now serves.", ODD, "do\nthis", as_json=False)
    said = capsys.readouterr().err.splitlines()
    assert said == [f"Error: {SHOWN}: no\\nSnapshot 7 now serves.", "  do\\nthis"]


def test_json_says_the_same_and_shows_none_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"name": ODD, "tag": "\U000e0041é"})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": ODD, "tag": "\U000e0041é"}
    assert said.isprintable() or set(said) - {"\n"} == {c for c in said if c.isprintable()}
    assert "é" in said

"""The commands that a page shows, and what it says that they print.

A page's `console` blocks hold commands (`$ joinedup …`) and lines that must appear beneath them,
in order; `…` stands for anything. `python` blocks run too. Comments steer the test:

    <!-- begins with: demo -->    the page needs the folder that `joinedup demo` makes
    <!-- exit: 3 -->              the next command exits with 3
    <!-- not run -->              the next block is not run
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"(?P<steer>(?:<!--(?:(?!-->).)*-->\s*)*)```(?P<kind>console|python)\n(?P<body>.*?)```",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Command:
    """One command or piece of Python of a page."""

    words: tuple[str, ...]
    python: str
    expected: tuple[str, ...]
    exit: int
    line: int


def begins_with_demo(page: Path) -> bool:
    """Whether the page's commands need the demonstration's folder."""
    return "<!-- begins with: demo -->" in page.read_text(encoding="utf-8")


def commands(page: Path) -> Iterator[Command]:
    """The page's commands in order."""
    text = page.read_text(encoding="utf-8")
    for block in _BLOCK.finditer(text):
        steer = block["steer"]
        if "not run" in steer:
            continue
        asked = re.search(r"exit: (\d)", steer)
        exit_code = int(asked[1]) if asked else 0
        line = text.count("\n", 0, block.start("kind")) + 1
        if block["kind"] == "python":
            yield Command((), block["body"], (), exit_code, line)
        else:
            yield from _typed(block["body"], exit_code, line)


def _typed(body: str, exit_code: int, line: int) -> Iterator[Command]:
    # A backslash at the end of a line goes on with the command on the next.
    typed = re.split(r"^\$ ", body.replace("\\\n", " "), flags=re.MULTILINE)
    assert not typed[0].strip(), f"line {line}: a console block begins with '$ '"
    for one in typed[1:]:
        command, *output = one.splitlines()
        expected = tuple(text.strip() for text in output if text.strip() not in ("", "…"))
        yield Command(tuple(shlex.split(command, comments=True)), "", expected, exit_code, line)


def missing(expected: tuple[str, ...], printed: str) -> list[str]:
    """The expected lines that do not appear in what was printed, in order."""
    lines = iter(" ".join(line.split()) for line in printed.splitlines())
    lost = []
    for wanted in expected:
        pattern = ".*".join(re.escape(" ".join(part.split())) for part in wanted.split("…"))
        pattern = pattern.replace(r"\ .*", ".*").replace(r".*\ ", ".*")
        if not any(re.fullmatch(pattern, line) for line in lines):
            lost.append(wanted)
            break
    return lost

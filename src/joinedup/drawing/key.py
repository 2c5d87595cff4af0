"""Entries of a key that several charts have: marks, lines, and why a value is absent."""

from __future__ import annotations

from collections.abc import Iterable

from joinedup.drawing.colour import GREY
from joinedup.drawing.marks import (
    ABSENCE_WORDS,
    Absence,
    Mark,
    Value,
    absence_of,
    draw_absence,
    draw_mark,
)
from joinedup.drawing.sheet import KeyEntry, straight


def mark_entry(mark: Mark, words: str) -> KeyEntry:
    """A mark and what it means."""
    return KeyEntry(lambda x, y: draw_mark(mark, x, y), words)


def line_entry(words: str, *, dashes: str = "", colour: str = GREY, width: float = 1.5) -> KeyEntry:
    """A line and what it means."""

    def sample(x: float, y: float) -> str:
        return straight(x - 12, y, x + 12, y, colour=colour, width=width, dashes=dashes)

    return KeyEntry(sample, words)


def absence_entries(values: Iterable[Value], name: str) -> list[KeyEntry]:
    """Why values are absent, for the reasons that there are."""
    reasons = {absence_of(value) for value in values}
    return [_absence_entry(one, name) for one in Absence if one in reasons]


def _absence_entry(absence: Absence, name: str) -> KeyEntry:
    def sample(x: float, y: float) -> str:
        return draw_absence(absence, name, x=x - 10, y=y - 6, width=20, height=12)

    return KeyEntry(sample, ABSENCE_WORDS[absence])

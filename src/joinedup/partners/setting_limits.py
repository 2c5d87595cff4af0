"""What no setting of ours needs, refused before anything is read from it.

A settings file comes from people, but not always from the people who run the system: feeds are
passed round. So its size, its depth, its numbers and its characters have limits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from joinedup.terms import SettingError
from joinedup.terms.shown import shown, visible

FILE_BYTES: Final = 4_000_000
TEXT_CHARACTERS: Final = 10_000
NAME_CHARACTERS: Final = 1000
DEPTH: Final = 20
# TOML's reader takes time with the square of a dotted key's length.
_POINTS_A_LINE: Final = 100
_LARGEST: Final = 2**63 - 1
_TEXTS: Final = re.compile(r'"(?:[^"\\\n]++|\\.)*+"|\'[^\'\n]*+\'')
_SEPARATOR: Final = re.compile("[\x01-\x1f]")


def refuse_size(size: int, file: Path) -> None:
    """Refuse a file that is larger than any settings are."""
    if size > FILE_BYTES:
        raise SettingError(
            f"It is longer than {FILE_BYTES:,} bytes.",
            where=str(file),
            cure="No settings are: is it the right file?",
        )


def refuse_long_keys(text: str, file: Path) -> None:
    """Refuse TOML with a key of very many parts."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _POINTS_A_LINE and _TEXTS.sub("", line).count(".") > _POINTS_A_LINE:
            raise SettingError(
                f"It has more than {_POINTS_A_LINE} points outside quotation marks.",
                where=f"{file}, line {number}",
                cure="Put text in quotation marks.",
            )


def refuse_odd_values(top: dict[str, Any], file: Path) -> None:
    """Refuse texts, numbers and nesting beyond what settings need, wherever they stand."""
    for key, value in _walk(top):
        what = _fault(value)
        if what:
            raise SettingError(what, where=f"{file}, {shown(key)}", cure="Correct it.")


def _walk(top: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Every name and value with its place, without going deeper than settings do."""
    waiting: list[tuple[str, object, int]] = [("", top, 0)]
    while waiting:
        key, value, depth = waiting.pop()
        inner: list[tuple[str, object]] = []
        if isinstance(value, dict):
            for name, one in value.items():
                place = f"{key}.{name}" if key else name
                yield place, _Name(name)
                inner.append((place, one))
        elif isinstance(value, list):
            inner = [(f"{key}[{place}]", one) for place, one in enumerate(value, start=1)]
        else:
            yield key, value
        if inner and depth >= DEPTH:
            yield key, _TooDeep()
            return
        waiting += [(place, one, depth + 1) for place, one in reversed(inner)]


class _Name(str):
    __slots__ = ()


class _TooDeep:
    """Stands for what lies too deep."""


def _fault(value: object) -> str:
    if isinstance(value, _TooDeep):
        return f"It lies more than {DEPTH} tables deep."
    if isinstance(value, str):
        most = NAME_CHARACTERS if isinstance(value, _Name) else TEXT_CHARACTERS
        if len(value) > most:
            return f"It is longer than {most:,} characters."
        if visible(value) != value.replace("\r\n", "\n") and not _SEPARATOR.fullmatch(value):
            return "It holds characters that cannot be seen."
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "The number is too large."
    if isinstance(value, float) and not math.isfinite(value):
        return "It is not a number."
    return ""

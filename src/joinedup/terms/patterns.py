"""Regular expressions that settings give, read by RE2.

RE2 takes time with the length of the text whatever the expression, where Python's own may take
years; and it is what DuckDB reads values with. It has no look-around and no back-references
(https://github.com/google/re2/wiki/Syntax).
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

PATTERN_CHARACTERS: Final = 500


def pattern_fault(pattern: str) -> str:
    """What is wrong with a pattern that must have one group in brackets or more; "" if nothing."""
    if len(pattern) > PATTERN_CHARACTERS:
        return f"It is longer than {PATTERN_CHARACTERS} characters."
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return f"It is not a regular expression ({_why(error)})."
    return "" if _has_group(pattern, 1) else "It has no group in brackets, and should have one."


def has_one_group(pattern: str) -> bool:
    """Whether a sound pattern has one group, and no second."""
    return _has_group(pattern, 1) and not _has_group(pattern, 2)


def first_group(pattern: str, text: str) -> str | None:
    """What the first group holds where the pattern is first found in a text; None if nowhere."""
    given = pa.array([text])
    if not pc.match_substring_regex(given, pattern)[0].as_py():
        return None
    around = f"(?s:^.*?)(?:{pattern})(?s:.*$)"
    found: str = pc.replace_substring_regex(given, around, r"\1")[0].as_py()
    return found


def _has_group(pattern: str, group: int) -> bool:
    try:
        pc.replace_substring_regex(pa.array([""]), pattern, f"\\{group}")
    except pa.ArrowInvalid:
        return False
    return True


def _why(error: pa.ArrowInvalid) -> str:
    return str(error).partition(": ")[2].rpartition(": ")[0] or "it cannot be read"

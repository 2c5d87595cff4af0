"""Names as people write them, from the capitals in which national tables hold them."""

from __future__ import annotations

import re
from typing import Final

_KEPT: Final = frozenset({"NHS", "PCN", "ICB", "GP", "CCG", "UK", "II", "III"})
_SMALL: Final = frozenset({"and", "of", "the", "in", "on", "for", "with", "under", "upon", "at"})


def as_written(name: str) -> str:
    """A name in mixed case; one that is not all capitals is left as it is.

    'THE VALE PCN' → 'The Vale PCN'; "KING'S LYNN" → "King's Lynn".
    """
    tidy = " ".join(name.split())
    if tidy.upper() != tidy:
        return tidy
    words = tidy.split(" ")
    return " ".join(_word(word, first=place == 0) for place, word in enumerate(words))


def without_network(name: str) -> str:
    """The name of a network without the words that say it is one: 'The Vale PCN' → 'The Vale'."""
    return re.sub(r"\s+(PCN|Primary Care Network)$", "", name, flags=re.IGNORECASE) or name


def _word(word: str, *, first: bool) -> str:
    if word.strip("(),.") in _KEPT:
        return word
    parts = word.split("-")
    return "-".join(
        part.lower() if part.lower() in _SMALL and not (first and place == 0) else _capital(part)
        for place, part in enumerate(parts)
    )


def _capital(word: str) -> str:
    return re.sub(r"[A-Za-z]+('[A-Za-z]+)?", lambda part: part[0].capitalize(), word)

"""The known name that a mistaken one is nearest to."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Final

# Comparing takes time with the square of the length; whoever slips, slips in a name.
_CHARACTERS: Final = 100
_NAMES: Final = 10_000


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The nearest of the known names, of the first ten thousand; None where none is near."""
    if len(name) > _CHARACTERS:
        return None
    compared = [one for one in islice(known, _NAMES) if len(one) <= _CHARACTERS]
    found = get_close_matches(name, compared, n=1, cutoff=cutoff)
    return found[0] if found else None

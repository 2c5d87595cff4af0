"""Small numbers: a count of a few people could tell who they are, so it is not shown.

After NHS England's disclosure control for hospital statistics (HES analysis guide): small counts
are suppressed and the rest rounded, so that what is hidden cannot be had by subtraction.
"""

from __future__ import annotations

from typing import Final

# Counts of 1 to 4 are hidden; 0 is a finding and is shown. All others go to the nearest 5, so a
# total is uncertain by at least as much as a hidden count.
SMALLEST_SHOWN: Final = 5
ROUNDED_TO: Final = 5


def shown_count(people: int) -> int | None:
    """A count of people as a page may show it; None where it is suppressed, which is not zero."""
    if 0 < people < SMALLEST_SHOWN:
        return None
    return (people + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def count_in_words(people: int | None) -> str:
    """A shown count in words: "1,235", or "fewer than 5"."""
    return f"fewer than {SMALLEST_SHOWN}" if people is None else f"{people:,}"

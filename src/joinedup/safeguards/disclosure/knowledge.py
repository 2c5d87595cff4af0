"""What a reader knows of each count from what is published, the rule being public.

A shown count lies where it rounds to what is shown; a suppressed one is at most the threshold; one
withheld for another's sake is above it, or it would have been suppressed itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from joinedup.safeguards.disclosure.counts import NONE, Counts, Flags, Integers
from joinedup.safeguards.disclosure.relations import Equations
from joinedup.safeguards.disclosure.rule import DisclosureRule

NO_END: Final = 2**50


@dataclass(frozen=True, slots=True)
class Knowledge:
    """For each count the least and the most that it can be; and whether it must stay unsure."""

    low: Integers
    high: Integers
    guarded: Flags

    def withhold(self, count: int, rule: DisclosureRule) -> None:
        """Take a shown count from the reader, for another's sake."""
        self.low[count], self.high[count] = rule.threshold + 1, NO_END
        self.guarded[count] = True


def small_counts(counts: Counts, rule: DisclosureRule) -> tuple[Flags, Flags]:
    """Which counts the rule hides by itself; and which of these may be large.

    The latter are numerators, such as events, of a denominator of few people.
    """
    is_safe = (counts.value == 0) & counts.zero_is_safe
    is_small = (counts.value <= rule.threshold) & ~is_safe
    both = (counts.numerator != NONE) & (counts.denominator != NONE)
    of_few = both.copy()
    of_few[both] = is_small[counts.denominator[both]]
    numerators = counts.numerator[of_few]
    unbounded = np.zeros(len(counts.value), bool)
    unbounded[numerators] = True
    is_small[numerators] |= ~is_safe[numerators]
    return is_small, unbounded & is_small


def published_knowledge(counts: Counts, equations: Equations, rule: DisclosureRule) -> Knowledge:
    """What is known when only small counts are suppressed."""
    many = len(equations.value)
    low, high = np.zeros(many, np.int64), np.full(many, NO_END, np.int64)
    guarded = np.zeros(many, bool)
    is_small, unbounded = small_counts(counts, rule)
    value, listed = counts.value, slice(0, equations.published)
    shown = (value + rule.rounding // 2) // rule.rounding * rule.rounding
    least = np.maximum(shown - rule.rounding // 2, rule.threshold + 1)
    is_zero = (value == 0) & ~is_small
    low[listed] = np.select([is_small, is_zero], [counts.zero_is_safe.astype(int), 0], least)
    high[listed] = np.select(
        [unbounded, is_small, is_zero],
        [NO_END, rule.threshold, 0],
        shown + (rule.rounding - 1) // 2,
    )
    guarded[listed] = is_small
    # What a sum leaves over is a group of people as well; nobody left over is nobody.
    outside = equations.complement_of != NONE
    few = (equations.value <= rule.threshold) & (outside | (equations.value > 0))
    guarded[equations.published :] = few[equations.published :]
    return Knowledge(low, high, guarded)

"""Numbers that identify the invented people: NHS numbers and telephone numbers."""

from __future__ import annotations

import numpy as np

from joinedup.synthetic.interface import Longs

_PREFIXES = 10_000_000
# Odd, and no multiple of five, so that multiplying by it permutes the prefixes.
_STEP = 6_180_339


def nhs_numbers(person: Longs, seed: int) -> Longs:
    """A valid NHS number for each person 1..N, unique for N up to 90 million.

    The first digit is 9, a range that is never issued (400 to 499 and 600 to 799 million are).
    The next seven are a permutation of the person's number; the ninth is one of the nine or more
    that give a valid check digit. NHS Data Dictionary: NHS NUMBER, Modulus 11.
    """
    ordinal = person.astype(np.int64) - 1
    turn, place = np.divmod(ordinal, _PREFIXES)
    prefix = (place * _STEP + seed * 1_299_709) % _PREFIXES
    eight = 9 * _PREFIXES + prefix
    weighted = np.zeros(len(ordinal), dtype=np.int64)
    rest = eight.copy()
    for weight in range(3, 11):  # the eighth digit weighs 3, the first 10
        weighted += (rest % 10) * weight
        rest //= 10
    # A check digit of 10 is not allowed: 11 - (weighted + 2 * ninth) % 11 = 10.
    barred = ((1 - weighted) * 6) % 11  # 6 is the inverse of 2, modulo 11
    ninth = (prefix // 7 + turn) % 9
    ninth = np.where(ninth >= barred, ninth + 1, ninth)
    check = (11 - (weighted + 2 * ninth) % 11) % 11
    return (eight * 10 + ninth) * 10 + check


def mobile_numbers(person: Longs, seed: int) -> Longs:
    """Ten digits from 7700 000 000 on, distinct for up to 99 million people, and made up."""
    return 7_700_000_000 + (person.astype(np.int64) * 7_919 + seed * 104_729) % 99_999_989

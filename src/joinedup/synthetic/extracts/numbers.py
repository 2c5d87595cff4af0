"""NHS numbers mistyped, and the local numbers that each partner gives its own patients."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Longs = NDArray[np.int64]

# A prime: multiplying by anything below it only shuffles the numbers below it.
_LOCAL_NUMBERS: Final = 99_999_989
# NHS Data Dictionary, NHS NUMBER: weights 10 to 2, then 11 less the remainder by 11.
_WEIGHTS: Final = np.arange(10, 1, -1)
_TENS: Final = 10 ** np.arange(9, -1, -1, dtype=np.int64)
_STILL_VALID: Final = 0.15  # of mistyped numbers: pass Modulus 11 all the same (illustrative)


def mistyped(numbers: Longs, random: np.random.Generator) -> Longs:
    """NHS numbers with two digits swapped or one digit wrong; a few still pass Modulus 11."""
    digits = numbers[:, None] // _TENS % 10
    row = np.arange(len(numbers))
    at = random.integers(1, 8, len(numbers))
    swap = random.random(len(numbers)) < 0.5
    left, right = digits[row, at].copy(), digits[row, at + 1].copy()
    other = (left + random.integers(1, 10, len(numbers))) % 10
    swap &= left != right
    digits[row, at] = np.where(swap, right, other)
    digits[row, at + 1] = np.where(swap, left, right)
    check = (11 - (digits[:, :9] * _WEIGHTS).sum(axis=1) % 11) % 11
    valid = (random.random(len(numbers)) < _STILL_VALID) & (check < 10)
    digits[:, 9] = np.where(valid, check, digits[:, 9])
    made: Longs = (digits * _TENS).sum(axis=1)
    return made


def spaced(numbers: pa.Array) -> pa.StringArray:
    """NHS numbers as people write them: 943 476 5919."""
    text = pc.cast(numbers, pa.string())
    parts = [pc.utf8_slice_codeunits(text, *ends) for ends in ((0, 3), (3, 6), (6, 10))]
    return pc.binary_join_element_wise(*parts, " ")


def local_numbers(persons: Longs, second: NDArray[np.bool_], owner: str) -> Longs:
    """A number of eight digits for each patient, unlike between owners, never given twice.

    Numbers wrap above 49 million people, more than any system has.
    """
    shuffle = zlib.crc32(owner.encode())
    step = 1 + (shuffle * 2_654_435_761) % (_LOCAL_NUMBERS - 1)
    place = persons * 2 + second
    made: Longs = (place * step + shuffle) % _LOCAL_NUMBERS
    return made


def padded(numbers: NDArray[np.integer], width: int, prefix: str = "") -> pa.StringArray:
    """Whole numbers as texts of a fixed width, with something before them."""
    text = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), text, "") if prefix else text


def numbers_of_lists(persons: Longs, place: NDArray[np.integer], owners: tuple[str, ...]) -> Longs:
    """As `local_numbers`, for patients of many owners (practices) at once: owner by place."""
    shuffle = np.array([zlib.crc32(owner.encode()) for owner in owners], np.int64)
    step = 1 + (shuffle * 31_337) % (_LOCAL_NUMBERS - 1)
    made: Longs = (persons * step[place] + shuffle[place]) % _LOCAL_NUMBERS
    return made


def row_numbers(chunk: int, rows: int, first: int = 0) -> Longs:
    """Numbers for the rows of one table, unique over all chunks."""
    return np.int64(chunk) * 100_000_000 + first + np.arange(rows, dtype=np.int64)

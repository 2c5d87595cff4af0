"""Slips in names: of the keyboard, of the scanner and of the ear. All rows at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_Chars = NDArray[np.uint32]

# The letters next to each letter on a British keyboard.
_BESIDE: Final = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb",
    "h": "gyjn", "j": "hukm", "k": "jil", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv",
    "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
# What a scanner takes for something else, and what the ear spells another way.
_SCANNER: Final = (("rn", "m"), ("m", "rn"), ("l", "i"), ("cl", "d"), ("h", "b"), ("e", "c"))
_EAR: Final = (
    ("ph", "f"), ("ck", "k"), ("ie", "y"), ("y", "ie"), ("th", "t"), ("c", "k"), ("ll", "l"),
    ("tt", "t"), ("ee", "ea"), ("s", "z"), ("ae", "a"), ("n", "nn"), ("a", "e"), ("i", "y"),
)  # fmt: skip


def _neighbours() -> _Chars:
    table = np.zeros((128, 4), np.uint32)
    for letter, beside in _BESIDE.items():
        for place in range(4):
            small = beside[place % len(beside)]
            table[ord(letter), place] = ord(small)
            table[ord(letter.upper()), place] = ord(small.upper())
    return table


_NEIGHBOURS: Final = _neighbours()


def with_slips(texts: pa.Array, draws: NDArray[np.float64]) -> pa.StringArray:
    """Each name with one slip, kept as it is where it is too short or has nothing to slip on.

    `draws` has four random numbers a name, from 0 to 1: the same numbers make the same slip.
    """
    if not len(texts):
        return pa.array([], pa.string())
    words = np.array(texts.to_pylist(), dtype=np.str_)
    kind = (draws[:, 0] * 6).astype(np.int64)
    made = words.astype(f"<U{words.dtype.itemsize // 4 + 2}")
    typed = kind < 4
    made[typed] = _typed(made[typed], kind[typed], draws[typed])
    for which, pairs in ((4, _SCANNER), (5, _EAR)):
        rows = np.flatnonzero(kind == which)
        choice = (draws[rows, 1] * len(pairs)).astype(np.int64)
        for number, (old, new) in enumerate(pairs):
            here = rows[choice == number]
            if len(here):
                made[here] = np.strings.replace(made[here], old, new, 1)
    return pa.array(made.tolist(), pa.string())


def _typed(
    words: NDArray[np.str_], kind: NDArray[np.int64], draws: NDArray[np.float64]
) -> NDArray[np.str_]:
    """Slips of the keyboard: 0 a neighbour, 1 two letters swapped, 2 one left out, 3 one twice."""
    width = words.dtype.itemsize // 4
    chars = np.ascontiguousarray(words).view(np.uint32).reshape(len(words), width).copy()
    length = (chars != 0).sum(axis=1)
    # The first letter is seldom wrong: it is the one that is looked at.
    at = 1 + (draws[:, 2] * np.maximum(length - 1, 1)).astype(np.int64)
    at = np.minimum(at, np.maximum(length - 1, 0))
    able = length > 2
    column = np.arange(width)
    row = np.arange(len(words))
    source = np.broadcast_to(column, chars.shape).copy()
    left_out, twice = able & (kind == 2), able & (kind == 3)
    source[left_out] += column >= at[left_out, None]
    source[twice] -= column > at[twice, None]
    swap = np.flatnonzero(able & (kind == 1))
    source[swap, at[swap]] -= 1
    source[swap, at[swap] - 1] += 1
    moved = np.take_along_axis(chars, np.clip(source, 0, width - 1), axis=1)
    hit = row[able & (kind == 0) & (moved[row, at] < 128)]
    beside = _NEIGHBOURS[moved[hit, at[hit]], (draws[hit, 3] * 4).astype(np.int64)]
    moved[hit, at[hit]] = np.where(beside == 0, moved[hit, at[hit]], beside)
    return np.ascontiguousarray(moved).view(f"<U{width}").reshape(len(words))

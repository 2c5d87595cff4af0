"""Slips in names, each made by hand from the numbers that choose it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from joinedup.synthetic.extracts.words import with_slips


def slip(word: str, kind: float, pair: float = 0.0, place: float = 0.0, key: float = 0.0) -> str:
    """One slip: `kind` in sixths, then which pair, which place, which neighbouring key."""
    made = with_slips(pa.array([word]), np.array([[kind, pair, place, key]]))
    return str(made[0].as_py())


# Kinds: 0 neighbouring key, 1 swapped, 2 left out, 3 twice, 4 scanner, 5 ear.
@pytest.mark.parametrize(
    ("word", "kind", "place", "expected"),
    [
        ("Smith", 0 / 6, 0.0, "Snith"),  # n is beside m
        ("Smith", 1 / 6, 0.0, "mSith"),
        ("Smith", 1 / 6, 0.9, "Smiht"),
        ("Smith", 2 / 6, 0.0, "Sith"),
        ("Smith", 3 / 6, 0.0, "Smmith"),
        ("Smith", 3 / 6, 0.9, "Smithh"),
        ("Al", 2 / 6, 0.5, "Al"),  # too short to slip on
    ],
)
def test_a_slip_of_the_keyboard(word: str, kind: float, place: float, expected: str) -> None:
    assert slip(word, kind + 0.01, place=place) == expected


def test_the_ear_writes_f_for_ph_once() -> None:
    assert slip("Philip Phipps", 5.5 / 6) == "Philip Phipps"  # capitals are heard as they are
    assert slip("Sophie Murphy", 5.5 / 6) == "Sofie Murphy"


def test_the_scanner_reads_m_for_rn() -> None:
    assert slip("Barnes", 4.5 / 6) == "Bames"


def test_an_accent_is_no_key_and_stays() -> None:
    assert slip("Zoë", 0.01, place=0.99) == "Zoë"


def test_the_same_numbers_make_the_same_slip_whatever_stands_beside() -> None:
    draws = np.random.default_rng(1).random((3, 4))
    together = with_slips(pa.array(["Hannah", "Fitzgerald", "Li"]), draws)
    for place, word in enumerate(("Hannah", "Fitzgerald", "Li")):
        assert with_slips(pa.array([word]), draws[place : place + 1])[0] == together[place]

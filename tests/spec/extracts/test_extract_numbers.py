"""Local numbers and mistyped NHS numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from joinedup.synthetic.extracts.numbers import (
    local_numbers,
    mistyped,
    numbers_of_lists,
    padded,
    row_numbers,
    spaced,
)
from joinedup.terms.nhs_number import is_valid

PERSONS = np.arange(1, 50_001, dtype=np.int64)
NONE = np.zeros(len(PERSONS), bool)


def test_no_patient_shares_a_local_number_with_another_nor_with_itself_elsewhere() -> None:
    ours = local_numbers(PERSONS, NONE, "RZ1")
    again = local_numbers(PERSONS, ~NONE, "RZ1")
    assert len(np.unique(np.concatenate([ours, again]))) == 2 * len(PERSONS)
    theirs = local_numbers(PERSONS, NONE, "RZ2")
    assert (ours == theirs).mean() < 0.001
    # Nobody can tell who is who from the order of the numbers.
    assert abs(np.corrcoef(ours, theirs)[0, 1]) < 0.1
    assert abs(np.corrcoef(PERSONS, ours)[0, 1]) < 0.1


def test_a_practice_numbers_its_own_patients() -> None:
    practice = (PERSONS % 2).astype(np.int32)
    numbers = numbers_of_lists(PERSONS, practice, ("Z00001", "Z00002"))
    assert len(np.unique(numbers[practice == 0])) == (practice == 0).sum()


def test_most_mistyped_nhs_numbers_fail_modulus_11_and_some_pass() -> None:
    true = np.full(20_000, 9434765919, np.int64)  # the NHS Data Dictionary's own example
    assert is_valid("9434765919")
    wrong = mistyped(true, np.random.default_rng(5))
    valid = np.array([is_valid(str(number)) for number in wrong])
    assert ((wrong >= 10**9) & (wrong < 10**10)).all()
    assert (wrong != true).mean() > 0.99
    # 15 in 100 are made to pass; of the rest none does but by chance.
    assert 0.10 < valid.mean() < 0.25


def test_numbers_as_people_write_them() -> None:
    assert spaced(pa.array([9434765919, None])).to_pylist() == ["943 476 5919", None]
    assert padded(np.array([7, 123]), 5, "P").to_pylist() == ["P00007", "P00123"]
    assert row_numbers(2, 2).tolist() == [200_000_000, 200_000_001]

"""Which codes are well formed, in tables and in lists alike."""

from __future__ import annotations

import ibis
import pytest

from joinedup.tables.code_sets import CODE_SYSTEMS
from joinedup.terms.codes import (
    SHAPED_SYSTEMS,
    has_code_shape,
    has_verhoeff_digit,
    is_well_formed,
    plain_icd10,
    plain_icd10_of,
)
from tests.drawn import shown

pytestmark = pytest.mark.usefixtures("by_engine")

# NHS Data Dictionary, ICD-10 CODE: X fills the fourth place, - the fifth; sixth is D or A.
PLAIN = {
    "I10": "I10", "I10X": "I10", "I10X-": "I10", "I10X-D": "I10", "I10XD": "I10", "i10.x": "I10",
    "F00.9": "F009", "F009": "F009", "F009A": "F009", "F009-A": "F009", "f00.9-d": "F009",
    "M8008": "M8008", "M80.08": "M8008", "M8008D": "M8008", "U071": "U071",
}  # fmt: skip
NOT_ICD10 = (
    "", "C1", "C", "YYYY", "1I0", "I1O", "C1YYY", "I10XX", "I10X9", "I10.", "I1.0", "I10-", "I10D",
    "F00.9.1", "F00912", "F009DA", " I10", "I10 ", "I10\n", "I10X\n", "É10", "\u017f10", "I\u06610",
    "C4A", "É1",
)  # fmt: skip
SOUND = {
    "OPCS-4": ("W371", "W37.1", "w371"),
    "SNOMED-CT": ("38341003", "44054006", "900000000000207008", "999000011000001104"),
    "ECDS": ("22298006",),
    "dm+d": ("322236009",),
    "BNF": ("0407", "040701", "0407010", "0407010H0", "0407010H0AA", "0407010H0AAAMAM"),
}
UNSOUND = {
    "OPCS-4": ("W37", "I371", "W3711", "W37.", "W37-1"),
    "SNOMED-CT": ("38341", "038341003", "3834100A", "38341013", "1234567890123456789"),
    "ECDS": ("PAIN",),
    "dm+d": ("22298026",),
    "BNF": ("04", "04070", "04.07.01", "0407010H", "0407010H0AAAMA"),
}


def judged(codes: list[tuple[str, str]]) -> list[str | None]:
    """What a table's engine says of code and system, in order."""
    rows = [(place, code, system) for place, (code, system) in enumerate(codes)]
    table = ibis.memtable(rows, schema={"place": "int64", "code": "string", "system": "string"})
    shape = table.mutate(has_shape=has_code_shape(table.code, table.system)).order_by("place")
    return [found for (found,) in shown(shape, "has_shape")]


def test_icd10_as_the_nhs_writes_it() -> None:
    codes = [*PLAIN, *NOT_ICD10]
    assert judged([(code, "ICD-10") for code in codes]) == ["True"] * len(PLAIN) + ["False"] * len(
        NOT_ICD10
    )
    rows = list(enumerate(codes))
    table = ibis.memtable(rows, schema={"place": "int64", "code": "string"})
    plain = table.mutate(plain=plain_icd10(table.code)).order_by("place")
    assert [one for (one,) in shown(plain, "plain")] == [*PLAIN.values(), *[None] * len(NOT_ICD10)]
    assert [plain_icd10_of(code) for code in PLAIN] == list(PLAIN.values())


def test_the_other_systems() -> None:
    sound = [(code, system) for system, codes in SOUND.items() for code in codes]
    unsound = [(code, system) for system, codes in UNSOUND.items() for code in codes]
    assert judged(sound) == ["True"] * len(sound)
    assert judged(unsound) == ["False"] * len(unsound)


def test_one_code_alone_is_judged_alike_and_its_check_digit_too() -> None:
    for system in SHAPED_SYSTEMS:
        if system != "ICD-10":
            assert [is_well_formed(code, system) for code in SOUND[system]] == [True] * len(
                SOUND[system]
            )
            assert not any(is_well_formed(code, system) for code in UNSOUND[system])
    assert all(is_well_formed(code, "ICD-10") for code in PLAIN)
    assert not any(is_well_formed(code, "ICD-10") for code in NOT_ICD10)
    # A digit wrong, two digits swapped, and what a spreadsheet makes of 18 digits.
    for code in ("38341002", "38431003", "900000000000207000"):
        assert judged([(code, "SNOMED-CT")]) == ["True"]
        assert is_well_formed(code, "SNOMED-CT") is False


def test_verhoeffs_own_example() -> None:
    # Verhoeff 1969: the check digit of 236 is 3.
    assert [digit for digit in "0123456789" if has_verhoeff_digit("236" + digit)] == ["3"]


def test_where_no_shape_is_known_nothing_is_said() -> None:
    assert judged([("X00Rs", "CTV3"), ("anything", "LOCAL")]) == [None, None]
    assert is_well_formed("anything", "LOCAL") is None
    assert set(SHAPED_SYSTEMS) <= set(CODE_SYSTEMS)

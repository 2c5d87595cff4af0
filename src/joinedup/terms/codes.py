"""The shapes of clinical codes: what is well formed, before any rule compares beginnings.

A rule that takes "C1" for a cancer takes "C1" cut short, or "C1Z", for one too; so a code without
its system's shape is refused first. Well formed is not in use: no system's list is here.

- ICD-10: a letter, two digits; then a digit or the filler X; then a digit or the filler -; then D
  or A for dagger or asterisk (NHS Data Dictionary, ICD-10 CODE, an4 to an6).
- OPCS-4: a letter but I, three digits (NHS Data Dictionary, OPCS-4 CODE, an4).
- SNOMED-CT, ECDS, dm+d: a concept identifier, 6 to 18 digits, partition 00 or 10, Verhoeff check
  digit (SNOMED International, Release File Specification, SCTID).
- BNF: chapter, section and paragraph of two digits each, subparagraph of one, chemical and product
  of two characters each, presentation of four; from the section on, cut at any of these (NHS
  Business Services Authority, BNF code structure).

The dot of ICD-10 and OPCS-4 may be there, and letters may be small. The NHS puts the dagger or
asterisk sixth, after a filler (`I10X-D`); many extracts leave the filler out (`I10XD`). No fifth
character of ICD-10 is a letter, so both are read, and the mark is left out of the plain code.
"""

from __future__ import annotations

import re
from typing import Final

import ibis
import ibis.expr.types as ir

_ICD10: Final = "[A-Za-z][0-9]{2}([.]?([0-9][0-9-]?|[Xx]-?)[ADad]?)?"
_OPCS4: Final = "[A-HJ-Za-hj-z][0-9]{2}[.]?[0-9]"
# Item, (namespace of seven,) partition, check digit; a namespace makes the partition 10, not 00.
_CONCEPT: Final = "[1-9][0-9]{2,14}00[0-9]|[1-9][0-9]{7,14}10[0-9]"
_BNF: Final = "[0-9]{4}([0-9]{2}([0-9]([0-9A-Za-z]{2}([0-9A-Za-z]{2}([0-9A-Za-z]{4})?)?)?)?)?"
_CONCEPT_SYSTEMS: Final = ("SNOMED-CT", "ECDS", "dm+d")
_SHAPES: Final = {
    "ICD-10": _ICD10,
    "OPCS-4": _OPCS4,
    "BNF": _BNF,
    **dict.fromkeys(_CONCEPT_SYSTEMS, _CONCEPT),
}
SHAPED_SYSTEMS: Final = tuple(_SHAPES)

# The dihedral group of order 10 and the permutation of digits by place: Verhoeff, Error Detecting
# Decimal Codes, 1969; SNOMED International, Release File Specification, Verhoeff.
_TURN: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6), (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4), (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)  # fmt: skip
_SHUFFLE: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_SHUFFLES: Final = 8


def has_code_shape(code: ir.StringValue, system: ir.StringValue | str) -> ir.BooleanValue:
    """Whether a code has the shape of its system; null where the system's shape is not known here.

    The check digit of SNOMED CT is not worked out: `is_well_formed` does that, for lists.
    """
    if isinstance(system, str):
        return _matches(code, _SHAPES[system]) if system in _SHAPES else ibis.null("boolean")
    return ibis.cases(
        *((system == name, _matches(code, shape)) for name, shape in _SHAPES.items()),
        else_=ibis.null("boolean"),
    )


def is_well_formed(code: str, system: str) -> bool | None:
    """The same of one code in plain Python, check digit included; None where it cannot be told."""
    if system not in _SHAPES:
        return None
    if not re.fullmatch(_SHAPES[system], code):
        return False
    return system not in _CONCEPT_SYSTEMS or has_verhoeff_digit(code)


def has_verhoeff_digit(digits: str) -> bool:
    """Whether the last of some digits is the Verhoeff check digit of the others."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        shuffled = int(digit)
        for _ in range(place % _SHUFFLES):
            shuffled = _SHUFFLE[shuffled]
        check = _TURN[check][shuffled]
    return check == 0


def plain_icd10(code: ir.StringValue) -> ir.StringValue:
    """A well-formed ICD-10 code as three to five capitals and digits: no dot, filler or mark.

    "i10.X-D" is I10; "F00.9" is F009. Null where the code has not the shape.
    """
    bare = code.upper().replace(".", "")
    plain = bare.re_extract("^([A-Z][0-9]{2}[0-9]{0,2})", 1)
    return has_code_shape(code, "ICD-10").ifelse(plain, ibis.null("string"))


def plain_icd10_of(code: str) -> str:
    """The same of one well-formed code in plain Python."""
    found = re.match("[A-Z][0-9]{2,4}", code.upper().replace(".", ""))
    return found.group() if found else ""


def _matches(code: ir.StringValue, shape: str) -> ir.BooleanValue:
    # Before a last line break, Java's $ matches and RE2's does not: such a code is refused on both.
    return code.re_search(f"^({shape})$") & ~code.contains("\n")

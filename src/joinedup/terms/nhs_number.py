"""NHS numbers: ten digits, the last of them a Modulus 11 check digit.

Source: NHS Data Dictionary, NHS NUMBER
(https://www.datadictionary.nhs.uk/attributes/nhs_number.html).
"""

from __future__ import annotations

import re
from typing import Final

import ibis
import ibis.expr.types as ir

# Weight of each digit from the left; the check digit weighs 1, so that a valid sum divides by 11.
WEIGHTS: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_MODULUS: Final = 11

# Numbers that stand for "not known": every digit the same passes Modulus 11, so the check digit
# cannot tell them; 1234567890 is what a form filled in for practice has.
PLACEHOLDERS: Final = (*(str(digit) * 10 for digit in range(10)), "1234567890")


def is_valid(number: str) -> bool:
    """Whether the text is ten digits with the right check digit, and no placeholder."""
    if not re.fullmatch(r"[0-9]{10}", number) or number in PLACEHOLDERS:
        return False
    return sum(weight * int(d) for weight, d in zip(WEIGHTS, number, strict=True)) % _MODULUS == 0


def ten_digits(text: ir.StringValue) -> ir.StringValue:
    """The number without spaces and hyphens; null where that is not ten digits."""
    bare = text.replace(" ", "").replace("-", "")
    return ibis.ifelse(bare.re_search("^[0-9]{10}$"), bare, ibis.null("string"))


def is_placeholder(number: ir.StringValue) -> ir.BooleanValue:
    """Whether a number stands for "not known"."""
    return number.isin(PLACEHOLDERS)


def has_check_digit(number: ir.StringValue) -> ir.BooleanValue:
    """Whether the last of ten digits is the Modulus 11 check digit of the others.

    Null where the text is not a whole number.
    """
    whole = number.try_cast("int64")
    total: ir.IntegerValue = whole % 10
    for place, weight in enumerate(reversed(WEIGHTS[:-1]), start=1):
        total = total + (whole // 10**place) % 10 * weight
    return total % _MODULUS == 0

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
_ALL_ONES: Final = 1111111111
_COUNTED_UP: Final = 1234567890
PLACEHOLDERS: Final = (*(str(digit) * 10 for digit in range(10)), str(_COUNTED_UP))


def is_valid(number: str) -> bool:
    """Whether the text is ten digits with the right check digit, and no placeholder."""
    if not re.fullmatch(r"[0-9]{10}", number) or number in PLACEHOLDERS:
        return False
    return sum(weight * int(d) for weight, d in zip(WEIGHTS, number, strict=True)) % _MODULUS == 0


def ten_digits(text: ir.StringValue) -> ir.StringValue:
    """The number without spaces and hyphens; null where that is not ten digits."""
    # Nearly all are written without; only the others are worth taking apart.
    digits = "^[0-9]{10}$"
    bare = text.replace(" ", "").replace("-", "")
    return ibis.cases(
        (text.re_search(digits), text),
        (bare.re_search(digits), bare),
        else_=ibis.null("string"),
    )


def is_placeholder(whole: ir.IntegerValue) -> ir.BooleanValue:
    """Whether a ten-digit number stands for "not known": see `PLACEHOLDERS`."""
    return (whole % _ALL_ONES == 0) | (whole == _COUNTED_UP)


def as_whole(number: ir.StringValue) -> ir.IntegerValue:
    """Ten digits as a whole number, for `has_check_digit`."""
    return number.try_cast("int64")


def has_check_digit(whole: ir.IntegerValue) -> ir.BooleanValue:
    """Whether the last digit of a ten-digit number is the Modulus 11 check digit of the others.

    The digit at place k from the right weighs k + 1. As it is q(k) - 10 q(k + 1), where q(k) is the
    number without its last k digits, the weighted sum is that of (1 - 9k) q(k); and modulo 11,
    1 - 9k is 1 + 2k, which spares a remainder a digit.
    """
    total = whole
    for place in range(1, len(WEIGHTS)):
        total = total + (whole // 10**place) * (1 + 2 * place)
    return total % _MODULUS == 0

"""Text that a spreadsheet will open: a formula in it must stay text.

A cell that begins with =, +, -, @, a tab or a line end is worked out as a formula, which may send
what stands beside it elsewhere (OWASP, CSV Injection; CWE-1236). The advice there is a single
quotation mark before it, which spreadsheets hide. The lake keeps text as it came.
"""

from __future__ import annotations

from typing import Final

# The wide forms are read as the others are where East Asian languages are set.
_BEGINS_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def as_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also where it drops spaces at the front."""
    if text.startswith(_BEGINS_FORMULA) or text.lstrip().startswith(_BEGINS_FORMULA):
        return f"'{text}"
    return text

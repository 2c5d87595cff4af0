"""Text from elsewhere made fit to be shown: on a terminal, in a log, in a message.

What a partner sends or a setting says may hold characters that move the cursor, hide what follows
or turn its direction round. Shown text has them written out, as \\x1b or \\u202e.
"""

from __future__ import annotations

import json
import re
from typing import Final

SHOWN_CHARACTERS: Final = 80

# Control characters but line feed and tab, line separators, byte-order mark, lone halves of
# surrogate pairs, and what turns the direction of writing (Unicode Standard, chapter 23; Unicode
# Technical Report 36, section 2.9; CVE-2021-42574).
_UNSHOWN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_ENDS: Final = {"\n": "\\n", "\t": "\\t"}


def is_plain(text: str) -> bool:
    """Whether text is of one line and holds nothing that is not to be seen."""
    return _UNSHOWN.search(text) is None and not any(mark in text for mark in _LINE_ENDS)


def visible(text: str) -> str:
    """Text with everything written out that would not be seen; lines and tabs are kept."""
    return _UNSHOWN.sub(_written_out, text)


def visible_line(text: str) -> str:
    """As `visible`, on one line."""
    return re.sub("[\n\t]", lambda mark: _LINE_ENDS[mark[0]], visible(text))


def visible_json(text: str) -> str:
    """JSON text with everything that would not be seen written out as JSON does."""
    return _UNSHOWN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def shown(text: str) -> str:
    """As `visible_line`, and its beginning alone where it is long: for messages."""
    cut = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "\u2026"
    return visible_line(cut)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8, as Python holds it (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

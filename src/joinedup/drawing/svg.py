"""The few SVG elements that the pictures are made of, escaped.

Sizes across are percentages of the picture and sizes of text are pixels, so that a picture fills
a telephone or a wide screen while its words stay the same size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

TEXT_PX: Final = 14
SMALL_TEXT_PX: Final = 13
FONT: Final = "Arial, Helvetica, sans-serif"

# What XML 1.0 (section 2.2) cannot hold, and marks that would turn the words after them round
# (Unicode Standard Annex 9): a name from a partner must not spoil the picture round it.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def element(tag: str, content: str = "", **attributes: str | float) -> str:
    """One element; `_` in an attribute's name stands for `-`, a last `_` is dropped."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_plain(value), quote=True)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def text(words: str, *, x: str | float, y: str | float, **attributes: str | float) -> str:
    """A line of text at a place; 14 pixels unless told."""
    attributes.setdefault("font_size", TEXT_PX)
    return element("text", escape(writable(words)), x=x, y=y, **attributes)


def writable(words: str) -> str:
    """Words that XML can hold: what it cannot becomes U+FFFD, turning marks go."""
    return _TURNING.sub("", _UNWRITABLE.sub("\ufffd", words))


def picture(parts: Iterable[str], *, name: str, title: str, description: str, **size: str) -> str:
    """A whole picture with a title and a description that assistive technology reads out.

    `name` is unique on the page; `size` is `height` in pixels, a `style` that gives it, or a
    `viewBox` besides.
    """
    content = (
        element("title", escape(writable(title)), id=f"{name}-title")
        + element("desc", escape(writable(description)), id=f"{name}-desc")
        + "".join(parts)
    )
    return element(
        "svg",
        content,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        width="100%",
        font_family=FONT,
        **size,
    )


def percent(share: float) -> str:
    """A share, 0 to 1, as a percentage of the picture's width."""
    return f"{_plain(share * 100)}%"


def _plain(value: str | float) -> str:
    """A number without needless digits."""
    return value if isinstance(value, str) else f"{value:.3f}".rstrip("0").rstrip(".")

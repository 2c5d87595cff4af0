"""The few SVG elements that the pictures are made of, escaped.

Sizes across are percentages of the picture and sizes of text are pixels, so that a picture fills
a telephone or a wide screen while its words stay the same size.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

TEXT_PX: Final = 14
SMALL_TEXT_PX: Final = 13
FONT: Final = "Arial, Helvetica, sans-serif"


def element(tag: str, content: str = "", **attributes: str | float) -> str:
    """One element; `_` in an attribute's name stands for `-`, a last `_` is dropped."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_plain(value), quote=True)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def text(words: str, *, x: str, y: str | float, **attributes: str | float) -> str:
    """A line of text at a place; 14 pixels unless told."""
    attributes.setdefault("font_size", TEXT_PX)
    return element("text", escape(words), x=x, y=y, **attributes)


def picture(parts: Iterable[str], *, name: str, title: str, description: str, **size: str) -> str:
    """A whole picture with a title and a description that assistive technology reads out.

    `name` is unique on the page; `size` is `height` in pixels, or a `style` that gives it.
    """
    content = (
        element("title", escape(title), id=f"{name}-title")
        + element("desc", escape(description), id=f"{name}-desc")
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

"""How wide words are, so that labels neither overlap nor leave the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from unicodedata import category, east_asian_width

from joinedup.drawing.svg import writable

# Advance widths of Helvetica, with which Arial is metrically compatible, in thousandths of the
# size: Adobe Core 14 font metrics.
_WIDTHS: Final = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckszvxy",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTH_OF: Final = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
# Letters of other scripts: as wide as the widest common ones, so that words are never cut short.
_OTHER: Final = 800
_BOLD: Final = 1.09
# Fonts that stand in for Arial are a little wider.
_CAUTION: Final = 1.03


def words_px(words: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of words in pixels; on the wide side for other scripts than Latin."""
    thousandths = sum(map(_letter, writable(words)))
    return thousandths * size / 1000 * (_BOLD if bold else 1) * _CAUTION


def fitted(words: str, room_px: float, size: float, *, bold: bool = False) -> str:
    """The words, cut with an ellipsis where they have no room."""
    if words_px(words, size, bold=bold) <= room_px:
        return words
    kept = words
    while kept and words_px(kept + "…", size, bold=bold) > room_px:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def shortened(words: str, room_px: float, size: float, *, bold: bool = False) -> str:
    """The words, cut in the middle where they have no room: names often differ at their end."""
    if words_px(words, size, bold=bold) <= room_px:
        return words
    for kept in range(len(words) - 1, 0, -1):
        tail = kept // 2
        cut = words[: kept - tail].rstrip() + "…" + words[len(words) - tail :].lstrip()
        if words_px(cut, size, bold=bold) <= room_px:
            return cut
    return "…"


def folded(
    words: str, room_px: float, size: float, *, most: int = 99, bold: bool = False
) -> tuple[str, ...]:
    """The words on at most so many lines, none wider than the room; the last is cut if need be."""
    lines: list[str] = []
    rest = words.split()
    while rest:
        if len(lines) == most - 1:
            lines.append(fitted(" ".join(rest), room_px, size, bold=bold))
            break
        taken = 1
        while taken < len(rest) and (
            words_px(" ".join(rest[: taken + 1]), size, bold=bold) <= room_px
        ):
            taken += 1
        lines.append(fitted(" ".join(rest[:taken]), room_px, size, bold=bold))
        rest = rest[taken:]
    return tuple(lines)


def spread(wanted: Sequence[float], gap: float, *, low: float, high: float) -> tuple[float, ...]:
    """Places near the wanted ones, in the same order, at least `gap` apart, within low and high.

    Where there is no room for that gap between them, the gap is what there is room for.
    """
    count = len(wanted)
    if count > 1:
        gap = min(gap, max(high - low, 0) / (count - 1))
    order = sorted(range(count), key=lambda place: (wanted[place], place))
    places = [0.0] * count
    floor = low
    for one in order:
        places[one] = max(wanted[one], floor)
        floor = places[one] + gap
    ceiling = high
    for one in reversed(order):
        places[one] = min(places[one], ceiling)
        ceiling = places[one] - gap
    return tuple(places)


def _letter(letter: str) -> int:
    if letter in _WIDTH_OF:
        return _WIDTH_OF[letter]
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 1040 if east_asian_width(letter) in "WF" or letter in "…\ufffd" else _OTHER

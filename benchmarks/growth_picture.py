"""The curves of growth as one SVG: a line a step, told apart by dashes, marks and words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

Points = Sequence[tuple[int, float]]
Place = Callable[[int, float], tuple[float, float]]

WIDTH, HEIGHT = 900, 430
TOP, BOTTOM = 56, 372
PANELS = ((64, 300), (520, 756))  # left and right edges of both panels' axes
DASHES = ("", "9 4", "3 3", "12 4 3 4", "2 6", "16 5", "1 3", "20 4 4 4 4 4")
INK, GREY = "#212b32", "#aeb7bd"
FONT = "Arial, Helvetica, sans-serif"
LINE_PX = 15


def draw_growth(seconds: Mapping[str, Points], peak_mb: Mapping[str, Points]) -> str:
    """Two panels on logarithmic scales: seconds by step, and peak memory by memory setting."""
    people = sorted({x for points in (*seconds.values(), *peak_mb.values()) for x, _ in points})
    told = f"Measured for {', '.join(f'{one:,}' for one in people)} people."
    title = "Time and memory of a run as people grow"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="13" fill="{INK}">',
        f'<title id="t">{title}</title><desc id="d">{told} {_described(seconds, peak_mb)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_panel(PANELS[0], "Seconds of each step", people, seconds, with_proportion=True),
        *_panel(PANELS[1], "Most memory, MB", people, peak_mb, with_proportion=False),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _described(*many: Mapping[str, Points]) -> str:
    ends = [
        f"{name}: {points[-1][1]:,.1f} at {points[-1][0]:,} people"
        for lines in many
        for name, points in lines.items()
        if points
    ]
    return escape("; ".join(ends) + ".")


def _panel(
    edges: tuple[int, int],
    title: str,
    people: Sequence[int],
    lines: Mapping[str, Points],
    *,
    with_proportion: bool,
) -> list[str]:
    left, right = edges
    values = [value for points in lines.values() for _, value in points if value > 0]
    low, high = _decades(min(values), max(values))
    first, last = math.log10(people[0]), math.log10(people[-1])
    across = max(last - first, 0.1)

    def place(x: int, y: float) -> tuple[float, float]:
        px = left + (math.log10(x) - first) / across * (right - left)
        share = (math.log10(max(y, 10.0**low)) - low) / (high - low)
        return px, BOTTOM - share * (BOTTOM - TOP)

    parts = [
        f'<text x="{left - 40}" y="{TOP - 28}" font-size="15" font-weight="bold">{title}</text>'
    ]
    for power in range(low, high + 1):
        y = place(people[0], 10.0**power)[1]
        parts.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{GREY}" stroke-width="0.7"/>')
        label = f"{10.0**power:,.0f}" if power >= 0 else f"{10.0**power:g}"
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for one in people:
        x = place(one, 1.0)[0]
        parts.append(f'<path d="M{x:.1f} {BOTTOM}v5" stroke="{INK}"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{_short(one)}</text>'
        )
    parts.append(
        f'<text x="{(left + right) / 2}" y="{BOTTOM + 42}" text-anchor="middle">'
        f"{'people (grey band: in proportion)' if with_proportion else 'people'}</text>"
    )
    if with_proportion:
        parts.append(_in_proportion(place, next(iter(lines.values())), people[-1]))
    ends = []
    for number, (name, points) in enumerate(lines.items()):
        parts += _line(place, points, number)
        ends.append((place(*points[-1])[1], name))
    return parts + _names(ends, right)


def _in_proportion(place: Place, first: Points, most: int) -> str:
    """A band of slope 1 from the first line's first point: what in proportion looks like."""
    people, value = first[0]
    (x1, y1), (x2, y2) = place(people, value), place(most, value * most / people)
    if y2 < TOP:
        x2, y2 = x1 + (x2 - x1) * (y1 - TOP) / (y1 - y2), TOP
    return (
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{GREY}" stroke-width="6" '
        f'stroke-linecap="round" opacity="0.6"/>'
    )


def _line(place: Place, points: Points, number: int) -> list[str]:
    spots = [place(x, y) for x, y in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    dash = DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return [
        f'<path d="M{path}" fill="none" stroke="{INK}" stroke-width="1.8"{dashed}/>',
        *(_mark(x, y, number) for x, y in spots),
    ]


def _mark(x: float, y: float, number: int) -> str:
    kind, filled = number % 3, number % 2 == 0
    style = f'fill="{INK if filled else "#ffffff"}" stroke="{INK}" stroke-width="1.4"'
    if kind == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {style}/>'
    if kind == 1:
        return f'<rect x="{x - 3.6:.1f}" y="{y - 3.6:.1f}" width="7.2" height="7.2" {style}/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 8.5h-10z" {style}/>'


def _names(ends: list[tuple[float, str]], right: int) -> list[str]:
    """Each line's name beside its end, moved apart where they would overlap."""
    parts, lowest = [], -math.inf
    for y, name in sorted(ends):
        at = max(y, lowest + LINE_PX)
        lowest = at
        parts.append(
            f'<path d="M{right + 6} {y:.1f}L{right + 16} {at:.1f}" stroke="{GREY}"/>'
            f'<text x="{right + 20}" y="{at + 4:.1f}">{escape(name)}</text>'
        )
    return parts


def _decades(lowest: float, highest: float) -> tuple[int, int]:
    low, high = math.floor(math.log10(lowest)), math.ceil(math.log10(highest))
    return low, max(high, low + 1)


def _short(people: int) -> str:
    return f"{people / 1e6:g}M" if people >= 1_000_000 else f"{people / 1e3:g}k"

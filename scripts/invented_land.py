"""The land of the invented system: a coast, a river, and small areas that tile it neatly.

Everything is drawn in kilometres on a flat sheet. The place is invented: the sheet is laid in the
North Sea, where there is no land, so that nobody takes it for a real county.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Edge = tuple[int, int]

# South-west corner of the sheet, degrees; and kilometres in a degree there (WGS 84).
WEST, SOUTH = 1.15, 53.30
KM_PER_DEGREE_NORTH = 111.3
KM_PER_DEGREE_EAST = 111.32 * np.cos(np.radians(SOUTH + 0.2))

# The coast from the north down, into the harbour and out again, to the south-west.
_COAST = [
    (44, 44), (45.2, 41), (44.4, 38), (46, 35.5), (47.6, 33.4), (49.8, 31.6), (50.4, 30.4),
    (48.8, 28.9), (46.6, 27.8), (45.7, 26.2), (45.9, 24.9),
]  # fmt: skip
_NORTH_BANK = [(45.9, 24.9), (43.2, 24.35), (40.6, 24.55), (38.2, 23.75), (36.2, 23.9)]
_SOUTH_BANK = [(36.2, 23.9), (38.3, 23.2), (40.6, 23.75), (43.2, 23.45), (46.1, 23.2)]
_SOUTH_COAST = [
    (46.1, 23.2), (46.9, 21.6), (47.3, 18.6), (46.6, 15.6), (44.2, 12.6), (41.2, 10.9),
    (38.4, 8.4), (35.2, 7.9), (33.2, 6.2), (29.6, 6.6), (26.2, 5.0), (22.4, 5.6), (18.2, 3.6),
    (14.2, 3.2),
]  # fmt: skip
_BORDER_SOUTH = [(14.2, 3.2), (13, 6), (10.5, 10), (9, 15), (5.5, 18), (4.2, 22), (5.4, 26.4)]
_BORDER_NORTH = [
    (5.4, 26.4), (5.6, 30), (5.0, 33.4), (8.5, 37), (12.2, 40), (18, 41.4), (24, 40.6),
    (30, 42.4), (37, 43.4), (44, 44),
]  # fmt: skip
_RIVER = [
    (36.2, 23.9), (33, 24.7), (29, 23.9), (25, 25.3), (20, 24.5), (15, 26), (10, 25.5),
    (5.4, 26.4),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Land:
    """Two banks of the river, each a closed outline; together the whole of the land."""

    north: Points
    south: Points


def draw_land(rng: np.random.Generator) -> Land:
    """The outlines, with the fine crookedness that coasts and rivers have."""
    coast = _crooked(_COAST, rng, 5, 0.19)
    north_bank = _crooked(_NORTH_BANK, rng, 3, 0.04)
    south_bank = _crooked(_SOUTH_BANK, rng, 3, 0.04)
    south_coast = _crooked(_SOUTH_COAST, rng, 5, 0.19)
    border_south = _crooked(_BORDER_SOUTH, rng, 3, 0.10)
    border_north = _crooked(_BORDER_NORTH, rng, 3, 0.10)
    river = _crooked(_RIVER, rng, 3, 0.10)
    north = np.concatenate([coast[:-1], north_bank[:-1], river[:-1], border_north[:-1]])
    south = np.concatenate([river[::-1][:-1], south_bank[:-1], south_coast[:-1], border_south[:-1]])
    return Land(north, south)


def inside(points: Points, outline: Points) -> NDArray[np.bool_]:
    """Which points lie in an outline (even-odd)."""
    found = np.zeros(len(points), bool)
    x, y = points[:, 0], points[:, 1]
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 != y2:
            crosses = (y1 > y) != (y2 > y)
            found ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def tile(land: Land, seeds: Points) -> list[list[tuple[float, float]]]:
    """One ring a seed: the land nearest to it on its own bank of the river, with crooked edges.

    Neighbours share their corners exactly, so that adjoining areas dissolve without a seam.
    """
    cells: list[Points] = [np.empty((0, 2))] * len(seeds)
    for outline in (land.north, land.south):
        here = np.flatnonzero(inside(seeds, outline))
        for place in here:
            others = np.delete(seeds[here], np.searchsorted(here, place), axis=0)
            cells[place] = _nearest_land(outline, seeds[place], others)
    corners, rings = _joined(cells)
    return _with_crooked_edges(corners, rings)


def to_degrees(points: Points) -> Points:
    """Longitude and latitude, to five decimals (about a metre)."""
    east = WEST + points[:, 0] / KM_PER_DEGREE_EAST
    north = SOUTH + points[:, 1] / KM_PER_DEGREE_NORTH
    return np.round(np.column_stack([east, north]), 5)


def outer_rings(rings: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """The outline of several areas that share corners: edges that two of them have fall away."""
    edges = {edge for ring in rings for edge in pairwise(ring)}
    outer = {edge for edge in edges if edge[::-1] not in edges}
    follows = defaultdict(list)
    for start, end in sorted(outer):
        follows[start].append(end)
    found = []
    while follows:
        start = min(follows)
        ring = [start]
        while ring[0] != ring[-1] or len(ring) == 1:
            ends = follows[ring[-1]]
            ring.append(ends.pop())
            if not ends:
                del follows[ring[-2]]
        found.append(ring)
    return sorted(found, key=len, reverse=True)


def _crooked(
    line: list[tuple[float, float]], rng: np.random.Generator, rounds: int, size: float
) -> Points:
    """Midpoint displacement: each round halves every piece and pushes the middle aside."""
    points = np.array(line, float)
    for _ in range(rounds):
        along = np.diff(points, axis=0)
        aside = np.column_stack([-along[:, 1], along[:, 0]])
        push = rng.uniform(-size, size, len(along))[:, None]
        middle = (points[:-1] + points[1:]) / 2 + aside * push
        points = np.concatenate(
            [np.stack([points[:-1], middle], axis=1).reshape(-1, 2), points[-1:]]
        )
    return points


def _nearest_land(outline: Points, seed: Points, others: Points) -> Points:
    """The outline cut down to what lies nearer to the seed than to any other."""
    ring = outline
    for other in others[np.argsort(((others - seed) ** 2).sum(axis=1))][:60]:
        away, middle = other - seed, (other + seed) / 2
        depth = (ring - middle) @ away
        if (depth <= 0).all():
            continue
        ring = _cut(ring, depth)
    return ring


def _cut(ring: Points, depth: NDArray[np.float64]) -> Points:
    kept = []
    for here, there, d1, d2 in zip(
        ring, np.roll(ring, -1, axis=0), depth, np.roll(depth, -1), strict=True
    ):
        if d1 <= 0:
            kept.append(here)
        if (d1 <= 0) != (d2 <= 0):
            kept.append(here + (there - here) * (d1 / (d1 - d2)))
    return np.array(kept)


def _joined(cells: list[Points]) -> tuple[Points, list[list[int]]]:
    """Corners numbered once, those within a metre of each other being one; and each cell's ring.

    A corner that lies on another cell's edge is put into that edge as well.
    """
    every = np.concatenate(cells)
    number = np.full(len(every), -1)
    corners: list[Points] = []
    for place in range(len(every)):
        if number[place] < 0:
            same = np.flatnonzero((np.abs(every - every[place]) < 1e-3).all(axis=1))
            same = same[number[same] < 0]
            number[same] = len(corners)
            corners.append(every[place])
    points = np.array(corners)
    rings, start = [], 0
    for cell in cells:
        ring = number[start : start + len(cell)].tolist()
        start += len(cell)
        ring = [one for one, before in zip(ring, [ring[-1], *ring[:-1]], strict=True)
                if one != before]  # fmt: skip
        rings.append(_with_corners_between(ring, points))
    return points, rings


def _with_corners_between(ring: list[int], points: Points) -> list[int]:
    full: list[int] = []
    for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
        along = points[there] - points[here]
        length = float(np.hypot(*along))
        to = points - points[here]
        part = to @ along / length**2
        off = np.abs(to[:, 0] * along[1] - to[:, 1] * along[0]) / length
        between = np.flatnonzero((off < 1e-3) & (part > 1e-6) & (part < 1 - 1e-6))
        between = between[(between != here) & (between != there)]
        full += [here, *between[np.argsort(part[between])].tolist()]
    return full


def _with_crooked_edges(corners: Points, rings: list[list[int]]) -> list[list[tuple[float, float]]]:
    """Rings in degrees, closed; an edge between two areas bends the same way for both."""
    uses: dict[Edge, int] = defaultdict(int)
    for ring in rings:
        for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
            uses[min(here, there), max(here, there)] += 1
    bent = {edge: _bend(corners, edge) if used == 2 else None for edge, used in uses.items()}
    drawn = []
    for ring in rings:
        line: list[Points] = []
        for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
            line.append(corners[here][None])
            middle = bent[min(here, there), max(here, there)]
            if middle is not None:
                line.append(middle if here < there else middle[::-1])
        degrees = to_degrees(np.concatenate([*line, corners[ring[0]][None]]))
        # The land was drawn clockwise; GeoJSON wants outer rings the other way (RFC 7946, 3.1.6).
        drawn.append(_tidy([(float(x), float(y)) for x, y in degrees[::-1]]))
    return drawn


def _bend(corners: Points, edge: Edge) -> Points | None:
    start, end = corners[edge[0]], corners[edge[1]]
    length = float(np.hypot(*(end - start)))
    if length < 0.25:
        return None
    rng = np.random.default_rng([int(abs(v) * 1000) for v in (*start, *end)])
    rounds = 2 if length < 1.2 else 3
    return _crooked([tuple(start), tuple(end)], rng, rounds, 0.09)[1:-1]


def _tidy(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [point for place, point in enumerate(ring) if place == 0 or point != ring[place - 1]]

"""Outlines of areas: from longitude and latitude to a flat picture, and small areas to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

Ring = Sequence[tuple[float, float]]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """The window of a map, in degrees, and the width in units of the picture.

    Equirectangular: a degree of longitude is shortened by the cosine of the middle latitude,
    which is true to shape for an area the size of a health system.
    """

    west: float
    south: float
    east: float
    north: float
    width: int = 1000

    @property
    def height(self) -> int:
        """Height in units, so that a mile up is a mile across."""
        return max(1, round((self.north - self.south) * self._units_per_degree))

    @property
    def _units_per_degree(self) -> float:
        return self.width / ((self.east - self.west) * self._shortening)

    @property
    def _shortening(self) -> float:
        return cos(radians((self.south + self.north) / 2))

    def place(self, longitude: float, latitude: float) -> Point:
        """The nearest whole unit; snapping neighbours alike leaves no gap between them."""
        across = (longitude - self.west) * self._shortening * self._units_per_degree
        down = (self.north - latitude) * self._units_per_degree
        return round(across), round(down)


def frame_around(rings: Iterable[Ring], *, margin: float = 0.02) -> Frame:
    """The window that holds all the rings, with a margin as a share of its size."""
    points = [point for ring in rings for point in ring]
    longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
    across = max(max(longitudes) - min(longitudes), 1e-6) * margin
    up = max(max(latitudes) - min(latitudes), 1e-6) * margin
    return Frame(
        min(longitudes) - across, min(latitudes) - up, max(longitudes) + across, max(latitudes) + up
    )


def outline(rings: Iterable[Ring], frame: Frame) -> list[list[Point]]:
    """The outer edge of adjoining areas, as closed rings of the picture's units.

    An edge between two of the areas is walked once each way and cancels; what is left is the edge
    of the whole.
    """
    edges: dict[tuple[Point, Point], int] = defaultdict(int)
    for ring in rings:
        points = _flat(ring, frame)
        for start, end in zip(points, points[1:] + points[:1], strict=True):
            if edges.get((end, start), 0):
                edges[end, start] -= 1
            else:
                edges[start, end] += 1
    return [_straightened(ring) for ring in _rings(edges)]


def area_of(ring: Sequence[Point]) -> float:
    """Signed area of a closed ring, by the shoelace formula."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _sides(ring)) / 2


def label_point(rings: Sequence[Sequence[Point]]) -> tuple[float, float]:
    """A place well inside an area: the middle of its widest stretch on any of some level lines."""
    largest = max(rings, key=lambda ring: abs(area_of(ring)))
    downs = [y for _, y in largest]
    top, height = min(downs), max(downs) - min(downs)
    best = (0.0, float(largest[0][0]), float(largest[0][1]))
    for step in range(1, 12):
        # Half a unit off the grid, so that a line never runs along a vertex; the middle is liked.
        level = round(top + height * step / 12) + 0.5
        liking = 1 - abs(step - 6) / 12
        for left, right in _stretches(largest, level):
            best = max(best, ((right - left) * liking, (left + right) / 2, level))
    return best[1], best[2]


def path(rings: Iterable[Sequence[Point]]) -> str:
    """The rings as SVG path data, in relative moves."""
    return "".join(_path(ring) for ring in rings)


def _path(ring: Sequence[Point]) -> str:
    (x, y), *rest = ring
    moves = [f"M{x} {y}"]
    for next_x, next_y in rest:
        moves.append(f"l{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return "".join(moves) + "z"


def _flat(ring: Ring, frame: Frame) -> list[Point]:
    """The ring on the grid, clockwise on the screen, with no point twice in a row."""
    points: list[Point] = []
    for longitude, latitude in ring:
        point = frame.place(longitude, latitude)
        if not points or points[-1] != point:
            points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points if area_of(points) >= 0 else points[::-1]


def _rings(edges: dict[tuple[Point, Point], int]) -> list[list[Point]]:
    onward: dict[Point, list[Point]] = defaultdict(list)
    for (start, end), times in edges.items():
        onward[start].extend([end] * times)
    rings = []
    for start in list(onward):
        while onward[start]:
            ring, at = [start], onward[start].pop()
            while at != start and onward.get(at):
                ring.append(at)
                at = onward[at].pop()
            if len(ring) > 2:
                rings.append(ring)
    return rings


def _straightened(ring: list[Point]) -> list[Point]:
    """The ring without points on a straight line between their neighbours."""
    count = len(ring)
    kept = [
        ring[i] for i in range(count) if _turn(ring[i - 1], ring[i], ring[(i + 1) % count]) != 0
    ]
    return kept if len(kept) > 2 else ring


def _turn(a: Point, b: Point, c: Point) -> int:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def _sides(ring: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return ((ring[i - 1], ring[i]) for i in range(len(ring)))


def _stretches(ring: Sequence[Point], level: float) -> list[tuple[float, float]]:
    crossings = sorted(
        x1 + (level - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in _sides(ring)
        if (y1 > level) != (y2 > level)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=False))

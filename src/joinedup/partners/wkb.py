"""Outlines from the well-known binary form in which national tables hold them.

Open Geospatial Consortium, Simple Feature Access 1.2.1, section 8: polygons and multipolygons.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

Polygon = list[list[list[float]]]

_POLYGON: Final = 3
_MULTIPOLYGON: Final = 6
# About a metre in England; ONS's generalised outlines hold no more.
_DECIMALS: Final = 5


def polygons(shape: bytes) -> list[Polygon]:
    """The polygons of a shape, each a list of rings of [longitude, latitude].

    ValueError where it is something else or ends too soon.
    """
    try:
        kind, found, end = _geometry(shape, 0)
    except (struct.error, IndexError) as error:
        raise ValueError("the shape ends too soon") from error
    if end != len(shape) or kind not in (_POLYGON, _MULTIPOLYGON):
        raise ValueError("not a polygon or multipolygon")
    return found


def _geometry(shape: bytes, start: int) -> tuple[int, list[Polygon], int]:
    order = "<" if shape[start] == 1 else ">"
    kind, count = struct.unpack_from(f"{order}II", shape, start + 1)
    place = start + 9
    if kind == _POLYGON:
        rings = []
        for _ in range(count):
            ring, place = _ring(shape, place, order)
            rings.append(ring)
        return kind, [rings], place
    if kind != _MULTIPOLYGON:
        raise ValueError(f"a shape of kind {kind} is no polygon")
    found: list[Polygon] = []
    for _ in range(count):
        _, inner, place = _geometry(shape, place)
        found += inner
    return kind, found, place


def _ring(shape: bytes, place: int, order: str) -> tuple[list[list[float]], int]:
    (points,) = struct.unpack_from(f"{order}I", shape, place)
    place += 4
    end = place + 16 * points
    if end > len(shape):
        raise ValueError("the shape ends too soon")
    pairs = np.frombuffer(shape, f"{order}f8", 2 * points, place).reshape(-1, 2)
    return np.round(pairs, _DECIMALS).tolist(), end

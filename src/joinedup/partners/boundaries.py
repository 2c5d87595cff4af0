"""Outlines of the areas of a pack, for maps."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from joinedup.partners.pack import AreaPack
from joinedup.terms import NotFoundError, SourceDataError

Ring = list[tuple[float, float]]

# Kind of area → file of the pack, and the properties that may hold the area's code, best first.
# Where there are counties the outlines are of districts, each naming its county as the council.
_FILES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "lsoa": ("lsoa11.geojson", ("lsoa11_code",)),
    "council": ("ltla24.geojson", ("council_code", "ltla24_code")),
}


def boundaries(pack: AreaPack, kind: str = "lsoa") -> dict[str, list[Ring]]:
    """Area code → its rings of (longitude, latitude), outer rings and holes alike.

    Fill with the even-odd rule, and holes and rings that cross themselves come out right.
    Rings are closed: the last point is the first.
    """
    if kind not in _FILES:
        raise NotFoundError(
            f"A pack has no outlines of kind '{kind}'.", cure=f"Ask for {' or '.join(_FILES)}."
        )
    name, keys = _FILES[kind]
    path = pack.path / name
    found: dict[str, list[Ring]] = {}
    for feature in _features(path):
        try:
            named = feature["properties"]
            code = str(next(named[key] for key in keys if key in named))
            rings = _rings(feature["geometry"])
        except (
            KeyError, TypeError, ValueError, IndexError, StopIteration, OverflowError
        ):  # fmt: skip
            raise SourceDataError(
                f"A feature has no `{keys[-1]}` or no polygon.",
                where=str(path),
                cure="Each feature needs its code and a Polygon or MultiPolygon.",
            ) from None
        found.setdefault(code, []).extend(rings)
    return dict(sorted(found.items()))


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features: list[dict[str, Any]] = content["features"]
        return features
    except FileNotFoundError:
        raise SourceDataError(
            "The area pack has no such outlines.",
            where=str(path),
            cure="Cut the pack again with `joinedup area cut`.",
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):  # the last: nested without end
        raise SourceDataError(
            "It is not a GeoJSON feature collection.", where=str(path), cure="Cut the pack again."
        ) from None


def _rings(geometry: Mapping[str, Any]) -> list[Ring]:
    kind, shape = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(kind)
    polygons = [shape] if kind == "Polygon" else shape
    rings = [_ring(points) for polygon in polygons for points in polygon]
    return [ring for ring in rings if len(ring) >= 4]


def _ring(points: list[list[float]]) -> Ring:
    """The ring closed and without points that repeat the one before."""
    ring: Ring = []
    for point in points:
        here = (float(point[0]), float(point[1]))
        if not all(map(math.isfinite, here)):
            raise ValueError(here)
        if not ring or ring[-1] != here:
            ring.append(here)
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    return ring

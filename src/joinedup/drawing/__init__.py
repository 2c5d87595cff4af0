"""Server-drawn pictures: plain values in, accessible SVG out, nothing fetched."""

from joinedup.drawing.bars import Bar, draw_bars
from joinedup.drawing.choropleth import (
    MapArea,
    Shading,
    crowded,
    draw_key,
    draw_map,
    shading_for,
)
from joinedup.drawing.colour import contrast_ratio, ink_on
from joinedup.drawing.outlines import Ring
from joinedup.drawing.pyramid import PyramidBand, draw_pyramid

__all__ = [
    "Bar",
    "MapArea",
    "PyramidBand",
    "Ring",
    "Shading",
    "contrast_ratio",
    "crowded",
    "draw_bars",
    "draw_key",
    "draw_map",
    "draw_pyramid",
    "ink_on",
    "shading_for",
]

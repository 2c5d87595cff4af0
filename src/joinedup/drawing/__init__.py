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
from joinedup.drawing.funnel_chart import (
    FunnelChart,
    FunnelLimits,
    FunnelPlace,
    FunnelPoint,
    draw_funnel,
)
from joinedup.drawing.gap_chart import GapChart, GapGroup, draw_gap
from joinedup.drawing.interval_chart import IntervalChart, IntervalRow, Verdict, draw_intervals
from joinedup.drawing.line_chart import (
    Band,
    BandPoint,
    Level,
    LineChart,
    Series,
    draw_lines,
)
from joinedup.drawing.marks import Absence
from joinedup.drawing.outlines import Ring
from joinedup.drawing.pyramid import PyramidBand, draw_pyramid
from joinedup.drawing.sankey import Flow, SankeyChart, draw_sankey
from joinedup.drawing.sheet import NARROW_PX, WIDE_PX
from joinedup.drawing.spc_chart import SpcChart, SpcPoint, SpcSegment, Variation, draw_spc
from joinedup.drawing.spc_icons import AssuranceIcon, VariationIcon, draw_icon
from joinedup.drawing.timeline import TimePoint
from joinedup.drawing.units import Unit

__all__ = [
    "NARROW_PX",
    "WIDE_PX",
    "Absence",
    "AssuranceIcon",
    "Band",
    "BandPoint",
    "Bar",
    "Flow",
    "FunnelChart",
    "FunnelLimits",
    "FunnelPlace",
    "FunnelPoint",
    "GapChart",
    "GapGroup",
    "IntervalChart",
    "IntervalRow",
    "Level",
    "LineChart",
    "MapArea",
    "PyramidBand",
    "Ring",
    "SankeyChart",
    "Series",
    "Shading",
    "SpcChart",
    "SpcPoint",
    "SpcSegment",
    "TimePoint",
    "Unit",
    "Variation",
    "VariationIcon",
    "Verdict",
    "contrast_ratio",
    "crowded",
    "draw_bars",
    "draw_funnel",
    "draw_gap",
    "draw_icon",
    "draw_intervals",
    "draw_key",
    "draw_lines",
    "draw_map",
    "draw_pyramid",
    "draw_sankey",
    "draw_spc",
    "ink_on",
    "shading_for",
]

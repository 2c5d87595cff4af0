"""Whatever is drawn, the picture is well-formed, holds all that is in it, and no words overlap."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup import drawing
from joinedup.drawing import (
    Absence,
    Band,
    BandPoint,
    Flow,
    FunnelChart,
    FunnelLimits,
    FunnelPlace,
    FunnelPoint,
    GapChart,
    GapGroup,
    IntervalChart,
    IntervalRow,
    Level,
    LineChart,
    SankeyChart,
    Series,
    SpcChart,
    SpcPoint,
    SpcSegment,
    TimePoint,
    Unit,
    Variation,
    Verdict,
)
from tests.pictures import read

numbers = st.floats(-1e15, 1e15) | st.floats(-100, 100) | st.integers(-1000, 1000)
positive = st.floats(0, 1e15) | st.integers(0, 100_000)
values = numbers | st.sampled_from([None, *Absence])
words = st.text(max_size=60)
units = st.sampled_from(Unit)
widths = st.integers(240, 1200)
days = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))
some_days = st.lists(days, max_size=30, unique=True).map(sorted)
drawn_often = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(svg: str) -> None:
    picture = read(svg)
    assert picture.strays() == []
    assert picture.overlaps() == []
    assert {"title", "desc"} == {one.tag.split("}")[1] for one in list(picture.root)[:2]}


@st.composite
def control_charts(draw: st.DrawFn) -> SpcChart:
    points = [
        SpcPoint(day, draw(values), draw(st.sampled_from(Variation))) for day in draw(some_days)
    ]
    starts = sorted(draw(st.lists(days, max_size=3, unique=True)))
    segments = [
        SpcSegment(day, day + dt.timedelta(300), *draw(st.tuples(numbers, numbers, numbers)),
                   reason=draw(words), baseline_last=draw(st.none() | days))
        for day in starts
    ]  # fmt: skip
    target = draw(st.none() | numbers)
    return SpcChart(points, segments, draw(words), draw(units), target, draw(words))


@drawn_often
@given(control_charts(), words, widths)
def test_control_charts(chart: SpcChart, title: str, width: int) -> None:
    check(drawing.draw_spc(chart, name="a", title=title, description=title, width_px=width))


@st.composite
def funnels(draw: st.DrawFn) -> FunnelChart:
    points = draw(
        st.lists(
            st.builds(FunnelPoint, words, positive, values, st.sampled_from(FunnelPlace)),
            max_size=40,
        )
    )
    sizes = sorted(draw(st.lists(positive, max_size=8)))
    limits = [FunnelLimits(size, *(draw(numbers) for _ in range(4))) for size in sizes]
    return FunnelChart(points, limits, draw(numbers), draw(words), draw(words), draw(units))


@drawn_often
@given(funnels(), words, widths)
def test_funnels(chart: FunnelChart, title: str, width: int) -> None:
    check(drawing.draw_funnel(chart, name="a", title=title, description=title, width_px=width))


gap_groups = st.builds(GapGroup, words, values, st.none() | numbers, st.none() | numbers)
gaps = st.builds(
    GapChart, st.lists(gap_groups, max_size=10), words, units, st.none() | numbers, words,
    from_zero=st.booleans(), note=words,
)  # fmt: skip


@drawn_often
@given(gaps, words, widths)
def test_gaps(chart: GapChart, title: str, width: int) -> None:
    check(drawing.draw_gap(chart, name="a", title=title, description=title, width_px=width))


interval_rows = st.builds(
    IntervalRow, words, values, st.none() | numbers, st.none() | numbers, st.sampled_from(Verdict)
)
interval_charts = st.builds(
    IntervalChart, st.lists(interval_rows, max_size=60), numbers, words, words, units,
    focus=st.frozensets(words, max_size=3),
)  # fmt: skip


@drawn_often
@given(interval_charts, words, widths)
def test_intervals(chart: IntervalChart, title: str, width: int) -> None:
    check(drawing.draw_intervals(chart, name="a", title=title, description=title, width_px=width))


places = st.sampled_from([f"Place {at}" for at in range(16)]) | words
flows = st.builds(Flow, places, places, positive | st.sampled_from([None, *Absence]))
sankeys = st.builds(
    SankeyChart, st.lists(flows, max_size=60), st.tuples(words, words), words, units
)


@drawn_often
@given(sankeys, words, widths)
def test_flows(chart: SankeyChart, title: str, width: int) -> None:
    check(drawing.draw_sankey(chart, name="a", title=title, description=title, width_px=width))


@st.composite
def line_charts(draw: st.DrawFn) -> LineChart:
    series = [
        Series(draw(words), [TimePoint(day, draw(values)) for day in draw(some_days)])
        for _ in range(draw(st.integers(0, 5)))
    ]
    band = [BandPoint(day, draw(numbers), draw(numbers)) for day in draw(some_days)]
    levels = draw(st.lists(st.builds(Level, words, numbers), max_size=3))
    return LineChart(
        series, [Band(draw(words), band)], levels, draw(st.none() | days), draw(words), draw(units),
        draw(st.booleans()), draw(words),
    )  # fmt: skip


@drawn_often
@given(line_charts(), words, widths)
def test_lines(chart: LineChart, title: str, width: int) -> None:
    check(drawing.draw_lines(chart, name="a", title=title, description=title, width_px=width))

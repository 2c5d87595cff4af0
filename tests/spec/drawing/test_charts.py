"""What lies where on each chart, and what it says in words and shapes."""

from __future__ import annotations

import datetime as dt

import pytest

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
    Variation,
    Verdict,
)
from joinedup.drawing.marks import BAD, GOOD, UNJUDGED
from tests.pictures import Drawn, read

SAID = {"name": "a", "title": "Title", "description": "Description."}
MONTHS = [dt.date(2020, month, 1) for month in range(1, 13)]


def lines(drawn: Drawn, **attributes: str) -> list[dict[str, str]]:
    """Straight lines with these attributes."""
    return [
        one.attrib
        for one in drawn.shapes("line")
        if all(
            one.attrib.get(name.replace("_", "-")) == value for name, value in attributes.items()
        )
    ]


def control_chart(**more: object) -> Drawn:
    """Twelve months about 100, one at the upper limit, limits anew in July."""
    values = [100, 104, 98, 130, 97, 101, 110, 112, 108, 111, 109, 110]
    points = [SpcPoint(day, value) for day, value in zip(MONTHS, values, strict=True)]
    segments = (
        SpcSegment(MONTHS[0], MONTHS[5], 100, 70, 130),
        SpcSegment(MONTHS[6], MONTHS[11], 110, 100, 120, "Two trusts merged"),
    )
    settings: dict[str, object] = {"target": 105.0, **more}
    return read(drawing.draw_spc(SpcChart(points, segments, **settings), **SAID))  # type: ignore[arg-type]


def test_a_value_at_the_limit_lies_on_the_line_of_the_limit() -> None:
    drawn = control_chart()
    upper = lines(drawn, stroke_dasharray="6 4")[0]
    at_limit = drawn.shapes("circle")[3]
    assert float(at_limit.attrib["cy"]) == pytest.approx(float(upper["y1"]), abs=0.01)
    assert upper["y1"] == upper["y2"]


def test_limits_begin_anew_at_the_line_that_gives_the_reason() -> None:
    drawn = control_chart()
    (change,) = lines(drawn, stroke_dasharray="2 2")
    old, _, new, *_ = lines(drawn, stroke_dasharray="6 4")
    assert change["x1"] == change["x2"] == new["x1"]
    assert float(old["x2"]) < float(change["x1"])
    assert "Two trusts merged" in drawn.text()
    # It stands at July's point.
    assert float(change["x1"]) == pytest.approx(float(drawn.shapes("circle")[6].attrib["cx"]))


def test_the_newest_value_the_limits_and_the_target_are_named() -> None:
    text = control_chart().text().replace("\u200e", "")
    for words in ("Dec 2020: 110", "Upper limit 120", "Mean 110", "Lower limit 100", "Target 105"):
        assert words in text


@pytest.mark.parametrize(
    ("variation", "mark", "words"),
    [
        (Variation.IMPROVEMENT, GOOD, "special: improvement"),
        (Variation.CONCERN, BAD, "special: concern"),
        (Variation.NEITHER, UNJUDGED, "special: neither better nor worse"),
    ],
)
def test_a_special_point_has_a_shape_of_its_own(
    variation: Variation, mark: drawing.marks.Mark, words: str
) -> None:
    chart = SpcChart([SpcPoint(MONTHS[0], 5), SpcPoint(MONTHS[1], 9, variation)])
    drawn = read(drawing.draw_spc(chart, **SAID))
    # One on the plane, one in the key; the usual point is a circle in both places.
    assert len([one for one in drawn.shapes("path") if one.attrib["fill"] == mark.fill]) == 2
    assert len(drawn.shapes("circle")) == 2
    assert words in drawn.text()


def test_a_month_without_a_value_breaks_the_line_and_is_not_nought() -> None:
    values = [5.0, None, 7.0, Absence.NOT_SHOWN, 0.0]
    points = [SpcPoint(day, value) for day, value in zip(MONTHS, values, strict=False)]
    drawn = read(drawing.draw_spc(SpcChart(points), **SAID))
    assert len(lines(drawn, stroke_width="1.25")) == 0
    hidden = [one for one in drawn.shapes("rect") if one.attrib["fill"] == "url(#a-hatch)"]
    missing = [one for one in drawn.shapes("rect") if "stroke-dasharray" in one.attrib]
    # Each once on the plane and once in the key.
    assert len(hidden) == len(missing) == 2
    assert "not shown (small numbers)" in drawn.text()
    assert "no data" in drawn.text()


def test_the_marks_of_the_shapes_differ() -> None:
    assert len({mark.shape for mark in drawing.spc_chart.SPC_MARKS.values()}) == 4
    assert len({mark.shape for mark in drawing.interval_chart.VERDICT_MARKS.values()}) == 5
    assert len({(look.dashes, look.mark.shape) for look in drawing.line_chart.LINE_LOOKS}) == 5
    funnel = drawing.funnel_chart.FUNNEL_MARKS.values()
    # The two distances from the limits share a shape, and differ in being filled and in size.
    assert len({(mark.shape, mark.size_px) for mark in funnel}) == len(funnel)


def test_icons_say_the_same_in_shape_letter_and_words() -> None:
    looks = {**drawing.spc_icons.VARIATION_LOOKS, **drawing.spc_icons.ASSURANCE_LOOKS}
    said = {(look.corners, look.letter, look.words) for look in looks.values()}
    assert len(said) == len(looks)
    for icon, look in looks.items():
        drawn = read(drawing.draw_icon(icon, name="a"))
        assert look.letter in [one.text for one in drawn.words()]
        assert " ".join(one.text for one in drawn.words()[1:]) == look.words


def funnel_limits() -> list[FunnelLimits]:
    return [FunnelLimits(size, 40, 60, 30, 70) for size in (0, 100, 200)]


def test_a_point_at_the_limit_lies_on_the_curve() -> None:
    chart = FunnelChart(
        [FunnelPoint("Quay", 100, 70, FunnelPlace.ABOVE_998), FunnelPoint("Mill", 150, 50)],
        funnel_limits(),
        50,
        unit=drawing.Unit.NUMBER,
    )
    drawn = read(drawing.draw_funnel(chart, **SAID))
    curves = [one for one in drawn.shapes("path") if one.attrib["fill"] == "none"]
    assert len(curves) == 4
    heights = {one.attrib["d"].split("L")[0].split()[1] for one in curves}
    (quay,) = [one for one in drawn.shapes("path") if one.attrib["fill"] == "#b84f00"][:1]
    # An upward triangle: its point is its size above its middle.
    top = float(quay.attrib["d"].split("L")[0].split()[1])
    assert f"{top + 6:.2f}" in heights
    assert "Quay" in drawn.text()
    assert "Mill" not in drawn.text()


def test_points_that_cannot_be_drawn_are_counted_in_words() -> None:
    chart = FunnelChart(
        [FunnelPoint("a", 9, Absence.NOT_SHOWN), FunnelPoint("b", 8, None)], funnel_limits(), 50
    )
    text = read(drawing.draw_funnel(chart, **SAID)).text()
    assert "1 not shown (small numbers). 1 without data." in text


def test_nought_hidden_and_missing_look_different() -> None:
    chart = GapChart(
        [GapGroup("1", 0.0), GapGroup("2", Absence.NOT_SHOWN), GapGroup("3", None)], "Falls"
    )
    drawn = read(drawing.draw_gap(chart, **SAID))
    assert len([one for one in drawn.shapes("circle") if float(one.attrib["cy"]) < 120]) == 1
    fills = [one.attrib["fill"] for one in drawn.shapes("rect")]
    assert fills == ["url(#a-hatch)", "#ffffff", "url(#a-hatch)", "#ffffff"]
    text = [one.text for one in drawn.words()]
    assert {"0", "not shown (small numbers)", "no data"} <= set(text)


def test_a_whisker_ends_at_the_ends_of_the_interval() -> None:
    chart = GapChart([GapGroup("1", 50, 0, 100)], overall=50)
    drawn = read(drawing.draw_gap(chart, **SAID))
    whisker = lines(drawn, stroke_width="1.75")[0]
    grid = [float(one["x1"]) for one in lines(drawn, stroke="#e8edee") if one["x1"] == one["x2"]]
    nought = min(float(one["x1"]) for one in lines(drawn, stroke="#4c6272"))
    assert float(whisker["x1"]) == pytest.approx(nought)
    assert float(whisker["x2"]) == pytest.approx(max(grid))
    dot = drawn.shapes("circle")[0]
    assert float(dot.attrib["cx"]) == pytest.approx((nought + max(grid)) / 2, abs=0.01)


def test_areas_are_ranked_and_those_without_a_value_come_last() -> None:
    chart = IntervalChart(
        [
            IntervalRow("Mill", None),
            IntervalRow("Quay", 8, 7, 9, Verdict.WORSE),
            IntervalRow("Pier", 5, 4, 6),
            IntervalRow("Harbour", 9, 8, 10, Verdict.WORSE),
            IntervalRow("Wold", 5, 4, 6),
        ],
        6,
    )
    text = [one.text for one in read(drawing.draw_intervals(chart, **SAID)).words()]
    names = [one for one in text if one in {"Harbour", "Quay", "Pier", "Wold", "Mill"}]
    assert names == ["Harbour", "Quay", "Pier", "Wold", "Mill"]
    assert {"9, worse", "5, similar", "no data", "worse (2)", "similar (2)"} <= set(text)


def test_many_areas_keep_the_names_in_focus_and_at_the_ends() -> None:
    rows = [IntervalRow(f"Area {place}", place) for place in range(200)]
    chart = IntervalChart(rows, 100, focus=frozenset({"Area 77"}))
    text = read(drawing.draw_intervals(chart, **SAID)).text()
    for name in ("Area 199", "Area 198", "Area 77", "Area 1", "Area 0"):
        assert name in text
    assert "Area 150" not in text


def test_bands_are_as_thick_as_what_they_carry() -> None:
    chart = SankeyChart([Flow("a", "b", 300), Flow("a", "c", 100)])
    drawn = read(drawing.draw_sankey(chart, **SAID))
    nodes = [one for one in drawn.shapes("rect") if one.attrib["width"] == "10"]
    heights = sorted(float(one.attrib["height"]) for one in nodes)
    assert heights == pytest.approx([80, 240, 320])
    assert {"300", "100", "400"} <= {one.text for one in drawn.words()}


def test_a_hidden_band_is_hatched_and_not_added_up() -> None:
    chart = SankeyChart([Flow("a", "b", 300), Flow("a", "c", Absence.NOT_SHOWN)])
    drawn = read(drawing.draw_sankey(chart, **SAID))
    hatched = [one for one in drawn.shapes("path") if one.attrib["fill"] == "url(#a-hatch)"]
    assert len(hatched) == 1
    assert {"300 or more", "not shown"} <= {one.text for one in drawn.words()}


def test_more_than_twelve_places_are_the_eleven_largest_and_others() -> None:
    flows = [Flow(f"Place {place}", "Hospital", 100 - place) for place in range(15)]
    text = read(drawing.draw_sankey(SankeyChart(flows), **SAID)).text()
    assert "Others (4)" in text
    assert "Place 10" in text
    assert "Place 11" not in text
    # 89 + 88 + 87 + 86 patients.
    assert "350" in text


def test_a_negative_flow_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0"):
        drawing.draw_sankey(SankeyChart([Flow("a", "b", -1)]), **SAID)


def test_a_band_runs_between_its_ends_and_a_level_where_it_says() -> None:
    chart = LineChart(
        [Series("Seen", [TimePoint(day, 900) for day in MONTHS[:3]])],
        [Band("9 in 10", [BandPoint(day, 800, 1000) for day in MONTHS[2:5]])],
        [Level("Beds", 1000)],
        MONTHS[2],
    )
    drawn = read(drawing.draw_lines(chart, **SAID))
    (level,) = [one for one in lines(drawn, stroke_dasharray="10 3 2 3") if one["x1"] != "0"][:1]
    (area,) = [one for one in drawn.shapes("path") if one.attrib["fill"] == "#cfe2f4"]
    tops = min(float(pair.split()[1]) for pair in area.attrib["d"].strip("MZ").split("L"))
    assert tops == pytest.approx(float(level["y1"]), abs=0.01)
    assert {"forecast", "Beds: 1,000", "9 in 10"} <= {one.text for one in drawn.words()}


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="up to 5"):
        drawing.draw_lines(LineChart([Series(str(at), []) for at in range(6)]), **SAID)


def test_a_sheet_too_narrow_for_words_is_refused() -> None:
    with pytest.raises(ValueError, match="240"):
        drawing.draw_spc(SpcChart([]), width_px=200, **SAID)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        drawing.draw_spc(SpcChart([SpcPoint(MONTHS[0], value)]), **SAID)

"""Charts of real published series of Dorset: a merger of trusts, causes of delay, prevalence."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from math import sqrt
from statistics import mean
from string import capwords
from typing import Any

import pyarrow.parquet as pq
import pytest

from joinedup import drawing
from joinedup.drawing import (
    Flow,
    FunnelChart,
    FunnelLimits,
    FunnelPlace,
    FunnelPoint,
    SankeyChart,
    SpcChart,
    SpcPoint,
    SpcSegment,
    Unit,
    Variation,
)
from tests.pictures import Drawn, read
from tests.shared_material import SHARED, needs_shared

pytestmark = needs_shared
MERGER = dt.date(2020, 10, 1)
WIDTHS = (drawing.NARROW_PX, drawing.WIDE_PX)


def rows(*path: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = pq.read_table(SHARED.joinpath(*path)).to_pylist()
    return listed


def attendances() -> dict[dt.date, float]:
    """A&E attendances of all types: of Poole (RD3) and Bournemouth (RDZ), then of both (R0D).

    From November 2017, when both had begun to report the minor units.
    """
    found: dict[dt.date, float] = defaultdict(float)
    for row in rows("activity", "ae_attendances.parquet"):
        month = dt.date.fromisoformat(str(row["period"])[:10])
        if row["org_code"] in ("RD3", "RDZ") and month >= dt.date(2017, 11, 1):
            found[month] += row["attendances"]
    for row in rows("areas", "dorset", "ae_2021_2025.parquet"):
        if row["nhs_trust22_code"] == "R0D":
            month = dt.datetime.strptime(row["date"].strip(), "%B %Y").date()
            found[month] += row["total_attendances"]
    return dict(sorted(found.items()))


def limits(values: list[float]) -> tuple[float, float, float]:
    """Centre, lower and upper limit: 2.66 times the mean moving range (Wheeler, 1993)."""
    reach = 2.66 * mean(abs(two - one) for one, two in pairwise(values))
    return mean(values), mean(values) - reach, mean(values) + reach


def control_chart() -> SpcChart:
    series = attendances()
    parts = [
        {day: value for day, value in series.items() if (day >= MERGER) == is_merged}
        for is_merged in (False, True)
    ]
    segments, points = [], []
    for part, reason in zip(parts, ("", "Poole and Bournemouth merged, October 2020"), strict=True):
        centre, lower, upper = limits(list(part.values()))
        first = MERGER if reason else min(part)
        segments.append(SpcSegment(first, max(part), centre, lower, upper, reason))
        for day, value in part.items():
            kind = Variation.COMMON if lower <= value <= upper else Variation.NEITHER
            points.append(SpcPoint(day, value, kind))
        if not reason:
            points.append(SpcPoint(dt.date(2019, 4, 1), None))
    return SpcChart(
        points,
        segments,
        "Attendances a month, all types of department",
        note="Source: NHS England, A&E attendances. No months between April 2019 and August 2021.",
    )


def sound(svg: str) -> Drawn:
    drawn = read(svg)
    assert drawn.strays() == []
    assert drawn.overlaps() == []
    return drawn


@pytest.mark.parametrize("width", WIDTHS)
def test_the_merger_of_two_trusts_is_marked_and_the_limits_begin_anew(width: int) -> None:
    chart = control_chart()
    drawn = sound(
        drawing.draw_spc(
            chart, name="a", title="A&E attendances at University Hospitals Dorset and before",
            description="Each month's attendances.", width_px=width,
        )
    )  # fmt: skip
    assert "Poole and Bournemouth merged, October 2020" in drawn.text().replace(" | ", " ")
    # July 2025 as published, and the mean of the merged trust over its 47 months.
    assert "20,367" in drawn.text()
    merged = [value for day, value in attendances().items() if day >= MERGER]
    assert len(merged) == 47
    assert f"{round(sum(merged) / 47):,}" in drawn.text()
    lines = [one.attrib for one in drawn.shapes("line")]
    (change,) = [one for one in lines if one.get("stroke-dasharray") == "2 2"]
    dashed = [one for one in lines if one.get("stroke-dasharray") == "6 4"][:4]
    assert {one["x1"] for one in dashed[2:]} == {change["x1"]}
    # No line joins March 2019 to September 2021: the months between are not known.
    longest = max(
        float(one["x2"]) - float(one["x1"]) for one in lines if one.get("stroke-width") == "1.25"
    )
    assert longest < 20


@pytest.mark.parametrize("width", WIDTHS)
def test_delays_flow_from_trusts_to_their_causes(width: int) -> None:
    names = {"R0D": "University Hospitals Dorset", "RBD": "Dorset County Hospital"}
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows("activity", "england_delayed_discharge_reasons.parquet"):
        if row["nhs_trust22_code"] in names:
            counts[names[row["nhs_trust22_code"]], row["delay_reason"]] += row["delay_count"]
    flows = [Flow(trust, cause, count) for (trust, cause), count in sorted(counts.items())]
    drawn = sound(
        drawing.draw_sankey(
            SankeyChart(flows, ("Trust", "Why delayed"), "Delays, June 2024 to May 2025"),
            name="a", title="Why patients wait to leave hospital", description="Flows.",
            width_px=width,
        )
    )  # fmt: skip
    causes = len({cause for _, cause in counts})
    assert causes > 12
    assert f"Others ({causes - 11})" in drawn.text()
    for trust in names.values():
        total = sum(count for (of, _), count in counts.items() if of == trust)
        assert f"{total:,.0f}" in drawn.text()


@pytest.mark.parametrize("width", WIDTHS)
def test_prevalence_by_practice_as_a_funnel(width: int) -> None:
    share = {
        row["OrganisationCode"]: row["AF-prevalance"]
        for row in rows("activity", "qof_practice_prevalence.parquet")
    }
    practices = rows("areas", "dorset", "practices.parquet")
    known = [row for row in practices if share.get(row["ods"]) is not None]
    together = sum(share[row["ods"]] * row["list_size"] for row in known) / sum(
        row["list_size"] for row in known
    )

    def limits_at(size: float) -> FunnelLimits:
        error = sqrt(together * (1 - together) / size)
        return FunnelLimits(size, *(together + z * error for z in (-1.96, 1.96, -3.09, 3.09)))

    points = []
    for row in practices:
        value, place = share.get(row["ods"]), FunnelPlace.WITHIN
        at = limits_at(row["list_size"])
        if value is not None and not at.lower_998 <= value <= at.upper_998:
            place = FunnelPlace.ABOVE_998 if value > together else FunnelPlace.BELOW_998
        elif value is not None and not at.lower_95 <= value <= at.upper_95:
            place = FunnelPlace.ABOVE_95 if value > together else FunnelPlace.BELOW_95
        points.append(FunnelPoint(capwords(row["name"]), row["list_size"], value, place))
    chart = FunnelChart(
        points, [limits_at(size) for size in range(500, 60_000, 500)], together,
        "Share of registered patients, not adjusted for age", "Registered patients", Unit.PERCENT,
    )  # fmt: skip
    drawn = sound(
        drawing.draw_funnel(
            chart, name="a", title="Atrial fibrillation on practice registers in Dorset",
            description="A point for each practice.", width_px=width,
        )
    )  # fmt: skip
    far = sum(one.place in (FunnelPlace.ABOVE_998, FunnelPlace.BELOW_998) for one in points)
    named = sum(one.name in drawn.text() for one in points if "998" in one.place)
    assert far > 20
    assert f"{far - named:,} more beyond the 99.8% limits" in drawn.text() or named < far

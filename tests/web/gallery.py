"""Every chart with likely and with extreme data, on one page: invented, and seeded."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from joinedup import drawing
from joinedup.drawing import (
    Absence,
    AssuranceIcon,
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
    VariationIcon,
    Verdict,
)

HOSTILE = '<script>alert("x")</script> & \u202eesrever \x00'
ARABIC = "مستشفى المدينة الكبير"
LONG = "University Hospitals of Saltmarsh, Marshaven and the Wold Villages NHS Foundation Trust"
WIDE, NARROW = drawing.WIDE_PX, drawing.NARROW_PX
STYLE = """
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 Arial, Helvetica, sans-serif; color: #212b32; background: #fff; }
main { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
figure { margin: 0 0 2.5rem; }
svg { display: block; }
.narrow-only { display: none; }
@media (max-width: 40rem) { .wide-only { display: none; } .narrow-only { display: block; } }
@media print { figure { break-inside: avoid; }
  svg { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""


@dataclass(frozen=True)
class Picture:
    """One picture of the gallery: drawn for a width under a name."""

    name: str
    draw: Callable[[str, int], str]


def month(place: int) -> dt.date:
    """The first day of a month, counted from April 2020."""
    return dt.date(2020 + (place + 3) // 12, (place + 3) % 12 + 1, 1)


def spc(chart: SpcChart, title: str) -> Callable[[str, int], str]:
    return lambda name, width: drawing.draw_spc(
        chart, name=name, title=title, description="Each month's value.", width_px=width
    )


def likely_series() -> SpcChart:
    rng = random.Random(1)
    points = []
    for place in range(60):
        value = 0.78 + rng.gauss(0, 0.015) - (0.06 if 20 <= place < 34 else 0)
        kind = Variation.CONCERN if 20 <= place < 27 else Variation.COMMON
        if place > 50:
            value, kind = value + 0.05, Variation.IMPROVEMENT
        points.append(SpcPoint(month(place), None if place == 14 else round(value, 4), kind))
    return SpcChart(
        points,
        (
            SpcSegment(month(0), month(33), 0.76, 0.70, 0.82, "", baseline_last=month(19)),
            SpcSegment(month(34), month(59), 0.79, 0.74, 0.84, "Poole and Bournemouth merged"),
        ),
        "Seen within four hours, share of attendances",
        Unit.PERCENT,
        0.78,
        "Newest month: March 2025. Source: invented.",
    )


def funnel(chart: FunnelChart, title: str) -> Callable[[str, int], str]:
    return lambda name, width: drawing.draw_funnel(
        chart, name=name, title=title, description="A point for each practice.", width_px=width
    )


def limits(centre: float, largest: int) -> list[FunnelLimits]:
    found = []
    for step in range(1, 101):
        size = largest * (step / 100) ** 2
        error = sqrt(centre * (1 - centre) / size)
        low, high = 1.96 * error, 3.09 * error
        found.append(FunnelLimits(size, centre - low, centre + low, centre - high, centre + high))
    return found


def practices(count: int, centre: float = 0.07, spread: float = 1.6) -> list[FunnelPoint]:
    rng = random.Random(count)
    found = []
    for place in range(count):
        size = int(rng.lognormvariate(9, 0.6))
        error = sqrt(centre * (1 - centre) / size)
        away = rng.gauss(0, spread)
        value = max(centre + away * error, 0)
        kind = FunnelPlace.WITHIN
        if abs(away) > 3.09:
            kind = FunnelPlace.ABOVE_998 if away > 0 else FunnelPlace.BELOW_998
        elif abs(away) > 1.96:
            kind = FunnelPlace.ABOVE_95 if away > 0 else FunnelPlace.BELOW_95
        found.append(FunnelPoint(f"Practice {place} of the Quay", size, value, kind))
    return found


def gap(chart: GapChart, title: str) -> Callable[[str, int], str]:
    return lambda name, width: drawing.draw_gap(
        chart, name=name, title=title, description="A dot for each fifth.", width_px=width
    )


FIFTHS = (
    GapGroup("1, most deprived", 412.3, 395.0, 430.1),
    GapGroup("2", 355.9, 341.2, 371.0),
    GapGroup("3", Absence.NOT_SHOWN),
    GapGroup("4", None),
    GapGroup("5, least deprived", 0.0, 0.0, 12.0),
)


def intervals(chart: IntervalChart, title: str) -> Callable[[str, int], str]:
    return lambda name, width: drawing.draw_intervals(
        chart, name=name, title=title, description="Areas by their value.", width_px=width
    )


def areas(count: int) -> list[IntervalRow]:
    rng = random.Random(count)
    found = []
    for place in range(count):
        value, half = rng.gauss(100, 18), rng.uniform(6, 20)
        verdict = Verdict.SIMILAR
        if value - half > 100:
            verdict = Verdict.WORSE
        elif value + half < 100:
            verdict = Verdict.BETTER
        found.append(
            IntervalRow(f"Neighbourhood {place}", value, value - half, value + half, verdict)
        )
    return found


def sankey(chart: SankeyChart, title: str) -> Callable[[str, int], str]:
    return lambda name, width: drawing.draw_sankey(
        chart, name=name, title=title, description="A band for each flow.", width_px=width
    )


def flows(sources: int, targets: int) -> list[Flow]:
    rng = random.Random(sources)
    found = []
    for source in range(sources):
        for target in range(targets):
            if rng.random() < 0.6:
                value = int(rng.lognormvariate(5, 1.2))
                found.append(Flow(f"Place {source}", f"Hospital {target}", value))
    return found


def lines(chart: LineChart, title: str) -> Callable[[str, int], str]:
    return lambda name, width: drawing.draw_lines(
        chart, name=name, title=title, description="Beds by day.", width_px=width
    )


def occupancy() -> LineChart:
    rng = random.Random(4)
    start = dt.date(2026, 1, 1)
    days = [start + dt.timedelta(days=gone) for gone in range(120)]
    beds = [820 + 30 * rng.random() + gone / 3 for gone in range(120)]
    ahead = [
        BandPoint(
            days[gone], 850 + gone / 3 - (gone - 89) * 1.2, 850 + gone / 3 + (gone - 89) * 1.2
        )
        for gone in range(90, 120)
    ]
    return LineChart(
        (
            Series("Seen", [TimePoint(days[at], beds[at]) for at in range(90)]),
            Series("Expected", [TimePoint(days[at], 850 + at / 3) for at in range(90, 120)]),
        ),
        (Band("9 times in 10", ahead),),
        (Level("Beds open", 900),),
        days[90],
        "Occupied general and acute beds",
        note="Newest day: 31 March 2026.",
    )


def several() -> LineChart:
    return LineChart(
        [
            Series(
                name,
                [
                    TimePoint(
                        month(at), Absence.NOT_SHOWN if at == 9 and place == 1 else 100 + at * place
                    )
                    for at in range(24)
                ],
            )
            for place, name in enumerate(("Harbour", "Mill", LONG, "Pier", ARABIC))
        ],
        measure="Referrals a month",
    )


HOSTILE_SERIES = SpcChart(
    [SpcPoint(month(at), 1e9 + at * 1e8) for at in range(5)],
    (
        SpcSegment(month(0), month(2), 1e9, 9e8, 1.3e9, HOSTILE),
        SpcSegment(month(3), month(4), 1.2e9, None, None, LONG + " " + LONG),
    ),
    HOSTILE,
    Unit.POUNDS,
    note=ARABIC,
)

PICTURES = (
    Picture("spc-likely", spc(likely_series(), "Four-hour standard at Saltmarsh Hospitals")),
    Picture("spc-one", spc(SpcChart([SpcPoint(month(0), 12)], measure="Falls"), "One month")),
    Picture("spc-none", spc(SpcChart([]), "Nothing yet")),
    Picture(
        "spc-hidden",
        spc(
            SpcChart([SpcPoint(month(at), Absence.NOT_SHOWN) for at in range(12)], measure="Falls"),
            "All months held back",
        ),
    ),
    Picture(
        "spc-loss",
        spc(
            SpcChart(
                [
                    SpcPoint(month(at), -1_250_000.0 - 180_000 * at, Variation.NEITHER)
                    for at in range(14)
                ],
                (SpcSegment(month(0), month(13), -2.4e6, -4.2e6, -0.6e6, "Limits from 2020"),),
                "Surplus or deficit",
                Unit.POUNDS,
                0,
            ),
            "The deficit month by month",
        ),
    ),
    Picture("spc-hostile", spc(HOSTILE_SERIES, HOSTILE + LONG)),
    Picture(
        "funnel-likely",
        funnel(
            FunnelChart(
                [
                    *practices(73),
                    FunnelPoint("a", 900, Absence.NOT_SHOWN),
                    FunnelPoint("b", 3, None),
                ],
                limits(0.07, 40_000),
                0.07,
                "Share of patients with diabetes",
                "Patients aged 17 and over",
            ),
            "Diabetes on practice registers",
        ),
    ),
    Picture(
        "funnel-many",
        funnel(
            FunnelChart(practices(200, spread=4), limits(0.07, 60_000), 0.07, "Share"),
            "Two hundred practices, many far out",
        ),
    ),
    Picture(
        "funnel-one",
        funnel(
            FunnelChart(
                [FunnelPoint(LONG + HOSTILE, 5_000, 0.5, FunnelPlace.ABOVE_998)],
                limits(0.07, 6_000),
                0.07,
            ),
            "One practice",
        ),
    ),
    Picture(
        "funnel-hidden",
        funnel(
            FunnelChart([FunnelPoint("a", 100, Absence.NOT_SHOWN)], limits(0.1, 1_000), 0.1),
            "All held back",
        ),
    ),
    Picture(
        "gap-likely",
        gap(
            GapChart(
                FIFTHS,
                "Emergency admissions per 100,000 people, age-standardised",
                Unit.RATE,
                301.2,
                "All of Saltmarsh",
            ),
            "Emergency admissions by deprivation fifth",
        ),
    ),
    Picture(
        "gap-hidden",
        gap(
            GapChart([GapGroup(f"Fifth {at}", Absence.NOT_SHOWN) for at in range(5)]), "All hidden"
        ),
    ),
    Picture(
        "gap-below",
        gap(
            GapChart(
                [
                    GapGroup(LONG, -4.5e6, -6.1e6, -2e6),
                    GapGroup(HOSTILE, 9.2e9),
                    GapGroup(ARABIC, 2),
                ],
                unit=Unit.POUNDS,
            ),
            "Gains and losses",
        ),
    ),
    Picture(
        "intervals-likely",
        intervals(
            IntervalChart(
                [*areas(13), IntervalRow(LONG, Absence.NOT_SHOWN), IntervalRow("Quay", None)],
                100,
                "Saltmarsh",
                "Admissions per 1,000 people",
                focus=frozenset({"Neighbourhood 4"}),
            ),
            "Emergency admissions by neighbourhood",
        ),
    ),
    Picture(
        "intervals-many",
        intervals(
            IntervalChart(
                areas(200), 100, measure="Per 1,000", focus=frozenset({"Neighbourhood 7"})
            ),
            "Two hundred areas",
        ),
    ),
    Picture("intervals-none", intervals(IntervalChart([], 5), "No areas")),
    Picture(
        "intervals-hidden",
        intervals(
            IntervalChart(
                [IntervalRow(f"Area {at}", Absence.NOT_SHOWN) for at in range(4)],
                0.4,
                unit=Unit.PERCENT,
            ),
            "All held back",
        ),
    ),
    Picture(
        "sankey-likely",
        sankey(
            SankeyChart(
                [
                    Flow("Saltmarsh Hospitals", "Own home, no support", 812),
                    Flow("Saltmarsh Hospitals", "Home with care", 240),
                    Flow("Saltmarsh Hospitals", "Care home", 96),
                    Flow("Saltmarsh Hospitals", "Community bed", Absence.NOT_SHOWN),
                    Flow("Marshaven Community Hospital", "Own home, no support", 64),
                    Flow("Marshaven Community Hospital", "Care home", 130),
                    Flow("Marshaven Community Hospital", "Home with care", 88),
                ],
                ("Left", "Went to"),
                "People who left hospital in March",
            ),
            "Where people went from hospital",
        ),
    ),
    Picture(
        "sankey-many",
        sankey(SankeyChart(flows(18, 15), measure="Patients"), "Eighteen places to fifteen"),
    ),
    Picture(
        "sankey-hidden",
        sankey(
            SankeyChart(
                [Flow(LONG, HOSTILE, Absence.NOT_SHOWN), Flow(ARABIC, "b", Absence.NOT_SHOWN)]
            ),
            "All held back",
        ),
    ),
    Picture(
        "sankey-pounds",
        sankey(
            SankeyChart(
                [Flow("a", "b", 1.2e9), Flow("a", "c", 3e6), Flow("d", "c", 4e8)], unit=Unit.POUNDS
            ),
            "Money",
        ),
    ),
    Picture("sankey-none", sankey(SankeyChart([]), "No flows")),
    Picture("lines-likely", lines(occupancy(), "Beds occupied, and expected to be")),
    Picture("lines-several", lines(several(), "Referrals by neighbourhood")),
    Picture(
        "lines-one", lines(LineChart([Series("A", [TimePoint(month(0), 0)])]), "One day, at nought")
    ),
    Picture("lines-none", lines(LineChart([]), "Nothing")),
    *(
        Picture(f"icon-{kind}", lambda name, _, icon=kind: drawing.draw_icon(icon, name=name))
        for kind in (*VariationIcon, *AssuranceIcon)
    ),
)


def page() -> str:
    """The gallery as a page that shows on a telephone what is drawn for one."""
    figures = "".join(
        f'<figure><div class="wide-only">{one.draw(one.name, WIDE)}</div>'
        f'<div class="narrow-only">{one.draw(one.name + "-narrow", NARROW)}</div></figure>'
        for one in PICTURES
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Gallery</title>'
        f"<style>{STYLE}</style></head><body><main><h1>Gallery</h1>{figures}</main></body></html>"
    )

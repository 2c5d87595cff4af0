"""Which points of a chart are special: rule sets as they were published, and where each rule holds.

Published sets differ, and so do their answers: which one was used is recorded with the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from joinedup.methods.intervals import Codes, Flags, Floats
from joinedup.methods.spc import XmrChart
from joinedup.terms import SettingError


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """`points` of `of` neighbours farther from the centre than `beyond` of the way to the limit.

    All on one side. `within_limits`: a point outside the limits does not count, being special
    already. `all_on_one_side`: the other neighbours must lie on that side too.
    """

    points: int
    of: int
    beyond: float
    within_limits: bool = False
    all_on_one_side: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.points <= self.of and 0 < self.beyond < 1):
            raise SettingError(
                f"{self.points} of {self.of} points beyond {self.beyond:.2f} is no rule.",
                where="zone rule",
            )


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What makes points special, besides lying outside the limits; None: no such rule.

    `shift_points` in a row on one side of the centre; `trend_points` in a row each higher than the
    last, or each lower; `hugging_points` in a row within a third of the way to the limits.
    """

    name: str
    source: str
    shift_points: int | None
    trend_points: int | None
    zones: tuple[ZoneRule, ...] = ()
    hugging_points: int | None = None

    def __post_init__(self) -> None:
        for points in (self.shift_points, self.trend_points, self.hugging_points):
            if points is not None and points < 2:
                raise SettingError(f"a run of {points} points is no rule.", where=self.name)


MAKING_DATA_COUNT: Final = RuleSet(
    "Making Data Count",
    "NHS England, Making Data Count; NHSRplotthedots 0.1",
    shift_points=7,
    trend_points=7,
    zones=(ZoneRule(2, 3, 2 / 3, within_limits=True, all_on_one_side=True),),
)
HEALTH_CARE_DATA_GUIDE: Final = RuleSet(
    "Health Care Data Guide",
    "Provost and Murray, The Health Care Data Guide, 2011, chapter 4",
    shift_points=8,
    trend_points=6,
    zones=(ZoneRule(2, 3, 2 / 3),),
    hugging_points=15,
)
WESTERN_ELECTRIC: Final = RuleSet(
    "Western Electric",
    "Western Electric Company, Statistical Quality Control Handbook, 1956",
    shift_points=8,
    trend_points=None,
    zones=(ZoneRule(2, 3, 2 / 3), ZoneRule(4, 5, 1 / 3)),
)
_HUGGING_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Signals:
    """By which rule each point is special, (series, points); all points of a run, not only its end.

    `side` is 1 above the centre, -1 below, 0 on it or not known; `trend` likewise 1 rising, -1
    falling, 0 in no trend.
    """

    rules: RuleSet
    outside: Flags
    shift: Flags
    trend: Codes
    zone: Flags
    hugging: Flags
    side: Codes

    @property
    def special(self) -> Flags:
        """Special by any rule."""
        return self.directed | self.hugging

    @property
    def directed(self) -> Flags:
        """Special by a rule that has a direction: hugging the centre is neither high nor low."""
        return np.asarray(self.outside | self.shift | (self.trend != 0) | self.zone)


def find_signals(chart: XmrChart, rules: RuleSet = MAKING_DATA_COUNT) -> Signals:
    """The special points of each series; runs begin anew with each phase and after a gap."""
    parts = [
        _of_phase(
            chart.values[:, points],
            chart.centre[:, phase, None],
            chart.upper[:, phase, None] - chart.centre[:, phase, None],
            rules,
        )
        for phase, points in enumerate(chart.phases())
    ]
    return Signals(rules, *(np.concatenate(one, axis=1) for one in zip(*parts, strict=True)))


def _of_phase(
    values: Floats, centre: Floats, reach: Floats, rules: RuleSet
) -> tuple[Flags | Codes, ...]:
    above, below = values > centre, values < centre
    outside = (values > centre + reach) | (values < centre - reach)
    off = np.abs(values - centre)
    zone = np.zeros_like(outside)
    for rule in rules.zones:
        far = off > rule.beyond * reach
        if rule.within_limits:
            far &= ~outside
        zone |= _zone(far, above, rule) | _zone(far, below, rule)
    shift = _runs(above, rules.shift_points) | _runs(below, rules.shift_points)
    rising, falling = _trends(values, rules.trend_points)
    hugging = _runs((off <= _HUGGING_SHARE * reach) & (reach > 0), rules.hugging_points)
    return outside, shift, _sign(rising, falling), zone, hugging, _sign(above, below)


def _runs(holds: Flags, points: int | None) -> Flags:
    """The points that lie in a run of `points` or more of which each `holds`."""
    if points is None or holds.shape[1] < points:
        return np.zeros_like(holds)
    last = holds.shape[1] - points + 1
    whole = np.ones((holds.shape[0], last), dtype=bool)
    for shift in range(points):
        whole &= holds[:, shift : shift + last]
    return _spread(whole, points)


def _trends(values: Floats, points: int | None) -> tuple[Flags, Flags]:
    """The points that lie in a rising, and those in a falling trend; alike neighbours end one."""
    none = np.zeros(values.shape, dtype=bool)
    if points is None or values.shape[1] < points:
        return none, none
    change = np.diff(values, axis=1)
    # A run of n - 1 changes joins n points: each change's later point, and the first one's earlier.
    directions = []
    for holds in (change > 0, change < 0):
        joined = none.copy()
        run = _runs(holds, points - 1)
        joined[:, 1:] = run
        joined[:, :-1] |= run
        directions.append(joined)
    return directions[0], directions[1]


def _zone(far: Flags, on_side: Flags, rule: ZoneRule) -> Flags:
    """The points far on one side that lie in a window with enough of them."""
    here = far & on_side
    if here.shape[1] < rule.of:
        return np.zeros_like(here)
    last = here.shape[1] - rule.of + 1
    count = np.zeros((here.shape[0], last), dtype=np.int8)
    whole = np.ones((here.shape[0], last), dtype=bool)
    for shift in range(rule.of):
        count += here[:, shift : shift + last]
        whole &= on_side[:, shift : shift + last]
    enough = count >= rule.points
    if rule.all_on_one_side:
        enough &= whole
    return _spread(enough, rule.of) & here


def _spread(windows: Flags, points: int) -> Flags:
    """Every point that a true window covers."""
    last = windows.shape[1]
    covered = np.zeros((windows.shape[0], last + points - 1), dtype=bool)
    for shift in range(points):
        covered[:, shift : shift + last] |= windows
    return covered


def _sign(up: Flags, down: Flags) -> Codes:
    return up.astype(np.int8) - down.astype(np.int8)

"""XmR charts: is a series steady, and between what limits does it run of itself?

Shewhart's chart for single values: Wheeler, Understanding Variation, 2nd edition, 2000; as NHS
England's Making Data Count teaches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joinedup.methods.intervals import Floats
from joinedup.terms import SettingError, SourceDataError

# Limits lie three standard deviations off, one being the mean moving range over d2 = 1.128 for
# pairs: 3 / 1.128. A range beyond D4 = 3.267 mean ranges is an outlier. Wheeler, as above; ASTM
# Manual on Presentation of Data and Control Chart Analysis, table of factors for n = 2.
LIMIT_FACTOR: Final = 2.66
RANGE_OUTLIER_FACTOR: Final = 3.267


@dataclass(frozen=True, slots=True)
class Rebase:
    """New limits from point `at` on (0 is the first), and what somebody knows to have changed."""

    at: int
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise SettingError(
                "a rebase has no reason.",
                where=f"rebase at point {self.at}",
                cure="Write what changed in the process; else leave the limits as they are.",
            )


@dataclass(frozen=True, slots=True)
class XmrChart:
    """Charts of some series over the same points.

    `values` (series, points); the rest (series, phases): centre, mean moving range, lower and upper
    natural process limit, and of how many points they were made. `starts` is each phase's first
    point.
    """

    values: Floats
    centre: Floats
    mean_moving_range: Floats
    lower: Floats
    upper: Floats
    points_used: NDArray[np.int64]
    starts: tuple[int, ...]
    rebases: tuple[Rebase, ...]

    def phases(self) -> list[slice]:
        """The points of each phase."""
        ends = (*self.starts[1:], self.values.shape[1])
        return [slice(start, end) for start, end in zip(self.starts, ends, strict=True)]

    def by_point(self, of_phase: Floats) -> Floats:
        """A figure of each phase, such as `upper`, at every point: (series, points)."""
        lengths = [one.stop - one.start for one in self.phases()]
        return np.repeat(of_phase, lengths, axis=1)


def xmr_chart(
    values: ArrayLike,
    *,
    rebases: Sequence[Rebase] = (),
    baseline_points: int | None = None,
    screen_ranges: bool = True,
) -> XmrChart:
    """Centre and limits of each series, (series, points) in order of time; NaN where not known.

    Limits are the centre and 2.66 mean moving ranges either way; ranges above 3.267 times their
    mean are left out of it, once, unless `screen_ranges` is false. `rebases` begin new phases for
    all series; within each only the first `baseline_points` make the limits. NaN from fewer than
    two neighbouring points.
    """
    series = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if series.ndim != 2 or not series.shape[1] or np.isinf(series).any():
        raise SourceDataError("a chart needs finite numbers, (series, points).", where="values")
    if baseline_points is not None and baseline_points < 2:
        raise SettingError("a baseline needs two points or more.", where="baseline_points")
    ordered = tuple(sorted(rebases, key=lambda rebase: rebase.at))
    starts = _starts(ordered, series.shape[1])
    ends = (*starts[1:], series.shape[1])
    found = [
        _limits(series[:, start:end][:, :baseline_points], screen_ranges)
        for start, end in zip(starts, ends, strict=True)
    ]
    centre, ranges, used = (np.stack(one, axis=1) for one in zip(*found, strict=True))
    return XmrChart(
        series,
        centre,
        ranges,
        centre - LIMIT_FACTOR * ranges,
        centre + LIMIT_FACTOR * ranges,
        used.astype(np.int64),
        starts,
        ordered,
    )


def _starts(rebases: tuple[Rebase, ...], points: int) -> tuple[int, ...]:
    """The first point of each phase."""
    starts = (0, *(rebase.at for rebase in rebases))
    if len(set(starts)) < len(starts) or min(starts) < 0 or max(starts) >= points:
        raise SettingError(
            "rebases must lie at different points within the series, after the first.",
            where="rebases",
            cure=f"Choose points from 1 to {points - 1}.",
        )
    return starts


def _limits(points: Floats, screen_ranges: bool) -> tuple[Floats, Floats, Floats]:
    """Centre, mean moving range and how many points, of each series."""
    centre, used = _mean(points)
    ranges = np.abs(np.diff(points, axis=1))
    mean_range, _ = _mean(ranges)
    if screen_ranges:
        usual = ranges <= RANGE_OUTLIER_FACTOR * mean_range[:, None]
        mean_range, _ = _mean(np.where(usual, ranges, np.nan))
    return centre, mean_range, used


def _mean(rows: Floats) -> tuple[Floats, Floats]:
    """The mean of what is known in each row, and of how many; NaN of none, without a warning."""
    known = ~np.isnan(rows)
    count = known.sum(axis=1)
    # About the largest, so that the mean of alike numbers is that number and no point lies off it.
    largest = np.fmax.reduce(rows, axis=1, initial=-np.inf, where=known)
    with np.errstate(invalid="ignore"):
        below = np.where(known, rows - largest[:, None], 0).sum(axis=1) / count
    return largest + below, count

"""Slope and relative index of inequality: the difference from the most to the least deprived.

Low and Low, Journal of Public Health 26, 2004, pages 388 to 395, doi:10.1093/pubmed/fdh175; limits
by simulation as the Office for Health Improvement and Disparities' technical guide has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from joinedup.methods.intervals import (
    Codes,
    Floats,
    Interval,
    Withheld,
    not_negative,
    standard_score,
    why_withheld,
    withhold,
)
from joinedup.terms import SettingError

# Numbers simulated at once: with what is made of them, some 100 MB.
_AT_ONCE: Final = 2_000_000


class Scale(StrEnum):
    """On which scale the quantiles' values vary normally."""

    LINEAR = "linear"  # means, life expectancies
    LOG = "log"  # rates
    LOGIT = "logit"  # proportions, between 0 and 1


@dataclass(frozen=True, slots=True)
class Simulation:
    """How the limits are simulated; recorded, since another seed gives others by a hair."""

    repetitions: int = 100_000
    seed: int = 1

    def __post_init__(self) -> None:
        if self.repetitions < 1_000:
            raise SettingError(
                f"{self.repetitions} repetitions are too few for limits.",
                where="repetitions",
                cure="Ask for 1,000 or more; 100,000 is usual.",
            )


@dataclass(frozen=True, slots=True)
class Inequality:
    """`slope`: the fitted line's end less its start; `relative`: its end over its start."""

    slope: Interval
    relative: Interval


@dataclass(frozen=True, slots=True)
class _Fit:
    """How the line and its limits are asked for."""

    scale: Scale
    on_scale: bool
    simulation: Simulation
    confidence: float


def slope_index(
    values: ArrayLike,
    standard_errors: ArrayLike,
    people: ArrayLike,
    *,
    scale: Scale = Scale.LINEAR,
    fit_on_scale: bool = False,
    simulation: Simulation | None = None,
    confidence: float = 0.95,
) -> Inequality:
    """Inequality within each group; shapes (groups, quantiles), quantiles from the most deprived.

    `values` are as measured, `standard_errors` on `scale` (see `standard_error`). With
    `fit_on_scale` the line is fitted there too, for values that do not lie on a straight one. Least
    squares weighted by people, over the middle of each quantile's cumulative share of them. All
    groups share one draw, so a group's limits do not depend on which others are asked for. NaN
    unless every quantile has people and a value.
    """
    standard_score(confidence)  # refuses what is no confidence
    measured, errors, weights = np.broadcast_arrays(
        np.atleast_2d(np.asarray(values, dtype=np.float64)),
        np.atleast_2d(not_negative(standard_errors, "standard errors")),
        np.atleast_2d(not_negative(people, "people")),
    )
    fit = _Fit(scale, fit_on_scale, simulation or Simulation(), confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = _onto(measured, scale)
        line = _line(weights)
        ends = line @ (scaled if fit_on_scale else measured)[..., None]
        slope, relative = _indices(ends[..., 0], fit)
    withheld = _why(measured, scaled, errors, weights)
    limits = np.full((4, len(measured)), np.nan)
    shown = withheld == Withheld.SHOWN
    limits[:, shown] = _limits(scaled[shown], errors[shown], line[shown], fit)
    return Inequality(
        withhold(slope, limits[0], limits[1], withheld),
        withhold(relative, limits[2], limits[3], withheld),
    )


def standard_error(
    lower: ArrayLike, upper: ArrayLike, *, scale: Scale = Scale.LINEAR, confidence: float = 0.95
) -> Floats:
    """The standard error on a scale that gives such an interval."""
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (_onto(np.asarray(one, dtype=np.float64), scale) for one in (lower, upper))
        error = (high - low) / (2 * standard_score(confidence))
    return np.where(np.isfinite(error), error, np.nan)


def _line(people: Floats) -> Floats:
    """(groups, 2, quantiles): what values are multiplied by to give the line's start and end."""
    share = people / people.sum(axis=1, keepdims=True)
    rank = np.cumsum(share, axis=1) - share / 2
    from_middle = rank - (share * rank).sum(axis=1, keepdims=True)
    slope = share * from_middle / (share * from_middle**2).sum(axis=1, keepdims=True)
    start = share - slope * (share * rank).sum(axis=1, keepdims=True)
    return np.stack([start, start + slope], axis=1)


def _limits(scaled: Floats, errors: Floats, line: Floats, fit: _Fit) -> Floats:
    """Lower and upper limit of slope, then of the relative index: (4, groups)."""
    asked = fit.simulation
    draws = np.random.default_rng(asked.seed).standard_normal((line.shape[2], asked.repetitions))
    tails = [(1 - fit.confidence) / 2, (1 + fit.confidence) / 2]
    block = max(1, _AT_ONCE // asked.repetitions)
    limits = np.empty((4, len(scaled)))
    for first in range(0, len(scaled), block):
        some = slice(first, first + block)
        ends = _simulated_ends(scaled[some], errors[some], line[some], draws, fit)
        with np.errstate(divide="ignore", invalid="ignore"):
            both = _indices(ends, fit)
        limits[:, some] = np.concatenate([np.quantile(one, tails, axis=1) for one in both])
    return limits


def _simulated_ends(
    scaled: Floats, errors: Floats, line: Floats, draws: Floats, fit: _Fit
) -> Floats:
    """The line's start and end in each repetition: (groups, repetitions, 2)."""
    ends = np.zeros((len(scaled), draws.shape[1], 2))
    for quantile, draw in enumerate(draws):
        value = scaled[:, quantile, None] + errors[:, quantile, None] * draw
        value = value if fit.on_scale else _back(value, fit.scale)
        ends += value[..., None] * line[:, None, :, quantile]
    return ends


def _indices(ends: Floats, fit: _Fit) -> tuple[Floats, Floats]:
    start, end = ends[..., 0], ends[..., 1]
    if fit.on_scale:
        start, end = _back(start, fit.scale), _back(end, fit.scale)
    return end - start, end / start


def _onto(values: Floats, scale: Scale) -> Floats:
    if scale is Scale.LOG:
        return np.log(values)
    return np.asarray(logit(values)) if scale is Scale.LOGIT else values


def _back(values: Floats, scale: Scale) -> Floats:
    if scale is Scale.LOG:
        return np.exp(values)
    return np.asarray(expit(values)) if scale is Scale.LOGIT else values


def _why(measured: Floats, scaled: Floats, errors: Floats, people: Floats) -> Codes:
    return why_withheld(
        (np.isnan(measured + errors + people).any(axis=1), Withheld.UNKNOWN),
        ((people == 0).any(axis=1), Withheld.NO_POPULATION),
        (~np.isfinite(scaled).all(axis=1) | (people.shape[1] < 2), Withheld.UNDEFINED),
    )

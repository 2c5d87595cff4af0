"""How well risks tell those to whom it happens from the others, and how true the risks are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from joinedup.population.risk.terms import Floats

_NORMAL_95: Final = 1.959963984540054
_SMALLEST: Final = 1e-9  # risks are kept this far from 0 and 1, where log odds are infinite
_MOST_STEPS: Final = 50
_CLOSE: Final = 1e-9
_WORST_CONDITION: Final = 1e12

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float


def c_statistic(risk: Floats, happened: Flags) -> Estimate:
    """The chance that one to whom it happened had a higher risk than one to whom it did not.

    Ties count half. Interval by DeLong and others (Biometrics 1988, 44:837) with midranks (Sun and
    Xu, IEEE Signal Processing Letters 2014, 21:1389), on the scale of log odds so that it stays
    within 0 and 1. Both outcomes must be present.
    """
    yes, no = risk[happened], risk[~happened]
    m, n = len(yes), len(no)
    ranks = _midranks(np.concatenate([yes, no]))
    value = float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    beaten = (ranks[:m] - _midranks(yes)) / n  # of the others, the share below each
    beating = 1 - (ranks[m:] - _midranks(no)) / m
    spread = np.sqrt(_variance(beaten) / m + _variance(beating) / n)
    if not 0 < value < 1 or spread == 0:
        return Estimate(value, value, value)
    middle, step = np.log(value / (1 - value)), _NORMAL_95 * spread / (value * (1 - value))
    return Estimate(value, *(float(1 / (1 + np.exp(-(middle + way * step)))) for way in (-1, 1)))


def calibration_slope(risk: Floats, happened: Flags) -> Estimate | None:
    """How the log odds of the outcome rise with those of the risk: 1 is right, below 1 too bold.

    None where these people cannot tell: all risks are one, or they part the outcomes altogether.
    Weak calibration: Van Calster and others (BMC Medicine 2019, 17:230).
    """
    odds = _log_odds(risk)
    return _logistic(np.column_stack([odds, np.ones(len(odds))]), happened)


def calibration_in_the_large(risk: Floats, happened: Flags) -> Estimate | None:
    """The intercept with the slope held at 1: 0 is right, below 0 the risks are too high.

    None where nobody or everybody has the outcome.
    """
    return _logistic(np.ones((len(risk), 1)), happened, offset=_log_odds(risk))


def brier(risk: Floats, happened: Flags) -> float:
    """The mean squared distance of risk and outcome: 0 is perfect."""
    return float(np.mean((risk - happened) ** 2))


def wilson(cases: int, people: int) -> Estimate:
    """A share with Wilson's 95% interval (Journal of the American Statistical Association 1927)."""
    share, z = cases / people, _NORMAL_95
    middle = (share + z * z / (2 * people)) / (1 + z * z / people)
    half = z * np.sqrt(share * (1 - share) / people + z * z / (4 * people**2))
    half = float(half / (1 + z * z / people))
    return Estimate(share, max(middle - half, 0.0), min(middle + half, 1.0))


def observed_to_expected(risk: Floats, happened: Flags) -> Estimate:
    """Outcomes over those that the risks foretell, with Byar's interval of the count.

    Byar's approximation to the exact Poisson interval: Breslow and Day, Statistical Methods in
    Cancer Research, volume 2 (1987), page 69.
    """
    cases, expected = int(happened.sum()), float(risk.sum())
    low = _byar(cases, -1) if cases else 0.0
    return Estimate(cases / expected, low / expected, _byar(cases + 1, 1) / expected)


def net_benefit(risk: Floats, happened: Flags, threshold: float) -> float:
    """True positives less false ones, weighed by the odds of the threshold, a person.

    Vickers and Elkin (Medical Decision Making 2006, 26:565).
    """
    chosen = risk >= threshold
    true, false = int((chosen & happened).sum()), int((chosen & ~happened).sum())
    return (true - false * threshold / (1 - threshold)) / len(risk)


def _byar(count: int, way: int) -> float:
    return float(count * (1 - 1 / (9 * count) + way * _NORMAL_95 / (3 * count**0.5)) ** 3)


def _midranks(values: Floats) -> Floats:
    """Ranks from 1; those that tie share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place])


def _variance(values: Floats) -> float:
    return float(np.var(values, ddof=1)) if len(values) > 1 else 0.0


def _log_odds(risk: Floats) -> Floats:
    held = np.clip(risk, _SMALLEST, 1 - _SMALLEST)
    return np.asarray(np.log(held / (1 - held)))


def _logistic(matrix: Floats, happened: Flags, offset: Floats | None = None) -> Estimate | None:
    """The first coefficient of a logistic regression without a penalty, by Newton's method.

    None where it has no finite answer: columns alike, or outcomes parted.
    """
    start = np.zeros(len(matrix)) if offset is None else offset
    size = matrix.shape[1]
    if np.linalg.matrix_rank(matrix) < size:
        return None
    fitted = np.zeros(size)
    for _ in range(_MOST_STEPS):
        expected = 1 / (1 + np.exp(-(start + matrix @ fitted)))
        weight = expected * (1 - expected)
        information = matrix.T @ (matrix * weight[:, None])
        if np.linalg.cond(information) > _WORST_CONDITION:
            return None
        step = np.linalg.solve(information, matrix.T @ (happened - expected))
        fitted = fitted + np.clip(step, -5, 5)
        if np.abs(step).max() < _CLOSE:
            error = _NORMAL_95 * float(np.sqrt(np.linalg.inv(information)[0, 0]))
            value = float(fitted[0])
            return Estimate(value, value - error, value + error)
    return None

"""Everything that is needed to trust a risk, or not to: for all people and group by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from joinedup.population.risk.discrimination import (
    Estimate,
    Flags,
    brier,
    c_statistic,
    calibration_in_the_large,
    calibration_slope,
    net_benefit,
    observed_to_expected,
    wilson,
)
from joinedup.population.risk.terms import Floats
from joinedup.terms import SourceDataError

THRESHOLDS: Final = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
CAPTURED: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
# Whom a team would take up: the same share of people whatever the model.
TAKEN_UP: Final = 0.05
_TENTHS: Final = 10
# A slope or c-statistic on fewer outcomes says nothing.
FEWEST_OUTCOMES: Final = 10


@dataclass(frozen=True, slots=True)
class Tenth:
    """One tenth of people by risk, the lowest first: what was foretold and what came."""

    place: int
    people: int
    outcomes: int
    foretold: float
    observed: Estimate


@dataclass(frozen=True, slots=True)
class Capture:
    """The share of people with the highest risks, and the share of all outcomes among them."""

    share: float
    people: int
    outcomes: int
    captured: Estimate
    predictive_value: float


@dataclass(frozen=True, slots=True)
class Benefit:
    """Net benefit a person at a threshold, beside seeing everybody; seeing nobody has 0."""

    threshold: float
    of_model: float
    of_everybody: float


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How the model does for one group; None where it has too few outcomes to say.

    `captured` is the share of the group's outcomes among the `TAKEN_UP` highest risks of all
    people, `taken_up` the share of the group that is there.
    """

    kind: str
    group: str
    people: int
    outcomes: int
    c_statistic: Estimate | None
    slope: Estimate | None
    observed_to_expected: Estimate | None
    captured: Estimate | None
    taken_up: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """How a model did on people and a year that it had not seen.

    A slope or intercept is None where these people cannot tell it.
    """

    people: int
    outcomes: int
    c_statistic: Estimate
    slope: Estimate | None
    in_the_large: Estimate | None
    observed_to_expected: Estimate
    brier: float
    brier_of_mean: float  # of giving everybody the mean
    tenths: tuple[Tenth, ...]
    captures: tuple[Capture, ...]
    benefits: tuple[Benefit, ...]
    groups: tuple[GroupFigures, ...]


def assess(
    risk: Floats, happened: Flags, groups: Mapping[str, NDArray[np.object_]] | None = None
) -> Assessment:
    """All figures of one model on people in a fixed order, which breaks ties of risk.

    `groups` holds, by kind ("sex"), each person's group as text, None where not known.
    SourceDataError where fewer than ten have the outcome, or lack it.
    """
    fewest = min(int(happened.sum()), int((~happened).sum()))
    if fewest < FEWEST_OUTCOMES:
        raise SourceDataError(
            f"too few people to judge by: fewer than {FEWEST_OUTCOMES} with the outcome, or "
            "without it.",
            where="test",
            cure="Hold out more people, or foretell something that is less rare.",
        )
    order = np.argsort(-risk, kind="stable")
    return Assessment(
        people=len(risk),
        outcomes=int(happened.sum()),
        c_statistic=c_statistic(risk, happened),
        slope=calibration_slope(risk, happened),
        in_the_large=calibration_in_the_large(risk, happened),
        observed_to_expected=observed_to_expected(risk, happened),
        brier=brier(risk, happened),
        brier_of_mean=brier(np.full(len(risk), happened.mean()), happened),
        tenths=_tenths(risk, happened, order),
        captures=tuple(_capture(happened, order, share) for share in CAPTURED),
        benefits=tuple(_benefit(risk, happened, at) for at in THRESHOLDS),
        groups=_groups(risk, happened, order, groups or {}),
    )


def _tenths(risk: Floats, happened: Flags, order: NDArray[np.int64]) -> tuple[Tenth, ...]:
    found = []
    for place, these in enumerate(np.array_split(order[::-1], _TENTHS), start=1):
        cases = int(happened[these].sum())
        observed = wilson(cases, len(these))
        found.append(Tenth(place, len(these), cases, float(risk[these].mean()), observed))
    return tuple(found)


def _capture(happened: Flags, order: NDArray[np.int64], share: float) -> Capture:
    top = _top(len(order), share)
    cases = int(happened[order[:top]].sum())
    return Capture(share, top, cases, wilson(cases, int(happened.sum())), cases / top)


def _top(people: int, share: float) -> int:
    return max(round(people * share), 1)


def _benefit(risk: Floats, happened: Flags, threshold: float) -> Benefit:
    everybody = net_benefit(np.ones(len(risk)), happened, threshold)
    return Benefit(threshold, net_benefit(risk, happened, threshold), everybody)


def _groups(
    risk: Floats,
    happened: Flags,
    order: NDArray[np.int64],
    groups: Mapping[str, NDArray[np.object_]],
) -> tuple[GroupFigures, ...]:
    taken = np.zeros(len(risk), dtype=bool)
    taken[order[: _top(len(risk), TAKEN_UP)]] = True
    found = []
    for kind in groups:
        known = np.array(["not known" if one is None else str(one) for one in groups[kind]])
        for group in sorted(set(known.tolist())):
            these = known == group
            found.append(_group(kind, group, risk[these], happened[these], taken[these]))
    return tuple(found)


def _group(kind: str, group: str, risk: Floats, happened: Flags, taken: Flags) -> GroupFigures:
    people, cases = len(risk), int(happened.sum())
    says = min(cases, people - cases) >= FEWEST_OUTCOMES
    return GroupFigures(
        kind=kind,
        group=group,
        people=people,
        outcomes=cases,
        c_statistic=c_statistic(risk, happened) if says else None,
        slope=calibration_slope(risk, happened) if says else None,
        observed_to_expected=observed_to_expected(risk, happened) if says else None,
        captured=wilson(int((taken & happened).sum()), cases) if says else None,
        taken_up=float(taken.mean()),
    )

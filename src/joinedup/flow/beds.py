"""What if: how many beds are occupied, and how many by people who are ready to leave.

Patients arrive by day of the week, stay until they are ready, and then wait out a delay. Nobody is
turned away: an emergency is put up somewhere, so beds that are short show as days above the count.
The law is that of a queue without limit of servers (M/G/infinity; Eick, Massey and Whitt,
Management Science 39, 1993), counted at each midnight. Patients of one day who act alike are drawn
together, not one by one: docs/decisions/0016-beds-in-numpy.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from joinedup.terms import SettingError

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

WEEKDAYS: Final = 7
# Enough that the ends of a 95% interval come from five replications each.
REPLICATIONS: Final = 200


@dataclass(frozen=True, slots=True)
class BedModel:
    """Arrivals, stays and delays of one hospital or system.

    `arrivals_per_day` has Monday first. `stay_days[k]` is the chance to be ready after k nights;
    `delay_days[k]` that of k nights more, or one row for each weekday of becoming ready.
    `overdispersion` is the variance of a day's arrivals over their mean (1: Poisson). `level_cv`
    and `delay_cv`: how far, in the past, arrivals and delays strayed from their latest level
    (standard deviation over mean). SettingError where chances do not sum to 1 or a number is
    impossible.
    """

    arrivals_per_day: Floats
    stay_days: Floats
    delay_days: Floats
    overdispersion: float = 1.0
    level_cv: float = 0.0
    delay_cv: float = 0.0

    def __post_init__(self) -> None:
        arrivals = np.asarray(self.arrivals_per_day, dtype=np.float64)
        if arrivals.shape != (WEEKDAYS,) or not (arrivals >= 0).all():
            raise SettingError(
                "arrivals_per_day is not seven numbers of 0 or more",
                cure="Give the mean arrivals of each weekday, Monday first.",
            )
        object.__setattr__(self, "arrivals_per_day", arrivals)
        object.__setattr__(self, "stay_days", _chances(self.stay_days, "stay_days"))
        object.__setattr__(self, "delay_days", _chances(self.delay_days, "delay_days"))
        if not (self.overdispersion >= 1 and self.level_cv >= 0 and self.delay_cv >= 0):
            raise SettingError(
                "overdispersion is below 1, or a coefficient of variation below 0",
                cure="Arrivals vary at least as Poisson's do: give 1 where nothing else is known.",
            )


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is changed: arrivals and delay days, each as a multiple of today's."""

    name: str
    arrivals_times: float = 1.0
    delay_times: float = 1.0


# The two questions that boards ask first.
SCENARIOS: Final = (
    Scenario("as today"),
    Scenario("delay days fall by a fifth", delay_times=0.8),
    Scenario("arrivals rise by 5%", arrivals_times=1.05),
)


@dataclass(frozen=True, slots=True)
class Present:
    """Who is in a bed at midnight before the first day: still in treatment, and ready to leave."""

    in_treatment: int
    delayed: int


@dataclass(frozen=True, slots=True)
class BedRun:
    """People in a bed, and of these ready to leave, at midnight: arrays [replication, day]."""

    start: dt.date
    occupied: Longs
    delayed: Longs


@dataclass(frozen=True, slots=True)
class Outlook:
    """Mean and interval for each day over the replications."""

    mean: Floats
    low: Floats
    high: Floats


def simulate(
    model: BedModel,
    *,
    start: dt.date,
    days: int,
    seed: int,
    present: Present | None = None,
    replications: int = REPLICATIONS,
) -> BedRun:
    """Run the model from `start` for so many days.

    From who is there at `present`, or, without, from the model's own steady state. The same seed
    gives the same run. SettingError where there is no day or no replication.
    """
    if days < 1 or replications < 1:
        raise SettingError("no day or no replication to run", cure="Ask for 1 or more of each.")
    rng = np.random.default_rng(seed)
    before = 0 if present else len(model.stay_days) + model.delay_days.shape[1]
    first = (start.weekday() - before) % WEEKDAYS
    arrived = _arrivals(rng, model, first, (replications, before + days))
    stay = np.broadcast_to(model.stay_days, (1, WEEKDAYS, len(model.stay_days)))
    ready = _after(rng, arrived, stay, first)
    in_treatment, delayed = 0, 0
    if present:
        in_treatment, delayed = present.in_treatment, present.delayed
        chance = _remaining(stay[0], model.arrivals_per_day, first)
        ready += _leavers(rng, in_treatment, chance, ready.shape)
    left = _after(rng, ready, _delays(rng, model, replications), first)
    if present:
        chance = _remaining(model.delay_days, _ready_per_day(model), first)
        left += _leavers(rng, delayed, chance, left.shape)
    waiting = delayed + np.cumsum(ready - left, axis=1)
    treated = in_treatment + np.cumsum(arrived - ready, axis=1)
    return BedRun(start, (waiting + treated)[:, before:], waiting[:, before:])


def changed(model: BedModel, scenario: Scenario) -> BedModel:
    """The model under a scenario.

    Delay days are multiplied by changing how many people are delayed, not how long each waits;
    SettingError where more people would be delayed than there are.
    """
    return replace(
        model,
        arrivals_per_day=model.arrivals_per_day * scenario.arrivals_times,
        delay_days=delays_times(model.delay_days, scenario.delay_times),
    )


def outlook(counts: Longs, level: float = 0.95) -> Outlook:
    """The middle of what replications gave: mean, and the interval that holds `level` of them."""
    tail = (1 - level) / 2
    low, high = np.quantile(counts, [tail, 1 - tail], axis=0)
    return Outlook(counts.mean(axis=0), low, high)


def chance_above(run: BedRun, beds: int) -> Floats:
    """For each day, the share of replications in which more people are in a bed than `beds`."""
    return (run.occupied > beds).mean(axis=0)


def expected_occupied(model: BedModel) -> float:
    """Mean people in a bed by Little's law: arrivals a day times mean nights, delay included."""
    stay = float(model.stay_days @ np.arange(len(model.stay_days)))
    nights = model.delay_days @ np.arange(model.delay_days.shape[1])
    ready = _ready_per_day(model)
    return float(model.arrivals_per_day.mean() * stay + (ready * nights).mean())


def _chances(given: Floats, name: str) -> Floats:
    chances = np.asarray(given, dtype=np.float64)
    if name == "delay_days" and chances.ndim == 1:
        chances = np.tile(chances, (WEEKDAYS, 1))
    shape = (WEEKDAYS,) if name == "delay_days" else ()
    if chances.shape[:-1] != shape or chances.size == 0 or not (chances >= 0).all():
        raise SettingError(
            f"{name} is not a list of chances for 0, 1, 2 … nights",
            cure="Give numbers of 0 or more; for delays also one such list for each weekday.",
        )
    total = chances.sum(axis=-1, keepdims=True)
    if np.abs(total - 1).max() > 1e-6:
        raise SettingError(
            f"the chances of {name} do not sum to 1", cure="Divide each by their sum."
        )
    return chances / total


def _arrivals(rng: Generator, model: BedModel, first: int, shape: tuple[int, int]) -> Longs:
    weekday = (first + np.arange(shape[1])) % WEEKDAYS
    level = _around_one(rng, model.level_cv, (shape[0], 1))
    mean = model.arrivals_per_day[weekday] * level
    extra = model.overdispersion - 1
    if extra > 0:  # a gamma mixture of Poissons: variance = mean * overdispersion
        mean = rng.gamma(mean / extra, extra)
    return rng.poisson(mean)


def _around_one(rng: Generator, cv: float, shape: tuple[int, ...]) -> Floats:
    return rng.gamma(1 / cv**2, cv**2, shape) if cv > 0 else np.ones(shape)


def _delays(rng: Generator, model: BedModel, replications: int) -> Floats:
    """Chances of delay for each replication [replication or 1, weekday, nights]."""
    if not model.delay_cv:
        return model.delay_days[np.newaxis]
    times = np.minimum(
        _around_one(rng, model.delay_cv, (replications,)), most_delays_times(model.delay_days)
    )
    return np.stack([delays_times(model.delay_days, float(each)) for each in times])


def delays_times(delay_days: Floats, times: float) -> Floats:
    """Chances of delay under which delay days are so many times as many: see `changed`."""
    scaled = delay_days * times
    scaled[:, 0] = 1 - scaled[:, 1:].sum(axis=1)
    if not (times >= 0 and scaled[:, 0].min() > -1e-9):
        raise SettingError(
            f"delay days times {times:g} would delay more people than there are",
            cure="Give a multiple from 0 to 1 over the share of people who are delayed today.",
        )
    return np.maximum(scaled, 0)


def most_delays_times(delay_days: Floats) -> float:
    """The largest multiple of delay days that delays no more people than there are."""
    return float(1 / max(1 - delay_days[:, 0].min(), 1e-9))


def _after(rng: Generator, entering: Longs, chances: Floats, first: int) -> Longs:
    """When those who enter on each day go, by the chances of their weekday."""
    replications, days = entering.shape
    nights = chances.shape[2]
    going = np.zeros((replications, days + nights), dtype=np.int64)
    for day in range(days):
        leaving = rng.multinomial(entering[:, day], chances[:, (first + day) % WEEKDAYS])
        going[:, day : day + nights] += leaving
    return going[:, :days]


def _ready_per_day(model: BedModel) -> Floats:
    """Mean people who become ready on each weekday, in the steady state."""
    nights = np.arange(len(model.stay_days))
    came = (np.arange(WEEKDAYS)[:, np.newaxis] - nights) % WEEKDAYS
    return (model.arrivals_per_day[came] * model.stay_days).sum(axis=1)


def _remaining(chances: Floats, entering: Floats, first: int) -> Floats:
    """Of those present on the midnight before `first`, the share who go on day 0, 1, 2 …"""
    nights = chances.shape[1]
    share = np.zeros(nights)
    weight = entering if entering.any() else np.ones(WEEKDAYS)  # a ward that is closed to more
    for ago in range(nights - 1):  # entered so many days before the last midnight's day
        weekday = (first - 1 - ago) % WEEKDAYS
        share[: nights - 1 - ago] += weight[weekday] * chances[weekday, ago + 1 :]
    total = share.sum()
    # By the model nobody could be there still: whoever is, goes at once.
    return share / total if total > 0 else np.eye(1, nights)[0]


def _leavers(rng: Generator, people: int, chance: Floats, shape: tuple[int, ...]) -> Longs:
    drawn = rng.multinomial(people, chance, size=shape[0])
    days = min(shape[1], len(chance))
    going = np.zeros(shape, dtype=np.int64)
    going[:, :days] = drawn[:, :days]
    return going

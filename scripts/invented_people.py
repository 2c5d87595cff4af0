"""Who lives in the invented system: where, how deprived, how old. All of it is made up.

Each small area blends five kinds of people; the shares of each depend on the neighbourhood, and
the shapes are only meant to differ as such places differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from invented_land import Land, Points, inside
from numpy.typing import NDArray

AGES = np.arange(91)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A neighbourhood to be: its middle, its small areas, and what its people are like.

    `score` is deprivation (higher is worse, England's middle near 0); `kinds` are shares of
    retired, young adults, families, comfortable, average people.
    """

    name: str
    council: str
    middle: tuple[float, float]
    lsoas: int
    spread: float
    rural: bool
    score: float
    kinds: tuple[float, float, float, float, float]
    wards: tuple[str, ...]


COAST, WOLD = "Saltmarsh", "Wold"

NEIGHBOURHOODS = (
    Neighbourhood("Marshaven Harbour", COAST, (41.6, 22.4), 29, 1.5, False, 1.25,
                  (.05, .45, .25, .0, .25),
                  ("Old Harbour", "Ropewalk", "Fish Quay", "Custom House", "Gasworks Road",
                   "Ferry Lane")),
    Neighbourhood("Marshaven North", COAST, (43.2, 28.2), 27, 1.9, False, -0.35,
                  (.55, .0, .05, .2, .2),
                  ("Northcliff", "Lighthouse Road", "Marram Park", "Coastguard Hill",
                   "Whinfields")),
    Neighbourhood("Marshaven West", COAST, (38.0, 26.2), 28, 1.8, False, 0.55,
                  (.05, .35, .2, .05, .35),
                  ("Station", "Castle Mead", "Brickfields", "College Lane", "Millbank")),
    Neighbourhood("Marshaven South", COAST, (43.4, 18.2), 28, 1.9, False, 0.10,
                  (.35, .05, .15, .15, .3),
                  ("Esplanade", "Sandholme", "Golf Links", "Tidemill", "Ness Road")),
    Neighbourhood("Samphire Coast", COAST, (32.0, 9.6), 24, 3.6, True, 0.05,
                  (.75, .0, .0, .15, .1),
                  ("Samphire Bay", "Saltcote", "Overy Creek", "Gullmarsh", "Dunwick")),
    Neighbourhood("Thornwold North", WOLD, (19.4, 27.6), 28, 1.6, False, -0.25,
                  (.1, .1, .4, .15, .25),
                  ("Butter Cross", "Priory", "Northgate", "Tanyard", "Elm Park")),
    Neighbourhood("Thornwold South", WOLD, (18.8, 21.8), 27, 2.3, False, 0.35,
                  (.05, .15, .5, .0, .3),
                  ("Wharf Lane", "Southfields", "Abbots Mead", "Maltings", "New Thornwold")),
    Neighbourhood("Wold Villages", WOLD, (23.5, 34.0), 24, 5.5, True, -0.75,
                  (.3, .0, .05, .55, .1),
                  ("High Wold", "Elderby", "Barrow Down", "Chalkwell", "Winterby Brook")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """The small areas: middle, neighbourhood (a place in NEIGHBOURHOODS) and ward of each."""

    middle: Points
    neighbourhood: NDArray[np.int64]
    ward: NDArray[np.int64]
    score: NDArray[np.float64]
    ages: NDArray[np.int64]


def settle(land: Land, rng: np.random.Generator) -> People:
    """Spread the small areas over the land, closest in the towns, and fill them with people."""
    middle, owner = _spread(land, rng)
    ward = _wards(middle, owner)
    score = _deprivation(middle, owner, ward, rng)
    return People(middle, owner, ward, score, _ages(owner, score, rng))


def decile_and_rank(score: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """IMD decile and rank of each area: as if England's scores were standard normal."""
    from math import erf

    share = np.array([0.5 * (1 + erf(one / 2**0.5)) for one in score])
    # 32,844 LSOAs of England were ranked in 2019, 1 being the most deprived.
    rank = np.clip(np.round((1 - share) * 32_844), 1, 32_844).astype(np.int64)
    while len(set(rank.tolist())) < len(rank):
        rank = np.clip(rank + rng.integers(-2, 3, len(rank)), 1, 32_844)
    decile = np.minimum((rank - 1) * 10 // 32_844 + 1, 10)
    return np.column_stack([decile, rank])


def _spread(land: Land, rng: np.random.Generator) -> tuple[Points, NDArray[np.int64]]:
    """Seeds drawn round each middle, then evened out by a few rounds of Lloyd's method."""
    grid = np.stack(np.meshgrid(np.arange(3, 52, 0.12), np.arange(2, 45, 0.12)), -1).reshape(-1, 2)
    north, south = inside(grid, land.north), inside(grid, land.south)
    grid, bank = grid[north | south], north[north | south]
    territory = _territories(grid)
    weight = _crowding(grid, territory)
    seeds, owner = [], []
    for number, one in enumerate(NEIGHBOURHOODS):
        here = np.flatnonzero(territory == number)
        chance = weight[here] / weight[here].sum()
        seeds.append(grid[rng.choice(here, one.lsoas, replace=False, p=chance)])
        owner += [number] * one.lsoas
    middle, own = np.concatenate(seeds), np.array(owner)
    for _ in range(25):
        middle = _evened(middle, own, grid, territory, weight)
    return _off_the_river(middle, grid, bank, own), own


def _territories(grid: Points) -> NDArray[np.int64]:
    """Which neighbourhood each spot of land falls to: the nearest, allowing for its spread."""
    apart = np.stack(
        [((grid - one.middle) ** 2).sum(axis=1) / one.spread**1.0 for one in NEIGHBOURHOODS]
    )
    return apart.argmin(axis=0)


def _crowding(grid: Points, territory: NDArray[np.int64]) -> NDArray[np.float64]:
    towns = (((41.8, 23.4), 3.0, 26.0), ((42.6, 27.4), 1.8, 8.0), ((43.6, 18.6), 1.8, 10.0),
             ((38.4, 25.9), 1.6, 8.0), ((19.2, 24.8), 2.6, 26.0), ((33.2, 8.2), 1.3, 9.0),
             ((26.0, 6.8), 1.0, 4.0), ((38.6, 11.0), 1.0, 4.0), ((24.0, 33.0), 1.1, 4.0),
             ((13.5, 33.5), 1.0, 3.0), ((34.0, 37.5), 1.1, 4.0), ((40.5, 40.5), 1.0, 3.0),
             ((11.5, 14.0), 1.0, 4.0), ((29.0, 17.5), 1.0, 4.0),
             ((20.0, 10.5), 0.9, 4.0), ((28.5, 37.5), 0.8, 4.0), ((9.5, 29.5), 0.8, 4.0),
             ((31.0, 29.0), 0.9, 4.0), ((47.6, 30.6), 0.9, 5.0), ((17.5, 38.0), 0.8, 4.0),
             )  # fmt: skip
    crowding = np.full(len(grid), 0.35)
    for place, size, height in towns:
        crowding += height * np.exp(-((grid - place) ** 2).sum(axis=1) / (2 * size**2))
    return crowding**1.6


def _evened(
    middle: Points,
    own: NDArray[np.int64],
    grid: Points,
    territory: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> Points:
    moved = middle.copy()
    for number in range(len(NEIGHBOURHOODS)):
        here, mine = np.flatnonzero(territory == number), np.flatnonzero(own == number)
        nearest = ((grid[here][:, None] - middle[mine][None]) ** 2).sum(axis=2).argmin(axis=1)
        for place, seed in enumerate(mine):
            spots = here[nearest == place]
            if len(spots):
                moved[seed] = np.average(grid[spots], axis=0, weights=weight[spots])
    return moved


def _off_the_river(
    middle: Points, grid: Points, bank: NDArray[np.bool_], own: NDArray[np.int64]
) -> Points:
    """Each middle on the nearest spot of land, so that it lies on one bank or the other."""
    nearest = ((grid[None] - middle[:, None]) ** 2).sum(axis=2).argmin(axis=1)
    return grid[nearest] + 0.003


def _wards(middle: Points, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """About five small areas to a ward, cut into strips across each neighbourhood."""
    ward = np.zeros(len(middle), np.int64)
    for number, one in enumerate(NEIGHBOURHOODS):
        here = np.flatnonzero(owner == number)
        around = middle[here] - middle[here].mean(axis=0)
        order = np.argsort(np.arctan2(around[:, 1], around[:, 0]), kind="stable")
        for part, places in enumerate(np.array_split(here[order], len(one.wards))):
            ward[places] = part
    return ward


def _deprivation(
    middle: Points, owner: NDArray[np.int64], ward: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """The neighbourhood's score, raised or lowered by ward, and a little of each area's own."""
    score = np.array([NEIGHBOURHOODS[number].score for number in owner])
    for number, one in enumerate(NEIGHBOURHOODS):
        slope = rng.permutation(np.linspace(-0.55, 0.55, len(one.wards)))
        here = owner == number
        score[here] += slope[ward[here]]
    return score + rng.normal(0, 0.32, len(middle))


def _ages(
    owner: NDArray[np.int64], score: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    shapes = _age_shapes()
    rows = []
    for number, deprived in zip(owner, score, strict=True):
        kinds = np.array(NEIGHBOURHOODS[number].kinds)
        blend = rng.dirichlet(kinds * 14 + 0.05) @ shapes
        # People in poorer areas die younger: fewer reach great age.
        blend = blend * np.exp(-0.012 * max(deprived, 0) * np.maximum(AGES - 55, 0))
        people = int(np.clip(rng.normal(1535, 190), 1050, 2450))
        rows.append(rng.multinomial(people, blend / blend.sum()))
    return np.array(rows)


def _age_shapes() -> NDArray[np.float64]:
    """Shares by single year of age of five kinds of people, from one common shape.

    The common shape is level to 55 and then falls by Gompertz's law, most common age at death 87,
    as in England's life tables (ONS, 2018 to 2020: women 89, men 87).
    """
    hazard = np.exp((AGES - 87) / 9.5) / 9.5
    alive = np.exp(-np.cumsum(hazard) + hazard[0])
    common = alive * (1 - 0.10 * (AGES < 20))
    common[90] *= 2.2  # 90 and over, in one
    kinds = (
        common * (0.55 + 1.65 * _step(60, 4)),
        common * (0.75 + 1.5 * _hill(26, 6)) * (1 - 0.45 * _step(58, 6)),
        common * (0.75 + 0.85 * _hill(6, 6) + 0.7 * _hill(36, 7)) * (1 - 0.3 * _step(62, 6)),
        common * (0.8 + 0.75 * _hill(58, 12) - 0.45 * _hill(24, 5)),
        common,
    )
    return np.array([one / one.sum() for one in kinds])


def _step(middle: float, width: float) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-(AGES - middle) / width))


def _hill(middle: float, width: float) -> NDArray[np.float64]:
    return np.exp(-((AGES - middle) ** 2) / (2 * width**2))

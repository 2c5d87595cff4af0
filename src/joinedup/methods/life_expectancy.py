"""Life expectancy by age from an abridged life table, as English public health bodies draw it.

Chiang, The Life Table and its Applications, 1984 (method II); spread of the last band: Silcocks,
Jenner and Reza, Journal of Epidemiology and Community Health 55, 2001, pages 38 to 43; small areas:
Eayres and Williams, the same 58, 2004, pages 243 to 249, and Toson and Baker, National Statistics
Methodological Series 33, 2003.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from joinedup.methods.intervals import (
    Codes,
    Flags,
    Floats,
    Interval,
    Withheld,
    not_negative,
    standard_score,
    why_withheld,
    withhold,
)
from joinedup.terms import SourceDataError

# The first ages of the 20 bands: under 1, 1 to 4, 5 to 9, ... 85 to 89, 90 and over.
LIFE_TABLE_AGES: Final = (0, 1, *range(5, 91, 5))
# How much of its band a person lives in it who dies there: Chiang's a; little in the first year.
_FIRST_YEAR_LIVED, _LIVED = 0.1, 0.5
# Toson and Baker: the least that gives a steady figure.
_FEWEST_PERSON_YEARS = 5_000
# Office for Health Improvement and Disparities, technical guide: a wider 95% interval hides it.
_WIDEST_INTERVAL_YEARS = 20


def life_expectancy(
    deaths: ArrayLike, person_years: ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Years still to live on reaching each of `LIFE_TABLE_AGES`, (..., 20); at birth [..., 0].

    `deaths` and `person_years` (..., 20). Bands without deaths are well; a whole table is withheld
    below 5,000 person-years, with nobody in a band, with more deaths than people in one, or with
    no death in the last. A value whose 95% interval is wider than 20 years is withheld, its limits
    not.
    """
    score = standard_score(confidence)
    died = not_negative(deaths, "deaths")
    lived = not_negative(person_years, "person-years")
    if died.shape[-1:] != (len(LIFE_TABLE_AGES),) or lived.shape[-1:] != died.shape[-1:]:
        raise SourceDataError(
            "a life table needs deaths and person-years of 20 age bands.",
            where="age bands",
            cure="Count under 1, 1 to 4, 5 to 9 and so on to 90 and over, the last dimension.",
        )
    died, lived = np.broadcast_arrays(died, lived)
    with np.errstate(divide="ignore", invalid="ignore"):
        years, spread = _table(died, lived)
        reach = score * spread
        found = withhold(years, years - reach, years + reach, _why(died, lived, years))
        wide = 2 * standard_score(0.95) * spread > _WIDEST_INTERVAL_YEARS
    hidden = wide & (found.withheld == Withheld.SHOWN)
    return replace(
        found,
        value=np.where(hidden, np.nan, found.value),
        withheld=np.where(hidden, Withheld.WIDE_INTERVAL, found.withheld).astype(np.int8),
    )


def _table(died: Floats, lived: Floats) -> tuple[Floats, Floats]:
    """Expectancy and its standard error at each age."""
    width = np.diff(LIFE_TABLE_AGES).astype(np.float64)
    part = np.full(len(width), _LIVED)
    part[0] = _FIRST_YEAR_LIVED
    rate = died / lived
    dying = rate[..., :-1] * width / (1 + rate[..., :-1] * width * (1 - part))
    dying = np.where(rate[..., :-1] * width * part > 1, 1.0, dying)  # all die in the band
    alive = np.cumprod(
        np.concatenate([np.ones_like(rate[..., :1]), 1 - dying], axis=-1), axis=-1
    )  # at the start of each band, of one born
    years_in_band = width * (alive[..., 1:] + part * (alive[..., :-1] - alive[..., 1:]))
    last = alive[..., -1:] / rate[..., -1:]
    years = _from_here_on(np.concatenate([years_in_band, last], axis=-1)) / alive
    after = np.where(alive[..., 1:] > 0, years[..., 1:], 0)
    of_dying = np.where(died[..., :-1] > 0, dying**2 * (1 - dying) / died[..., :-1], 0)
    variance = of_dying * (alive[..., :-1] * ((1 - part) * width + after)) ** 2
    # Silcocks: the last band's mean length of life 1/rate has variance 1/(deaths rate²).
    of_last = alive[..., -1:] ** 2 / (died[..., -1:] * rate[..., -1:] ** 2)
    spread = np.sqrt(_from_here_on(np.concatenate([variance, of_last], axis=-1))) / alive
    return years, spread


def _from_here_on(by_band: Floats) -> Floats:
    return np.flip(np.cumsum(np.flip(by_band, axis=-1), axis=-1), axis=-1)


def _why(died: Floats, lived: Floats, years: Floats) -> Codes:
    def any_band(flags: Flags) -> Flags:
        return np.asarray(flags.any(axis=-1, keepdims=True))

    return why_withheld(
        (any_band(np.isnan(died) | np.isnan(lived)), Withheld.UNKNOWN),
        (any_band(lived == 0), Withheld.NO_POPULATION),
        (lived.sum(axis=-1, keepdims=True) < _FEWEST_PERSON_YEARS, Withheld.FEW_PERSON_YEARS),
        (any_band(died > lived), Withheld.MORE_DEATHS_THAN_PEOPLE),
        (died[..., -1:] == 0, Withheld.NO_DEATHS_IN_LAST_BAND),
        (np.isnan(years), Withheld.UNDEFINED),  # nobody reaches this age
    )

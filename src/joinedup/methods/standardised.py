"""Age-standardised rates and ratios: what a group's rate would be at another's ages."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from joinedup.methods.intervals import (
    Codes,
    Floats,
    Interval,
    Withheld,
    not_negative,
    why_withheld,
    withhold,
)
from joinedup.methods.rates import poisson_limits
from joinedup.terms import SourceDataError

# The first ages of the 19 bands 0 to 4, 5 to 9, ... 85 to 89, 90 and over.
AGE_BANDS_OF_19: Final = tuple(range(0, 91, 5))
# Eurostat, Revision of the European Standard Population, 2013, doi:10.2785/11470, with the
# bands under 5 joined, and those from 90, as the Office for National Statistics uses it.
EUROPEAN_STANDARD_POPULATION_2013: Final = (
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000,
    4000, 2500, 1500, 1000,
)  # fmt: skip
# Office for Health Improvement and Disparities, technical guide: no direct standard below this.
_FEWEST_EVENTS = 10


def directly_standardised_rate(
    events: ArrayLike,
    person_years: ArrayLike,
    *,
    standard: ArrayLike = EUROPEAN_STANDARD_POPULATION_2013,
    multiplier: float = 100_000,
    confidence: float = 0.95,
) -> Interval:
    """The rate that the standard population would have at each group's rates by age.

    `events` and `person_years` have the bands last, (..., bands), and broadcast. Withheld below 10
    events, and where a band has nobody. Limits: Dobson and others, Statistics in Medicine 10, 1991,
    pages 457 to 462, on Byar's.
    """
    count = not_negative(events, "events")
    at_risk = not_negative(person_years, "person-years")
    weights = not_negative(standard, "standard population")
    _same_bands(count, at_risk, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = weights / weights.sum() / at_risk
        rate = np.einsum("...b,...b->...", count, share)
        variance = np.einsum("...b,...b->...", count, share**2)
        total = count.sum(axis=-1)
        lower, upper = poisson_limits(total, confidence=confidence)
        stretch = np.sqrt(variance / total)
        withheld = _why_not_direct(total, at_risk)
        return withhold(
            rate * multiplier,
            (rate + stretch * (lower - total)) * multiplier,
            (rate + stretch * (upper - total)) * multiplier,
            withheld,
        )


def indirectly_standardised_ratio(
    observed: ArrayLike,
    person_years: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_person_years: ArrayLike,
    multiplier: float = 1,
    confidence: float = 0.95,
) -> Interval:
    """Observed over expected events at the reference's rates by age; 1 is as the reference.

    `observed` are totals of groups (...), `person_years` (..., bands), the reference (bands,).
    `multiplier` 100 gives the familiar mortality ratio. Breslow and Day, Statistical Methods in
    Cancer Research II, 1987, chapter 2; limits: `poisson_limits`.
    """
    count = not_negative(observed, "observed events")
    expected = expected_events(
        person_years,
        reference_events=reference_events,
        reference_person_years=reference_person_years,
    )
    lower, upper = poisson_limits(count, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = multiplier / expected
        withheld = why_withheld(
            (np.isnan(count) | np.isnan(expected), Withheld.UNKNOWN),
            (expected == 0, Withheld.NO_POPULATION),
        )
        return withhold(count * scale, lower * scale, upper * scale, withheld)


def indirectly_standardised_rate(
    observed: ArrayLike,
    person_years: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_person_years: ArrayLike,
    multiplier: float = 100_000,
    confidence: float = 0.95,
) -> Interval:
    """The reference's crude rate times the indirectly standardised ratio: see that."""
    with np.errstate(divide="ignore", invalid="ignore"):  # nobody: refused below
        crude = np.sum(reference_events) / np.sum(reference_person_years)
    return indirectly_standardised_ratio(
        observed,
        person_years,
        reference_events=reference_events,
        reference_person_years=reference_person_years,
        multiplier=float(crude) * multiplier,
        confidence=confidence,
    )


def expected_events(
    person_years: ArrayLike, *, reference_events: ArrayLike, reference_person_years: ArrayLike
) -> Floats:
    """The events that each group would have at the reference's rates by age.

    SourceDataError where the reference has nobody in a band: it then has no rate there.
    """
    at_risk = not_negative(person_years, "person-years")
    events = not_negative(reference_events, "reference events")
    people = not_negative(reference_person_years, "reference person-years")
    _same_bands(at_risk, events, people)
    if not (people > 0).all():
        raise SourceDataError(
            "the reference population has an age band with nobody.",
            where="reference person-years",
            cure="Join bands, or take a larger reference.",
        )
    return np.asarray(np.einsum("...b,...b->...", at_risk, events / people))


def _why_not_direct(total: Floats, at_risk: Floats) -> Codes:
    return why_withheld(
        (np.isnan(total) | np.isnan(at_risk).any(axis=-1), Withheld.UNKNOWN),
        ((at_risk == 0).any(axis=-1), Withheld.NO_POPULATION),
        (total < _FEWEST_EVENTS, Withheld.FEW_EVENTS),
    )


def _same_bands(*tables: Floats) -> None:
    bands = [table.shape[-1] if table.ndim else 0 for table in tables]
    if len(set(bands)) > 1 or not bands[0]:
        raise SourceDataError(
            f"the tables have {', '.join(map(str, bands))} age bands.",
            where="age bands",
            cure="Give each the same bands, the last dimension.",
        )

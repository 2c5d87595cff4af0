"""Counts of the population: by area, resident and registered, by age and by sex."""

from joinedup.population.ages import BAND_YEARS, OLDEST_BAND, band_name, people_by_age_and_sex
from joinedup.population.places import (
    home_of,
    living,
    memberships_on,
    people_by_area,
    practice_of,
)

__all__ = [
    "BAND_YEARS",
    "OLDEST_BAND",
    "band_name",
    "home_of",
    "living",
    "memberships_on",
    "people_by_age_and_sex",
    "people_by_area",
    "practice_of",
]

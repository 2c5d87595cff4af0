"""Who lives here, how well they are, and where it is unfair: from declared definitions."""

from joinedup.population.ages import BAND_YEARS, OLDEST_BAND, band_name, people_by_age_and_sex
from joinedup.population.cells import Grouping, Places, cells_of, groupings, placed
from joinedup.population.code_lists import Code, CodeList, ListFile, in_lists, list_codes
from joinedup.population.counting import Period, Records, counts_by_person, counts_by_provider
from joinedup.population.declarations import (
    About,
    Count,
    EventRule,
    Measure,
    People,
    Polarity,
    Register,
    Segment,
    Segmentation,
    ValueRule,
)
from joinedup.population.people import people_in_period
from joinedup.population.places import (
    home_of,
    living,
    memberships_on,
    people_by_area,
    practice_of,
)
from joinedup.population.read_definitions import (
    Definitions,
    read_definitions,
    shipped_definitions,
)
from joinedup.population.registers import MEMBERS, facts_by_person, may_count, members_of
from joinedup.population.segments import segment_people, transitions
from joinedup.population.values import values_of

__all__ = [
    "BAND_YEARS", "MEMBERS", "OLDEST_BAND", "About", "Code", "CodeList", "Count", "Definitions",
    "EventRule", "Grouping", "ListFile", "Measure", "People", "Period", "Places", "Polarity",
    "Records", "Register", "Segment", "Segmentation", "ValueRule", "band_name", "cells_of",
    "counts_by_person", "counts_by_provider", "facts_by_person", "groupings", "home_of",
    "in_lists", "list_codes", "living", "may_count", "members_of", "memberships_on",
    "people_by_age_and_sex", "people_by_area", "people_in_period", "placed", "practice_of",
    "read_definitions", "segment_people", "shipped_definitions", "transitions", "values_of",
]  # fmt: skip

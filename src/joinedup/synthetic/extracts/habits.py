"""How each kind of partner writes its patients down, as rates from 0 to 1.

All rates are illustrative unless a source is named: how often NHS numbers are missing or wrong
is known only locally, and differs from system to system. The order is what matters: general
practice knows its patients best; social care and charities often have no NHS number at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates per patient of one kind of partner; `lag_days` is the mean delay to learn news."""

    nhs_missing: float
    nhs_mistyped: float = 0.006
    nhs_of_another: float = 0.001
    nickname: float = 0.03
    name_slip: float = 0.015
    names_swapped: float = 0.001
    middle_initial: float = 0.02
    accent_kept: float = 0.5  # of the names that have an accent to write
    earlier_surname: float = 0.02  # of those who once had another, long ago
    birth_missing: float = 0.0
    birth_placeholder: float = 0.001
    birth_swapped: float = 0.002  # day and month, where both can be either
    birth_mistyped: float = 0.004
    sex_missing: float = 0.002
    sex_wrong: float = 0.001
    ethnicity_missing: float = 0.1
    postcode_missing: float = 0.01
    postcode_mistyped: float = 0.006
    address_slip: float = 0.02
    news_missed: float = 0.1  # of moves and marriages: never learnt, so stale
    lag_days: float = 60.0
    second_record: float = 0.005
    corrected: float = 0.15  # of slips: put right one day
    upper_case: bool = False
    spaced_number: bool = False  # NHS number written 943 476 5919


# Rates of missing NHS numbers from 0.5% (general practice) to 40% (social care): the range that
# this project takes as its test case; the rest are illustrative.
HABITS: Final[Mapping[str, Habits]] = MappingProxyType({
    "general_practice": Habits(
        nhs_missing=0.005, nhs_mistyped=0.001, nickname=0.01, name_slip=0.005,
        birth_placeholder=0.0, birth_swapped=0.0005, birth_mistyped=0.001,
        ethnicity_missing=0.05, postcode_missing=0.002, postcode_mistyped=0.002,
        news_missed=0.0, lag_days=0.0, second_record=0.0,
    ),
    "acute_trust": Habits(nhs_missing=0.02, second_record=0.01, upper_case=True),
    "community_trust": Habits(nhs_missing=0.04, name_slip=0.02, nickname=0.05),
    "ambulance_trust": Habits(
        nhs_missing=0.25, nhs_mistyped=0.01, name_slip=0.04, nickname=0.08, birth_missing=0.02,
        birth_placeholder=0.006, birth_mistyped=0.01, postcode_missing=0.04,
        postcode_mistyped=0.015, second_record=0.03, upper_case=True,
    ),
    "council": Habits(
        nhs_missing=0.40, nhs_mistyped=0.01, name_slip=0.03, nickname=0.08,
        birth_placeholder=0.004, birth_swapped=0.004, birth_mistyped=0.008,
        postcode_missing=0.02, news_missed=0.2, lag_days=120.0, second_record=0.01,
    ),
    "registrar": Habits(
        nhs_missing=0.03, nickname=0.0, name_slip=0.005, sex_missing=0.0, sex_wrong=0.0,
        birth_placeholder=0.0, birth_mistyped=0.002, ethnicity_missing=1.0, news_missed=0.03,
        lag_days=10.0, second_record=0.0, upper_case=True,
    ),
    "charity": Habits(
        nhs_missing=0.75, nhs_mistyped=0.02, name_slip=0.05, nickname=0.25, names_swapped=0.004,
        birth_missing=0.12, birth_placeholder=0.004, birth_swapped=0.01, birth_mistyped=0.01,
        sex_missing=0.05, postcode_missing=0.08, postcode_mistyped=0.02, news_missed=0.3,
        lag_days=120.0, second_record=0.02, spaced_number=True,
    ),
})  # fmt: skip

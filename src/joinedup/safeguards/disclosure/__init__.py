"""Disclosure control: what of the pseudonymous zone may be shown to others.

`shown_count` is for a figure that stands alone; `protect` for tables whose figures add up.
"""

from joinedup.safeguards.disclosure.protect import Protected, protect
from joinedup.safeguards.disclosure.rule import (
    EVERY_MEASURE,
    PUBLISHED_RULE,
    REPORT_RULE,
    DisclosureRule,
    SafeZero,
    Status,
    count_in_words,
    shown_count,
)
from joinedup.safeguards.disclosure.sums import (
    Dimension,
    Sum,
    area_sum,
    category_sum,
    period_sum,
    sums_of_areas,
    sums_of_breakdowns,
)

__all__ = [
    "EVERY_MEASURE",
    "PUBLISHED_RULE",
    "REPORT_RULE",
    "Dimension",
    "DisclosureRule",
    "Protected",
    "SafeZero",
    "Status",
    "Sum",
    "area_sum",
    "category_sum",
    "count_in_words",
    "period_sum",
    "protect",
    "shown_count",
    "sums_of_areas",
    "sums_of_breakdowns",
]

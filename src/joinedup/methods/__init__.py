"""Pure statistics over arrays of groups, each citing its source: docs/explanation/statistics.md."""

from joinedup.methods.funnel import (
    FunnelLimits,
    Standing,
    average_of,
    count_limits,
    person_years_behind,
    place_counts,
    place_proportions,
    proportion_limits,
)
from joinedup.methods.gaps import absolute_gap, relative_gap
from joinedup.methods.intervals import Interval, Withheld
from joinedup.methods.life_expectancy import LIFE_TABLE_AGES, life_expectancy
from joinedup.methods.proportions import mean_interval, proportion
from joinedup.methods.rates import crude_rate, poisson_limits
from joinedup.methods.slope_index import (
    Inequality,
    Scale,
    Simulation,
    slope_index,
    standard_error,
)
from joinedup.methods.spc import Rebase, XmrChart, xmr_chart
from joinedup.methods.spc_icons import (
    Assurance,
    Polarity,
    Variation,
    assurance,
    suggest_rebase,
    variation,
)
from joinedup.methods.spc_rules import (
    HEALTH_CARE_DATA_GUIDE,
    MAKING_DATA_COUNT,
    WESTERN_ELECTRIC,
    RuleSet,
    Signals,
    ZoneRule,
    find_signals,
)
from joinedup.methods.standardised import (
    AGE_BANDS_OF_19,
    EUROPEAN_STANDARD_POPULATION_2013,
    directly_standardised_rate,
    expected_events,
    indirectly_standardised_rate,
    indirectly_standardised_ratio,
)

__all__ = [
    "AGE_BANDS_OF_19",
    "EUROPEAN_STANDARD_POPULATION_2013",
    "HEALTH_CARE_DATA_GUIDE",
    "LIFE_TABLE_AGES",
    "MAKING_DATA_COUNT",
    "WESTERN_ELECTRIC",
    "Assurance",
    "FunnelLimits",
    "Inequality",
    "Interval",
    "Polarity",
    "Rebase",
    "RuleSet",
    "Scale",
    "Signals",
    "Simulation",
    "Standing",
    "Variation",
    "Withheld",
    "XmrChart",
    "ZoneRule",
    "absolute_gap",
    "assurance",
    "average_of",
    "count_limits",
    "crude_rate",
    "directly_standardised_rate",
    "expected_events",
    "find_signals",
    "indirectly_standardised_rate",
    "indirectly_standardised_ratio",
    "life_expectancy",
    "mean_interval",
    "person_years_behind",
    "place_counts",
    "place_proportions",
    "poisson_limits",
    "proportion",
    "proportion_limits",
    "relative_gap",
    "slope_index",
    "standard_error",
    "suggest_rebase",
    "variation",
    "xmr_chart",
]

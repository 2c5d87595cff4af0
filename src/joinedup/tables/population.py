"""The promised tables that are worked out from people's records."""

from joinedup.tables import code_sets
from joinedup.tables.declare import Column, Table, Zone
from joinedup.tables.promised import PERSON_ID

_MEASURE = (
    Column("measure_id", "string", "The measure, as its declaration names it.", True),
    Column("version", "string", "Version of the declaration.", True),
    Column("footprint", "string", "Kind of footprint.", True, codes=code_sets.FOOTPRINTS),
    Column("area", "string", "Code of the area or organisation.", True),
    Column("period_start", "date", "First day of the period.", True),
    Column("period_end", "date", "First day after the period.", True),
    Column("breakdown", "string", "What people are broken down by.", True,
           codes=code_sets.BREAKDOWNS),
    Column("category", "string", "The part of the breakdown.", True),
)  # fmt: skip
_KEY = (
    "measure_id", "footprint", "area", "period_start", "period_end", "breakdown", "category",
)  # fmt: skip

REGISTER_MEMBERS = Table(
    name="register_members",
    grain="One living person on one register as at the day of the newest extract",
    zone=Zone.PSEUDONYMOUS,
    key=("person_id", "register"),
    columns=(
        PERSON_ID,
        Column("register", "string", "The register, as its declaration names it.", True),
        Column("since_date", "date", "When a way onto the register was first met.", True),
    ),
)

SEGMENTS = Table(
    name="segments",
    grain="One living person in one segment of one segmentation",
    zone=Zone.PSEUDONYMOUS,
    key=("person_id", "segmentation"),
    columns=(
        PERSON_ID,
        Column("segmentation", "string", "The segmentation, as its declaration names it.", True),
        Column("segment", "string", "The segment.", True),
        Column(
            "reason",
            "string",
            "The register that put the person there, or `age`, or `none of the others`.",
            True,
        ),
    ),
)

SMALL_AREAS = Table(
    name="small_areas",
    grain="One LSOA of one census",
    zone=Zone.PUBLISHED,
    key=("lsoa_code", "lsoa_vintage"),
    columns=(
        Column("lsoa_code", "string", "LSOA.", True),
        Column("lsoa_vintage", "int64", "Census year whose LSOAs the code belongs to.", True,
               unit="year"),
        Column("imd_year", "int64", "Year of the Index of Multiple Deprivation.", True,
               unit="year"),
        Column("imd_rank", "int64", "Rank in England; 1 is the most deprived.", True),
        Column("imd_decile", "int64", "Tenth of England; 1 is the most deprived.", True),
        Column("is_rural", "boolean", "Whether it is rural; null where not known."),
    ),
)  # fmt: skip

MEASURE_VALUES = Table(
    name="measure_values",
    grain="One measure for one area, period and part of a breakdown, small numbers included",
    zone=Zone.PSEUDONYMOUS,
    key=_KEY,
    note="It may tell of one person, so it is never handed on: `measures` is.",
    columns=(
        *_MEASURE,
        Column("numerator", "float64", "What was counted.", True),
        Column("denominator", "float64",
               "What it was counted among: people, person-years or events.", True),
        Column("value", "float64", "The measure; null where nobody could count, or under ten "
               "events of a standardised rate."),
        Column("lower", "float64", "Lower end of its 95% interval."),
        Column("upper", "float64", "Upper end of its 95% interval."),
        Column("method", "string", "How value and interval were worked out.", True,
               codes=code_sets.METHODS),
    ),
)  # fmt: skip

MEASURES = Table(
    name="measures",
    grain="One measure for one area, period and part of a breakdown, fit to be handed on",
    zone=Zone.PUBLISHED,
    key=_KEY,
    note="A count that is not shown is null, which is not nought: `status` says why.",
    columns=(
        *_MEASURE,
        Column("numerator", "int64", "What was counted, rounded; null where not shown."),
        Column("denominator", "int64", "What it was counted among, rounded; null where not shown."),
        Column("value", "float64", "The measure, from the rounded counts, a standardised rate to "
               "three digits; null where not shown."),
        Column("lower", "float64", "Lower end of its 95% interval."),
        Column("upper", "float64", "Upper end of its 95% interval."),
        Column("method", "string", "How value and interval were worked out.", True,
               codes=code_sets.METHODS),
        Column("status", "string", "Why it reads as it does.", True, codes=code_sets.SHOWN_STATUS),
        Column("rule", "string", "The rule by which small numbers are hidden, with its version.",
               True),
    ),
)  # fmt: skip

"""What the model compares, said once for every engine; the weights come from `model`."""

from __future__ import annotations

from dataclasses import dataclass

import splink.comparison_level_library as cll
from splink import SettingsCreator
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.comparison_library import CustomComparison
from splink.internals.dialects import SplinkDialect

from joinedup.linkage.model import Model

# Jaro-Winkler similarity from which two names are taken for two spellings of one.
# Source: Splink's own name comparison has 0.92 and 0.88 (splink.comparison_library).
_SIMILAR_NAME = 0.88
_SIMILAR_ADDRESS = 0.9

# Columns that `scoring` gives Splink, all text.
COMPARED = (
    "nhs_number", "other_number", "forename", "root", "surname", "birth", "sex", "address",
    "town", "postcode", "phone", "email",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """One way of agreeing: its name in the model, its test, and its words for people."""

    name: str
    test: ComparisonLevelCreator
    words: str
    rarity: str = ""  # the column whose rarity makes this agreement weigh more


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field: when it says nothing, and its levels from closest to none."""

    field: str
    unknown: ComparisonLevelCreator
    levels: tuple[Level, ...]


def _sql(condition: str) -> ComparisonLevelCreator:
    return cll.CustomLevel(condition)


def _differs() -> ComparisonLevelCreator:
    return cll.ElseLevel()


def _unknown(column: str) -> ComparisonLevelCreator:
    return _sql(f"{column}_l IS NULL OR {column}_r IS NULL")


_INITIAL = (
    "substr(forename_l, 1, 1) = substr(forename_r, 1, 1) AND "
    "(length(forename_l) = 1 OR length(forename_r) = 1)"
)


class _Crossed(ComparisonLevelCreator):
    """The forename of one record is spelt like the surname of the other."""

    def __init__(self, join: str) -> None:
        self._join = join

    def create_sql(self, sql_dialect: SplinkDialect) -> str:
        alike = sql_dialect.jaro_winkler_function_name
        return (
            f"{alike}(forename_l, surname_r) >= {_SIMILAR_NAME} {self._join} "
            f"{alike}(surname_l, forename_r) >= {_SIMILAR_NAME}"
        )

    def create_label_for_charts(self) -> str:
        return "crossed"


def _swapped() -> ComparisonLevelCreator:
    return _Crossed("AND")


def _crossed() -> ComparisonLevelCreator:
    return _Crossed("OR")


_PART_OF = (
    "(length(surname_l) >= 4 AND surname_r LIKE '%' || surname_l || '%') OR "
    "(length(surname_r) >= 4 AND surname_l LIKE '%' || surname_r || '%')"
)
_DAY_AND_MONTH_SWAPPED = (
    "substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND substr(birth_l, 5, 2) = "
    "substr(birth_r, 7, 2) AND substr(birth_l, 7, 2) = substr(birth_r, 5, 2)"
)
_TWO_PARTS = (
    "substr(birth_l, 1, 6) = substr(birth_r, 1, 6) OR substr(birth_l, 5, 4) = "
    "substr(birth_r, 5, 4) OR (substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND "
    "substr(birth_l, 7, 2) = substr(birth_r, 7, 2))"
)

COMPARISONS = (
    Comparison("forename", _unknown("forename"), (
        Level("same", cll.ExactMatchLevel("forename"), "the same forename", "forename"),
        Level("short_form", cll.ExactMatchLevel("root"), "a short form of the same forename",
              "root"),
        Level("swapped", _swapped(), "forename and surname swapped"),
        Level("similar", cll.JaroWinklerLevel("forename", _SIMILAR_NAME), "a similar forename"),
        Level("crossed", _crossed(), "a forename that is the other's surname"),
        Level("initial", _sql(_INITIAL), "the same initial, where that is all there is"),
        Level("differs", _differs(), "another forename"),
    )),
    Comparison("surname", _unknown("surname"), (
        Level("same", cll.ExactMatchLevel("surname"), "the same surname", "surname"),
        Level("swapped", _swapped(), "surname and forename swapped"),
        Level("similar", cll.JaroWinklerLevel("surname", _SIMILAR_NAME), "a similar surname"),
        Level("part", _sql(_PART_OF), "one surname is part of the other"),
        Level("differs", _differs(), "another surname"),
    )),
    Comparison("birth_date", _unknown("birth"), (
        Level("same", cll.ExactMatchLevel("birth"), "the same birth date"),
        Level("swapped", _sql(_DAY_AND_MONTH_SWAPPED), "day and month of birth swapped"),
        Level("one_slip", cll.DamerauLevenshteinLevel("birth", 1),
              "birth dates one slip of the pen apart"),
        Level("two_parts", _sql(_TWO_PARTS), "two of day, month and year of birth"),
        Level("differs", _differs(), "another birth date"),
    )),
    Comparison(
        "place",
        _sql("(postcode_l IS NULL OR postcode_r IS NULL) AND "
             "(address_l IS NULL OR address_r IS NULL)"),
        (
            Level("address", _sql("address_l = address_r AND (postcode_l IS NULL OR "
                                  "postcode_r IS NULL OR postcode_l = postcode_r)"),
                  "the same address"),
            Level("alike", cll.And(cll.JaroWinklerLevel("address", _SIMILAR_ADDRESS),
                                   cll.DamerauLevenshteinLevel("postcode", 1)),
                  "a similar address and postcode"),
            Level("postcode", _sql("postcode_l = postcode_r AND (address_l IS NULL OR "
                                   "address_r IS NULL)"), "the same postcode"),
            Level("neighbours", cll.ExactMatchLevel("postcode"),
                  "the same postcode but another address"),
            Level("similar", cll.Or(cll.JaroWinklerLevel("address", _SIMILAR_ADDRESS),
                                    cll.And(cll.DamerauLevenshteinLevel("postcode", 1),
                                            _unknown("address"))),
                  "a similar address, or a similar postcode where the address is not known"),
            Level("town", cll.ExactMatchLevel("town"), "the same town"),
            Level("differs", _differs(), "another address"),
        ),
    ),
    Comparison("sex", _unknown("sex"), (
        Level("same", cll.ExactMatchLevel("sex"), "the same sex"),
        Level("differs", _differs(), "another sex"),
    )),
    Comparison("nhs_number", _unknown("nhs_number"), (
        Level("same", cll.ExactMatchLevel("nhs_number"), "the same NHS number"),
        Level("one_slip", cll.DamerauLevenshteinLevel("nhs_number", 1),
              "NHS numbers one slip of the pen apart"),
        Level("differs", _differs(), "another NHS number"),
    )),
    Comparison("other_number", _unknown("other_number"), (
        Level("same", cll.ExactMatchLevel("other_number"), "the same other number"),
        Level("one_slip", cll.DamerauLevenshteinLevel("other_number", 1),
              "other numbers one slip of the pen apart"),
        Level("two_slips", cll.DamerauLevenshteinLevel("other_number", 2),
              "other numbers two slips of the pen apart"),
        Level("differs", _differs(), "another other number"),
    )),
    Comparison(
        "contact",
        _sql("(phone_l IS NULL OR phone_r IS NULL) AND (email_l IS NULL OR email_r IS NULL)"),
        (
            Level("same", _sql("phone_l = phone_r OR email_l = email_r"),
                  "the same telephone number or e-mail address"),
            Level("differs", _differs(), "another telephone number or e-mail address"),
        ),
    ),
)  # fmt: skip


def settings(model: Model, *, people: int, show_parts: bool = False) -> SettingsCreator:
    """Splink's settings with the model's weights; `people` sets how likely a chance pair is one.

    Which pairs are compared is not said here: `blocking` gives them.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=1.0 / people,
        comparisons=[_comparison(one, model) for one in COMPARISONS],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=show_parts,
    )


def level_number(field: str, level: str) -> int:
    """The number that Splink gives a level: 0 is the last, and -1 not known."""
    names = next([level.name for level in one.levels] for one in COMPARISONS if one.field == field)
    return len(names) - 1 - names.index(level)


def _comparison(one: Comparison, model: Model) -> ComparisonCreator:
    weights = model.field(one.field)
    levels = [one.unknown.configure(is_null_level=True)]
    for level in one.levels:
        trained = weights.level(level.name)
        rarity = (
            {"tf_adjustment_column": level.rarity, "tf_minimum_u_value": _LEAST_SHARE}
            if level.rarity
            else {}
        )
        levels.append(
            level.test.configure(
                m_probability=trained.m,
                u_probability=trained.u,
                label_for_charts=level.name,
                **rarity,
            )
        )
    return CustomComparison(levels, output_column_name=one.field)


# A name seen once may be a slip; it is never taken for rarer than one in 100,000.
_LEAST_SHARE = 1e-5

"""What may be shown of a count of people: the rule, with its id and version, and its words.

A hidden count is None and has a status; it is never nought, and nought is never hidden as missing.
Counts up to the threshold are hidden and the rest rounded, as OpenSAFELY does before release
(threshold 7, nearest 5: https://docs.opensafely.org/outputs/sdc/) and NHS England for hospital
statistics (HES analysis guide).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from joinedup.terms import SettingError

EVERY_MEASURE: Final = "*"


class Status(StrEnum):
    """Why a published figure reads as it does. Only `shown` and `zero` have a number."""

    SHOWN = "shown"
    SUPPRESSED = "suppressed"
    WITHHELD_SECONDARY = "withheld_secondary"
    MISSING = "missing"
    ZERO = "zero"


@dataclass(frozen=True, slots=True, order=True)
class SafeZero:
    """A declaration that noughts of a measure tell nothing about anybody, and why that is so."""

    measure_id: str
    why: str


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """Counts of 1 (or 0) to `threshold` are hidden, others rounded to the nearest `rounding`.

    `protection`: whatever is added and subtracted, a small count could still be any of whole
    numbers that lie this far apart (sliding protection: Fischetti and Salazar, Management Science
    47, 2001); one withheld for its sake is not small, and may be known more closely. Noughts are
    hidden as small counts are, unless declared safe. SettingError for a rule that cannot be kept.
    """

    id: str
    version: str
    threshold: int = 7
    rounding: int = 5
    protection: int = 4
    safe_zeros: tuple[SafeZero, ...] = ()

    def __post_init__(self) -> None:
        lowest = 1 if self.safe_zeros else 0
        if min(self.threshold, self.rounding, self.protection) < 1:
            raise SettingError(
                "threshold, rounding and protection are whole numbers of 1 or more.",
                where=f"disclosure rule {self.id}",
            )
        if self.protection > self.threshold - lowest:
            raise SettingError(
                f"a count of {lowest} to {self.threshold} cannot be unsure by {self.protection}.",
                where=f"disclosure rule {self.id}",
                cure=f"Promise a protection of {self.threshold - lowest} or less.",
            )

    def zero_is_safe(self, measure_id: str) -> bool:
        """Whether a nought of this measure may be shown."""
        return any(one.measure_id in (EVERY_MEASURE, measure_id) for one in self.safe_zeros)

    def rounded(self, count: int) -> int:
        """The count to the nearest `rounding`; halves go up."""
        return (count + self.rounding // 2) // self.rounding * self.rounding

    def in_words(self) -> str:
        """The rule as a page or a workbook prints it."""
        sentences = [
            f"Counts of {self.threshold} and fewer are suppressed.",
            "Other counts are as they are."
            if self.rounding == 1
            else f"Other counts are rounded to the nearest {self.rounding}.",
            "Rates are worked out from the rounded counts.",
            "Further counts are withheld where a suppressed one could be worked out: it could "
            f"still be any of {self.protection + 1} numbers or more.",
        ]
        if not self.safe_zeros:
            sentences.append("Noughts are suppressed as small counts are.")
        for one in self.safe_zeros:
            of = "" if one.measure_id == EVERY_MEASURE else f" of {one.measure_id}"
            sentences.append(f"Noughts{of} are shown: {one.why}")
        return " ".join(sentences) + f" (Rule {self.id}, version {self.version}.)"


# What leaves the system. A nought says something of everybody in its cell ("nobody here was
# screened"), so it is hidden until its measure is declared safe.
PUBLISHED_RULE: Final = DisclosureRule("published", "1")

# What partners see of their own population, in reports that may travel: docs/decisions/0009.
REPORT_RULE: Final = DisclosureRule(
    "report",
    "1",
    threshold=4,
    protection=3,
    safe_zeros=(SafeZero(EVERY_MEASURE, "nobody of that age lives there, which is a finding."),),
)


def shown_count(people: int, rule: DisclosureRule = REPORT_RULE) -> int | None:
    """A count that stands alone, as a page may show it; None where suppressed, which is not zero.

    Where counts add up to one another use `protect`.
    """
    if people == 0 and rule.zero_is_safe(EVERY_MEASURE):
        return 0
    return None if people <= rule.threshold else rule.rounded(people)


def count_in_words(people: int | None, rule: DisclosureRule = REPORT_RULE) -> str:
    """A shown count in words: "1,235", or "fewer than 5"."""
    return f"fewer than {rule.threshold + 1}" if people is None else f"{people:,}"

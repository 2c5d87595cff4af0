"""Who and when a model learns from, and who and when it is judged on: apart in both.

Trained as at one date on some people; tested as at a later date on others. Which people is told by
their pseudonym's digits, so that a person is on the same side in every run, on every engine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from joinedup.population.risk.outcomes import HORIZON_DAYS
from joinedup.terms import SettingError, SourceDataError

# A pseudonym is P and 15 hexadecimal digits: `safeguards.pseudonyms`. Digits 1 to 4 tell the side;
# 5 to 12 order people for a sample, so that the one does not tell of the other.
_PSEUDONYM: Final = "^P[0-9A-F]{15}$"
_SIDES: Final = 16**4


@dataclass(frozen=True, slots=True)
class Split:
    """Index dates, and the share of people who are held out for the test.

    SettingError where the outcome window of training reaches past the date of the test.
    """

    train_on: dt.date
    test_on: dt.date
    held_out_share: float = 0.3
    horizon_days: int = HORIZON_DAYS

    def __post_init__(self) -> None:
        if self.train_on + dt.timedelta(days=self.horizon_days) > self.test_on:
            raise SettingError(
                f"the {self.horizon_days} days after {self.train_on} reach past {self.test_on}.",
                where="split",
                cure="Test at a date on or after the end of training's outcome window.",
            )
        if not 0 < self.held_out_share < 1:
            raise SettingError(
                f"a share of {self.held_out_share} holds out nobody or everybody.",
                where="split",
                cure="Choose a share between 0 and 1, such as 0.3.",
            )


def is_held_out(person_id: ir.StringValue, split: Split) -> ir.BooleanValue:
    """Whether a person is kept for the test: the first four digits of the pseudonym are low."""
    # Text of hexadecimal capitals sorts as the numbers do, on every engine.
    below = f"{min(max(round(split.held_out_share * _SIDES), 1), _SIDES - 1):04X}"
    return person_id.substr(1, 4) < below


def sample(people: ir.Table, at_most: int) -> ir.Table:
    """At most so many rows of a table with one row a person, by digits of the pseudonym."""
    order = people.person_id.substr(5, 8)
    return people.order_by([order, people.person_id]).limit(at_most)


def check_pseudonyms(people: ir.Table) -> None:
    """SourceDataError where a person_id is not a pseudonym that can tell a side."""
    wrong = people.filter(~people.person_id.re_search(_PSEUDONYM)).count().to_pyarrow().as_py()
    if wrong:
        raise SourceDataError(
            f"{wrong:,} of the people have a person_id that is not P and 15 digits 0 to F.",
            where="persons",
            cure="Use person_id as the system made it: the split goes by its digits.",
        )

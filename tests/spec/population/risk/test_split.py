"""Who trains and who tests is told by the pseudonym alone."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from joinedup.population.risk import Split, is_held_out, sample
from joinedup.population.risk.split import check_pseudonyms
from joinedup.terms import SettingError, SourceDataError
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

SPLIT = Split(dt.date(2024, 4, 1), dt.date(2025, 4, 1), held_out_share=0.5)
PEOPLE = drawn("""
    person_id
    P0000FFFFFFFFFFF
    P7FFF00000000000
    P800000000000000
    PFFFF00000000000
    P9ABC0000000000F
""")


def test_low_digits_are_held_out() -> None:
    found = PEOPLE.mutate(held=is_held_out(PEOPLE.person_id, SPLIT)).filter(lambda t: t.held)
    assert [row[0] for row in shown(found.order_by("person_id"))] == [
        "P0000FFFFFFFFFFF",
        "P7FFF00000000000",
    ]


def test_a_sample_goes_by_other_digits_whatever_the_order_of_rows() -> None:
    expected = ["P7FFF00000000000", "P800000000000000"]
    for table in (PEOPLE, PEOPLE.order_by(ibis.desc("person_id"))):
        assert sorted(row[0] for row in shown(sample(table, 2))) == expected


def test_the_year_of_training_is_over_before_the_test_begins() -> None:
    with pytest.raises(SettingError, match="reach past 2025-03-31"):
        Split(dt.date(2024, 4, 1), dt.date(2025, 3, 31))
    for share in (0.0, 1.0):
        with pytest.raises(SettingError, match="nobody or everybody"):
            Split(dt.date(2024, 4, 1), dt.date(2025, 4, 1), held_out_share=share)


def test_an_id_that_is_no_pseudonym_cannot_tell_a_side() -> None:
    check_pseudonyms(PEOPLE)
    with pytest.raises(SourceDataError, match="2 of the people"):
        check_pseudonyms(drawn("person_id\nP12\np00000000000000f\nP0000FFFFFFFFFFF"))

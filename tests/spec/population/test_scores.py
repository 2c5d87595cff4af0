"""Scores of illness and frailty, worked by hand from the published weights."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from joinedup.population.scores import (
    GILBERT_LOOK_BACK_DAYS,
    Window,
    charlson,
    elixhauser,
    hospital_frailty,
    score_map,
    scores_at_once,
    weighed_conditions,
)
from joinedup.terms import NotFoundError, SettingError
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

ON = dt.date(2026, 4, 1)
EVER = Window(on=ON)
TYPES = {"event_id": "int64", "recorded_date": "date"}

PEOPLE = drawn(
    """
    person_id | birth_month
    PA        | 1951-04-01
    PB        | 1951-05-01
    PC        | -
    PD        | 1940-01-01
    PE        | 1940-01-01
    """,
    birth_month="date",
)
# PA has a mild and a grave liver disease, and diabetes with and without complication: the graver
# counts. PC's codes are cut short or in no shape; PD has none; PE has one that stands for nothing.
CODES = drawn(
    """
    event_id | person_id | system    | code     | recorded_date
    1        | PA        | ICD-10    | I21.9    | 2019-05-01
    1        | PA        | ICD-10    | K703     | 2019-05-01
    2        | PA        | ICD-10    | K76.6    | 2025-02-01
    2        | PA        | ICD-10    | E119     | 2025-02-01
    3        | PA        | ICD-10    | E11.2D   | 2025-03-01
    3        | PA        | ICD-10    | I21.4    | 2025-03-01
    3        | PA        | SNOMED-CT | 22298006 | 2025-03-01
    4        | PB        | ICD-10    | C50.9    | 2025-06-01
    4        | PB        | ICD-10    | c78.0    | 2025-06-01
    5        | PC        | ICD-10    | C1       | 2025-06-01
    5        | PC        | ICD-10    | C1YYY    | 2025-06-01
    6        | PE        | ICD-10    | R05X     | 2025-06-01
    """,
    **TYPES,
)


def codes_of(**persons: str) -> ibis.Table:
    """ICD-10 codes of a few people, all recorded on one day."""
    lines = [
        f"{event} | {person} | ICD-10 | {code} | 2025-06-01"
        for event, (person, codes) in enumerate(persons.items(), start=1)
        for code in codes.split()
    ]
    head = "event_id | person_id | system | code | recorded_date"
    return drawn("\n".join([head, *lines]), **TYPES)


def test_charlson_by_the_weights_of_1987() -> None:
    # PA: infarction 1, graver liver disease 3, diabetes with complication 2. PB: metastatic 6.
    scored = charlson(CODES, PEOPLE, EVER).order_by("person_id")
    assert shown(scored, "person_id", "score", "conditions", "diagnoses", "refused") == [
        ("PA", "6", "3", "6", "0"),
        ("PB", "6", "1", "2", "0"),
        ("PC", None, "0", "0", "2"),
        ("PD", None, "0", "0", "0"),
        ("PE", "0", "0", "1", "0"),
    ]


def test_charlson_by_the_weights_of_2011() -> None:
    # PA: infarction 0, graver liver disease 4, diabetes with complication 1.
    scored = charlson(CODES, PEOPLE, EVER, weights="quan_2011").order_by("person_id")
    assert [score for _, score in shown(scored, "person_id", "score")] == [
        "5",
        "6",
        None,
        None,
        "0",
    ]


def test_elixhauser_counts_and_weighs() -> None:
    # PA: heart failure 7 (by I110, which is hypertension with complication too), drug abuse -7,
    # obesity -4. PB: weight loss 6, solid tumour 4.
    codes = codes_of(PA="I10X I110 F112 E669", PB="R64X C509")
    scored = elixhauser(codes, PEOPLE, EVER).order_by("person_id")
    assert shown(scored, "score", "conditions")[:2] == [("-4", "4"), ("10", "2")]


def test_hospital_frailty_and_its_bands() -> None:
    # PA 3.7 + 1.2; PB 3.7 + 0.8 + 0.5; PC 7.1 + 4.4 + 3.2 + 0.3; PD 0.1 more; PE has a code twice.
    codes = codes_of(
        PA="I694 R450",
        PB="I694 M800 F329",
        PC="F001 G819 N390 K529",
        PD="F001 G819 N390 K529 R509",
        PE="F001D F00.9 F009-D",
    )
    scored = hospital_frailty(codes, PEOPLE, EVER).order_by("person_id")
    assert shown(scored, "person_id", "score", "band", "is_of_age") == [
        ("PA", "4.9", "low", "True"),
        ("PB", "5.0", "intermediate", "False"),
        ("PC", "15.0", "intermediate", None),
        ("PD", "15.1", "high", "True"),
        ("PE", "7.1", "intermediate", "True"),
    ]


def test_whom_frailty_is_meant_for_can_be_set_and_nobody_coded_has_no_band() -> None:
    scored = hospital_frailty(CODES, PEOPLE, EVER, from_age_years=65).order_by("person_id")
    assert shown(scored, "band", "is_of_age") == [
        ("low", "True"),
        ("low", "True"),
        (None, None),
        (None, "True"),
        ("low", "True"),
    ]
    unknown = hospital_frailty(CODES, PEOPLE.select("person_id"), EVER)
    assert shown(unknown, "is_of_age") == [(None,)] * 5


def test_the_window_holds_its_last_day_and_not_the_one_before_its_first() -> None:
    codes = drawn(
        """
        event_id | person_id | system | code | recorded_date
        1        | PA        | ICD-10 | I21X | 2024-03-31
        2        | PB        | ICD-10 | I21X | 2024-04-01
        3        | PC        | ICD-10 | I21X | 2026-03-31
        4        | PD        | ICD-10 | I21X | 2026-04-01
        """,
        **TYPES,
    )
    window = Window(on=dt.date(2026, 3, 31), look_back_days=GILBERT_LOOK_BACK_DAYS)
    scored = charlson(codes, PEOPLE, window).order_by("person_id")
    assert shown(scored, "as_at_date", "score") == [
        ("2026-03-31", None),
        ("2026-03-31", "1"),
        ("2026-03-31", "1"),
        ("2026-03-31", None),
        ("2026-03-31", None),
    ]


def test_each_person_may_have_dates_of_their_own() -> None:
    dated = drawn(
        """
        person_id | as_at_date
        PA        | 2019-05-01
        PA        | 2025-02-01
        PB        | 2025-05-31
        """,
        as_at_date="date",
    )
    expected = [
        ("PA", "2019-05-01", "2"),  # infarction, mild liver disease
        ("PA", "2025-02-01", "5"),  # and since: graver liver disease instead, diabetes
        ("PB", "2025-05-31", None),
    ]
    scored = charlson(CODES, dated, Window()).order_by("person_id", "as_at_date")
    assert shown(scored, "person_id", "as_at_date", "score") == expected
    recent = charlson(CODES, dated, Window(look_back_days=365)).order_by("person_id", "as_at_date")
    assert shown(recent, "score") == [("2",), ("4",), (None,)]


def test_only_the_events_asked_for_count() -> None:
    spells = drawn("event_id\n2\n4", event_id="int64")
    scored = charlson(CODES, PEOPLE, Window(on=ON, events=spells)).order_by("person_id")
    assert shown(scored, "score")[:2] == [("4",), ("6",)]


def test_a_page_can_say_why() -> None:
    why = weighed_conditions(CODES, PEOPLE, EVER, score_map("charlson"))
    why = why.order_by("person_id", "condition")
    assert shown(why, "person_id", "condition", "first_date", "points") == [
        ("PA", "diabetes", "2025-02-01", "0"),
        ("PA", "diabetes_with_complication", "2025-03-01", "2"),
        ("PA", "mild_liver_disease", "2019-05-01", "0"),
        ("PA", "myocardial_infarction", "2019-05-01", "1"),
        ("PA", "severe_liver_disease", "2025-02-01", "3"),
        ("PB", "cancer", "2025-06-01", "0"),
        ("PB", "metastatic_cancer", "2025-06-01", "6"),
    ]


def test_scores_at_once_are_the_scores_one_by_one() -> None:
    several = [score_map(name) for name in ("charlson", "elixhauser", "hospital_frailty")]
    at_once = scores_at_once(CODES, PEOPLE, EVER, several).order_by("person_id")
    each = [
        shown(one.order_by("person_id"), "score", "conditions")
        for one in (
            charlson(CODES, PEOPLE, EVER),
            elixhauser(CODES, PEOPLE, EVER),
            hospital_frailty(CODES, PEOPLE, EVER),
        )
    ]
    names = [f"{one.name}_{what}" for one in several for what in ("score", "conditions")]
    assert shown(at_once, *names) == [(*a, *b, *c) for a, b, c in zip(*each, strict=True)]


def test_what_cannot_be_meant_is_refused_in_words() -> None:
    with pytest.raises(NotFoundError, match="charlson_1987, quan_2011"):
        charlson(CODES, PEOPLE, EVER, weights="quan")
    with pytest.raises(NotFoundError, match="no score 'hfrs'"):
        score_map("hfrs")
    with pytest.raises(SettingError, match="given nowhere"):
        charlson(CODES, PEOPLE, Window())
    dated = PEOPLE.mutate(as_at_date=ibis.literal(ON))
    with pytest.raises(SettingError, match="both in the window and for each person"):
        charlson(CODES, dated, EVER)
    with pytest.raises(SettingError, match="one day at least"):
        Window(on=ON, look_back_days=0)

"""Scores whose codes a user brings: frailty by deficits, and multimorbidity."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import ibis
import pytest

from joinedup.population.scores import (
    CAMBRIDGE_CONDITIONS,
    DEFICITS,
    ListedCode,
    Window,
    cambridge_multimorbidity,
    dated_people,
    electronic_frailty,
    found_by_codes,
    read_code_list,
)
from joinedup.terms import NotFoundError, SourceDataError
from tests.drawn import drawn, shown

pytestmark = pytest.mark.usefixtures("by_engine")

ON = dt.date(2026, 4, 1)
PEOPLE = drawn(
    """
    person_id | birth_month
    PA        | 1950-01-01
    PB        | 1980-01-01
    PC        | -
    PD        | 1950-01-01
    PE        | 1950-01-01
    """,
    birth_month="date",
)
LIST = """deficit,system,code
falls,SNOMED-CT,161898004
falls,ICD-10,W1
diabetes,SNOMED-CT,44054006
diabetes,CTV3,X40J5
"""


def with_deficits(**counts: int) -> ibis.Table:
    """People with the first so many of the 36 deficits."""
    rows = [(person, ON, one) for person, many in counts.items() for one in DEFICITS[:many]]
    return ibis.memtable(
        rows, schema={"person_id": "string", "as_at_date": "date", "condition": "string"}
    )


def listed(folder: Path, text: str) -> Path:
    """A list of codes as a file."""
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_codes_of_a_list_are_found_as_they_are_and_icd10_by_its_beginning() -> None:
    codes = drawn(
        """
        event_id | person_id | system    | code      | recorded_date
        1        | PA        | SNOMED-CT | 161898004 | 2025-06-01
        1        | PA        | SNOMED-CT | 161898004 | 2025-05-01
        2        | PA        | CTV3      | X40J5     | 2025-06-01
        3        | PB        | CTV3      | x40j5     | 2025-06-01
        3        | PB        | ICD-10    | W19.9     | 2025-06-01
        4        | PC        | SNOMED-CT | 1618980   | 2025-06-01
        4        | PC        | LOCAL     | 161898004 | 2025-06-01
        5        | PD        | SNOMED-CT | 161898004 | 2026-04-02
        """,
        event_id="int64",
        recorded_date="date",
    )
    wanted = [
        ListedCode("falls", "SNOMED-CT", "161898004"),
        ListedCode("falls", "ICD-10", "W19"),
        ListedCode("diabetes", "CTV3", "X40J5"),
    ]
    found = found_by_codes(codes, wanted, PEOPLE, Window(on=ON)).order_by("person_id", "condition")
    assert shown(found, "person_id", "condition", "first_date") == [
        ("PA", "diabetes", "2025-06-01"),
        ("PA", "falls", "2025-05-01"),
        ("PB", "falls", "2025-06-01"),
    ]


def test_the_electronic_frailty_index_is_a_share_of_36() -> None:
    # 4/36 = 0.111, 5/36 = 0.139, 8/36 = 0.222, 12/36 = 0.333, 13/36 = 0.361.
    found = with_deficits(PA=5, PB=8, PC=12, PD=13).union(
        ibis.memtable([("PE", ON, "asthma")], schema=with_deficits(PA=1).schema())
    )
    people = dated_people(PEOPLE, Window(on=ON)).join(PEOPLE, "person_id")
    scored = electronic_frailty(found, people, sought=DEFICITS).order_by("person_id")
    assert shown(scored, "person_id", "deficits", "category", "is_of_age") == [
        ("PA", "5", "mild", "True"),
        ("PB", "8", "mild", "False"),
        ("PC", "12", "moderate", None),
        ("PD", "13", "severe", "True"),
        ("PE", "0", "fit", "True"),
    ]
    assert shown(scored.filter(scored.person_id == "PC"), "score") == [(str(12 / 36),)]
    fit = electronic_frailty(with_deficits(PA=4), people, sought=DEFICITS)
    assert shown(fit.filter(fit.person_id == "PA"), "deficits", "category") == [("4", "fit")]


def test_a_deficit_that_nobody_looked_for_is_said() -> None:
    people = dated_people(PEOPLE, Window(on=ON))
    with pytest.raises(NotFoundError, match="waits for codes of polypharmacy"):
        electronic_frailty(
            with_deficits(PA=1), people, sought=[one for one in DEFICITS if one != "polypharmacy"]
        )
    assert len(DEFICITS) == 36


def test_the_cambridge_score_sums_published_weights(tmp_path: Path) -> None:
    # Dementia 2.50, heart failure 1.18, hypertension 0.08; twice recorded counts once.
    found = drawn(
        """
        person_id | as_at_date | condition
        PA        | 2026-04-01 | dementia
        PA        | 2026-04-01 | heart_failure
        PA        | 2026-04-01 | hypertension
        PA        | 2026-04-01 | hypertension
        PB        | 2026-04-01 | falls
        """,
        as_at_date="date",
    )
    people = dated_people(PEOPLE, Window(on=ON))
    scored = cambridge_multimorbidity(found, people, sought=CAMBRIDGE_CONDITIONS)
    assert shown(scored.order_by("person_id"), "score", "conditions")[:2] == [
        ("3.76", "3"),
        ("0.0", "0"),
    ]
    own = read_code_list(
        listed(tmp_path, "condition,system,code,weight\ndementia,CTV3,X002w,0.5\n")
    )
    mine = cambridge_multimorbidity(found, people, sought=own.conditions, weights=own.weights)
    assert shown(mine.order_by("person_id"), "score", "conditions")[0] == ("0.5", "1")
    with pytest.raises(NotFoundError, match="waits for codes of hypertension"):
        cambridge_multimorbidity(found, people, sought=own.conditions)


def test_a_list_says_what_it_has_and_what_it_waits_for(tmp_path: Path) -> None:
    text = LIST.replace("W1\n", "w19.X\n")
    found = read_code_list(listed(tmp_path, "\ufeff" + text))
    assert found.conditions == ("falls", "diabetes")
    assert found.codes[1] == ListedCode("falls", "ICD-10", "w19.X")
    assert found.weights == ()
    assert found.waits_for(["falls", "dizziness"]) == ("dizziness",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LIST, r"1 codes are not well formed for their system \(line 3\)"),
        ("deficit,system,code\nfalls,SNOMED-CT,161898000\n", "not well formed"),
        ("deficit,code\nfalls,161898004\n", "lacks columns"),
        ("deficit,system,code\nfalls,SNOMED,161898004\n", "Line 2 has no deficit, no code, or no"),
        ("deficit,system,code\n,CTV3,X002w\n", "Line 2"),
        ("deficit,system,code\n", "no codes"),
        ("", "lacks columns"),
        ("condition,system,code,weight\na,CTV3,X1,much\n", "weight on line 2 is no number"),
        ("condition,system,code,weight\na,CTV3,X1,nan\n", "weight on line 2 is no number"),
        ("condition,system,code,weight\na,CTV3,X1,1.234\n", "weight on line 2 is no number"),
        ("condition,system,code,weight\na,CTV3,X1,1\na,CTV3,X2,2\n", "line 3 differs"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(SourceDataError, match=says):
        read_code_list(listed(tmp_path, text))


def test_a_list_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="not part of Joinedup"):
        read_code_list(tmp_path / "efi.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes(b"deficit,system,code\ncaf\xe9,CTV3,X1\n")
    with pytest.raises(SourceDataError, match="not UTF-8"):
        read_code_list(path)

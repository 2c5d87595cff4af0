"""What a team answered, read from its file: right ones as they stand, wrong ones by their line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from joinedup.actions.worklist_feedback import read_feedback
from joinedup.terms import SourceDataError

TODAY = dt.date(2026, 4, 30)
HEAD = "person_id,decision,reason,decided_date,until_date\n"
SOMEBODY = "P0123456789ABCDE"


def feedback(folder: Path, text: str | bytes) -> Path:
    """A file with that text."""
    path = folder / "feedback.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_answers_are_read_as_they_stand(tmp_path: Path) -> None:
    path = feedback(
        tmp_path,
        "\ufeff" + HEAD + f"{SOMEBODY},Declined,knows the service,2026-04-01,\n"
        f"\n{SOMEBODY.lower()}, deferred ,,2026-04-30,2026-06-01\n",
    )
    table = read_feedback(path, TODAY)
    assert table is not None
    assert table.order_by("decided_date").to_pyarrow().to_pylist() == [
        {
            "person_id": SOMEBODY, "decision": "declined", "reason": "knows the service",
            "decided_date": dt.date(2026, 4, 1), "until_date": None,
        },
        {
            "person_id": SOMEBODY, "decision": "deferred", "reason": "",
            "decided_date": dt.date(2026, 4, 30), "until_date": dt.date(2026, 6, 1),
        },
    ]  # fmt: skip


def test_without_a_file_there_are_no_answers(tmp_path: Path) -> None:
    assert read_feedback(tmp_path / "feedback.csv", TODAY) is None


def test_a_file_of_nothing_but_its_header_has_no_answers(tmp_path: Path) -> None:
    table = read_feedback(feedback(tmp_path, HEAD), TODAY)
    assert table is not None
    assert table.count().to_pyarrow().as_py() == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("9434765919,declined,,2026-04-01,", "person_id is not P and 15 digits"),
        (f"{SOMEBODY},no,,2026-04-01,", "decision is none of accepted, deferred, declined"),
        (f"{SOMEBODY},declined,,01/04/2026,", "decided_date is not a date"),
        (f"{SOMEBODY},declined,,2026-02-30,", "decided_date is not a date"),
        (f"{SOMEBODY},declined,,,", "decided_date is not a date"),
        (f"{SOMEBODY},declined,,2026-05-01,", "decided_date lies in the future"),
        (f"{SOMEBODY},deferred,,2026-04-01,soon", "until_date is not a date"),
        (f"{SOMEBODY},deferred,,2026-04-01,2026-03-31", "until_date is before decided_date"),
        (f"{SOMEBODY},declined,,2026-04-01,2026-05-31", "until_date is only for who was deferred"),
        (f"{SOMEBODY},declined,2026-04-01", "not as many fields as the header"),
        (f"{SOMEBODY},declined,he said no, twice,2026-04-01,", "not as many fields as the header"),
        (f"{SOMEBODY},declined,{'x' * 301},2026-04-01,", "reason has more than 300 characters"),
    ],
)
def test_a_wrong_answer_is_told_by_its_line_and_never_repeated(
    tmp_path: Path, line: str, said: str
) -> None:
    right = f"{SOMEBODY},accepted,,2026-04-01,\n"
    with pytest.raises(SourceDataError) as raised:
        read_feedback(feedback(tmp_path, HEAD + right + line + "\n"), TODAY)
    told = str(raised.value)
    assert f"line 3: {said}" in told or f"line 3: it has {said}" in told
    assert SOMEBODY not in told
    assert "9434765919" not in told


def test_of_many_wrong_lines_the_first_are_told(tmp_path: Path) -> None:
    wrong = f"{SOMEBODY},maybe,,2026-04-01,\n" * 8
    with pytest.raises(SourceDataError, match=r"line 6: .*; and 3 more"):
        read_feedback(feedback(tmp_path, HEAD + wrong), TODAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it has no column person_id"),
        (HEAD.replace(",", ";"), "it has no column person_id"),
        ("person_id,decision\n", "it has no column reason, decided_date, until_date"),
        (HEAD.encode() + b"\xff\xfe", "it is not UTF-8"),
        (HEAD + f'{SOMEBODY},"declined', "it cannot be read as CSV"),
    ],
)
def test_another_kind_of_file_is_refused_whole(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(SourceDataError, match=said):
        read_feedback(feedback(tmp_path, text), TODAY)

"""What is handed on says what it is, and no text in it becomes a formula."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from joinedup.actions.handing_on import write_out
from joinedup.terms import NotFoundError

ROWS = pa.table(
    {
        "area": ["N1", "=HYPERLINK(1)"],
        "numerator": pa.array([125, None], pa.int64()),
        "value": pa.array([12.5, None], pa.float64()),
        "status": ["shown", "suppressed"],
    }
)
NOTES = {"Snapshot": "000001", "Small numbers": "=hidden"}


def test_a_workbook_has_its_notes_first_and_numbers_are_numbers(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_out(ROWS, NOTES, tmp_path / "out.xlsx"))
    assert book.sheetnames == ["About", "Measures"]
    notes = [tuple(cell.value for cell in row) for row in book["About"].rows]
    assert notes == [("Snapshot", "000001"), ("Small numbers", "=hidden")]
    sheet = book["Measures"]
    assert [cell.value for cell in sheet[1]] == ["area", "numerator", "value", "status"]
    assert [cell.value for cell in sheet[2]] == ["N1", 125, 12.5, "shown"]
    # Not shown is neither nought nor blank: the status says why.
    assert [cell.value for cell in sheet[3]] == ["=HYPERLINK(1)", None, None, "suppressed"]
    assert sheet["A3"].data_type == "s"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D3")


def test_a_csv_is_safe_to_open_and_has_its_notes_beside_it(tmp_path: Path) -> None:
    with write_out(ROWS, NOTES, tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [["N1", "125", "12.5", "shown"], ["'=HYPERLINK(1)", "", "", "suppressed"]]
    assert (tmp_path / "out.about.txt").read_text(encoding="utf-8").startswith("Snapshot: 000001\n")


def test_json_and_parquet_carry_their_notes(tmp_path: Path) -> None:
    told = json.loads(write_out(ROWS, NOTES, tmp_path / "out.json").read_text(encoding="utf-8"))
    assert told["about"] == NOTES
    assert told["rows"][1]["numerator"] is None
    read = pq.read_table(write_out(ROWS, NOTES, tmp_path / "out.parquet"))
    assert read.schema.metadata[b"joinedup.Snapshot"] == b"000001"
    assert read["area"].to_pylist() == ROWS["area"].to_pylist()


def test_nothing_is_left_lying_and_another_ending_is_refused(tmp_path: Path) -> None:
    write_out(ROWS, NOTES, tmp_path / "out.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    with pytest.raises(NotFoundError, match=r"\.csv, \.xlsx"):
        write_out(ROWS, NOTES, tmp_path / "out.doc")

"""Which physical lines of a damaged CSV are records."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.intake import RecordForm, place_lines
from joinedup.intake.records import examine, read_fields, read_on

THREE = RecordForm(3, b",")


def _place(folder: Path, text: bytes) -> tuple[list[tuple[int, int]], dict[int, str], int]:
    """Accepted (first line, lines), refused line → rule, and blank lines, after a header."""
    plain, clean = folder / "plain.csv", folder / "clean.csv"
    plain.write_bytes(b"a,b,c\n" + text)
    placed = place_lines(plain, clean, THREE, header_lines=1, is_utf8=False)
    accepted = [(int(first), int(span)) for first, span in placed.accepted().T]
    refused = {one.line: one.rule for one in placed.refused}
    assert placed.lines == 1 + placed.blank + len(refused) + sum(span for _, span in accepted)
    return accepted, refused, placed.blank


@pytest.mark.parametrize(
    ("text", "accepted", "refused"),
    [
        (b"1,2,3\n4,5,6\n", [(2, 1), (3, 1)], {}),
        (b"1,2,3", [(2, 1)], {}),
        (b"1,2,3\r\n4,5,6\n", [(2, 1), (3, 1)], {}),
        (b'1,"two\nlines",3\n4,5,6\n', [(2, 2), (4, 1)], {}),
        (b'1,"with\n\na gap",3\n', [(2, 3)], {}),
        (b'1,"never closed,3\n4,5,6\n7,8,9\n', [(3, 1), (4, 1)], {2: "unclosed_quote"}),
        (b'1,"open,3\n4,5,6\n7,8",9\n', [(3, 1), (4, 1)], {2: "unclosed_quote"}),
        (b'1,"a"b,3\n4,5,6\n', [(3, 1)], {2: "bad_quote"}),
        (b'1,six" pipe,3\n', [(2, 1)], {}),
        (b'1, "spaced" ,3\n', [(2, 1)], {}),
        (b'1,"say ""yes""",3\n', [(2, 1)], {}),
        (b"1,2\n4,5,6\n", [(3, 1)], {2: "too_few_columns"}),
        (b"1,2,3,4\n4,5,6\n", [(3, 1)], {2: "too_many_columns"}),
        (b"1,2,3,\n", [], {2: "too_many_columns"}),
        (b"1,2\x00,3\n", [], {2: "nul_byte"}),
        (b"1,2\xff,3\n1,\xc3\xa9,3\n", [(3, 1)], {2: "encoding"}),
        (b"1,2\r,3\n", [], {2: "stray_return"}),
        (b"1,2,3\n4,5", [(2, 1)], {3: "truncated"}),
        (b'1,2,3\n4,"5', [(2, 1)], {3: "truncated"}),
    ],
)  # fmt: skip
def test_each_line_is_a_record_part_of_one_or_refused(
    tmp_path: Path, text: bytes, accepted: list[tuple[int, int]], refused: dict[int, str]
) -> None:
    assert _place(tmp_path, text) == (accepted, refused, 0)


def test_blank_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    assert _place(tmp_path, b"\n1,2,3\n\r\n   \n4,5,6\n") == ([(3, 1), (6, 1)], {}, 3)


def test_a_line_beyond_a_megabyte_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    text = b"1,2," + b"x" * 9_000_000 + b"\n4,5,6\n"
    assert _place(tmp_path, text) == ([(3, 1)], {2: "line_too_long"}, 0)


def test_a_record_may_span_two_blocks(tmp_path: Path) -> None:
    filler = b"1,2,3\n" * 699_049  # just short of the four megabytes that are read at once
    accepted, refused, _ = _place(tmp_path, filler + b'7,"eight\nand more",9\n' * 5)
    assert accepted[-1] == (699_050 + 9, 2)
    assert refused == {}


def test_an_unclosed_quote_costs_no_more_than_its_line_however_long_the_file(
    tmp_path: Path,
) -> None:
    accepted, refused, _ = _place(tmp_path, b'1,"2,3\n' + b"4,5,6\n" * 1000)
    assert len(accepted) == 1000
    assert refused == {2: "unclosed_quote"}


def test_a_header_may_lie_below_more_blank_lines_than_are_read_at_once(tmp_path: Path) -> None:
    plain, clean = tmp_path / "plain.csv", tmp_path / "clean.csv"
    plain.write_bytes(b"\n" * 3_000_000 + b"a,b,c\n1,2,3\n")
    placed = place_lines(plain, clean, THREE, header_lines=3_000_001, is_utf8=True)
    assert placed.accepted().tolist() == [[3_000_002], [1]]
    assert placed.lines == 3_000_002
    assert clean.read_bytes() == b"1,2,3\n"


@pytest.mark.parametrize("line", [b'x","' + b"b" * 4000 + b"\n", b'x","b\n'])
def test_quotes_that_each_line_closes_and_opens_again_cost_no_more_than_other_lines(
    tmp_path: Path, line: bytes
) -> None:
    many = RecordForm(1000, b",")  # so many columns that each line might begin a record
    assert examine(line.strip(), many) == "unclosed_quote"
    plain = tmp_path / "plain.csv"
    plain.write_bytes(line * 20_000)
    placed = place_lines(plain, tmp_path / "clean.csv", many, header_lines=0, is_utf8=True)
    assert list(placed.refused.counted()) == [("unclosed_quote", 20_000, 1)]


def test_after_much_looking_in_vain_each_open_line_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("joinedup.intake.lines.IN_VAIN_BYTES", 1000)
    vain = b'1,"2,3\n4,"5,6\n' * 20
    accepted, refused, _ = _place(tmp_path, vain + b'7,"eight\nnine",9\n1,2,3\n')
    assert accepted == [(44, 1)]
    assert set(refused) == set(range(2, 44))


def test_a_record_read_line_by_line_is_read_as_a_whole() -> None:
    form = RecordForm(3, b",")
    rule, fields = read_on(b'1,"two', form)
    assert (rule, fields) == ("unclosed_quote", 1)
    assert read_on(b'and ""more""', form, fields, is_open=True) == ("unclosed_quote", 1)
    assert read_on(b'end",3', form, fields, is_open=True) == ("", 3)
    assert read_on(b'end"3', form, fields, is_open=True)[0] == "bad_quote"


def test_a_record_of_another_delimiter() -> None:
    assert examine(b'1|"a|b"|3', RecordForm(3, b"|")) == ""
    assert read_fields('NHS NUMBER |"a|b"| c', "|") == ["NHS NUMBER", "a|b", "c"]

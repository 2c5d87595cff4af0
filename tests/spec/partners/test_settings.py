"""What a person is told about a mistake in a TOML file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.partners.settings import Section, parse_settings, read_settings
from joinedup.terms import JoinedupError, NotFoundError, SettingError

FILE = Path("partners.toml")
KINDS = ("acute_trust", "council", "charity")


def read(text: str) -> tuple[str, str, int, bool, date | None, tuple[str, ...]]:
    """Read a small file as a caller would, one partner in it."""
    top = parse_settings(text.encode(), FILE)
    (one,) = top.sections("partners")
    found = (
        one.text("code"),
        one.text("kind", codes=KINDS),
        one.whole("beds", 0, at_least=0),
        one.flag("statutory", True),
        one.day_or_none("start_date"),
        one.texts("footprint", ("system",)),
    )
    one.text_map("names", {})
    top.finish()
    return found


GOOD = '[[partners]]\ncode = "R0D"\nkind = "acute_trust"\n'


def test_values_and_defaults_are_read() -> None:
    assert read(GOOD) == ("R0D", "acute_trust", 0, True, None, ("system",))
    more = 'beds = 12\nstatutory = false\nstart_date = 2020-10-01\nfootprint = ["A", "B"]\n'
    assert read(GOOD + more)[2:] == (12, False, date(2020, 10, 1), ("A", "B"))
    assert read(GOOD + 'start_date = "2020-10-01"\nfootprint = "A"\n')[4:] == (
        date(2020, 10, 1),
        ("A",),
    )


@pytest.mark.parametrize(
    ("text", "where", "what", "cure"),
    [
        (GOOD + "bed = 3\n", "partners[1].bed", "not a known key", "Did you mean `beds`?"),
        (GOOD + "colour = 3\n", "partners[1].colour", "not a known key", "known here: `beds`"),
        (GOOD + "beds = 'x'\n", "partners[1].beds", "a whole number, but it is text", "without"),
        (GOOD + "beds = true\n", "partners[1].beds", "but it is true or false", "whole number"),
        (GOOD + "beds = -1\n", "partners[1].beds", "-1 is too small", "0 or more"),
        (GOOD + "statutory = 1\n", "partners[1].statutory", "should be true or false", "quotes"),
        (GOOD + "start_date = '1 May'\n", "partners[1].start_date", "not a date", "2020-10-01"),
        (GOOD + "start_date = 7\n", "partners[1].start_date", "should be a date", "2020-10-01"),
        (GOOD + "footprint = [1]\n", "partners[1].footprint[1]", "text in quotes", '"R0D"'),
        (GOOD + "names = {a = 1}\n", "partners[1].names.a", "text in quotes", "Change it"),
        ("[[partners]]\ncode='A'\nkind='acute'\n", "partners[1].kind", "'acute'", "'acute_trust'?"),
        ("[[partners]]\nkind='council'\n", "partners[1].code", "missing", "Add `code`."),
        ("[[partners]]\ncoed='A'\n", "partners[1].code", "missing", "Rename `coed` to `code`."),
        ("[[partners]]\ncode=''\n", "partners[1].code", "empty", "Fill it in."),
        ("[[partners]]\ncode='A\n", "line 2", "", "closing quote"),
        ("partners = 3\n", "partners", "should be a list", "Change it"),
        ("partners = [3]\n", "partners[1]", "should be a table", "Change it"),
        ("a = 1\na = 2\n", "line 2", "overwrite", "remove one"),
        ('path = "C:\\Users"\n', "line 1", "", "single quotes"),
        ("code R0D\n", "line 1", "", "key = value"),
        ("x = 1\n" + GOOD, "x", "not a known key", "known here: `partners`"),
        ("x = " + "[" * 5000, "line 1", "", "key = value"),
        ("x = " + "1" * 5000, "line 1", "", "key = value"),
    ],
)
def test_a_mistake_is_told_with_file_place_and_cure(
    text: str, where: str, what: str, cure: str
) -> None:
    with pytest.raises(SettingError) as caught:
        read(text)
    assert caught.value.where == f"partners.toml, {where}"
    assert what in caught.value.what
    assert cure in caught.value.cure


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b'name = "a"\nplace = "Caf\xe9"\n', "line 2", "not UTF-8"),
        ('name = "a"'.encode("utf-16"), "", "UTF-16"),
        ('name = "a"'.encode("utf-16-le"), "", "UTF-16"),
    ],
)
def test_a_wrong_encoding_is_told_with_the_line(content: bytes, where: str, what: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse_settings(content, FILE)
    assert caught.value.where.endswith(where)
    assert what in caught.value.what
    assert "UTF-8" in caught.value.cure


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "ünïcode folder" / "system.toml"
    file.parent.mkdir()
    file.write_bytes(b'\xef\xbb\xbf# first\r\nname = "Caf\xc3\xa9"\r\n')
    assert read_settings(file).text("name") == "Café"


def test_an_absent_file_gives_the_cure_asked_for(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        read_settings(tmp_path / "system.toml", missing="Run `joinedup init`.")
    assert caught.value.cure == "Run `joinedup init`."
    with pytest.raises(SettingError):
        read_settings(tmp_path)


def test_a_section_that_nobody_took_is_refused() -> None:
    top = parse_settings(b"[limits]\nthreads = 2\n", FILE)
    with pytest.raises(SettingError, match="limits"):
        top.finish()
    top.section("limits").whole("threads")
    top.finish()


@given(st.binary(max_size=200))
def test_no_bytes_whatever_bring_a_traceback(content: bytes) -> None:
    try:
        top = parse_settings(content, FILE)
        assert isinstance(top, Section)
        top.finish()
    except JoinedupError as error:
        assert error.where.startswith("partners.toml")
        assert error.cure

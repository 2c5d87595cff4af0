"""Settings that nobody would write in good faith are refused in words, at once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from joinedup.intake import parse_feed
from joinedup.partners import parse_settings, read_settings
from joinedup.terms import JoinedupError, SettingError
from joinedup.terms.nearest import nearest
from joinedup.terms.patterns import first_group, pattern_fault
from joinedup.terms.shown import shown, visible, visible_line

FILE = Path("odd.toml")
FEED = """
partner = "R0D"
feed = "visits"
files = "visits_*"
extract_date = 'visits_(\\d{8})'
key = ["id"]
[identity]
record_id = "id"
forename = "name"
[[events]]
organisation = { value = "R0D" }
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
cost_pence = { value = 5 }
"""


@pytest.mark.parametrize(
    ("toml", "says", "where"),
    [
        ('name = "a\\u0000b"', "cannot be seen", "name"),
        ('name = "a\\u001b[2J"', "cannot be seen", "name"),
        ('name = "pay \\u202exslx.exe"', "cannot be seen", "name"),
        ('"na\\u202eme" = 1', "cannot be seen", "na\\u202eme"),
        ('[a]\nb = [1, ["\\u0007\\u0007"]]', "cannot be seen", "a.b[2][1]"),
        ("n = 9223372036854775808", "too large", "n"),
        (f"n = 0x{'f' * 5000}", "too large", "n"),
        (f"n = 1{'0' * 5000}", "limit", "line 1"),
        ("n = nan", "not a number", "n"),
        ("n = -inf", "not a number", "n"),
        ("d = 2024-02-30", "Invalid date", "line 1"),
        (f'name = "{"x" * 10_001}"', "longer than 10,000", "name"),
        (f"{'x' * 1001} = 1", "longer than 1,000", "xxx"),
        (f"a = {'[' * 21}{']' * 21}", "20 tables deep", "a[1]"),
        (f"a = {'[' * 100_000}", "nested too deeply|recursion", "line 1"),
        (f"{'a.' * 200_000}b = 1", "more than 100 points", "line 1"),
        (f"[{'a.' * 200_000}b]", "more than 100 points", "line 1"),
        ("#" * 4_000_001, "longer than 4,000,000 bytes", "odd.toml"),
    ],
)
def test_what_no_setting_needs_is_refused_at_once(toml: str, says: str, where: str) -> None:
    began = time.monotonic()
    with pytest.raises(SettingError) as found:
        parse_settings(toml.encode(), FILE)
    assert any(one in found.value.what for one in says.split("|"))
    assert where in found.value.where
    assert len(str(found.value)) < 500
    assert time.monotonic() - began < 10


def test_points_within_quotation_marks_are_no_long_key() -> None:
    assert parse_settings(f'name = "{"." * 500}"'.encode(), FILE).text("name") == "." * 500


def test_lines_tabs_and_letters_of_every_alphabet_are_plain_text() -> None:
    text = "Aberdâr\n\tŁódź · 大阪 · שלום · 😀"
    assert parse_settings(f'name = """{text}"""'.encode(), FILE).text("name") == text


def test_a_hundred_thousand_unknown_keys_are_told_by_the_first(tmp_path: Path) -> None:
    top = parse_settings("\n".join(f"key_{n} = {n}" for n in range(100_000)).encode(), FILE)
    began = time.monotonic()
    with pytest.raises(SettingError, match="`name` is missing"):
        top.text("name")
    with pytest.raises(SettingError, match="`key_0` is not a known key"):
        top.finish()
    assert time.monotonic() - began < 10


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "system.toml")
    with pytest.raises(SettingError, match="no ordinary file"):
        read_settings(tmp_path / "system.toml")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"visits"', '"../../etc"', "is not a name"),
        ('"visits"', '"vis; DROP TABLE"', "is not a name"),
        ('"R0D"', '"R\u041eD"', ""),  # a Cyrillic letter: no such partner, told by read_partners
        ("(\\d{8})", "(\\d{8})(?=x)", "not a regular expression"),
        ("(\\d{8})", "(\\d{8})(a)", "several groups"),
        ("(\\d{8})", "(" * 300 + ")" * 300, "longer than 500"),
        ('"visits_*"', f'"{"[" * 501}"', "longer than 500"),
        ('forename = "name"', 'forename = { column = "n", pattern = "((a+)+)+\\\\1" }', "regular"),
        ('forename = "name"', 'forename = { column = "n", pattern = "(a{999}){999}" }', "regular"),
        ('forename = "name"', "forename = { columns = [] }", "names 0 columns"),
        ('forename = "name"', f"forename = {{ columns = {['c'] * 101} }}", "names 101 columns"),
        ("{ value = 5 }", '{ value = "five" }', "is a number"),
        ("{ value = 5 }", "{ value = { a = 1 } }", "text or a number"),
        ("{ value = 5 }", "{ value = 9999999999999999999 }", "too large"),
        ('"%Y-%m-%d"', '"%Y-%m-%"', "not a date format"),
        ('"%Y-%m-%d"', '"%Y-%q"', "not a date format"),
        ('"%Y-%m-%d"', '"%Y-%m-%d %Z"', "not a date format"),
        ('key = ["id"]', f"key = {['id'] * 101}", "There are 101 of them"),
        ("cost", '[[events.codes]]\nsystem = { value = "a" }\ncode = "b"\n' * 101 + "cost", "101"),
    ],
)  # fmt: skip
def test_a_feed_that_means_harm_is_refused(before: str, after: str, says: str) -> None:
    assert before in FEED
    content = FEED.replace(before, after, 1).encode()
    if not says:
        assert parse_feed(content, FILE).partner == "R\u041eD"
        return
    with pytest.raises(JoinedupError, match=says) as found:
        parse_feed(content, FILE)
    assert "odd.toml" in found.value.where


def test_ten_thousand_codes_may_be_mapped_and_no_more() -> None:
    def with_codes(count: int) -> bytes:
        codes = ", ".join(f'c{n} = "contact"' for n in range(count))
        kind = f'kind = {{ column = "kind", codes = {{ {codes} }} }}'
        return FEED.replace('kind = { value = "contact" }', kind).encode()

    assert parse_feed(with_codes(10_000), FILE).parts
    with pytest.raises(SettingError, match="10,001 codes"):
        parse_feed(with_codes(10_001), FILE)


def test_a_rule_of_a_feed_does_not_take_the_name_of_one_of_ours() -> None:
    rule = '[[rules]]\nid = "encoding"\nfirst = "day"\nnot_after = "day"\n'
    with pytest.raises(SettingError, match="a rule `encoding` already"):
        parse_feed((FEED + rule).encode(), FILE)


def test_a_pattern_takes_no_longer_than_its_text_explains() -> None:
    began = time.monotonic()
    assert first_group("(a+)+$", "a" * 200 + "!") is None
    assert first_group("(x+x+)+y", "x" * 200) is None
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"visits_(\d{8})", "visits_20240601.csv", "20240601"),
        (r"^(\d{8})", "20240601_visits.csv", "20240601"),
        (r"_(\d{8})\.", "a_20240101_b_20240601.csv", "20240601"),
        (r"(\d{8})", "a_20240101_b_20240601.csv", "20240101"),
        (r"(?P<day>\d{8})", "no digits", None),
        (r"(\d{4})", "\uff12\uff10\uff12\uff14", None),  # full-width digits are none
    ],
)
def test_the_first_group_of_the_first_place_is_found(
    pattern: str, text: str, found: str | None
) -> None:
    assert pattern_fault(pattern) == ""
    assert first_group(pattern, text) == found


def test_what_is_shown_moves_nothing_and_hides_nothing() -> None:
    assert visible("a\x1b[31mb\r\x9b\u202e\ud800") == "a\\x1b[31mb\\x0d\\x9b\\u202e\\ud800"
    assert visible("two\n\tlines é 大") == "two\n\tlines é 大"
    assert visible_line("two\nlines") == "two\\nlines"
    assert visible_line("caf\udce9") == "caf\\xe9"
    assert shown("x" * 1000) == "x" * 79 + "…"


def test_a_name_of_a_megabyte_is_compared_with_nothing() -> None:
    began = time.monotonic()
    assert nearest("x" * 1_000_000, ["x" * 999_999]) is None
    assert nearest("abx", (f"abc{'d' * 99}" for _ in range(10**9))) is None
    assert time.monotonic() - began < 10

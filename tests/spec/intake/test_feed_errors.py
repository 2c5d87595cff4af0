"""A mistake in a feed's TOML is reported with its file, key and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.intake import parse_feed
from joinedup.terms import SettingError

GOOD = """
partner = "R0D"
feed = "visits"
files = "visits_*"
extract_date = 'visits_(\\d{8})'
key = ["id"]
[identity]
record_id = "who"
birth_date = { column = "born", date = "%Y-%m-%d" }
[[events]]
organisation = "org"
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
"""


def test_the_feed_itself_is_right() -> None:
    feed = parse_feed(GOOD.encode(), Path("visits.toml"))
    assert feed.id == "R0D/visits"
    assert set(feed.columns_used) == {"who", "born", "org", "day", "id"}


@pytest.mark.parametrize(
    ("before", "after", "where", "says"),
    [
        ('partner = "R0D"', "", "partner", "`partner` is missing"),
        ('key = ["id"]', "", "key", "`key` is missing"),
        ('key = ["id"]', "key = []", "key", "The key is empty"),
        ("(\\d{8})", "\\d{8}", "extract_date", "should have one"),
        ("(\\d{8})", "(\\d{8}", "extract_date", "not a regular expression"),
        ('"visits_*"', '"in/visits_*"', "files", "without folders"),
        ("record_id =", "recordid =", "identity.recordid", "Did you mean 'record_id'?"),
        ("record_id =", "surname =", "identity.record_id", "`identities` needs `record_id`"),
        ("birth_date =", "birthdate =", "identity.birthdate", "Did you mean 'birth_date'?"),
        ('{ column = "born", date = "%Y-%m-%d" }', '"born"', "identity.birth_date", "%Y-%m-%d"),
        ('date = "%Y', 'date = "YYYY', "identity.birth_date", "is not a date format"),
        ('"community"', '"communal"', "events[1].setting", "cannot be 'communal'"),
        ('"contact" }', '"contact", codes = {} , x = 1 }', "events[1].kind.x", "not a known key"),
        ('organisation = "org"', 'event_id = "org"', "events[1].event_id", "by Joinedup itself"),
        ('organisation = "org"', "organisation = {}", "events[1].organisation", "has one of"),
        ("[identity]", "[severity]\nno_rule = 'flag'\n[identity]", "severity.no_rule", "no rule"),
        ("[identity]", "[format]\ndelimiter = ',,'\n[identity]", "format.delimiter", "one char"),
        ("[identity]", "[format]\nheader = false\n[identity]", "format.columns", "names of its"),
        ("[identity]", "[format]\noptional = ['dya']\n[identity]", "format.optional", "'day'"),
    ],
)  # fmt: skip
def test_each_mistake_is_found(before: str, after: str, where: str, says: str) -> None:
    assert before in GOOD
    with pytest.raises(SettingError) as found:
        parse_feed(GOOD.replace(before, after, 1).encode(), Path("visits.toml"))
    assert found.value.where.startswith("visits.toml")
    assert where in found.value.where
    assert says in str(found.value)

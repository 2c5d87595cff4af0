"""What the rules say of a row: one wrong thing in each."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup import tables
from joinedup.engines import DuckDBEngine
from tests.one_file import Taken, take_one

FEED = """
partner = "R0D"
feed = "stays"
files = "stays_*"
extract_date = 'stays_(\\d{8})'
key = ["id"]
{more}
[identity]
record_id = "who"
nhs_number = "nhs"
birth_date = { column = "born", date = "%d/%m/%Y" }
sex = { column = "sex", codes = { "1" = "male", "2" = "female", "0" = "" } }
death_date = { column = "died", date = "%d/%m/%Y" }
[[events]]
organisation = "org"
setting = { value = "inpatient" }
kind = { value = "spell" }
start_at = { columns = ["day", "time"], join = " ", datetime = "%Y-%m-%d %H:%M", zone = "Europe/London" }
end_at = { column = "left", datetime = "%Y-%m-%d" }
ready_at = { column = "ready", datetime = "%Y-%m-%d" }
urgency = { column = "how", codes = { "21" = "emergency" }, else = "routine" }
cost_pence = { column = "cost", pence = "pounds" }
[[events.codes]]
system = { value = "ICD-10" }
code = { columns = ["d1", "d2"] }
"""  # noqa: E501
COLUMNS = ("id", "who", "nhs", "born", "sex", "died", "org", "day", "time", "left", "ready", "how",
           "cost", "d1", "d2")  # fmt: skip
GOOD = {
    "id": "1", "who": "P1", "nhs": "943 476 5919", "born": "02/03/1950", "sex": "2", "died": "",
    "org": "R0D", "day": "2024-05-01", "time": "09:30", "left": "2024-05-04",
    "ready": "2024-05-03", "how": "21", "cost": "£1,234.50", "d1": "I10", "d2": "E119",
}  # fmt: skip


def _take(engine: DuckDBEngine, folder: Path, *rows: dict[str, str], more: str = "") -> Taken:
    lines = [",".join(f'"{row[name]}"' for name in COLUMNS) for row in rows]
    content = "\n".join([",".join(COLUMNS), *lines]) + "\n"
    feed = FEED.replace("{more}", more)
    return take_one(engine, folder, feed, "stays_20240601.csv", content.encode())


def test_a_good_row_fails_nothing_and_is_mapped(engine: DuckDBEngine, tmp_path: Path) -> None:
    taken = _take(engine, tmp_path, GOOD)
    assert taken.reasons == {}
    (event,) = taken.table(tables.EVENTS).to_pyarrow().to_pylist()
    assert str(event["start_at"]) == "2024-05-01 08:30:00"  # British Summer Time to UTC
    assert (event["urgency"], event["raw_urgency"], event["cost_pence"]) == (
        "emergency", "21", 123450,
    )  # fmt: skip
    assert event["source_row"] == 2
    assert taken.rows(tables.CODES, "code", "position") == [("I10", 1), ("E119", 2)]
    (identity,) = taken.table(tables.IDENTITIES).to_pyarrow().to_pylist()
    assert (identity["nhs_number"], identity["sex"]) == ("9434765919", "female")


def test_half_a_record_id_is_none_since_it_would_make_one_patient_of_many(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    feed = FEED.replace("{more}", "").replace(
        'record_id = "who"', 'record_id = { columns = ["org", "who"], join = "-" }'
    )
    rows = [GOOD, GOOD | {"id": "2", "who": ""}]
    lines = [",".join(COLUMNS), *(",".join(f'"{row[c]}"' for c in COLUMNS) for row in rows)]
    content = "\n".join(lines) + "\n"
    taken = take_one(engine, tmp_path, feed, "stays_20240601.csv", content.encode())
    assert taken.rows(tables.IDENTITIES, "record_id") == [("R0D-P1",)]
    assert [one["source_row"] for one in taken.quarantine] == [3]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"who": ""}, "required_missing:who"),
        ({"org": "NULL"}, "required_missing:org"),
        ({"day": "", "time": ""}, "required_missing:day"),
        ({"day": "01/05/2024"}, "date_unreadable:day"),
        ({"day": "2024-02-30"}, "date_unreadable:day"),
        ({"day": "1849-05-01"}, "date_impossible:day"),
        ({"day": "2924-05-01", "left": "", "ready": ""}, "date_impossible:day"),
        ({"left": "2024-04-30", "ready": ""}, "end_before_start:left"),
    ],
)
def test_a_row_that_cannot_be_placed_is_refused(
    engine: DuckDBEngine, tmp_path: Path, wrong: dict[str, str], reason: str
) -> None:
    taken = _take(engine, tmp_path, GOOD | wrong, GOOD | {"id": "2"})
    assert taken.reasons == {reason: 1}
    assert (taken.account.accepted, taken.account.quarantined) == (1, 1)
    assert taken.quarantine[0]["rules"] == [reason]
    assert taken.quarantine[0]["source_row"] == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"nhs": "943 476 5918"}, "nhs_number_invalid:nhs"),
        ({"nhs": "943 476"}, "nhs_number_invalid:nhs"),
        ({"nhs": "0000000000"}, "nhs_number_placeholder:nhs"),
        ({"born": "1950-03-02"}, "date_unreadable:born"),
        ({"born": "01/01/1900"}, "birth_date_placeholder:born"),
        ({"sex": "7"}, "code_unknown:sex"),
        ({"died": "01/01/1940"}, "death_before_birth:died"),
        ({"died": "01/03/2024"}, "event_after_death:day"),
        ({"born": "01/05/2025"}, "birth_after_event:day"),
        ({"ready": "2024-05-09"}, "ready_out_of_order:left"),
        ({"ready": "2024-04-09"}, "ready_out_of_order:ready"),
        ({"org": "XXX"}, "organisation_unknown:org"),
        ({"cost": "free"}, "number_unreadable:cost"),
        ({"day": "2024-06-20", "left": "", "ready": ""}, "date_after_extract:day"),
    ],
)
def test_a_row_with_a_lesser_fault_is_kept_and_flagged(
    engine: DuckDBEngine, tmp_path: Path, wrong: dict[str, str], reason: str
) -> None:
    taken = _take(engine, tmp_path, GOOD | wrong)
    assert reason in taken.reasons
    assert (taken.account.accepted, taken.account.quarantined) == (1, 0)


@pytest.mark.parametrize(
    "fine",
    [
        {"sex": "0"},  # known to be unknown
        {"sex": "", "nhs": "", "born": ""},
        {"org": "R0D01"},  # a site of a known trust
        {"how": "99"},  # the feed says what other codes are
        {"time": ""},  # a date alone is that day's midnight
        {"left": "2024-05-01", "ready": "2024-05-01"},  # by the day, since these have no time
    ],
)
def test_what_is_no_fault(engine: DuckDBEngine, tmp_path: Path, fine: dict[str, str]) -> None:
    assert _take(engine, tmp_path, GOOD | fine).reasons == {}


def test_a_row_keeps_all_its_reasons(engine: DuckDBEngine, tmp_path: Path) -> None:
    taken = _take(engine, tmp_path, GOOD | {"who": "", "org": "", "day": "soon"})
    assert taken.quarantine[0]["rules"] == [
        "required_missing:who", "required_missing:org", "date_unreadable:day",
    ]  # fmt: skip


def test_a_repeated_key_keeps_the_first_good_row(engine: DuckDBEngine, tmp_path: Path) -> None:
    refused = GOOD | {"day": "soon"}
    taken = _take(engine, tmp_path, refused, GOOD, GOOD, GOOD | {"how": "11"})
    assert [(row["source_row"], row["rules"]) for row in taken.quarantine] == [
        (2, ["date_unreadable:day"]), (4, ["duplicate_row"]), (5, ["duplicate_key"]),
    ]  # fmt: skip
    assert taken.rows(tables.EVENTS, "source_row") == [(3,)]


def test_a_feed_may_make_a_flag_a_refusal(engine: DuckDBEngine, tmp_path: Path) -> None:
    more = '[severity]\nnhs_number_invalid = "refuse"\n'
    taken = _take(engine, tmp_path, GOOD | {"nhs": "9434765918"}, more=more)
    assert taken.quarantine[0]["rules"] == ["nhs_number_invalid:nhs"]


def test_a_feeds_own_rule_compares_two_of_its_dates(engine: DuckDBEngine, tmp_path: Path) -> None:
    more = '[[rules]]\nid = "left_too_soon"\nseverity = "refuse"\nfirst = "ready"\n'
    more += 'not_after = "left"\ncure = "Ask."\n'
    taken = _take(engine, tmp_path, GOOD | {"ready": "2024-05-09"}, more=more)
    assert "left_too_soon" in taken.quarantine[0]["rules"]


@pytest.mark.parametrize("extra", [b",", b",more", b",,"])
def test_a_delimiter_too_many_is_seen_even_where_nothing_follows_it(
    engine: DuckDBEngine, tmp_path: Path, extra: bytes
) -> None:
    good = b",".join(GOOD[name].replace(",", "").encode() for name in COLUMNS)
    content = b"\n".join([",".join(COLUMNS).encode(), good + extra, good]) + b"\n"
    taken = take_one(engine, tmp_path, FEED.replace("{more}", ""), "stays_20240601.csv", content)
    assert [(row["source_row"], row["rules"]) for row in taken.quarantine] == [
        (2, ["too_many_columns"])
    ]


def test_every_row_of_a_large_file_keeps_its_line_number(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    values = ",".join(GOOD[name].replace(",", "") for name in COLUMNS[2:])
    lines = [",".join(COLUMNS), *(f"{line},P{line},{values}" for line in range(2, 400_002))]
    content = ("\n".join(lines) + "\n").encode()
    taken = take_one(engine, tmp_path, FEED.replace("{more}", ""), "stays_20240601.csv", content)
    events = taken.table(tables.EVENTS)
    right = events.record_id == "P" + events.source_row.cast("string")
    assert events.filter(right).count().to_pyarrow().as_py() == 400_000

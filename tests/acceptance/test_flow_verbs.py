"""Questions about flow, asked of the invented system as a programme director would."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import ibis
import pytest

from joinedup import flow
from joinedup.actions.flow import NOT_SHOWN, Dates, look_at_delays
from joinedup.actions.flow.small_numbers import Within, percentile, shown_rows
from joinedup.actions.open_system import open_system
from tests.systems import InventedSystem, joinedup

QUESTIONS = ("handoffs", "delays", "where", "overlap", "demand")
# What counts people or what they did; not measures of time, money or chance.
COUNTS = {
    "handoffs", "accepted", "contacted", "stuck", "spells", "delayed_spells", "ready_not_known",
    "bed_days", "delay_days", "contacts", "people", "people_from_outside", "shared_people",
    "observed",
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(invented: InventedSystem) -> dict[str, Any]:
    """Each question's answer as JSON."""
    found = {}
    for question in QUESTIONS:
        done = joinedup("flow", question, invented.path, "--json")
        assert done.code == 0, done.out + done.err
        found[question] = done.json
    return found


def records(answer: Any) -> Iterator[dict[str, Any]]:
    """The rows of all tables of an answer."""
    for rows in answer["tables"].values():
        yield from rows


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_small_count_is_shown(answers: dict[str, Any], question: str) -> None:
    rows = list(records(answers[question]))
    shown = [row[name] for row in rows for name in COUNTS & row.keys() if row[name] is not None]
    assert shown, "nothing is shown at all"
    assert [count for count in shown if count < 8 or count % 5] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_hidden_is_null_and_said(answers: dict[str, Any], question: str) -> None:
    answer = answers[question]
    named = [(row, name) for row in records(answer) for name in row["hidden"]]
    assert answer["hidden"] == len(named)
    assert all(row[name] is None for row, name in named)
    assert any("are hidden" in note for note in answer["notes"])


def test_all_look_at_the_newest_covered_year(
    invented: InventedSystem, answers: dict[str, Any]
) -> None:
    with open_system(invented.path) as system:
        newest = system.table("measures").period_end.max().to_pyarrow().as_py()
    for answer in answers.values():
        assert dt.date.fromisoformat(answer["to"]) == newest
        assert dt.date.fromisoformat(answer["from"]) == newest.replace(year=newest.year - 1)


def test_shared_people_agree_with_a_direct_count(
    invented: InventedSystem, answers: dict[str, Any]
) -> None:
    answer = answers["overlap"]
    row = answer["tables"]["shared"][0]
    start, end = (dt.datetime.fromisoformat(answer[name]) for name in ("from", "to"))
    with open_system(invented.path) as system:
        seen = system.events
        seen = seen.filter(
            seen.kind.isin(flow.CONTACT_KINDS) & (seen.start_at >= start) & (seen.start_at < end)
            & ~seen.outcome.fill_null("").isin(
                ["did_not_attend", "cancelled_by_patient", "cancelled_by_provider"]
            )
        ).select("person_id", "organisation", "setting").to_pyarrow().to_pylist()  # fmt: skip
    of = {
        side: {
            each["person_id"]
            for each in seen
            if (each["organisation"], each["setting"])
            == (row[f"{side}organisation"], row[f"{side}setting"])
        }
        for side in ("", "other_")
    }
    assert abs(len(of[""] & of["other_"]) - row["shared_people"]) <= 2


def test_bed_days_agree_with_nights_counted_one_by_one(
    invented: InventedSystem, answers: dict[str, Any]
) -> None:
    answer = answers["delays"]
    row = next(one for one in answer["tables"]["by_organisation"] if one["bed_days"])
    start, end, as_at = (dt.date.fromisoformat(answer[name]) for name in ("from", "to", "as_at"))
    with open_system(invented.path) as system:
        events = system.events
        held = events.filter(
            (events.kind == "spell") & (events.organisation.substr(0, 3) == row["organisation"])
        )
        spells = held.select("start_at", "end_at").to_pyarrow().to_pylist()
    nights = 0
    for spell in spells:
        left = min(spell["end_at"].date() if spell["end_at"] else as_at, as_at)
        nights += max((min(left, end) - max(spell["start_at"].date(), start)).days, 0)
    assert abs(nights - row["bed_days"]) <= 2


def test_expected_and_observed_emergencies_sum_to_the_same(answers: dict[str, Any]) -> None:
    rows = [row for row in answers["demand"]["tables"]["demand"] if row["use"].endswith("nces")]
    assert len(rows) > 3
    assert not any(row["hidden"] for row in rows)
    observed, expected = (sum(row[name] for row in rows) for name in ("observed", "expected"))
    # Each observed count is rounded to the nearest 5, each expected one to a tenth.
    assert abs(observed - expected) <= 2.5 * len(rows) + 1
    assert all(row["lower"] < row["ratio"] < row["upper"] for row in rows)


def test_delays_say_that_no_reasons_are_given(answers: dict[str, Any]) -> None:
    assert any("No reasons for delay are given" in note for note in answers["delays"]["notes"])
    assert "by_reason" not in answers["delays"]["tables"]


def test_delays_are_told_by_reason_where_reasons_are_given(invented: InventedSystem) -> None:
    with open_system(invented.path) as system:
        spells = system.events.filter(lambda t: t.kind == "spell")
        found = spells.select("event_id").to_pyarrow()["event_id"].to_pylist()
    reason = flow.national_delay_reasons()[0]
    causes = ibis.memtable([{"event_id": one, "reason": reason.reason} for one in found])
    parts = {part.name: part for part in look_at_delays(invented.path, Dates(), causes).parts}
    assert [row[0] for row in parts["by_reason"].rows] == [reason.reason]
    assert [row[0] for row in parts["by_who_acts"].rows] == [reason.who_acts]


def test_residents_of_one_place_alone(invented: InventedSystem, answers: dict[str, Any]) -> None:
    place = answers["where"]["tables"]["residents"][0]
    done = joinedup(
        "flow", "where", invented.path, "--json", "--footprint", place["area_name"]
    )  # fmt: skip
    assert {row["home_area"] for row in done.json["tables"]["residents"]} == {place["home_area"]}


def test_a_csv_has_every_row_and_a_drawing_is_svg(
    invented: InventedSystem, answers: dict[str, Any], tmp_path: Path
) -> None:
    table, picture = tmp_path / "handoffs.csv", tmp_path / "handoffs.svg"
    done = joinedup("flow", "handoffs", invented.path, "--csv", table, "--svg", picture)
    assert done.code == 0, done.err
    assert "are hidden" in done.out
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(list(records(answers["handoffs"])))
    assert ElementTree.fromstring(picture.read_text(encoding="utf-8")).tag.endswith("svg")


def test_mistakes_are_answered_in_words(invented: InventedSystem) -> None:
    trust = joinedup("flow", "beds", invented.path, "--trust", "RZ11", "--json")
    assert (trust.code, trust.json["cure"]) == (1, "Did you mean 'RZ1'?")
    area = joinedup("flow", "where", invented.path, "--footprint", "Saltmarsch", "--json")
    assert area.code == 1
    assert "Did you mean" in area.json["cure"]
    half = joinedup("flow", "delays", invented.path, "--from", "2024-04-01", "--json")
    assert (half.code, half.json["cure"]) == (1, "Give --from and --to, or neither.")


def test_a_small_part_is_hidden_and_a_total_follows_its_rows() -> None:
    within = (Within("sent", ("seen", "stuck")),)
    ((sent, seen, stuck),) = shown_rows(("sent", "seen", "stuck"), [[100, 97, 3]], within)
    assert stuck is NOT_SHOWN
    assert {sent, seen} <= {100, 95, NOT_SHOWN}
    rows = shown_rows(("spells",), [[40], [30], [3]], groups=[(0, 1, 2)])
    assert len(rows) == 4
    assert rows[2] == [NOT_SHOWN]
    assert rows[3] in ([75], [NOT_SHOWN])


def test_a_percentile_needs_eight_people_beyond_it() -> None:
    assert percentile(12.0, 80, 0.9) == 12.0
    assert percentile(12.0, 70, 0.9) is NOT_SHOWN
    assert percentile(12.0, 15, 0.5) is NOT_SHOWN
    assert percentile(None, 0, 0.5) is None

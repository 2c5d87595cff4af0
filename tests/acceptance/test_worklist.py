"""A team's list from end to end: train on the system's own history, list, answer, list again."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from joinedup.actions.open_system import open_system
from joinedup.actions.risk_models import read_kept
from joinedup.partners import read_system
from tests.systems import Done, InventedSystem, joinedup

NEIGHBOURHOOD = ("UZ0002", "Marshaven North")
LIST = ("--neighbourhood", NEIGHBOURHOOD[1], "--top", 5)


@pytest.fixture(scope="module")
def system(invented: InventedSystem, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that models and answers may be written into."""
    path = tmp_path_factory.mktemp("worklist") / "system"
    shutil.copytree(invented.path, path)
    return path


@pytest.fixture(scope="module")
def untrained(system: Path) -> Done:
    """What asking for a list says before anything was trained."""
    return joinedup("worklist", system, *LIST)


@pytest.fixture(scope="module")
def trained(system: Path, untrained: Done) -> Done:
    """The training of the usual model."""
    return joinedup("risk", "train", system, "--json")


@pytest.fixture(scope="module")
def listed(system: Path, trained: Done) -> Done:
    """The first list, also written as CSV."""
    assert trained.code in (0, 3), trained.err
    return joinedup("worklist", system, *LIST, "--csv", system / "list.csv", "--json")


def test_without_a_model_the_message_says_how_to_train(untrained: Done) -> None:
    assert untrained.code == 1
    assert "no risk model of emergency admission has been trained" in untrained.err
    assert "joinedup risk train" in untrained.err


def test_training_judges_the_model_beside_the_baseline(system: Path, trained: Done) -> None:
    found = trained.json
    assert trained.code == (3 if found["faults"] else 0)
    test_on, train_on = (dt.date.fromisoformat(found[name]) for name in ("test_on", "train_on"))
    assert (test_on - train_on).days == 365
    assert 0.5 < found["model"]["c_statistic"]["value"] < 1
    slope, plain = found["model"]["slope"]["value"], found["baseline"]["c_statistic"]["value"]
    is_fit = 0.8 <= slope <= 1.25 and found["model"]["c_statistic"]["value"] > plain
    assert is_fit == (not found["faults"])
    card = Path(found["card_file"]).read_text(encoding="utf-8")
    assert found["version"] in card
    assert "## Not for" in card
    kept = read_kept(read_system(system), "emergency_admission")
    assert kept.model.version == found["version"]
    assert list(kept.faults) == found["faults"]
    # Conditions come from the registers' code lists.
    assert "hypertension" in kept.model.origin.conditions
    assert [path for path in (system / "risk_models").iterdir() if path.suffix == ".part"] == []


def test_everybody_who_lives_there_is_listed_or_left_out(system: Path, listed: Done) -> None:
    found = listed.json["list"]
    assert (found["neighbourhood"], found["name"]) == NEIGHBOURHOOD
    assert found["residents"] == len(found["people"]) + sum(
        one["people"] for one in found["left_out"]
    )
    with open_system(system) as opened:
        within = opened.memberships.to_pyarrow().to_pylist()
        homes = opened.residences.to_pyarrow().to_pylist()
        events = opened.events.to_pyarrow().to_pylist()
    lsoas = {
        row["member"]
        for row in within
        if row["of_kind"] == "neighbourhood" and row["of"] == NEIGHBOURHOOD[0]
    }
    ever_there = {row["person_id"] for row in homes if row["lsoa_code"] in lsoas}
    in_bed = {
        row["person_id"]
        for row in events
        if row["setting"] == "inpatient" and row["kind"] == "spell" and row["end_at"] is None
    }
    people = {one["person_id"] for one in found["people"]}
    assert people <= ever_there
    assert not people & in_bed
    assert 0 < found["residents"] <= len(ever_there)


def test_the_list_is_ranked_and_says_what_to_do(listed: Done) -> None:
    people = listed.json["list"]["people"]
    assert [one["rank"] for one in people] == list(range(1, len(people) + 1))
    assert 0 < len(people) <= 5
    assert all(one["needs"] and one["actions"] for one in people)
    assert all(5 <= one["risk_percent"] <= 100 for one in people)
    # No table of the snapshot tells of care plans.
    assert "frailty_without_plan" in listed.json["list"]["not_applied"]


def test_the_csv_has_the_list_for_its_owner_alone(system: Path, listed: Done) -> None:
    path = system / "list.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == listed.json["written"] + 1
    assert listed.json["list"]["people"][0]["person_id"] in lines[1]
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_each_look_at_a_person_is_recorded(system: Path, listed: Done) -> None:
    log = (system / "identified" / "looks.jsonl").read_text(encoding="utf-8")
    looks: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines()]
    looked_at = {one["person_id"] for one in looks if one["purpose"] == "population_health"}
    assert {one["person_id"] for one in listed.json["list"]["people"]} <= looked_at


def test_whom_the_team_declined_stays_off_the_next_list(system: Path, listed: Done) -> None:
    first = listed.json["list"]["people"][0]["person_id"]
    path = system / "worklists" / "feedback.csv"
    path.parent.mkdir(exist_ok=True)
    today = dt.datetime.now(dt.UTC).date()
    head = "person_id,decision,reason,decided_date,until_date\n"
    path.write_text(f"{head}{first},declined,known to hospice,{today},\n", encoding="utf-8")
    try:
        again = joinedup("worklist", system, *LIST, "--json").json["list"]
        path.write_text(f"{head}{first},perhaps,,{today},\n", encoding="utf-8")
        wrong = joinedup("worklist", system, *LIST)
    finally:
        path.unlink()
    assert first not in {one["person_id"] for one in again["people"]}
    assert {"why": "the team declined", "people": 1} in again["left_out"]
    assert again["residents"] == listed.json["list"]["residents"]
    assert wrong.code == 1
    assert "line 2: decision is none of accepted, deferred, declined" in wrong.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [("Marshaven Nort", "Did you mean 'Marshaven North'?"), ("Atlantis", "UZ0001 ")],
)
def test_an_unknown_neighbourhood_is_told_with_the_nearest(
    system: Path, command: Callable[..., Done], asked: str, said: str
) -> None:
    done = command("worklist", system, "--neighbourhood", asked)
    assert done.code == 1
    assert f"there is no neighbourhood '{asked}'" in done.err
    assert said in done.err

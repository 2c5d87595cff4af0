"""What a linkage leaves for the next: taken where it is good, left alone where it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from joinedup.engines import DuckDBEngine
from joinedup.linkage import CALIBRATION, Changed, Earlier, Linked, link, route
from joinedup.linkage import model as models
from tests.spec.linkage.people import KEY, identities

HEAD = "partner | record_id | nhs_number | forename | surname | birth_date | postcode\n"
MARIA = "R0D | a | 9434765919 | Maria | Okafor | 1950-02-03 | BH1 1AA\n"
MARIA_TOO = "QVV | b | - | Maria | Okafor | 1950-02-03 | BH1 1AA\n"
OTHERS = "".join(
    f"RZC | c{place} | - | Trevor | Langdale | 1987-11-1{place} | DT4 7Z{place}\n"
    for place in range(8)
)
TREVOR = "RZC | t | 9990000018 | Trevor | Ash | 1987-11-30 | DT4 7ZZ\n"
Day = Callable[..., Linked]


@pytest.fixture
def whole_linkages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one each time that everybody is linked."""
    calls: list[str] = []
    link_all = route._link_all

    def counted(*given: object) -> Linked:
        calls.append("all")
        return link_all(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(route, "_link_all", counted)
    return calls


@pytest.fixture
def next_day(engine: DuckDBEngine, tmp_path: Path, whole_linkages: list[str]) -> Day:
    """Link Maria's two records, then a table of which some rows came and some went."""
    first = link(engine, identities(HEAD + MARIA + MARIA_TOO + OTHERS), key=KEY, run="1",
                 state=tmp_path / "1")  # fmt: skip
    whole_linkages.clear()

    def linked(
        now: str, came: str = "", went: str = "", model: models.Model | None = None
    ) -> Linked:
        earlier = Earlier(first.links, tmp_path / "1", tmp_path / "1" / CALIBRATION)
        changed = Changed(identities(HEAD + came), identities(HEAD + went))
        return link(engine, identities(HEAD + now), key=KEY, run="2", earlier=earlier,
                    changed=changed, model=model, state=tmp_path / "2")  # fmt: skip

    return linked


def who_moved(linked: Linked) -> dict[str, tuple[bool, bool]]:
    """Record id → whether it had a person before, and has one now."""
    return {
        row["record_id"]: (row["old_person_id"] is not None, row["person_id"] is not None)
        for row in linked.moved.to_pyarrow().to_pylist()
    }


def test_of_a_day_without_changes_nobody_moves(
    next_day: Day, tmp_path: Path, whole_linkages: list[str]
) -> None:
    linked = next_day(MARIA + MARIA_TOO + OTHERS)
    assert whole_linkages == []
    assert who_moved(linked) == {}
    assert {row["run"] for row in linked.links.to_pyarrow().to_pylist()} == {"1"}
    kept, before = (tmp_path / day / "profiles" / "whole.parquet" for day in "21")
    assert kept.samefile(before)


def test_who_came_and_who_went_is_said(next_day: Day, whole_linkages: list[str]) -> None:
    linked = next_day(MARIA + OTHERS + TREVOR, came=TREVOR, went=MARIA_TOO)
    assert whole_linkages == []
    assert who_moved(linked) == {"b": (True, False), "t": (False, True)}
    methods = {row["record_id"]: row["method"] for row in linked.links.to_pyarrow().to_pylist()}
    assert methods["a"] == "alone"


def test_rows_that_do_not_account_for_the_table_link_everybody(
    next_day: Day, whole_linkages: list[str]
) -> None:
    linked = next_day(MARIA + OTHERS + TREVOR, came=TREVOR)
    assert whole_linkages == ["all"]
    assert who_moved(linked) == {"b": (True, False), "t": (False, True)}


def test_a_row_that_was_never_there_cannot_go(next_day: Day, whole_linkages: list[str]) -> None:
    next_day(MARIA + OTHERS, went=TREVOR)
    assert whole_linkages == ["all"]


def test_another_model_links_everybody(next_day: Day, whole_linkages: list[str]) -> None:
    other = replace(models.shipped(), trained_on="another system")
    next_day(MARIA + MARIA_TOO + OTHERS, model=other)
    assert whole_linkages == ["all"]


@pytest.mark.parametrize("spoiled", ["[]", '"made by another version"', ""])
def test_a_state_that_is_not_whole_or_not_ours_links_everybody(
    next_day: Day, tmp_path: Path, whole_linkages: list[str], spoiled: str
) -> None:
    (tmp_path / "1" / "made_by.json").write_text(spoiled, encoding="utf-8")
    next_day(MARIA + MARIA_TOO + OTHERS)
    assert whole_linkages == ["all"]

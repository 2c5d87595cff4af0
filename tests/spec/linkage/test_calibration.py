"""What is counted over everybody is counted once, so that a newcomer changes nobody else's weight.

A shared surname speaks for one person by how rare it is. Rarity is counted at the first linkage and
stands until the table has become more than a quarter larger or smaller.
"""

# ruff: noqa: E501 - a drawn row is one line
from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from joinedup.engines import DuckDBEngine
from joinedup.linkage import CALIBRATION, Earlier, Linked, link, scoring
from joinedup.linkage import calibration as calibrations
from joinedup.linkage import model as models
from joinedup.linkage.calibration import Calibration
from joinedup.linkage.scratch import Scratch
from tests.spec.linkage.people import KEY, identities

HEAD = "partner | record_id | nhs_number | forename | surname | birth_date | address | postcode\n"
# Nobody has a number: a and b are one by weight, in which the surname counts.
PAIR = """
R0D | a | - | Maria | Okafor | 1950-02-03 | 1 High Street | BH1 1AA
QVV | b | - | Maria | Okafor | 1950-02-03 | 1 High Street | -
"""
OTHERS = "".join(
    f"RZC | o{place} | - | {forename} | {surname} | 19{place}0-01-02 | {place} Mill Lane | DT{place} 7ZZ\n"
    for place, (forename, surname) in enumerate(
        [
            ("Ann", "Ash"),
            ("Bea", "Birch"),
            ("Cy", "Cole"),
            ("Dan", "Dean"),
            ("Eve", "Elm"),
            ("Fay", "Fern"),
        ],
        start=3,
    )
)
# Of eight profiles one more is an eighth, which is less than a quarter; three are more.
NAMESAKES = [
    f"RZC | n{place} | - | {forename} | Okafor | 1999-0{place}-09 | {place} Far Row | TA{place} 3AA\n"
    for place, forename in enumerate(["Gus", "Hal", "Ian"], start=1)
]


def run(
    engine: DuckDBEngine, text: str, state: Path | None = None, calibration: Path | None = None
) -> Linked:
    earlier = None
    if calibration is not None:
        nobody = engine.read_parquet(calibration.parent / "links.parquet")
        earlier = Earlier(nobody, calibration=calibration)
    return link(engine, identities(HEAD + text), key=KEY, earlier=earlier, run="1", state=state)


def weight_of_the_pair(linked: Linked) -> float:
    (weight,) = {
        row["match_weight"]
        for row in linked.links.to_pyarrow().to_pylist()
        if row["record_id"] in ("a", "b")
    }
    assert weight is not None
    return float(weight)


@pytest.fixture
def first(engine: DuckDBEngine, tmp_path: Path) -> Path:
    """The file of counts that a first linkage left."""
    linked = run(engine, PAIR + OTHERS, state=tmp_path)
    engine.write_parquet(linked.links, tmp_path / "links.parquet")
    return tmp_path / CALIBRATION


def test_a_namesake_changes_the_weight_only_where_all_is_counted_anew(
    engine: DuckDBEngine, first: Path
) -> None:
    before = weight_of_the_pair(run(engine, PAIR + OTHERS))
    text = PAIR + OTHERS + NAMESAKES[0]
    assert weight_of_the_pair(run(engine, text, calibration=first)) == before
    assert weight_of_the_pair(run(engine, text)) < before


def test_a_table_that_grew_by_more_than_a_quarter_is_counted_again(
    engine: DuckDBEngine, first: Path
) -> None:
    text = PAIR + OTHERS + "".join(NAMESAKES)
    anew = weight_of_the_pair(run(engine, text))
    assert weight_of_the_pair(run(engine, text, calibration=first)) == anew


def test_a_table_that_shrank_by_more_than_a_quarter_is_counted_again(
    engine: DuckDBEngine, first: Path
) -> None:
    anew = weight_of_the_pair(run(engine, PAIR))
    assert weight_of_the_pair(run(engine, PAIR, calibration=first)) == anew
    assert anew != weight_of_the_pair(run(engine, PAIR + OTHERS))


@pytest.mark.parametrize(
    ("profiles", "holds"), [(74, False), (75, True), (100, True), (125, True), (126, False)]
)
def test_counts_stand_for_a_quarter_more_or_less(profiles: int, holds: bool) -> None:
    counted = Calibration(5, 100, (), ibis.memtable([], schema={"field": "string"}))
    assert counted.holds_for(profiles=profiles, has_numbers=True) is holds


def test_counts_made_where_nobody_had_a_valid_number_end_with_the_first_that_has() -> None:
    counted = Calibration(0, 100, (), ibis.memtable([], schema={"field": "string"}))
    assert counted.holds_for(profiles=100, has_numbers=False)
    assert not counted.holds_for(profiles=100, has_numbers=True)


def test_a_name_that_was_not_counted_is_as_rare_as_one_counted_no_times(
    engine: DuckDBEngine,
) -> None:
    """By hand: the shipped model expects 0.002 of surnames to be any one; 2,000 made-up people with
    such names join the 3 + 1 counted, so (0 + 0.002 * 2000) / (4 + 2000) = 4 / 2004."""
    counts = ibis.memtable(
        [("surname", "ASH", 3), ("surname", "ELM", 1)],
        schema={"field": "string", "value": "string", "n": "int64"},
    )
    with Scratch(engine) as scratch:
        _, _, surname = scoring.rarities(scratch, counts, models.shipped())
        shares = {
            row["surname"]: row["tf_surname"] for row in surname.shares.to_pyarrow().to_pylist()
        }
    assert surname.unseen == pytest.approx(4 / 2004)
    assert shares == {"ASH": pytest.approx(7 / 2004), "ELM": pytest.approx(5 / 2004)}


def test_the_counts_are_kept_as_they_were(engine: DuckDBEngine, first: Path) -> None:
    kept = calibrations.read(engine, first)
    assert kept is not None
    assert (kept.people, kept.profiles) == (0, 8)
    surnames = {
        row["value"]: row["n"]
        for row in kept.names.filter(kept.names.field == "surname").to_pyarrow().to_pylist()
    }
    assert surnames["OKAFOR"] == 2
    assert surnames["ASH"] == 1


def test_counts_of_another_version_are_not_taken(engine: DuckDBEngine, first: Path) -> None:
    table = engine.read_parquet(first)
    later = first.with_name("later.parquet")
    is_version = table.field == "version"
    engine.write_parquet(table.mutate(n=ibis.ifelse(is_version, 999, table.n).cast("int64")), later)
    assert calibrations.read(engine, later) is None

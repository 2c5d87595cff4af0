"""Row-level data that nobody here made, taken in through a feed's TOML alone.

NHS England's artificial Hospital Episode Statistics, an OMOP set (Eunomia's GiBleed), and FEBRL's
linkage sets. What is quarantined or flagged is stated here row by row, and explained in
docs/how-to/bring-your-own-data.md.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from joinedup import tables
from joinedup.engines import DuckDBEngine
from tests.one_file import Taken, take_one
from tests.shared_material import SHARED, needs_shared

pytestmark = needs_shared
FEEDS = Path(__file__).parents[2] / "docs" / "examples" / "feeds"
PEOPLE = SHARED / "people"
OMOP = PEOPLE / "eunomia_gibleed_omop53"


def _take(engine: DuckDBEngine, folder: Path, feed: str, source: Path, day: str) -> Taken:
    toml = (FEEDS / f"{feed}.toml").read_text(encoding="utf-8")
    taken = take_one(engine, folder, toml, f"{feed}_{day}.parquet", source.read_bytes())
    account = taken.account
    assert account.outcome == "accepted", account.reason
    assert account.lines == account.accepted_lines + account.quarantined_lines
    assert account.quarantined == len(taken.quarantine)
    return taken


def _refused(taken: Taken) -> dict[str, int]:
    return {one.reason: one.rows for one in taken.result.findings if one.severity == "refuse"}


@pytest.mark.parametrize(
    ("feed", "source", "day", "rows", "refused"),
    [
        ("hes_apc", "artificial_hes_apc_0102", "20020401", 2075, {"date_impossible:EPISTART": 1}),
        ("hes_op", "artificial_hes_op_0304", "20040401", 1000, {}),
        ("hes_ae", "artificial_hes_ae_0708", "20080401", 1000, {}),
    ],
)
def test_artificial_hospital_episode_statistics(
    engine: DuckDBEngine, tmp_path: Path, feed: str, source: str, day: str, rows: int,
    refused: dict[str, int],
) -> None:  # fmt: skip
    taken = _take(engine, tmp_path, feed, PEOPLE / f"{source}.parquet", day)
    assert taken.account.lines == rows
    assert _refused(taken) == refused
    assert len(taken.rows(tables.EVENTS, "event_id")) == rows - sum(refused.values())


@pytest.mark.parametrize(
    ("feed", "table", "rows"),
    [
        ("omop_person", "person", 2694),
        ("omop_visit", "visit_occurrence", 1037),
        ("omop_condition", "condition_occurrence", 65332),
        ("omop_drug", "drug_exposure", 67707),
        ("omop_measurement", "measurement", 44053),
        ("omop_procedure", "procedure_occurrence", 37409),
        ("omop_observation", "observation", 1477),
    ],
)
def test_an_omop_set(
    engine: DuckDBEngine, tmp_path: Path, feed: str, table: str, rows: int
) -> None:
    taken = _take(engine, tmp_path, feed, OMOP / f"{table}.parquet", "20190701")
    assert taken.account.accepted == taken.account.lines == rows
    assert taken.result.findings == ()


def test_an_id_that_two_patients_share_is_no_key(engine: DuckDBEngine, tmp_path: Path) -> None:
    # 4,384 of the set's 67,707 drug exposures have the id of another, mostly another person's.
    toml = (FEEDS / "omop_drug.toml").read_text(encoding="utf-8")
    lines = ['key = ["DRUG_EXPOSURE_ID"]' if line.startswith("key") else line
             for line in toml.splitlines()]  # fmt: skip
    source = (OMOP / "drug_exposure.parquet").read_bytes()
    taken = take_one(engine, tmp_path, "\n".join(lines), "omop_drug_20190701.parquet", source)
    assert taken.reasons == {"duplicate_key": 4384}
    assert taken.account.accepted == 67_707 - 4384
    assert taken.quarantine[0]["row"].startswith('{"DRUG_EXPOSURE_ID": ')


@pytest.mark.parametrize(
    ("feed", "source"),
    [("febrl3", "febrl_dataset3"), ("febrl4a", "febrl_dataset4a"), ("febrl4b", "febrl_dataset4b")],
)
def test_febrl_linkage_sets(engine: DuckDBEngine, tmp_path: Path, feed: str, source: str) -> None:
    taken = _take(engine, tmp_path, feed, PEOPLE / f"{source}.parquet", "20030101")
    assert taken.account.accepted == 5000
    assert _refused(taken) == {}
    assert taken.table(tables.IDENTITIES).count().to_pyarrow().as_py() == 5000


def test_a_febrl_record_is_read_as_it_is_written(engine: DuckDBEngine, tmp_path: Path) -> None:
    taken = _take(engine, tmp_path, "febrl3", PEOPLE / "febrl_dataset3.parquet", "20030101")
    wanted = ("record_id", "forename", "surname", "other_number", "address", "town", "postcode")
    first = taken.rows(tables.IDENTITIES, *wanted, "birth_date")[0]
    assert first == (
        "rec-1496-org", "mitchell", "green", "1804974", "7 wallaby place delmar", "cleveland",
        "2119", dt.date(1956, 4, 9),
    )  # fmt: skip

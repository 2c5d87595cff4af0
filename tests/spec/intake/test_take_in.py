"""What becomes of files in an inbox: sent twice, corrected, out of order, half copied, unknown."""

from __future__ import annotations

import gzip
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from joinedup import tables
from joinedup.actions.check import check
from joinedup.actions.init import init_system
from joinedup.actions.received import received_table
from joinedup.actions.take_in import TakenIn, take_in
from joinedup.engines import DuckDBEngine
from joinedup.partners import System, read_system

FEED = """
partner = "RZ1"
feed = "visits"
files = "visits_*"
extract_date = 'visits_(\\d{8})'
key = ["id"]
[identity]
record_id = "who"
surname = "name"
[[events]]
organisation = { value = "RZ1" }
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
service = "service"
"""
HEADER = "id,who,name,day,service\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "system"
    init_system(folder)
    for feed in (folder / "feeds").glob("*.toml"):
        feed.unlink()
    (folder / "feeds" / "visits.toml").write_text(FEED, encoding="utf-8")
    return folder


@pytest.fixture
def system(template: Path, tmp_path: Path) -> System:
    """The invented system with one feed and an empty inbox."""
    for name in ("feeds", "identified"):
        (tmp_path / name).mkdir()
    for name in ("system.toml", "partners.toml", "feeds/visits.toml"):
        (tmp_path / name).write_bytes((template / name).read_bytes())
    text = (tmp_path / "system.toml").read_text(encoding="utf-8")
    area = (template / "area").as_posix()
    (tmp_path / "system.toml").write_text(
        text.replace('area = "area"', f'area = "{area}"'), encoding="utf-8"
    )
    return read_system(tmp_path)


def _made(system: System, name: str) -> Path:
    path = system.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _send(system: System, name: str, content: str | bytes) -> None:
    _made(system, name).write_bytes(content.encode() if isinstance(content, str) else content)


def _events(engine: DuckDBEngine, taken: TakenIn) -> list[tuple[Any, ...]]:
    table = received_table(engine, taken.parts, tables.EVENTS)
    found = table.order_by("record_id", "service").select("record_id", "service").to_pyarrow()
    return [tuple(row.values()) for row in found.to_pylist()]


def _outcomes(taken: TakenIn) -> dict[str, str]:
    for one in taken.accounts:
        assert one.lines == one.accepted_lines + one.quarantined_lines + one.header_or_blank
    return {one.file: one.outcome for one in taken.accounts}


def test_the_same_file_twice_counts_once(system: System, engine: DuckDBEngine) -> None:
    rows = HEADER + "1,P1,Ash,2024-05-01,A\n"
    _send(system, "RZ1/visits_20240601.csv", rows)
    _send(system, "RZ1/visits_20240601_again.csv", rows)
    taken = take_in(system, engine)
    assert _outcomes(taken) == {
        "RZ1/visits_20240601.csv": "accepted",
        "RZ1/visits_20240601_again.csv": "same_as_earlier",
    }
    assert _events(engine, taken) == [("P1", "A")]
    assert len({one.file_id for one in taken.accounts}) == 2


def test_a_corrected_row_replaces_the_one_it_corrects(system: System, engine: DuckDBEngine) -> None:
    _send(
        system,
        "RZ1/visits_20240601.csv",
        HEADER + "1,P1,Ash,2024-05-01,wrong\n2,P2,Birch,2024-05-02,B\n",
    )
    _send(system, "RZ1/visits_20240701.csv", HEADER + "1,P1,Ash,2024-05-01,right\n")
    taken = take_in(system, engine)
    assert _events(engine, taken) == [("P1", "right"), ("P2", "B")]
    assert {one.file: one.superseded for one in taken.accounts} == {
        "RZ1/visits_20240601.csv": 1,
        "RZ1/visits_20240701.csv": 0,
    }


def test_a_file_that_comes_again_corrects_what_came_between(
    system: System, engine: DuckDBEngine
) -> None:
    right, wrong = (HEADER + f"1,P1,Ash,2024-05-01,{service}\n" for service in "AB")
    for day, content in (("0601", right), ("0602", wrong), ("0603", right)):
        _send(system, f"RZ1/visits_2024{day}.csv", content)
        taken = take_in(system, engine)
    assert _outcomes(taken) == {
        "RZ1/visits_20240601.csv": "same_as_earlier",
        "RZ1/visits_20240602.csv": "accepted",
        "RZ1/visits_20240603.csv": "accepted",
    }
    assert _events(engine, taken) == [("P1", "A")]
    assert len({one.file_id for one in taken.accounts}) == 3


def test_a_torn_part_is_taken_in_again(system: System, engine: DuckDBEngine) -> None:
    """As a disk leaves it that lost power, and what it said that it had written."""
    _send(system, "RZ1/visits_20240601.csv", HEADER + "1,P1,Ash,2024-05-01,A\n")
    taken = take_in(system, engine)
    for path in taken.parts[0].folder.iterdir():
        path.write_bytes(b"")
    assert _events(engine, take_in(system, engine)) == [("P1", "A")]


def test_a_folder_named_like_a_value_is_no_column(system: System, engine: DuckDBEngine) -> None:
    """Such as DuckDB and Spark read from `service=Z/`, over what the file says."""
    pq.write_table(
        pa.table({
            "id": ["1"], "who": ["P1"], "name": ["Ash"], "day": ["2024-05-01"], "service": ["A"]
        }),
        _made(system, "RZ1/service=Z/visits_20240601.parquet"),
    )  # fmt: skip
    _send(system, "RZ1/c4=Z/visits_20240602.csv", HEADER + "2,P2,Ash,2024-05-01,B\n")
    assert _events(engine, take_in(system, engine)) == [("P1", "A"), ("P2", "B")]


def test_what_may_be_a_patient_is_not_shown_as_columns(
    system: System, engine: DuckDBEngine
) -> None:
    _send(system, "RZ1/visits_20240601.csv", "9434765919,OKAFOR,Names,days,serviced\n")
    taken = take_in(system, engine)
    (account,) = taken.accounts
    assert str(account.reason).startswith("header_missing: ")
    checked = check(system.path, system.inbox / "RZ1/visits_20240601.csv", "RZ1/visits")
    said = f"{account.reason} {checked.notes} {checked.findings}"
    for value in ("9434765919", "OKAFOR", "Names", "days", "serviced"):
        assert value not in said


def test_a_refused_correction_corrects_nothing(system: System, engine: DuckDBEngine) -> None:
    _send(system, "RZ1/visits_20240601.csv", HEADER + "1,P1,Ash,2024-05-01,kept\n")
    _send(system, "RZ1/visits_20240701.csv", HEADER + "1,P1,Ash,no date,lost\n")
    assert _events(engine, take_in(system, engine)) == [("P1", "kept")]


def test_an_identity_goes_only_when_all_its_rows_were_corrected(
    system: System, engine: DuckDBEngine
) -> None:
    _send(
        system,
        "RZ1/visits_20240601.csv",
        HEADER + "1,P1,Ashe,2024-05-01,A\n2,P2,Birch,2024-05-02,B\n3,P2,Birch,2024-05-03,C\n",
    )
    _send(
        system,
        "RZ1/visits_20240701.csv",
        HEADER + "1,P1,Ash,2024-05-01,A\n2,P2,Birch,2024-05-02,B\n",
    )
    taken = take_in(system, engine)
    identities = received_table(engine, taken.parts, tables.IDENTITIES)
    names = identities.select("record_id", "surname").distinct().to_pyarrow().to_pylist()
    assert sorted(tuple(row.values()) for row in names) == [("P1", "Ash"), ("P2", "Birch")]
    standing = identities.filter(identities.record_id == "P2").order_by("known_date")
    rows = standing.select("source_row").to_pyarrow().to_pylist()
    assert [row["source_row"] for row in rows] == [4, 3]


@pytest.mark.parametrize("name", ["Ash", '"Ash, Jo"'], ids=["read whole", "read line by line"])
def test_rows_of_a_large_file_keep_their_lines(
    system: System, engine: DuckDBEngine, name: str
) -> None:
    """A row's number is its place in what was read, which two threads read block by block."""
    feed = FEED.replace('organisation = { value = "RZ1" }', 'organisation = "where"')
    (system.feeds / "visits.toml").write_text(feed, encoding="utf-8")
    padding = "x" * 80
    rows = (f"{row},{row},{name},2024-04-01,{padding},RZ1\n" for row in range(250_000))
    _send(system, "RZ1/visits_20240401.csv", "id,who,name,day,service,where\n" + "".join(rows))
    taken = take_in(system, engine)
    events = received_table(engine, taken.parts, tables.EVENTS)
    # The header is line 1.
    moved = events.filter(events.source_row != events.record_id.cast("int64") + 2)
    assert events.count().to_pyarrow().as_py() == 250_000
    assert moved.count().to_pyarrow().as_py() == 0


def test_files_that_arrive_out_of_order_give_the_same(system: System, engine: DuckDBEngine) -> None:
    files = {
        f"RZ1/visits_2024060{day}.csv": HEADER + f"1,P1,Ash,2024-05-01,version {day}\n"
        for day in (1, 2, 3)
    }
    for order in permutations(files):
        for name in files:
            (system.inbox / name).unlink(missing_ok=True)
        for name in order:
            _send(system, name, files[name])
            taken = take_in(system, engine)
        assert _events(engine, taken) == [("P1", "version 3")]


def test_a_file_already_taken_in_is_not_read_again(
    system: System, engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(system, "RZ1/visits_20240601.csv", HEADER + "1,P1,Ash,2024-05-01,A\n")
    first = take_in(system, engine)
    monkeypatch.setattr("joinedup.actions.file_intake.receive", None)
    assert take_in(system, engine).accounts == first.accounts


def test_changed_settings_read_it_again(system: System, engine: DuckDBEngine) -> None:
    _send(system, "RZ1/visits_20240601.csv", HEADER + "1,P1,Ash,2024-05-01,A\n")
    before = take_in(system, engine).parts[0].folder
    toml = system.feeds / "visits.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    after = take_in(system, engine).parts[0].folder
    assert before != after
    assert not before.exists()


def test_a_file_still_being_copied_is_left_alone(system: System, engine: DuckDBEngine) -> None:
    _send(system, "RZ1/visits_20240601.csv.part", HEADER)
    _send(system, "RZ1/~$visits_20240601.csv", HEADER)
    taken = take_in(system, engine)
    assert taken.accounts == ()
    assert taken.waiting == ("RZ1/visits_20240601.csv.part", "RZ1/~$visits_20240601.csv")


# The time is left out, so that the test has one name in every process.
CUT_SHORT = gzip.compress(HEADER.encode() * 99, mtime=0)[:60]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("RZ1/visits_20240601.csv", "", "file_empty"),
        ("RZ1/visits_20240601.csv.gz", CUT_SHORT, "file_truncated"),
        ("RZ1/visits_20240601.parquet", b"PAR1 cut", "file_unreadable"),
        ("RZ1/visits_20240601.csv", HEADER.encode("utf-16"), "file_not_utf8"),
        ("RZ1/visits_20240601.csv", HEADER.replace("who", "patient"), "columns_missing"),
        ("RZ1/visits_20240601.csv", HEADER.replace("name", "who"), "columns_missing"),
        ("RZ1/visits_20240601.csv", "1,P1,Ash,2024-05-01,A\n", "header_missing"),
        ("RZ1/visits_last_week.csv", HEADER, "extract_date_missing"),
        ("RZ1/other_20240601.csv", HEADER, "feed_unknown"),
        ("RZ1/visits_20240601.xlsx", b"PK\x03\x04\n", "feed_unknown"),
        ("NOBODY/visits_20240601.csv", HEADER, "partner_unknown"),
        ("visits_20240601.csv", HEADER, "partner_unknown"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_whole_with_the_reason(
    system: System, engine: DuckDBEngine, name: str, content: str | bytes, rule: str
) -> None:
    _send(system, name, content)
    taken = take_in(system, engine)
    (account,) = taken.accounts
    assert _outcomes(taken) == {name: "rejected"}
    assert account.reason is not None and account.reason.startswith(f"{rule}: ")
    assert account.quarantined_lines == account.lines
    quarantine = received_table(engine, taken.parts, tables.QUARANTINE).to_pyarrow().to_pylist()
    assert len(quarantine) == account.quarantined
    assert all(row["rules"] == [rule] for row in quarantine)


def test_a_renamed_column_is_guessed_at(system: System, engine: DuckDBEngine) -> None:
    _send(system, "RZ1/visits_20240601.csv", HEADER.replace("service", "Service_"))
    (account,) = take_in(system, engine).accounts
    assert account.reason is not None
    assert "'service'. Did you mean 'Service_'?" in account.reason


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (HEADER.encode() + "1,P1,Nuñez,2024-05-01,A\n".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + HEADER.encode() + "1,P1,Nuñez,2024-05-01,A\n".encode(), "utf-8"),
        (HEADER.encode() + "1,P1,Nuñez,2024-05-01,A\n".encode("cp1252"), "windows-1252"),
        ((HEADER + "1,P1,Nuñez,2024-05-01,A\n").replace("\n", "\r\n").encode(), "utf-8"),
        ((HEADER + "1,P1,Nuñez,2024-05-01,A").encode(), "utf-8"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_line_ends_and_gzip_are_handled(
    system: System, engine: DuckDBEngine, content: bytes, encoding: str, packed: bool
) -> None:
    name = "RZ1/visits_20240601.csv" + (".gz" if packed else "")
    _send(system, name, gzip.compress(content) if packed else content)
    taken = take_in(system, engine)
    (account,) = taken.accounts
    assert (account.outcome, account.encoding, account.lines) == ("accepted", encoding, 2)
    identities = received_table(engine, taken.parts, tables.IDENTITIES)
    assert identities.surname.to_pyarrow().to_pylist() == ["Nuñez"]

"""What `synth` writes is what the feeds map, spoilt as much as it says, and always the same."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from joinedup.actions.init import init_system
from joinedup.actions.synth import synth
from joinedup.intake.read_feed import read_feed
from joinedup.synthetic.damage_rows import FAULTS
from joinedup.synthetic.extracts.extract import DELIVERIES
from joinedup.synthetic.extracts.habits import HABITS
from joinedup.terms import SettingError
from tests.systems import joinedup

PEOPLE = 4000
# One side file has its columns renamed, one is empty, one is still being copied.
NOT_TABLES = ("_new_system", "_again", ".part")


@dataclass(frozen=True)
class Made:
    """An invented system's folder and what was done to it on purpose."""

    path: Path

    @property
    def damage(self) -> dict[str, list[dict[str, str]]]:
        text = (self.path / "truth" / "damage.json").read_text(encoding="utf-8")
        found: dict[str, list[dict[str, str]]] = json.loads(text)
        return found

    def files(self, feed: str) -> list[Path]:
        found = sorted((self.path / "inbox").glob(f"*/{feed}_[0-9]*"))
        return [path for path in found if not any(mark in path.name for mark in NOT_TABLES)]

    def rows(self, feed: str) -> list[dict[str, str]]:
        """Every row of a feed's whole files that reads as one, side files apart."""
        return [
            row
            for path in self.files(feed)
            if re.fullmatch(rf"{feed}_\d{{8}}(\.csv|\.csv\.gz|\.txt)", path.name)
            for row in read_text(path, DELIVERIES[feed].delimiter)
        ]


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252")


def read_text(path: Path, delimiter: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(text_of(path), newline=""), delimiter=delimiter))


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("inbox", "truth", "reference")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    }


def make(folder: Path, people: int = PEOPLE, seed: int = 1, processes: int = 1) -> Made:
    init_system(folder)
    synth(folder, people=people, seed=seed, processes=processes)
    return Made(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("synth") / "system")


def feed_files() -> list[Path]:
    import joinedup.intake

    package = Path(next(iter(joinedup.intake.__path__)))
    return sorted((package / "data_sets").glob("*.toml"))


@pytest.mark.parametrize("feed_file", feed_files(), ids=lambda path: path.stem)
def test_files_have_the_columns_that_the_feed_names_and_no_others(
    made: Made, feed_file: Path
) -> None:
    feed = read_feed(feed_file)
    files = made.files(feed.name)
    assert files
    for path in files:
        if path.suffix == ".parquet":
            columns = duckdb.sql(f"from read_parquet('{path}') limit 0").columns
        else:
            columns = text_of(path).splitlines()[0].split(feed.layout.delimiter)
        assert [name for name in feed.columns_used if name not in columns] == [], path.name
        # What is not read is named in a comment, so that a newcomer can find it.
        words = feed_file.read_text(encoding="utf-8")
        unread = [name for name in columns if name not in feed.columns_used]
        assert [name for name in unread if name not in re.sub(r"\s+#?\s*", " ", words)] == []


def test_the_data_sets_say_who_sends_them() -> None:
    assert {path.stem for path in feed_files()} == set(DELIVERIES)
    for path in feed_files():
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.fullmatch(r"# sent by: (icb|\w+_trust|council|registrar|charity)", first)


def test_the_same_seed_gives_the_same_bytes_whatever_the_processes(
    made: Made, tmp_path: Path
) -> None:
    again = make(tmp_path / "again", processes=2)
    assert digest(again.path) == digest(made.path)


def test_another_seed_gives_another_population(made: Made, tmp_path: Path) -> None:
    other = make(tmp_path / "other", people=600, seed=2)
    small = make(tmp_path / "small", people=600, seed=3)
    assert digest(other.path) != digest(small.path)


# Feed, the patient's columns, the NHS number's column, the kind whose habit it is.
NUMBERS = [
    ("gp_registrations", ("organisation_id", "patient_id"), "nhs_number", "general_practice"),
    ("admissions", ("LOCAL PATIENT IDENTIFIER",), "NHS NUMBER", "acute_trust"),
    ("community", ("LOCAL PATIENT IDENTIFIER (EXTENDED)",), "NHS NUMBER", "community_trust"),
    ("ambulance", ("PatientRecordNumber",), "NHSNumber", "ambulance_trust"),
    ("social_care", ("LA_Person_Unique_Identifier",), "NHS_Number", "council"),
    ("charity", ("Our ref",), "NHS no (if known)", "charity"),
]


@pytest.mark.parametrize(("feed", "patient", "number", "kind"), NUMBERS)
def test_nhs_numbers_are_missing_as_often_as_the_partner_has_the_habit(
    made: Made, feed: str, patient: tuple[str, ...], number: str, kind: str
) -> None:
    numbers = {
        (path, *(row[name] for name in patient)): row[number]
        for path in ["any"]
        for row in made.rows(feed)
    }
    missing = sum(1 for value in numbers.values() if value in ("", "n/k"))
    rate = HABITS[kind].nhs_missing
    # Four standard errors of a proportion, and one patient.
    slack = 4 * (rate * (1 - rate) / len(numbers)) ** 0.5 + 1 / len(numbers)
    assert abs(missing / len(numbers) - rate) < slack


def test_a_partner_repeats_a_patients_details_from_row_to_row(made: Made) -> None:
    names: dict[str, set[tuple[str, str, str]]] = {}
    for row in made.rows("outpatients"):
        details = (row["PERSON GIVEN NAME"], row["PERSON FAMILY NAME"], row["NHS NUMBER"])
        names.setdefault(row["LOCAL PATIENT IDENTIFIER"], set()).add(details)
    names.pop("", None)
    assert max(len(found) for found in names.values()) <= 2
    assert sum(1 for found in names.values() if len(found) == 2) / len(names) < 0.1


def truth_of(made: Made) -> dict[tuple[str, str], str]:
    rows = duckdb.sql(
        f"select partner, record_id, person from read_parquet('{made.path}/truth/truth.parquet')"
    ).fetchall()
    found = {(partner, record): person for partner, record, person in rows}
    assert len(found) == len(rows), "a record is in the truth twice"
    return found


RECORDS = [
    ("gp_registrations", ("organisation_id", "patient_id")),
    ("gp_entries", ("organisation_id", "patient_id")),
    ("gp_appointments", ("organisation_id", "patient_id")),
    ("admissions", ("LOCAL PATIENT IDENTIFIER",)),
    ("emergency", ("LOCAL PATIENT IDENTIFIER (EXTENDED)",)),
    ("outpatients", ("LOCAL PATIENT IDENTIFIER",)),
    ("community", ("LOCAL PATIENT IDENTIFIER (EXTENDED)",)),
    ("mental_health", ("LOCAL PATIENT IDENTIFIER (EXTENDED)",)),
    ("ambulance", ("PatientRecordNumber",)),
    ("social_care", ("LA_Person_Unique_Identifier",)),
    ("deaths", ("registration_id",)),
    ("charity", ("Our ref",)),
]


def test_the_truth_has_every_record_of_the_files_once_and_no_other(made: Made) -> None:
    truth = truth_of(made)
    seen: set[tuple[str, str]] = set()
    for feed, columns in RECORDS:
        for path in made.files(feed):
            for row in read_text(path, DELIVERIES[feed].delimiter):
                parts = [row.get(name) or "" for name in columns]
                if all(parts):
                    seen.add((path.parent.name, "-".join(parts)))
    for path in made.files("gp_prescriptions"):
        rows = duckdb.sql(
            f"select distinct organisation_id || '-' || patient_id from read_parquet('{path}')"
        ).fetchall()
        seen |= {(path.parent.name, record) for (record,) in rows}
    assert seen - truth.keys() == set()
    # A record whose only row was spoilt cannot be read.
    assert len(truth.keys() - seen) <= 5


def test_most_people_are_known_to_several_partners(made: Made) -> None:
    partners: dict[str, set[str]] = {}
    for (partner, _), person in truth_of(made).items():
        partners.setdefault(person, set()).add(partner)
    assert sum(1 for found in partners.values() if len(found) > 1) / len(partners) > 0.4


def test_every_row_that_was_spoilt_is_there(made: Made) -> None:
    spoilt = made.damage["rows"]
    for feed, faults in FAULTS.items():
        if feed == "gp_prescriptions":
            continue
        rows = made.rows(feed)
        for fault in faults:
            count = spoilt[feed].get(fault.id, 0)  # type: ignore[call-overload]
            if fault.text is None:
                found = sum(1 for row in rows if row[fault.column] == "")
            else:
                found = sum(1 for row in rows if row[fault.column] == fault.text)
            # A spoilt row may be among those that the file holds twice.
            assert count <= found <= count * 2 + 1, (feed, fault.id)


def test_every_damaged_file_is_damaged_as_said(made: Made) -> None:
    kinds = {one["what"]: one for one in made.damage["files"]}
    inbox = made.path / "inbox"
    assert set(kinds) == {
        "same_bytes", "corrected", "unclosed_quote", "renamed_column", "bom_and_crlf",
        "truncated", "windows_1252", "empty", "half_copied",
    }  # fmt: skip

    def content(what: str) -> bytes:
        return (inbox / kinds[what]["file"]).read_bytes()

    assert content("same_bytes") == (inbox / kinds["same_bytes"]["of"]).read_bytes()
    assert content("bom_and_crlf").startswith(b"\xef\xbb\xbf")
    assert content("bom_and_crlf").count(b"\r\n") == content("bom_and_crlf").count(b"\n") > 5
    assert not content("truncated").endswith(b"\n")
    assert "Zoë".encode("windows-1252") in content("windows_1252")
    with pytest.raises(UnicodeDecodeError):
        content("windows_1252").decode()
    assert content("empty") == b""
    assert kinds["half_copied"]["file"].endswith(".part")
    quotes = [line.count(b'"') for line in content("unclosed_quote").splitlines()]
    assert sum(1 for many in quotes if many % 2) == 1


def test_a_correction_comes_later_with_the_same_keys_and_other_values(made: Made) -> None:
    corrected = next(one for one in made.damage["files"] if one["what"] == "corrected")
    rows = list(read_text(made.path / "inbox" / corrected["file"], ","))
    before = {
        row["CDS UNIQUE IDENTIFIER"]: row["ACTIVITY TREATMENT FUNCTION CODE"]
        for row in read_text(made.path / "inbox" / corrected["of"], ",")
    }
    changed = [
        row
        for row in rows
        if before[row["CDS UNIQUE IDENTIFIER"]] != row["ACTIVITY TREATMENT FUNCTION CODE"]
    ]
    assert len(changed) == int(corrected["rows"]) > 0
    assert corrected["file"].split("_")[1] > corrected["of"].split("_")[1][:8]


def test_an_inbox_that_holds_anything_is_left_alone(made: Made) -> None:
    with pytest.raises(SettingError, match="--replace"):
        synth(made.path, people=600, seed=1)


def test_extracts_that_were_not_invented_are_never_thrown_away(tmp_path: Path) -> None:
    init_system(tmp_path / "real")
    file = tmp_path / "real" / "inbox" / "RZ1" / "admissions_20260401.csv"
    file.write_text("a real file", encoding="utf-8")
    with pytest.raises(SettingError, match="never thrown away"):
        synth(tmp_path / "real", people=600, seed=1, replace=True)
    assert file.read_text(encoding="utf-8") == "a real file"


def test_no_file_knows_what_was_not_known_when_it_was_drawn(made: Made) -> None:
    for path in made.files("social_care"):
        drawn = path.name.split("_")[2][:8]
        for row in read_text(path, ","):
            for name in ("Event_End_Date", "Date_of_Death"):
                day = "".join(reversed((row.get(name) or "").split("/")))
                assert day <= drawn, (path.name, name)


def test_what_ends_later_is_sent_again_with_its_end(made: Made) -> None:
    ends: dict[str, list[str]] = {}
    for row in made.rows("social_care"):
        if row["Event_Type"] == "Service":
            ends.setdefault(row["Event_Reference_Number"], []).append(row["Event_End_Date"])
    again = [found for found in ends.values() if len(set(found)) == 2]
    assert len(again) > 5
    assert all(found[0] == "" and found[-1] != "" for found in again)
    # Whoever reads the files in turn ends with the last word, and some services go on.
    assert any(found == [""] for found in ends.values())


def test_the_command_says_what_it_wrote_and_refuses_in_json(tmp_path: Path) -> None:
    folder = tmp_path / "by command"
    assert joinedup("init", folder, "--invented").code == 0
    done = joinedup("synth", folder, "--people", 600, "--seed", 9, "--json")
    assert done.code == 0, done.err
    assert done.json["people"] == 600
    assert done.json["rows"].keys() == DELIVERIES.keys()
    assert done.json["files"] == sum(1 for p in (folder / "inbox").rglob("*") if p.is_file())
    assert not list(folder.glob("*.part"))
    again = joinedup("synth", folder, "--people", 600, "--json")
    assert again.code == 1
    assert again.json.keys() == {"error", "where", "cure"}
    replaced = joinedup("synth", folder, "--people", 700, "--replace", "--json")
    assert replaced.json["people"] == 700

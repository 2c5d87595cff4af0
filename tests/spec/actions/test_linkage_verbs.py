"""`joinedup linkage` on a small published snapshot: what it prints, and what it never shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from joinedup import tables
from joinedup.actions.init import init_system
from joinedup.cli import main
from joinedup.engines import DuckDBEngine, Lake
from joinedup.linkage import link
from joinedup.partners import read_system
from tests.spec.linkage.people import KEY, identities

DRAWN = """
partner | record_id | nhs_number | forename | surname  | birth_date | sex    | postcode
R0D     | a         | 9434765919 | Maria    | Okafor   | 1950-02-03 | female | BH1 1AA
QVV     | b         | 9434765919 | Maria    | Okafor   | 1950-02-03 | female | BH1 1AA
RZC     | c         | -          | Marai    | Okafor   | 1950-02-03 | female | BH1 1AA
RZC     | d         | -          | Trevor   | Langdale | 1987-11-30 | male   | DT4 7ZZ
QVV     | e         | 9990000018 | Trevor   | Lang     | 1987-11-30 | male   | DT4 7ZY
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A system whose serving snapshot holds the five records."""
    folder = tmp_path_factory.mktemp("linkage") / "system"
    init_system(folder)
    found = read_system(folder)
    lake = Lake(found.lake, found.identified)
    draft = lake.begin()
    with DuckDBEngine(spill=folder / "spill") as engine:
        linked = link(engine, identities(DRAWN), key=KEY, run=draft.id)
        for declared, table in (
            (tables.IDENTITIES, identities(DRAWN)),
            (tables.LINKS, linked.links),
            (tables.LINK_REVIEW, linked.review),
        ):
            path = draft.table_path(declared.name, identified=True)
            engine.write_parquet(table, path / "all.parquet")
    lake.publish(draft, {})
    yield folder


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as done:
        main(["linkage", *words])
    return int(done.value.code or 0), capsys.readouterr().out


def truth(folder: Path, text: str, name: str = "truth.csv") -> str:
    path = folder.parent / name
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)


TRUTH = "partner,record_id,person\nR0D,a,1\nQVV,b,1\nRZC,c,1\nRZC,d,2\nQVV,e,3\n"


def test_a_perfect_score(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = TRUTH.replace("e,3", "e,2")
    code, out = ran(capsys, "score", str(system), "--truth", truth(system, labels), "--json")
    told = json.loads(out)
    assert code == 0
    assert set(told) == {"precision", "recall", "f1", "pairs", "by"}
    assert (told["precision"], told["recall"], told["f1"], told["pairs"]) == (1.0, 1.0, 1.0, 4)
    assert set(told["by"]) == {"partner", "age_band", "sex", "deprivation", "ethnicity"}
    assert told["by"]["sex"]["female"]["pairs"] == 3


def test_a_score_counts_pairs(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four pairs were linked (ab, ac, bc, de), of which de is wrong; a missed pair is cx."""
    labels = TRUTH + "RZA,x,1\n"
    _, out = ran(capsys, "score", str(system), "--truth", truth(system, labels), "--json")
    told = json.loads(out)
    assert told["precision"] == pytest.approx(3 / 4)
    assert told["recall"] == pytest.approx(3 / 6)
    assert told["f1"] == pytest.approx(2 * 3 / (4 + 6))
    assert told["pairs"] == 6


def test_groups_of_the_truth_come_first(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head, *lines = TRUTH.splitlines()
    labels = "\n".join([f"{head},deprivation", *(f"{line},1" for line in lines)]) + "\n"
    _, out = ran(capsys, "score", str(system), "--truth", truth(system, labels), "--json")
    assert list(json.loads(out)["by"]["deprivation"]) == ["1"]


NO_TRUTH = (
    "",
    "a,b\n1,2\n",
    "partner,record_id\nR0D,a\n",
    "person,person,partner,record_id\n1,1,a,b\n",
    "x" * 200_000,  # more than Python's reader takes for one field
)


@pytest.mark.parametrize("text", NO_TRUTH, ids=range(len(NO_TRUTH)))
def test_a_file_that_is_no_truth_is_refused_in_words(
    system: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = truth(system, text, "wrong.csv")
    code, out = ran(capsys, "score", str(system), "--truth", path, "--json")
    assert code == 1
    assert "partner, record_id and person" in json.loads(out)["cure"]


def test_explain_says_why_without_values(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = ran(capsys, "explain", str(system), "RZC", "c")
    assert code == 0
    assert "a similar forename" in out and "the same surname" in out and "bits" in out
    assert not {"MARAI", "OKAFOR", "BH11AA", "19500203"} & set(out.upper().split())


def test_explain_adds_up(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Parts and prior make the weight: one in 5,000 people, since the table is smaller."""
    _, out = ran(capsys, "explain", str(system), "RZC", "c", "--show-values", "--json")
    told = json.loads(out)
    assert sum(part["bits"] for part in told["parts"]) - 12.29 == pytest.approx(
        told["match_weight"], abs=0.3
    )
    assert {part["this"] for part in told["parts"]} >= {"MARAI", "OKAFOR"}


def test_explain_of_nobody(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = ran(capsys, "explain", str(system), "RZC", "nobody", "--json")
    assert code == 1
    assert json.loads(out)["error"]


def test_report_counts_and_samples(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = ran(capsys, "report", str(system), "--sample", "3", "--json")
    told = json.loads(out)
    assert told["records"] == 5
    assert sum(told["by_method"].values()) == 5
    assert 0 <= told["expected_false_links"] < 1
    assert all(one["partner"] for one in told["sample"])


def test_training_is_reported_and_kept(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = ran(capsys, "train", str(system), "--json")
    told = json.loads(out)
    assert code == 0
    assert told["records"] == 5
    kept = system / "identified" / "linkage_model.json"
    assert kept.is_file()
    assert {level["field"] for level in told["levels"]} == set(
        json.loads(kept.read_text(encoding="utf-8"))["fields"]
    )


@pytest.mark.parametrize(
    "content",
    [b'{"fields": []}', b"[" * 100_000, b"\xff\xfe",
     *(b'{"trained_on": "x", "fields": {"forename": {"same": [%s, 0.1]}}}' % number
       for number in (b"NaN", b"2", b"-1", b"1e999"))],
    ids=range(7),
)  # fmt: skip
def test_a_damaged_model_is_named(
    system: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    kept = system / "identified" / "linkage_model.json"
    kept.write_bytes(content)
    code, out = ran(capsys, "explain", str(system), "RZC", "c", "--json")
    kept.unlink()
    assert code == 1
    assert "linkage train" in json.loads(out)["cure"]

"""An inbox full of harm, through the command line: told, refused, and harming nobody."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.systems import joinedup

HEAD = (
    "Our ref,Date,First name,Surname,D.O.B.,M/F,Address,Post code,Tel.,NHS no (if known),"
    "What we did,Who asked us"
)
GOOD = "7,16/05/2024,Ann,Green,08/12/1950,F,36 High Street,JB1 0NB,,,Welfare advice,Self"
SYSTEM = 'name = "x"\nods_code = "QVV"\n'
SECRET = "not-to-be-read-by-anybody"
# Beyond what the database may take: Python, its libraries and the blocks read at once.
MARGIN_MB = 700


@dataclass(frozen=True)
class Charity:
    """An invented system of which one charity sends files."""

    path: Path
    partner: str

    @property
    def inbox(self) -> Path:
        return self.path / "inbox" / self.partner

    def send(self, name: str, *rows: str) -> None:
        text = "".join(f"{row}\n" for row in (HEAD, *rows))
        (self.inbox / name).write_bytes(text.encode())

    def run(self) -> dict[str, dict[str, Any]]:
        """Run; every file's account by its name."""
        done = joinedup("run", self.path, "--json")
        assert done.code in (0, 3), done.out + done.err
        assert "Traceback" not in done.err
        return {one["file"].partition("/")[2]: one for one in done.json["files"]}


@pytest.fixture
def charity(tmp_path: Path) -> Charity:
    path = tmp_path / "system"
    assert joinedup("init", path, "--invented").code == 0
    feed = next((path / "feeds").glob("*charity*.toml"))
    partner = tomllib.loads(feed.read_text(encoding="utf-8"))["partner"]
    made = Charity(path, partner)
    made.inbox.mkdir(parents=True, exist_ok=True)
    made.send("charity_20240601.csv", GOOD)
    return made


def reason(account: dict[str, Any]) -> str:
    return (account["reason"] or "").partition(":")[0]


@pytest.mark.skipif(os.name != "posix", reason="no such files here")
def test_nothing_is_read_or_written_elsewhere_because_of_a_name(
    charity: Charity, tmp_path: Path
) -> None:
    (tmp_path / "secret.csv").write_text(f"{HEAD}\n{GOOD.replace('Ann', SECRET)}\n")
    around = {one for one in tmp_path.rglob("*") if "system" not in one.parts}
    inbox = charity.inbox
    (inbox / "charity_20240602.csv").symlink_to(tmp_path / "secret.csv")
    (inbox / "charity_20240603.csv").symlink_to("/dev/zero")
    os.mkfifo(inbox / "charity_20240604.csv")
    charity.send("charity_20240605\x1b[2J\u202e.csv", GOOD.replace("7,", "10,", 1))
    charity.send("charity_20240606[12]*.csv", GOOD.replace("7,", "8,", 1))
    charity.send("charity_20240607<img src=x onerror=alert(1)>.csv", GOOD.replace("7,", "9,", 1))
    (inbox / os.fsdecode(b"charity_20240608\xff.csv")).write_text(GOOD)
    began = time.monotonic()
    accounts = charity.run()
    assert time.monotonic() - began < 120
    assert {name: reason(one) for name, one in accounts.items()} == {
        "charity_20240601.csv": "",
        "charity_20240602.csv": "file_is_link",
        "charity_20240603.csv": "file_is_link",
        "charity_20240604.csv": "file_is_special",
        "charity_20240605\\x1b[2J\\u202e.csv": "file_name_unsafe",
        "charity_20240606[12]*.csv": "",
        "charity_20240607<img src=x onerror=alert(1)>.csv": "",
        "charity_20240608\\xff.csv": "file_name_unsafe",
    }
    assert around == {one for one in tmp_path.rglob("*") if "system" not in one.parts}
    _nobody_reads(SECRET, charity.path)
    page = (charity.path / "report" / "index.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page
    said = joinedup("status", charity.path).out + joinedup("run", charity.path).out + page
    assert not {"\x1b", "\u202e", "\udcff"} & set(said)


def _nobody_reads(secret: str, folder: Path) -> None:
    """No file of the system, packed or not, holds the text."""
    import duckdb

    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        assert secret.encode() not in path.read_bytes(), path
        if path.suffix == ".parquet":
            rows = duckdb.sql(f"SELECT t::VARCHAR FROM '{path}' t").fetchall()
            assert not any(secret in row[0] for row in rows), path


def test_formulas_are_kept_in_the_lake_and_neutral_in_a_csv(
    charity: Charity, tmp_path: Path
) -> None:
    formula = "=HYPERLINK(1)"
    charity.send("charity_20240602.csv", GOOD.replace("7,", f"{formula},", 1).replace("/05", "/99"))
    charity.send("charity_20240603.csv", GOOD.replace("Ann", formula))
    charity.run()
    csv_file = tmp_path / "refused.csv"
    done = joinedup("quarantine", charity.path, "--feed", "charity", "--csv", csv_file)
    assert done.code == 0, done.err
    assert "1 rows written" in done.out
    assert formula not in done.out
    rows = list(csv.DictReader(csv_file.open(encoding="utf-8-sig", newline="")))
    assert [row["rules"] for row in rows] == ["date_unreadable:Date"]
    assert rows[0]["row"].startswith(f"'{formula},16/99/2024")
    assert (csv_file.stat().st_mode & 0o077 == 0) or os.name != "posix"
    told = joinedup("quarantine", charity.path, "--json").json
    assert [(one["rule"], one["column"], one["rows"]) for one in told["refused"]] == [
        ("date_unreadable", "Date", 1)
    ]
    script = (
        "import sys, joinedup; s = joinedup.open(sys.argv[1], purpose='linkage_quality'); "
        "print(s.identities.forename.to_pyarrow().to_pylist())"
    )
    read = subprocess.run(
        [sys.executable, "-c", script, str(charity.path)], capture_output=True, text=True
    )
    assert formula in read.stdout, read.stderr


@pytest.mark.parametrize(
    ("name", "toml"),
    [
        ("feeds/odd.toml", 'partner = "R0D"\nfeed = "../../x"\n'),
        ("feeds/odd.toml", f"a = {'[' * 50_000}"),
        ("feeds/odd.toml", f"{'a.' * 100_000}b = 1"),
        ("feeds/odd.toml", "#" * 5_000_000),
        ("partners.toml", '[[partners]]\ncode = "R\u041eD"\nname = "x"\nkind = "icb"\n'),
        ("system.toml", 'name = "\\u001b[2J"\nods_code = "QVV"\n'),
        ("system.toml", f"{SYSTEM}[limits]\nmemory_mb = 99999999999999999999\n"),
        ("system.toml", f"{SYSTEM}[limits]\nmemory_mb = 9223372036854775807\n"),
        ("system.toml", f'{SYSTEM}area = "../../../etc"\n'),
    ],
)  # fmt: skip
def test_a_hostile_setting_is_told_in_words(charity: Charity, name: str, toml: str) -> None:
    (charity.path / name).write_text(toml, encoding="utf-8")
    began = time.monotonic()
    done = joinedup("run", charity.path, "--json")
    assert done.code == 1, done.out + done.err
    told = json.loads(done.out)
    assert told["error"]
    assert told["where"]
    assert len(done.out) < 3000
    assert "Traceback" not in done.err
    assert time.monotonic() - began < 60


@pytest.mark.soak
@pytest.mark.parametrize(
    "kind", ["one line", "blank lines", "bad lines", "open quotes", "columns", "gzip", "refused"]
)
def test_memory_stays_within_the_limit(charity: Charity, kind: str) -> None:
    settings = charity.path / "system.toml"
    text = settings.read_text(encoding="utf-8")
    kept = text.partition("[limits]")[0]
    settings.write_text(f"{kept}[limits]\nmemory_mb = 500\nthreads = 1\n", encoding="utf-8")
    path = charity.inbox / "charity_20240602.csv"
    _write_large(path, kind)
    done = joinedup("run", charity.path, "--json")
    assert done.code in (0, 3), done.out + done.err
    taking = next(one for one in done.json["steps"] if one["name"] == "take in")
    assert taking["peak_mb"] < 500 + MARGIN_MB
    account = next(one for one in done.json["files"] if "20240602" in one["file"])
    placed = account["accepted_lines"] + account["quarantined_lines"] + account["header_or_blank"]
    assert account["lines"] == placed


def _write_large(path: Path, kind: str) -> None:
    """A file of some hundred megabytes, made block by block."""
    packed = path.with_suffix(".csv.gz")
    with gzip.open(packed, "wb", 1) if kind == "gzip" else path.open("wb") as file:
        head = HEAD.encode()
        file.write(head + b",x" * (19_000 if kind == "columns" else 0) + b"\n")
        for _ in range(100):
            file.write({
                "one line": b"x" * 5_000_000,
                "blank lines": b"\n" * 100_000,
                "bad lines": b"1,2\n" * 5_000,
                "open quotes": b'x","b\n' * 5_000,
                "columns": GOOD.encode() + b"," * 19_000 + b"\n",
                "gzip": b"\n" * 3_000_000,
                "refused": GOOD.replace("/05", "/99").encode() + b"\n",
            }[kind] * (50 if kind == "refused" else 1))  # fmt: skip

"""What lies in an inbox is told, whatever it is, and nothing is opened that might not end."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from joinedup.intake import Arrival, find_arrivals, parse_feed

FEED = parse_feed(
    b"""
partner = "R0D"
feed = "visits"
files = "visits_*"
extract_date = 'visits_(\\d{8})'
key = ["id"]
[identity]
record_id = "id"
[[events]]
organisation = { value = "R0D" }
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
""",
    Path("visits.toml"),
)
posix = pytest.mark.skipif(os.name != "posix", reason="no such names or files here")


def _found(inbox: Path) -> dict[str, str]:
    """Each arrival's name as shown, and the rule that refuses it."""
    return {one.name: one.fault for one in _arrivals(inbox)}


def _arrivals(inbox: Path) -> tuple[Arrival, ...]:
    return find_arrivals(inbox, [FEED], ["R0D"]).arrivals


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "R0D").mkdir(parents=True)
    return folder


@posix
def test_a_link_is_told_and_never_followed(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id,day\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "visits_20240601.csv").write_text("id,day\n")
    (inbox / "R0D" / "visits_20240601.csv").symlink_to(tmp_path / "secret.csv")
    (inbox / "R0D" / "visits_20240602.csv").symlink_to("/dev/zero")
    (inbox / "R0D" / "visits_20240603.csv").symlink_to("nowhere")
    (inbox / "R0D" / "round").symlink_to(inbox)
    (inbox / "RDZ").symlink_to(tmp_path / "elsewhere")
    assert _found(inbox) == {
        "R0D/visits_20240601.csv": "file_is_link",
        "R0D/visits_20240602.csv": "file_is_link",
        "R0D/visits_20240603.csv": "file_is_link",
        "R0D/round": "file_is_link",
        "RDZ": "file_is_link",
    }
    assert not any(one.is_opened for one in _arrivals(inbox))


@posix
def test_the_inbox_itself_may_be_a_link(inbox: Path, tmp_path: Path) -> None:
    (inbox / "R0D" / "visits_20240601.csv").write_text("id,day\n")
    (tmp_path / "linked").symlink_to(inbox)
    assert _found(tmp_path / "linked") == {"R0D/visits_20240601.csv": ""}


@posix
def test_pipes_and_sockets_are_told_and_not_waited_for(inbox: Path) -> None:
    os.mkfifo(inbox / "R0D" / "visits_20240601.csv")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(inbox / "s"))
        assert _found(inbox) == {
            "R0D/visits_20240601.csv": "file_is_special",
            "s": "file_is_special",
        }


@posix
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"visits_20240601\n.csv", "visits_20240601\\n.csv"),
        (b"visits_20240601\x1b[2J.csv", "visits_20240601\\x1b[2J.csv"),
        ("visits_20240601\u202evsc.exe".encode(), "visits_20240601\\u202evsc.exe"),
        (b"visits_20240601\xff.csv", "visits_20240601\\xff.csv"),
        (b"visits_20240601\\xff.csv", "visits_20240601\\\\xff.csv"),
        (b"..\\..\\visits_20240601.csv", "..\\\\..\\\\visits_20240601.csv"),
    ],
)
def test_an_unsafe_name_is_refused_and_shown_harmless(inbox: Path, name: bytes, shown: str) -> None:
    Path(os.fsdecode(os.fsencode(inbox) + b"/R0D/" + name)).write_text("id,day\n")
    assert _found(inbox) == {f"R0D/{shown}": "file_name_unsafe"}


@posix
def test_a_folder_of_an_unsafe_name_is_shown_harmless_too(inbox: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(inbox) + b"/R0D/\xff\n"))
    folder.mkdir()
    (folder / "visits_20240601.csv").write_text("id,day\n")
    assert _found(inbox) == {"R0D/\\xff\\n/visits_20240601.csv": "file_name_unsafe"}


@pytest.mark.parametrize(
    "name",
    [
        "visits_20240601 '\"; DROP TABLE events;--.csv",
        "visits_20240601<script>alert(1)</script>.csv".replace("/", ""),
        "visits_20240601" + "x" * 236 + ".csv",
        "visits_20240601=1+1.csv",
        "visits_20240601[ab]*?{a,b}.csv",
        "visits_20240601%2e%2e%2f$HOME`id`.csv",
        "visits_20240601 é 大 😀.csv",
    ],
)
def test_other_names_are_only_names(inbox: Path, name: str) -> None:
    assert len(name.encode()) <= 255
    (inbox / "R0D" / name).write_text("id,day\n")
    assert _found(inbox) == {f"R0D/{name}": ""}


def test_names_that_differ_in_case_alone_are_two_files(inbox: Path) -> None:
    (inbox / "R0D" / "visits_20240601.csv").write_text("id,day\n")
    (inbox / "R0D" / "VISITS_20240601.CSV").write_text("id,day\n")
    if len(list((inbox / "R0D").iterdir())) < 2:
        pytest.skip("this disk does not tell them apart")
    assert [one.fault for one in _arrivals(inbox)] == ["extract_date_missing", ""][::-1]


@posix
def test_folders_within_folders_without_end_are_gone_through(inbox: Path) -> None:
    before = Path.cwd()
    try:  # each name is short, but all of them together are longer than a path may be
        os.chdir(inbox / "R0D")
        for _ in range(3000):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)
    faults = {one.fault for one in _arrivals(inbox)}
    try:
        os.chdir(inbox / "R0D")
        for _ in range(3000):
            os.chdir("d")
        for _ in range(3000):
            os.chdir("..")
            Path("d").rmdir()
    finally:
        os.chdir(before)
    assert faults == {"file_not_opened"}

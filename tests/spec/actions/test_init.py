"""What `joinedup init` writes."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from joinedup.actions.init import data_sets, init_system
from joinedup.cli import main
from joinedup.intake.read_feed import read_feed
from joinedup.partners import invented_pack, read_pack, read_partners, read_settings, read_system
from joinedup.tables.code_sets import ORGANISATION_KINDS
from joinedup.terms import JoinedupError
from tests.shared_material import SHARED, needs_shared


def test_the_invented_system_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "my system ŵith spaces"
    made = init_system(folder)
    system = read_system(folder)
    pack = read_pack(system.area)
    partners = {one.code: one for one in read_partners(system, pack)}
    assert (system.name, system.ods_code) == ("Saltmarsh and Wold", "QZZ")
    assert made.residents == pack.residents
    assert {code: one.kind for code, one in partners.items()} == {
        "QZZ": "icb",
        "RZ1": "acute_trust",
        "RZ2": "acute_trust",
        "RZ3": "acute_trust",
        "RZ4": "acute_trust",
        "RZC": "community_trust",
        "RZA": "ambulance_trust",
        "E06Z00001": "council",
        "E06Z00002": "council",
        "ONS": "registrar",
        "8ZZ01": "charity",
    }
    assert partners["RZ3"].successor == partners["RZ4"].successor == "RZ1"
    assert partners["RZA"].serves_elsewhere
    assert not partners["8ZZ01"].statutory
    assert partners["E06Z00001"].footprint == ("E06Z00001",)


def test_each_partner_that_is_open_has_its_feeds(tmp_path: Path) -> None:
    made = init_system(tmp_path / "s")
    assert set(made.feeds) == {
        "QZZ/gp_registrations", "QZZ/gp_entries", "QZZ/gp_prescriptions", "QZZ/gp_appointments",
        "RZ1/admissions", "RZ1/emergency", "RZ1/outpatients",
        "RZ2/admissions", "RZ2/emergency", "RZ2/outpatients",
        "RZC/community", "RZC/mental_health", "RZA/ambulance",
        "E06Z00001/social_care", "E06Z00002/social_care", "ONS/deaths", "8ZZ01/charity",
    }  # fmt: skip
    written = {}
    for file in (tmp_path / "s" / "feeds").iterdir():
        top = read_settings(file)
        assert file.name == f"{top.text('partner')}-{top.text('feed')}.toml".lower()
        assert "{partner}" not in file.read_text(encoding="utf-8")
        written[file.name] = top
        assert (tmp_path / "s" / "inbox" / top.text("partner")).is_dir()
        feed = read_feed(file)
        assert (feed.partner, feed.name) == (top.text("partner"), top.text("feed"))
    assert len(written) == len(made.feeds)


def test_every_shipped_data_set_says_which_partners_send_it() -> None:
    assert data_sets()
    for one in data_sets():
        assert one.sent_by, one.name
        assert set(one.sent_by) <= set(ORGANISATION_KINDS), one.name


def test_the_key_is_new_each_time_and_for_its_owner_alone(tmp_path: Path) -> None:
    keys = []
    for name in ("a", "b"):
        init_system(tmp_path / name)
        path = tmp_path / name / "identified" / "key"
        keys.append(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    init_system(tmp_path / "empty")
    key = (tmp_path / "empty" / "identified" / "key").read_bytes()
    with pytest.raises(JoinedupError, match="system already"):
        init_system(tmp_path / "empty")
    assert (tmp_path / "empty" / "identified" / "key").read_bytes() == key
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(JoinedupError, match="not empty"):
        init_system(tmp_path / "full")
    assert [one.name for one in (tmp_path / "full").iterdir()] == ["letter.txt"]
    with pytest.raises(JoinedupError, match="is a file"):
        init_system(tmp_path / "full" / "letter.txt")


def test_an_empty_folder_that_one_stands_in_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    init_system(Path())
    assert read_system(Path()).ods_code == "QZZ"
    init_system(Path("deep") / "er")
    assert sorted(one.name for one in (tmp_path / "deep").iterdir()) == ["er"]


def test_a_pack_that_is_not_one_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(JoinedupError):
        init_system(tmp_path / "s", tmp_path / "no pack")
    (tmp_path / "empty pack").mkdir()
    with pytest.raises(JoinedupError, match=r"lsoa11|practices"):
        init_system(tmp_path / "s", tmp_path / "empty pack")
    assert not (tmp_path / "s").exists()


def test_the_command_asks_for_one_area_and_answers_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(["init", str(tmp_path / "s")])
    assert done.value.code == 2
    with pytest.raises(SystemExit) as done:
        main(["init", str(tmp_path / "s"), "--invented", "--area", "x"])
    assert done.value.code == 2
    capsys.readouterr()
    with pytest.raises(SystemExit) as done:
        main(["init", str(tmp_path / "s"), "--invented", "--json"])
    assert done.value.code in (0, None)
    assert json.loads(capsys.readouterr().out)["ods_code"] == "QZZ"
    with pytest.raises(SystemExit) as done:
        main(["init", str(tmp_path / "s"), "--invented", "--json"])
    assert done.value.code == 1
    error = json.loads(capsys.readouterr().out)
    assert error["error"] and error["where"] and error["cure"]


def test_the_copy_of_a_pack_without_a_manifest_keeps_its_name(tmp_path: Path) -> None:
    pack = tmp_path / "east-wold"
    shutil.copytree(invented_pack(), pack)
    (pack / "pack.toml").unlink()
    made = init_system(tmp_path / "s", pack)
    again = read_pack(tmp_path / "s" / "area")
    assert made.name == again.name == "East Wold"
    assert again.code == "QZZ"


@needs_shared
def test_dorset_has_its_real_partners(tmp_path: Path) -> None:
    init_system(tmp_path / "dorset", SHARED / "areas" / "dorset")
    system = read_system(tmp_path / "dorset")
    partners = read_partners(system, read_pack(system.area))
    assert system.name == "Dorset"
    assert [(one.code, one.kind) for one in partners if one.end_date is None] == [
        ("QVV", "icb"),
        ("R0D", "acute_trust"),
        ("RBD", "acute_trust"),
        ("RDY", "community_trust"),
        ("RYF", "ambulance_trust"),
        ("E06000058", "council"),
        ("E06000059", "council"),
        ("ONS", "registrar"),
    ]
    assert [one.code for one in partners if one.successor == "R0D"] == ["RD3", "RDZ"]
    assert '# kind = "charity"' in system.partners_file.read_text(encoding="utf-8")

"""Packs cut from the national tables: Dorset's against the one that was cut by hand, and all 42."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from joinedup.actions.area import cut_area
from joinedup.actions.init import init_system
from joinedup.cli import main
from joinedup.partners import boundaries, read_pack, read_partners, read_system
from joinedup.partners.cut import cut_pack, system_codes
from joinedup.partners.national import National
from joinedup.partners.trusts import AMBULANCE_TRUSTS
from joinedup.terms import JoinedupError
from tests.shared_material import SHARED, needs_shared

pytestmark = needs_shared

BY_HAND = SHARED / "areas" / "dorset"


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "dorset"
    cut_area(SHARED / "open", "QVV", folder)
    return folder


def rows(folder: Path, stem: str, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in pq.read_table(folder / f"{stem}.parquet").to_pylist()}


def differing(one: Path, other: Path, stem: str, key: str) -> tuple[set[str], set[str], set[str]]:
    """Columns of the first alone, of the second alone, and shared ones with any other value."""
    left, right = rows(one, stem, key), rows(other, stem, key)
    assert set(left) == set(right)
    a, b = set(next(iter(left.values()))), set(next(iter(right.values())))
    shared = {name for name in a & b if any(left[k][name] != right[k][name] for k in left)}
    return a - b, b - a, shared


def test_dorset_agrees_in_its_lsoas_and_their_people(cut: Path) -> None:
    # ruc11_code: the classification of 2011 is not among the national tables; that of 2021 is.
    # The other four are what the reader would otherwise have to work out or guess.
    assert differing(cut, BY_HAND, "lsoa11", "lsoa11_code") == (
        {"ruc21_code", "utla_code", "utla_name", "ambulance_code", "female_share"},
        {"ruc11_code"},
        set(),
    )


def test_dorset_agrees_in_its_census(cut: Path) -> None:
    more, fewer, other = differing(cut, BY_HAND, "lsoa21", "lsoa21_code")
    assert {name.split(":")[0] for name in more} == {"Ethnic group", "Tenure of household"}
    # Table TS038, disability, is not among the national tables.
    assert {name.split(":")[0] for name in fewer} == {"Disability"}
    assert other == set()


def test_dorset_agrees_in_its_practices(cut: Path) -> None:
    more, fewer, other = differing(cut, BY_HAND, "practices", "ods")
    assert more == {"pcn_start_date", "pcn_end_date"}
    # Addresses and opening dates are in no national table here; quality measures are activity.
    quality = {name for name in fewer if "prevalance" in name or "-" in name}
    assert fewer - quality == {
        "addr1", "addr2", "town", "prescribing_setting", "open_date", "OrganisationCode",
    }  # fmt: skip
    # One practice moved between the list of January 2022 and the later one.
    assert other == {"postcode"}
    left, right = rows(cut, "practices", "ods"), rows(BY_HAND, "practices", "ods")
    assert sum(left[code]["postcode"] != right[code]["postcode"] for code in left) == 1


def test_dorset_agrees_in_its_registrations(cut: Path) -> None:
    order = [("OrganisationCode", "ascending"), ("LSOA11CD", "ascending")]
    name = "practice_lsoa11_registrations.parquet"
    left, right = (
        pq.read_table(folder / name).replace_schema_metadata(None).sort_by(order)
        for folder in (cut, BY_HAND)
    )
    assert left.equals(right.cast(left.schema))
    elsewhere = pq.read_table(cut / "registered_elsewhere.parquet")
    assert sum(elsewhere["Patient"].to_pylist()) == 18_050


def test_dorset_agrees_in_its_outlines(cut: Path) -> None:
    for area in ("lsoa11", "lsoa21", "ltla24"):
        left, right = (
            {
                one["properties"][f"{area}_code"]: one["geometry"]
                for one in json.loads((folder / f"{area}.geojson").read_text("utf-8"))["features"]
            }
            for folder in (cut, BY_HAND)
        )
        assert left == right


def test_dorset_agrees_in_what_is_worked_out(cut: Path) -> None:
    left, right = read_pack(cut), read_pack(BY_HAND)
    assert (left.name, left.code, left.residents) == (right.name, right.code, right.residents)
    assert np.array_equal(left.ages, right.ages)
    assert left.registrations.equals(right.registrations)
    assert left.councils.equals(right.councils)
    others = ["postcode", "network_start_date", "network_end_date"]
    assert left.practices.drop_columns(others).equals(right.practices.drop_columns(others))
    # Networks began on 1 July 2019; the list dates most practices' membership from 1 October 2019.
    assert min(left.practices["network_start_date"].to_pylist()) >= date(2019, 7, 1)
    differ = [
        name for name in left.lsoas.column_names if not left.lsoas[name].equals(right.lsoas[name])
    ]
    # Rural by another year's classification; women of LSOAs that were split or merged in 2021.
    assert differ == ["rural", "female_share"]
    known = {row["code"]: row for row in right.trusts.to_pylist()}
    for row in left.trusts.to_pylist():
        if row["code"] != "RYF":  # by hand the pack has no ambulance trust, so no dates of it
            assert row == known[row["code"]]


def test_a_cut_pack_makes_a_system(cut: Path, tmp_path: Path) -> None:
    init_system(tmp_path / "s", cut)
    system = read_system(tmp_path / "s")
    assert system.name == "Dorset"
    assert len(read_partners(system, read_pack(system.area))) == 10


def test_all_42_systems_can_be_cut_and_make_up_england(tmp_path: Path) -> None:
    national = National(SHARED / "open")
    codes = system_codes(national)
    assert len(codes) == 42
    residents, practices, lsoas = 0, 0, 0
    for code in codes:
        folder = tmp_path / code
        folder.mkdir()
        cut_pack(national, code, folder)
        pack = read_pack(folder)
        assert pack.code == code
        assert pack.residents > 500_000
        for kind in ("network", "place", "council", "ambulance"):
            assert pack.lsoas[f"{kind}_code"].null_count == 0
        assert set(boundaries(pack, "council")) == set(pack.councils["code"].to_pylist())
        networks = {code for code in pack.practices["network_code"].to_pylist() if code}
        assert all(re.fullmatch(r"U\d{5}", network) for network in networks)
        residents += pack.residents
        practices += pack.practices.num_rows
        lsoas += pack.lsoas.num_rows
    # ONS, England, mid-2020: 56,550,138 people; 32,844 LSOAs. Every practice is in one system.
    assert (residents, lsoas) == (56_550_138, 32_844)
    listed = pa.compute.count_distinct(national.table("registrations")["OrganisationCode"])
    assert practices == listed.as_py()


def test_every_ambulance_service_of_the_lookup_is_known_by_its_code() -> None:
    national = National(SHARED / "open")
    listed = {row["ods"]: row["name"] for row in national.table("trusts").to_pylist()}
    labels = set(national.table("ambulances")["ambo22"].to_pylist())
    assert labels == {trust.label for trust in AMBULANCE_TRUSTS}
    for trust in AMBULANCE_TRUSTS:
        first = " ".join(trust.name.upper().split()[:2])
        assert listed[trust.code].startswith(first), trust.code


def test_the_same_bytes_every_time(cut: Path, tmp_path: Path) -> None:
    cut_area(SHARED / "open", "qvv", tmp_path / "again")
    for file in sorted(cut.iterdir()):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


def test_counties_and_not_districts_are_the_councils(tmp_path: Path) -> None:
    """Norfolk's districts have no social-care duties: the county has."""
    made = cut_area(SHARED / "open", "QMM", tmp_path / "norfolk and waveney")
    pack = read_pack(made.path)
    assert pack.councils.to_pylist() == [
        {"code": "E10000020", "name": "Norfolk"},
        {"code": "E10000029", "name": "Suffolk"},
    ]


def test_a_wrong_code_or_folder_is_told_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(JoinedupError, match="no system 'QQQ'") as caught:
        cut_area(SHARED / "open", "QQQ", tmp_path / "pack")
    assert "QVV Dorset" in caught.value.cure
    with pytest.raises(JoinedupError, match="no such national table"):
        cut_area(SHARED / "areas", "QVV", tmp_path / "pack")
    with pytest.raises(JoinedupError, match="no such folder"):
        cut_area(tmp_path / "nowhere", "QVV", tmp_path / "pack")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("a", encoding="utf-8")
    with pytest.raises(SystemExit) as done:
        main(["area", "cut", "--icb", "QVV", "--from", str(SHARED / "open"),
              "--out", str(tmp_path / "full"), "--json"])  # fmt: skip
    assert done.value.code == 1
    assert "already" in json.loads(capsys.readouterr().out)["error"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["full"]

"""What lies in what: a small pack drawn by hand, with every count worked out on paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from joinedup import tables
from joinedup.partners import (
    AreaPack,
    Partner,
    areas,
    as_at,
    memberships,
    organisations,
    read_pack,
    registered,
    residents,
)
from joinedup.partners.pack_lsoas import AGES
from joinedup.terms import JoinedupError

# Four LSOAs: two in each council. East Network has practices A and B, West Network C.
LSOAS = """\
E01A,North One,C1,Northland,3,100
E01B,North Two,C1,Northland,5,200
E01C,South One,C2,Southland,7,300
E01D,South Two,C2,Southland,9,400
"""
PRACTICES = """\
pcn_code,pcn_name,ods,name,list_size,status,pcn_start_date,pcn_end_date
N1,EAST PCN,A,A SURGERY,300,A,,
N1,EAST PCN,B,B SURGERY,150,C,20191001,20221231
N2,WEST PCN,C,C SURGERY,480,A,20191001,
,,D,D SURGERY,20,A,,
"""
# E01D's patients are all with practice D, which is in no network: E01D goes with its neighbour.
REGISTRATIONS = """\
OrganisationCode,LSOA11CD,Patient
A,E01A,90
A,E01B,150
A,NO2011,60
B,E01B,30
B,E01C,120
C,E01B,20
C,E01C,160
C,E01Z,300
D,E01D,20
"""
TRUSTS = """\
ods,name,kind,open_date,close_date,successor
R1,OLD HOSPITAL,acute_trust,19920401,20200930,R2
R2,NEW HOSPITAL,acute_trust,20201001,,
"""


def drawn(folder: Path) -> Path:
    header = "lsoa11_code,lsoa11_name,ltla22_code,ltla22_name,IMD_decile,IMD_rank,icb22_code_h,"
    header += "latitude,longitude,ambulance_code," + ",".join(AGES)
    lines = []
    for place, line in enumerate(LSOAS.splitlines()):
        *first, decile, people = line.split(",")
        ages = [people if age == "40" else "0" for age in AGES]
        lines.append(",".join([*first, decile, str(place + 1), "Q1", f"5{place}.0", "-1.0", "RA1",
                               *ages]))  # fmt: skip
    for stem, text in (
        ("lsoa11", header + "\n" + "\n".join(lines) + "\n"),
        ("practices", PRACTICES),
        ("practice_lsoa11_registrations", REGISTRATIONS),
        ("trusts", TRUSTS),
    ):
        (folder / f"{stem}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> AreaPack:
    return read_pack(drawn(tmp_path))


def counted(table: object) -> dict[str, int]:
    columns = [table[name].to_pylist() for name in table.column_names]  # type: ignore[index, attr-defined]
    return dict(zip(*columns, strict=True))


def test_an_lsoa_lies_in_several_footprints_at_once(pack: AreaPack) -> None:
    (row,) = [row for row in pack.lsoas.to_pylist() if row["lsoa_code"] == "E01B"]
    assert {key: value for key, value in row.items() if key.endswith("_code")} == {
        "lsoa_code": "E01B",
        "council_code": "C1",
        "place_code": "C1",
        "network_code": "N1",
        "neighbourhood_code": "N1",
        "ambulance_code": "RA1",
    }
    assert (row["network_name"], row["neighbourhood_name"]) == ("East PCN", "East")


def test_residents_and_registered_are_different_populations(pack: AreaPack) -> None:
    # E01C: 120 with N1, 160 with N2. E01D has nobody in a network; E01C is nearest.
    assert counted(residents(pack, "network")) == {"N1": 300, "N2": 700}
    assert counted(registered(pack, "network")) == {"N1": 450, "N2": 480}
    assert counted(residents(pack, "council")) == {"C1": 300, "C2": 700}
    # B has 30 patients in C1 and 120 in C2; A is of C1, C and D of C2.
    assert counted(registered(pack, "council")) == {"C1": 300, "C2": 150 + 480 + 20}
    assert counted(registered(pack, "place")) == counted(registered(pack, "council"))
    assert counted(residents(pack, "system")) == {"Q1": 1000}
    assert counted(registered(pack, "system")) == {"Q1": 950}
    with pytest.raises(JoinedupError, match="kind 'ward'"):
        residents(pack, "ward")


def test_areas_have_their_residents(pack: AreaPack) -> None:
    found = {(row["kind"], row["code"]): row for row in areas(pack).to_pylist()}
    assert found["lsoa", "E01D"]["residents"] == 400
    assert found["network", "N2"] == {
        "kind": "network", "code": "N2", "name": "West PCN", "residents": 700,
    }  # fmt: skip
    assert found["ambulance", "RA1"]["residents"] == 1000
    assert len(found) == 4 + 2 + 2 + 2 + 2 + 1 + 1


def test_an_lsoa_is_shared_among_networks(pack: AreaPack) -> None:
    rows = [row for row in memberships(pack).to_pylist()
            if row["member_kind"] == "lsoa" and row["of_kind"] == "network"]  # fmt: skip
    assert {(row["member"], row["of"]): row["share"] for row in rows} == {
        ("E01A", "N1"): 1.0,
        ("E01B", "N1"): 180 / 200,
        ("E01B", "N2"): 20 / 200,
        ("E01C", "N1"): 120 / 280,
        ("E01C", "N2"): 160 / 280,
    }


def test_memberships_as_at_a_date_follow_the_merger(pack: AreaPack) -> None:
    table = memberships(pack)

    def of_old(day: date) -> list[str]:
        rows = as_at(table, day).to_pylist()
        return [row["of"] for row in rows if row["member"] == "R1"]

    assert of_old(date(2020, 9, 30)) == ["R1"]
    assert of_old(date(2020, 10, 1)) == ["R2"]
    assert of_old(date(1990, 1, 1)) == []


def test_a_practice_is_in_its_network_from_a_date_to_a_date(pack: AreaPack) -> None:
    table = memberships(pack)

    def in_networks(day: date) -> set[tuple[str, str]]:
        return {
            (row["member"], row["of"])
            for row in as_at(table, day).to_pylist()
            if (row["member_kind"], row["of_kind"]) == ("practice", "network")
        }

    assert in_networks(date(2019, 9, 30)) == {("A", "N1")}
    assert in_networks(date(2022, 12, 31)) == {("A", "N1"), ("B", "N1"), ("C", "N2")}
    assert in_networks(date(2023, 1, 1)) == {("A", "N1"), ("C", "N2")}


def test_a_partner_belongs_to_the_areas_it_serves(pack: AreaPack) -> None:
    council = Partner("C1", "Northland", "council", True, footprint=("C1", "N1"))
    board = Partner("Q1", "Board", "icb", True)
    rows = {
        (row["member_kind"], row["member"], row["of_kind"], row["of"])
        for row in memberships(pack, [council, board]).to_pylist()
        if row["member_kind"] in ("council", "icb")
    }
    assert rows == {
        ("council", "C1", "council", "C1"),
        ("council", "C1", "network", "N1"),
        ("icb", "Q1", "system", "Q1"),
    }


def test_organisations_stand_once_and_the_partners_word_goes_first(pack: AreaPack) -> None:
    mine = Partner("R2", "The new one", "acute_trust", False)
    table = organisations(pack, [mine])
    found = {row["code"]: row for row in table.to_pylist()}
    assert len(found) == table.num_rows
    assert found["R2"]["name"] == "The new one"
    assert found["R1"]["end_date"] == date(2020, 10, 1)
    assert {code: row["kind"] for code, row in found.items()} == {
        "A": "practice", "B": "practice", "C": "practice", "D": "practice",
        "C1": "council", "C2": "council", "N1": "network", "N2": "network",
        "R1": "acute_trust", "R2": "acute_trust", "RA1": "ambulance_trust",
    }  # fmt: skip


def test_the_columns_are_those_promised(pack: AreaPack) -> None:
    for table, declared in (
        (areas(pack), tables.AREAS),
        (memberships(pack), tables.MEMBERSHIPS),
        (organisations(pack), tables.ORGANISATIONS),
    ):
        assert tuple(table.column_names) == declared.column_names
        assert declared.schema().to_pyarrow().equals(table.schema)
        for column in declared.columns:
            values = set(table[column.name].to_pylist())
            assert not (column.required and None in values), column.name
            assert not column.codes or values <= set(column.codes), column.name
        keys = list(zip(*(table[name].to_pylist() for name in declared.key), strict=True))
        assert len(set(keys)) == len(keys)


def test_practices_that_closed_are_marked(pack: AreaPack) -> None:
    opened = counted(pack.practices.select(["practice_code", "is_open"]))
    assert opened == {"A": True, "B": False, "C": True, "D": True}


def test_a_pack_may_have_neighbourhoods_of_its_own(tmp_path: Path) -> None:
    rows = "lsoa_code,neighbourhood_code,neighbourhood_name\n"
    rows += "E01A,H1,Hill\nE01B,H1,Hill\nE01C,H1,Hill\nE01D,H2,Dale\n"
    (drawn(tmp_path) / "neighbourhoods.csv").write_text(rows, encoding="utf-8")
    pack = read_pack(tmp_path)
    assert counted(residents(pack, "neighbourhood")) == {"H1": 600, "H2": 400}
    # D's patients all live in H2; the other practices' mostly in H1.
    assert counted(registered(pack, "neighbourhood")) == {"H1": 930, "H2": 20}
    (tmp_path / "neighbourhoods.csv").write_text(rows.replace("E01D", "E01X"), encoding="utf-8")
    with pytest.raises(JoinedupError, match="E01D has no neighbourhood"):
        read_pack(tmp_path)


@pytest.mark.parametrize(
    ("stem", "old", "new", "what"),
    [
        ("lsoa11", None, None, "neither lsoa11.parquet nor lsoa11.csv"),
        ("practices", None, None, "neither practices"),
        ("trusts", None, None, "neither trusts"),
        ("practice_lsoa11_registrations", None, None, "neither practice_lsoa11_registrations"),
        ("lsoa11", "IMD_decile", "imd", "no column `IMD_decile`"),
        ("lsoa11", ",90+", ",90", "no column `90+`|cannot be read"),
        ("lsoa11", "E01B", "E01A", "E01A stands on more than one row"),
        ("lsoa11", "E01B,", ",", "`lsoa11_code` is empty in row"),
        ("lsoa11", ",300,", ",-300,", "below nought"),
        ("lsoa11", ",300,", ",many,", "cannot be read"),
        ("lsoa11", "Northland,3", "Northland,11", "not from 1 to 10"),
        ("practices", "B,B SURGERY", "A,B SURGERY", "A stands on more than one row"),
        ("practices", ",150,", ",,", "`list_size` is empty"),
        ("practices", ",150,", ",some,", "cannot be read"),
        ("practice_lsoa11_registrations", "A,E01A,90", "A,E01A,-90", "below nought"),
        ("practice_lsoa11_registrations", "A,E01A,90", "A,,90", "`LSOA11CD` is empty in row 1"),
        ("practices", "20221231", "2022-13-01", "'2022-13-01' is not a date"),
        ("trusts", "20200930", "soon", "'soon' is not a date"),
        ("trusts", "ods,", "code,", "no column `ods`"),
    ],
)
def test_a_broken_pack_is_told_by_file(
    tmp_path: Path, stem: str, old: str | None, new: str | None, what: str
) -> None:
    file = drawn(tmp_path) / f"{stem}.csv"
    if old is None:
        file.unlink()
    else:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new or "", 1), encoding="utf-8")
    with pytest.raises(JoinedupError, match=what.replace("+", r"\+")) as caught:
        read_pack(tmp_path)
    assert str(tmp_path) in caught.value.where
    assert caught.value.cure


def test_a_pack_without_networks_needs_neighbourhoods_of_its_own(tmp_path: Path) -> None:
    file = drawn(tmp_path) / "practices.csv"
    text = file.read_text(encoding="utf-8").replace("N1,EAST PCN", ",").replace("N2,WEST PCN", ",")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(JoinedupError, match="practice of a network") as caught:
        read_pack(tmp_path)
    assert "neighbourhoods.csv" in caught.value.cure
    rows = "".join(f"E01{letter},H1,Hill\n" for letter in "ABCD")
    (tmp_path / "neighbourhoods.csv").write_text(
        "lsoa_code,neighbourhood_code,neighbourhood_name\n" + rows, encoding="utf-8"
    )
    pack = read_pack(tmp_path)
    assert residents(pack, "network").num_rows == registered(pack, "network").num_rows == 0
    assert counted(registered(pack, "neighbourhood")) == {"H1": 950}
    assert memberships(pack).num_rows


def test_a_parquet_file_that_is_none_is_told(tmp_path: Path) -> None:
    (drawn(tmp_path) / "practices.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(JoinedupError, match="cannot be read"):
        read_pack(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["{}", "[]", "not json", '{"features": [{"properties": {}, "geometry": null}]}',
     '{"features": [{"properties": {"lsoa11_code": "E01A"}, "geometry": '
     '{"type": "Point", "coordinates": [0, 1]}}]}',
     "[" * 100_000, '{"features": ' * 100_000,
     *('{"features": [{"properties": {"lsoa11_code": "E01A"}, "geometry": {"type": "Polygon", '
       f'"coordinates": [[[0, {number}], [1, 1], [2, 2], [0, 0]]]}}}}]}}'
       for number in ("NaN", "-Infinity", "1e999", "1" + "0" * 400))],
    ids=range(11),
)  # fmt: skip
def test_broken_outlines_are_told(pack: AreaPack, text: str) -> None:
    from joinedup.partners import boundaries

    with pytest.raises(JoinedupError, match="no such outlines"):
        boundaries(pack)
    (pack.path / "lsoa11.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(JoinedupError) as caught:
        boundaries(pack)
    assert caught.value.where.endswith("lsoa11.geojson")
    with pytest.raises(JoinedupError, match="kind 'ward'"):
        boundaries(pack, "ward")

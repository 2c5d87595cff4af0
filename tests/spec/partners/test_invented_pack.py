"""The invented system's pack: fit to be shown, the size it should be, and nobody's real data."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from joinedup.partners import (
    AreaPack,
    as_at,
    boundaries,
    invented_pack,
    memberships,
    read_pack,
    residents,
)
from tests.shared_material import SHARED, needs_shared

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return read_pack(invented_pack())


def shares(pack: AreaPack, first_age: int) -> dict[str, float]:
    """Neighbourhood's name → share of its residents of at least an age."""
    names = np.array(pack.lsoas["neighbourhood_name"].to_pylist())
    return {
        str(name): float(
            pack.ages[names == name, first_age:].sum() / pack.ages[names == name].sum()
        )
        for name in np.unique(names)
    }


def test_it_has_the_size_of_a_small_system(pack: AreaPack) -> None:
    assert (pack.name, pack.code, pack.manifest.invented) == ("Saltmarsh and Wold", "QZZ", True)
    assert 320_000 <= pack.residents <= 340_000
    assert pack.lsoas.num_rows == 215
    assert pack.practices.num_rows == 40
    sizes = residents(pack, "neighbourhood")["residents"].to_pylist()
    assert len(sizes) == 8
    assert min(sizes) >= 30_000
    assert max(sizes) <= 50_000
    assert residents(pack, "place").num_rows == pack.councils.num_rows == 2


def test_its_places_differ_as_such_places_do(pack: AreaPack) -> None:
    older = shares(pack, 65)
    assert older["Samphire Coast"] > 0.33 > 0.25 > older["Thornwold South"]
    assert older["Marshaven Harbour"] < 0.15
    names = pack.lsoas["neighbourhood_name"].to_pylist()
    deciles: dict[str, list[int]] = {}
    for name, decile in zip(names, pack.lsoas["imd_decile"].to_pylist(), strict=True):
        deciles.setdefault(name, []).append(decile)
    means = {name: sum(found) / len(found) for name, found in deciles.items()}
    assert means["Marshaven Harbour"] < 2.5 < 7 < means["Wold Villages"]
    assert set(range(1, 11)) == {one for found in deciles.values() for one in found}
    ranks = pack.lsoas["imd_rank"].to_pylist()
    assert len(set(ranks)) == len(ranks)
    assert 0.15 < pack.ages[:, 65:].sum() / pack.residents < 0.3


def test_some_are_registered_across_the_border_in_both_directions(pack: AreaPack) -> None:
    inside = set(pack.lsoas["lsoa_code"].to_pylist())
    rows = pack.registrations.to_pylist()
    outside = sum(row["patients"] for row in rows if row["lsoa_code"] not in inside)
    assert 0.01 < outside / sum(row["patients"] for row in rows) < 0.05
    elsewhere = sum(pack.registered_elsewhere["patients"].to_pylist())
    assert 0.005 < elsewhere / pack.residents < 0.05
    by_practice: Counter[str] = Counter()
    for row in rows:
        by_practice[row["practice_code"]] += row["patients"]
    assert dict(by_practice) == dict(
        zip(*(pack.practices[name].to_pylist() for name in ("practice_code", "list_size")),
            strict=True)
    )  # fmt: skip


def test_its_map_tiles_neatly(pack: AreaPack) -> None:
    """Every edge is the coast's, the border's, or shared by just two areas, once each way."""
    outlines = boundaries(pack)
    assert set(outlines) == set(pack.lsoas["lsoa_code"].to_pylist())
    edges: Counter[tuple[tuple[float, float], tuple[float, float]]] = Counter()
    area = 0.0
    for rings in outlines.values():
        assert len(rings) == 1
        ring = np.array(rings[0])
        signed = 0.5 * float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))
        assert signed > 0
        area += signed
        edges.update(pairwise(rings[0]))
    assert max(edges.values()) == 1
    outer = [edge for edge in edges if edge[::-1] not in edges]
    starts = Counter(start for start, _ in outer)
    assert starts == Counter(end for _, end in outer)
    coast = np.array(outer)
    around = 0.5 * float(np.sum(coast[:, 0, 0] * coast[:, 1, 1] - coast[:, 1, 0] * coast[:, 0, 1]))
    assert around == pytest.approx(area, rel=1e-9)
    # Both councils' outlines hold the same land.
    councils = boundaries(pack, "council")
    assert set(councils) == {"E06Z00001", "E06Z00002"}


def test_each_neighbourhood_is_of_one_piece(pack: AreaPack) -> None:
    outlines = boundaries(pack)
    owner: dict[frozenset[tuple[float, float]], list[int]] = {}
    codes = pack.lsoas["lsoa_code"].to_pylist()
    for place, code in enumerate(codes):
        for edge in pairwise(outlines[code][0]):
            owner.setdefault(frozenset(edge), []).append(place)
    names = pack.lsoas["neighbourhood_name"].to_pylist()
    group = list(range(len(codes)))

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    for places in owner.values():
        if len(places) == 2 and names[places[0]] == names[places[1]]:
            group[root(places[0])] = root(places[1])
    pieces = Counter(names[place] for place in {root(place) for place in range(len(codes))})
    # Marshaven Harbour has both sides of the harbour, with the water between them.
    assert pieces == Counter(set(names)) + Counter({"Marshaven Harbour": 1})


def test_the_merger_of_its_trusts_has_a_date(pack: AreaPack) -> None:
    table = memberships(pack)
    for day, expected in ((date(2021, 9, 30), "RZ3"), (date(2021, 10, 1), "RZ1")):
        rows = [row for row in as_at(table, day).to_pylist() if row["member"] == "RZ3"]
        assert [row["of"] for row in rows] == [expected]


def test_it_is_small() -> None:
    files = list(invented_pack().iterdir())
    assert sum(file.stat().st_size for file in files) < 1_500_000


@needs_shared
def test_its_codes_were_never_issued(pack: AreaPack) -> None:
    import pyarrow.parquet as pq

    geography, bodies = SHARED / "open" / "geography", SHARED / "open" / "organisations"

    def issued(file: Path, column: str) -> set[str]:
        return set(pq.read_table(file, columns=[column])[column].to_pylist())

    lookup = geography / "lookup_lsoa11_sicbl22_icb22_ltla22.parquet"
    assert not set(pack.lsoas["lsoa_code"].to_pylist()) & issued(lookup, "lsoa11_code")
    assert pack.code not in issued(lookup, "icb22_code_h")
    assert not set(pack.councils["code"].to_pylist()) & issued(lookup, "ltla22_code")
    assert not set(pack.trusts["code"].to_pylist()) & issued(bodies / "etr_2022.parquet", "ods")
    members = bodies / "epcn_members_2023-02.parquet"
    practices = set(pack.practices["practice_code"].to_pylist())
    assert not practices & issued(members, "partner_organisation_code")
    assert not set(pack.practices["network_code"].to_pylist()) & issued(members, "pcn_code")


@pytest.mark.long
def test_its_script_makes_the_same_files_again(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_invented_pack.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    for file in sorted(invented_pack().iterdir()):
        assert file.read_bytes() == (tmp_path / file.name).read_bytes(), file.name

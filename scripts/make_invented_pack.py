"""Make the area pack of the invented system that the package ships.

    python scripts/make_invented_pack.py [FOLDER]

The same every time. Nothing in it is real: see `invented_land` and `invented_people`.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from invented_land import draw_land, outer_rings, tile, to_degrees
from invented_people import NEIGHBOURHOODS, People, decile_and_rank, settle
from numpy.typing import NDArray

SEED = 20231
SYSTEM, SUB_ICB, GSS = "QZZ", "99Z", "E54Z00001"
COUNCILS = {"Saltmarsh": "E06Z00001", "Wold": "E06Z00002"}
AMBULANCE = "RZA"
AGES = [*(str(age) for age in range(90)), "90+"]
HERE = Path(__file__).resolve().parents[1] / "src" / "joinedup" / "partners" / "invented"

PRACTICES = (
    ("Old Harbour Surgery", "Ropewalk Medical Centre", "The Quay Practice",
     "Ferry Lane Surgery", "Custom House Health Centre"),
    ("Northcliff Surgery", "Lighthouse Medical Practice", "Marram Park Surgery",
     "Whinfields Health Centre", "The Beacon Practice"),
    ("Station Road Surgery", "Castle Mead Medical Centre", "Brickfields Health Centre",
     "College Lane Practice", "Millbank Surgery"),
    ("Esplanade Medical Practice", "Sandholme Surgery", "Links Road Surgery",
     "Tidemill Health Centre", "Ness Road Practice"),
    ("Samphire Bay Medical Centre", "Saltcote Surgery", "Overy Creek Practice",
     "Gullmarsh Surgery", "The Dunwick Practice"),
    ("Butter Cross Surgery", "Priory Medical Centre", "Northgate Practice",
     "Tanyard Surgery", "Elm Park Health Centre"),
    ("Wharf Lane Surgery", "Southfields Medical Centre", "Abbots Mead Practice",
     "The Maltings Surgery", "New Thornwold Health Centre"),
    ("High Wold Surgery", "Elderby Medical Practice", "Barrow Down Surgery",
     "Chalkwell Practice", "Winterby Brook Surgery"),
)  # fmt: skip
TOWNS = ("Marshaven", "Marshaven", "Marshaven", "Marshaven", "Samphire Bay", "Thornwold",
         "Thornwold", "Elderby")  # fmt: skip

TRUSTS = (
    ("RZ1", "Saltmarsh University Hospitals NHS Foundation Trust", "acute_trust",
     "Marshaven General Hospital", "Marshaven", "JB1 4SU", "20211001", "", ""),
    ("RZ2", "Thornwold and District Hospital NHS Foundation Trust", "acute_trust",
     "Thornwold Hospital", "Thornwold", "JB20 7TD", "19930401", "", ""),
    ("RZ3", "Marshaven General Hospital NHS Trust", "acute_trust",
     "Marshaven General Hospital", "Marshaven", "JB1 4SU", "19920401", "20210930", "RZ1"),
    ("RZ4", "Samphire Bay Hospitals NHS Trust", "acute_trust",
     "Samphire Bay Hospital", "Samphire Bay", "JB12 1SB", "19940401", "20210930", "RZ1"),
    ("RZA", "North Sea Coast Ambulance Service NHS Trust", "ambulance_trust",
     "Ambulance House", "Port Ellery", "JB45 2NC", "20060701", "", ""),
    ("RZC", "Saltmarsh and Wold Partnership NHS Foundation Trust", "community_trust",
     "Priory House", "Thornwold", "JB20 1PH", "20110401", "", ""),
)  # fmt: skip

MANIFEST = f"""\
# The area pack of Saltmarsh and Wold, an invented system. No place, organisation, person or
# figure in it is real; its codes have the shape of real ones and were never issued.
name = "Saltmarsh and Wold"
code = "{SYSTEM}"
lsoa_vintage = 2011
invented = true
sources = ["Invented: scripts/make_invented_pack.py of Joinedup"]

[[charities]]
code = "8ZZ01"
name = "Samphire House Hospice"
"""


def main(folder: Path) -> None:
    """Write the whole pack."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    land = draw_land(rng)
    people = settle(land, rng)
    order = np.lexsort((people.middle[:, 0], people.ward, people.neighbourhood))
    people = People(*(getattr(people, name)[order] for name in People.__slots__))
    codes = [f"E01Z{number:05d}" for number in range(1, len(order) + 1)]
    rings = tile(land, people.middle)
    write_lsoas(folder, people, codes, rng)
    write_outlines(folder, people, codes, rings)
    write_practices(folder, people, codes, rng)
    rows = [
        (code, name, "Y99", SYSTEM, *where, kind, successor)
        for code, name, kind, *where, successor in TRUSTS
    ]
    header = ("ods", "name", "region", "stp_icb", "addr1", "town", "postcode", "open_date",
              "close_date", "kind", "successor")  # fmt: skip
    write_csv(folder / "trusts.csv", header, rows)
    (folder / "pack.toml").write_text(MANIFEST, encoding="utf-8", newline="\n")


def write_lsoas(folder: Path, people: People, codes: list[str], rng: np.random.Generator) -> None:
    """`lsoa11.csv`: where each area lies, how deprived it is, who lives there."""
    ranks = decile_and_rank(people.score, rng)
    degrees = to_degrees(people.middle)
    older = people.ages[:, 65:].sum(axis=1) / people.ages.sum(axis=1)
    # More women among the old: England's 65 and over are 54% female (ONS, Census 2021).
    female = np.round(0.497 + 0.06 * older + rng.normal(0, 0.008, len(codes)), 4)
    wards, letters = ward_numbers(people)
    rows = []
    for place, code in enumerate(codes):
        one = NEIGHBOURHOODS[people.neighbourhood[place]]
        rows.append((
            code, f"{one.council} {wards[place]:03d}{letters[place]}", COUNCILS[one.council],
            one.council, SUB_ICB, GSS, SYSTEM, f"E02Z{wards[place]:05d}",
            one.wards[people.ward[place]], ranks[place, 1], ranks[place, 0],
            "D1" if one.rural else "C1", degrees[place, 1], degrees[place, 0],
            people.ages[place].sum(), female[place], AMBULANCE, *people.ages[place],
        ))  # fmt: skip
    header = ("lsoa11_code", "lsoa11_name", "ltla22_code", "ltla22_name", "sicbl22_code_h",
              "icb22_code", "icb22_code_h", "msoa11_code", "MSOAHCLNM", "IMD_rank", "IMD_decile",
              "ruc11_code", "latitude", "longitude", "total_population", "female_share",
              "ambulance_code", *AGES)  # fmt: skip
    write_csv(folder / "lsoa11.csv", header, rows)


def ward_numbers(people: People) -> tuple[list[int], list[str]]:
    """The number of each area's ward in the system, and the area's letter in its ward."""
    seen: dict[tuple[int, int], int] = {}
    counts: dict[int, int] = {}
    numbers, letters = [], []
    for key in zip(people.neighbourhood.tolist(), people.ward.tolist(), strict=True):
        number = seen.setdefault(key, len(seen) + 1)
        counts[number] = counts.get(number, 0) + 1
        numbers.append(number)
        letters.append(chr(ord("A") + counts[number] - 1))
    return numbers, letters


def write_outlines(
    folder: Path, people: People, codes: list[str], rings: list[list[tuple[float, float]]]
) -> None:
    """`lsoa11.geojson`, and `ltla24.geojson` with the same edges."""
    features = [
        feature({"lsoa11_name": code, "lsoa11_code": code}, [ring])
        for code, ring in zip(codes, rings, strict=True)
    ]
    write_geojson(folder / "lsoa11.geojson", "lsoa11", features)
    councils = [NEIGHBOURHOODS[number].council for number in people.neighbourhood]
    features = [
        feature(
            {"ltla24_name": name, "ltla24_code": code},
            outer_rings([ring for ring, of in zip(rings, councils, strict=True) if of == name]),
        )
        for name, code in COUNCILS.items()
    ]
    write_geojson(folder / "ltla24.geojson", "ltla24", features)


def write_practices(
    folder: Path, people: People, codes: list[str], rng: np.random.Generator
) -> None:
    """Practices, and their patients by where they live; some on either side of the border."""
    sites, network = practice_sites(people, rng)
    patients, elsewhere, outside = register(people, sites, network, rng)
    rows = []
    for place, number in enumerate(network):
        name = PRACTICES[number][place - 5 * number]
        rows.append((
            f"UZ{number + 1:04d}", f"{NEIGHBOURHOODS[number].name} PCN", practice_code(place), name,
            name, TOWNS[number], f"JB{number + 1} {place % 9 + 1}{'ABDEFGHJ'[place % 8]}W", "A",
            "4", SUB_ICB, "19740401",
            patients[:, place].sum() + sum(count for _, of, count in outside if of == place),
        ))  # fmt: skip
    header = ("pcn_code", "pcn_name", "ods", "name", "addr1", "town", "postcode", "status",
              "prescribing_setting", "commissioner", "open_date", "list_size")  # fmt: skip
    write_csv(folder / "practices.csv", header, rows)
    pairs = [(practice_code(practice), codes[lsoa], patients[lsoa, practice])
             for practice in range(len(network)) for lsoa in range(len(codes))
             if patients[lsoa, practice]]  # fmt: skip
    pairs += [(practice_code(practice), lsoa, count) for lsoa, practice, count in outside]
    columns = ("OrganisationCode", "LSOA11CD", "Patient")
    write_csv(folder / "practice_lsoa11_registrations.csv", columns, sorted(pairs))
    write_csv(
        folder / "registered_elsewhere.csv",
        columns,
        sorted((code, codes[lsoa], count) for code, lsoa, count in elsewhere),
    )


def practice_code(place: int) -> str:
    """The code of the practice at a place in the list."""
    return f"Z{place + 1:05d}"


def practice_sites(
    people: People, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Five practices to a network, each in another ward of it."""
    sites, network = [], []
    for number in range(len(NEIGHBOURHOODS)):
        for ward in range(5):
            here = np.flatnonzero((people.neighbourhood == number) & (people.ward == ward))
            sites.append(people.middle[rng.choice(here)])
            network.append(number)
    return np.array(sites), np.array(network)


def register(
    people: People,
    sites: NDArray[np.float64],
    network: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """Patients by small area and practice; residents on lists outside; patients from outside.

    Near practices draw most, those of the own network above all. Lists hold about 4% more people
    than live here, as lists do.
    """
    apart = np.sqrt(((people.middle[:, None] - sites[None]) ** 2).sum(axis=2))
    reach = np.array([6.0 if NEIGHBOURHOODS[n].rural else 1.8 for n in people.neighbourhood])
    own = people.neighbourhood[:, None] == network[None]
    draw = rng.lognormal(0, 0.45, len(sites))[None] * np.exp(-apart / reach[:, None])
    draw *= np.where(own, 1.0, 0.10)
    residents = people.ages.sum(axis=1)
    # Within about 6 km of the western border some are registered in the next county.
    away = np.clip(0.22 * np.exp(-(people.middle[:, 0] - 6) / 6), 0.002, 0.35)
    patients = np.floor(draw / draw.sum(axis=1, keepdims=True)
                        * (residents * (1 - away) * 1.04)[:, None])  # fmt: skip
    patients[patients < 3] = 0
    elsewhere = [("Z9000" + str(1 + lsoa % 3), lsoa, int(count))
                 for lsoa, count in enumerate(np.floor(residents * away)) if count > 2]  # fmt: skip
    border = np.argsort(sites[:, 0] + rng.uniform(0, 8, len(sites)))[:12]
    outside = [(f"E01Z9{number:04d}", int(practice), int(rng.integers(20, 420)))
               for number in range(1, 9) for practice in border if rng.random() < 0.4]  # fmt: skip
    # NHS Digital's own code for patients whose address has no LSOA.
    outside += [("NO2011", practice, int(rng.integers(1, 12))) for practice in range(len(sites))]
    return patients.astype(np.int64), elsewhere, outside


def feature(
    properties: dict[str, str], rings: list[list[tuple[float, float]]]
) -> dict[str, object]:
    """A GeoJSON feature whose rings are all outer ones."""
    shape = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def write_geojson(path: Path, name: str, features: Sequence[dict[str, object]]) -> None:
    """Write a feature collection, one feature a line."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in features)
    head = f'{{"type":"FeatureCollection","name":"{name}","crs":{json.dumps(crs)},"features":[\n'
    path.write_text(head + lines + "\n]}\n", encoding="utf-8", newline="\n")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV with line feeds on every operating system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)

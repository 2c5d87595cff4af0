"""The small areas of a pack: residents, deprivation, and every footprint each lies in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.partners.pack_files import (
    numbers,
    read_table,
    refuse_nulls,
    refuse_repeats,
    table_path,
    texts,
)
from joinedup.partners.pack_manifest import PackManifest
from joinedup.partners.pack_practices import largest_part
from joinedup.partners.spelling import without_network
from joinedup.partners.trusts import ambulance_of_regions
from joinedup.terms import SourceDataError

AGES: Final = (*(str(age) for age in range(90)), "90+")

# England, Census 2021 (ONS, table TS008): used only for an LSOA that no table of the pack covers.
_FEMALE_SHARE_OF_ENGLAND: Final = 0.51

_COLUMNS: Final[Mapping[str, pa.DataType]] = {
    "lsoa11_code": pa.string(),
    "lsoa11_name": pa.string(),
    "ltla22_code": pa.string(),
    "ltla22_name": pa.string(),
    "icb22_code_h": pa.string(),
    "IMD_rank": pa.int64(),
    "IMD_decile": pa.int64(),
    "latitude": pa.float64(),
    "longitude": pa.float64(),
    **{age: pa.int64() for age in AGES},
}


def read_lsoas(
    folder: Path, manifest: PackManifest, practices: pa.Table, registrations: pa.Table
) -> tuple[pa.Table, NDArray[np.int64]]:
    """The LSOAs ordered by code with the footprints of each, and residents by single year."""
    raw = read_table(folder, "lsoa11", _COLUMNS).sort_by("lsoa11_code")
    ages = _checked(raw, folder / "lsoa11")
    networks = _networks(raw, practices, registrations)
    own = _own_areas(folder, raw)
    if networks["network_code"].null_count and "neighbourhood_code" not in own:
        raise SourceDataError(
            "None of its patients is registered with a practice of a network.",
            where=str(folder / "practices"),
            cure="Fill in `pcn_code`, or add neighbourhoods.csv with the areas of your own.",
        )
    columns = {
        "lsoa_code": raw["lsoa11_code"],
        "lsoa_name": raw["lsoa11_name"],
        "council_code": _first_of(raw, "utla_code", "ltla22_code"),
        "council_name": _first_of(raw, "utla_name", "ltla22_name"),
    }
    columns["place_code"] = own.get("place_code", columns["council_code"])
    columns["place_name"] = own.get("place_name", columns["council_name"])
    columns |= networks
    columns["neighbourhood_code"] = own.get("neighbourhood_code", networks["network_code"])
    columns["neighbourhood_name"] = own.get("neighbourhood_name", _plain(networks["network_name"]))
    columns["ambulance_code"] = _ambulance(raw, folder)
    columns |= {
        "imd_decile": raw["IMD_decile"],
        "imd_rank": raw["IMD_rank"],
        "rural": _rural(raw),
        "latitude": raw["latitude"],
        "longitude": raw["longitude"],
        "residents": pa.array(ages.sum(axis=1)),
        "female_share": pa.array(_female_share(folder, raw)),
        "system_code": pa.array([manifest.code or raw["icb22_code_h"][0].as_py()] * raw.num_rows),
    }
    return pa.table(columns), ages


def _checked(raw: pa.Table, file: Path) -> NDArray[np.int64]:
    if raw.num_rows == 0:
        raise SourceDataError("It has no LSOAs.", where=str(file), cure="Cut the pack again.")
    refuse_nulls(raw, tuple(_COLUMNS), file)
    refuse_repeats(raw, "lsoa11_code", file)
    ages = np.column_stack([numbers(raw, age) for age in AGES]).astype(np.int64)
    if (ages < 0).any():
        raise SourceDataError(
            "A count of residents is below nought.", where=str(file), cure="Count from 0 up."
        )
    deciles = numbers(raw, "IMD_decile")
    if deciles.min() < 1 or deciles.max() > 10:
        raise SourceDataError(
            "`IMD_decile` is not from 1 to 10.", where=str(file), cure="1 is the most deprived."
        )
    return ages


def _networks(raw: pa.Table, practices: pa.Table, registrations: pa.Table) -> dict[str, pa.Array]:
    """The network that most of each LSOA's registered patients belong to."""
    listed = practices.select(["practice_code", "network_code", "network_name"])
    listed = listed.filter(pc.is_valid(listed["network_code"]))
    patients = registrations.join(listed, "practice_code", join_type="inner")
    most = largest_part(patients, "lsoa_code", "network_code")
    chosen = dict(zip(most["lsoa_code"].to_pylist(), most["network_code"].to_pylist(), strict=True))
    codes = [chosen.get(code) for code in raw["lsoa11_code"].to_pylist()]
    codes = _nearest_filled(codes, raw)
    names = dict(
        zip(listed["network_code"].to_pylist(), listed["network_name"].to_pylist(), strict=True)
    )
    return {
        "network_code": pa.array(codes, pa.string()),
        "network_name": pa.array([names.get(code or "") for code in codes], pa.string()),
    }


def _nearest_filled(codes: list[str | None], raw: pa.Table) -> list[str | None]:
    """An LSOA whose residents are all registered elsewhere goes with the nearest that is not."""
    filled = np.array([code is not None for code in codes])
    if filled.all() or not filled.any():
        return codes
    north = numbers(raw, "latitude")
    east = numbers(raw, "longitude") * np.cos(np.radians(north.mean()))
    known = np.flatnonzero(filled)
    for row in np.flatnonzero(~filled):
        apart = np.hypot(north[known] - north[row], east[known] - east[row])
        codes[row] = codes[known[int(np.argmin(apart))]]
    return codes


def _own_areas(folder: Path, raw: pa.Table) -> dict[str, pa.Array]:
    """The pack's own neighbourhoods and places, where it has such files."""
    found: dict[str, pa.Array] = {}
    for kind, stem in (("neighbourhood", "neighbourhoods"), ("place", "places")):
        path = table_path(folder, stem)
        if path is None:
            continue
        names = ("lsoa_code", f"{kind}_code", f"{kind}_name")
        table = read_table(folder, stem, dict.fromkeys(names, pa.string()))
        refuse_nulls(table, names, path)
        refuse_repeats(table, "lsoa_code", path)
        for name in names[1:]:
            of = dict(zip(table["lsoa_code"].to_pylist(), table[name].to_pylist(), strict=True))
            values = [of.get(code) for code in raw["lsoa11_code"].to_pylist()]
            if None in values:
                code = raw["lsoa11_code"][values.index(None)].as_py()
                raise SourceDataError(
                    f"LSOA {code} has no {kind}.", where=str(path), cure="Add a row for it."
                )
            found[name] = pa.array(values, pa.string())
    return found


def _first_of(raw: pa.Table, *names: str) -> pa.ChunkedArray:
    return next(raw[name].cast(pa.string()) for name in names if name in raw.column_names)


def _plain(names: pa.Array) -> pa.Array:
    return pa.array(
        [without_network(name) if name else None for name in names.to_pylist()], pa.string()
    )


def _ambulance(raw: pa.Table, folder: Path) -> pa.Array:
    if "ambulance_code" in raw.column_names:
        return raw["ambulance_code"].cast(pa.string())
    return pa.array([ambulance_of_regions(folder)] * raw.num_rows, pa.string())


def _rural(raw: pa.Table) -> pa.Array:
    """Rural by ONS's rural-urban classification: 2011 codes D, E, F; 2021 codes that begin R."""
    for name, first_letters in (("ruc11_code", "DEF"), ("ruc21_code", "R")):
        if name in raw.column_names:
            codes = texts(raw, name)
            return pa.array([code[0] in first_letters if code else None for code in codes])
    return pa.array([None] * raw.num_rows, pa.bool_())


def _female_share(folder: Path, raw: pa.Table) -> NDArray[np.float64]:
    """Share of females: the pack's own, else the census's of the same LSOA, else the council's."""
    if "female_share" in raw.column_names:
        return numbers(raw, "female_share").astype(np.float64)
    if table_path(folder, "lsoa21") is None:
        return np.full(raw.num_rows, _FEMALE_SHARE_OF_ENGLAND)
    columns = {"lsoa21_code": pa.string(), "ltla24_code": pa.string(),
               "Sex: Female": pa.int64(), "Sex: All persons": pa.int64()}  # fmt: skip
    census = read_table(folder, "lsoa21", columns)
    by_lsoa = _shares(census, "lsoa21_code")
    by_council = _shares(census, "ltla24_code")
    pairs = zip(texts(raw, "lsoa11_code"), texts(raw, "ltla22_code"), strict=True)
    shares = [
        by_lsoa.get(lsoa or "", by_council.get(council or "", _FEMALE_SHARE_OF_ENGLAND))
        for lsoa, council in pairs
    ]
    return np.array(shares)


def _shares(census: pa.Table, by: str) -> dict[str, float]:
    sums = census.group_by(by).aggregate([("Sex: Female", "sum"), ("Sex: All persons", "sum")])
    rows = zip(*(sums[name].to_pylist() for name in sums.column_names), strict=True)
    found = {}
    ordered = [sums.column_names.index(name) for name in
               (by, "Sex: Female_sum", "Sex: All persons_sum")]  # fmt: skip
    for row in rows:
        code, females, everyone = (row[place] for place in ordered)
        if everyone:
            found[code] = females / everyone
    return found

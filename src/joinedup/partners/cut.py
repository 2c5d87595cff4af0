"""Cut the area pack of one system from the national tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from joinedup.partners.cut_practices import practices_of
from joinedup.partners.national import CENSUS, National
from joinedup.partners.pack_lsoas import AGES
from joinedup.partners.pack_manifest import PackManifest, manifest_toml
from joinedup.partners.pack_practices import largest_part
from joinedup.partners.trusts import AMBULANCE_TRUSTS, kind_of_trust, successions
from joinedup.partners.wkb import polygons
from joinedup.terms import NotFoundError, SourceDataError

_SOURCES: Final = (
    "ONS: LSOA 2011 and 2021 codes, lookups, outlines, mid-2020 population estimates, "
    "Census 2021 tables TS007A, TS008, TS021, TS037, TS039, TS054 (OGL v3)",
    "MHCLG: English Indices of Deprivation 2019 and 2025 (OGL v3)",
    "House of Commons Library: MSOA names",
    "NHS England: patients registered at a practice by LSOA, July 2022; practices and networks, "
    "January 2022 and February 2023; NHS trusts, 2022 (OGL v3)",
)


def system_codes(national: National) -> dict[str, str]:
    """ICB code → name of all the systems that a pack can be cut for."""
    pairs = national.table("systems").group_by(["icb22_code_h", "icb22_name"]).aggregate([])
    rows = sorted(zip(pairs["icb22_code_h"].to_pylist(), pairs["icb22_name"].to_pylist(),
                      strict=True))  # fmt: skip
    return {code: _short(name) for code, name in rows}


def cut_pack(national: National, icb: str, folder: Path) -> None:
    """Write the pack of a system into an empty folder. The same bytes every time."""
    systems = system_codes(national)
    if icb not in systems:
        known = ", ".join(f"{code} {name}" for code, name in systems.items())
        raise NotFoundError(f"There is no system '{icb}'.", cure=f"It may be: {known}.")
    lsoas = _lsoas(national, icb)
    codes = lsoas["lsoa11_code"].to_pylist()
    census = _census(national, icb)
    practices = practices_of(national, icb)
    own = practices["ods"].to_pylist()
    _write(folder, "lsoa11", lsoas)
    _write(folder, "lsoa21", census)
    _write(folder, "lsoa11_lsoa21", _ordered(national.of_lsoas("changes", "lsoa11_code", codes)))
    _write(folder, "practices", _with_majority(practices, national, codes, lsoas))
    _write(folder, "practice_lsoa11_registrations",
           national.of_lsoas("registrations", "OrganisationCode", own))  # fmt: skip
    _write(folder, "registered_elsewhere", _registered_elsewhere(national, codes, own))
    _write(folder, "trusts", _trusts(national, icb, lsoas))
    _outlines(national, "outlines", "lsoa11", codes, folder)
    _outlines(national, "outlines_2021", "lsoa21", census["lsoa21_code"].to_pylist(), folder)
    districts = _districts(national, lsoas)
    _outlines(national, "council_outlines", "ltla24", list(districts), folder, districts)
    manifest = PackManifest(systems[icb], icb, sources=_SOURCES)
    note = "An area pack cut from national open tables by `joinedup area cut`."
    text = manifest_toml(manifest, note)
    (folder / "pack.toml").write_text(text, encoding="utf-8", newline="\n")


def _short(name: str) -> str:
    """'NHS Dorset Integrated Care Board' → 'Dorset'."""
    return name.removeprefix("NHS ").removesuffix(" Integrated Care Board")


def _lsoas(national: National, icb: str) -> pa.Table:
    systems = national.table("systems")
    table = systems.filter(pc.equal(systems["icb22_code_h"], icb)).drop_columns(["icb22_name"])
    names = national.table("middle_area_names")
    table = table.join(national.table("middle_areas"), "lsoa11_code")
    table = table.join(names, "msoa11_code", "MSOA11CD")
    table = table.rename_columns({"UTLACD": "utla_code", "UTLANM": "utla_name"})
    table = table.join(national.table("deprivation"), "lsoa11_code")
    table = table.join(national.table("centres"), "lsoa11_code", "LSOACD")
    table = table.join(_of_2021(national), "lsoa11_code")
    table = table.join(_ambulance_codes(national), "lsoa11_code")
    table = table.join(national.table("ages"), "lsoa11_code").sort_by("lsoa11_code")
    first = (
        "lsoa11_code", "lsoa11_name", "ltla22_code", "ltla22_name", "sicbl22_code_h",
        "icb22_code", "icb22_code_h", "msoa11_code", "MSOAHCLNM", "IMD_rank", "IMD_decile",
        "ruc21_code", "latitude", "longitude", "total_population", *AGES,
        "utla_code", "utla_name", "ambulance_code", "female_share",
    )  # fmt: skip
    return table.select(first)


def _of_2021(national: National) -> pa.Table:
    """For each LSOA of 2011: share of females, and the first rural-urban code, of its 2021 ones."""
    if "of_2021" not in national.worked_out:
        pairs = national.table("changes").join(national.table("sex"), "lsoa21_code")
        pairs = pairs.join(national.table("rural"), "lsoa21_code")
        sums = pairs.group_by(["lsoa11_code"]).aggregate(
            [("Sex: Female", "sum"), ("Sex: All persons", "sum"), ("ruc21_code", "min")]
        )
        share = pc.divide(sums["Sex: Female_sum"].cast(pa.float64()),
                          sums["Sex: All persons_sum"].cast(pa.float64()))  # fmt: skip
        national.worked_out["of_2021"] = pa.table(
            {
                "lsoa11_code": sums["lsoa11_code"],
                "female_share": pc.round(share, 6),
                "ruc21_code": sums["ruc21_code_min"],
            }
        )
    return national.worked_out["of_2021"]


def _ambulance_codes(national: National) -> pa.Table:
    table = national.table("ambulances")
    codes = {trust.label: trust.code for trust in AMBULANCE_TRUSTS}
    return pa.table(
        {
            "lsoa11_code": table["LSOA11CD"],
            "ambulance_code": pa.array([codes.get(one) for one in table["ambo22"].to_pylist()]),
        }
    )


def _census(national: National, icb: str) -> pa.Table:
    systems = national.table("systems_2021")
    table = systems.filter(pc.equal(systems["icb24_code_nhs"], icb)).drop_columns(
        ["icb24_code_nhs"]
    )
    columns = list(table.column_names)
    for name in ("wards_2021", "deprivation_2021", *CENSUS):
        more = national.table(name)
        table = table.join(more, "lsoa21_code")
        columns += [one for one in more.column_names if one != "lsoa21_code"]
    return table.select(columns).sort_by("lsoa21_code")


def _with_majority(
    practices: pa.Table, national: National, codes: list[str], lsoas: pa.Table
) -> pa.Table:
    """The practices with the council district where most of their patients here live."""
    homes = national.of_lsoas("registrations", "LSOA11CD", codes)
    homes = homes.filter(
        pc.is_in(homes["OrganisationCode"], value_set=practices["ods"].combine_chunks())
    )
    homes = homes.rename_columns({"Patient": "patients"}).join(
        lsoas.select(["lsoa11_code", "ltla22_name"]), "LSOA11CD", "lsoa11_code"
    )
    most = largest_part(homes, "OrganisationCode", "ltla22_name")
    of = dict(
        zip(most["OrganisationCode"].to_pylist(), most["ltla22_name"].to_pylist(), strict=True)
    )
    names = pa.array([of.get(code) for code in practices["ods"].to_pylist()], pa.string())
    return practices.append_column("majority_ltla", names)


def _registered_elsewhere(national: National, codes: list[str], own: list[str]) -> pa.Table:
    homes = national.of_lsoas("registrations", "LSOA11CD", codes)
    return homes.filter(
        pc.invert(pc.is_in(homes["OrganisationCode"], value_set=pa.array(own, pa.string())))
    )


def _trusts(national: National, icb: str, lsoas: pa.Table) -> pa.Table:
    """Trusts based in the system, and the ambulance trusts that serve it, with kind and successor.

    A trust with a published catchment for inpatients is an acute trust; one that closed is of its
    successor's kind.
    """
    table = national.table("trusts")
    ambulances = pc.unique(lsoas["ambulance_code"]).drop_null()
    here = pc.or_(pc.equal(table["stp_icb"], icb), pc.is_in(table["ods"], value_set=ambulances))
    table = table.filter(here).sort_by("ods")
    acute = set(national.table("catchments")["nhs_trust22_code"].to_pylist())
    kinds, followers = [], []
    for code, name, closed in zip(
        *(table[one].to_pylist() for one in ("ods", "name", "close_date")), strict=True
    ):
        successor = successions().get(code) if closed else None
        if code in acute or successor in acute:
            kinds.append("acute_trust")
        else:
            kind = kind_of_trust(name)
            kinds.append("community_trust" if kind == "acute_trust" else kind)
        followers.append(successor)
    table = table.append_column("kind", pa.array(kinds, pa.string()))
    return table.append_column("successor", pa.array(followers, pa.string()))


def _districts(national: National, lsoas: pa.Table) -> dict[str, str]:
    """Outline code of each district or unitary here → council with social-care duties there.

    That is the county, or the unitary itself. Where a council got a new code between the vintages
    of the two tables (Barnsley and Sheffield did), the outline is found by its name.
    """
    names = national.table("middle_area_names")
    here = names.filter(pc.is_in(names["MSOA11CD"], value_set=pc.unique(lsoas["msoa11_code"])))
    table = national.table("council_outlines")
    codes = table["ltla24_code"].to_pylist()
    by_name = dict(zip(table["ltla24_name"].to_pylist(), codes, strict=True))
    found = {}
    for row in here.to_pylist():
        code = row["LADCD_ACTIVE"]
        outline = code if code in codes else by_name.get(row["LADNM_ACTIVE"], code)
        found[outline] = row["UTLACD"]
    return dict(sorted(found.items()))


def _outlines(
    national: National,
    name: str,
    area: str,
    codes: list[str],
    folder: Path,
    council_of: Mapping[str, str] | None = None,
) -> None:
    table = national.of_lsoas(name, f"{area}_code", codes).sort_by(f"{area}_code")
    if table.num_rows != len(codes):
        raise SourceDataError(
            f"{len(codes) - table.num_rows} of the areas have no outline.",
            where=str(national.folder),
            cure="The tables are not of one vintage: fetch them again.",
        )
    lines = []
    for row in table.to_pylist():
        properties = {one: row[f"{area}_{one}"] for one in ("name", "code")}
        named = {f"{area}_{one}": value for one, value in properties.items()}
        if council_of is not None:
            named["council_code"] = council_of[properties["code"]]
        feature = {"type": "Feature", "properties": named, "geometry": _shape(row, area)}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    crs = '{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}'
    head = f'{{"type":"FeatureCollection","name":"{area}","crs":{crs},"features":[\n'
    text = head + ",\n".join(lines) + "\n]}\n"
    (folder / f"{area}.geojson").write_text(text, encoding="utf-8", newline="\n")


def _shape(row: Mapping[str, Any], area: str) -> dict[str, object]:
    try:
        return {"type": "MultiPolygon", "coordinates": polygons(row["geometry"])}
    except ValueError as error:
        raise SourceDataError(
            f"The outline of {row[f'{area}_code']} cannot be read: {error}.",
            cure="Fetch the table of outlines again.",
        ) from None


def _ordered(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in table.column_names])


def _write(folder: Path, stem: str, table: pa.Table) -> None:
    if stem in ("practice_lsoa11_registrations", "registered_elsewhere"):
        table = table.sort_by([("OrganisationCode", "ascending"), ("LSOA11CD", "ascending")])
    # One chunk and no index of pandas: the bytes hang on the rows alone.
    pq.write_table(
        table.combine_chunks().replace_schema_metadata(None), folder / f"{stem}.parquet",
        compression="zstd",
    )  # fmt: skip

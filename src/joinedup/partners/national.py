"""The national open tables from which the pack of any system is cut.

Each is published under the Open Government Licence by ONS, MHCLG or NHS England. Tables are read
once and kept, so that many packs can be cut in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from joinedup.partners.pack_lsoas import AGES
from joinedup.terms import SourceDataError

# Name → file below the folder, and the columns that are needed of it (none: all).
_FILES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "systems": (
        "geography/lookup_lsoa11_sicbl22_icb22_ltla22.parquet",
        ("lsoa11_code", "lsoa11_name", "ltla22_code", "ltla22_name", "sicbl22_code_h",
         "icb22_code", "icb22_code_h", "icb22_name"),
    ),
    "ages": ("population/population20_lsoa11.parquet",
             ("lsoa11_code", "total_population", *AGES)),
    "deprivation": ("deprivation/imd2019_england_lsoa11.parquet",
                    ("lsoa11_code", "IMD_rank", "IMD_decile")),
    "centres": ("geography/lsoa_latlong.parquet", ("LSOACD", "latitude", "longitude")),
    "middle_areas": ("geography/lookup_lsoa11_msoa11.parquet", ("lsoa11_code", "msoa11_code")),
    "middle_area_names": ("geography/msoa_names_hcl.parquet",
                          ("MSOA11CD", "MSOAHCLNM", "LADCD_ACTIVE", "LADNM_ACTIVE", "UTLACD",
                           "UTLANM")),
    "ambulances": ("geography/lookup_lsoa11_ambulance_trust.parquet", ("LSOA11CD", "ambo22")),
    "changes": ("geography/lookup_lsoa11_lsoa21_ltla22.parquet",
                ("lsoa11_code", "lsoa21_code", "change_code")),
    "rural": ("geography/ruc21_lsoa21.parquet", ("lsoa21_code", "ruc21_code")),
    "systems_2021": ("geography/lookup_lsoa21_icb24.parquet",
                     ("lsoa21_code", "lsoa21_name", "icb24_code_nhs")),
    "wards_2021": ("geography/lookup_lsoa21_ward24_ltla24.parquet",
                   ("lsoa21_code", "ward24_name", "ltla24_code", "ltla24_name")),
    "deprivation_2021": ("deprivation/imd2025_england_lsoa21.parquet",
                         ("lsoa21_code", "IMD_score", "IMD_rank", "IMD_decile")),
    "sex": ("population/census2021/ts008_lsoa21.parquet", ()),
    "age_bands": ("population/census2021/ts007a_lsoa21.parquet", ()),
    "health": ("population/census2021/ts037_lsoa21.parquet", ()),
    "carers": ("population/census2021/ts039_lsoa21.parquet", ()),
    "ethnicity": ("population/census2021/ts021_lsoa21.parquet", ()),
    "tenure": ("population/census2021/ts054_lsoa21.parquet", ()),
    "outlines": ("geography/boundaries_lsoa11.parquet",
                 ("lsoa11_code", "lsoa11_name", "geometry")),
    "outlines_2021": ("geography/boundaries_lsoa21.parquet",
                      ("lsoa21_code", "lsoa21_name", "geometry")),
    "council_outlines": ("geography/boundaries_ltla24.parquet",
                         ("ltla24_code", "ltla24_name", "geometry")),
    "registrations": ("population/gp_registrations_practice_lsoa11.parquet",
                      ("OrganisationCode", "OranisationName", "LSOA11CD", "Patient")),
    "network_members": (
        "organisations/epcn_members_2023-02.parquet",
        ("partner_organisation_code", "partner_name", "practice_parent_sub_icb_loc_code",
         "pcn_code", "pcn_name", "practice_to_pcn_relationship_start_date",
         "practice_to_pcn_relationship_end_date"),
    ),
    "practice_map": ("organisations/gp_practice_pcn_ccg_stp_map_2022-01.parquet",
                     ("PRACTICE_CODE", "PRACTICE_NAME", "PRACTICE_POSTCODE", "PCN_CODE",
                      "PCN_NAME", "CCG_CODE")),
    "trusts": ("organisations/etr_2022.parquet", ()),
    "catchments": ("geography/lookup_nhs_trusts22_icb22.parquet", ("nhs_trust22_code",)),
}  # fmt: skip

CENSUS: Final = ("sex", "age_bands", "health", "carers", "ethnicity", "tenure")


@dataclass(frozen=True, slots=True)
class National:
    """The folder of national tables; a table is read when first asked for.

    `worked_out` keeps what was worked out for all systems at once.
    """

    folder: Path
    worked_out: dict[str, pa.Table] = field(default_factory=dict, repr=False)
    _read: dict[str, pa.Table] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pa.Table:
        """A national table, with text as `string`; SourceDataError where it cannot be used."""
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def of_lsoas(self, name: str, column: str, codes: Sequence[str]) -> pa.Table:
        """The rows of a table whose `column` is one of the codes."""
        table = self.table(name)
        return table.filter(pc.is_in(table[column], value_set=pa.array(codes, pa.string())))

    def _load(self, name: str) -> pa.Table:
        file, columns = _FILES[name]
        path = self.folder / file
        cure = "Name the folder that holds the national tables: see docs/how-to/add-your-area.md."
        if not path.is_file():
            raise SourceDataError("There is no such national table.", where=str(path), cure=cure)
        try:
            there = pq.read_schema(path).names
            missing = [one for one in columns if one not in there]
            if missing:
                what = f"It has no column {', '.join(f'`{one}`' for one in missing)}."
                raise SourceDataError(what, where=str(path), cure=cure)
            return _plain(pq.read_table(path, columns=list(columns) or None))
        except (pa.ArrowException, OSError) as error:
            why = str(error).splitlines()[0][:200]
            raise SourceDataError(
                f"It cannot be read: {why}.", where=str(path), cure=cure
            ) from None


def _plain(table: pa.Table) -> pa.Table:
    """The table with text as `string`: joins want both sides alike."""
    fields = [
        pa.field(one.name, pa.string() if pa.types.is_large_string(one.type) else one.type)
        for one in table.schema
    ]
    return table.cast(pa.schema(fields))

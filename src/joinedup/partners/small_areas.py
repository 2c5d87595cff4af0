"""Deprivation of small areas: each index on the LSOAs of the census that it was made for."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from joinedup.partners.pack import AreaPack
from joinedup.partners.pack_files import read_table, refuse_nulls, refuse_repeats, table_path

# Columns as promised by `tables.SMALL_AREAS`. A test holds them equal.
SMALL_AREA_SCHEMA: Final = pa.schema(
    [("lsoa_code", pa.string()), ("lsoa_vintage", pa.int64()), ("imd_year", pa.int64()),
     ("imd_rank", pa.int64()), ("imd_decile", pa.int64()), ("is_rural", pa.bool_())]
)  # fmt: skip
# English Indices of Deprivation 2019 are on LSOAs of 2011, those of 2025 on LSOAs of 2021 (MHCLG).
_IMD_YEAR: Final = {2011: 2019, 2021: 2025}
_LATER: Final = {"lsoa21_code": pa.string(), "IMD_rank": pa.int64(), "IMD_decile": pa.int64()}


def small_areas(pack: AreaPack) -> pa.Table:
    """One row an LSOA of each census that the pack has deprivation for."""
    lsoas = pack.lsoas
    tables = [
        _promised(
            pack.lsoa_vintage, lsoas["lsoa_code"], lsoas["imd_rank"], lsoas["imd_decile"],
            pc.cast(lsoas["rural"], pa.bool_()),
        )
    ]  # fmt: skip
    if pack.lsoa_vintage == 2011 and table_path(pack.path, "lsoa21") is not None:
        later = read_table(pack.path, "lsoa21", _LATER)
        refuse_nulls(later, tuple(_LATER), pack.path / "lsoa21")
        refuse_repeats(later, "lsoa21_code", pack.path / "lsoa21")
        unknown = pa.nulls(later.num_rows, pa.bool_())
        tables.append(
            _promised(
                2021, later["lsoa21_code"], later["IMD_rank"], later["IMD_decile"], unknown
            )
        )  # fmt: skip
    return pa.concat_tables(tables).sort_by(
        [("lsoa_code", "ascending"), ("lsoa_vintage", "ascending")]
    )


def _promised(
    vintage: int, codes: pa.Array, rank: pa.Array, decile: pa.Array, is_rural: pa.Array
) -> pa.Table:
    year = _IMD_YEAR[vintage]
    size = len(codes)
    columns = [
        codes, pa.array([vintage] * size), pa.array([year] * size), rank, decile, is_rural
    ]  # fmt: skip
    named = dict(zip(SMALL_AREA_SCHEMA.names, columns, strict=True))
    return pa.table(named).cast(SMALL_AREA_SCHEMA)

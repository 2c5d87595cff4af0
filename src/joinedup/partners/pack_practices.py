"""The practices of an area pack and where their patients live."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from joinedup.partners.pack_files import (
    days,
    days_after,
    read_table,
    refuse_nulls,
    refuse_repeats,
    table_path,
    texts,
)
from joinedup.partners.spelling import as_written
from joinedup.terms import SourceDataError

REGISTRATION_SCHEMA: Final = pa.schema(
    [("practice_code", pa.string()), ("lsoa_code", pa.string()), ("patients", pa.int64())]
)


def read_practices(folder: Path) -> pa.Table:
    """One row a practice, ordered by code; its council is filled in by `with_councils`."""
    table = read_table(
        folder,
        "practices",
        {"ods": pa.string(), "name": pa.string(), "pcn_code": pa.string(),
         "pcn_name": pa.string(), "list_size": pa.int64()},
    )  # fmt: skip
    refuse_nulls(table, ("ods", "name", "list_size"), folder / "practices")
    refuse_repeats(table, "ods", folder / "practices")
    status = texts(table, "status")
    file = folder / "practices"
    return pa.table(
        {
            "practice_code": table["ods"],
            "practice_name": _written(table, "name"),
            "network_code": table["pcn_code"],
            "network_name": _written(table, "pcn_name"),
            "postcode": pa.array(texts(table, "postcode"), pa.string()),
            "list_size": table["list_size"],
            # ODS status: A active; C closed, D dormant, P proposed.
            "is_open": pa.array([(one or "A") == "A" for one in status]),
            # From when to when it has been in the network; null where not known.
            "network_start_date": pa.array(days(table, "pcn_start_date", file), pa.date32()),
            "network_end_date": pa.array(
                days_after(days(table, "pcn_end_date", file)), pa.date32()
            ),
        }
    ).sort_by("practice_code")


def read_registrations(folder: Path, stem: str, *, optional: bool = False) -> pa.Table:
    """Patients by practice and LSOA, ordered; none where the file may be absent and is."""
    if optional and table_path(folder, stem) is None:
        return REGISTRATION_SCHEMA.empty_table()
    table = read_table(
        folder,
        stem,
        {"OrganisationCode": pa.string(), "LSOA11CD": pa.string(), "Patient": pa.int64()},
    )
    file = folder / stem
    refuse_nulls(table, ("OrganisationCode", "LSOA11CD", "Patient"), file)
    chosen = table.select(["OrganisationCode", "LSOA11CD", "Patient"])
    named = chosen.rename_columns(REGISTRATION_SCHEMA.names)
    if named.num_rows and pc.min(named["patients"]).as_py() < 0:
        raise SourceDataError(
            "`Patient` is below nought.", where=str(file), cure="Count patients from 0 up."
        )
    grouped = named.group_by(["practice_code", "lsoa_code"]).aggregate([("patients", "sum")])
    tidy = grouped.rename_columns(REGISTRATION_SCHEMA.names).cast(REGISTRATION_SCHEMA)
    return tidy.sort_by([("practice_code", "ascending"), ("lsoa_code", "ascending")])


def with_councils(practices: pa.Table, registrations: pa.Table, lsoas: pa.Table) -> pa.Table:
    """The practices with the council where most of their patients live; null where none does."""
    homes = registrations.join(
        lsoas.select(["lsoa_code", "council_code"]), "lsoa_code", join_type="inner"
    )
    most = largest_part(homes, "practice_code", "council_code")
    chosen = dict(
        zip(most["practice_code"].to_pylist(), most["council_code"].to_pylist(), strict=True)
    )
    councils = [chosen.get(code) for code in practices["practice_code"].to_pylist()]
    return practices.add_column(5, "council_code", pa.array(councils, pa.string()))


def largest_part(table: pa.Table, whole: str, part: str) -> pa.Table:
    """For each `whole` the `part` with most patients; of equals, the first by code.

    Columns: whole, part, share (of the whole's patients).
    """
    parts = table.group_by([whole, part]).aggregate([("patients", "sum")])
    totals = table.group_by([whole]).aggregate([("patients", "sum")])
    totals = totals.rename_columns([whole, "all_patients"])
    ordered = parts.join(totals, whole).sort_by(
        [(whole, "ascending"), ("patients_sum", "descending"), (part, "ascending")]
    )
    codes = ordered[whole].combine_chunks()
    if len(codes) == 0:
        return pa.table({whole: codes, part: codes, "share": pa.array([], pa.float64())})
    changes = pc.not_equal(codes.slice(1), codes.slice(0, len(codes) - 1))
    first = ordered.filter(pa.concat_arrays([pa.array([True]), changes]))
    # A practice may count nobody at all: its share of nobody is none.
    whole_count = pc.max_element_wise(first["all_patients"].cast(pa.float64()), 1.0)
    share = pc.divide(first["patients_sum"].cast(pa.float64()), whole_count)
    return first.select([whole, part]).append_column("share", share)


def _written(table: pa.Table, name: str) -> pa.Array:
    names = [as_written(one) if one else None for one in texts(table, name)]
    return pa.array(names, pa.string())

"""Trusts of an area: their kind, their dates, and which trust each became part of.

The national list of trusts has dates of opening and closing but no successors: those come from
`successions.csv`, reviewed by hand, unless the pack gives its own.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import pyarrow as pa

from joinedup.partners.pack_files import days, days_after, read_table, refuse_nulls, texts
from joinedup.partners.spelling import as_written

TRUST_SCHEMA: Final = pa.schema(
    [
        ("code", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        ("successor", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class AmbulanceTrust:
    """One of the services that answer 999 calls in England; `label` is ONS's abbreviation.

    `regions` are the NHS regions where it alone answers: without a lookup by LSOA they decide.
    """

    code: str
    name: str
    label: str
    regions: tuple[str, ...] = ()


# Codes: NHS Organisation Data Service. Labels: the LSOA lookup of ambulance services.
AMBULANCE_TRUSTS: Final = (
    AmbulanceTrust("RRU", "London Ambulance Service NHS Trust", "LAS", ("Y56",)),
    AmbulanceTrust("RX6", "North East Ambulance Service NHS Foundation Trust", "NEAS"),
    AmbulanceTrust("RX7", "North West Ambulance Service NHS Trust", "NWAS", ("Y62",)),
    AmbulanceTrust("RX8", "Yorkshire Ambulance Service NHS Trust", "YAS"),
    AmbulanceTrust("RX9", "East Midlands Ambulance Service NHS Trust", "EMAS"),
    AmbulanceTrust("RYA", "West Midlands Ambulance Service NHS Foundation Trust", "WMAS"),
    AmbulanceTrust("RYC", "East of England Ambulance Service NHS Trust", "EEAST", ("Y61",)),
    AmbulanceTrust("RYD", "South East Coast Ambulance Service NHS Foundation Trust", "SECAmb"),
    AmbulanceTrust("RYE", "South Central Ambulance Service NHS Foundation Trust", "SCAS"),
    AmbulanceTrust("RYF", "South Western Ambulance Service NHS Foundation Trust", "SWAS", ("Y58",)),
    AmbulanceTrust("R1F", "Isle of Wight NHS Trust", "IWAS"),
    AmbulanceTrust("RT4", "Welsh Ambulance Services NHS Trust", "WAST"),
)

_ACUTE_WORDS: Final = ("HOSPITAL", "INFIRMARY")


@cache
def successions() -> Mapping[str, str]:
    """Each trust of the national list that closed → the trust that it became part of."""
    file = resources.files("joinedup.partners").joinpath("successions.csv")
    with file.open(encoding="utf-8") as lines:
        return {row["code"]: row["successor"] for row in csv.DictReader(lines)}


def read_trusts(folder: Path, ambulance_codes: Sequence[str]) -> pa.Table:
    """The pack's trusts, ordered by code, with the ambulance trusts that serve its areas."""
    table = read_table(folder, "trusts", {"ods": pa.string(), "name": pa.string()})
    refuse_nulls(table, ("ods", "name"), folder / "trusts")
    rows = _rows(table, folder)
    listed = {row["code"] for row in rows}
    known = {trust.code: trust for trust in AMBULANCE_TRUSTS}
    for code in sorted(set(ambulance_codes) - listed):
        name = known[code].name if code in known else code
        rows.append({"code": code, "name": name, "kind": "ambulance_trust"})
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["code"])), TRUST_SCHEMA)


def ambulance_of_regions(folder: Path) -> str | None:
    """The one ambulance trust of the regions that the pack's trusts are in; None where unsure."""
    table = read_table(folder, "trusts", {"ods": pa.string()})
    regions = {region for region in texts(table, "region") if region}
    found = {
        trust.code for region in regions for trust in AMBULANCE_TRUSTS if region in trust.regions
    }
    return found.pop() if len(found) == 1 and len(regions) == 1 else None


def kind_of_trust(name: str) -> str:
    """Best guess at a trust's kind from its name, for a pack that does not say."""
    capitals = name.upper()
    if "AMBULANCE" in capitals:
        return "ambulance_trust"
    return "acute_trust" if any(word in capitals for word in _ACUTE_WORDS) else "community_trust"


def _rows(table: pa.Table, folder: Path) -> list[dict[str, object]]:
    file = folder / "trusts"
    columns = zip(
        texts(table, "ods"),
        texts(table, "name"),
        texts(table, "kind"),
        days(table, "open_date", file),
        # The list gives the last day.
        days_after(days(table, "close_date", file)),
        texts(table, "successor"),
        strict=True,
    )
    rows: list[dict[str, object]] = []
    for code, name, kind, start, end, successor in columns:
        rows.append(
            {
                "code": code,
                "name": as_written(name or ""),
                "kind": kind or kind_of_trust(name or ""),
                "start_date": start,
                "end_date": end,
                "successor": successor or (successions().get(code or "") if end else None),
            }
        )
    return rows

"""What lies in what: the areas of a pack, their memberships over time, and who is counted where.

An LSOA belongs to several footprints at once. Residents (who lives there) and registered patients
(who is on the list of its practices) are different populations, and both are answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from joinedup.partners.organisations import WHOLE_SYSTEM, Partner
from joinedup.partners.pack import AreaPack
from joinedup.partners.pack_practices import largest_part
from joinedup.terms import NotFoundError

# Columns as promised by `tables`: AREAS, ORGANISATIONS and MEMBERSHIPS. A test holds them equal.
AREA_SCHEMA: Final = pa.schema(
    [("kind", pa.string()), ("code", pa.string()), ("name", pa.string()),
     ("residents", pa.int64())]
)  # fmt: skip
ORGANISATION_SCHEMA: Final = pa.schema(
    [("code", pa.string()), ("name", pa.string()), ("kind", pa.string()),
     ("is_statutory", pa.bool_()), ("start_date", pa.date32()), ("end_date", pa.date32())]
)  # fmt: skip
MEMBERSHIP_SCHEMA: Final = pa.schema(
    [("member_kind", pa.string()), ("member", pa.string()), ("of_kind", pa.string()),
     ("of", pa.string()), ("share", pa.float64()), ("start_date", pa.date32()),
     ("end_date", pa.date32())]
)  # fmt: skip

FOOTPRINTS: Final = ("neighbourhood", "network", "place", "council", "ambulance", "system")


def areas(pack: AreaPack) -> pa.Table:
    """One row an area of each kind, with its residents (`tables.AREAS`)."""
    rows = [
        {"kind": "lsoa", "code": row["lsoa_code"], "name": row["lsoa_name"],
         "residents": row["residents"]}
        for row in pack.lsoas.select(["lsoa_code", "lsoa_name", "residents"]).to_pylist()
    ]  # fmt: skip
    for kind in FOOTPRINTS:
        names = _names(pack, kind)
        counted = residents(pack, kind)
        for code, count in zip(
            counted["code"].to_pylist(), counted["residents"].to_pylist(), strict=True
        ):
            rows.append({"kind": kind, "code": code, "name": names[code], "residents": count})
    return _ordered(rows, AREA_SCHEMA)


def organisations(pack: AreaPack, partners: Sequence[Partner] = ()) -> pa.Table:
    """Partners, trusts, councils, networks and practices, each once (`tables.ORGANISATIONS`).

    What `partners.toml` says of an organisation goes before what the pack says.
    """
    found: dict[str, dict[str, Any]] = {}
    for partner in partners:
        found[partner.code] = {
            "code": partner.code, "name": partner.name, "kind": partner.kind,
            "is_statutory": partner.statutory, "start_date": partner.start_date,
            "end_date": partner.end_date,
        }  # fmt: skip
    for trust in pack.trusts.to_pylist():
        found.setdefault(trust["code"], {**_chosen(trust), "is_statutory": True})
    for council in pack.councils.to_pylist():
        found.setdefault(council["code"], {**council, "kind": "council", "is_statutory": True})
    # Practices hold NHS contracts, and networks are agreements between them: neither is a
    # statutory body (NHS Act 2006, Health and Care Act 2022).
    for practice in pack.practices.to_pylist():
        row = {"code": practice["practice_code"], "name": practice["practice_name"]}
        found.setdefault(row["code"], {**row, "kind": "practice", "is_statutory": False})
        if practice["network_code"]:
            row = {"code": practice["network_code"], "name": practice["network_name"]}
            found.setdefault(row["code"], {**row, "kind": "network", "is_statutory": False})
    return _ordered(list(found.values()), ORGANISATION_SCHEMA)


def memberships(pack: AreaPack, partners: Sequence[Partner] = ()) -> pa.Table:
    """What lies in what, from a date to a date (`tables.MEMBERSHIPS`).

    LSOA → neighbourhood, network, place, council, ambulance, system; practice → network,
    neighbourhood (where most of its patients live) and system; a trust → itself until it ends
    and its successor from then; a partner → the areas it serves. `share` of an LSOA in a network
    is that of its registered patients.
    """
    rows: list[dict[str, Any]] = []
    for kind in FOOTPRINTS:
        if kind != "network":
            codes = pack.lsoas["lsoa_code"].to_pylist()
            for lsoa, area in zip(codes, _codes(pack, kind), strict=True):
                if area:
                    rows.append(_row("lsoa", lsoa, kind, area))
    rows += _network_shares(pack)
    for practice in pack.practices.to_pylist():
        if practice["network_code"]:
            rows.append(
                _row(
                    "practice",
                    practice["practice_code"],
                    "network",
                    practice["network_code"],
                    start=practice["network_start_date"],
                    end=practice["network_end_date"],
                )
            )
        rows.append(_row("practice", practice["practice_code"], "system", pack.code))
    for practice_code, area in _practice_areas(pack, "neighbourhood").items():
        rows.append(_row("practice", practice_code, "neighbourhood", area))
    rows += _trust_rows(pack, partners)
    rows += _served(pack, partners)
    return _ordered(rows, MEMBERSHIP_SCHEMA)


def as_at(table: pa.Table, day: date) -> pa.Table:
    """The rows of a dated table that hold on a day."""
    starts, ends = table["start_date"], table["end_date"]
    day_scalar = pa.scalar(day, pa.date32())
    begun = pc.fill_null(pc.less_equal(starts, day_scalar), True)
    going = pc.fill_null(pc.greater(ends, day_scalar), True)
    return table.filter(pc.and_(begun, going))


def residents(pack: AreaPack, footprint: str) -> pa.Table:
    """Who lives in each area of a footprint: code, residents; ordered by code."""
    table = pa.table({"code": _codes(pack, footprint), "residents": pack.lsoas["residents"]})
    return _counted(table, "residents")


def registered(pack: AreaPack, footprint: str) -> pa.Table:
    """Who is on the lists of the practices of each area: code, patients; ordered by code.

    A practice counts as a whole, wherever its patients live: to its network, to the system, and
    to that council, place or neighbourhood where most of its patients in the pack live.
    """
    of = _practice_areas(pack, footprint)
    codes = [of.get(code) for code in pack.registrations["practice_code"].to_pylist()]
    table = pa.table(
        {"code": pa.array(codes, pa.string()), "patients": pack.registrations["patients"]}
    )
    return _counted(table, "patients")


def _practice_areas(pack: AreaPack, footprint: str) -> dict[str, str]:
    practices = pack.practices.to_pylist()
    if footprint == "system":
        return {one["practice_code"]: pack.code for one in practices}
    if footprint in ("network", "council"):
        return {one["practice_code"]: one[f"{footprint}_code"] for one in practices}
    homes = pa.table(
        {
            "lsoa_code": pack.lsoas["lsoa_code"],
            "area": pa.array(_codes(pack, footprint), pa.string()),
        }
    )
    most = largest_part(
        pack.registrations.join(homes, "lsoa_code", join_type="inner"), "practice_code", "area"
    )
    return dict(zip(most["practice_code"].to_pylist(), most["area"].to_pylist(), strict=True))


def _counted(table: pa.Table, what: str) -> pa.Table:
    known = table.filter(pc.is_valid(table["code"]))
    sums = known.group_by("code").aggregate([(what, "sum")])
    return sums.select(["code", f"{what}_sum"]).rename_columns(["code", what]).sort_by("code")


def _codes(pack: AreaPack, kind: str) -> list[str | None]:
    if kind == "system":
        return [pack.code] * pack.lsoas.num_rows
    if kind not in (*FOOTPRINTS, "lsoa"):
        raise NotFoundError(
            f"There is no footprint of kind '{kind}'.", cure=f"Ask for {', '.join(FOOTPRINTS)}."
        )
    codes: list[str | None] = pack.lsoas[f"{kind}_code"].to_pylist()
    return codes


def _names(pack: AreaPack, kind: str) -> dict[str | None, str]:
    if kind == "system":
        return {pack.code: pack.name}
    if kind == "ambulance":
        return dict(zip(pack.trusts["code"].to_pylist(), pack.trusts["name"].to_pylist(),
                        strict=True))  # fmt: skip
    return dict(zip(_codes(pack, kind), pack.lsoas[f"{kind}_name"].to_pylist(), strict=True))


def _network_shares(pack: AreaPack) -> list[dict[str, Any]]:
    of = _practice_areas(pack, "network")
    networks = [of.get(code) for code in pack.registrations["practice_code"].to_pylist()]
    table = pack.registrations.append_column("network", pa.array(networks, pa.string()))
    inside = pc.is_in(table["lsoa_code"], value_set=pack.lsoas["lsoa_code"].combine_chunks())
    table = table.filter(pc.and_(inside, pc.is_valid(table["network"])))
    parts = table.group_by(["lsoa_code", "network"]).aggregate([("patients", "sum")])
    totals = table.group_by(["lsoa_code"]).aggregate([("patients", "sum")])
    joined = parts.join(totals.rename_columns(["lsoa_code", "everyone"]), "lsoa_code")
    return [
        _row("lsoa", row["lsoa_code"], "network", row["network"],
             share=row["patients_sum"] / row["everyone"])
        for row in joined.to_pylist()
        if row["everyone"]
    ]  # fmt: skip


def _trust_rows(pack: AreaPack, partners: Sequence[Partner]) -> list[dict[str, Any]]:
    """Each trust that ended: within itself until then, within its successor from then on."""
    ends = {
        row["code"]: (row["start_date"], row["end_date"], row["successor"])
        for row in pack.trusts.to_pylist()
    }
    ends |= {one.code: (one.start_date, one.end_date, one.successor) for one in partners}
    rows = []
    for code, (start, end, successor) in ends.items():
        if end and successor:
            rows.append(_row("trust", code, "trust", code, start=start, end=end))
            rows.append(_row("trust", code, "trust", successor, start=end))
    return rows


def _served(pack: AreaPack, partners: Iterable[Partner]) -> list[dict[str, Any]]:
    # A place may go by its council's code, and a neighbourhood by its network's: the latter wins.
    order = ("system", "neighbourhood", "place", "network", "council", "lsoa")
    kinds = {code: kind for kind in order for code in set(_codes(pack, kind))}
    rows = []
    for one in partners:
        for code in one.footprint:
            area = pack.code if code == WHOLE_SYSTEM else code
            kind = kinds.get(area, "system")
            rows.append(
                _row(one.kind, one.code, kind, area, start=one.start_date, end=one.end_date)
            )
    return rows


def _row(
    member_kind: str,
    member: str,
    of_kind: str,
    of: str,
    *,
    share: float = 1.0,
    start: date | None = None,
    end: date | None = None,
) -> dict[str, Any]:
    return {
        "member_kind": member_kind, "member": member, "of_kind": of_kind, "of": of,
        "share": share, "start_date": start, "end_date": end,
    }  # fmt: skip


def _chosen(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("code", "name", "kind", "start_date", "end_date")}


def _ordered(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    table = pa.Table.from_pylist(rows, schema)
    return table.sort_by([(name, "ascending") for name in schema.names])

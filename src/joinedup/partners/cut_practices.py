"""Which practices belong to a system, and the network of each, by the national tables."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from joinedup.partners.national import National
from joinedup.partners.pack_practices import largest_part


def practices_of(national: National, icb: str) -> pa.Table:
    """The practices of a system that have patients, ordered by code.

    A practice belongs to the system of its commissioner (sub-ICB location): by its network
    membership where that names one that is known, else by the list of January 2022, else to the
    system where most of its patients live.
    """
    table = _every_practice(national)
    return table.filter(pc.equal(table["icb"], icb)).drop_columns(["icb"])


def _every_practice(national: National) -> pa.Table:
    if "every_practice" in national.worked_out:
        return national.worked_out["every_practice"]
    registrations = national.table("registrations")
    lists = registrations.group_by(["OrganisationCode"]).aggregate(
        [("OranisationName", "min"), ("Patient", "sum")]
    )
    lists = lists.rename_columns({"OranisationName_min": "name", "Patient_sum": "list_size"})
    board = _boards(national)
    members = _latest_memberships(national)
    listed = {row["PRACTICE_CODE"]: row for row in national.table("practice_map").to_pylist()}
    homes = _homes(national)
    rows = []
    for one in lists.sort_by("OrganisationCode").to_pylist():
        code = one["OrganisationCode"]
        member, on_map = members.get(code), listed.get(code)
        commissioner = member["practice_parent_sub_icb_loc_code"] if member else None
        if commissioner not in board:
            commissioner = on_map["CCG_CODE"] if on_map else None
        network = _network(member, on_map)
        rows.append({
            "pcn_code": network[0],
            "pcn_name": network[1],
            "ods": code,
            "name": one["name"],
            "postcode": on_map["PRACTICE_POSTCODE"] if on_map else None,
            "pcn_start_date": member["practice_to_pcn_relationship_start_date"] if member else None,
            "pcn_end_date": member["practice_to_pcn_relationship_end_date"] if member else None,
            # Active unless its last membership of a network has ended.
            "status": "C" if member and member["practice_to_pcn_relationship_end_date"] else "A",
            "commissioner": commissioner,
            "list_size": one["list_size"],
            "icb": board.get(commissioner or "", homes.get(code)),
        })  # fmt: skip
    schema = pa.schema(
        [(name, pa.int64() if name == "list_size" else pa.string()) for name in rows[0]]
    )
    table = pa.Table.from_pylist(rows, schema)
    national.worked_out["every_practice"] = table
    return table


def _boards(national: National) -> dict[str, str]:
    pairs = national.table("systems").group_by(["sicbl22_code_h", "icb22_code_h"]).aggregate([])
    return dict(
        zip(pairs["sicbl22_code_h"].to_pylist(), pairs["icb22_code_h"].to_pylist(), strict=True)
    )


def _latest_memberships(national: National) -> dict[str, dict[str, str]]:
    """Each practice's membership that goes on, else the one that ended last."""
    ordered = sorted(
        national.table("network_members").to_pylist(),
        key=lambda row: (
            row["practice_to_pcn_relationship_end_date"] or "99999999",
            row["practice_to_pcn_relationship_start_date"] or "",
            row["pcn_code"] or "",
        ),
    )
    return {row["partner_organisation_code"]: row for row in ordered}


def _network(
    member: dict[str, str] | None, on_map: dict[str, str] | None
) -> tuple[str | None, str | None]:
    if member:
        return member["pcn_code"], member["pcn_name"]
    # The list writes a bare U for a practice in no network.
    if on_map and len(on_map["PCN_CODE"] or "") > 1:
        return on_map["PCN_CODE"], on_map["PCN_NAME"]
    return None, None


def _homes(national: National) -> dict[str, str]:
    """The system where most of each practice's patients live."""
    systems = national.table("systems").select(["lsoa11_code", "icb22_code_h"])
    patients = national.table("registrations").join(
        systems, "LSOA11CD", "lsoa11_code", join_type="inner"
    )
    patients = patients.rename_columns({"Patient": "patients"})
    most = largest_part(patients, "OrganisationCode", "icb22_code_h")
    return dict(
        zip(most["OrganisationCode"].to_pylist(), most["icb22_code_h"].to_pylist(), strict=True)
    )

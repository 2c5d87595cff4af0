"""Where people live: the small areas that partners state, and those that postcodes lie in."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def residences_from_postcodes(identities: ir.Table, postcodes: ir.Table) -> ir.Table:
    """Received residences from the postcodes on demographic records.

    `postcodes` has postcode, lsoa_code and lsoa_vintage, as the ONS Postcode Directory does.
    A record says that the person lived there when it was made, not since when.
    """
    areas = postcodes.select(
        "lsoa_code",
        lsoa_vintage=postcodes.lsoa_vintage.cast("int64"),
        plain=_plain(postcodes.postcode),
    )
    placed = identities.mutate(plain=_plain(identities.postcode)).inner_join(areas, "plain")
    # One row for each partner's record and area: the first time that the partner said so.
    first = ibis.row_number().over(
        group_by=["partner", "record_id", "lsoa_code"],
        order_by=["known_date", "file_id", "source_row"],
    )
    ranked = placed.mutate(place=first)
    return ranked.filter(ranked.place == 0).select(
        "record_id",
        "partner",
        "lsoa_code",
        "lsoa_vintage",
        "known_date",
        "file_id",
        "source_row",
        start_date=ibis.null("date"),
        end_date=ibis.null("date"),
    )


def _plain(postcode: ir.StringValue) -> ir.StringValue:
    return postcode.upper().re_replace(r"[^A-Z0-9]", "")

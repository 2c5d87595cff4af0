"""Collapse records that say the same into profiles, and remember who said it.

Partners send the same details over and over: comparing each distinct profile once, instead of each
record, is most of the speed of the linkage.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage.scratch import Scratch
from joinedup.linkage.standardise import DETAILS, standard, with_roots
from joinedup.terms import SourceDataError, nhs_number

# Fields that a profile must have for another with the same four to be the same person.
CORE = ("birth_date", "root", "surname", "postcode")


@dataclass(frozen=True, slots=True)
class Profiles:
    """`profiles`: one row a distinct set of details. `rows`: partner, record_id, patient, profile.

    `profile` and `patient` are whole-number keys, good within one run only; every pick goes by
    what the records say, never by these.
    """

    profiles: ir.Table
    rows: ir.Table


def collapse(scratch: Scratch, identities: ir.Table) -> Profiles:
    """Distinct profiles of all identities, with how many rows say so and since when known."""
    one = standard(identities)
    details = {name: one[name] for name in DETAILS}
    profile = ibis.struct(details).hash()
    rows = scratch.keep(
        one.select(
            "partner",
            "record_id",
            "known_date",
            patient=ibis.struct({"partner": one.partner, "record_id": one.record_id}).hash(),
            profile=profile,
        ),
        "rows",
    )
    grouped = one.group_by(profile=profile, **details).agg(
        rows=one.count(), known_date=one.known_date.max()
    )
    profiles = scratch.keep(_with_number(with_roots(grouped)), "profiles")
    _check_keys(profiles)
    return Profiles(profiles, rows)


def _with_number(profiles: ir.Table) -> ir.Table:
    """Add `number`: the NHS number as a whole number where its check digit is right."""
    is_valid = nhs_number.has_check_digit(profiles.nhs_number)
    return profiles.mutate(
        number=ibis.ifelse(is_valid, profiles.nhs_number.cast("int64"), ibis.null("int64"))
    )


def _check_keys(profiles: ir.Table) -> None:
    """Two profiles with one key would be taken for one person: one chance in 100,000 at 15M."""
    counts = profiles.aggregate(all=profiles.count(), keys=profiles.profile.nunique())
    row = counts.to_pyarrow().to_pylist()[0]
    if row["all"] != row["keys"]:
        raise SourceDataError(
            "two different sets of details have the same key.",
            where="linkage",
            cure="Please report this: it should happen once in 100,000 runs.",
        )

"""Collapse records that say the same into profiles, and remember who said it.

Partners send the same details over and over: comparing each distinct profile once, instead of each
record, is most of the speed of the linkage.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage.keys import check_distinct, key_of
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.standardise import DETAILS, standard, with_roots
from joinedup.terms import nhs_number

# Fields that a profile must have for another with the same four to be the same person.
CORE = ("birth_date", "root", "surname", "postcode")


@dataclass(frozen=True, slots=True)
class Profiles:
    """`profiles`: one row a distinct set of details. `patients`: patient, partner, record_id.

    `rows`: one row an identity: patient, profile, known_date. `patient` and `profile` are keys
    that are good within one run only; every pick goes by what the records say.
    """

    profiles: ir.Table
    rows: ir.Table
    patients: ir.Table


def collapse(scratch: Scratch, identities: ir.Table) -> Profiles:
    """Distinct profiles of all identities, with how many rows say so and since when known.

    Details are written one way while they are read, twice over: names in a Parquet file come as
    dictionaries, and an engine then writes each name once and not once a row.
    """
    one = standard(identities)
    details = {name: one[name] for name in DETAILS}
    profile = key_of(*details.values())
    patient = key_of(one.partner, one.record_id)
    rows = scratch.keep(one.select("known_date", patient=patient, profile=profile), "rows")
    patients = one.select("partner", "record_id", patient=patient).distinct()
    patients = scratch.keep(patients, "patients")
    grouped = one.group_by(profile=profile, **details).agg(
        rows=one.count(), known_date=one.known_date.max()
    )
    profiles = scratch.keep(_with_number(with_roots(grouped)), "profiles")
    check_distinct(profiles, "profile")
    check_distinct(patients, "patient")
    return Profiles(profiles, rows, patients)


def _with_number(profiles: ir.Table) -> ir.Table:
    """Add `number`: the NHS number as a whole number where its check digit is right."""
    whole = nhs_number.as_whole(profiles.nhs_number)
    return profiles.mutate(
        number=ibis.ifelse(nhs_number.has_check_digit(whole), whole, ibis.null("int64"))
    )

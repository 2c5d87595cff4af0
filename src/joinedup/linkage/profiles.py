"""Collapse records that say the same into profiles, and remember who said it.

Partners send the same details over and over: comparing each distinct profile once, instead of each
record, is most of the speed of the linkage.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage.keys import check_distinct, key_of, same_key_of
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.standardise import DETAILS, standard, with_roots
from joinedup.terms import nhs_number

# Fields that a profile must have for another with the same four to be the same person.
CORE = ("birth_date", "root", "surname", "postcode")


@dataclass(frozen=True, slots=True)
class Profiles:
    """`profiles`: one row a distinct set of details. `patients`: patient, partner, record_id.

    `rows`: patient, profile, known_date, and in how many `rows` the patient was said to be so.
    `patient` and `profile` are keys; every pick goes by what the records say.
    """

    profiles: ir.Table
    rows: ir.Table
    patients: ir.Table


def collapse(scratch: Scratch, identities: ir.Table) -> Profiles:
    """Distinct profiles of all identities, with how many rows say so and since when known.

    Details are written one way while they are read, twice over: names in a Parquet file come as
    dictionaries, and an engine then writes each name once and not once a row.
    """
    one = keyed(identities)
    rows = one.group_by("patient", "profile", "known_date").agg(rows=one.count())
    rows = scratch.keep(rows, "rows")
    patients = scratch.keep(one.select("patient", "partner", "record_id").distinct(), "patients")
    grouped = one.group_by("profile", *DETAILS).agg(
        rows=one.count(), known_date=one.known_date.max()
    )
    profiles = scratch.keep(completed(grouped), "profiles")
    check_distinct(profiles, "profile")
    check_distinct(patients, "patient")
    return Profiles(profiles, rows, patients)


def keyed(identities: ir.Table) -> ir.Table:
    """Identities with their details written one way, and the keys of patient and profile."""
    one = standard(identities)
    return one.select(
        "partner", "record_id", "known_date", *DETAILS,
        patient=key_of(one.partner, one.record_id),
        profile=same_key_of(*(one[name] for name in DETAILS)),
    )  # fmt: skip


def completed(profiles: ir.Table) -> ir.Table:
    """Profiles with `root` and `number`, the NHS number as a whole number if it is a valid one."""
    complete = _with_number(with_roots(profiles))
    return complete.select("profile", *DETAILS, "root", "number", "rows", "known_date")


def _with_number(profiles: ir.Table) -> ir.Table:
    whole = nhs_number.as_whole(profiles.nhs_number)
    return profiles.mutate(
        number=ibis.ifelse(nhs_number.has_check_digit(whole), whole, ibis.null("int64"))
    )

"""What a change of rows can touch in the pass over NHS numbers, and that alone counted again.

A profile that came, went or is said by more or fewer rows may change its number's owner; the owner
may verify other profiles of the number, or no longer; and so the number of every patient that has
such a profile. Farther it does not go: an owner is found within one number, a claim within one
patient.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage import numbers
from joinedup.linkage.keys import check_distinct
from joinedup.linkage.layers import patched
from joinedup.linkage.profiles import Profiles, completed, keyed
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.standardise import DETAILS
from joinedup.linkage.state import Known


@dataclass(frozen=True, slots=True)
class Renewed:
    """What is known now, and `patients` (patient), all that may have changed in it."""

    known: Known
    patients: ir.Table


def renew(
    scratch: Scratch, known: Known, added: ir.Table, removed: ir.Table, *, rows: int
) -> Renewed | None:
    """What is known after rows of `tables.IDENTITIES` came and went; there are `rows` now.

    None where that cannot be: rows went that were never there, or some are not accounted for.
    """
    came, went = (ibis.literal(sign, "int64") for sign in (1, -1))
    sent = keyed(added).mutate(rows=came).union(keyed(removed).mutate(rows=went))
    sent = scratch.keep(sent, "sent")
    touched = scratch.keep(sent.select("patient").distinct(), "touched")
    theirs = _rows_after(scratch, known.rows.only(touched), sent)
    if not _add_up(known, sent, theirs, rows):
        return None
    rows_now = patched(scratch, known.rows, touched, theirs.filter(theirs.rows > 0))
    shifted = _shifted(scratch, sent)
    said = _said(scratch, shifted, rows_now.now)
    profiles_now = patched(scratch, known.profiles, shifted.select("profile"), said)
    doubted = _sharing_numbers(scratch, shifted, profiles_now.now)
    reached = rows_now.now.semi_join(doubted, "profile").select("patient")
    patients = scratch.keep(touched.union(reached, distinct=True), "reached")
    numbered = _patients_after(scratch, known, sent, patients, rows_now.now, profiles_now.now)
    patients_now = patched(scratch, known.patients, patients, numbered)
    return Renewed(Known(profiles_now, rows_now, patients_now), patients)


def _rows_after(scratch: Scratch, before: ir.Table, sent: ir.Table) -> ir.Table:
    """All rows of the patients of whom something was sent; of none left, with 0 `rows`."""
    columns = ("patient", "profile", "known_date", "rows")
    both = before.select(*columns).union(sent.select(*columns))
    summed = both.group_by("patient", "profile", "known_date").agg(rows=both.rows.sum())
    return scratch.keep(summed.mutate(rows=summed.rows.cast("int64")), "rows_after")


def _add_up(known: Known, sent: ir.Table, theirs: ir.Table, rows: int) -> bool:
    counts = (
        known.rows.now.rows.sum(),
        sent.rows.sum(),
        (theirs.rows < 0).sum(),
    )  # fmt: skip
    before, came, below = (int(count.to_pyarrow().as_py() or 0) for count in counts)
    return below == 0 and before + came == rows


def _shifted(scratch: Scratch, sent: ir.Table) -> ir.Table:
    """The profiles that more or fewer rows say than before: as `profiles`, but of the rows sent."""
    details = sent.select("profile", *DETAILS).distinct()
    said = completed(details.mutate(rows=ibis.null("int64"), known_date=ibis.null("date")))
    shifted = scratch.keep(said.drop("rows", "known_date"), "shifted")
    check_distinct(shifted, "profile")
    return shifted


def _said(scratch: Scratch, shifted: ir.Table, rows: ir.Table) -> ir.Table:
    """Of these profiles those that anybody still says, with how many rows do."""
    theirs = rows.semi_join(shifted, "profile")
    counts = theirs.group_by("profile").agg(
        rows=theirs.rows.sum().cast("int64"), known_date=theirs.known_date.max()
    )
    return scratch.keep(shifted.inner_join(counts, "profile"), "said")


def _sharing_numbers(scratch: Scratch, shifted: ir.Table, profiles: ir.Table) -> ir.Table:
    """Profiles whose number is one of a profile that shifted."""
    moved = shifted.filter(shifted.number.notnull()).select("number").distinct()
    moved = scratch.keep(moved, "numbers")
    return scratch.keep(profiles.semi_join(moved, "number").select("profile"), "doubted")


def _patients_after(
    scratch: Scratch,
    known: Known,
    sent: ir.Table,
    patients: ir.Table,
    rows: ir.Table,
    profiles: ir.Table,
) -> ir.Table:
    """The patients of `patients` that are still there, each with its number verified anew."""
    theirs = scratch.keep(rows.semi_join(patients, "patient"), "theirs")
    claimed = profiles.semi_join(theirs, "profile").select("number").distinct()
    claimed = scratch.keep(claimed.filter(claimed.number.notnull()), "claimed")
    near = scratch.keep(profiles.semi_join(claimed, "number"), "near")
    owner = numbers.owners(scratch, near)
    proof = numbers.verified(scratch, near, owner)
    names = ("patient", "partner", "record_id")
    old = known.patients.only(patients).select(*names)
    every = old.union(sent.select(*names), distinct=True).semi_join(theirs, "patient")
    every = scratch.keep(every, "patients_after")
    check_distinct(every, "patient")
    by_number = numbers.patients_by_number(scratch, Profiles(near, theirs, every), proof)
    joined = every.left_join(by_number, "patient").drop("patient_right")
    return scratch.keep(joined, "numbered")

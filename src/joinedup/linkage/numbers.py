"""The NHS number pass: a valid number that agrees with what others say of its owner is proof.

A number's owner is its modal identity: the details that most records give with it. A record's
number is verified when the record agrees enough with the owner; somebody else's number, or a slip
that happens to be valid, does not.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.linkage.profiles import Profiles
from joinedup.linkage.scratch import Scratch

# Weighted agreement that verifies a number: birth date counts two, the others one each.
# Source: measured by this project on invented records (docs/explanation/linkage.md); the same
# fields as NHS England's cross-check trace in the Personal Demographics Service, which wants
# number and birth date.
ENOUGH = 3
_WEIGHTS = (("birth_date", 2), ("root", 1), ("surname", 1), ("postcode", 1))


def owners(scratch: Scratch, profiles: ir.Table) -> ir.Table:
    """One row a valid number: the modal identity, as `owner_birth_date`, `owner_root`, ...

    Most rows win, then the fuller record, then the later, then the first by its details.
    """
    numbered = profiles.filter(profiles.number.notnull())
    fields = [name for name, _ in _WEIGHTS]
    said = numbered.group_by("number", *fields).agg(
        rows=numbered.rows.sum(), known_date=numbered.known_date.max()
    )
    fullness = sum(said[name].notnull().cast("int64") for name in fields)
    order = [
        said.rows.desc(),
        fullness.desc(),
        said.known_date.desc(),
        *(said[name].cast("string").fill_null("~").asc() for name in fields),
    ]
    best = said.mutate(place=ibis.row_number().over(group_by="number", order_by=order))
    best = best.filter(best.place == 0)
    return scratch.keep(
        best.select("number", **{f"owner_{name}": best[name] for name in fields}), "owners"
    )


def verified(scratch: Scratch, profiles: ir.Table, owner: ir.Table) -> ir.Table:
    """Profiles whose number is verified: profile, number, agreement, and whether the owner's."""
    numbered = profiles.filter(profiles.number.notnull())
    both = numbered.inner_join(owner, "number")
    agreement = sum(
        (both[name] == both[f"owner_{name}"]).fill_null(False).cast("int64") * weight
        for name, weight in _WEIGHTS
    )
    scored = both.select("profile", "number", agreement=agreement)
    return scratch.keep(scored.filter(scored.agreement >= ENOUGH), "verified")


def patients_by_number(scratch: Scratch, found: Profiles, proof: ir.Table) -> ir.Table:
    """One row a patient with a verified number: patient, number, is_contested.

    A partner says that all rows of one record id are one patient. Where such rows carry two
    verified numbers the patient goes with the number that more rows, then closer agreement, then
    later rows, then the lower number speak for; it is contested, and listed for review.
    """
    rows = found.rows.inner_join(proof, "profile")
    claims = rows.group_by("patient", "number").agg(
        rows=rows.rows.sum(), agreement=rows.agreement.max(), known_date=rows.known_date.max()
    )
    claims = scratch.keep(claims, "claims")
    order = [
        claims.rows.desc(), claims.agreement.desc(), claims.known_date.desc(), claims.number.asc(),
    ]  # fmt: skip
    many = claims.group_by("patient").agg(numbers=claims.count()).filter(lambda t: t.numbers > 1)
    contested = claims.semi_join(many, "patient").mutate(
        place=ibis.row_number().over(group_by="patient", order_by=order)
    )
    contested = contested.filter(contested.place == 0)
    plain = claims.anti_join(many, "patient")
    return scratch.keep(
        plain.select("patient", "number", is_contested=ibis.literal(False)).union(
            contested.select("patient", "number", is_contested=ibis.literal(True))
        ),
        "by_number",
    )

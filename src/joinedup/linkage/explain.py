"""Why a record joined its person: the rule, or the match weight field by field, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.linkage import calibration as calibrations
from joinedup.linkage import model as models
from joinedup.linkage import numbers, scoring
from joinedup.linkage.calibration import Calibration, count_names
from joinedup.linkage.comparisons import COMPARED, COMPARISONS
from joinedup.linkage.profiles import Profiles, collapse
from joinedup.linkage.scratch import Scratch
from joinedup.terms import NotFoundError

_RULES = {
    "nhs_number": "Its NHS number is valid, and its details agree with those that most records "
    "give with that number (birth date counts two; forename, surname and postcode one each; "
    f"{numbers.ENOUGH} are enough).",
    "same_record": "Its birth date, forename, surname and postcode are the same as another "
    "record's, and nobody else has those.",
    "probabilistic": "Its match weight to another record is above the threshold, and no other "
    "person comes near.",
    "alone": "No other record matches it: it is a person of its own.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one field said, and its weight in bits; above zero speaks for one person."""

    field: str
    said: str
    bits: float
    this: str | None
    other: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one record joined its person. `parts` compare it with the record that it matched."""

    partner: str
    record_id: str
    person_id: str
    method: str
    rule: str
    match_weight: float | None
    matched_partner: str | None
    matched_record_id: str | None
    parts: tuple[Part, ...]


def explain(
    engine: Engine,
    identities: ir.Table,
    links: ir.Table,
    *,
    partner: str,
    record_id: str,
    model: models.Model | None = None,
    calibration: Path | None = None,
    show_values: bool = False,
) -> Explanation:
    """Why one record joined its person. NotFoundError where no link has the record.

    `calibration` is the file of counts that the linkage took; without it they are counted anew.
    """
    rows = links.filter((links.partner == partner) & (links.record_id == record_id))
    found = rows.to_pyarrow().to_pylist()
    if not found:
        raise NotFoundError(
            "no such record was linked.",
            where=f"{partner} {record_id}",
            cure="Check the partner's code and its own identifier of the patient.",
        )
    link = found[0]
    parts: tuple[Part, ...] = ()
    if link["matched_record_id"] is not None:
        with Scratch(engine) as scratch:
            counted = calibrations.read(engine, calibration) if calibration else None
            if counted is not None:
                identities = _of_the_two(identities, link)
            found = collapse(scratch, identities)
            counted = counted or _counted(scratch, found)
            parts = _parts(scratch, found, link, model or models.shipped(), counted, show_values)
    return Explanation(
        partner=partner,
        record_id=record_id,
        person_id=link["person_id"],
        method=link["method"],
        rule=_RULES[link["method"]],
        match_weight=link["match_weight"],
        matched_partner=link["matched_partner"],
        matched_record_id=link["matched_record_id"],
        parts=parts,
    )


def _of_the_two(identities: ir.Table, link: Mapping[str, Any]) -> ir.Table:
    one = (identities.partner == link["partner"]) & (identities.record_id == link["record_id"])
    other = (identities.partner == link["matched_partner"]) & (
        identities.record_id == link["matched_record_id"]
    )
    return identities.filter(one | other)


def _counted(scratch: Scratch, found: Profiles) -> Calibration:
    people = numbers.owners(scratch, found.profiles).count().to_pyarrow().as_py()
    profiles = found.profiles.count().to_pyarrow().as_py()
    return Calibration(people, profiles, (), count_names(scratch, found.profiles))


def _parts(
    scratch: Scratch,
    found: Profiles,
    link: Mapping[str, Any],
    model: models.Model,
    counted: Calibration,
    show_values: bool,
) -> tuple[Part, ...]:
    here = _profiles_of(found, link["partner"], link["record_id"])
    there = _profiles_of(found, link["matched_partner"], link["matched_record_id"])
    shares = scoring.rarities(scratch, counted.names, model)
    nodes = scoring.nodes(scratch, here.union(there, distinct=True), shares)
    pairs = here.select(seeker="profile").cross_join(there.select(other="profile"))
    pairs = scratch.keep(pairs.filter(pairs.seeker != pairs.other), "pairs")
    scored = scoring.parts(scratch, nodes, pairs, model=model, people=counted.people)
    if not scored:
        return _the_same(nodes, show_values)
    best = max(scored, key=lambda row: (row["match_weight"], str(row["unique_id_l"])))
    values = {row["unique_id"]: row for row in nodes.to_pyarrow().to_pylist()}
    return tuple(
        _part(field, best, values if show_values else {}) for field in range(len(COMPARISONS))
    )


def _profiles_of(found: Profiles, partner: str, record_id: str) -> ir.Table:
    one = found.patients.filter(
        (found.patients.partner == partner) & (found.patients.record_id == record_id)
    )
    rows = found.rows.semi_join(one, "patient")
    return found.profiles.semi_join(rows, "profile")


def _part(place: int, scored: Mapping[str, Any], values: Mapping[int, Mapping[str, Any]]) -> Part:
    comparison = COMPARISONS[place]
    gamma = scored[f"gamma_{comparison.field}"]
    # Splink counts levels from none (0) up to the closest; -1 is not known.
    said = comparison.levels[-1 - gamma].words if gamma >= 0 else "not known in one of the two"
    adjusted = scored.get(f"mw_tf_adj_{comparison.field}") or 0.0
    this, other = (
        _value(values.get(scored[f"unique_id_{side}"]), comparison.field) for side in "lr"
    )
    bits = round(scored[f"mw_{comparison.field}"] + adjusted, 1) if gamma >= 0 else 0.0
    return Part(comparison.field, said, bits, this, other)


_COLUMNS = {
    "birth_date": ("birth",),
    "place": ("address", "town", "postcode"),
    "contact": ("phone", "email"),
}


def _value(row: Mapping[str, Any] | None, field: str) -> str | None:
    if row is None:
        return None
    shown = [row[name] for name in _COLUMNS.get(field, (field,)) if row[name] is not None]
    return ", ".join(shown) or None


def _the_same(nodes: ir.Table, show_values: bool) -> tuple[Part, ...]:
    """Two records of one profile: every field that is known is the same."""
    row = nodes.to_pyarrow().to_pylist()[0]
    known = [name for name in COMPARED if row[name] is not None and name != "root"]
    return tuple(
        Part(name, "the same", 0.0, *((row[name], row[name]) if show_values else (None, None)))
        for name in known
    )

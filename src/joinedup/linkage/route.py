"""The route from partners' records to persons: see docs/explanation/linkage.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.linkage import calibration as calibrations
from joinedup.linkage import model as models
from joinedup.linkage import numbers, persons
from joinedup.linkage.affected import renew
from joinedup.linkage.calibration import Calibration
from joinedup.linkage.members import as_promised, ids, links, members, outcomes, review
from joinedup.linkage.profiles import Profiles, collapse
from joinedup.linkage.residual import settle
from joinedup.linkage.scratch import Scratch
from joinedup.linkage.state import Known, State, made_by, read_state, write_first, write_state
from joinedup.linkage.touched import touched
from joinedup.linkage.weighing import Scale
from joinedup.safeguards.pseudonyms import Key
from joinedup.tables import LINK_CHANGES, LINKS


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the linkage before left.

    `links`: its `tables.LINKS`, whose ids live on. `state`: its folder; None to link everybody
    anew. `calibration`: its file of counts, which a full linkage takes too; None to count anew.
    """

    links: ir.Table
    state: Path | None = None
    calibration: Path | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of `tables.IDENTITIES` since: rows that came, and rows that went.

    `is_withdrawn`: a file was, so that nothing of those that went may lie in the state any longer.
    """

    added: ir.Table
    removed: ir.Table
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """What a linkage gives. The tables live in the engine until it is closed.

    `links` and `link_changes` are the promised tables; `review` lists what a person should look
    at: partner, record_id, reason, match_weight, next_match_weight. `moved` has one row a patient
    whose person is another than before: partner, record_id, old_person_id (null: not there
    before), person_id (null: gone).
    """

    links: ir.Table
    link_changes: ir.Table
    review: ir.Table
    moved: ir.Table


def link(
    engine: Engine,
    identities: ir.Table,
    *,
    key: Key,
    earlier: Earlier | None = None,
    changed: Changed | None = None,
    run: str = "",
    model: models.Model | None = None,
    state: Path | None = None,
) -> Linked:
    """Say of every patient in `tables.IDENTITIES` which person it is.

    `identities` is the whole table, `run` names the new snapshot. With `changed` and the `earlier`
    state only what they touch is linked again, to the same result. `state` is the folder to leave
    for the next linkage; it is made.
    """
    how = _How(key, run, model or models.shipped(), state)
    with Scratch(engine) as scratch:
        linked = None
        if earlier is not None and earlier.state is not None and changed is not None:
            rows = int(identities.count().to_pyarrow().as_py())
            linked = _link_changed(scratch, rows, earlier, changed, how)
        return linked or _link_all(scratch, identities, earlier, how)


@dataclass(frozen=True, slots=True)
class _How:
    key: Key
    run: str
    model: models.Model
    state: Path | None


def _link_all(scratch: Scratch, identities: ir.Table, earlier: Earlier | None, how: _How) -> Linked:
    engine = scratch.engine
    previous = earlier.links if earlier else ibis.memtable([], schema=LINKS.schema())
    found = collapse(scratch, identities)
    owner = numbers.owners(scratch, found.profiles)
    proof = numbers.verified(scratch, found.profiles, owner)
    by_number = numbers.patients_by_number(scratch, found, proof)
    people = int(owner.count().to_pyarrow().as_py())
    counted = _standing(engine, earlier, found, people)
    residual = settle(scratch, found, by_number, Scale(how.model, people, counted))
    others = outcomes(scratch, residual)
    member = members(scratch, found.patients.inner_join(by_number, "patient"), others)
    named = ids(scratch, member, previous, taken=previous, key=how.key)
    made = links(scratch, member, named, previous, found.rows, run=how.run)
    contested = found.patients.inner_join(by_number.filter(by_number.is_contested), "patient")
    if how.state is not None:
        write_first(
            engine, found, by_number, others, residual.weighed.scored,
            residual.weighed.calibration, how.state, by=made_by(engine, how.model),
        )  # fmt: skip
    return _linked(scratch, made, made, previous, review(contested, residual), how.run)


def _standing(
    engine: Engine, earlier: Earlier | None, found: Profiles, people: int
) -> Calibration | None:
    """The calibration of the linkage before, where it still holds."""
    if earlier is None or earlier.calibration is None:
        return None
    counted = calibrations.read(engine, earlier.calibration)
    profiles = int(found.profiles.count().to_pyarrow().as_py())
    if counted is None or not counted.holds_for(profiles=profiles, has_numbers=people > 0):
        return None
    return counted


def _link_changed(
    scratch: Scratch, rows: int, earlier: Earlier, changed: Changed, how: _How
) -> Linked | None:
    """Link what changed; None where the state is of no use, or too much has changed."""
    engine, by = scratch.engine, made_by(scratch.engine, how.model)
    before = read_state(engine, earlier.state, by=by) if earlier.state else None
    if before is None:
        return None
    renewed = renew(scratch, before.known, changed.added, changed.removed, rows=rows)
    if renewed is None or not _holds(before.calibration, renewed.known):
        return None
    known, patients = renewed.known, renewed.known.patients.now
    unproved = patients.filter(patients.number.isnull())
    found = Profiles(known.profiles.now, known.rows.now, unproved)
    scale = Scale(how.model, before.calibration.people, before.calibration, before.scored)
    residual = settle(scratch, found, patients.filter(patients.number.notnull()), scale)
    others = outcomes(scratch, residual)
    reached = touched(scratch, before, renewed, others)
    names = ["partner", "record_id"]
    previous = scratch.keep(earlier.links.semi_join(reached.were, names), "previous")
    member = members(scratch, reached.sure, reached.others)
    named = ids(scratch, member, previous, taken=earlier.links, key=how.key)
    theirs = known.rows.now.semi_join(member, "patient")
    made = links(scratch, member, named, previous, theirs, run=how.run)
    if how.state is not None:
        state = State(known, others, residual.weighed.scored, before.calibration)
        write_state(engine, state, how.state, by=by, whole=changed.is_withdrawn)
    stays = as_promised(earlier.links, LINKS).anti_join(scratch.release(previous), names)
    contested = patients.filter(patients.is_contested)
    return _linked(scratch, stays.union(made), made, previous, review(contested, residual), how.run)


def _holds(calibration: Calibration, known: Known) -> bool:
    profiles = known.profiles.now
    has_numbers = profiles.filter(profiles.number.notnull()).limit(1).count()
    return calibration.holds_for(
        profiles=int(profiles.count().to_pyarrow().as_py()),
        has_numbers=bool(has_numbers.to_pyarrow().as_py()),
    )


def _linked(
    scratch: Scratch,
    every: ir.Table,
    made: ir.Table,
    previous: ir.Table,
    look_at: ir.Table,
    run: str,
) -> Linked:
    """`every` link there is now; those `made`, and the `previous` ones that they replace."""
    changes = as_promised(persons.changes(made, previous, run=run), LINK_CHANGES)
    scratch.release(made)
    return Linked(
        every,
        scratch.release(scratch.keep(changes, "link_changes")),
        scratch.release(scratch.keep(look_at, "review")),
        persons.moved(made, previous),
    )

"""The record step where only some rows changed: the same tables as assembling all of them.

A person who gained or lost a record has all their rows written again; others keep theirs, but for
the rows that partners sent, corrected or withdrew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.change import Change
from joinedup.actions.received import received_records, received_table
from joinedup.actions.work import Relinked, Work
from joinedup.record import assemble_persons, attach_person
from joinedup.tables import Table

_PATIENT: Final = ("partner", "record_id")
_ROW: Final = ("file_id", "source_row")

# What a table's rows become on the way from what was received: prices, for events.
Finish = Callable[[ir.Table], ir.Table]


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom a change touches.

    `moved`: person_id of the snapshot before, of those who lost a record; `back`: file_id,
    source_row and person_id of the rows about records that they had, as these are linked now.
    `persons`: person_id, then and now, of everybody whose record says something else; `theirs`:
    the links of their records.
    """

    moved: ir.Table
    back: ir.Table
    persons: ir.Table
    theirs: ir.Table


def find_affected(work: Work, relinked: Relinked) -> Affected:
    """Worked out once: all tables of the step need it."""
    links, then = work.read(tables.LINKS), work.read_before(tables.LINKS)
    said = (relinked.moved, relinked.added, relinked.removed)
    patients = ibis.union(*(one.select(*_PATIENT) for one in said), distinct=True)
    patients = work.keep("changed_patients", patients)
    lost = relinked.moved.filter(relinked.moved.old_person_id.notnull())
    moved = work.keep("moved_persons", lost.select(person_id="old_person_id").distinct())
    back = links.semi_join(then.semi_join(moved, "person_id"), _PATIENT)
    back = work.keep("back", back.select(*_PATIENT, "person_id"))
    persons = ibis.union(
        then.semi_join(patients, _PATIENT).select("person_id"),
        links.semi_join(patients, _PATIENT).select("person_id"),
        distinct=True,
    )
    persons = work.keep("changed_persons", persons)
    return Affected(
        moved,
        work.keep("back_rows", _rows_about(work, back)),
        persons,
        work.keep("theirs", links.semi_join(persons, "person_id")),
    )


def _rows_about(work: Work, links: ir.Table) -> ir.Table:
    """The rows of files that were there before about some partners' records, with their person."""
    who = links.select("partner").distinct().to_pyarrow().to_pylist()
    partners = {row["partner"] for row in who}
    theirs = [part for part in _change(work).kept if part.partner in partners]
    sent = received_records(work.engine, theirs, links).inner_join(links, _PATIENT)
    return sent.select(*_ROW, "person_id").distinct()


def amend(work: Work, step: str, declared: Table, affected: Affected, finish: Finish) -> None:
    """Write a table of what was received, changing only what changed."""
    change, links = _change(work), work.read(tables.LINKS)
    earlier = work.read_before(declared)
    narrow = earlier.select(*dict.fromkeys(filter(None, ("person_id", *_ROW, declared.year_of))))
    gone = change.gone_of(narrow).union(narrow.semi_join(affected.moved, "person_id"))
    come = attach_person(declared, finish(change.come_of(work.engine, declared)), links)
    work.change_by_person(
        step, declared, gone=gone, key=_ROW, added=come.union(_back(work, declared, affected))
    )


def _back(work: Work, declared: Table, affected: Affected) -> ir.Table:
    """Rows of people who lost a record, under the person that each row's record is now."""
    change = _change(work)
    theirs = work.read_before_of(declared, affected.moved).semi_join(affected.moved, "person_id")
    left = change.left_of(theirs).drop("person_id").inner_join(affected.back, _ROW)
    return left.select(*declared.column_names)


def amend_persons(work: Work, step: str, affected: Affected) -> None:
    """Write `persons`, working out anew those about whom partners say something else."""
    earlier = work.read_before(tables.PERSONS).select("person_id")
    theirs = work.read(tables.IDENTITIES).semi_join(affected.theirs, _PATIENT)
    work.change_by_person(
        step,
        tables.PERSONS,
        gone=earlier.semi_join(affected.persons, "person_id"),
        key=("person_id",),
        added=assemble_persons(theirs, affected.theirs),
    )


def amend_residences(
    work: Work, step: str, affected: Affected, placed: Callable[[ir.Table], ir.Table]
) -> None:
    """Write `residences`; `placed` gives those that follow from the postcodes of identities."""
    change, declared = _change(work), tables.RESIDENCES
    earlier = work.read_before(declared).select("person_id", *_ROW)
    gone = change.gone_of(earlier).union(earlier.semi_join(affected.persons, "person_id"))
    sent = received_table(work.engine, (*change.kept, *change.new), declared)
    columns = sent.columns
    sent = sent.semi_join(affected.theirs, _PATIENT)
    lived = placed(work.read(tables.IDENTITIES).semi_join(affected.theirs, _PATIENT))
    others = change.come_of(work.engine, declared).anti_join(affected.theirs, _PATIENT)
    come = ibis.union(*(one.select(*columns) for one in (sent, lived, others)))
    added = attach_person(declared, come, work.read(tables.LINKS))
    work.change_by_person(step, declared, gone=gone, key=_ROW, added=added)


def _change(work: Work) -> Change:
    assert work.change is not None
    return work.change

"""The step that decides which records are one person."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Final

import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.change import SUPERSEDED, Change
from joinedup.actions.keys import fingerprint
from joinedup.actions.received import received_records, received_table
from joinedup.actions.steps import SHARED_CODE, code_version, step_key
from joinedup.actions.take_in import TakenIn
from joinedup.actions.work import Relinked, Work
from joinedup.engines import reuse
from joinedup.linkage import CALIBRATION, Changed, Earlier, link
from joinedup.linkage import model as models
from joinedup.tables import Zone

STEP = "link"
MODEL = "linkage_model.json"
# What a linkage leaves for the next one, in a snapshot's identified part; not a promised table.
LINKAGE = "linkage"
_RECORD: Final = ("partner", "record_id", "file_id")


def link_records(work: Work, taken: TakenIn) -> None:
    """Write `identities`, `links`, `link_changes` and `link_review` into the draft."""
    model_path = work.system.identified / MODEL
    model = models.read(model_path) if model_path.is_file() else None
    basis = step_key(
        STEP,
        code_version("linkage", "terms", "safeguards", "actions/linking.py", *SHARED_CODE),
        fingerprint(work.key),
        model or "",
    )
    key = step_key(basis, taken.superseded.name, *(part.folder.name for part in work.parts))
    with work.steps.measured(STEP, "Finding which records are one person") as step:
        step.reused = work.take_over(STEP, key, basis)
        if step.reused:
            _take_over_state(work)
        else:
            may_change = work.may_change(STEP)
            changed = _changed(work, work.change) if may_change and work.change else None
            _write_identities(work, changed)
            _link(work, model, changed)
            _keep_corrections(work, taken)


def _changed(work: Work, change: Change) -> Changed:
    """Identities that came and went.

    A file's identity stands at the first row that states it, so that all of a patient's in a file
    are looked at again when one of the patient's rows there is corrected.
    """
    engine, declared = work.engine, tables.IDENTITIES
    rows = work.keep("changed_rows", change.corrected.union(change.restored))
    bare = [replace(part, left_out=None) for part in change.touched]
    about = received_records(engine, bare, rows)
    about = work.keep("changed_records", about.select(*_RECORD).distinct())
    came = received_table(engine, change.new, declared).select(*declared.column_names)
    again = received_table(engine, change.touched, declared, about).select(*came.columns)
    again = work.keep("identities_again", again)
    earlier = work.read_before(declared).select(*came.columns)
    were = work.keep("identities_were", earlier.semi_join(about, _RECORD))
    # Only a file that stayed says the same at the same row: one may go and come, read otherwise.
    added = came.union(again.anti_join(were, declared.key))
    removed = earlier.filter(earlier.file_id.isin(change.gone_files)).union(
        were.anti_join(again, declared.key)
    )
    return Changed(
        work.keep("identities_added", added),
        work.keep("identities_removed", removed),
        is_withdrawn=bool(change.gone_files),
    )


def _write_identities(work: Work, changed: Changed | None) -> None:
    # Intake has left out records all of whose rows a later file corrected.
    names = tables.IDENTITIES.column_names
    if changed is None:
        identities = work.received(tables.IDENTITIES).select(*names)
    else:
        earlier = work.read_before(tables.IDENTITIES).select(*names)
        left = earlier.anti_join(changed.removed, tables.IDENTITIES.key)
        identities = left.union(changed.added)
    work.write(STEP, tables.IDENTITIES, identities, in_order=False)


def _link(work: Work, model: models.Model | None, changed: Changed | None) -> None:
    linked = link(
        work.engine,
        work.read(tables.IDENTITIES),
        key=work.key,
        earlier=_earlier(work),
        changed=changed,
        run=work.draft.id,
        model=model,
        state=work.draft.table_path(LINKAGE, identified=True),
    )
    work.write(STEP, tables.LINKS, linked.links.order_by("partner", "record_id"))
    work.write(STEP, tables.LINK_CHANGES, _changes_so_far(work, linked.link_changes))
    work.write(STEP, tables.LINK_REVIEW, linked.review.order_by(*tables.LINK_REVIEW.key))
    state = work.draft.table_path(LINKAGE, identified=True)
    for folder in (state, *sorted(path for path in state.iterdir() if path.is_dir())):
        work.note(STEP, folder.relative_to(state.parent).as_posix(), Zone.IDENTIFIED)
    if changed is not None:
        moved = work.keep("moved", linked.moved)
        work.relinked = Relinked(changed.added, changed.removed, moved)


def _changes_so_far(work: Work, changes: ir.Table) -> ir.Table:
    """Those of all runs, so that an id of long ago still leads to its person."""
    if work.before is not None:
        changes = work.read_before(tables.LINK_CHANGES).union(changes)
    return changes.order_by(*tables.LINK_CHANGES.key)


def _keep_corrections(work: Work, taken: TakenIn) -> None:
    """Keep which rows were corrected, so that the next run sees which more are."""
    folder = work.draft.table_path(SUPERSEDED, identified=True)
    folder.mkdir(parents=True, exist_ok=True)
    # A copy: a disk that spoils the one leaves the other as it was.
    shutil.copyfile(taken.superseded, folder / "all.parquet")
    work.note(STEP, SUPERSEDED, Zone.IDENTIFIED)


def _take_over_state(work: Work) -> None:
    """Its Parquet files came as tables do."""
    assert work.before is not None
    state = work.before.table_path(LINKAGE, identified=True)
    for path in state.glob("*.json"):
        reuse(path, work.draft.table_path(LINKAGE, identified=True) / path.name)


def _earlier(work: Work) -> Earlier | None:
    if work.before is None:
        return None
    state = work.before.table_path(LINKAGE, identified=True)
    counted = state / CALIBRATION
    return Earlier(
        work.read_before(tables.LINKS),
        state if state.is_dir() else None,
        counted if counted.is_file() else None,
    )

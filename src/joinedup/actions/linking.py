"""The step that decides which records are one person."""

from __future__ import annotations

from joinedup import tables
from joinedup.actions.keys import fingerprint
from joinedup.actions.steps import code_version, step_key
from joinedup.actions.take_in import TakenIn
from joinedup.actions.work import Work
from joinedup.linkage import Earlier, link
from joinedup.linkage import model as models

STEP = "link"
MODEL = "linkage_model.json"
# The folder of a snapshot's identified part that a linkage leaves for the next.
LINKAGE = "linkage"


def link_records(work: Work, taken: TakenIn) -> None:
    """Write `identities`, `links`, `link_changes` and `link_review` into the draft."""
    model_path = work.system.identified / MODEL
    model = models.read(model_path) if model_path.is_file() else None
    key = step_key(
        STEP,
        code_version("linkage", "terms", "tables", "safeguards"),
        fingerprint(work.key),
        model or "",
        taken.superseded.name,
        *(part.folder.name for part in work.parts),
    )
    with work.steps.measured(STEP, "Finding which records are one person") as step:
        step.reused = work.take_over(STEP, key)
        if not step.reused:
            _link(work, model)


def _link(work: Work, model: models.Model | None) -> None:
    # Intake has left out records all of whose rows a later file corrected.
    identities = work.received(tables.IDENTITIES).select(*tables.IDENTITIES.column_names)
    work.write(STEP, tables.IDENTITIES, identities, in_order=False)
    previous = None
    if work.before is not None:
        previous = work.engine.read_parquet(work.before.table_path("links", identified=True))
    linked = link(
        work.engine,
        work.read(tables.IDENTITIES),
        key=work.key,
        earlier=None if previous is None else Earlier(previous),
        run=work.draft.id,
        model=model,
    )
    work.write(STEP, tables.LINKS, linked.links.order_by("partner", "record_id"))
    work.write(STEP, tables.LINK_CHANGES, linked.link_changes.order_by(*tables.LINK_CHANGES.key))
    work.write(STEP, tables.LINK_REVIEW, linked.review.order_by(*tables.LINK_REVIEW.key))
